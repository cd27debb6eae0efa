"""The clients that people use, on a real server: SPARQLWrapper, rdflib, pandas, a bare socket."""

from __future__ import annotations

import re
import socket
import warnings
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from xml.dom.minidom import Document

import pandas as pd
import pytest
import rdflib
from rdflib.compare import isomorphic
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    N3,
    POST,
    POSTDIRECTLY,
    RDF,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
)
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from graphsvc.formats import Content, carrying

from .transports import QUERY_TYPE

if TYPE_CHECKING:
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

SELECT = "SELECT ?name WHERE { light:north-rock lights:statedName ?name }"
ASK = "ASK { light:north-rock a lights:Light }"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o . FILTER(?s = light:north-rock) }"
DESCRIBE = "DESCRIBE light:north-rock"
TYPED = """
SELECT ?light ?year ?lit WHERE {
  ?light a lights:Light . OPTIONAL { ?light lights:litIn ?year } BIND(BOUND(?year) AS ?lit)
} ORDER BY ?light
"""

METHODS = [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)]


def converted(server: str, query: str, fmt: str, method: tuple[str, str]) -> object:
    """Ask by SPARQLWrapper; return the answer as it converts this format."""
    wrapper = SPARQLWrapper(server + "sparql")
    wrapper.setQuery(query)
    wrapper.setReturnFormat(fmt)
    wrapper.setMethod(method[0])
    wrapper.setRequestMethod(method[1])
    with warnings.catch_warnings():
        # It warns of formats that it has to ask for by a parameter of its own.
        warnings.simplefilter("ignore", RuntimeWarning)
        result = wrapper.query()
        with result.response:
            return result.convert()


def words(answer: object) -> str:
    if isinstance(answer, Document):
        return answer.toxml()
    return answer.decode() if isinstance(answer, bytes) else str(answer)


@pytest.mark.parametrize("method", METHODS, ids=" ".join)
@pytest.mark.parametrize("fmt", [JSON, XML, CSV, TSV])
def test_sparqlwrapper_gets_results(server: str, method: tuple[str, str], fmt: str) -> None:
    assert "North Rock Light" in words(converted(server, SELECT, fmt, method))
    assert "true" in words(converted(server, ASK, fmt, method)).lower()


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
@pytest.mark.parametrize("method", METHODS, ids=" ".join)
@pytest.mark.parametrize("query", [CONSTRUCT, DESCRIBE], ids=["construct", "describe"])
@pytest.mark.parametrize("fmt", [TURTLE, N3, XML, RDF, RDFXML, JSONLD])
def test_sparqlwrapper_gets_graphs(
    server: str, method: tuple[str, str], query: str, fmt: str
) -> None:
    answer = converted(server, query, fmt, method)
    graph = answer
    if not isinstance(answer, rdflib.Graph):
        assert fmt in (TURTLE, N3)
        graph = rdflib.Graph().parse(data=words(answer), format="turtle")
    assert isinstance(graph, rdflib.Graph)
    node = rdflib.URIRef(server + "id/light/north-rock")
    assert set(graph.subjects()) == {node}
    assert (node, None, rdflib.Literal(1871)) in graph


def test_sparqlwrapper_is_told_what_is_wrong(server: str) -> None:
    with pytest.raises(QueryBadFormed, match="nope"):
        converted(server, "SELECT * { ?s nope:p ?o }", JSON, METHODS[0])


@pytest.mark.parametrize(
    "path", ["id/light/north-rock", "passage/2", "ontology", "graph/editorial"]
)
def test_rdflib_follows_an_iri_to_its_facts(server: str, path: str) -> None:
    graph = rdflib.Graph()
    graph.parse(server + path)
    assert (None, rdflib.FOAF.primaryTopic, rdflib.URIRef(server + path)) in graph
    assert len(graph) > 10


@pytest.mark.filterwarnings("ignore:(Dataset|ConjunctiveGraph):DeprecationWarning")
def test_rdflib_reads_the_graphs_of_a_document(server: str) -> None:
    dataset = rdflib.Dataset()
    dataset.parse(server + "doc/id/light/north-rock.trig", format="trig")
    node = rdflib.URIRef(server + "id/light/north-rock")
    stated = dataset.graph(rdflib.URIRef(server + "passage/2"))
    assert (node, None, rdflib.Literal(1871)) in stated


def remote(server: str, **options: Any) -> SPARQLStore:
    from rdflib.plugins.stores.sparqlstore import SPARQLStore  # noqa: PLC0415 - it warns on import

    return SPARQLStore(server + "sparql", **options)


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("fmt", ["xml", "json", "csv", "tsv"])
def test_rdflib_asks_the_endpoint_as_a_remote_store(server: str, method: str, fmt: str) -> None:
    graph = rdflib.Graph(remote(server, method=method, returnFormat=fmt))
    rows = list(graph.query("SELECT ?s WHERE { ?s lights:litIn 1871 }"))
    assert [str(row[0]) for row in rows] == [server + "id/light/north-rock"]  # type: ignore[index]


def test_rdflib_uses_the_endpoint_as_if_it_were_its_own(server: str) -> None:
    graph = rdflib.Graph(remote(server))
    node = rdflib.URIRef(server + "id/light/north-rock")
    year = rdflib.URIRef(server + "ontology#litIn")
    assert graph.value(node, year) == rdflib.Literal(1871)
    assert (node, year, rdflib.Literal(1872)) not in graph
    assert len(list(graph.triples((node, None, None)))) > 3
    result = graph.query("ASK { ?s lights:litIn 1871 }")
    assert result.askAnswer is True
    constructed = graph.query(CONSTRUCT).graph
    assert constructed is not None
    copied = rdflib.Graph()
    for triple in graph.triples((node, None, None)):
        copied.add(triple)
    assert isomorphic(constructed, copied)


def test_rdflib_asks_one_graph_of_the_endpoint(server: str) -> None:
    graph = rdflib.Graph(remote(server), identifier=rdflib.URIRef(server + "passage/3"))
    names = [
        str(each) for each in graph.objects(None, rdflib.URIRef(server + "ontology#statedName"))
    ]
    assert names == ["Ada Quill"]


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_pandas_reads_an_answer(server: str, coding: str) -> None:
    address = server + "sparql?" + urlencode({"query": TYPED, "format": "csv"})
    table = pd.read_csv(address, storage_options={"Accept-Encoding": coding})
    assert list(table.columns) == ["light", "year", "lit"]
    north = table[table["light"].str.endswith("north-rock")].iloc[0]
    assert (north["year"], bool(north["lit"])) == (1871, True)
    assert table["year"].isna().any()


def test_a_large_answer_comes_in_chunks(server: str) -> None:
    host, port = re.findall(r"//(.*):(\d+)/", server)[0]
    query = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f } LIMIT 100000"
    request = (
        f"POST /sparql HTTP/1.1\r\nHost: {host}\r\nContent-Type: {QUERY_TYPE}\r\n"
        f"Content-Length: {len(query)}\r\nConnection: close\r\n\r\n{query}"
    )
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(request.encode())
        with connection.makefile("rb") as answer:
            status = answer.readline()
            headers = {line.split(b":")[0].lower() for line in iter(answer.readline, b"\r\n")}
            body = answer.read()
    assert b"200" in status
    assert b"transfer-encoding" in headers, "the length is not known before the end"
    assert b"content-length" not in headers
    assert body.count(b'"type":') > 100_000


def test_every_format_of_results_is_asked_for_by_some_client() -> None:
    assert {fmt.name for fmt in carrying(Content.SOLUTIONS)} == {JSON, XML, CSV, TSV}
