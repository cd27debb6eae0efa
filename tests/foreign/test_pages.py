"""What public data sets have shown: nameless things, large vocabularies, names that repeat."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from . import page, served

if TYPE_CHECKING:
    from flask.testing import FlaskClient


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return served(tmp_path_factory.mktemp("rules"), "rules.ttl")


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return served(tmp_path_factory.mktemp("mixed"), "mixed.ttl")


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return served(tmp_path_factory.mktemp("zoo"), "ontology.ttl")


def test_a_class_lists_no_nameless_things(rules: FlaskClient, zoo: FlaskClient) -> None:
    rooms = page(rules, "/browse?class=https://rules.example/Room")
    assert 'role="status">1 thing' in rooms
    for client, target in ((rules, "/browse"), (zoo, "/browse"), (zoo, "/browse?class=owl:Class")):
        assert "_:" not in page(client, target)
    assert 'role="status">4 things' in page(zoo, "/browse?class=owl:Class")


def test_a_class_of_nameless_things_says_so(rules: FlaskClient, zoo: FlaskClient) -> None:
    for client in (rules, zoo):
        restrictions = page(client, "/browse?class=owl:Restriction")
        assert 'role="status">0 things' in restrictions
        assert "These have no names" in restrictions
        assert "Nothing fits all of this" not in restrictions


def test_nameless_creators_of_an_ontology_are_told(rules: FlaskClient) -> None:
    text = page(rules, "/ontology")
    about = text[text.index('id="about"') :]
    assert "_:" not in text
    assert "Gabe" in about
    assert "The consortium" in about


def test_a_version_of_which_nothing_is_said_has_a_page(rules: FlaskClient) -> None:
    text = page(rules, "/ontology")
    (link,) = set(re.findall(r'href="([^"]*/ontology/1\.0\.2)"', text))
    assert link == "/doc/ontology/1.0.2"
    assert "Rules" in page(rules, link)
    assert rules.get("/ontology/1.0.2").location == "/doc/ontology/1.0.2"


def test_the_first_page_begins_with_the_largest_classes(mixed: FlaskClient) -> None:
    text = page(mixed, "/")
    things = text[text.index('id="things"') :]
    names = re.findall(r'<li><a href="/browse\?class=[^>]*>(?:<span[^>]*>)?([^<]+)', things)
    assert names[0] == "https://mixed-classes.example/Zebra"
    assert text.index('id="things"') < text.index('id="timeline"')
    assert "with its sentence" not in text
    assert "what each sentence states" not in text


@pytest.mark.parametrize("target", ["/", "/browse"])
def test_classes_of_one_name_are_told_apart(mixed: FlaskClient, target: str) -> None:
    text = page(mixed, target)
    for name in ("foaf:Person", "schema:Person"):
        assert re.search(rf'>Person</a> <code class="written">\w*{name[-7:]}</code>', text)
    assert "foaf:Person</code>" in text


def test_what_all_things_have_alike_is_no_column(mixed: FlaskClient) -> None:
    zebras = page(mixed, "/browse?class=https://mixed-classes.example/Zebra")
    table = zebras[zebras.index("<table") : zebras.index("</table>")]
    assert "stripes" in table
    assert "is part of" not in table.lower()
    html = page(mixed, "/browse?class=https://mixed-classes.example/Zebra&column=dcterms:isPartOf")
    assert ">set</a>" in html


def test_an_iri_keeps_its_letters_as_a_heading(mixed: FlaskClient) -> None:
    zebras = page(mixed, "/browse?class=https://mixed-classes.example/Zebra")
    assert "<h1>https://mixed-classes.example/Zebra</h1>" in zebras
