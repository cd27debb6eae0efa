"""Search and reconciliation over other people's graphs: all that has a name, of any class."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from . import served

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

NAMES, FOODS = "http://example.com/names/", "http://example.com/thesaurus/"
CONCEPT = "http://www.w3.org/2004/02/skos/core#Concept"


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return served(tmp_path_factory.mktemp("names"), "labels.ttl")


@pytest.fixture(scope="module")
def foods(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return served(tmp_path_factory.mktemp("foods"), "thesaurus-xl.ttl")


def hits(client: FlaskClient, text: str, language: str = "en") -> list[dict[str, Any]]:
    answer = client.get(
        "/search.json", query_string={"q": text}, headers={"Accept-Language": language}
    )
    hits: list[dict[str, Any]] = answer.get_json()["hits"]
    return hits


def reconciled(client: FlaskClient, **query: object) -> list[dict[str, Any]]:
    answer = client.get("/reconcile", query_string={"queries": json.dumps({"q": query})})
    candidates: list[dict[str, Any]] = answer.get_json()["q"]["result"]
    return candidates


def suggested(client: FlaskClient, kind: str, prefix: str) -> list[str]:
    answer = client.get(f"/reconcile/suggest/{kind}", query_string={"prefix": prefix})
    return [each["id"] for each in answer.get_json()["result"]]


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("penny", f"{NAMES}penny"),  # http://schema.org/name
        ("Penny Teller", f"{NAMES}penny"),  # schema:alternateName
        ("cheesecake", f"{NAMES}factory"),
        ("wien", f"{NAMES}vienna"),
        ("vienne", f"{NAMES}vienna"),
        ("fram", f"{NAMES}ship"),
        ("DS-7", f"{NAMES}paper"),
        ("hopper", "http://other.example/people/grace"),  # no class, and not under the base
        ("ahu", f"{NAMES}ahu-1"),  # no name
        (f"{NAMES}ahu-1", f"{NAMES}ahu-1"),
        ("leprasykehus", "http://codes.example.net/ontology#S.HSPL"),
        ("code of a feature", "http://codes.example.net/ontology#code"),
        ("Trekk", "http://codes.example.net/ontology#Feature"),
        ("spot or building", "http://codes.example.net/codes/spot"),
    ],
)
def test_whatever_has_a_name_is_found(names: FlaskClient, text: str, thing: str) -> None:
    assert hits(names, text)[0]["iri"] == thing


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("grain", "grain"),
        ("Getreide", "grain"),
        ("谷物", "grain"),
        ("حبوب", "grain"),
        ("cereals", "grain"),  # skos:altLabel
        ("grane", "grain"),  # skos:hiddenLabel
        ("F-01", "grain"),  # skos:notation
        ("Reis", "rice"),  # skosxl:prefLabel
        ("米", "rice"),
        ("paddy", "rice"),  # skosxl:altLabel
        ("ጤፍ", "teff"),
        ("Lebensmittel", "scheme"),
    ],
)
def test_concepts_are_found_in_every_language(foods: FlaskClient, text: str, concept: str) -> None:
    (hit,) = hits(foods, text)
    assert (hit["iri"], hit["kind"]) == (FOODS + concept, "concept")


def test_hits_are_called_as_the_reader_says(foods: FlaskClient) -> None:
    assert hits(foods, "谷物", "de")[0]["label"] == "Getreide"
    assert hits(foods, "谷物", "de")[0]["description"] == "Samen von Gräsern als Nahrung."


def test_a_search_is_bounded_by_classes_of_any_vocabulary(
    names: FlaskClient, foods: FlaskClient
) -> None:
    answer = foods.get(f"/search?q=grain&class={CONCEPT.replace('#', '%23')}")
    assert answer.status_code == 200
    assert "Concepts" in answer.text
    person = "http://xmlns.com/foaf/0.1/Person"
    hits = names.get(f"/search.json?q=ada&class={person}").get_json()["hits"]
    assert [hit["label"] for hit in hits] == ["Ada Lovelace"]


def test_concepts_are_reconciled(foods: FlaskClient) -> None:
    (grain,) = reconciled(foods, query="Getreide", type=CONCEPT)
    assert (grain["id"], grain["match"]) == (f"{FOODS}grain", True)
    assert grain["type"] == [{"id": CONCEPT, "name": "Concept"}]
    (rice,) = reconciled(
        foods,
        query="rice",
        properties=[{"pid": "http://www.w3.org/2004/02/skos/core#broader", "v": "cereals"}],
    )
    assert rice["id"] == f"{FOODS}rice"


def test_things_of_any_graph_are_reconciled(names: FlaskClient) -> None:
    (ada,) = reconciled(names, query="Ada Lovelace", type="http://xmlns.com/foaf/0.1/Person")
    assert ada["match"]
    (grace,) = reconciled(names, query="Grace Hopper")
    assert grace["id"] == "http://other.example/people/grace"


def test_the_types_and_properties_of_any_graph_are_offered(
    names: FlaskClient, foods: FlaskClient
) -> None:
    assert CONCEPT in [each["id"] for each in foods.get("/reconcile").get_json()["defaultTypes"]]
    assert CONCEPT in suggested(foods, "type", "conc")
    assert f"{NAMES}AirHandler" in suggested(names, "type", "AirH")
    assert suggested(names, "property", "given") == ["http://xmlns.com/foaf/0.1/givenName"]
    offered = foods.get("/reconcile/properties", query_string={"type": CONCEPT}).get_json()
    ids = [each["id"] for each in offered["properties"]]
    assert "http://www.w3.org/2004/02/skos/core#broader" in ids


def test_columns_are_fetched_for_concepts(foods: FlaskClient) -> None:
    broader = "http://www.w3.org/2004/02/skos/core#broader"
    request = {"ids": [f"{FOODS}rice"], "properties": [{"id": broader}]}
    answer = foods.get("/reconcile", query_string={"extend": json.dumps(request)}).get_json()
    cell = answer["rows"][f"{FOODS}rice"][broader]
    assert cell == [{"id": f"{FOODS}grain", "name": "grain"}]
    assert answer["meta"][0]["name"] == "has broader"


def test_a_thing_elsewhere_has_a_preview(names: FlaskClient) -> None:
    grace = {"id": "http://other.example/people/grace"}
    assert "Grace Hopper" in names.get("/reconcile/preview", query_string=grace).text
    assert names.get("/reconcile/view", query_string=grace).status_code == 303


def test_the_graphs_own_terms_come_first(tmp_path: Path) -> None:
    client = served(tmp_path / "kept", "people.ttl")
    types = [each["id"] for each in client.get("/reconcile").get_json()["defaultTypes"]]
    assert types == ["http://xmlns.com/foaf/0.1/Person"], "nothing of the dataset's description"
    assert suggested(client, "type", "")[0] == "http://xmlns.com/foaf/0.1/Person"
    first = suggested(client, "property", "")
    assert "http://xmlns.com/foaf/0.1/name" in first[:3]
    assert not [iri for iri in first if iri.startswith("http://www.w3.org/1999/02/22-rdf")]
