"""Every IRI of the graph leads to a document about it, and the documents have every fact."""

from __future__ import annotations

import math
import re
import shutil
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import urldefrag

import pytest
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    Triple,
    parse,
)

from graphsvc import settings
from graphsvc.checksums import checksums
from graphsvc.formats import Content, Format, carrying
from graphsvc.namespaces import DCTERMS, FOAF, OWL, RDF, VOID
from graphsvc.release import MANIFEST, STORE, Release
from graphsvc.store.oxigraph import OxigraphStore
from graphsvc.store.union import store_of
from graphsvc.views import page_sizes
from graphsvc.views.graph import Graph
from graphsvc.web.app import create_app

from .reading import Page

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from graphsvc.store.base import Term

RELEASE = "mechanisms_release"

GRAPHLESS = ("ttl", "nt", "rdf", "n3")
WITH_GRAPHS = ("jsonld", "trig", "nq")
ALL = ("html", *GRAPHLESS, *WITH_GRAPHS, "12.ttl", "12.nq")
DOCUMENTS = (*carrying(Content.TRIPLES), *carrying(Content.CLAIMS))
#: So many things of a kind are read in every format.
FIRST = 2
NEXT = NamedNode("http://www.w3.org/1999/xhtml/vocab#next")


def names_in(quads: Iterable[Quad], base: str) -> set[str]:
    """Return every IRI under the base, in whichever position of a quad."""
    return {
        term.value
        for quad in quads
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)
        if isinstance(term, NamedNode) and term.value.startswith(base)
    }


def things(release: Release) -> list[str]:
    """Return the things with documents of their own: every IRI without its fragment.

    The endpoint describes itself, as the SPARQL Service Description has it.
    """
    names = names_in(release.store.quads(), release.base)
    return sorted({urldefrag(name)[0] for name in names} - {f"{release.base}sparql"})


def local(release: Release, iri: str) -> str:
    return "/" + iri.removeprefix(release.base)


def read(client: FlaskClient, path: str, fmt: Format) -> list[Quad]:
    answer = client.get(f"{path}.{fmt.name}")
    assert answer.status_code == 200, (path, fmt.name)
    assert isinstance(fmt.engine, RdfFormat)
    return list(parse(answer.data, format=fmt.engine))


def pages(client: FlaskClient, path: str, suffix: str = "nq") -> list[bytes]:
    """Return the pages of a document, from each to the next by its Link."""
    contents, address = [], f"{path}.{suffix}"
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, address
        contents.append(answer.data)
        links = answer.headers.getlist("Link")
        following = [re.match('<([^>]+)>; rel="next"$', link) for link in links]
        address = next((match[1] for match in following if match), "")
    return contents


def document_path(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    if answer.status_code == 200:
        return path
    assert answer.status_code == 303, path
    return str(answer.location)


@pytest.mark.parametrize("name", ALL)
def test_every_iri_leads_to_a_document(
    client: FlaskClient, mechanisms_release: Release, name: str
) -> None:
    """Every IRI is read in one of the formats, and the first ones of each kind in all of them."""
    (fmt,) = (fmt for fmt in (*DOCUMENTS, *carrying(Content.PAGE)) if fmt.name == name)
    iris = things(mechanisms_release)
    assert len(iris) > 850
    by_kind: dict[str, list[str]] = {}
    for iri in iris:
        by_kind.setdefault(iri.rpartition("/")[0], []).append(iri)
    firsts = {iri for alike in by_kind.values() for iri in alike[:FIRST]}
    for number, iri in enumerate(iris):
        if ALL.index(name) != number % len(ALL) and iri not in firsts:
            continue
        path = document_path(client, local(mechanisms_release, iri))
        answer = client.get(path, headers={"Accept": fmt.full_type})
        assert (answer.status_code, answer.content_type) == (200, fmt.content_type), iri
        assert answer.headers["Content-Location"].endswith(f".{name}"), iri
        # The document says something of the thing, and does not only name it.
        assert says_something(answer, fmt, iri), iri


def says_something(answer: TestResponse, fmt: Format, iri: str) -> bool:
    if not isinstance(fmt.engine, RdfFormat):
        words = Page(answer.text).text
        # A version of the ontology goes by its number on the page.
        return (iri in words or iri.rpartition("/")[2] in words) and len(words) > 300
    node = NamedNode(iri)
    own = {NamedNode("http://xmlns.com/foaf/0.1/primaryTopic")}
    quads = parse(answer.data, format=fmt.engine)
    return any(
        node in (quad.subject, quad.object, quad.graph_name) and quad.predicate not in own
        for quad in quads
    )


def test_every_fragment_is_described_where_it_leads(
    client: FlaskClient, mechanisms_release: Release
) -> None:
    names = names_in(mechanisms_release.store.quads(), mechanisms_release.base)
    fragments = {name for name in names if "#" in name and not name.endswith("ontology#")}
    assert len(fragments) > 400
    by_document: dict[str, set[str]] = {}
    for name in fragments:
        by_document.setdefault(urldefrag(name)[0], set()).add(name)
    for iri, parts in by_document.items():
        path = document_path(client, local(mechanisms_release, iri))
        quads = chain.from_iterable(
            parse(page, format=RdfFormat.N_TRIPLES) for page in pages(client, path, "nt")
        )
        described = {str(quad.subject) for quad in quads}
        assert {f"<{part}>" for part in parts} <= described, iri


def is_about(quad: Quad, node: NamedNode) -> bool:
    return node in (quad.subject, quad.object)


def has_blank(quad: Quad) -> bool:
    return isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode)


def nameless(quad: Quad) -> Quad:
    """Return a quad with one name for all blank nodes: each document names them anew."""
    one = BlankNode("b")
    subject = one if isinstance(quad.subject, BlankNode) else quad.subject
    value: Term = one if isinstance(quad.object, BlankNode) else quad.object
    return Quad(subject, quad.predicate, value, quad.graph_name)


@pytest.fixture(scope="module")
def documents(client: FlaskClient, mechanisms_release: Release) -> dict[str, set[Quad]]:
    """Return the quads of the document of each thing, from all its pages."""
    documents = {}
    for iri in things(mechanisms_release):
        path = document_path(client, local(mechanisms_release, iri))
        quads_by_page = (parse(page, format=RdfFormat.N_QUADS) for page in pages(client, path))
        documents[iri] = {nameless(quad) for page in quads_by_page for quad in page}
    return documents


def test_who_follows_links_from_one_thing_comes_to_all(
    documents: dict[str, set[Quad]], mechanisms_release: Release
) -> None:
    base = mechanisms_release.base
    waiting, visited = [f"{base}passage/21"], {f"{base}passage/21"}
    while waiting:
        named = names_in(documents.get(waiting.pop(), ()), base)
        new = {urldefrag(name)[0] for name in named} - visited
        waiting += new
        visited |= new
    assert documents.keys() - visited == set()


def test_no_fact_is_left_out(documents: dict[str, set[Quad]], mechanisms_release: Release) -> None:
    quads = [nameless(quad) for quad in mechanisms_release.store.quads()]
    about: dict[Term, set[Quad]] = {}
    for quad in quads:
        for term in (quad.subject, quad.object):
            if isinstance(term, NamedNode) and term.value.startswith(mechanisms_release.base):
                about.setdefault(term, set()).add(quad)
    for iri, facts in documents.items():
        assert about.get(NamedNode(iri), set()) <= facts, iri


def test_a_graph_is_told_whole_page_by_page(
    lights_client: FlaskClient, lights_release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphsvc.views.page_sizes.FACTS", 7)
    for name in ("derivations", "editorial", "ontology", "shapes", "dataset", "examples"):
        graph = f"{lights_release.base}graph/{name}"
        graph_pages = pages(lights_client, f"/doc/graph/{name}")
        on_pages = {
            nameless(quad)
            for page in graph_pages
            for quad in parse(page, format=RdfFormat.N_QUADS)
            if quad.graph_name == NamedNode(graph)
        }
        in_store = {nameless(quad): quad for quad in lights_release.store.quads(graph)}
        assert in_store.keys() <= on_pages
        # What is nameless stands on the first page, and no other is kept for it.
        named = [quad for quad in in_store.values() if not has_blank(quad)]
        assert len(graph_pages) == math.ceil(len(named) / 7) > 2


def test_pages_say_where_they_stand(
    lights_client: FlaskClient, lights_release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphsvc.views.page_sizes.FACTS", 7)
    path = "/doc/graph/derivations"
    graph_pages = pages(lights_client, path, "nt")
    addresses = [f"{lights_release.base}{path[1:]}"]
    addresses += [f"{addresses[0]}?page={number}" for number in range(2, len(graph_pages) + 1)]
    for address, following, page in zip(addresses, [*addresses[1:], ""], graph_pages, strict=True):
        triples = {quad.triple for quad in parse(page, format=RdfFormat.N_TRIPLES)}
        node = NamedNode(address)
        assert (
            Triple(node, FOAF.primaryTopic, NamedNode(lights_release.base + "graph/derivations"))
            in triples
        )
        assert Triple(node, DCTERMS.isPartOf, NamedNode(addresses[0])) in triples
        leads = [
            triple.object
            for triple in triples
            if (triple.subject, triple.predicate) == (node, NEXT)
        ]
        assert leads == ([NamedNode(following)] if following else [])
    second = lights_client.get(f"{path}?page=2", headers={"Accept": "text/turtle"})
    assert second.headers["Content-Location"] == f"{path}.ttl?page=2"
    links = second.headers.getlist("Link")
    assert f'<{path}.ttl>; rel="prev"' in links
    assert f'<{path}.ttl?page={len(graph_pages)}>; rel="last"' in links
    assert lights_client.get(f"{path}.ttl?page={len(graph_pages) + 1}").status_code == 404


def test_the_first_facts_that_point_to_a_thing_do_not_hide_the_rest(
    lights_release: Release,
) -> None:
    base = lights_release.base
    place = NamedNode(base + "id/place/strait")
    partly = NamedNode(base + "ontology#partOf")
    graph = NamedNode(base + "graph/editorial")
    many = [
        Quad(NamedNode(f"{base}id/place/islet-{number}"), partly, place, graph)
        for number in range(2 * page_sizes.FACTS + 1)
    ]
    store = OxigraphStore(store_of([*lights_release.store.quads(), *many]), lights_release.prefixes)
    app = create_app(lights_release, settings.load({}, {}), store)
    all_pages = pages(app.test_client(), "/doc/id/place/strait")
    assert len(all_pages) == 3
    quads = {quad for page in all_pages for quad in parse(page, format=RdfFormat.N_QUADS)}
    assert set(many) <= quads


def test_formats_tell_the_same(client: FlaskClient) -> None:
    by_name = {fmt.name: fmt for fmt in DOCUMENTS}
    for path in ("/doc/id/mechanism/bfic", "/doc/passage/21", "/doc/dataset"):
        triples = {quad.triple for quad in read(client, path, by_name["nt"])}
        for name in GRAPHLESS:
            assert {quad.triple for quad in read(client, path, by_name[name])} == triples, name
        quads = set(read(client, path, by_name["nq"]))
        for name in WITH_GRAPHS:
            assert set(read(client, path, by_name[name])) == quads, name
        # The default graph is what formats without graphs carry, and it has all facts.
        default = {quad.triple for quad in quads if not isinstance(quad.graph_name, NamedNode)}
        assert default == triples == {quad.triple for quad in quads}


def test_a_document_speaks_of_itself(client: FlaskClient, mechanisms_release: Release) -> None:
    base = mechanisms_release.base
    (fmt,) = (fmt for fmt in DOCUMENTS if fmt.name == "nt")
    node = NamedNode(base + "doc/id/mechanism/bfic")
    values = {
        quad.predicate: quad.object
        for quad in read(client, "/doc/id/mechanism/bfic", fmt)
        if quad.subject == node
    }
    assert values[RDF.type] == FOAF.Document
    assert values[FOAF.primaryTopic] == NamedNode(base + "id/mechanism/bfic")
    assert values[VOID.inDataset] == NamedNode(base + "dataset")
    assert values[OWL.versionInfo] == Literal(mechanisms_release.id)
    assert values[DCTERMS.license] == NamedNode("https://creativecommons.org/licenses/by/4.0/")
    modified = values[DCTERMS.modified]
    assert isinstance(modified, Literal)
    assert modified.value == mechanisms_release.manifest.built


def test_the_page_of_a_passage_has_an_anchor_for_every_claim(
    client: FlaskClient, mechanisms_release: Release
) -> None:
    texts = Graph(mechanisms_release.store, mechanisms_release.base).texts
    (fmt,) = (fmt for fmt in DOCUMENTS if fmt.name == "nt")
    claims = 0
    for passage in chain.from_iterable(texts.passages.values()):
        path = document_path(client, local(mechanisms_release, passage.value))
        anchors = {one.get("id") for _, one in Page(client.get(path).text).tags}
        described = Store()
        described.extend(read(client, path, fmt))
        expected = {
            str(quad.subject.value).partition("#")[2]
            for quad in described.quads_for_pattern(None, RDF.type, RDF.Statement)
            if isinstance(quad.subject, NamedNode)
            and quad.subject.value.startswith(f"{passage.value}#")
        }
        assert len(expected) == len(list(mechanisms_release.store.quads(passage.value)))
        assert expected <= anchors, passage
        claims += len(expected)
    assert claims > 700


def test_an_address_is_read_as_the_graph_has_it(lights_release: Release, tmp_path: Path) -> None:
    label = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
    folder = tmp_path / "release"
    shutil.copytree(lights_release.path, folder)
    store = Store(str(folder / STORE))
    for name in ("a.ttl", "b.12", "b", "c.12"):
        named = NamedNode(f"{lights_release.base}id/file/{name}"), label, Literal(name)
        for graph in (NamedNode(lights_release.base + "graph/editorial"), DefaultGraph()):
            store.add(Quad(*named, graph))
    store.flush()
    del store
    (folder / MANIFEST).unlink()
    replace(lights_release.manifest, files=checksums(folder)).write(folder)
    client = create_app(Release.open(folder), settings.load({}, {})).test_client()
    page = client.get("/doc/id/file/a.ttl")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert b"id/file/a.ttl> " in client.get("/doc/id/file/a.ttl.nt").data
    # Without a thing "c" the address can only mean "c.12" in Turtle.
    turtle = client.get("/doc/id/file/c.12.ttl")
    assert turtle.content_type == "text/turtle; charset=utf-8"
    # With a thing "b" beside "b.12" the longer suffix is the suffix.
    assert "version=1.2" in client.get("/doc/id/file/b.12.ttl").content_type
