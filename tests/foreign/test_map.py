"""The map of other people's graphs: every way to say where a thing is, and a view of just that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphsvc.pictures import geometry
from graphsvc.pictures.geometry import Extent, Geometry, OtherSystemError
from graphsvc.pictures.region import Region, World, chart_of

from . import page, served

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

EPSG_4326 = "<http://www.opengis.net/def/crs/EPSG/0/4326>"
GEOSPARQL = "http://www.opengis.net/ont/geosparql#"
CRS_84 = "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
SQUARE = ((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 0.0))
HOLE = ((1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 1.0))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return served(tmp_path_factory.mktemp("places"), "places.ttl")


# --- geometries


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("POINT(13.4 52.5)", Geometry(points=((13.4, 52.5),))),
        (f"{CRS_84} POINT(13.4 52.5)", Geometry(points=((13.4, 52.5),))),
        (f"{EPSG_4326} POINT(52.5 13.4)", Geometry(points=((13.4, 52.5),))),
        (f"{EPSG_4326.replace('http:', 'https:')}point ( 52.5  13.4 )", Geometry(((13.4, 52.5),))),
        ("POINT Z (1 2 3)", Geometry(points=((1, 2),))),
        ("POINTZM(1 2 3 4)", Geometry(points=((1, 2),))),
        ("POINT(1 2 3)", Geometry(points=((1, 2),))),
        ("POINT(-1.5e1 +.5)", Geometry(points=((-15, 0.5),))),
        ("POINT EMPTY", Geometry()),
        ("MULTIPOINT(1 2,3 4)", Geometry(points=((1, 2), (3, 4)))),
        ("MULTIPOINT((1 2),(3 4))", Geometry(points=((1, 2), (3, 4)))),
        ("LINESTRING M (1 2 9,3 4 9)", Geometry(lines=(((1, 2), (3, 4)),))),
        (
            "MULTILINESTRING((1 2,3 4),(5 6,7 8))",
            Geometry(lines=(((1, 2), (3, 4)), ((5, 6), (7, 8)))),
        ),
        ("POLYGON((0 0,4 0,4 4,0 0),(1 1,2 1,2 2,1 1))", Geometry(areas=((SQUARE, HOLE),))),
        (
            "MULTIPOLYGON(((0 0,4 0,4 4,0 0)),((1 1,2 1,2 2,1 1)))",
            Geometry(areas=((SQUARE,), (HOLE,))),
        ),
        (
            "GEOMETRYCOLLECTION(POINT(1 2),GEOMETRYCOLLECTION(LINESTRING(1 2,3 4)))",
            Geometry(points=((1, 2),), lines=(((1, 2), (3, 4)),)),
        ),
        ("GEOMETRYCOLLECTION EMPTY", Geometry()),
        ('{"type": "Point", "coordinates": [13.4, 52.5, 34]}', Geometry(points=((13.4, 52.5),))),
        (
            '{"type":"Feature","properties":{},"geometry":{"type":"MultiPoint","coordinates":[[1,2]]}}',
            Geometry(points=((1, 2),)),
        ),
        (
            '{"type": "Polygon", "coordinates": [[[0,0],[4,0],[4,4],[0,0]]]}',
            Geometry(areas=((SQUARE,),)),
        ),
    ],
)
def test_geometries_are_read_as_they_are_written(text: str, expected: Geometry) -> None:
    assert geometry.read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "POINT", "POINT(1)", "POINT(1 2", "POINT(1 2) POINT(1 2)", "POINT(200 1)"),
        *(
            "POINT(1 -91)",
            "POINT(nan 1)",
            "CIRCULARSTRING(1 2,3 4)",
            "13.4 52.5",
            "LINESTRING(1 2)",
        ),
        *("{", '{"type": "Nothing"}', '{"type": "Point", "coordinates": ["a", 1]}', "{}"),
        *('{"type": "LineString", "coordinates": 7}', "GEOMETRYCOLLECTION(" * 5000),
    ],
)
def test_what_is_no_geometry_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the parsers say
        geometry.read(text)


@pytest.mark.parametrize(
    "text",
    [
        "<http://www.opengis.net/def/crs/EPSG/0/25833> POINT(391000 5820000)",
        "<http://www.wikidata.org/entity/Q405> Point(23.47 0.67)",
        "SRID=25833;POINT(391000 5820000)",
        '{"type": "Point", "coordinates": [1, 2], "crs": {"properties": {"name": "EPSG:25833"}}}',
    ],
)
def test_other_systems_are_told_apart(text: str) -> None:
    with pytest.raises(OtherSystemError):
        geometry.read(text)


@given(st.text(alphabet='POINTLYGZM(), .-0123456789eE<>{}[]":', max_size=60))
def test_no_text_makes_the_reader_fail_otherwise(text: str) -> None:
    try:
        shape = geometry.read(text)
    except ValueError:
        return
    assert shape.is_empty or shape.extent


# --- which part of the earth


@pytest.mark.parametrize(
    ("rings", "bounds"),
    [
        ([[(10, 1)]], (10, 1, 10, 1)),
        ([[(10, 1)], [(20, 2)]], (10, 1, 20, 2)),
        ([[(170, 1)], [(-170, 2)]], (170, 1, 190, 2)),
        ([[(179, 1), (-179, 3), (-179, 1), (179, 1)]], (179, 1, 181, 3)),
        ([[(0, 0), (100, 0)], [(90, 1), (170, 0)], [(160, 0), (179, 0)]], (0, 0, 179, 1)),
    ],
)
def test_the_shorter_way_around_the_earth_is_taken(
    rings: list[list[geometry.Position]], bounds: tuple[float, ...]
) -> None:
    assert Extent.around(rings).bounds == bounds


positions = st.tuples(st.floats(-180, 180), st.floats(-80, 80))


@given(st.lists(positions, min_size=1, max_size=20))
def test_every_place_is_in_the_picture(at: list[geometry.Position]) -> None:
    chart = chart_of([Extent.around([[position]]) for position in at])
    for position in at:
        x, y = chart.project(*position)
        assert -1 <= x <= 801
        assert 0 <= y <= 400


def test_a_part_of_the_earth_fills_the_picture() -> None:
    chart = chart_of([Extent.around([[(13.3, 52.4)]]), Extent.around([[(13.5, 52.6)]])])
    assert isinstance(chart, Region)
    (_, top), (_, bottom) = chart.project(13.5, 52.6), chart.project(13.3, 52.4)
    assert bottom - top > 200


def test_what_is_all_over_the_earth_is_on_the_map_of_the_world() -> None:
    assert isinstance(
        chart_of([Extent.around([[(-100, 40)]]), Extent.around([[(100, 40)]])]), World
    )
    assert isinstance(chart_of([]), World)


def test_a_part_across_the_antimeridian_is_whole() -> None:
    chart = chart_of([Extent.around([[(178, -18)]]), Extent.around([[(-178, -16)]])])
    assert isinstance(chart, Region)
    assert [country.name for country in chart.countries()] == ["Fiji"]
    (west, _), (east, _) = chart.project(178, -18), chart.project(-178, -16)
    assert 0 < west < 400 < east < 800
    xs = [x for x, _ in chart.line([(179, -17), (-179, -17)])]
    assert 0 < xs[1] - xs[0] < 400


# --- the page

DRAWN = {
    *("Tower", "Gate", "Station", "Park", "River", "Islands", "Café", "Shop", "News", "Item"),
    *("Concert", "Data set"),
}


def test_every_way_to_say_where_a_thing_is_is_drawn(client: FlaskClient) -> None:
    html = page(client, "/map")
    rows = set(re.findall(r'<tr><th scope="row"><a [^>]*>([^<]*)</a></th>', html))
    assert rows == DRAWN
    assert html.count('class="shape area"') == 3
    assert html.count('class="shape line"') == 1
    assert "(area)" in html


def test_a_code_means_a_country_only_of_what_is_one(client: FlaskClient, tmp_path: Path) -> None:
    html = page(client, "/map")
    for label in ("Pascal", "Kilogram metre", "Georgia (a state)", "Nothing seen"):
        assert label not in html
    path = tmp_path / "countries.ttl"
    path.write_text(
        """
        @prefix ex: <http://example.com/> . @prefix dbo: <http://dbpedia.org/ontology/> .
        @prefix dcterms: <http://purl.org/dc/terms/> .
        @prefix owl: <http://www.w3.org/2002/07/owl#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        @prefix wdt: <http://www.wikidata.org/prop/direct/> .
        ex:a a dbo:Country ; rdfs:label "Land A" ; dcterms:identifier "PA" .
        ex:b rdfs:label "Land B" ; owl:sameAs <http://www.wikidata.org/entity/Q33> .
        ex:c rdfs:label "Land C" ; wdt:P297 "KN" .
        ex:d rdfs:label "Land D" ;
            skos:exactMatch <http://publications.europa.eu/resource/authority/country/DEU> .
        ex:e a ex:Region ; rdfs:label "Region E" ; dcterms:identifier "IT-52" .
        """,
        "utf-8",
    )
    html = page(served(tmp_path / "kept", path), "/map")
    for label in ("Land A", "Land B", "Land C", "Land D", "Region E"):
        assert label in html


def test_what_is_not_drawn_is_told(client: FlaskClient) -> None:
    html = page(client, "/map")
    assert "The places of 2 things are in coordinates of other systems" in html
    assert "The places of 3 things cannot be read" in html


def test_the_map_shows_the_part_of_the_earth_that_has_the_places(client: FlaskClient) -> None:
    html = page(client, "/map")
    spots = re.findall(r'<circle class="dot" cx="([0-9.]+)" cy="([0-9.]+)" r="3"', html)
    xs = [float(x) for x, _ in spots]
    assert max(xs) - min(xs) > 250
    assert "13.4° E" in html
    assert len(html) < 100_000


def test_the_page_of_a_thing_leads_to_its_place(client: FlaskClient) -> None:
    assert 'href="/map#at-concert"' in page(client, "/doc/concert")


def test_the_first_page_has_the_map_too(client: FlaskClient) -> None:
    assert 'class="shape area"' in page(client, "/")


def test_of_thousands_of_places_some_are_named_and_all_are_dots(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    client = served(tmp_path_factory.mktemp("many"), many(tmp_path_factory.mktemp("files"), 3000))
    html = page(client, "/map")
    assert "150 places have a name here; the others are dots." in html
    assert "2,850 more" in html
    dots = re.search(r'<path class="dots" d="([^"]*)"', html)
    assert dots
    assert 1000 < dots[1].count("M") <= 3000
    assert len(html) < 400_000


def many(folder: Path, number: int) -> Path:
    """Write many places of the north of Europe into a file."""
    path = folder / "many.nt"
    wgs = "http://www.w3.org/2003/01/geo/wgs84_pos#"
    path.write_text(
        "".join(
            f'<http://e.com/{n}> <{wgs}lat> "{55 + n % 71 / 7}" .\n'
            f'<http://e.com/{n}> <{wgs}long> "{10 + n % 97 / 5}" .\n'
            for n in range(number)
        ),
        "utf-8",
    )
    return path


def test_a_long_geometry_is_drawn_whole(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("long")
    ring = ", ".join(f"{10 + n / 1000} {50 + n % 2 / 10}" for n in range(2000))
    path = folder / "long.ttl"
    path.write_text(
        f'<http://e.com/a> <{GEOSPARQL}asWKT> "POLYGON(({ring}, 10 50))" .',
        "utf-8",
    )
    html = page(served(tmp_path_factory.mktemp("kept"), path), "/map")
    area = re.search(r'class="shape area" d="([^"]*)"', html)
    assert area
    xs = [float(x) for x in re.findall(r"[ML]([0-9.-]+) ", area[1])]
    assert len(xs) > 500
    assert 0 < min(xs) < max(xs) < 800


def test_a_graph_without_places_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    client = served(tmp_path_factory.mktemp("none"), "directions.ttl")
    html = page(client, "/map")
    assert "Nothing here has a place" in html
    assert '<svg class="world"' not in html
