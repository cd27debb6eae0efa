"""Pictures: dates at their precision, rows that never overlap, countries found by their codes."""

from __future__ import annotations

import itertools
import math
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from graphsvc.pictures import labels as lettering
from graphsvc.pictures import tree, world
from graphsvc.pictures.span import Stretch, stretch, ticks
from graphsvc.store.oxigraph import OxigraphStore
from graphsvc.store.union import store_of
from graphsvc.views.graph import Graph
from graphsvc.views.home import home
from graphsvc.views.map import MOST_SPOTS, Spot, drawn_map
from graphsvc.views.model import Status
from graphsvc.views.timeline import MOST_ROWS, timeline

if TYPE_CHECKING:
    from flask.testing import FlaskClient


RELEASE = "mechanisms_release"

BASE = "https://w3id.org/iwm/"
CRCCME = BASE + "id/mechanism/crccme"


@pytest.mark.parametrize(
    ("text", "begin", "length"),
    [
        ("2007", 2007, 1),
        ("2012-02", 2012 + 31 / 365, 28 / 365),
        ("2017-04-05", 2017 + 94 / 365, 1 / 365),
        ("2017-04-05T10:00:00Z", 2017 + 94 / 365, 1 / 365),
        ("-0044", -44, 1),
        ("2007Z", 2007, 1),
    ],
)
def test_a_date_is_as_long_as_its_precision(text: str, begin: float, length: float) -> None:
    span = stretch(text)
    assert span is not None
    assert span.begin == pytest.approx(begin)
    assert span.end - span.begin == pytest.approx(length)


@given(st.text() | st.from_regex(r"-?[0-9]{1,6}(-[0-9]{1,3}){0,3}"))
def test_any_text_is_a_stretch_or_none(text: str) -> None:
    span = stretch(text)
    assert span is None or span.begin < span.end


@given(st.integers(-3000, 3000), st.integers(1, 5000))
def test_an_axis_names_a_few_round_years(begin: int, length: int) -> None:
    marks = ticks(begin, begin + length, 8)
    assert len(marks) <= 9
    assert all(begin <= mark <= begin + length for mark in marks)


@given(st.recursive(st.just([]), lambda inner: st.lists(inner, max_size=4), max_leaves=30))
def test_rows_never_overlap(shape: list[object]) -> None:
    def grown(children: list[object]) -> list[tree.Branch[None]]:
        return [tree.Branch(None, grown(child)) for child in children]  # type: ignore[arg-type]

    branches = grown(shape)
    nodes = tree.place_nodes(branches, 400)
    by_column: dict[int, list[float]] = {}
    for node in nodes:
        by_column.setdefault(node.column, []).append(node.y)
    for heights in by_column.values():
        ordered = sorted(heights)
        assert all(b - a >= tree.ROW for a, b in itertools.pairwise(ordered))


def test_what_is_dated_is_what_the_text_dates(graph: Graph) -> None:
    moments = timeline(graph, "en").moments
    dates = {(moment.thing.label, moment.words) for moment in moments}
    assert ("Business Forum of China-Italy", "2014") in dates
    assert ("Visit of Xi Jinping to Finland", "2017-04") in dates
    assert not [words for _, words in dates if len(words) > 7], (
        "no date of a record is one of the text"
    )
    assert all(moment.passages for moment in moments)


def test_the_time_line_tells_dates_at_their_precision(client: FlaskClient) -> None:
    page = client.get("/timeline").get_data(as_text=True)
    text = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    assert "February 2012 to the month" in text
    assert "2007 to the year" in text
    assert '<time datetime="2012-02" title="2012-02">February 2012</time>' in page


def test_a_bar_stands_at_its_year() -> None:
    picture = timeline(dated('<urn:x:a> <urn:x:on> "2007"^^xsd:gYear , "2014"^^xsd:gYear .'), "en")
    assert (picture.begin, picture.end) == (2007, 2015)
    first, second = picture.moments
    assert (picture.place(first.time.begin), picture.width(first)) == ("0.000%", "12.500%")
    assert picture.place(second.time.begin) == picture.place(2014) == "87.500%"
    assert picture.anchor(2007) == "start"
    assert picture.anchor(2010) == "middle"
    assert picture.anchor(2015) == "end"


def test_of_very_many_dates_the_first_ones_are_drawn() -> None:
    days = (f'<urn:x:a/{n}> <urn:x:on> "{1000 + n % 900}-01-01"^^xsd:date .' for n in range(3_000))
    picture = timeline(dated(" ".join(days)), "en", most=8)
    assert picture.is_partial
    assert (picture.total, len(picture.moments)) == (MOST_ROWS, 8)


def test_a_graph_without_dates_and_places_has_no_pictures() -> None:
    graph = graph_of("<urn:x:a> <urn:x:says> 1 .")
    picture = timeline(graph, "en")
    assert not picture.moments
    assert not picture.is_partial
    assert not drawn_map(graph, "en").things
    assert not home(graph, "en").texts


def test_of_very_many_places_the_first_ones_are_drawn() -> None:
    everywhere = (
        f"<urn:x:a/{n}> <{GEO}lat> {n % 90} ; <{GEO}long> {n % 180} ." for n in range(1_000)
    )
    picture = drawn_map(graph_of(f"GRAPH <urn:x:g> {{ {' '.join(everywhere)} }}"), "en")
    assert len(picture.spots) == MOST_SPOTS
    assert picture.more == 1_000 - MOST_SPOTS


def test_the_time_line_can_be_narrowed_to_a_class(client: FlaskClient) -> None:
    every = client.get("/timeline").get_data(as_text=True)
    visits = client.get("/timeline", query_string={"class": BASE + "ontology#Visit"})
    rows = re.compile(r"<time datetime=\"\d{4}(?:-\d\d)?\" title=")
    assert len(rows.findall(every)) == 9
    assert len(rows.findall(visits.get_data(as_text=True))) == 3
    none = client.get("/timeline", query_string={"class": BASE + "ontology#None"})
    assert none.status_code == 200


def test_countries_are_found_by_any_of_their_codes() -> None:
    for codes in (("CN", "CHN", "Q148"), ("FI", "FIN", "Q33"), ("NO", "NOR", "Q20")):
        assert len({world.by_code()[code].name for code in codes}) == 1
    assert len(world.countries()) > 200
    assert all(0 <= x <= world.WIDTH for x, _ in (one.centre for one in world.countries()))


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_every_place_is_on_the_map(longitude: float, latitude: float) -> None:
    x, y = world.project(longitude, latitude)
    assert -1 <= x <= world.WIDTH + 1
    assert 0 <= y <= world.HEIGHT


def test_the_map_shows_the_countries_and_lists_them(client: FlaskClient) -> None:
    page = client.get("/map").get_data(as_text=True)
    assert page.count('class="named"') == 6
    for label in ("China", "Finland", "Germany", "Italy", "Russia", "United States"):
        assert f">{label}</text>" in page
    for label in ("California", "Texas"):
        assert label in page


def test_the_map_shows_places_at_their_coordinates(client: FlaskClient) -> None:
    page = client.get("/map").get_data(as_text=True)
    x, y = world.project(121.45806, 31.22222)
    there = re.findall(f'class="(dot|reach)" cx="{x:.1f}" cy="{y:.1f}" r="([0-9]+)"', page)
    # Separate on a wide page, then joined; the first is hidden, but an address can lead to it.
    assert there == [("reach", "3"), ("reach", "8"), ("dot", "3"), ("reach", "28"), ("dot", "7")]
    assert "31.22° N, 121.46° E" in page
    assert "during the 4th Summit in Shanghai" in page
    # Six places of North America are one knot for a finger, and lead to their list.
    assert 'href="/map#places"><title>California, Chicago, Iowa, Michigan, Texas, Washi' in page


def dated(facts: str) -> Graph:
    prefix = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
    return graph_of(f"{prefix} GRAPH <urn:x:graph/editorial> {{ {facts} }}")


def graph_of(trig: str) -> Graph:
    store = OxigraphStore(store_of(parse(trig.encode(), format=RdfFormat.TRIG)), {})
    return Graph(store, "urn:x:")


def spots(trig: str) -> tuple[Spot, ...]:
    return drawn_map(graph_of(trig), "en").spots


GEO = "http://www.w3.org/2003/01/geo/wgs84_pos#"
WKT = "http://www.opengis.net/ont/geosparql#"


@pytest.mark.parametrize(
    "facts",
    [
        f'<urn:x:a> <{GEO}lat> "60.5" ; <{GEO}long> "-1.25" .',
        "<urn:x:a> schema:latitude 60.5 ; schema:longitude -1.25 .",
        "<urn:x:a> schema:geo _:g . _:g schema:latitude 60.5 ; schema:longitude -1.25 .",
        f'<urn:x:a> <{WKT}hasGeometry> [ <{WKT}asWKT> "POINT(-1.25 60.5)" ] .',
    ],
)
def test_coordinates_are_read_as_each_vocabulary_has_them(facts: str) -> None:
    text = f"PREFIX schema: <https://schema.org/> GRAPH <urn:x:graph/editorial> {{ {facts} }}"
    (spot,) = spots(text)
    assert (spot.thing.iri, spot.place.latitude, spot.place.longitude) == ("urn:x:a", 60.5, -1.25)
    assert spot.place.status is Status.EDITORIAL
    assert spot.place.words == "60.50° N, 1.25° W"


@pytest.mark.parametrize("latitude", ["91", "north", "NaN", "inf", ""])
def test_what_is_no_place_on_earth_is_not_drawn(latitude: str) -> None:
    text = f'GRAPH <urn:x:g> {{ <urn:x:a> <{GEO}lat> "{latitude}" ; <{GEO}long> "0" }}'
    assert not spots(text)


points = st.lists(st.tuples(st.floats(0, 800), st.floats(0, 400)), max_size=12)


@given(points)
def test_no_label_covers_another_or_a_point(at: list[tuple[float, float]]) -> None:
    named = [("Some place", point) for point in at]
    labels = lettering.place_point_labels(named, [], 10)
    boxes = [
        box
        for (words, (x, y)), label in zip(named, labels, strict=True)
        for candidate, box in lettering.candidates(words, x, y, 10)
        if candidate == label
    ]
    for one, two in itertools.combinations(boxes, 2):
        assert not one.meets(two)


@given(points, st.floats(1, 100))
def test_groups_of_points_are_apart(at: list[tuple[float, float]], distance: float) -> None:
    groups = lettering.cluster(at, distance)
    assert sorted(number for group in groups for number in group) == list(range(len(at)))
    middles = [lettering.middle(at[number] for number in group) for group in groups]
    assert all(math.dist(*pair) >= distance for pair in itertools.combinations(middles, 2))


@pytest.mark.parametrize("path", ["/timeline", "/map", "/neighbourhood?iri=" + CRCCME, "/"])
def test_pictures_are_well_formed_and_have_words(client: FlaskClient, path: str) -> None:
    page = client.get(path).get_data(as_text=True)
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert drawings
    for drawing in drawings:
        root = ET.fromstring(drawing)  # noqa: S314 -- the page is ours
        label = root.get("aria-label") or root.get("aria-labelledby") or root.get("aria-hidden")
        assert label
        assert not [one for one in root.iter() if "style" in one.attrib]


def test_a_stretch_is_in_the_order_of_time() -> None:
    assert min([Stretch(2, 3), Stretch(1, 9), Stretch(1, 2)]) == Stretch(1, 2)
