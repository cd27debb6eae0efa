"""The service description: every claim in it is tested at the endpoint."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from foreign import served
from pyoxigraph import RdfFormat, parse
from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import RDF, RDFS, VOID

from graphsvc import settings
from graphsvc.formats import ANSWER_FORMATS, Content, Format, carrying
from graphsvc.web import service_description
from graphsvc.web.app import create_app

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

    from graphsvc.release import Release

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
TERMS = [
    *("Service", "endpoint", "supportedLanguage", "SPARQL11Query"),
    *("resultFormat", "defaultDataset", "Dataset", "defaultGraph", "Graph", "namedGraph"),
    *("NamedGraph", "name", "graph"),
]


#: As https://www.w3.org/ns/formats/ has them.
NAMES_OF_W3C = [
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads", "N3"),
]


@pytest.fixture(scope="module", params=["lights", "mechanisms"])
def client(request: pytest.FixtureRequest) -> FlaskClient:
    release: Release = request.getfixturevalue(f"{request.param}_release")
    return create_app(release, settings.load({}, {})).test_client()


def described(client: FlaskClient) -> Graph:
    answer = client.get("/sparql", headers={"Accept": "text/turtle"})
    assert answer.status_code == 200
    return Graph().parse(data=answer.data, format="turtle")


@pytest.fixture(scope="module")
def description(client: FlaskClient) -> Graph:
    return described(client)


def one(graph: Graph, subject: object, predicate: URIRef) -> URIRef:
    (value,) = graph.objects(subject, predicate)  # type: ignore[arg-type]
    return value  # type: ignore[return-value]


def select(client: FlaskClient, query: str) -> list[dict[str, str]]:
    answer = client.get("/sparql", query_string={"query": query, "format": "json"})
    rows = json.loads(answer.data)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in rows]


def counted(client: FlaskClient, pattern: str) -> int:
    return int(select(client, f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")[0]["n"])


def test_it_claims_nothing_that_is_not_tested_here(description: Graph) -> None:
    used = {str(term) for triple in description for term in triple if str(term).startswith(str(SD))}
    assert used == {str(SD[name]) for name in TERMS}
    assert not list(description.objects(None, SD.inputFormat))
    assert not list(description.objects(None, SD.extensionFunction))


def test_there_is_one_service_and_it_is_at_its_endpoint(
    client: FlaskClient, description: Graph
) -> None:
    (service,) = description.subjects(RDF.type, SD.Service)
    assert one(description, service, SD.endpoint) == service
    path = str(service).removeprefix("http://localhost")
    assert client.get(path, query_string={"query": "ASK { }"}).status_code == 200


def test_the_language_is_sparql_1_1(client: FlaskClient, description: Graph) -> None:
    assert list(description.objects(None, SD.supportedLanguage)) == [SD.SPARQL11Query]
    query = """SELECT (COUNT(?x) AS ?n) { VALUES ?x { 1 2 } BIND(?x AS ?y) MINUS { VALUES ?x { 2 } }
    FILTER NOT EXISTS { ?x (<a:b>|^<c:d>)+ ?z } } HAVING(COUNT(?x) = 1)"""
    assert select(client, query) == [{"n": "1"}]


def test_every_result_format_is_really_had(client: FlaskClient, description: Graph) -> None:
    claimed = {str(value) for value in description.objects(None, SD.resultFormat)}
    assert claimed == {f"http://www.w3.org/ns/formats/{name}" for name in NAMES_OF_W3C}
    by_iri = {fmt.iri: fmt for fmt in ANSWER_FORMATS}
    assert claimed == set(by_iri)
    for fmt in by_iri.values():
        is_graph = Content.TRIPLES in fmt.carries
        query = "CONSTRUCT WHERE { ?s a ?o }" if is_graph else "SELECT ?s { ?s a ?o } LIMIT 1"
        answer = client.get(
            "/sparql", query_string={"query": query}, headers={"Accept": fmt.media_type}
        )
        assert (answer.status_code, answer.mimetype) == (200, fmt.media_type)
        assert answer.data


def test_the_default_graph_is_the_union_of_all(client: FlaskClient, description: Graph) -> None:
    # Derivations are not in the default graph; the standard has no term for this.
    assert list(description.objects(None, SD.feature)) == []
    left_out = select(client, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } MINUS { ?s ?p ?o } }")
    (apart,) = [row["g"] for row in left_out]
    assert apart.endswith("/graph/derivations")
    (words,) = description.objects(None, RDFS.comment)
    assert str(words) == f"The default graph is the union of all named graphs but <{apart}>."
    assert not counted(client, "?s ?p ?o FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o } }")
    (service,) = description.subjects(RDF.type, SD.Service)
    dataset = one(description, service, SD.defaultDataset)
    default = one(description, dataset, SD.defaultGraph)
    assert (default, RDF.type, SD.Graph) in description
    count = int(str(one(description, default, VOID.triples)))
    assert count == counted(client, "?s ?p ?o")


def test_of_a_graph_without_derivations_it_is_the_union_of_all_without_exception(
    tmp_path: Path,
) -> None:
    description = described(served(tmp_path, "graphs.trig"))
    assert list(description.objects(None, SD.feature)) == [SD.UnionDefaultGraph]


def test_every_named_graph_is_there_with_that_many_triples(
    client: FlaskClient, description: Graph
) -> None:
    (dataset,) = description.subjects(RDF.type, SD.Dataset)
    counts = {}
    for named in description.objects(dataset, SD.namedGraph):
        assert (named, RDF.type, SD.NamedGraph) in description
        graph = one(description, named, SD.graph)
        assert (graph, RDF.type, VOID.Dataset) in description
        name = str(one(description, named, SD.name))
        counts[name] = int(str(one(description, graph, VOID.triples)))
    rows = select(client, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    assert counts == {row["g"]: int(row["n"]) for row in rows}
    for name, count in counts.items():
        assert counted(client, f"GRAPH <{name}> {{ ?s ?p ?o }}") == count


def test_of_very_many_graphs_those_with_a_summary_are_told(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_description, "MOST_GRAPHS", 2)
    # Another address: the description at the first one may have been kept.
    answer = client.get("/sparql", headers={"Accept": "text/turtle"}, base_url="http://other/")
    graph = Graph().parse(data=answer.data, format="turtle")
    names = {str(name) for name in graph.objects(None, SD.name)}
    assert names
    assert all("/graph/" in name for name in names)
    (dataset,) = graph.subjects(RDF.type, SD.Dataset)
    assert "More named graphs are there" in str(graph.value(dataset, RDFS.comment))


@pytest.mark.parametrize("fmt", carrying(Content.TRIPLES), ids=lambda fmt: fmt.name)
def test_the_description_comes_in_every_format_of_graphs(
    client: FlaskClient, description: Graph, fmt: Format
) -> None:
    answer = client.get("/sparql", headers={"Accept": fmt.media_type})
    assert answer.mimetype == fmt.media_type
    assert isinstance(fmt.engine, RdfFormat)
    assert len(list(parse(answer.data, fmt.engine))) == len(description)
