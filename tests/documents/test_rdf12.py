"""Documents in RDF 1.2: every claim is the reifier of the fact that it states."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from graphsvc.formats import Content, carrying
from graphsvc.namespaces import PROV, RDF
from graphsvc.views.model import claim_name
from graphsvc.web.documents import DOCUMENT_FORMATS
from graphsvc.web.negotiation import negotiate

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from graphsvc.formats import Format
    from graphsvc.release import Release

RELEASE = "mechanisms_release"

FORMATS = carrying(Content.CLAIMS)
PATH = "/doc/id/mechanism/bfic"


def triples(client: FlaskClient, path: str, fmt: Format) -> set[Triple]:
    answer = client.get(path, headers={"Accept": fmt.full_type})
    assert (answer.status_code, answer.content_type) == (200, fmt.content_type)
    assert "version=1.2" in answer.content_type
    assert answer.headers["Content-Location"] == f"{path}.{fmt.name}"
    assert isinstance(fmt.engine, RdfFormat)
    return {quad.triple for quad in parse(answer.data, format=fmt.engine)}


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("path", [PATH, "/doc/passage/21"])
def test_every_stated_fact_has_its_claim(
    client: FlaskClient, mechanisms_release: Release, fmt: Format, path: str
) -> None:
    all_triples = triples(client, path, fmt)
    topic = NamedNode(mechanisms_release.base + path.removeprefix("/doc/"))
    passage = mechanisms_release.base + "passage/"
    stated = [
        quad
        for quad in mechanisms_release.store.quads()
        if str(quad.graph_name).startswith(f"<{passage}")
        and topic in (quad.subject, quad.object, quad.graph_name)
    ]
    assert len(stated) > 5
    for quad in stated:
        assert isinstance(quad.graph_name, NamedNode)
        claim = NamedNode(f"{quad.graph_name.value}#{claim_name(quad)}")
        assert {
            quad.triple,
            Triple(claim, RDF.reifies, quad.triple),
            Triple(claim, PROV.hadPrimarySource, quad.graph_name),
        } <= all_triples


def test_every_derivation_reifies_what_it_derives(client: FlaskClient) -> None:
    (fmt,) = (fmt for fmt in FORMATS if fmt.name == "12.nt")
    all_triples = triples(client, PATH, fmt)
    derived = {triple.subject for triple in all_triples if triple.predicate == PROV.wasDerivedFrom}
    reified = {
        triple.subject: triple.object for triple in all_triples if triple.predicate == RDF.reifies
    }
    statements = {each for each in derived if "/graph/derivations#" in str(each)}
    assert len(statements) > 20
    assert statements <= reified.keys()
    for node in statements:
        triple = reified[node]
        assert isinstance(triple, Triple)
        assert Triple(node, RDF.subject, triple.subject) in all_triples
        assert Triple(node, RDF.object, triple.object) in all_triples


def test_it_says_what_the_edition_of_1_1_says(client: FlaskClient) -> None:
    plain, later = (
        {
            triple
            for triple in (quad.triple for quad in parse(client.get(path).data, format=form))
            if triple.predicate not in (RDF.subject, RDF.predicate, RDF.object, RDF.reifies)
            and triple.object != RDF.Statement
        }
        for path, form in (
            (f"{PATH}.nt", RdfFormat.N_TRIPLES),
            (f"{PATH}.12.nt", RdfFormat.N_TRIPLES),
        )
    )
    assert plain == later


def test_formats_of_one_edition_tell_the_same(client: FlaskClient) -> None:
    first, *others = (triples(client, PATH, fmt) for fmt in FORMATS)
    for other in others:
        assert other == first


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ("text/turtle", "ttl"),
        ("text/turtle; version=1.1", "ttl"),
        ("text/turtle; version=1.2-basic", "ttl"),
        ("text/turtle; version=1.2", "12.ttl"),
        ('text/turtle;version="1.2"', "12.ttl"),
        ("TEXT/TURTLE; Version=1.2; q=0.5", "12.ttl"),
        ("text/turtle; version=1.2, text/turtle;q=0.9", "12.ttl"),
        ("text/turtle; version=1.2;q=0.5, text/turtle", "ttl"),
        ("application/n-quads; version=1.2, text/html", "12.nq"),
        ("text/turtle; version=9", "ttl"),
        ("application/ld+json; version=1.2", "jsonld"),
        ("text/turtle;q=0, application/trig;version=1.2", "12.trig"),
        ("*/*", "html"),
    ],
)
def test_the_version_is_negotiated(accept: str, name: str) -> None:
    assert negotiate(accept, DOCUMENT_FORMATS).name == name


def test_a_saved_document_announces_its_version(client: FlaskClient) -> None:
    for name in ("12.ttl", "12.trig"):
        assert client.get(f"{PATH}.{name}").text.startswith('VERSION "1.2"\n')
    assert b"VERSION" not in client.get(f"{PATH}.ttl").data
