"""The queries that Virtuoso gets, and how its answers are read: without a server."""

from __future__ import annotations

import json
from email.message import Message
from typing import TYPE_CHECKING, cast

import pytest

from graphsvc.remote import virtuoso
from graphsvc.remote.answers import SpelledSource
from graphsvc.store.repair import apply_edits

if TYPE_CHECKING:
    from graphsvc.remote.client import Client
    from graphsvc.remote.transport import EngineReply

_FIRST = "define input:default-graph-exclude <http://www.openlinksw.com/schemas/virtrdf#> "


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ("SELECT ?x { ?x ?y ?z }", f"{_FIRST}SELECT ?x {{ ?x ?y ?z }}"),
        ("DESCRIBE <urn:x>", f'{_FIRST}define sql:describe-mode "CBD" DESCRIBE <urn:x>'),
        (
            "SELECT ?g { GRAPH ?g { } }",
            "SELECT ?g { { SELECT DISTINCT ?g WHERE { GRAPH ?g "
            "{ ?graphsvcS ?graphsvcP ?graphsvcO } } } }",
        ),
        ("SELECT ?x { GRAPH ?g { ?x ?y ?z } }", "SELECT ?x { GRAPH ?g { ?x ?y ?z } }"),
        (
            "SELECT ?x { GRAPH ?g { ?x ?y ?z } FILTER(isBlank(?x)) }",
            "SELECT ?x { GRAPH ?g { ?x ?y ?z } FILTER(isBlank(?x) = true) }",
        ),
        (
            "SELECT ?x { GRAPH ?g { ?x ?y ?z } FILTER(isBlank(?x) && true) }",
            "SELECT ?x { GRAPH ?g { ?x ?y ?z } FILTER(isBlank(?x) && true) }",
        ),
        (
            "SELECT ?x { GRAPH ?g { ?x ?y ?z } MINUS { VALUES ?x { <urn:a> <urn:b> } } }",
            "SELECT ?x { GRAPH ?g { ?x ?y ?z } "
            "FILTER(!BOUND(?x) || ?x NOT IN (<urn:a>, <urn:b>)) }",
        ),
        (
            'SELECT ?x { GRAPH ?g { ?x ?y "GRAPH ?g { } FILTER(isBlank(?x))" } } # MINUS',
            'SELECT ?x { GRAPH ?g { ?x ?y "GRAPH ?g { } FILTER(isBlank(?x))" } } # MINUS',
        ),
    ],
)
def test_it_is_sent_what_it_answers_as_it_should(query: str, sent: str) -> None:
    assert apply_edits(query, virtuoso.repairs(query)).text == sent


class _Pieces:
    """An answer that comes in pieces of some bytes."""

    fields = Message()

    def __init__(self, content: bytes, size: int) -> None:
        self._content = content
        self._size = size

    def read(self, size: int) -> bytes:
        size = min(size, self._size)
        part, self._content = self._content[:size], self._content[size:]
        return part


@pytest.mark.parametrize("size", [1, 7, 64, 4096])
def test_its_results_are_read_as_the_standard_has_them(size: int) -> None:
    words = '"type": "typed-literal" and "type": "bnode", "value": "nodeID://b1"'
    content = (
        '{ "a": { "type": "bnode", "value": "nodeID://b10001" }\t, '
        '"b": { "type": "typed-literal", "datatype": "urn:t", "value": "1" }, '
        f'"c": {{ "type": "literal", "value": {json.dumps(words)} }} }}'
    )
    source = SpelledSource(
        cast("EngineReply", _Pieces(content.encode(), size)),
        # It is told of failures alone.
        cast("Client", None),
        virtuoso.RESULTS_IN_JSON,
    )
    parts = []
    while part := source.read(100):
        assert len(part) <= 100
        parts.append(part)
    assert json.loads(b"".join(parts)) == {
        "a": {"type": "bnode", "value": "b10001"},
        "b": {"type": "literal", "datatype": "urn:t", "value": "1"},
        "c": {"type": "literal", "value": words},
    }
