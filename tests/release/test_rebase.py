"""Rebasing moves every IRI under the base, nothing else, and there is a way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from graphsvc import inference, sparql
from graphsvc.namespaces import RDFS, SH, XSD, Rebase
from graphsvc.queries import read_checks, read_queries

if TYPE_CHECKING:
    from pathlib import Path

    from graphsvc.sources import Project
    from graphsvc.store.base import Term

OLD = "https://old.example/graph/"
NEW = "http://127.0.0.1:8080/"
REBASE = Rebase(OLD, NEW)


@pytest.mark.parametrize(
    ("term", "moved"),
    [
        (NamedNode(f"{OLD}id/x"), NamedNode(f"{NEW}id/x")),
        (NamedNode(OLD), NamedNode(NEW)),
        (NamedNode("https://old.example/other"), NamedNode("https://old.example/other")),
        (
            NamedNode(f"https://other.example/?of={OLD}"),
            NamedNode(f"https://other.example/?of={OLD}"),
        ),
        (Literal(OLD), Literal(NEW)),
        (Literal(f"{OLD}a", datatype=XSD.anyURI), Literal(f"{NEW}a", datatype=XSD.anyURI)),
        (Literal(f"see {OLD}a"), Literal(f"see {OLD}a")),
        (Literal(f"{OLD}a and b"), Literal(f"{OLD}a and b")),
        (Literal(OLD, language="en"), Literal(OLD, language="en")),
        (
            Literal("1", datatype=NamedNode(f"{OLD}type")),
            Literal("1", datatype=NamedNode(f"{NEW}type")),
        ),
        (BlankNode("b"), BlankNode("b")),
        (
            Triple(NamedNode(f"{OLD}s"), NamedNode(f"{OLD}p"), Literal(f"{OLD}o")),
            Triple(NamedNode(f"{NEW}s"), NamedNode(f"{NEW}p"), Literal(f"{NEW}o")),
        ),
    ],
)
def test_terms(term: Term, moved: Term) -> None:
    assert REBASE.term(term) == moved
    assert REBASE.reverse.term(moved) == term


def test_quads_are_moved_in_every_place() -> None:
    quad = Quad(*(NamedNode(f"{OLD}{place}") for place in "spog"))
    assert REBASE.quad(quad) == Quad(*(NamedNode(f"{NEW}{place}") for place in "spog"))
    in_default = Quad(NamedNode(f"{OLD}s"), RDFS.label, Literal("x"))
    assert REBASE.quad(in_default).graph_name == DefaultGraph()


def test_sparql_in_shapes_is_moved_by_its_tokens() -> None:
    text = f"SELECT $this {{ $this <{OLD}p> '{OLD}x' }} # {OLD}"
    quad = Quad(NamedNode("http://example.org/shape"), SH.select, Literal(text))
    moved = REBASE.quad(quad).object
    assert moved == Literal(f"SELECT $this {{ $this <{NEW}p> '{OLD}x' }} # {OLD}")
    other = Quad(NamedNode("http://example.org/shape"), RDFS.comment, Literal(text))
    assert REBASE.quad(other) == other


def test_queries_are_moved_with_the_examples_of_their_headers() -> None:
    query = (
        f"#+ summary: Not {OLD} here\n"
        "#+ params:\n"
        f'#+   x: {{type: iri, example: "{OLD}id/x", about: Not {OLD}}}\n'
        f"#+   y: {{type: iri, example: {OLD}id/y, about: Y}}\n"
        f"#+   z: {{type: iri, example: 'http://other.example/', about: Z}}\n"
        f"BASE <{OLD}> PREFIX id: <{OLD}id/>\n"
        f"SELECT * {{ id:x <{OLD}p> '{OLD}' }} # {OLD}\n"
    )
    moved = REBASE.query(query)
    assert moved == (
        f"#+ summary: Not {OLD} here\n"
        "#+ params:\n"
        f'#+   x: {{type: iri, example: "{NEW}id/x", about: Not {OLD}}}\n'
        f"#+   y: {{type: iri, example: {NEW}id/y, about: Y}}\n"
        f"#+   z: {{type: iri, example: 'http://other.example/', about: Z}}\n"
        f"BASE <{NEW}> PREFIX id: <{NEW}id/>\n"
        f"SELECT * {{ id:x <{NEW}p> '{OLD}' }} # {OLD}\n"
    )
    assert REBASE.reverse.query(moved) == query


IRIS = st.one_of(
    st.text("abc/-", max_size=8).map(lambda rest: OLD + rest),
    st.text("abc/-", max_size=8).map(lambda rest: "https://other.example/" + rest),
)
TERMS = st.one_of(
    IRIS.map(NamedNode),
    IRIS.map(Literal),
    st.text(max_size=12).map(Literal),
    IRIS.map(lambda iri: Literal(iri, datatype=XSD.anyURI)),
    st.tuples(st.text(max_size=5), IRIS).map(
        lambda pair: Literal(pair[0], datatype=NamedNode(pair[1]))
    ),
)


@given(st.builds(Quad, IRIS.map(NamedNode), IRIS.map(NamedNode), TERMS, IRIS.map(NamedNode)))
def test_the_way_back_gives_every_quad_back(quad: Quad) -> None:
    moved = REBASE.quad(quad)
    assert OLD not in str(moved)
    assert REBASE.reverse.quad(moved) == quad


@given(st.lists(st.one_of(IRIS.map("<{}>".format), st.sampled_from(["?x", "'a'", "{", "}"]))))
def test_the_way_back_gives_every_query_back(pieces: list[str]) -> None:
    query = " ".join(pieces)
    moved = REBASE.query(query)
    assert OLD not in moved
    assert REBASE.reverse.query(moved) == query


@pytest.mark.parametrize("name", ["lights", "mechanisms"])
def test_every_iri_of_a_project_is_moved_and_comes_back(
    name: str, request: pytest.FixtureRequest
) -> None:
    project: Project = request.getfixturevalue(name)
    rebase = Rebase(project.base, NEW)
    inferred = inference.materialise(project.quads, project.base)
    for quad in (*project.quads, *inferred.quads):
        moved = rebase.quad(quad)
        assert not [iri for iri in _iris(moved) if iri.startswith(project.base)]
        assert rebase.reverse.quad(moved) == quad


@pytest.mark.parametrize("name", ["lights", "mechanisms"])
def test_every_iri_of_its_queries_is_moved_and_comes_back(
    name: str, request: pytest.FixtureRequest
) -> None:
    project: Project = request.getfixturevalue(name)
    rebase = Rebase(project.base, NEW)
    folder: Path = project.root / "queries"
    texts = [query.text for query in read_queries(folder).items]
    texts += [check.text for check in read_checks(folder).items]
    assert texts
    for text in texts:
        moved = rebase.query(text)
        assert not [iri for iri in _iris_of_query(moved) if iri.startswith(project.base)]
        assert rebase.reverse.query(moved) == text


@pytest.mark.parametrize("name", ["lights", "mechanisms"])
def test_inferring_and_rebasing_can_change_places(
    name: str, request: pytest.FixtureRequest
) -> None:
    project: Project = request.getfixturevalue(name)
    rebase = Rebase(project.base, NEW)
    first = inference.materialise(project.quads, project.base).quads
    then = inference.materialise([rebase.quad(quad) for quad in project.quads], NEW).quads
    assert {rebase.quad(quad) for quad in first} == set(then)


def _iris(quad: Quad) -> list[str]:
    value = quad.object
    iris = [term.value for term in quad if isinstance(term, NamedNode)]
    if isinstance(value, Literal):
        iris.append(value.datatype.value)
        if quad.predicate in (SH.select, SH.ask, SH.construct):
            iris += _iris_of_query(value.value)
        elif value.language is None:
            iris.append(value.value)
    return iris


def _iris_of_query(text: str) -> list[str]:
    namespaces = sparql.declared_prefixes(text)
    return [
        sparql.iri_of(token)
        if token.kind is sparql.TokenKind.IRI
        else namespaces.get(sparql.prefix_of(token), "") + sparql.local_of(token)
        for token in sparql.code(text)
        if token.kind in (sparql.TokenKind.IRI, sparql.TokenKind.NAME)
    ]
