"""Whether two stores give the same answer to a query: the same solutions, in order if it has one.

Blank nodes have other names in each answer. They are compared by the rows in which they occur
(colour refinement, a few rounds): answers that differ only in their names are equal. Only very
symmetric answers could be equal by mistake.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import BlankNode, RdfFormat, parse

from graphsvc import sparql
from graphsvc.errors import QueryError, StoreError
from graphsvc.formats import Content, named
from graphsvc.phrases import Phrase
from graphsvc.store.base import content_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from graphsvc.store.base import Answer, GraphSelection, Store

#: How many bytes of an answer are read to compare it.
_MOST = 8 << 20

_ROUNDS = 4
_JSON, _NT = named("json"), named("nt")
_FORMATS = {
    Content.SOLUTIONS: [_JSON] if _JSON else [],
    Content.BOOLEAN: [_JSON] if _JSON else [],
    Content.TRIPLES: [_NT] if _NT else [],
}

#: A column, whether its term is a blank node, and the term.
_Cell: TypeAlias = tuple[str, bool, str]
_Row: TypeAlias = tuple[_Cell, ...]

_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (QueryError, Phrase("query")),
    (StoreError, Phrase("unavailable")),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the later answer is the ``same``, ``different`` or ``unknown``.

    ``added`` and ``removed`` count rows. The reason of ``unknown`` is a word; that of
    ``different`` is "order" where only the order differs.
    """

    state: str
    added: int = 0
    removed: int = 0
    reason: str = ""


SAME = Verdict("same")
CHANGES = Verdict("unknown", reason=Phrase("changes"))


def compare(before: Store, after: Store, query: str, graphs: GraphSelection) -> Verdict:
    """Tell whether two stores answer a query differently.

    Errors: those of the query in the earlier store; an error of the later one becomes the reason.
    """
    old = _read(before.answer(query, _FORMATS, graphs))
    try:
        new = _read(after.answer(query, _FORMATS, graphs))
    except (QueryError, StoreError) as error:
        reason = next(reason for kind, reason in _REASONS if isinstance(error, kind))
        return Verdict("unknown", reason=reason)
    if old is None or new is None:
        return Verdict("unknown", reason=Phrase("size"))
    return _verdict(_with_coloured_nodes(old), _with_coloured_nodes(new), query)


def _verdict(old: Sequence[_Row], new: Sequence[_Row], query: str) -> Verdict:
    counted_old, counted_new = Counter(old), Counter(new)
    added = (counted_new - counted_old).total()
    removed = (counted_old - counted_new).total()
    if added or removed:
        return Verdict("different", added, removed)
    if is_ordered(query) and old != new:
        return Verdict("different", reason="order")
    return SAME


def is_ordered(query: str) -> bool:
    """Tell whether a query orders its own rows, not only those of a part of it."""
    depth = 0
    for token in sparql.code(query):
        if token.text in ("{", "}"):
            depth += 1 if token.text == "{" else -1
        elif not depth and token.kind is sparql.TokenKind.WORD and token.text.upper() == "ORDER":
            return True
    return False


def _read(answer: Answer) -> list[_Row] | None:
    """Return the rows of an answer; None if it is too long to be compared."""
    content = content_of(answer, _MOST)
    if content is None:
        return None
    if Content.TRIPLES in answer.format.carries:
        return list(_triples(content))
    document = json.loads(content)
    if "boolean" in document:
        return [(("", False, str(document["boolean"])),)]
    return list(_solutions(document["results"]["bindings"]))


def _triples(content: bytes) -> Iterator[_Row]:
    for quad in parse(content, RdfFormat.N_TRIPLES):
        terms = (quad.subject, quad.predicate, quad.object)
        yield tuple(
            (str(place), isinstance(term, BlankNode), str(term)) for place, term in enumerate(terms)
        )


def _solutions(bindings: Iterable[dict[str, dict[str, str]]]) -> Iterator[_Row]:
    for binding in bindings:
        yield tuple(
            (name, term["type"] == "bnode", json.dumps(term, sort_keys=True))
            for name, term in sorted(binding.items())
        )


def _with_coloured_nodes(rows: Sequence[_Row]) -> list[_Row]:
    """Return the rows with each blank node renamed after the rows in which it occurs."""
    colours = {text: "" for row in rows for _, is_blank, text in row if is_blank}
    if not colours:
        return list(rows)
    for _ in range(_ROUNDS):
        contexts: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            row_text = _with_node_colours(row, colours)
            for name, is_blank, text in row:
                if is_blank:
                    contexts[text].append(f"{name} {row_text}")
        colours = {
            node: hashlib.sha256("\n".join(sorted(texts)).encode()).hexdigest()
            for node, texts in contexts.items()
        }
    return [_with_node_colours(row, colours) for row in rows]


def _with_node_colours(row: _Row, colours: dict[str, str]) -> _Row:
    return tuple((name, blank, colours[text] if blank else text) for name, blank, text in row)
