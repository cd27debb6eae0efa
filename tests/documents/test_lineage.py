"""Releases and versions in RDF: how they follow each other, stated where a program looks for it.

https://www.w3.org/TR/vocab-dcat-3/#dataset-versions,
https://www.w3.org/TR/owl2-syntax/#Versioning_of_OWL_2_Ontologies
"""

from __future__ import annotations

import gzip
import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from pyoxigraph import Quad, RdfFormat, Store, parse
from rdflib import OWL, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, VOID

from graphsvc import release_repository, settings
from graphsvc.formats import Content, carrying
from graphsvc.web.app import create_app
from graphsvc.web.documents import DOCUMENT_FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient

    from graphsvc.formats import Format
    from graphsvc.release import Release

BASE = "https://example.org/lights/"
DATASET, ONTOLOGY = URIRef(f"{BASE}dataset"), URIRef(f"{BASE}ontology")
# rdflib's own knows DCAT 2.
DCAT = Namespace("http://www.w3.org/ns/dcat#")
ADMS = Namespace("http://www.w3.org/ns/adms#")
SPDX = Namespace("http://spdx.org/rdf/terms#")


def replaced(project: Path, path: str, old: str, new: str) -> None:
    file = project / path
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


@dataclass(frozen=True)
class Chain:
    """Three releases of a project, the last two of a later version of its ontology."""

    project: Path
    releases: tuple[Release, ...]

    def iri(self, number: int) -> URIRef:
        return URIRef(f"{BASE}releases/{self.releases[number].id}")

    def client(self, number: int) -> FlaskClient:
        return create_app(self.releases[number], settings.load({}, {})).test_client()


@pytest.fixture(scope="module")
def three(
    lights_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    copy_to: Callable[[Path, Path], Path],
    build_in: Callable[[Path, Path], Release],
) -> Chain:
    root = tmp_path_factory.mktemp("chain")
    project = copy_to(lights_folder, root / "project")
    releases = [build_in(project, root / "releases")]
    replaced(project, "ontology/lights.ttl", "1.0.0", "1.1.0")
    replaced(project, "data/dataset.ttl", "publicdomain/zero/1.0", "licenses/by/4.0")
    releases.append(build_in(project, root / "releases"))
    replaced(project, "data/editorial.trig", '"Tobias Reed"@en', '"T. Reed"@en')
    releases.append(build_in(project, root / "releases"))
    return Chain(project, tuple(releases))


@pytest.fixture(scope="module")
def client(three: Chain) -> FlaskClient:
    return three.client(2)


def read(client: FlaskClient, path: str) -> Graph:
    answer = client.get(path, headers={"Accept": "text/turtle"}, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return Graph().parse(data=answer.data, format="turtle")


# --- the dataset and its releases ---


def test_the_dataset_has_its_releases_as_versions(client: FlaskClient, three: Chain) -> None:
    graph = read(client, "/doc/dataset")
    assert set(graph.objects(DATASET, DCAT.hasVersion)) == {three.iri(n) for n in range(3)}
    assert set(graph.objects(DATASET, DCAT.hasCurrentVersion)) == {three.iri(2)}
    assert set(graph.objects(DATASET, DCAT.version)) == {Literal(three.releases[2].id)}
    for number, release in enumerate(three.releases):
        node = three.iri(number)
        assert set(graph.objects(node, DCAT.isVersionOf)) == {DATASET}
        assert set(graph.objects(node, DCAT.version)) == {Literal(release.id)}
        before = {three.iri(number - 1)} if number else set()
        assert set(graph.objects(node, DCAT.previousVersion)) == before


def test_the_current_version_is_the_one_that_is_served(three: Chain) -> None:
    graph = read(three.client(0), "/doc/dataset")
    assert set(graph.objects(DATASET, DCAT.hasCurrentVersion)) == {three.iri(0)}
    assert set(graph.objects(DATASET, DCAT.hasVersion)) == {three.iri(n) for n in range(3)}


def test_each_release_dereferences_to_its_own_description(
    client: FlaskClient, three: Chain
) -> None:
    for number, release in enumerate(three.releases):
        node = three.iri(number)
        graph = read(client, f"/{node.removeprefix(BASE)}")
        assert (node, RDF.type, DCAT.Dataset) in graph
        assert (node, DCTERMS.title, None) in graph
        assert (node, DCTERMS.description, None) in graph
        # The licence is that under which this release was published, not today's.
        (licence,) = graph.objects(node, DCTERMS.license)
        assert ("zero" in str(licence)) == (number == 0)
        (publisher,) = graph.objects(node, DCTERMS.publisher)
        assert (publisher, FOAF.name, None) in graph
        assert int(str(graph.value(node, VOID.triples))) == release.manifest.counts["quads"]
        assert bool(list(graph.objects(node, ADMS.versionNotes))) == (number > 0)


def test_a_release_is_described_first_and_once(client: FlaskClient, three: Chain) -> None:
    lines = client.get(f"/releases/{three.releases[2].id}.nt").text.splitlines()
    assert len(set(lines)) == len(lines)
    about = [line.startswith(f"<{three.iri(2)}> ") for line in lines]
    assert about == sorted(about, reverse=True)


def test_each_release_has_its_own_dumps(client: FlaskClient, three: Chain) -> None:
    for number, release in enumerate(three.releases):
        graph = read(client, f"/releases/{release.id}")
        parts = list(graph.objects(three.iri(number), DCAT.distribution))
        assert len(parts) == len(release.manifest.dumps) > 4
        for part in parts:
            address = urlsplit(str(graph.value(part, DCAT.downloadURL))).path
            answer = client.get(address)
            assert answer.status_code == 200
            assert answer.headers["Release"] == release.id
            assert len(answer.data) == int(str(graph.value(part, DCAT.byteSize)))
            checksum = graph.value(part, SPDX.checksum)
            digest = str(graph.value(checksum, SPDX.checksumValue))
            assert hashlib.sha256(answer.data).hexdigest() == digest
        quads = gzip.decompress(client.get(f"/releases/{release.id}/dump.nq.gz").data)
        loaded = Store()
        loaded.bulk_load(quads, RdfFormat.N_QUADS)
        stored = {canonical(quad) for quad in release.store.quads()}
        assert {canonical(quad) for quad in loaded} == stored


def canonical(quad: Quad) -> str:
    """Return a quad without the names of its blank nodes."""
    return " ".join("_:" if str(term).startswith("_:") else str(term) for term in quad)


def test_a_dump_of_no_release_is_not_there(client: FlaskClient, three: Chain) -> None:
    release_id = three.releases[0].id
    for path in (f"/releases/{release_id}/dump.exe.gz", "/releases/none/dump.nq.gz"):
        assert client.get(path).status_code == 404


def test_the_pages_of_releases_offer_their_dumps(client: FlaskClient, three: Chain) -> None:
    page = client.get(f"/releases/{three.releases[0].id}", headers={"Accept": "text/html"}).text
    assert f'href="/releases/{three.releases[0].id}/dump.trig.gz"' in page


# --- the ontology and its versions ---


def test_the_ontology_says_which_version_it_is_and_which_it_follows(client: FlaskClient) -> None:
    graph = read(client, "/ontology")
    first, second = (URIRef(f"{ONTOLOGY}/{name}") for name in ("1.0.0", "1.1.0"))
    assert set(graph.objects(ONTOLOGY, OWL.versionIRI)) == {second}
    assert set(graph.objects(ONTOLOGY, OWL.priorVersion)) == {first}
    assert set(graph.objects(ONTOLOGY, DCTERMS.hasVersion)) == {first, second}
    earlier = read(client, "/ontology/1.0.0")
    assert set(earlier.objects(ONTOLOGY, OWL.versionIRI)) == {first}
    assert not set(earlier.objects(ONTOLOGY, OWL.priorVersion))


def test_the_page_of_the_ontology_leads_to_its_versions(client: FlaskClient) -> None:
    for path in ("/ontology", "/ontology/1.0.0"):
        page = client.get(path, headers={"Accept": "text/html"}).text
        assert 'href="/ontology/1.0.0"' in page
        assert 'href="/ontology/1.1.0"' in page


def test_an_older_release_knows_what_follows_but_not_as_its_prior(three: Chain) -> None:
    graph = read(three.client(0), "/ontology")
    assert not set(graph.objects(ONTOLOGY, OWL.priorVersion))
    later = read(three.client(0), "/ontology/1.1.0")
    assert set(later.objects(ONTOLOGY, OWL.priorVersion)) == {URIRef(f"{ONTOLOGY}/1.0.0")}


def test_an_ontology_that_says_what_it_follows_is_not_told_better(
    lights_copy: Path, tmp_path: Path, build_in: Callable[[Path, Path], Release]
) -> None:
    project = lights_copy
    build_in(project, tmp_path / "releases")
    own = "owl:priorVersion <https://example.org/elsewhere/0.9> ; owl:versionInfo"
    replaced(project, "ontology/lights.ttl", "1.0.0", "1.1.0")
    replaced(project, "ontology/lights.ttl", "owl:versionInfo", own)
    release = build_in(project, tmp_path / "releases")
    graph = read(create_app(release, settings.load({}, {})).test_client(), "/ontology")
    prior = set(graph.objects(ONTOLOGY, OWL.priorVersion))
    assert prior == {URIRef("https://example.org/elsewhere/0.9")}


DATA = [*carrying(Content.TRIPLES), *carrying(Content.CLAIMS)]


@pytest.mark.parametrize("fmt", DATA, ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("path", ["/ontology", "/ontology/1.0.0"])
def test_a_version_is_told_alike_in_every_format(
    client: FlaskClient, fmt: Format, path: str
) -> None:
    answer = client.get(f"{path}.{fmt.name}")
    assert answer.status_code == 200
    assert isinstance(fmt.engine, RdfFormat)
    read = list(parse(answer.data, fmt.engine))
    default = {canonical(Quad(*quad.triple)) for quad in read if str(quad.graph_name) == "DEFAULT"}
    expected = parse(client.get(f"{path}.nt").data, RdfFormat.N_TRIPLES)
    assert default == {canonical(quad) for quad in expected}


def test_a_version_offers_what_it_has(client: FlaskClient) -> None:
    links = client.get("/ontology/1.0.0").headers.getlist("Link")
    for fmt in DOCUMENT_FORMATS:
        there = client.get(f"/ontology/1.0.0.{fmt.name}").status_code
        offered = any(f"</ontology/1.0.0.{fmt.name}>" in link for link in links)
        assert (there, offered) in ((200, True), (404, False)), fmt.name


# --- what depends on which releases are kept changes with them ---

DEPENDENT = (
    *("/doc/dataset", "/doc/dataset.ttl", "/ontology", "/ontology.ttl"),
    *("/releases", "/releases.json"),
)


def test_what_tells_of_releases_changes_with_them(
    lights_copy: Path, tmp_path: Path, build_in: Callable[[Path, Path], Release]
) -> None:
    first = build_in(lights_copy, tmp_path / "releases")
    client = create_app(first, settings.load({}, {})).test_client()
    conditions = {path: {"If-None-Match": client.get(path).headers["ETag"]} for path in DEPENDENT}
    for path in DEPENDENT:
        assert client.get(path, headers=conditions[path]).status_code == 304
    replaced(lights_copy, "ontology/lights.ttl", "1.0.0", "1.1.0")
    second = build_in(lights_copy, tmp_path / "releases")
    for path in DEPENDENT:
        assert client.get(path, headers=conditions[path]).status_code == 200, path
    assert second.id in client.get("/doc/dataset.ttl").text
    assert "ontology/1.1.0" in client.get("/ontology.ttl").text
    assert "ontology/1.1.0" in client.get("/ontology.html").text


def test_no_state_of_a_folder_that_changes_is_taken_for_another(tmp_path: Path) -> None:
    # Two changes within one tick of the file system's clock have the same time.
    assert release_repository.change_token(tmp_path) != release_repository.change_token(tmp_path)
    os.utime(tmp_path, (1_700_000_000, 1_700_000_000))
    assert release_repository.change_token(tmp_path) == release_repository.change_token(tmp_path)
    assert release_repository.change_token(tmp_path / "none") == 0
