"""The source reader: the exact text, the names in it, facts beside it, and notes in place."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from graphsvc.store.oxigraph import OxigraphStore
from graphsvc.store.union import store_of
from graphsvc.views.graph import Graph
from graphsvc.views.home import home
from graphsvc.views.mentions import Piece, Span, occurrences, split_into_pieces
from graphsvc.views.text import MOST_FACTS, read_text
from graphsvc.views.text.words import Mention
from graphsvc.views.thing import thing

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

    from graphsvc.release import Release

RELEASE = "mechanisms_release"

TEXT = "/doc/source/international-working-mechanisms"
BASE = "https://w3id.org/iwm/"


class Printed(HTMLParser):
    """The words of the printed text, the ids of a page and what its links lead to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._inside = False
        self.words: list[str] = []
        self.ids: list[str] = []
        self.fragments: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self._inside = self._inside or attributes.get("class") == "printed"
        if "id" in attributes:
            self.ids.append(attributes["id"] or "")
        if tag == "a" and (attributes.get("href") or "").startswith("#"):
            self.fragments.append((attributes["href"] or "")[1:])

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "p"

    def handle_data(self, data: str) -> None:
        self.words += [data] if self._inside else []


def test_every_character_of_the_text_is_printed(
    client: FlaskClient, mechanisms_folder: Path
) -> None:
    (file,) = mechanisms_folder.glob("data/*/text.txt")
    page = Printed(client.get(TEXT).get_data(as_text=True))
    assert "".join(page.words) == file.read_bytes().decode("utf-8")


def test_sentences_lead_to_facts_and_back(client: FlaskClient) -> None:
    page = Printed(client.get(TEXT).get_data(as_text=True))
    assert len(page.ids) == len(set(page.ids))
    assert set(page.fragments) <= set(page.ids)
    assert {"p-12", "facts-12"} <= set(page.fragments)


def test_a_fact_leads_to_its_place_in_the_text(client: FlaskClient) -> None:
    page = client.get("/doc/id/mechanism/crccme").get_data(as_text=True)
    assert f'href="{TEXT}#p-17"' in page


def names(pieces: tuple[Piece, ...]) -> dict[str, str]:
    by_words: dict[str, str] = {}
    for piece in pieces:
        if piece.about is not None:
            by_words[piece.words] = getattr(piece.about, "label", str(piece.about))
        by_words |= names(piece.parts)
    return by_words


def numbered(pieces: tuple[Piece, ...]) -> dict[int, str]:
    by_number: dict[int, str] = {}
    for piece in pieces:
        if isinstance(piece.about, Mention) and piece.about.number:
            by_number[piece.about.number] = piece.words
        by_number |= numbered(piece.parts)
    return by_number


def test_names_are_found_where_they_are_printed(mechanisms_release: Release) -> None:
    graph = Graph(mechanisms_release.store, mechanisms_release.base)
    iri = BASE + "source/international-working-mechanisms"
    view = read_text(graph, iri, None, (1, 100), "en")
    assert view is not None
    by_number = {entry.passage.number: entry for entry in view.passages}
    by_words = names(by_number[12].pieces)
    assert by_words["ZHANG Yujing"] == "ZHANG Yujing"
    assert by_words["CICA Business Council"] == "CICA Business Council"
    assert by_words["CCCME"] == "CCCME"
    # The page lost spaces there, and the names were recorded with them.
    assert "?" in by_number[33].passage.quote
    assert any("?" in words for words in names(by_number[33].pieces))
    # A fact leads to the words for its value: of a literal, these; of a thing, what names it.
    words = numbered(by_number[12].pieces)
    labels = {
        words[fact.number]: fact.value.label
        for subject in by_number[12].subjects
        for fact in subject.statements
        if fact.property.label in ("nominated or appointed to chair", "form of address")
    }
    assert labels == {"ZHANG Yujing": "ZHANG Yujing", "Mr": "Mr."}
    assert by_number[8].flaws == {"not said": 5}
    assert by_number[2].level == 0
    assert by_number[17].is_discussed


def test_long_texts_stand_on_several_pages(mechanisms_release: Release) -> None:
    graph = Graph(mechanisms_release.store, mechanisms_release.base)
    iri = BASE + "source/international-working-mechanisms"
    content = mechanisms_release.texts["international-working-mechanisms"]
    pages = [read_text(graph, iri, content, (number, 10), "en") for number in (1, 2, 3, 4)]
    passages = [entry for view in pages if view for entry in view.passages]
    assert [entry.passage.number for entry in passages] == list(range(1, 36))
    assert "".join(entry.passage.quote + entry.after for entry in passages) == content
    assert read_text(graph, iri, content, (5, 10), "en") is None


@pytest.mark.parametrize(
    ("words", "text", "spans"),
    [
        ("US", "US States and U.S. and us and USA", [(0, 2), (14, 17)]),
        ("economic areas", "in?economic?\nareas", [(3, 18)]),
        ("Ile Merrow", "on Île Merrow", [(3, 13)]),
        ("the committee", "The Committee said", [(0, 13)]),
        ("商会", "机电商会。", [(2, 4)]),
        ("at", "that", []),
        ("", "anything", []),
        ("…", "a … b", []),
    ],
)
def test_occurrences(words: str, text: str, spans: list[tuple[int, int]]) -> None:
    assert occurrences(words, text) == [Span(*span) for span in spans]


@given(st.text(), st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30)), max_size=12))
def test_pieces_are_the_text(text: str, places: list[tuple[int, int]]) -> None:
    spans = [
        (Span(begin, min(begin + length, len(text))), "x")
        for begin, length in places
        if begin < len(text)
    ]

    def joined(pieces: tuple[Piece, ...]) -> str:
        for piece in pieces:
            assert not piece.parts or joined(piece.parts) == piece.words
        return "".join(piece.words for piece in pieces)

    assert joined(split_into_pieces(text, spans)) == text


@given(st.text(), st.text())
def test_occurrences_never_fail(words: str, text: str) -> None:
    for span in occurrences(words, text):
        assert 0 <= span.begin < span.end <= len(text)


def test_what_the_text_does_not_say_stands_where_one_looks(mechanisms_release: Release) -> None:
    graph = Graph(mechanisms_release.store, mechanisms_release.base)
    entity = thing(graph, BASE + "id/mechanism/crccme", "en")
    entries = {
        entry.predicate.label: entry for group in entity.groups for entry in group.properties
    }
    assert [each.label for each in entries["Secretariats provided by"].omissions] == [
        "No Russian secretariat of CRCCME"
    ]
    assert not entries["Nominated or appointed to chair"].facts
    assert entries["Nominated or appointed to chair"].omissions
    assert entity.unstated is not None
    expected = {named.label for group in entity.unstated.groups for named in group.properties}
    assert "Proposed by" in expected
    assert "Initiated by" not in expected, "it is stated"
    assert "Nominated or appointed to chair" not in expected, "a note says so already"
    (discrepancy,) = entity.notes.discrepancies
    readings = {
        variant.words: [p.number for p in variant.passages] for variant in discrepancy.variants
    }
    assert readings == {"Electronic Products": [14], "Electric Products": [15]}
    assert not thing(graph, BASE + "id/note/labels", "en").unstated


def test_the_first_page_begins_with_what_the_texts_are_about(mechanisms_release: Release) -> None:
    leading = home(Graph(mechanisms_release.store, mechanisms_release.base), "en").leading
    iris = {named.iri for named in leading}
    assert len(iris) == 6
    assert all(iri is not None and "/id/mechanism/" in iri for iri in iris)


def long_text(passages: int, facts: int) -> Graph:
    """Return a graph with a text of many passages, the second of which states many facts."""
    lines = [
        f"<urn:x:p/{number}> nif:referenceContext <urn:x:text> ; nif:beginIndex {3 * number} ; "
        f'nif:endIndex {3 * number + 2} ; oa:exact "w{number}" .'
        for number in range(passages)
    ]
    stated = [f"<urn:x:a/{number}> <urn:x:says> {number} ." for number in range(facts)]
    text = (
        "PREFIX nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#> "
        "PREFIX oa: <http://www.w3.org/ns/oa#> "
        f"GRAPH <urn:x:graph/passages> {{ {' '.join(lines)} }}"
        f"GRAPH <urn:x:p/1> {{ {' '.join(stated)} }}"
    )
    return Graph(OxigraphStore(store_of(parse(text.encode(), format=RdfFormat.TRIG)), {}), "urn:x:")


def test_a_very_long_text_is_read_page_by_page() -> None:
    graph = long_text(passages=3_000, facts=0)
    view = read_text(graph, "urn:x:text", None, (3, 100), "en")
    assert view is not None
    assert (view.page, view.pages, len(view.passages)) == (3, 30, 100)
    assert view.passages[0].passage.quote == "w200"
    assert not any(entry.facts for entry in view.passages)


def test_of_very_many_facts_the_first_ones_stand_beside_a_passage() -> None:
    graph = long_text(passages=3, facts=5_000)
    view = read_text(graph, "urn:x:text", None, (1, 100), "en")
    assert view is not None
    second = view.passages[1]
    assert (second.facts, second.more) == (5_000, 5_000 - MOST_FACTS)
    assert second.level == 4
