"""The redirects of the permanent IRIs: each IRI of the graph leads to where it is served."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pytest
from pyoxigraph import NamedNode

from .rewriting import Redirect, Rewriting

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from graphsvc.release import Release

RELEASE = "mechanisms_release"

FILE = Path(__file__).parents[2] / "deploy" / "w3id" / "iwm" / ".htaccess"
HOST = "https://graph.example.org"

#: What Apache 2.4.71 answered to these requests, with this file in the folder iwm.
ANSWERS = {
    "": 302,
    "id/country/china": 303,
    "passage/21": 303,
    "dataset": 303,
    "documents": 303,
    "ontologyx": 303,
    "sparql-x": 303,
    "id/a%20b%3Fc%23d": 303,
    "id/caf%C3%A9": 303,
    "ontology": 302,
    "ontology/1.0.0": 302,
    "ontology.ttl": 302,
    "dump.nq.gz": 302,
    "context.jsonld": 302,
    "doc/id/a.ttl?page=2": 302,
    ".well-known/void": 302,
    "sitemap.xml": 302,
    "sparql?query=ASK%20%7B%7D": 307,
}


@pytest.fixture(scope="module")
def rewriting() -> Rewriting:
    return Rewriting(FILE, "/iwm/")


def iris(release: Release) -> set[str]:
    """Return every IRI of the graph that a client can ask for: without its fragment."""
    terms = {
        term
        for quad in release.store.quads()
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)
    }
    return {
        term.value.partition("#")[0]
        for term in terms
        if isinstance(term, NamedNode) and term.value.startswith(release.base)
    }


@pytest.mark.parametrize("target", ANSWERS)
def test_the_rules_are_read_as_apache_reads_them(rewriting: Rewriting, target: str) -> None:
    assert rewriting.answer(f"/iwm/{target}") == Redirect(ANSWERS[target], f"{HOST}/{target}")


def test_every_iri_of_the_graph_leads_to_where_it_is_served(
    rewriting: Rewriting, client: FlaskClient, mechanisms_release: Release
) -> None:
    all_iris = iris(mechanisms_release)
    kinds = {iri.removeprefix(mechanisms_release.base).partition("/")[0] for iri in all_iris}
    assert {"id", "passage", "scheme", "graph", "source", "ontology", "query", "dataset"} <= kinds
    for iri in all_iris:
        redirect = rewriting.answer(urlsplit(iri).path)
        assert redirect is not None, iri
        path = redirect.location.removeprefix(HOST)
        assert path == quote(f"/{iri.removeprefix(mechanisms_release.base)}", safe="/:.-_~%")
        # The service tells whether it is a thing, which answers 303 there too, or a document.
        served = client.head(path).status_code
        expected = {200: 307 if path == "/sparql" else 302, 303: 303}
        assert redirect.status == expected[served], iri


@pytest.mark.parametrize(
    "path",
    [
        *("", "ontology.jsonld", "doc/dataset.ttl", "doc/id/country/china", "robots.txt"),
        *("sitemap.xml", "dump.nq.gz", "dump.rdf.gz", ".well-known/sparql-examples", "sparql"),
    ],
)
def test_documents_are_there(rewriting: Rewriting, client: FlaskClient, path: str) -> None:
    redirect = rewriting.answer(f"/iwm/{path}")
    assert redirect is not None
    assert redirect.status == (307 if path == "sparql" else 302)
    assert client.get(redirect.location.removeprefix(HOST), buffered=True).status_code == 200


def test_a_post_stays_a_post(rewriting: Rewriting) -> None:
    assert rewriting.answer("/iwm/sparql", "POST") == Redirect(307, f"{HOST}/sparql")


def test_other_folders_are_others(rewriting: Rewriting) -> None:
    assert rewriting.answer("/other/id/a") is None


def test_the_host_stands_in_one_place() -> None:
    assert len(re.findall(re.escape(HOST), FILE.read_text("utf-8"))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "Redirect 301 / https://example.org/",
        "RewriteRule ^a$ /b [R=302,L]",
        "RewriteRule ^a$ /b [R=302,NE,L,QSD]",
        "RewriteCond %{HTTP_ACCEPT} !html",
    ],
)
def test_what_the_evaluator_does_not_know_it_refuses(tmp_path: Path, line: str) -> None:
    (tmp_path / ".htaccess").write_text(f"RewriteEngine on\n{line}\n", "utf-8")
    with pytest.raises(ValueError, match="known here"):
        Rewriting(tmp_path / ".htaccess", "/iwm/")
