"""The patterns of a query that an explanation examines: each is read, and none is missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphsvc import grammar
from graphsvc.errors import QuerySyntaxError
from graphsvc.explain import explain_empty
from graphsvc.explain.patterns import PatternReader
from graphsvc.store.base import UNION

if TYPE_CHECKING:
    from graphsvc.release import Release


def parts(query: str) -> list[str]:
    root = grammar.read(query).root
    (group,) = [node for node in root.iter_nodes() if node.rule == "Group"][:1]
    return [part.display_text for part in PatternReader(query).parts(group)]


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("?s a ?c ; <p> 1 , 2 . ?t <q> ?s", ["?s a ?c", "?s <p> 1", "?s <p> 2", "?t <q> ?s"]),
        ("?s <p>/<q>* 'x'@en", ["?s <p>/<q>* 'x'@en"]),
        ("?s <p> [ a ?c ; <q> [] ]", ["?s <p> [ ]", "[ ] a ?c", "[ ] <q> [ ]"]),
        ("[ <p> ?o ] <q> ?r", ["[ ] <p> ?o", "[ ] <q> ?r"]),
        ("_:b <p> ?o", ["?blank_b <p> ?o"]),
        ("?s <p> ( 1 2 )", ["?s <p> ( 1 2 )"]),
        (
            "OPTIONAL { ?a ?b ?c } FILTER(?a) BIND(1 AS ?d) VALUES ?e { 1 } MINUS { } GRAPH ?g { }",
            [
                "OPTIONAL { ?a ?b ?c }",
                "FILTER(?a)",
                "BIND(1 AS ?d)",
                "VALUES ?e { 1 }",
                "MINUS { }",
                "GRAPH ?g { }",
            ],
        ),
    ],
)
def test_patterns_are_read_with_their_parts(group: str, expected: list[str]) -> None:
    assert parts(f"ASK {{ {group} }}") == expected


TERMS = st.sampled_from(("?s", "?o", "iwm:statedName", "iwm:nope", '"Brown"', "[]", "_:b", "2014"))
VERBS = st.sampled_from(("?p", "a", "iwm:statedName", "iwm:nope/a", "^iwm:nope"))
TRIPLES = st.builds("{} {} {} .".format, TERMS, VERBS, TERMS)
GROUPS = st.recursive(
    TRIPLES,
    lambda inner: (
        st.builds("{} {}".format, inner, inner)
        | st.builds("OPTIONAL {{ {} }}".format, inner)
        | st.builds("{{ {} }} UNION {{ {} }}".format, inner, inner)
        | st.builds("GRAPH graph:editorial {{ {} }}".format, inner)
        | st.builds("FILTER NOT EXISTS {{ {} }}".format, inner)
        | st.builds("{{ SELECT ?s {{ {} }} }}".format, inner)
    ),
    max_leaves=5,
)


@given(GROUPS)
def test_an_empty_answer_always_has_a_reason(mechanisms_release: Release, group: str) -> None:
    query = f"SELECT * {{ {group} FILTER(1 = 1) }}"
    try:
        explanation = explain_empty(
            mechanisms_release.store, query, UNION, mechanisms_release.prefixes
        )
    except QuerySyntaxError:
        return  # two groups may share no blank node
    assert explanation.empty == bool(explanation.reasons or explanation.unexamined)
