"""``graphsvc serve --store``: a real engine, a real service in front of it, and the embedded store.

Intended differences (releases, dumps, dates) are removed from pages before they are compared.
"""

from __future__ import annotations

import gzip
import json
import re
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from engines.servers import oxigraph
from prometheus_client.parser import text_string_to_metric_families
from server.processes import eventually, run, started, until_serving
from server.wire import HOST

from graphsvc import settings
from graphsvc.store import union
from graphsvc.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engines.servers import Engine
    from flask.testing import FlaskClient
    from server.processes import Service

    from graphsvc.release import Release

#: One page of each type; the longest ones are those of the shipped graph.
PAGES = (
    "/",
    "/doc/id/mechanism/bfic",
    "/doc/id/country/china",
    "/doc/id/note/year-of-the-summit",
    "/doc/source/international-working-mechanisms",
    "/doc/passage/15",
    "/doc/dataset",
    "/ontology",
    "/browse",
    "/browse?class=iwm:Mechanism&view=table",
    "/timeline",
    "/map",
    "/queries/providers-of-secretariats",
    "/cite?iri=https://w3id.org/iwm/id/city/chicago",
    "/neighbourhood?iri=https://w3id.org/iwm/id/city/chicago",
    "/nothing",
)

DOCUMENTS = (
    "/doc/id/mechanism/bfic.nt",
    "/doc/id/country/china.nq",
    "/doc/passage/15.nq",
    "/ontology.nt",
    "/queries/providers-of-secretariats.tsv",
)

#: Parts of a page about the release or the present time; empty lines may remain without them.
_OF_RELEASES = re.compile(
    r"<footer.*?</footer>|<script type=\"application/ld\+json\">.*?</script>"
    r"|<section aria-labelledby=\"(?:download|versions)\">.*?</section>"
    r"|<p class=\"(?:figures|position)\">.*?</p>|<a class=\"query-this\"[^>]*>Lasting link[^<]*</a>"
    r"|<dt>(?:Release|Retrieved)</dt><dd>.*?</dd>|, release [0-9a-f]{16}"
    r"|[^\n]*version[^\n]*[0-9a-f]{16}[^\n]*\n|ET  - [0-9a-f]{16}\r?\n|(?<=\n)\s*\n",
    re.DOTALL,
)

#: Statements of a document about itself and its release: which release it is, and its date.
_OF_DOCUMENTS = re.compile(
    r"<https://w3id.org/iwm/doc/|\"[0-9a-f]{16}\"|/releases/|#dateTime>|/terms/hasVersion>|Version"
)


def _compared(page: str) -> str:
    return _OF_RELEASES.sub("", _OF_RELEASES.sub("", page))


def _statements(data: str) -> list[str]:
    return sorted(line for line in data.splitlines() if not _OF_DOCUMENTS.search(line))


@pytest.fixture(scope="module")
def engine(
    mechanisms_release: Release, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """Return an engine with the shipped graph, the merge of its graphs in the default graph."""
    folder: Path = tmp_path_factory.mktemp("engine")
    data = folder / "quads.nq"
    data.write_bytes(_quads(mechanisms_release))
    with oxigraph(folder, data) as running:
        yield running


@pytest.fixture(scope="module")
def service(
    engine: Engine, mechanisms_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """Return a service in front of the engine, with the project's files."""
    folder: Path = tmp_path_factory.mktemp("service")
    places = ("--store", engine.query, "--releases", folder / "releases", "--port", "0")
    with started([mechanisms_folder, *places], folder, {}) as running:
        yield until_serving(running)


@pytest.fixture(scope="module")
def embedded(mechanisms_release: Release, mechanisms_folder: Path) -> FlaskClient:
    """Return a client of the same graph in the embedded store."""
    places = {"project": mechanisms_folder, "releases": mechanisms_release.path.parent}
    return create_app(mechanisms_release, settings.load(places, {})).test_client()


def _quads(release: Release) -> bytes:
    nquads = gzip.decompress(release.dump.read_bytes())
    return b"".join(union.triples(nquads)) + nquads


def _here(embedded: FlaskClient, path: str) -> str:
    return embedded.get(path, base_url=f"http://{HOST}", headers={"Accept": "text/html"}).text


def _there(service: Service, path: str) -> str:
    return service.get(path, "Accept: text/html").content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_that_of_the_embedded_store(
    service: Service, embedded: FlaskClient, path: str
) -> None:
    html = _there(service, path)
    assert "</main>" in html
    assert _compared(html) == _compared(_here(embedded, path))


@pytest.mark.parametrize("path", DOCUMENTS)
def test_data_are_those_of_the_embedded_store(
    service: Service, embedded: FlaskClient, path: str
) -> None:
    answer = service.get(path)
    assert answer.status == 200
    statements = _statements(answer.content.decode())
    assert len(statements) > 5
    assert statements == _statements(embedded.get(path, base_url=f"http://{HOST}").text)


def test_the_endpoint_answers_from_the_engine(service: Service) -> None:
    answer = service.ask("SELECT (COUNT(DISTINCT ?m) AS ?n) { ?m a iwm:Mechanism }")
    assert answer.values == ["9"]
    assert answer.fields["cache-control"] == "no-store"
    assert "etag" not in answer.fields


@pytest.mark.parametrize(
    "text", ["Finland", "finland", "Chicag", "https://w3id.org/iwm/id/city/chicago"]
)
def test_names_are_found_without_an_index(service: Service, text: str) -> None:
    answer = json.loads(service.get("/search.json?" + urlencode({"q": text})).content)
    expected = "Finland" if "land" in text else "Chicago"
    assert answer["hits"][0]["label"] == expected
    assert "Only names that are written exactly so are found" in _there(
        service, "/search?" + urlencode({"q": text})
    )


def test_names_are_reconciled_without_an_index(service: Service) -> None:
    queries = {"a": {"query": "Finland"}, "b": {"query": "Nowhere"}}
    results = json.loads(
        service.get("/reconcile?" + urlencode({"queries": json.dumps(queries)})).content
    )
    # A name that only begins with the query is not a sure match.
    assert [(each["name"], each["match"]) for each in results["a"]["result"]] == [
        ("Finland", True),
        ("China-Finland Committee for Innovative Business Cooperation", False),
    ]
    assert results["b"]["result"] == []


def test_releases_are_neither_linked_nor_answered(service: Service) -> None:
    for path in ("/", "/doc/dataset", "/sparql?query=ASK%7B%7D", "/api"):
        page = _there(service, path)
        assert "/releases" not in page
        assert "dump." not in page
        assert "Lasting link" not in page
    assert b"/releases" not in service.get("/sitemap.xml").content
    assert service.get("/releases", "Accept: application/json").problem == "not-found"
    assert service.get("/dump.nq.gz", "Accept: application/json").problem == "not-found"
    pinned = service.ask("ASK { }", "Accept: application/json", release="0123456789abcdef")
    assert pinned.problem == "bad-request"
    assert b"engine" in pinned.content


def test_a_page_changes_with_the_engine(service: Service, engine: Engine) -> None:
    path = "/doc/id/city/shanghai"
    before = service.get(path, "Accept: text/html")
    tag = before.fields["etag"]
    assert before.fields["cache-control"] == "public, no-cache"
    again = service.get(path, "Accept: text/html", f"If-None-Match: {tag}")
    assert (again.status, again.content) == (304, b"")
    thing, graph = (
        "<https://w3id.org/iwm/id/city/shanghai>",
        "<https://w3id.org/iwm/graph/editorial>",
    )
    triple = f'{thing} <http://www.w3.org/2004/02/skos/core#altLabel> "Pearl"'
    try:
        _update(engine, f"INSERT DATA {{ {triple} . GRAPH {graph} {{ {triple} }} }}")
        after = service.get(path, "Accept: text/html", f"If-None-Match: {tag}")
        assert after.status == 200
        assert b"Pearl" in after.content
    finally:
        _update(engine, f"DELETE DATA {{ {triple} . GRAPH {graph} {{ {triple} }} }}")


def _update(engine: Engine, text: str) -> None:
    body = urlencode({"update": text}).encode()
    with urlopen(engine.update, body, timeout=30) as answer:  # noqa: S310 - our own engine
        assert answer.status == 204


def test_the_command_line_asks_the_engine(
    engine: Engine, embedded: FlaskClient, mechanisms_folder: Path, tmp_path: Path
) -> None:
    places = ("--project", mechanisms_folder, "--releases", tmp_path)
    result = run("query", "providers-of-secretariats", "--store", engine.query, *places)
    assert result.returncode == 0, result.stderr
    assert result.stdout == embedded.get("/queries/providers-of-secretariats.tsv").text


def test_an_index_of_the_engine_finds_what_that_of_a_build_finds(
    engine: Engine, embedded: FlaskClient, mechanisms_folder: Path, tmp_path: Path
) -> None:
    places = ("--store", engine.query, "--releases", tmp_path / "releases")
    result = run("index", mechanisms_folder, *places)
    assert result.returncode == 0, result.stderr
    with started([mechanisms_folder, *places, "--port", "0"], tmp_path, {}) as running:
        service = until_serving(running)
        assert "The index of names and sentences is of" in service.output
        for text in ("Finland", "secretariat of the committee", "Finnland", "hosts", "kuka"):
            path = "/search.json?" + urlencode({"q": text})
            here = embedded.get(path, base_url=f"http://{HOST}").json
            assert json.loads(service.get(path).content) == here
        page = _there(service, "/search?q=Finland")
        assert "The search has no index" not in page


def _is_well(service: Service) -> bool:
    return service.get("/readyz").status == 200


def _says_that_the_engine_is_away(service: Service) -> None:
    for path in (
        "/",
        "/doc/id/city/chicago",
        "/search?q=Finland",
        "/nothing",
        "/sparql?query=ASK%7B%7D",
    ):
        page = service.get(path, "Accept: text/html", "Accept-Language: fr")
        assert page.status == 503
        assert int(page.fields["retry-after"]) > 0
        assert b"</main>" in page.content
    answer = service.ask("ASK { }", "Accept: application/json")
    assert answer.problem == "unavailable"
    assert service.get("/readyz").status == 503
    for path in ("/healthz", "/problems", "/static/style.css"):
        assert service.get(path).status == 200


def _engine_failures(service: Service) -> dict[str, float]:
    """Return the failures of the engine that were counted, by their kinds."""
    families = text_string_to_metric_families(service.get("/metrics").content.decode())
    return {
        sample.labels["kind"]: sample.value
        for family in families
        for sample in family.samples
        if sample.name == "graphsvc_engine_failures_total" and sample.value
    }


def test_a_service_outlives_its_engine(
    lights_release: Release, lights_folder: Path, tmp_path: Path
) -> None:
    data = tmp_path / "quads.nq"
    data.write_bytes(_quads(lights_release))
    with ExitStack() as stack:
        with oxigraph(tmp_path, data) as engine:
            places = ("--store", engine.query, "--releases", tmp_path / "releases", "--port", "0")
            readers = {"metrics_readers": "127.0.0.1"}
            service = stack.enter_context(started([lights_folder, *places], tmp_path, readers))
            until_serving(service)
            assert _is_well(service)
            page = _there(service, "/")
        parents = service.parents()
        assert _engine_failures(service) == {}
        _says_that_the_engine_is_away(service)
        assert _engine_failures(service).keys() == {"away", "left_alone"}
        with oxigraph(tmp_path, port=engine.port):
            eventually(lambda: _is_well(service))
            # Until the way to the engine is tried again, a moment may pass.
            eventually(lambda: _there(service, "/") == page)
        assert service.parents() == parents


def test_a_service_starts_before_its_engine(
    lights_release: Release, lights_folder: Path, tmp_path: Path
) -> None:
    data = tmp_path / "quads.nq"
    data.write_bytes(_quads(lights_release))
    with oxigraph(tmp_path, data) as engine:
        port = engine.port
    with ExitStack() as stack:
        places = ("--store", engine.query, "--releases", tmp_path / "releases", "--port", "0")
        service = stack.enter_context(started([lights_folder, *places], tmp_path, {}))
        until_serving(service)
        _says_that_the_engine_is_away(service)
        stack.enter_context(oxigraph(tmp_path, port=port))
        eventually(lambda: _is_well(service))
        assert service.is_well()
        assert "Lights of Île Merrow" in _there(service, "/")


def test_what_stands_in_no_named_graph_is_shown_too(tmp_path: Path) -> None:
    data = tmp_path / "people.nq"
    data.write_bytes(
        b'<https://e.org/ann> <http://www.w3.org/2000/01/rdf-schema#label> "Ann" .\n'
        b"<https://e.org/ann> <http://xmlns.com/foaf/0.1/knows> <https://e.org/bob> .\n"
        b'<https://e.org/bob> <http://www.w3.org/2000/01/rdf-schema#label> "Bob" .\n'
    )
    places = ("--project", tmp_path, "--releases", tmp_path / "releases", "--port", "0")
    fact = "<https://e.org/ann> <http://xmlns.com/foaf/0.1/knows> <https://e.org/bob> ."
    with (
        oxigraph(tmp_path, data) as running,
        started(["--store", running.query, *places], tmp_path, {}) as starting,
    ):
        service = until_serving(starting)
        page = service.get("/doc/ann").content.decode()
        assert "Bob" in page
        assert fact in service.get("/doc/ann.nt").content.decode()
        query = urlencode({"query": "SELECT ?g { GRAPH ?g { ?s ?p 'Ann' } }", "format": "csv"})
        assert "urn:x-arq:DefaultGraph" in service.get(f"/sparql?{query}").content.decode()
