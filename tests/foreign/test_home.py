"""Home, browse and vocabulary of graphs of other people, from the classes and properties in use."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest

from . import page, served

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
LINKS = re.compile(r'href="(/browse\?[^"]+)"[^>]*>[^<]+</a> <span[^>]*>(\d+)<')
SAMPLES = (
    "thesaurus.ttl",
    "catalogue.ttl",
    "ontology.ttl",
    "two-ontologies.ttl",
    "untyped.nt",
    "typed-and-untyped.ttl",
)


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FlaskClient]:
    return {name: served(tmp_path_factory.mktemp("kept"), name) for name in SAMPLES}


def words(text: str, heading: str) -> str:
    """Return what a section of a page says, from its heading to the next section."""
    start = text.index(f'<h2 id="{heading}"')
    part = text[start : text.index("</section>", start)]
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", part)).split())


def counted(text: str) -> dict[str, int]:
    """Return the classes that a page counts the things of."""
    pairs = re.findall(
        r"<a [^>]*(?:class=|type(?:%3E)?=none)[^>]*>(?:<span[^>]*>)?([^<]+)(?:</span>)?</a> "
        r"<span class=\"count\">([\d,]+)<",
        text,
    )
    return {name: int(number.replace(",", "")) for name, number in pairs}


@pytest.mark.parametrize(
    ("name", "classes"),
    [
        (
            "thesaurus.ttl",
            {"Concept": 11, "Concept Scheme": 2, "Collection": 1, "Ordered Collection": 1},
        ),
        ("ontology.ttl", {"Class": 4, "ObjectProperty": 1, "DatatypeProperty": 1, "Ontology": 1}),
        ("two-ontologies.ttl", {"Person": 2, "ship": 1, "sea": 1}),
        ("untyped.nt", {"things without a class": 3}),
        (
            "typed-and-untyped.ttl",
            {
                "Person": 1,
                "Organization": 1,
                "https://mixed.example/Firm": 1,
                "things without a class": 1,
            },
        ),
    ],
)
def test_home_counts_what_the_graph_has_and_nothing_of_the_program(
    clients: dict[str, FlaskClient], name: str, classes: dict[str, int]
) -> None:
    text = page(clients[name], "/")
    start = text.index('id="things"')
    assert counted(text[start : text.index("</section>", start)]) == classes


@pytest.mark.parametrize(
    ("name", "things"),
    [
        ("thesaurus.ttl", 15),
        ("ontology.ttl", 7),
        ("two-ontologies.ttl", 4),
        ("untyped.nt", 3),
        ("typed-and-untyped.ttl", 2),
        ("catalogue.ttl", 7),
    ],
)
def test_browse_lists_the_same_things(
    clients: dict[str, FlaskClient], name: str, things: int
) -> None:
    text = page(clients[name], "/browse")
    assert re.search(rf'role="status">{things} things', text)
    assert "_:" not in re.sub(r"<td.*?</td>", "", text)


def test_every_class_leads_to_as_many_things_as_it_counts(
    clients: dict[str, FlaskClient],
) -> None:
    for name in SAMPLES:
        text = page(clients[name], "/")
        for href, count in LINKS.findall(text):
            listed = page(clients[name], html.unescape(href))
            assert re.search(rf'role="status">{count} thing', listed), (name, href)


def test_things_without_a_class_can_be_asked_for(clients: dict[str, FlaskClient]) -> None:
    text = page(clients["typed-and-untyped.ttl"], "/browse?rdf:type=none")
    assert 'role="status">1 thing' in text
    assert ">Bob</a>" in text
    assert "works for" in text
    assert 'role="status">3 things' in page(clients["untyped.nt"], "/browse?rdf:type=none")


def test_without_shapes_the_columns_and_facets_are_the_properties_in_use(
    clients: dict[str, FlaskClient],
) -> None:
    text = page(clients["thesaurus.ttl"], "/browse?class=skos:Concept")
    heads = re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?([^<]+)', text)
    assert heads[:3] == ["Name", "is in scheme", "has broader"]
    assert re.search(r"<summary[^>]*>has broader <span", text)


def test_things_of_one_class_stand_side_by_side(clients: dict[str, FlaskClient]) -> None:
    client = clients["two-ontologies.ttl"]
    assert "/compare?class=foaf:Person" in page(client, "/doc/things/jason")
    assert "knows" in page(client, "/compare?class=foaf:Person")


def test_the_first_page_of_a_thesaurus_has_its_schemes_and_top_concepts(
    clients: dict[str, FlaskClient],
) -> None:
    concepts = words(page(clients["thesaurus.ttl"], "/"), "concepts")
    assert "Farming 10 concepts Top concepts 2 animals plants" in concepts
    assert "Names of species 1 concept Top concepts 1 Avena sativa" in concepts


def test_the_first_page_of_an_ontology_has_its_terms(clients: dict[str, FlaskClient]) -> None:
    terms = words(page(clients["ontology.ttl"], "/"), "defined")
    # "horse" is under "animal".
    assert "Classes 3 animal hay https://zoo.example/zoo#Grass Object properties 1 eats" in terms
    # Where there are things of the classes, these come first.
    assert 'id="defined"' not in page(clients["two-ontologies.ttl"], "/")


@pytest.mark.parametrize("name", SAMPLES)
def test_the_vocabulary_tells_what_is_used(clients: dict[str, FlaskClient], name: str) -> None:
    terms = words(page(clients[name], "/ontology"), "in-use")
    assert "void:" not in terms
    assert "rdf:type" in terms or name == "untyped.nt"


def test_the_vocabulary_tells_how_often_and_what_is_not_declared(
    clients: dict[str, FlaskClient],
) -> None:
    terms = words(page(clients["two-ontologies.ttl"], "/ontology"), "in-use")
    assert "a:Ship 1 thing a:built 1 fact not declared a:sails 1 fact" in terms
    assert "foaf:Person 2 things not declared" in terms
    bare = words(page(clients["untyped.nt"], "/ontology"), "in-use")
    assert "https://bare.example/ 2 next 3 facts not declared" in bare


def test_the_vocabulary_of_several_ontologies_names_each(clients: dict[str, FlaskClient]) -> None:
    text = page(clients["two-ontologies.ttl"], "/ontology")
    assert words(text, "ontologies") == "Ontologies Ontology A Ontology B"
    assert "<h1>Vocabulary</h1>" in text
    # If there is only one, the page shows it alone.
    assert "<h1>Zoo</h1>" in page(clients["ontology.ttl"], "/ontology")


def test_an_ontology_tells_its_version_and_what_it_defines(
    clients: dict[str, FlaskClient],
) -> None:
    versioned = page(clients["two-ontologies.ttl"], "/doc/a")
    assert "Classes 1 ship Object properties 1 sails" in words(versioned, "defined")
    assert "a/2.0" in versioned
    plain = page(clients["ontology.ttl"], "/doc/zoo")
    assert "Classes 4 animal hay horse https://zoo.example/zoo#Grass" in words(plain, "defined")
    assert "https://elsewhere.example/upper" in plain


@pytest.mark.parametrize("name", SAMPLES)
def test_what_the_page_of_the_data_tells_to_fetch_is_there(
    clients: dict[str, FlaskClient], name: str
) -> None:
    text = page(clients[name], "/data")
    (target,) = re.findall(r"text/turtle(?:'|&#39;) http://localhost(\S+)", text)
    assert clients[name].get(target, headers={"Accept": "text/turtle"}).status_code == 200


def test_what_stands_around_a_thing_of_any_graph(clients: dict[str, FlaskClient]) -> None:
    text = page(clients["thesaurus.ttl"], "/neighbourhood?iri=https://thesaurus.example/oats")
    assert "Nothing here is linked to it" not in text
    for name in ("cereals", "fodder", "horses", "in the stable"):
        assert f">{name}</a>" in text


def test_thousands_of_classes(tmp_path: Path) -> None:
    lines = [
        f"<https://many.example/x{number}-{each}> {TYPE} <https://many.example/C{number}> ."
        for number in range(5000)
        for each in range(2 if number < 9 else 1)
    ]
    (tmp_path / "many.nt").write_text("\n".join(lines), "utf-8")
    client = served(tmp_path / "kept", tmp_path / "many.nt")
    home = page(client, "/")
    assert "4,800 more classes" in home
    assert len(home) < 200_000
    browse = page(client, "/browse")
    assert 'role="status">5,009 things' in browse
    assert "4,800 more classes" in browse
    assert len(page(client, "/ontology")) < 500_000


def test_many_things_have_facets_that_say_over_how_many_they_are_counted(
    tmp_path: Path,
) -> None:
    base = "https://large.example/"
    lines = []
    for number in range(12_000):
        thing = f"<{base}t{number}>"
        lines.append(f"{thing} {TYPE} <{base}Thing> .")
        lines.append(f'{thing} <{base}shade> "{("red", "blue")[number % 2]}" .')
        lines.append(f"{thing} <{base}size> {number % 100} .")
    (tmp_path / "large.ttl").write_text("\n".join(lines), "utf-8")
    client = served(tmp_path / "kept", tmp_path / "large.ttl")
    text = page(client, f"/browse?class={base}Thing")
    assert "Counted over the first 2,000 of 12,000 things." in text
    assert "it has more than 5,000 things" in text
    facet = re.search(r"<summary[^>]*>https://large.example/shade.*?</details>", text, re.DOTALL)
    assert facet
    numbers = [int(each) for each in re.findall(r'class="count">(\d+)</span></li>', facet.group())]
    assert sum(numbers) == 2000
    # What few of many fit is counted whole.
    few = page(client, f"/browse?class={base}Thing&{base}size=7..8")
    assert 'role="status">240 things' in few
    assert "Counted over the first 2,000 of" not in few
    assert "Counted over the first 2,000 things that have it." in few
    assert f'href="/doc/t{107}"' in few


def test_sentences_are_searched_only_where_there_are_some(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    client = served(tmp_path_factory.mktemp("people"), "people.ttl")
    assert 'placeholder="Search names"' in page(client, "/")
    assert 'placeholder="Search names"' in page(client, "/search?q=nothing+at+all")
