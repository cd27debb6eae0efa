"""The clients that people use, on a real server: SPARQLWrapper, rdflib, a bare socket."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen
from xml.dom.minidom import Document

import pytest
import rdflib
from SPARQLWrapper import CSV, GET, JSON, POST, POSTDIRECTLY, TURTLE, URLENCODED, XML, SPARQLWrapper

if TYPE_CHECKING:
    from collections.abc import Iterator

SELECT = "SELECT ?name WHERE { light:north-rock lights:statedName ?name }"
DESCRIBE = "DESCRIBE light:north-rock"
QUERY_TYPE = "application/sparql-query"


@pytest.fixture(scope="module")
def server(lights_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start ``graphsvc serve`` on a free port; the graph has the server's own address as base."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}/"
    folder = tmp_path_factory.mktemp("served")
    command: list[str | Path] = [
        Path(sys.executable).with_name("graphsvc"),
        *("serve", "--project", lights_folder, "--releases", folder),
        *("--base-iri", address, "--port", str(port)),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    with process:
        wait_for(process, address)
        yield address
        process.terminate()
        process.communicate()


def wait_for(process: subprocess.Popen[str], address: str) -> None:
    """Return once the server is ready; if it ends before, its last words are the failure."""
    deadline = monotonic() + 60
    while monotonic() < deadline:
        try:
            with urlopen(address + "readyz"):  # noqa: S310 - an address of this test
                return
        except URLError:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.05)
                pytest.fail(process.communicate()[0])
    pytest.fail("The server does not answer.")


@pytest.mark.parametrize("method", [GET, POST])
@pytest.mark.parametrize("style", [URLENCODED, POSTDIRECTLY])
@pytest.mark.parametrize("fmt", [JSON, XML, CSV])
def test_sparqlwrapper_gets_its_answers(server: str, method: str, style: str, fmt: str) -> None:
    wrapper = SPARQLWrapper(server + "sparql")
    wrapper.setQuery(SELECT)
    wrapper.setMethod(method)
    wrapper.setRequestMethod(style)
    wrapper.setReturnFormat(fmt)
    found = wrapper.query()
    with found.response:
        answer = found.convert()
    words = answer.toxml() if isinstance(answer, Document) else str(answer)
    assert "North Rock Light" in words


def test_sparqlwrapper_gets_graphs(server: str) -> None:
    wrapper = SPARQLWrapper(server + "sparql")
    wrapper.setQuery(DESCRIBE)
    wrapper.setReturnFormat(TURTLE)
    found = wrapper.query()
    with found.response:
        assert "North Rock Light" in str(found.convert())


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


def test_rdflib_asks_the_endpoint_as_a_remote_store(server: str) -> None:
    from rdflib.plugins.stores.sparqlstore import SPARQLStore  # noqa: PLC0415 - it warns on import

    graph = rdflib.Graph(SPARQLStore(server + "sparql"))
    rows = list(graph.query("SELECT ?s WHERE { ?s lights:litIn 1871 }"))
    assert [str(row[0]) for row in rows] == [server + "id/light/north-rock"]  # type: ignore[index]


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
