"""Dates of the graph in words, at the precision at which they are recorded.

Templates have them as filters: ``"2012-02"|date_words`` is "February 2012" in the reader's
language, ``|time_element`` the same as an element with the exact value, and ``|precision`` its
precision in words.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from babel.dates import format_skeleton
from markupsafe import Markup

from graphsvc.phrases import Phrase
from graphsvc.pictures.span import date
from graphsvc.web.languages import locale

if TYPE_CHECKING:
    from jinja2 import Environment

    from graphsvc.pictures.span import Date


def date_words(lexical: str) -> str:
    """Return a date, given by its lexical form, in the reader's language.

    A text that is no calendar date is returned unchanged.
    """
    value = date(lexical)
    day = None if value is None else _day(value)
    if value is None or day is None:
        return lexical
    skeleton = "y" if value.month is None else "yMMMM" if value.day is None else "yMMMMd"
    words = format_skeleton(skeleton, day, locale=locale())
    if value.clock is None:
        return words
    zone = "UTC" if value.zone == "Z" else value.zone and f"UTC{value.zone}"
    return ", ".join((words, " ".join(filter(None, (value.clock, zone)))))


def time_element(lexical: str) -> Markup:
    """Return a date as an HTML element: in words, with the recorded value as its title.

    https://html.spec.whatwg.org/multipage/text-level-semantics.html#the-time-element
    """
    parsed = date(lexical)
    words = date_words(lexical)
    if parsed is None or _day(parsed) is None:
        return Markup("<span>{}</span>").format(lexical)
    # A year or a month has no zone there.
    value = lexical if parsed.day else lexical.removesuffix(parsed.zone or "")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(value, lexical, words)


def precision(lexical: str) -> str:
    """Return the precision of a date in words."""
    value = date(lexical)
    if value is None:
        return ""
    if value.clock:
        return Phrase("to the minute")
    if value.day:
        return Phrase("to the day")
    return Phrase("to the month") if value.month else Phrase("to the year")


def register(environment: Environment) -> None:
    """Give the templates these filters."""
    environment.filters.update(
        date_words=date_words, time_element=time_element, precision=precision
    )


def _day(value: Date) -> dt.date | None:
    """Return the first day of a date; None if the calendar does not have it."""
    try:
        return dt.date(value.year, value.month or 1, value.day or 1)
    except ValueError:
        return None
