"""Repairs of queries to Virtuoso 7 and of its answers, so that they follow the standard.

Its default graph includes its system graphs. It matches no graphs with an empty pattern, ignores
MINUS with VALUES, and fails to compile some queries with a filter that only tests the kind of a
term. Its results in JSON spell blank nodes and types in its own way. Other deviations are listed in
``docs/engines.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc import sparql
from graphsvc.remote.empty_graphs import empty_graph, texts_of
from graphsvc.sparql import TokenKind
from graphsvc.store.repair import Edit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.sparql import Token

#: Excludes the graph in which the engine describes itself from the default graph. With more such
#: clauses its optimizer overflows. https://docs.openlinksw.com/virtuoso/rdfsparqlprotocolendpoint/
_WITHOUT_OWN_GRAPH = (
    "define input:default-graph-exclude <http://www.openlinksw.com/schemas/virtrdf#> "
)

#: Makes DESCRIBE return all statements about a thing, and their reifications; else some are
#: missing. https://docs.openlinksw.com/virtuoso/rdfsqlfromsparql/
_WHOLE_DESCRIPTIONS = 'define sql:describe-mode "CBD" '

RESULTS_IN_JSON = (
    (b'"type": "typed-literal"', b'"type": "literal"'),
    (b'"type": "bnode", "value": "nodeID://', b'"type": "bnode", "value": "'),
    (b'XMLSchema#boolean", "value": "1"', b'XMLSchema#boolean", "value": "true"'),
    (b'XMLSchema#boolean", "value": "0"', b'XMLSchema#boolean", "value": "false"'),
)
"""What it writes in results, and what the standard has instead.

A value has a backslash before each quotation mark, so that none holds these words.
https://www.w3.org/TR/sparql11-results-json/#select-encode-terms
"""

_GRAPH = ("GRAPH",)
_TESTS = ("ISBLANK", "ISLITERAL")
_NOTICED = (*_TESTS, *_GRAPH, "MINUS")


def repairs(query: str) -> list[Edit]:
    """Return the edits that a query needs to be answered as the standard says."""
    # With excluded graphs, a pattern in GRAPH with a name matches nothing.
    words = "" if sparql.mentions(query, _GRAPH) else _WITHOUT_OWN_GRAPH
    words += _WHOLE_DESCRIPTIONS if sparql.form(query) == "DESCRIBE" else ""
    first = [Edit(0, 0, words)] if words else []
    capitals = query.upper()
    if not any(word in capitals for word in _NOTICED):
        return first
    code = sparql.code(query)
    places = [at for at, token in enumerate(code) if token.kind is TokenKind.WORD]
    return [*first, *(edit for at in places if (edit := _repair(code, at)) is not None)]


def _repair(code: Sequence[Token], at: int) -> Edit | None:
    """Return the edit for the expression that begins with a word, if it needs one."""
    repair = _REPAIRS.get(code[at].text.upper())
    return None if repair is None else repair(code, at)


def _minus_values(code: Sequence[Token], at: int) -> Edit | None:
    """Rewrite ``MINUS { VALUES ?x { … } }`` as a filter."""
    texts = texts_of(code, at + 1, 4)
    if [text.upper() for text in (*texts[:2], *texts[3:])] != ["{", "VALUES", "{"]:
        return None
    end = next((n for n in range(at + 5, len(code)) if code[n].text == "}"), None)
    if end is None or texts_of(code, end + 1, 1) != ["}"]:
        return None
    name, values = texts[2], ", ".join(token.text for token in code[at + 5 : end])
    condition = f"FILTER(!BOUND({name}) || {name} NOT IN ({values}))" if values else ""
    return Edit(code[at].start, code[end + 1].end, condition)


def _test_alone(code: Sequence[Token], at: int) -> Edit | None:
    """Rewrite a filter that only tests one variable as an equation."""
    texts = texts_of(code, at + 1, 6)
    brackets = [texts[0], texts[2], *texts[4:]] if len(texts) > _TEST else []
    if brackets != ["(", "(", ")", ")"] or texts[1].upper() not in _TESTS:
        return None
    return Edit(code[at + 6].start, code[at + 6].start, " = true")


#: The place of the last bracket in ``( isBlank ( ?x ) )``.
_TEST = 5

_REPAIRS = {"GRAPH": empty_graph, "MINUS": _minus_values, "FILTER": _test_alone}
