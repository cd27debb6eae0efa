"""Nothing is fetched from elsewhere: neither while files are read, nor for any question.

A listener on this machine counts who connects. The last test takes the guard of queries out, and
sees the connection that the others would see.
"""

from __future__ import annotations

import socket
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from foreign import built, client_of

from graphsvc.cli import main
from graphsvc.errors import InputError
from graphsvc.store import syntax

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

    from graphsvc.release import Release

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
OWL = "http://www.w3.org/2002/07/owl#"
SH = "http://www.w3.org/ns/shacl#"


class Listener:
    """A server that closes every connection; ``count`` is how many there were."""

    def __init__(self, server: socket.socket) -> None:
        self.count = 0
        self.address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        self._server = server

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                self.count += 1
                connection.close()


def command_line(*words: str) -> Result:
    """Run a command of graphsvc in this process."""
    return CliRunner().invoke(main, words)


@contextmanager
def listening() -> Iterator[Listener]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        listener = Listener(server)
        thread = Thread(target=listener.serve)
        thread.start()
        yield listener
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as listener:
        yield listener


FILES = {
    "dtd.rdf": f'<!DOCTYPE rdf:RDF SYSTEM "ADDRESS"><rdf:RDF xmlns:rdf="{RDF}"/>',
    "entity.rdf": (
        f'<!DOCTYPE rdf:RDF [<!ENTITY e SYSTEM "ADDRESS"><!ENTITY % p SYSTEM "ADDRESS"> %p;]>'
        f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="urn:a">&e;</rdf:Description>'
        "</rdf:RDF>"
    ),
    "include.rdf": (
        f'<rdf:RDF xmlns:rdf="{RDF}" xmlns:a="urn:a:" xmlns:xi="http://www.w3.org/2001/XInclude" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:a: ADDRESS">'
        '<rdf:Description rdf:about="urn:a"><a:b rdf:parseType="Literal">'
        '<xi:include href="ADDRESS"/></a:b></rdf:Description></rdf:RDF>'
    ),
    "context.jsonld": '{"@context": "ADDRESS", "@id": "urn:a", "name": "x"}',
    "import.jsonld": '{"@context": {"@version": 1.1, "@import": "ADDRESS"}, "urn:b": "x"}',
    "imports.ttl": f"@base <ADDRESS> . <a> a <{OWL}Ontology> ; <{OWL}imports> <ADDRESS> .",
    "rules.ttl": (
        f"<urn:s> <{SH}targetClass> <urn:c> ; <{SH}sparql> [ <{SH}select> "
        f'"SELECT $this {{ SERVICE <ADDRESS> {{ $this ?p ?o }} }}" ] . <urn:x> a <urn:c> .'
    ),
    "html.ttl": f"<urn:a> <urn:b> \"<img src='ADDRESS'>\"^^<{RDF}HTML> .",
}

QUESTIONS = (
    "SELECT * { SERVICE <ADDRESS> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <ADDRESS> { ?s ?p ?o } }",
    "SELECT * { VALUES ?x { <ADDRESS> } SERVICE ?x { ?s ?p ?o } }",
    "SELECT * FROM <ADDRESS> { ?s ?p ?o }",
    "SELECT * { GRAPH <ADDRESS> { ?s ?p ?o } }",
    "DESCRIBE <ADDRESS>",
    "LOAD <ADDRESS>",
    "LOAD SILENT <ADDRESS> INTO GRAPH <urn:g>",
)

TARGETS = (
    *("/describe?iri=ADDRESS", "/cite?iri=ADDRESS", "/neighbourhood?iri=ADDRESS"),
    *("/browse?class=ADDRESS", '/reconcile?queries={"a":{"query":"ADDRESS"}}', "/doc/ADDRESS"),
    *("/describe.ttl?iri=ADDRESS", '/reconcile?extend={"ids":["ADDRESS"],"properties":[]}'),
    '/reconcile?queries={"a":{"query":"a","type":"ADDRESS"}}',
    *("/reconcile/preview?id=ADDRESS", "/search?q=ADDRESS", "/sparql?default-graph-uri=ADDRESS"),
    "/sparql?query=ASK{}&default-graph-uri=ADDRESS&named-graph-uri=ADDRESS",
)


@pytest.mark.parametrize("name", FILES)
def test_no_file_makes_a_build_connect(tmp_path: Path, listener: Listener, name: str) -> None:
    (tmp_path / name).write_text(FILES[name].replace("ADDRESS", listener.address), "utf-8")
    with suppress(InputError):
        built(tmp_path / "releases", tmp_path / name)
    assert listener.count == 0


def test_no_question_makes_the_service_connect(tmp_path: Path, listener: Listener) -> None:
    client = client_of(built(tmp_path, "animals.ttl"))
    for question in QUESTIONS:
        text = question.replace("ADDRESS", listener.address)
        for explain in ({}, {"explain": "empty"}):
            client.get("/sparql", query_string={"query": text, **explain})
        client.post("/sparql", data=text, content_type="application/sparql-update")
    for target in TARGETS:
        client.get(target.replace("ADDRESS", listener.address))
    assert listener.count == 0


def test_the_engine_would_connect_without_the_guard(
    tmp_path: Path, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = built(tmp_path, "animals.ttl")
    monkeypatch.setattr(syntax, "refuse", lambda _: None)
    client_of(release).get(
        "/sparql", query_string={"query": QUESTIONS[0].replace("ADDRESS", listener.address)}
    )
    assert listener.count > 0


CALLS = {
    "calling.rq": "#+ summary: Who listens there?\nSELECT ?s { SERVICE <ADDRESS> { ?s ?p ?o } }",
    "checks/calling.rq": (
        "#+ problem: Somebody listens there.\n#+ remedy: Ask them to stop.\n#+ severity: error\n"
        "SELECT ?entity ?property ?value { SERVICE <ADDRESS> { ?entity ?property ?value } }"
    ),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("command", ["check", "build"])
def test_no_query_of_a_project_makes_a_command_connect(
    lights_copy: Path, tmp_path: Path, listener: Listener, command: str, name: str
) -> None:
    text = CALLS[name].replace("ADDRESS", listener.address)
    (lights_copy / "queries" / name).write_text(text, "utf-8")
    words = [command, "--project", str(lights_copy), "--releases", str(tmp_path)]
    assert "SERVICE" in command_line(*words).output
    assert listener.count == 0


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_makes_the_query_command_connect(
    lights_release: Release, tmp_path: Path, listener: Listener, question: str
) -> None:
    file = tmp_path / "question.rq"
    text = f"#+ summary: Who listens there?\n{question.replace('ADDRESS', listener.address)}"
    file.write_text(text, "utf-8")
    command_line("query", str(file), "--releases", str(lights_release.path.parent))
    assert listener.count == 0


@pytest.mark.parametrize("name", FILES)
def test_no_file_makes_the_check_command_connect(
    tmp_path: Path, listener: Listener, name: str
) -> None:
    (tmp_path / name).write_text(FILES[name].replace("ADDRESS", listener.address), "utf-8")
    assert command_line("check", str(tmp_path / name)).output
    assert listener.count == 0
