"""Dates with their precision: a year, a month or a day is a stretch of time, never a point.

https://www.w3.org/TR/xmlschema11-2/#gYear and its neighbours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate, count

_DATE = re.compile(
    r"(-?[0-9]{4,9})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12][0-9]|3[01]))?)?(?![0-9])"
    r"(?:T((?:[01][0-9]|2[0-3]):[0-5][0-9])(?::[0-9]{2}(?:\.[0-9]+)?)?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)

_MONTHS = (0, *accumulate((31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)))
_DAYS = 365


@dataclass(frozen=True, slots=True)
class Date:
    """A date in its parts, None for parts that are not known. ``clock`` is the time of day."""

    year: int
    month: int | None
    day: int | None
    clock: str | None
    zone: str | None


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """A stretch of time in years: 2012.0 is the beginning of 2012."""

    begin: float
    end: float


def date(text: str) -> Date | None:
    """Return the date that a lexical form begins with, or None if it begins with none."""
    match = _DATE.match(text)
    if match is None:
        return None
    year, month, day, clock, zone = match.groups()
    return Date(int(year), _number(month), _number(day), clock, zone)


def _number(digits: str | None) -> int | None:
    return None if digits is None else int(digits)


def stretch(text: str) -> Stretch | None:
    """Return the stretch of time that the lexical form of a date names, or None if it is no date.

    Time zone and time of day are ignored: they move a date by less than its own length.
    """
    parsed = date(text)
    if parsed is None:
        return None
    year, month = parsed.year, parsed.month
    if month is None:
        return Stretch(year, year + 1)
    first = year + _MONTHS[month - 1] / _DAYS
    if parsed.day is None:
        return Stretch(first, year + _MONTHS[month] / _DAYS)
    day = first + (parsed.day - 1) / _DAYS
    return Stretch(day, day + 1 / _DAYS)


def ticks(begin: float, end: float, most: int = 12) -> list[int]:
    """Return the years at which an axis has marks: at most ``most`` round ones."""
    size = next(
        factor * 10**power
        for power in count()
        for factor in (1, 2, 5)
        if (end - begin) / (factor * 10**power) <= most
    )
    first = int(begin // size) * size
    return [year for year in range(first, int(end) + size + 1, size) if begin <= year <= end]
