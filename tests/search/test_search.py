"""The search index: which names find what, however they are typed, and that no text is too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hostile.growth import is_superlinear
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, RdfFormat, parse

from graphsvc.errors import DeadlineExceeded, ReleaseError
from graphsvc.naming import Naming
from graphsvc.search import EntryKind, Index, NameRole, SearchResult, search, write
from graphsvc.search.collect import entries, name_properties
from graphsvc.search.words import fold, grams, key, split, words

if TYPE_CHECKING:
    from pathlib import Path

    from graphsvc.release import Release

BASE = "https://example.org/g/"
NAMING = Naming()
IWM = "https://w3id.org/iwm/"

GRAPH = f"""
@prefix : <{BASE}id/> .
@prefix g: <{BASE}graph/> .
@prefix t: <{BASE}ontology#> .
@prefix nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

g:ontology {{
  t:Body a owl:Class ; rdfs:label "body"@en , "机构"@zh .
  t:printed a owl:DatatypeProperty ; rdfs:label "printed name"@en ; skos:closeMatch schema:name .
  t:short rdfs:subPropertyOf t:printed .
  t:remark a owl:DatatypeProperty ; rdfs:label "remark"@en .
}}
g:editorial {{
  :chamber rdfs:label "China Chamber of Commerce for Machinery"@en , "中国机电产品进出口商会"@zh .
  :cafe rdfs:label "Café Zürich"@en ; t:remark "Nothing of a name"@en .
  :xian rdfs:label "Xi\u2019an"@en .
  :hidden rdfs:label "Derived alone" .
}}
g:inferred {{ :derivation rdfs:label "No thing" . :chamber a t:Actor . }}
<{BASE}passage/1> {{ :chamber a t:Body ; t:short "CCCME"@en ; t:printed "U.S. Chamber"@en . }}
g:passages {{
  <{BASE}passage/1> nif:referenceContext :text ; nif:beginIndex 0 ; nif:endIndex 40 ;
    oa:exact "The chamber was founded by nobody at all."@en ; schema:position 1 .
}}
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Index:
    path = tmp_path_factory.mktemp("search") / "search.sqlite"
    write(list(parse(GRAPH, format=RdfFormat.TRIG)), BASE, path, NAMING)
    return Index(path)


@pytest.fixture(scope="module")
def index(mechanisms_release: Release) -> Index:
    return mechanisms_release.search


def first(result: SearchResult) -> str:
    return result.hits[0].iri.rpartition("/")[2] if result.hits else ""


# --- words ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Île Merrow", ["ile", "merrow"]),
        ("H.E. Mr. Brown", ["he", "mr", "brown"]),
        ("China-U.S.", ["china", "us"]),
        ("Straße Øresund Łódź", ["strasse", "oresund", "lodz"]),
        ("中国ABC", ["中", "国", "abc"]),
        ("\uff21\uff22 \uff11", ["ab", "1"]),
        ("on?behalf of", ["on", "behalf", "of"]),
        ('NEAR " * \0 🎉', ["near"]),
    ],
)
def test_words_are_compared_without_case_accents_and_points(text: str, expected: list[str]) -> None:
    assert split(text) == expected
    assert [word.text for word in words(text)] == expected


def test_names_written_alike_have_one_key() -> None:
    assert key("C.I.C.A.") == key("cica") == key(" Cíca! ")
    assert key("Xi\u2019an") == key("XIAN")


@given(st.text())
def test_words_stand_where_they_say(text: str) -> None:
    split_words = words(text)
    assert [word.text for word in split_words] == split(text)
    for word in split_words:
        assert 0 <= word.begin < word.end <= len(text)
        assert word.text in fold(text[word.begin : word.end]).replace(".", "")
    assert fold(fold(text)) == fold(text)


def test_grams_tell_the_ends_of_a_word() -> None:
    assert grams("ab") == {"\x02ab", "ab\x03"}


# --- the content of the index ---


def test_the_ontology_says_which_properties_give_names() -> None:
    quads = list(parse(GRAPH, format=RdfFormat.TRIG))
    properties = name_properties(quads, NAMING)
    assert properties[NamedNode(f"{BASE}ontology#short")][1] is NameRole.NAME
    assert NamedNode(f"{BASE}ontology#remark") not in properties


def test_every_sort_of_thing_is_an_entry() -> None:
    by_path = {
        entry.iri.removeprefix(BASE): entry
        for entry in entries(list(parse(GRAPH, format=RdfFormat.TRIG)), BASE, NAMING)
    }
    kinds = {path: entry.kind for path, entry in by_path.items()}
    assert kinds == {
        "id/chamber": EntryKind.THING,
        "id/cafe": EntryKind.THING,
        "id/xian": EntryKind.THING,
        "id/hidden": EntryKind.THING,
        "ontology#Body": EntryKind.TERM,
        "ontology#printed": EntryKind.TERM,
        "ontology#remark": EntryKind.TERM,
        "passage/1": EntryKind.SENTENCE,
    }
    chamber = by_path["id/chamber"]
    assert chamber.own_types == (f"{BASE}ontology#Body",)
    assert chamber.types == (f"{BASE}ontology#Actor", f"{BASE}ontology#Body")
    assert chamber.said_in == f"{BASE}passage/1"
    sentence = by_path["passage/1"]
    assert (sentence.begin, sentence.end, sentence.number) == (0, 40, 1)


def test_the_same_quads_give_the_same_bytes(tmp_path: Path) -> None:
    quads = list(parse(GRAPH, format=RdfFormat.TRIG))
    write(quads, BASE, tmp_path / "one", NAMING)
    write(quads[::-1], BASE, tmp_path / "two", NAMING)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cccme", "chamber"),
        ("C.C.C.M.E.", "chamber"),
        ("us chamber", "chamber"),
        ("cafe zurich", "cafe"),
        ("CAFÉ", "cafe"),
        ("zuerich", ""),
        ("xian", "xian"),
        ("中国", "chamber"),
        ("机电", "chamber"),
        ("机电商会", "chamber"),
        ("chmaber commerce", "chamber"),
        ("machinry", "chamber"),
        ("Nothing of a name", ""),
        ("No thing", ""),
        ("机构", "ontology#Body"),
        ("founded by nobody", "1"),
        (f"{BASE}id/cafe", "cafe"),
    ],
)
def test_a_thing_is_found_however_it_is_written(small: Index, text: str, expected: str) -> None:
    result = search(small, text)
    if expected == "" and result.hits:
        assert result.partial or result.suggestion
    else:
        assert first(result) == expected


def test_labels_are_in_the_readers_language(small: Index) -> None:
    assert search(small, "cccme", languages="zh-Hant").hits[0].label == "中国机电产品进出口商会"
    assert search(small, "cccme", languages="fr").hits[0].label.startswith("China")
    assert search(small, "cccme", languages="fi, zh, en").hits[0].label == "中国机电产品进出口商会"
    assert search(small, "xian", languages="zh, en").hits[0].label == "Xi\u2019an"


def test_a_hit_says_which_name_matched_and_where(small: Index) -> None:
    hit = search(small, "cccme").hits[0]
    assert hit.matched.pieces == (("CCCME", True),)
    assert (hit.exact, hit.score, hit.matched_name.property) == (True, 100, f"{BASE}ontology#short")
    hit = search(small, "chamb mach").hits[0]
    assert ("Chamber", True) in hit.matched.pieces
    assert hit.matched.text == "China Chamber of Commerce for Machinery"
    assert not hit.exact


def test_a_misspelt_word_gets_a_suggestion(small: Index) -> None:
    result = search(small, "machinry chamber")
    assert result.suggestion == "machinery chamber"
    assert result.hits[0].fuzzy
    assert search(small, "machinery").suggestion is None


def test_some_of_the_words_are_better_than_nothing(small: Index) -> None:
    result = search(small, "chamber elephants")
    assert result.partial
    assert first(result) == "chamber"


# --- the repository's own graph ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bfic", "bfic"),
        ("Business Forum Italy-China", "bfic"),
        ("huwei", "huawei"),
        ("xi jinpng", "xi-jinping"),
        ("china finland", "china-finland-committee"),
        ("CN", "china"),
    ],
)
def test_the_thing_that_is_meant_comes_first(index: Index, text: str, expected: str) -> None:
    assert first(search(index, text, kinds=[EntryKind.THING])).startswith(expected)


def test_every_name_finds_its_thing(index: Index, mechanisms_release: Release) -> None:
    rows = mechanisms_release.store.select(
        "SELECT DISTINCT ?thing ?name WHERE { ?thing iwm:statedName|rdfs:label ?name "
        f"FILTER(STRSTARTS(STR(?thing), '{IWM}id/')) }}"
    )
    pairs = [(row["thing"], row["name"]) for row in rows]
    assert len(pairs) > 150
    for thing, name in pairs:
        assert isinstance(thing, NamedNode)
        text = str(getattr(name, "value", ""))
        exact = [hit.iri for hit in search(index, text, kinds=[EntryKind.THING]).hits if hit.exact]
        assert thing.value in exact, text


def test_counts_are_of_all_that_match(index: Index) -> None:
    result = search(index, "china", limit=3)
    assert len(result.hits) == 3
    assert result.total == sum(result.kinds.values()) > 20
    iris = [
        hit.iri
        for at in range(0, result.total, 7)
        for hit in search(index, "china", limit=7, offset=at).hits
    ]
    assert len(iris) == len(set(iris)) == result.total


def test_kinds_and_classes_bound_what_is_found(index: Index) -> None:
    country = f"{IWM}ontology#Country"
    result = search(index, "china", classes=[country])
    assert first(result) == "china"
    assert all(country in hit.all_types for hit in result.hits)
    assert result.classes[country] == 1
    assert search(index, "china", classes=["https://example.org/none"]).total == 0
    assert all(
        hit.kind is EntryKind.SENTENCE
        for hit in search(index, "china", kinds=[EntryKind.SENTENCE]).hits
    )


HOSTILE = [
    '"',
    "*",
    "NEAR(a b)",
    "a AND",
    "names:",
    "{tags} : kthing",
    "\0",
    "^",
    "a\0b",
    "-",
    "OR",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_operators_are_letters_like_others(index: Index, text: str) -> None:
    assert search(index, text).total >= 0


@pytest.mark.parametrize("piece", ["a ", "a", "🎉", "中"])
def test_the_work_is_in_proportion_to_the_text(index: Index, piece: str) -> None:
    assert not is_superlinear(
        lambda text: search(index, text), lambda length: piece * (length // len(piece)), 16_384
    )


@given(st.text(max_size=400))
@example("a " * 5000)
@example("a" * 100_000)
@example("🎉" * 1000)
@example("中" * 1000)
@example("\ud800")
@example("ͅ")
def test_no_text_is_too_much(index: Index, text: str) -> None:
    result = search(index, text, limit=5)
    assert len(result.hits) <= 5
    assert all(0 <= hit.score <= 100 for hit in result.hits)
    assert result.total >= len(result.hits)


def test_a_search_is_ended_in_time(index: Index) -> None:
    # So much work that the clock is looked at.
    everything = " OR ".join(f'{{names}} : ("{letter}" *)' for letter in "abcdefghijklm" * 20)
    with index.in_time(seconds=-1), pytest.raises(DeadlineExceeded):
        index.count(everything)


def test_an_index_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="cannot be read") as caught:
        search(Index(tmp_path / "none"), "a")
    assert caught.value.remedy == "Build it again."
