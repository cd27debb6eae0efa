"""The neighbours of a thing: one page at a time, and the source of each link."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from graphsvc.pictures.labels import truncate, width, wrap
from graphsvc.pictures.sides import sides
from graphsvc.pictures.tree import Branch
from graphsvc.pictures.upright import WIDTH, upright
from graphsvc.store.oxigraph import OxigraphStore
from graphsvc.store.union import store_of
from graphsvc.views.graph import Graph
from graphsvc.views.model import Status
from graphsvc.views.names import Names
from graphsvc.views.neighbours import RING_SIZE, Ring, Tie, ring

if TYPE_CHECKING:
    from flask.testing import FlaskClient


RELEASE = "mechanisms_release"

BASE = "https://w3id.org/iwm/"
CRCCME = BASE + "id/mechanism/crccme"
CCCME = BASE + "id/organization/cccme"
SECRETARIAT = BASE + "id/secretariat/crccme-chinese"


def crowded(pointing: int, pointed: int) -> Graph:
    """Return a graph in which so many things point to one, and so many are pointed to by it."""
    lines = [f"<urn:x:id/in{number}> <urn:x:p> <urn:x:id/hub> ." for number in range(pointing)]
    lines += [f"<urn:x:id/hub> <urn:x:q> <urn:x:id/out{number}> ." for number in range(pointed)]
    lines += [f"<urn:x:id/out{number}> <urn:x:q> 'words' ." for number in range(pointed)]
    # Records about facts, and things without facts, are no neighbours.
    lines += [
        "<urn:x:id/note> <http://www.w3.org/ns/oa#hasTarget> <urn:x:id/hub> .",
        "<urn:x:id/hub> a <urn:x:id/class> ; <urn:x:q> <urn:y:id/elsewhere>, <urn:x:id/hub> .",
    ]
    text = f"GRAPH <urn:x:graph/editorial> {{ {' '.join(lines)} }}"
    return Graph(OxigraphStore(store_of(parse(text.encode(), format=RdfFormat.TRIG)), {}), "urn:x:")


def ties(view: Ring, iri: str) -> dict[str, Tie]:
    (one,) = (one for one in view.neighbours if one.thing.iri == iri)
    return {tie.property.label: tie for tie in one.ties}


def things_of_query(graph: Graph, view: Ring) -> set[str]:
    """Return the things that the query behind a ring gives."""
    return {str(row["other"]) for row in graph.rows(view.query)}


def test_a_neighbour_stands_once(graph: Graph) -> None:
    view = ring(graph, CRCCME, "en")
    names = [one.thing.iri for one in view.neighbours]
    assert len(names) == len(set(names)) == view.total
    assert CCCME in names


def test_what_ties_a_neighbour_cites_its_sentence(graph: Graph) -> None:
    view = ring(graph, CRCCME, "en")
    # Sentence 17: "CCCME has undertaken the CRCCME Chinese Secretariat".
    provided = ties(view, CCCME)["secretariat provided by"]
    assert (provided.status, [passage.number for passage in provided.passages]) == (
        Status.STATED,
        [17],
    )
    # The same sentence says that the mechanism has that secretariat.
    has = ties(view, SECRETARIAT)["its secretariat"]
    assert (has.incoming, has.status) == (False, Status.STATED)
    assert [passage.number for passage in has.passages] == [17]


def test_a_neighbour_stands_on_the_side_of_what_is_stated(graph: Graph) -> None:
    (one,) = (one for one in ring(graph, CRCCME, "en").neighbours if one.thing.iri == SECRETARIAT)
    assert one.first.property.label in ("secretariat of", "its secretariat")
    assert one.first.status is Status.STATED


def test_editors_are_told_from_the_text(graph: Graph) -> None:
    view = ring(graph, BASE + "id/country/china", "en")
    holding = BASE + "id/role-holding/xi-jinping-president"
    jurisdiction = ties(view, holding)["of which country or state"]
    assert jurisdiction.status is Status.EDITORIAL


@pytest.mark.parametrize("language", ["zh, en", "en"])
def test_a_ring_is_in_the_languages_of_its_reader(graph: Graph, language: str) -> None:
    centre = ring(graph, CRCCME, language).centre
    assert centre == Names(graph, [centre.term], language)[centre.term]


def test_nothing_is_cut_in_silence() -> None:
    crowd = crowded(80, 70)
    pages = [ring(crowd, "urn:x:id/hub", "en", page) for page in (1, 2, 3)]
    assert [(len(page.neighbours), page.place) for page in pages] == [(60, 1), (60, 61), (30, 121)]
    assert {page.total for page in pages} == {150}
    assert {page.pages for page in pages} == {3}
    iris = [one.thing.iri for page in pages for one in page.neighbours]
    assert len(set(iris)) == 150
    assert ring(crowd, "urn:x:id/hub", "en", 4).neighbours == ()


@pytest.mark.parametrize(
    ("pointing", "pointed", "page"), [(20, 40, 1), (80, 70, 1), (80, 70, 3), (1200, 5, 1)]
)
def test_the_query_gives_what_the_page_shows(pointing: int, pointed: int, page: int) -> None:
    crowd = crowded(pointing, pointed)
    view = ring(crowd, "urn:x:id/hub", "en", page)
    assert things_of_query(crowd, view) == {str(one.thing.term) for one in view.neighbours}


def test_of_very_many_facts_it_is_said_that_some_are_shown() -> None:
    view = ring(crowded(1200, 5), "urn:x:id/hub", "en")
    assert view.is_partial
    assert len(view.neighbours) == RING_SIZE
    assert not ring(crowded(900, 5), "urn:x:id/hub", "en").is_partial


def test_a_page_after_the_last_is_none(client: FlaskClient) -> None:
    assert client.get("/neighbourhood", query_string={"iri": CRCCME, "page": 1}).status_code == 200
    assert client.get("/neighbourhood", query_string={"iri": CRCCME, "page": 2}).status_code == 404


def test_a_neighbour_can_be_opened_and_closed(client: FlaskClient) -> None:
    closed = client.get("/neighbourhood", query_string={"iri": CRCCME}).get_data(as_text=True)
    opened = client.get("/neighbourhood", query_string={"iri": CRCCME, "open": CCCME})
    text = opened.get_data(as_text=True)
    assert "Open CCCME" in closed
    assert "CICA Business Council Chairman Office" not in closed
    assert "Close CCCME" in text
    assert "CICA Business Council Chairman Office" in text


def test_so_many_can_be_open_and_no_more(client: FlaskClient) -> None:
    every = [one.thing.iri for one in ring(_of(client), BASE + "id/country/china", "en").neighbours]
    parameters = {"iri": BASE + "id/country/china", "open": every[:12]}
    text = client.get("/neighbourhood", query_string=parameters).get_data(as_text=True)
    assert "No more than 12 neighbours can be open at once." in text
    assert "<title>Open " not in text


def _of(client: FlaskClient) -> Graph:
    return client.application.extensions["graphsvc"].graph  # type: ignore[no-any-return]


class Drawn:
    """Something to be drawn."""

    def __init__(self, *words: str) -> None:
        self.words = (words[0], words[1])


def branches(names: list[str]) -> list[Branch[Drawn]]:
    children = [Branch(Drawn("tied by", name)) for name in names]
    return [*children, Branch(Drawn("which has", "Others"), list(map(_again, children)))]


def _again(branch: Branch[Drawn]) -> Branch[Drawn]:
    return Branch(branch.content)


names = st.lists(st.text("abc 中文WM", min_size=1, max_size=90), max_size=6)


@given(names, names)
def test_a_wide_picture_holds_all_its_words(left: list[str], right: list[str]) -> None:
    picture = sides(branches(left), branches(right))
    for node in picture.nodes:
        words = width(" ".join(node.words), 12.8)
        assert abs(node.text_x) + words <= (
            picture.left if node.is_left else picture.width - picture.left
        )
    by_place = [(node.x, node.y) for node in picture.nodes]
    assert len(by_place) == len(set(by_place))


@given(names, names)
def test_a_narrow_picture_holds_all_its_words(above: list[str], below: list[str]) -> None:
    picture = upright("A thing with a name", branches(above), branches(below))
    heights = [row.y for row in picture.rows]
    assert heights == sorted(heights)
    assert all(after - one >= 24 for one, after in pairwise(heights))
    assert heights[len(branches(above)) - 1] < picture.root[1] < picture.height
    for row in picture.rows:
        assert row.text_x + max(width(line, 13.5) for line in row.name) <= WIDTH
        assert row.name_y(len(row.name) - 1) <= picture.height


def test_names_are_whole_where_there_is_room() -> None:
    name = "Secretariat in China of the China-Finland Committee"
    picture = sides([], [Branch(Drawn("secretariat of", name))])
    assert picture.nodes[0].words == ("secretariat of", name)
    (row,) = upright("Committee", [], [Branch(Drawn("secretariat of", name))]).rows
    assert " ".join(row.name) == name


@given(st.text(max_size=80), st.floats(60, 400))
def test_what_is_cut_has_room_and_says_so(words: str, room: float) -> None:
    text = truncate(words, room, 12)
    assert width(text, 12) <= room
    assert text == words or text.endswith("…")


@given(st.text("ab cd", max_size=200), st.integers(1, 4))
def test_lines_hold_the_words_in_order(words: str, most: int) -> None:
    lines = wrap(words, 100, 12, most)
    assert len(lines) <= most
    assert all(width(line, 12) <= 100 for line in lines)
    text = " ".join(lines)
    assert "…" in text or text.split() == words.split()
