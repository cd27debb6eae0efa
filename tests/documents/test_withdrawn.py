"""A deprecated thing has a document that says so; a withdrawn thing is gone and names its heir."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from graphsvc import settings
from graphsvc.formats import Content, carrying
from graphsvc.namespaces import DCTERMS, OWL
from graphsvc.web.app import create_app

from .reading import Page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient

    from graphsvc.release import Release

BASE = "https://example.org/lights/"
GONE = f"{BASE}id/light/gull-stack"
INSTEAD = f"{BASE}id/light/north-rock"
RDF_FORMATS = (*carrying(Content.TRIPLES), *carrying(Content.CLAIMS))

DEPRECATIONS = """
    light:gull-stack prov:invalidatedAtTime "2026-11-20T12:00:00Z"^^xsd:dateTime ;
        dcterms:isReplacedBy light:north-rock ;
        skos:changeNote "It was another name of North Rock Light."@en .
    place:strait owl:deprecated true ;
        dcterms:isReplacedBy place:ile-merrow ;
        skos:changeNote "The text does not name it."@en .
}
"""
PREFIXES = """
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
graph:editorial {"""
DECLARED = """
@prefix prov: <http://www.w3.org/ns/prov#> .
dcterms:isReplacedBy a owl:AnnotationProperty .
skos:changeNote a owl:AnnotationProperty .
prov:invalidatedAtTime a owl:AnnotationProperty .
dcterms:language a owl:AnnotationProperty ."""


@pytest.fixture(scope="module")
def client(
    lights_folder: Path,
    copy_to: Callable[[Path, Path], Path],
    replace_in: Callable[[Path, str, str], None],
    build_in: Callable[[Path, Path], Release],
    tmp_path_factory: pytest.TempPathFactory,
) -> FlaskClient:
    folder = tmp_path_factory.mktemp("withdrawn")
    project = copy_to(lights_folder, folder / "project")
    end = 'lies in the Strait."@en .\n'
    replace_in(project / "data/editorial.trig", "\ngraph:editorial {", PREFIXES)
    replace_in(project / "data/editorial.trig", end + "}\n", end + DEPRECATIONS)
    last = "\ndcterms:language a owl:AnnotationProperty ."
    replace_in(project / "ontology/alignments.ttl", last, DECLARED)
    release = build_in(project, folder / "releases")
    return create_app(release, settings.load({}, {})).test_client()


@pytest.mark.parametrize("path", ["/id/light/gull-stack", "/doc/id/light/gull-stack"])
def test_what_was_withdrawn_is_gone(client: FlaskClient, path: str) -> None:
    page = client.get(path, headers={"Accept": "text/html"})
    assert (page.status_code, page.mimetype) == (410, "text/html")
    words = Page(page.text).text
    assert "It was another name of North Rock Light." in words
    assert "/doc/id/light/north-rock" in Page(page.text).links
    answer = client.get(path, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (410, "application/problem+json")
    assert answer.get_json()["type"] == "/problems#gone"
    assert answer.get_json()["replaced_by"] == [INSTEAD]
    text = client.get(path, headers={"Accept": "text/plain"})
    assert (text.status_code, text.mimetype) == (410, "text/plain")
    assert INSTEAD in text.text


@pytest.mark.parametrize("fmt", RDF_FORMATS, ids=lambda fmt: fmt.name)
def test_rdf_says_what_replaces_it(client: FlaskClient, fmt) -> None:  # type: ignore[no-untyped-def]
    negotiated = client.get("/doc/id/light/gull-stack", headers={"Accept": fmt.full_type})
    suffixed = client.get(f"/doc/id/light/gull-stack.{fmt.name}")
    for answer in (suffixed, negotiated):
        if answer.mimetype == "text/plain" or (answer is negotiated and fmt.name == "nt"):
            continue
        assert (answer.status_code, answer.content_type) == (410, fmt.content_type)
        assert isinstance(fmt.engine, RdfFormat)
        triples = {quad.triple for quad in parse(answer.data, format=fmt.engine)}
        assert Triple(NamedNode(GONE), DCTERMS.isReplacedBy, NamedNode(INSTEAD)) in triples


def test_what_is_deprecated_is_there_and_says_so(client: FlaskClient) -> None:
    assert client.get("/id/place/strait").status_code == 303
    page = client.get("/doc/id/place/strait", headers={"Accept": "text/html"})
    assert page.status_code == 200
    words = Page(page.text).text
    assert "Deprecated." in words
    assert "The text does not name it." in words
    data = client.get("/doc/id/place/strait.nt").data
    triples = {quad.triple for quad in parse(data, format=RdfFormat.N_TRIPLES)}
    node = NamedNode(BASE + "id/place/strait")
    assert Triple(node, DCTERMS.isReplacedBy, NamedNode(BASE + "id/place/ile-merrow")) in triples
    assert any(triple.subject == node and triple.predicate == OWL.deprecated for triple in triples)


def test_what_is_in_use_says_nothing_of_it(client: FlaskClient) -> None:
    page = client.get("/doc/id/light/north-rock", headers={"Accept": "text/html"})
    assert "Deprecated" not in page.text
