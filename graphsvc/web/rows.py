"""The answer to a query as rows of terms, for the page and for its scripts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING

from pyoxigraph import (
    Literal,
    NamedNode,
    Triple,
)

from graphsvc.datatypes import is_absolute_iri
from graphsvc.namespaces import XSD
from graphsvc.phrases import Phrase
from graphsvc.store.base import UNION, Solutions
from graphsvc.views.names import Names
from graphsvc.web.parts import bounded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphsvc.store.base import GraphSelection, Store, Term
    from graphsvc.views.model import Passage
    from graphsvc.web.site import Site

MOST_ROWS = 10_000
"""The most rows of an answer that are read; the formats for programs have all rows."""

MOST_NAMED = 2_000
"""The most things that are shown with their labels; others are shown by their IRIs."""

Row = tuple["Term | None", ...]

_NUMBERS = frozenset(
    XSD[name] for name in ("integer", "decimal", "double", "float", "int", "long", "gYear")
)


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """The first ``MOST_ROWS`` rows of an answer, and whether these are all.

    A graph has a row for each triple; ``boolean`` is the answer of an ASK, and None for others.
    ``seconds`` is the time for answering and reading.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    complete: bool
    seconds: float
    boolean: bool | None = None
    is_graph: bool = False

    @property
    def is_empty(self) -> bool:
        """Tell whether the answer is empty, and can be explained."""
        return not self.boolean if self.boolean is not None else not self.rows

    def drawable(self) -> bool:
        """Tell whether the answer can be drawn as a graph: a row has two things."""
        kinds = [self._holds(number, _is_thing) for number in range(len(self.columns))]
        return sum(kinds) > 1

    def chartable(self) -> bool:
        """Tell whether the answer can be drawn as a chart: it has a column of numbers."""
        columns = range(len(self.columns))
        return not self.is_graph and any(self._holds(number, _is_number) for number in columns)

    def _holds(self, column: int, test: Callable[[Term], bool]) -> bool:
        """Tell whether a column has values, and all of them pass a test."""
        values = [term for row in self.rows if (term := row[column]) is not None]
        return bool(values) and all(map(test, values))


def read_answer(
    store: Store,
    query: str,
    graphs: GraphSelection = UNION,
    bindings: Mapping[str, Term] | None = None,
) -> AnswerTable:
    """Answer a query and read the beginning of its answer.

    Errors: those of the store.
    """
    start = perf_counter()
    result = store.read(query, graphs, bindings)
    if isinstance(result, bool):
        return AnswerTable((), (), complete=True, seconds=perf_counter() - start, boolean=result)
    if isinstance(result, Solutions):
        columns, coming = result.variables, result.rows
    else:
        columns, coming = (
            (Phrase("subject"), Phrase("property"), Phrase("value")),
            map(tuple, result),
        )
    rows: tuple[Row, ...] = tuple(islice(coming, MOST_ROWS + 1))
    return AnswerTable(
        columns,
        rows[:MOST_ROWS],
        complete=len(rows) <= MOST_ROWS,
        seconds=perf_counter() - start,
        is_graph=not isinstance(result, Solutions),
    )


def _is_thing(term: Term) -> bool:
    return not isinstance(term, Literal | Triple)


def _is_number(term: Term) -> bool:
    return isinstance(term, Literal) and term.datatype in _NUMBERS


class AnswerCells:
    """The terms of rows for the page: links, labels, languages and datatypes.

    A passage is shown by its number and its words, as on other pages.
    """

    def __init__(self, site: Site, rows: Sequence[Row], languages: str) -> None:
        self._site = site
        terms = dict.fromkeys(term for row in rows for term in row if term is not None)
        # An invalid IRI could end a term within the text of a query.
        nodes = (term for term in terms if isinstance(term, NamedNode))
        sound = (node for node in nodes if is_absolute_iri(node.value))
        self._names = Names(site.graph, islice(sound, MOST_NAMED), languages)

    def row(self, row: Row) -> list[dict[str, str] | None]:
        """Return the cells of a row, without a passage's words if they are in another cell."""
        words = {term.value for term in row if isinstance(term, Literal)}
        cells = [None if term is None else self.cell(term) for term in row]
        for cell in filter(None, cells):
            if cell.get("quote") in words:
                del cell["quote"]
        return cells

    def cell(self, term: Term) -> dict[str, str]:
        """Return the members of a term; each has a ``kind``."""
        if isinstance(term, NamedNode):
            return self._thing(term)
        if isinstance(term, Literal):
            return self._literal(term)
        kind = "triple" if isinstance(term, Triple) else "blank"
        return {"kind": kind, "value": str(term)}

    def _thing(self, node: NamedNode) -> dict[str, str]:
        passage = self._names.passage(node)
        if passage is not None:
            return self._passage(node, passage)
        named = self._names.labelled(node)
        more = {
            "href": self._site.local_href(node.value),
            "label": None if named is None else named.label,
            "language": None if named is None else named.language,
        }
        members = {name: value for name, value in more.items() if value}
        short = self._site.release.prefixes.compact(node.value)
        return {"kind": "iri", "value": node.value, "short": short, **members}

    def _passage(self, node: NamedNode, passage: Passage) -> dict[str, str]:
        short = self._site.release.prefixes.compact(node.value)
        members = {
            "href": self._site.in_text(node.value),
            "passage": passage.name,
            "quote": passage.quote,
            "language": passage.language,
        }
        return {"kind": "iri", "value": node.value, "short": short} | {
            name: value for name, value in members.items() if value
        }

    def _literal(self, literal: Literal) -> dict[str, str]:
        members = {"kind": "literal", "value": bounded(literal.value)}
        if literal.language is not None:
            members["language"] = literal.language
        elif literal.datatype != XSD.string:
            members["datatype"] = self._site.release.prefixes.compact(literal.datatype.value)
        if _is_number(literal):
            members["kind"] = "number"
        return members
