"""The cells of tables and comparisons as HTML: a page has hundreds, so they are made in Python.

The HTML of a term or of a passage's number is made once for a page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape
from pyoxigraph import Literal

from graphsvc.views.collection.ordering import is_date, is_number
from graphsvc.views.model import Status
from graphsvc.web.languages import gettext, translate
from graphsvc.web.parts import bounded, opening, shortened

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from graphsvc.views.collection.cells import Cell, CellValue, Detail, GridRow
    from graphsvc.views.collection.compare import CompareRow
    from graphsvc.views.collection.table import Table
    from graphsvc.views.model import Named, Passage
    from graphsvc.web.parts import Parts

_VISIBLE_VALUES = 8
"""The values of a cell that are visible before the reader opens the rest."""

_LONGEST, _BEGINNING = 170, 130
"""The most characters of words that are shown whole, and the visible ones of longer words."""

_LONGEST_NAME = 240
"""The most characters of the name of a thing; its page has the whole name."""

_LONG = 40
"""The average number of characters from which a column is wide."""

_SENTENCE = 60
"""The average number of characters from which names are treated as sentences."""

_SHARED = ' class="shared"'


@dataclass(frozen=True, slots=True)
class ColumnStyle:
    """A column of a table: its name for narrow screens, and the attribute of its width."""

    label: str
    width: Markup


class TableCells:
    """Writes the cells of one page."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._term = cache(self._value_html)
        self._source = cache(lambda passage: str(parts.source(passage)))
        self._translate = cache(lambda name: str(escape(translate(name))))
        inferred, follows = gettext("inferred"), gettext("inferred from these passages")
        self._inferred = _mark("inferred", inferred, inferred)
        self._follows = _mark("inferred", inferred, follows)
        self._editorial = _mark("editorial", gettext("editorial"))
        # Translated texts need lines of their own: gettext does not find them in f-strings.
        nothing, unstated = escape(gettext("nothing")), escape(gettext("not stated"))
        self._nothing = (
            f'<span aria-hidden="true">&ndash;</span><span class="unseen">{nothing}</span>'
        )
        self._unstated = f'<span class="unstated">{unstated}</span>'

    def row(self, row: GridRow) -> Markup:
        """Return the name at the beginning of a row; a passage has its number before it."""
        name = self.head(row.thing)
        if row.passage is None:
            return name
        number = escape(row.passage.name)
        word = escape(gettext("Passage"))
        return Markup(  # noqa: S704
            f'<span class="number"><span class="unseen">{word} </span>{number}</span> {name}'
        )

    def head(self, thing: Named) -> Markup:
        """Return the name of a thing as a link; a long name is shortened."""
        cut = shortened(thing.label, _LONGEST_NAME)
        if cut == thing.label:
            return self._parts.term(thing)
        link = self._parts.term(replace(thing, label=cut))
        return Markup(f'<span title="{escape(thing.label)}">{link}</span>')  # noqa: S704

    def columns(self, table: Table) -> list[ColumnStyle]:
        """Return the styles of the columns of a table; their width depends on the values."""
        return [
            ColumnStyle(
                f'<span class="label">{self._translate(column.name)}</span>',
                _width([value.named for row in table.rows for value in row.cells[number].values]),
            )
            for number, column in enumerate(table.columns)
        ]

    def are_long(self, rows: Iterable[GridRow]) -> bool:
        """Tell whether the names of things are sentences."""
        lengths = [len(row.thing.label) for row in rows]
        return bool(lengths) and sum(lengths) / len(lengths) > _SENTENCE

    def of_table(self, cell: Cell, column: ColumnStyle) -> Markup:
        """Return a cell of a table, with the name of its column for narrow screens."""
        if not cell.values:
            return Markup(f'<td class="none">{column.label}{self._nothing}</td>')  # noqa: S704
        values = self._values(cell.values)
        return Markup(f"<td{column.width}>{column.label}{values}</td>")  # noqa: S704

    def compare_row(
        self, row: CompareRow, things: Iterable[Named], *, marks_shared: bool
    ) -> list[Markup]:
        """Return the cells of a row of a comparison, one for each thing.

        Narrow screens show the name of the thing beside its cell.
        """
        kind = "agrees" if row.agrees else "differs"
        shared = row.shared if marks_shared else ()
        return [
            self._comparison_cell(
                f'data-thing="{escape(thing.label)}" class="{kind}',
                cell,
                shared,
                self._unstated if expected else self._nothing,
            )
            for thing, cell, expected in zip(things, row.cells, row.expected, strict=True)
        ]

    def _comparison_cell(
        self, start: str, cell: Cell, shared: Collection[object], none: str
    ) -> Markup:
        """Return a cell of a comparison; ``none`` is its content if there is no value."""
        if cell.values:
            return Markup(f'<td {start}">{self._values(cell.values, shared)}</td>')  # noqa: S704
        return Markup(f'<td {start} none">{none}</td>')  # noqa: S704

    def _value_html(self, named: Named) -> str:
        """Return a value; the reader can open long words. The page of the thing has all of them."""
        if not isinstance(named.term, Literal) or len(named.label) <= _LONGEST:
            return str(self._parts.value(named))
        words = self._parts.term(replace(named, label=bounded(named.label)))
        beginning = self._parts.term(replace(named, label=shortened(named.label, _BEGINNING)))
        summary = opening(beginning, gettext("all of it"))
        return f'<details class="long">{summary}{words}</details>'

    def _values(self, values: Sequence[CellValue], shared: Collection[object] = ()) -> str:
        if len(values) == 1:
            kind = "one shared" if values[0].named.term in shared else "one"
            return f'<div class="{kind}">{self._value(values[0])}</div>'
        visible = f"<ul>{self._items(values[:_VISIBLE_VALUES], shared)}</ul>"
        rest = values[_VISIBLE_VALUES:]
        if not rest:
            return visible
        more = escape(gettext("%(count)s more", count=len(rest)))
        items = self._items(rest, shared)
        return f"{visible}<details><summary>{more}</summary><ul>{items}</ul></details>"

    def _items(self, values: Iterable[CellValue], shared: Collection[object]) -> str:
        return "".join(
            f"<li{_SHARED if value.named.term in shared else ''}>{self._value(value)}</li>"
            for value in values
        )

    def _value(self, value: CellValue) -> str:
        details = "".join(map(self._detail, value.details))
        return (
            f'<div class="attested"><div class="said {value.status}">{self._term(value.named)}'
            f'</div> <span class="by">{self._sources(value)}</span></div>{details}'
        )

    def _detail(self, detail: Detail) -> str:
        values = ",".join(
            f" {self._term(inner.named)} {self._sources(inner)}" for inner in detail.values
        )
        name = self._translate(detail.name)
        return f'\n<div class="detail"><span class="name">{name}</span>{values}</div>'

    def _sources(self, value: CellValue) -> str:
        """Return the sources of a value: what states it, or what it follows from."""
        return self._mark(value.status, value.passages) + "".join(map(self._source, value.passages))

    def _mark(self, status: Status, passages: Sequence[Passage]) -> str:
        if status is Status.INFERRED:
            return self._follows if passages else self._inferred
        return self._editorial if status is Status.EDITORIAL else ""


def _width(values: Sequence[Named]) -> Markup:
    """Return the width of a column of values: numbers are narrow, texts wide."""
    if values and all(is_number(each.term) or is_date(each.term) for each in values):
        return Markup(' class="slim"')
    lengths = [len(each.label) for each in values]
    is_wide = bool(lengths) and sum(lengths) / len(lengths) > _LONG
    return Markup(' class="wide"') if is_wide else Markup()


def _mark(kind: str, words: str, title: str = "") -> str:
    attribute = f' title="{escape(title)}"' if title else ""
    return f'<span class="mark {kind}"{attribute}>{escape(words)}</span>'
