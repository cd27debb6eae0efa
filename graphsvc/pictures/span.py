"""Dates at their precision: a year, a month or a day is a stretch of time, never a point.

https://www.w3.org/TR/xmlschema11-2/#gYear and its neighbours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate, count

# A time zone or a time of day moves a date by less than its own length: it is not drawn.
_DATE = re.compile(r"(-?[0-9]{4,9})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12][0-9]|3[01]))?)?(?![0-9])")

_MONTHS = (0, *accumulate((31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)))
_DAYS = 365


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """A stretch of time in years: 2012.0 is the beginning of 2012."""

    begin: float
    end: float


def stretch(text: str) -> Stretch | None:
    """Return the stretch of time that the lexical form of a date names, or None if it is none."""
    match = _DATE.match(text)
    if match is None:
        return None
    year = int(match[1])
    if match[2] is None:
        return Stretch(year, year + 1)
    month = int(match[2])
    first = year + _MONTHS[month - 1] / _DAYS
    if match[3] is None:
        return Stretch(first, year + _MONTHS[month] / _DAYS)
    day = first + (int(match[3]) - 1) / _DAYS
    return Stretch(day, day + 1 / _DAYS)


def ticks(begin: float, end: float, most: int = 12) -> list[int]:
    """Return the years at which an axis is marked: round ones, at most so many."""
    size = next(
        factor * 10**power
        for power in count()
        for factor in (1, 2, 5)
        if (end - begin) / (factor * 10**power) <= most
    )
    first = int(begin // size) * size
    return [year for year in range(first, int(end) + size + 1, size) if begin <= year <= end]
