"""VoID statistics: each figure against an independent count by rdflib over the release's dump."""

from __future__ import annotations

import gzip
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, Quad
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, VOID

from graphsvc.statistics import Tally, describe

if TYPE_CHECKING:
    from graphsvc.release import Release


class Counted:
    """A release as rdflib reads it: its graphs, their merge, and its statistics."""

    def __init__(self, release: Release) -> None:
        self.base = release.base
        self.graphs: dict[str, Graph] = {}
        lines: dict[str, list[str]] = defaultdict(list)
        for line in gzip.decompress(release.dump.read_bytes()).decode().splitlines():
            triple, _, name = line.rpartition(" <")
            lines[name.removesuffix("> .")].append(f"{triple} .\n")
        self.merge, self.passages = Graph(), Graph()
        for name, triples in lines.items():
            graph = self.graphs[name] = Graph().parse(data="".join(triples), format="nt")
            # The derivations are not in the default graph of a query.
            if name != f"{self.base}graph/derivations":
                self.merge += graph
            if not name.startswith(f"{self.base}graph/"):
                self.passages += graph
        (self.dataset,) = self.merge.subjects(VOID.uriSpace)

    def number(self, subject: object, predicate: URIRef) -> int:
        (value,) = self.merge.objects(subject, predicate)  # type: ignore[arg-type]
        return int(str(value))


@pytest.fixture(scope="module", params=["lights", "mechanisms"])
def counted(request: pytest.FixtureRequest) -> Counted:
    return Counted(request.getfixturevalue(f"{request.param}_release"))


def test_the_whole(counted: Counted) -> None:
    whole, number = counted.merge, counted.number
    things = {s for s in whole.subjects() if str(s).startswith(f"{counted.base}id/")}
    assert number(counted.dataset, VOID.triples) == len(whole)
    assert number(counted.dataset, VOID.distinctSubjects) == len(set(whole.subjects()))
    assert number(counted.dataset, VOID.properties) == len(set(whole.predicates()))
    assert number(counted.dataset, VOID.classes) == len(set(whole.objects(None, RDF.type)))
    assert number(counted.dataset, VOID.entities) == len(things)


def test_the_properties(counted: Counted) -> None:
    parts = list(counted.merge.objects(counted.dataset, VOID.propertyPartition))
    properties = {
        counted.merge.value(part, VOID.property): counted.number(part, VOID.triples)
        for part in parts
    }
    assert properties == {
        predicate: len(list(counted.merge.triples((None, predicate, None))))
        for predicate in set(counted.merge.predicates())
    }
    assert len(parts) == len(properties)


def test_the_classes(counted: Counted) -> None:
    parts = list(counted.merge.objects(counted.dataset, VOID.classPartition))
    classes = {
        counted.merge.value(part, VOID["class"]): counted.number(part, VOID.entities)
        for part in parts
    }
    assert classes == {
        kind: len(set(counted.merge.subjects(RDF.type, kind)))
        for kind in set(counted.merge.objects(None, RDF.type))
    }
    assert len(parts) == len(classes)


def test_the_graphs(counted: Counted) -> None:
    graphs = {
        subset: counted.number(subset, VOID.triples)
        for subset in counted.merge.objects(counted.dataset, VOID.subset)
        if (subset, RDF.type, VOID.Linkset) not in counted.merge
    }
    passages = URIRef(f"{counted.dataset}#passages")
    assert graphs.pop(passages) == len(counted.passages)
    assert graphs == {
        URIRef(name): len(graph)
        for name, graph in counted.graphs.items()
        if name.startswith(f"{counted.base}graph/")
    }


def test_the_vocabularies(counted: Counted) -> None:
    vocabularies = {str(each) for each in counted.merge.objects(counted.dataset, VOID.vocabulary)}
    used = {*counted.merge.predicates(), *counted.merge.objects(None, RDF.type)}
    assert vocabularies == {
        term[: max(term.rfind("#"), term.rfind("/")) + 1] for term in map(str, used)
    }


def test_nothing_in_the_statistics_is_a_blank_node(counted: Counted) -> None:
    described = counted.graphs[f"{counted.base}graph/dataset"]
    assert all(isinstance(subject, URIRef) for subject in described.subjects())
    assert {type(term).__name__ for term in described.objects()} == {"URIRef", "Literal"}


BASE = "http://example.org/"
DATASET = NamedNode(f"{BASE}dataset")


def quad(subject: str, predicate: str, value: str, graph: str) -> Quad:
    nodes = [NamedNode(BASE + name) for name in (subject, predicate, value, graph)]
    return Quad(*nodes)


def test_what_two_passages_state_counts_once() -> None:
    passages = {NamedNode(f"{BASE}passage/{number}") for number in (1, 2)}
    tally = Tally(BASE, passages)
    for graph in ("passage/1", "passage/2", "graph/editorial"):
        tally.add(quad("id/a", "p", "id/b", graph))
    assert (tally.triples, tally.cited, tally.entities) == (1, 1, 1)


def test_terms_that_end_alike_have_parts_of_their_own() -> None:
    tally = Tally(BASE)
    for predicate in ("one/name", "two/name", "two/"):
        tally.add(quad("id/a", predicate, "id/b", "passage/1"))
    quads = describe(tally, [DATASET])
    parts = {each.subject for each in quads if each.predicate.value.endswith("void#property")}
    mine = [part for part in parts if "name" in str(part)]
    assert len(mine) == 2
    assert all(str(part).startswith(f"<{BASE}dataset#property-name-") for part in mine)


def test_what_is_stated_already_is_not_stated_again() -> None:
    tally = Tally(BASE)
    stated = Quad(
        DATASET,
        NamedNode("http://rdfs.org/ns/void#vocabulary"),
        NamedNode("http://rdfs.org/ns/void#"),
        NamedNode(f"{BASE}graph/dataset"),
    )
    tally.add(stated)
    quads = describe(tally, [DATASET])
    assert stated not in quads
    (triples,) = [
        each.object
        for each in quads
        if each.subject == DATASET and each.predicate.value.endswith("void#triples")
    ]
    assert isinstance(triples, Literal)
    assert int(triples.value) == len(quads) + 1


def test_no_dataset_no_statistics() -> None:
    assert describe(Tally(BASE), []) == []


COUNTS = {
    VOID.triples: "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    VOID.distinctSubjects: "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
    VOID.distinctObjects: "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }",
    VOID.properties: "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
    VOID.classes: "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s a ?o }",
}


@pytest.mark.parametrize("name", ["lights_release", "mechanisms_release"])
@pytest.mark.parametrize("predicate", COUNTS, ids=str)
def test_a_query_counts_the_same(
    name: str, predicate: URIRef, request: pytest.FixtureRequest
) -> None:
    release: Release = request.getfixturevalue(name)
    prefix = f"PREFIX void: <{VOID}> "
    description_query = f"{prefix} SELECT ?n {{ ?dataset void:uriSpace ?space ; <{predicate}> ?n }}"
    (stated,), (counted,) = (
        [row["n"] for row in release.store.select(query)]
        for query in (description_query, COUNTS[predicate])
    )
    assert stated == counted


PARTS = {
    "propertyPartition": (
        "?part void:property ?of ; void:triples ?n",
        "SELECT ?of (COUNT(*) AS ?n) { ?s ?of ?o } GROUP BY ?of",
    ),
    "classPartition": (
        "?part void:class ?of ; void:entities ?n",
        "SELECT ?of (COUNT(DISTINCT ?s) AS ?n) { ?s a ?of } GROUP BY ?of",
    ),
    "subset": (
        "?part void:triples ?n . FILTER NOT EXISTS { ?part a void:Linkset } "
        "GRAPH ?part { } BIND(?part AS ?of)",
        "SELECT ?of (COUNT(*) AS ?n) { GRAPH ?of { ?s ?p ?o } "
        'FILTER(CONTAINS(STR(?of), "/graph/")) } GROUP BY ?of',
    ),
}


@pytest.mark.parametrize("name", ["lights_release", "mechanisms_release"])
@pytest.mark.parametrize("part", PARTS)
def test_a_query_counts_the_same_in_each_part(
    name: str, part: str, request: pytest.FixtureRequest
) -> None:
    release: Release = request.getfixturevalue(name)
    pattern, query = PARTS[part]
    description_query = (
        f"PREFIX void: <{VOID}> SELECT ?of ?n {{ ?dataset void:{part} ?part . {pattern} }}"
    )
    stated, counted = (
        {str(row["of"]): str(row["n"]) for row in release.store.select(text)}
        for text in (description_query, query)
    )
    assert len(stated) > 3
    assert stated == counted


def test_values_that_are_written_in_two_ways_count_once() -> None:
    tally = Tally(BASE)
    node, integer = NamedNode(f"{BASE}id/a"), "http://www.w3.org/2001/XMLSchema#"
    for text, kind in (("1", "integer"), ("01", "integer"), ("1", "int"), ("1", "string")):
        value = Literal(text, datatype=NamedNode(integer + kind))
        tally.add(Quad(node, node, value, NamedNode(f"{BASE}passage/1")))
    assert (tally.triples, len(tally.objects)) == (2, 2)
