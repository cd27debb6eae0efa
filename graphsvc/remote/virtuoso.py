"""How Virtuoso 7 is asked so that it answers as the standard says, and how its answers are read.

Its default graph holds its own graphs too. It finds no graphs by an empty pattern, and fails to
compile some queries with a filter that is nothing but a test of the kind of a term. Its results in
JSON have blank nodes and types that no other engine writes so. What else is different is listed in
``docs/engines.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc import sparql
from graphsvc.sparql import Kind
from graphsvc.store.repair import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphsvc.sparql import Token

#: The graphs that a new database has of its own.
_OWN_GRAPHS = (
    "http://www.openlinksw.com/schemas/virtrdf#",
    "http://localuriqaserver/sparql",
    "http://www.w3.org/ns/ldp#",
)
#: Leaves them out of the default graph:
#: https://docs.openlinksw.com/virtuoso/rdfsparqlprotocolendpoint/
_WITHOUT_OWN_GRAPHS = "".join(f"define input:default-graph-exclude <{g}> " for g in _OWN_GRAPHS)

RESULTS_IN_JSON = (
    (b'"type": "typed-literal"', b'"type": "literal"'),
    (b'"type": "bnode", "value": "nodeID://', b'"type": "bnode", "value": "'),
)
"""What it writes in results, and what the standard has instead.

A value has a backslash before each quotation mark, so that none holds these words.
https://www.w3.org/TR/sparql11-results-json/#select-encode-terms
"""

_GRAPH = ("GRAPH",)
_TESTS = ("ISBLANK", "ISLITERAL")
_ANY_TRIPLE = "{ ?graphsvcS ?graphsvcP ?graphsvcO }"


def repairs(query: str) -> list[Edit]:
    """Return the edits that make a query one that the engine answers as the standard says."""
    names_graphs = sparql.mentions(query, _GRAPH)
    # Where graphs are left out, a pattern in GRAPH and a name matches nothing.
    edits = [] if names_graphs else [Edit(0, 0, _WITHOUT_OWN_GRAPHS)]
    if names_graphs or any(word in query.upper() for word in _TESTS):
        edits += _repairs(sparql.code(query))
    return edits


def _repairs(code: Sequence[Token]) -> Iterator[Edit]:
    for at, token in enumerate(code):
        if token.kind is not Kind.WORD:
            continue
        word = token.text.upper()
        if word == "GRAPH" and _texts(code, at + 2, 2) == ["{", "}"]:
            name = code[at + 1].text
            graphs = f"{{ SELECT DISTINCT {name} WHERE {{ GRAPH {name} {_ANY_TRIPLE} }} }}"
            yield Edit(token.start, code[at + 3].end, graphs)
        elif word == "FILTER" and _is_test_alone(_texts(code, at + 1, 6)):
            yield Edit(code[at + 6].start, code[at + 6].start, " = true")


def _texts(code: Sequence[Token], start: int, number: int) -> list[str]:
    return [token.text for token in code[start : start + number]]


def _is_test_alone(texts: Sequence[str]) -> bool:
    """Tell whether these are the brackets of a filter with a test of one variable in them."""
    return (
        len(texts) == 6  # noqa: PLR2004 - ( isIRI ( ?x ) )
        and texts[1].upper() in _TESTS
        and [texts[0], texts[2], *texts[4:]] == ["(", "(", ")", ")"]
    )
