"""Tables as Excel workbooks (Office Open XML), with typed numbers, dates and links.

https://learn.microsoft.com/en-us/openspecs/office_standards/ms-xlsx/ gives the format; its limits
are in https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3. No data are lost
silently: a text that is too long for a cell is marked, and too many rows for a sheet are refused.
"""

from __future__ import annotations

import math
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

import xlsxwriter
from pyoxigraph import Literal, NamedNode

from graphsvc.datatypes import XSD
from graphsvc.web.problems import RequestProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xlsxwriter.format import Format as Style
    from xlsxwriter.worksheet import Worksheet

    from graphsvc.store.base import Term


@dataclass(frozen=True, slots=True)
class CellLink:
    """A cell that shows ``text`` and leads to ``address``."""

    address: str
    text: str


Cell: TypeAlias = str | int | float | bool | date | datetime | CellLink | None

_MOST_ROWS = 1_048_575  # below the one with the names
_MOST_CHARACTERS = 32_767
_MOST_LINKS = 65_530
_LONGEST_LINK = 2_079
_LONGEST_NAME = 31
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")
# https://www.w3.org/TR/xml/#charsets
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Excel uses binary floating point, and shows no more digits than these.
_LARGEST_EXACT = 10**15
# The first day on which Excel agrees with the calendar: its 1900 has a 29 February.
_FIRST_DAY = date(1900, 3, 1)
# A constant time of creation, so that the same rows give the same bytes.
_CREATED = datetime(1980, 1, 1)  # noqa: DTZ001 - the format knows no zones
_WIDEST, _NARROWEST, _MEASURED_ROWS = 60, 8, 200

_WHOLE = frozenset(
    XSD + name
    for name in (
        *("integer", "int", "long", "short", "byte"),
        *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
        *("unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte"),
    )
)
_FRACTIONAL = frozenset(XSD + name for name in ("decimal", "double", "float"))


def workbook(title: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a workbook of one sheet: a row with the names of the columns, and the rows below it.

    The names stay visible, with filters. Text is never read as a formula.

    Errors: RequestProblem if there are more rows than a sheet can hold.
    """
    sheet_rows = list(islice(rows, _MOST_ROWS + 1))
    if len(sheet_rows) > _MOST_ROWS:
        raise RequestProblem(
            "not-acceptable",
            f"A sheet holds {_MOST_ROWS:,} rows, and there are more.",
            remedy="Take CSV, or ask for fewer rows.",
        )
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    title = _NOT_IN_XML.sub("\ufffd", title)
    book.set_properties({"title": title, "created": _CREATED})
    _Sheet(book, title).fill(columns, sheet_rows)
    book.close()
    return target.getvalue()


def value(term: Term | None) -> Cell:
    """Return the cell for an RDF term: a number, a truth value, a date, a link or a text."""
    if isinstance(term, NamedNode):
        return CellLink(term.value, term.value)
    if isinstance(term, Literal):
        return _of_literal(term)
    return None if term is None else str(term)


class _Sheet:
    """The sheet of a workbook under construction."""

    def __init__(self, book: xlsxwriter.Workbook, title: str) -> None:
        name = _beginning(_NOT_IN_A_NAME.sub(" ", title).strip(), _LONGEST_NAME).strip()
        self._sheet: Worksheet = book.add_worksheet(name or "Table")
        wrapped = {"valign": "top", "text_wrap": True}
        self._head: Style = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        self._plain: Style = book.add_format(wrapped)
        self._link: Style = book.add_format(
            {**wrapped, "font_color": "#1a5a4a", "underline": 1},
        )
        self._day: Style = book.add_format({**wrapped, "num_format": "yyyy-mm-dd"})
        self._moment: Style = book.add_format({**wrapped, "num_format": "yyyy-mm-dd hh:mm:ss"})
        self._links = 0

    def fill(self, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
        """Write the names and the rows."""
        for number, name in enumerate(columns):
            self._sheet.write_string(0, number, _shorten_to_fit(name), self._head)
            texts = [_as_text(row[number]) for row in rows[:_MEASURED_ROWS]]
            width = max(len(text) for text in (name, *texts)) + 2
            self._sheet.set_column(number, number, min(max(width, _NARROWEST), _WIDEST))
        for at, row in enumerate(rows, start=1):
            for number, cell in enumerate(row):
                self._write(at, number, cell)
        self._sheet.freeze_panes(1, 0)
        if columns:
            self._sheet.autofilter(0, 0, len(rows), len(columns) - 1)

    def _write(self, row: int, column: int, cell: Cell) -> None:
        if isinstance(cell, bool):
            self._sheet.write_boolean(row, column, cell, self._plain)
        elif isinstance(cell, int | float) and _is_exact(cell):
            self._sheet.write_number(row, column, cell, self._plain)
        elif isinstance(cell, date) and _day_of(cell) >= _FIRST_DAY:
            style = self._moment if isinstance(cell, datetime) else self._day
            self._sheet.write_datetime(row, column, cell, style)
        elif isinstance(cell, CellLink) and self._can_link(cell):
            self._links += 1
            text = _shorten_to_fit(cell.text)
            self._sheet.write_url(row, column, cell.address, self._link, string=text)
        elif cell is not None:
            self._sheet.write_string(row, column, _shorten_to_fit(_as_text(cell)), self._plain)

    def _can_link(self, link: CellLink) -> bool:
        is_web = link.address.startswith(("http://", "https://"))
        return is_web and self._links < _MOST_LINKS and len(link.address) <= _LONGEST_LINK


def _of_literal(literal: Literal) -> Cell:
    datatype, text = literal.datatype.value, literal.value
    # A literal may be invalid for its datatype; then its text is shown.
    with suppress(ValueError):
        if datatype in _WHOLE:
            return int(text)
        if datatype in _FRACTIONAL:
            return float(text)
        if datatype == XSD + "boolean" and text in ("true", "false", "1", "0"):
            return text in ("true", "1")
        if datatype == XSD + "date":
            return date.fromisoformat(text)
        if datatype == XSD + "dateTime":
            # Excel has no time zones: a time with a zone stays a text.
            moment = datetime.fromisoformat(text)
            return moment if moment.tzinfo is None else text
    return text


def _is_exact(number: float) -> bool:
    return math.isfinite(number) and (isinstance(number, float) or abs(number) < _LARGEST_EXACT)


def _day_of(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _as_text(cell: Cell) -> str:
    if isinstance(cell, CellLink):
        return cell.text
    return "" if cell is None else str(cell)


def _shorten_to_fit(text: str) -> str:
    text = _NOT_IN_XML.sub("\ufffd", text)
    if _beginning(text, _MOST_CHARACTERS) == text:
        return text
    mark = f" … [cut: {len(text):,} characters, whole in CSV]"
    return _beginning(text, _MOST_CHARACTERS - len(mark)) + mark


def _beginning(text: str, most: int) -> str:
    """Return the beginning of a text that fits into a number of UTF-16 units, as Excel counts."""
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")
