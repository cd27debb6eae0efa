"""A graph with text that XML cannot hold: which formats carry it, and how the others refuse."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import RdfFormat, parse

from graphsvc import settings, sources
from graphsvc.build import build
from graphsvc.description import describe
from graphsvc.errors import NotAcceptable
from graphsvc.formats import Content, named
from graphsvc.store.oxigraph import OxigraphStore
from graphsvc.web.app import create_app
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient

ODD_PREDICATE = "/doc/id/light/north-rock"
ODD_LITERAL = "/doc/id/body/harbour-board"
SOUND = "/doc/id/person/ada-quill"
RDF_XML = "application/rdf+xml"


@pytest.fixture(scope="module")
def client(
    lights_folder: Path,
    copy_to: Callable[[Path, Path], Path],
    replace_in: Callable[[Path, str, str], None],
    tmp_path_factory: pytest.TempPathFactory,
) -> FlaskClient:
    folder = tmp_path_factory.mktemp("unfit")
    project = copy_to(lights_folder, folder / "project")
    (stated,) = (project / "data").glob("*/*.trig")
    replace_in(stated, "lights:litIn 1871 ;", "lights:litIn 1871 ; <https://example.org/p/1> 2 ;")
    replace_in(stated, '"Harbour Board"@en', '"Harbour\\u000BBoard"@en')
    chosen = settings.load({"project": project, "releases": folder / "releases"}, {})
    release = build(sources.load(project), chosen, lambda *_: [], describe)
    return create_app(release, settings.load({}, {})).test_client()


@pytest.mark.parametrize("path", [ODD_PREDICATE, ODD_LITERAL])
def test_a_document_that_rdf_xml_cannot_hold_is_not_offered_in_it(
    client: FlaskClient, path: str
) -> None:
    for suffix in (".html", ".ttl", ".linkset", ""):
        answer = client.get(path + suffix, headers={"Accept": "text/html"})
        assert answer.status_code == 200
        everything = answer.text + str(answer.headers)
        assert "north-rock.rdf" not in everything
        assert "harbour-board.rdf" not in everything
        assert ".ttl" in everything
    refused = client.get(path + ".rdf")
    assert refused.status_code == 406
    problem = client.get(path, headers={"Accept": f"{RDF_XML}, application/problem+json;q=0.5"})
    assert problem.status_code == 406
    turtle = client.get(path, headers={"Accept": f"{RDF_XML}, text/turtle;q=0.5"})
    assert (turtle.status_code, turtle.mimetype) == (200, "text/turtle")


def test_the_answer_says_what_the_format_cannot_hold(client: FlaskClient) -> None:
    assert "https://example.org/p/1" in client.get(ODD_PREDICATE + ".rdf").text
    assert "U+000B" in client.get(ODD_LITERAL + ".rdf").text


def test_every_other_document_is_there_in_rdf_xml(client: FlaskClient) -> None:
    page = client.get(SOUND, headers={"Accept": "text/html"})
    assert f'{SOUND}.rdf"' in page.text
    assert f"<{SOUND}.rdf>" in " ".join(page.headers.getlist("Link"))
    answer = client.get(SOUND + ".rdf")
    assert list(parse(answer.data, format=RdfFormat.RDF_XML))


@pytest.mark.parametrize(
    "path",
    [ODD_LITERAL, "/", "/browse", "/search?q=harbour", "/sparql?query=SELECT * { ?s ?p ?o }"],
)
def test_no_page_holds_a_control_character(client: FlaskClient, path: str) -> None:
    page = client.get(path, headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", page.text)


@pytest.mark.parametrize(
    ("query", "fmt", "words"),
    [
        ("SELECT ?n { ?s lights:statedName ?n }", "xml", "U+000B"),
        ("CONSTRUCT { ?s ?p ?o } { ?s lights:statedName ?o ; ?p ?o }", "rdf", "U+000B"),
        ("CONSTRUCT WHERE { ?s <https://example.org/p/1> ?o }", "rdf", "https://example.org/p/1"),
    ],
)
def test_the_store_refuses_before_the_first_byte(
    client: FlaskClient, query: str, fmt: str, words: str
) -> None:
    with client.application.app_context():
        store = site().store
    chosen = named(fmt)
    assert chosen is not None
    assert isinstance(store, OxigraphStore)
    out = BytesIO()
    with pytest.raises(NotAcceptable, match=re.escape(words)):
        store.answer(query, dict.fromkeys(Content, (chosen,))).write(out)
    assert len(out.getvalue()) < 65_536
