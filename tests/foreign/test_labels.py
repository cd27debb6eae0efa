"""Labels in other people's graphs: from any labelling property, in the reader's language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode

from graphsvc import vocabularies
from graphsvc.errors import SettingsError
from graphsvc.namespaces import Prefixes
from graphsvc.naming import LABELS, labels_in, resolved
from graphsvc.settings import load

from . import page, served

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

EX = "http://example.com/names/"


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return served(tmp_path_factory.mktemp("names"), "labels.ttl")


@pytest.fixture(scope="module")
def thesaurus(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return served(tmp_path_factory.mktemp("thesaurus"), "thesaurus-xl.ttl")


def read(client: FlaskClient, target: str, language: str = "en") -> str:
    answer = client.get(target, headers={"Accept": "text/html", "Accept-Language": language})
    assert answer.status_code == 200
    return answer.text


def heading(client: FlaskClient, target: str, language: str = "en") -> str:
    heading_match = re.search(r"<h1[^>]*>(.*?)</h1>", read(client, target, language), re.DOTALL)
    assert heading_match is not None
    return re.sub("<[^>]+>", "", heading_match[1])


@pytest.mark.parametrize(
    ("thing", "label"),
    [
        ("ada", "Ada Lovelace"),  # foaf:name
        ("penny", "Penny Hofstadter"),  # http://schema.org/name
        ("factory", "The Cheesecake Factory"),  # https://schema.org/name
        ("desk", "Reference desk"),  # vcard:fn
        ("program", "Tidy"),  # doap:name
        ("vienna", "Vienna"),  # gn:officialName, in the reader's language
        ("paper", "On the Engine"),  # dcterms:title
        ("leaflet", "Leaflet"),  # dc:title
        ("ship", "Forward"),  # under a property that is under rdfs:label
        ("crate", "box 12"),  # rdfs:label
    ],
)
def test_a_thing_is_called_by_what_names_it(names: FlaskClient, thing: str, label: str) -> None:
    assert heading(names, f"/doc/{thing}") == label


def test_a_label_is_in_the_language_of_the_reader(
    names: FlaskClient, thesaurus: FlaskClient
) -> None:
    assert heading(names, "/doc/vienna", "fr") == "Vienne"
    assert heading(names, "/doc/vienna", "de") == "Vienna", "English, if not the reader's"
    assert heading(names, "/doc/ship", "no") == "Fram"
    assert heading(thesaurus, "/doc/grain", "ar") == "حبوب"
    assert heading(thesaurus, "/doc/teff", "de") == "ጤፍ", "any, if not English either"


def test_a_label_without_words_is_none(names: FlaskClient) -> None:
    assert heading(names, "/doc/blank") == "ex:blank"
    assert ">ex:blank</a>" in read(names, "/doc/shelf")
    described = "/describe?iri=http://codes.example.net/ontology%23"
    assert heading(names, f"{described}Feature") == "Trekk"
    assert heading(names, f"{described}S.HSPL", "de") == "leprosarium"


def test_labels_that_are_things_are_read(thesaurus: FlaskClient) -> None:
    assert heading(thesaurus, "/doc/rice", "ja") == "米"
    assert heading(thesaurus, "/doc/rice", "fr") == "rice"
    grain = read(thesaurus, "/doc/grain", "de")
    assert ">Reis</a>" in grain
    assert heading(thesaurus, "/doc/rice-ja") == "米"


def test_a_label_in_another_language_is_shown_as_such(thesaurus: FlaskClient) -> None:
    text = read(thesaurus, "/doc/grain", "de")
    assert '<a href="/doc/teff" lang="am" data-language="am">ጤፍ</a>' in text
    assert '<a href="/doc/rice" lang="de">Reis</a>' in text
    assert 'lang="am" data-language="am">ጤፍ</h1>' in read(thesaurus, "/doc/teff", "de")
    # Nothing is marked where the graph does not speak the reader's language: all would be.
    assert "data-language" not in read(thesaurus, "/doc/grain", "it")


def test_what_has_no_label_goes_by_its_iri_as_it_is(names: FlaskClient, tmp_path: Path) -> None:
    assert heading(names, "/doc/ahu-1") == "ex:ahu-1"
    assert "ex:Zone_B2" in read(names, "/doc/ahu-1")
    # No style sheet gives it a capital letter either.
    assert '<span class="iri">ex:feeds</span>' in read(names, "/doc/ahu-1")
    assert "Q42$F7E900-B433c" in read(names, "/doc/ada")
    nameless = served(tmp_path, "nameless.nt")
    assert heading(nameless, "/doc/ahu-1") == "http://example.com/plant/ahu-1"


def test_terms_of_well_known_vocabularies_have_their_names(
    names: FlaskClient, thesaurus: FlaskClient
) -> None:
    assert "Given name" in read(names, "/doc/ada")
    concept = read(thesaurus, "/doc/rice")
    assert "has broader" in concept
    assert 'title="Broader concepts are typically rendered as parents' in concept
    # A label in the reader's language is preferred to an English one.
    assert "Projekt" in read(names, "/doc/program", "de")


def test_a_setting_adds_properties_that_go_first(tmp_path: Path) -> None:
    properties = f"ex:inscription, {EX}feeds"
    client = served(tmp_path, "labels.ttl", label_properties=properties)
    assert heading(client, "/doc/crate") == "Fragile"
    hits = client.get("/search.json?q=fragile").get_json()["hits"]
    assert [hit["label"] for hit in hits] == ["Fragile"]


def test_another_setting_makes_another_release(tmp_path: Path) -> None:
    served(tmp_path, "labels.ttl")
    served(tmp_path, "labels.ttl", label_properties="ex:inscription")
    assert len([each for each in tmp_path.iterdir() if len(each.name) == 16]) == 2


def test_a_setting_that_names_no_properties_is_refused() -> None:
    with pytest.raises(SettingsError, match="label_properties"):
        load({"label_properties": "name"}, {})
    assert load({"label_properties": "ex:a, http://x.example/b"}, {}).label_properties == (
        "ex:a http://x.example/b"
    )


def test_properties_are_named_by_iri_or_with_a_prefix() -> None:
    prefixes = Prefixes({"ex": EX})
    assert resolved("ex:a foaf:nick urn:x:y http://x.example/b", prefixes) == (
        NamedNode(f"{EX}a"),
        NamedNode("http://xmlns.com/foaf/0.1/nick"),
        NamedNode("urn:x:y"),
        NamedNode("http://x.example/b"),
    )


def test_a_graph_without_labels_has_a_property_for_them() -> None:
    assert labels_in([]) == LABELS[:1]


# --- the table of well-known terms


def test_a_term_is_known_under_both_addresses_of_schema_org() -> None:
    assert vocabularies.is_made(), "make it: graphsvc assets"
    first, second = (vocabularies.text_of(f"{s}://schema.org/givenName") for s in ("http", "https"))
    assert first == second
    assert first.labels


def test_the_table_is_in_order_so_that_each_line_is_found() -> None:
    lines = vocabularies.TABLE.read_bytes().splitlines()
    assert lines == sorted(lines)
    for line in (*lines[:3], lines[len(lines) // 2], *lines[-3:]):
        iri, kind, language, words = line.decode().split("\t")
        vocabulary_text = vocabularies.text_of(iri)
        texts = (
            vocabulary_text.labels if kind == vocabularies.LABEL else vocabulary_text.definitions
        )
        assert (words, language or None) in [(each.value, each.language) for each in texts]


@pytest.mark.parametrize("iri", ["", "a", "zzz", "http://xmlns.com/foaf/0.1/", "urn:x\ty"])
def test_what_is_no_well_known_term_has_no_name(iri: str) -> None:
    assert vocabularies.text_of(iri).labels == ()


def test_the_vocabularies_and_their_licences_are_named(names: FlaskClient) -> None:
    text = page(names, "/static/assets/vocabularies.txt")
    assert "@vocabulary/foaf" in text
    assert "http://creativecommons.org/licenses/by/3.0/" in text


def test_without_the_table_terms_go_by_their_iris(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for cached in (vocabularies.text_of, vocabularies._table, vocabularies.languages):  # noqa: SLF001
        cached.cache_clear()
    monkeypatch.setattr(vocabularies, "TABLE", tmp_path / "none.txt")
    try:
        client = served(tmp_path / "releases", "labels.ttl")
        assert "foaf:givenName" in read(client, "/doc/ada")
    finally:
        monkeypatch.undo()
        for cached in (vocabularies.text_of, vocabularies._table, vocabularies.languages):  # noqa: SLF001
            cached.cache_clear()
