"""A graph as it is written: the same triples in every format, after the prefixes that it uses."""

from __future__ import annotations

from io import BytesIO

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from graphsvc.namespaces import Prefixes
from graphsvc.store.writing import HELD, write_graph

EX, XSD = "https://example.org/", "http://www.w3.org/2001/XMLSchema#"
PREFIXES = Prefixes(
    {"ex": EX, "id": f"{EX}id/", "odd": f"{EX}i", "other": "https://example.com/", "xsd": XSD}
    | {"rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"}
)
FORMATS = (RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.N3, RdfFormat.RDF_XML, RdfFormat.N_TRIPLES)


def node(name: str) -> NamedNode:
    return NamedNode(EX + name)


def numbered(count: int) -> list[Triple]:
    return [Triple(node(f"id/{number}"), node("verb"), Literal("x")) for number in range(count)]


def written(triples: list[Triple], engine: RdfFormat = RdfFormat.TURTLE) -> str:
    out = BytesIO()
    write_graph(triples, out, engine, PREFIXES)
    return out.getvalue().decode()


def declared(text: str) -> set[str]:
    lines = text.splitlines()
    return {line.split()[1].rstrip(":") for line in lines if line.startswith("@prefix")}


@pytest.mark.parametrize(
    ("value", "prefixes"),
    [
        (node("b"), "ex"),
        (node("id/b"), "ex id"),
        (node("id/b/c"), "ex"),
        (NamedNode("https://example.com/"), "ex other"),
        (NamedNode("https://example.net/"), "ex"),
        (Literal("2012", datatype=NamedNode(f"{XSD}gYear")), "ex xsd"),
        (Triple(node("a"), node("p"), node("id/b")), "ex id"),
        (Literal("words"), "ex"),
        (Literal("mots", language="fr"), "ex"),
        (BlankNode("b"), "ex"),
    ],
    ids=str,
)
def test_a_small_graph_declares_what_it_uses(
    value: NamedNode | Literal | Triple | BlankNode, prefixes: str
) -> None:
    assert declared(written([Triple(node("a"), node("p"), value)])) == {*prefixes.split()}


@pytest.mark.parametrize("count", [0, 1, HELD - 1, HELD, HELD + 1, 3 * HELD])
@pytest.mark.parametrize("engine", FORMATS, ids=str)
def test_no_triple_is_lost_on_the_way(engine: RdfFormat, count: int) -> None:
    found = parse(written(numbered(count), engine).encode(), format=engine)
    assert {quad.triple for quad in found} == set(numbered(count))


@pytest.mark.parametrize(("count", "prefixes"), [(HELD - 1, {"ex", "id"}), (HELD, {*PREFIXES})])
def test_a_large_graph_is_not_waited_for(count: int, prefixes: set[str]) -> None:
    assert declared(written(numbered(count))) == prefixes
