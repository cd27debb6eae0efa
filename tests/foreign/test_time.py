"""The timeline of other people's graphs: every dated thing, however its date is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from graphsvc.store.oxigraph import OxigraphStore
from graphsvc.store.union import store_of
from graphsvc.views.graph import Graph
from graphsvc.views.timeline import MOST_ROWS, Period, split_into_periods

from . import page, served

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return served(tmp_path_factory.mktemp("dates"), "dates.ttl")


def moments(html: str) -> dict[str, str]:
    """Return when each thing is, by its name."""
    dates = {}
    for row in re.findall(r"<tr class=\"\w+\">(.*?)</tr>", html, re.DOTALL):
        when, what, *_ = row.split("</td>")
        name = re.search(r"<a [^>]*>([^<]*)</a>", what)
        assert name
        dates[name[1]] = " ".join(re.sub(r"<[^>]*>", "", when).split())
    return dates


def test_dates_of_every_datatype_and_text_are_on_the_line(client: FlaskClient) -> None:
    dates = moments(page(client, "/timeline"))
    assert list(dates) == [
        *("Caesar", "Year", "Month", "Ada"),
        *("Letter", "Fair", "Data", "War", "Peace"),
        *("Landing", "Report", "A concept"),
    ]
    assert dates["Letter"].startswith("July 1843")
    assert dates["Report"] == "1984 to the year"


def test_what_begins_and_ends_is_one_stretch(client: FlaskClient) -> None:
    dates = moments(page(client, "/timeline"))
    assert dates["Ada"] == "10 December 1815 \u2013 27 November 1852"
    assert dates["Fair"] == "1 May 1851 \u2013 11 October 1851"
    # A date of a blank node belongs to the thing that has the blank node.
    assert dates["Data"] == "1900 \u2013 1910"
    assert dates["War"] == "28 July 1914 \u2013 11 November 1918"
    assert dates["Peace"] == "1919 \u2013 1939"


def test_wrong_dates_are_on_their_pages_and_not_on_the_line(client: FlaskClient) -> None:
    html = page(client, "/timeline")
    assert "Wrong" not in html
    assert "In words" not in html
    assert "2020-02-30" in page(client, "/doc/wrong")
    assert "in the year 1815" in page(client, "/doc/words")


def test_the_axis_has_the_years_of_the_facts(client: FlaskClient) -> None:
    axis = re.search(r'<svg class="axis".*?</svg>', page(client, "/timeline"))
    assert axis
    years = [int(year) for year in re.findall(r">(-?[0-9]+)</text>", axis[0])]
    assert -100 < min(years) < max(years) <= 2013


def test_a_class_can_be_chosen(client: FlaskClient) -> None:
    concept = "http://www.w3.org/2004/02/skos/core%23Concept"
    assert list(moments(page(client, f"/timeline?class={concept}"))) == ["A concept"]
    period = "http://purl.org/dc/terms/PeriodOfTime"
    assert list(moments(page(client, f"/timeline?class={period}"))) == ["Data"]


def test_a_graph_without_dates_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    html = page(served(tmp_path_factory.mktemp("none"), "directions.ttl"), "/timeline")
    assert "Nothing here has a date." in html


def many(folder: Path, number: int) -> Path:
    """Write many dated things, some in each year from 1700 on, into a file."""
    path = folder / "many.nt"
    date = "http://www.w3.org/2001/XMLSchema#date"
    path.write_text(
        "".join(
            f'<http://e.com/{n}> <http://e.com/when> "{1700 + n % 300}-01-02"^^<{date}> .\n'
            for n in range(number)
        ),
        "utf-8",
    )
    return path


def test_very_many_dates_come_in_periods(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = many(tmp_path_factory.mktemp("files"), 3000)
    client = served(tmp_path_factory.mktemp("many"), file)
    first = page(client, "/timeline")
    assert 'aria-current="page">1700\u20131749</a> <span class="count">500</span>' in first
    assert len(moments(first)) == 500
    assert "/timeline?from=1750" in first
    later = page(client, "/timeline?from=1950")
    assert {when.split()[2] for when in moments(later).values()} == {
        str(y) for y in range(1950, 2000)
    }
    assert client.get("/timeline?from=soon").status_code == 400


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, ()),
        ({1900: MOST_ROWS - 1}, ()),
        ({1900: 600, 1901: 600}, (Period(1900, 1900, 600), Period(1901, 1901, 600))),
        ({-5: 900, 5: 900}, (Period(-1000, -1, 900), Period(0, 999, 900))),
        ({1900: 5000}, (Period(1900, 1900, 5000),)),
    ],
)
def test_periods_are_as_long_as_fits_a_page(
    facts: dict[int, int], expected: tuple[Period, ...]
) -> None:
    assert split_into_periods(facts) == expected


def test_large_properties_hide_no_dated_ones_from_the_line() -> None:
    # Of a property only the first values are looked at, each large one by a query of its own.
    lines = [f"<urn:x:{n}> <urn:x:counts> {n} ." for n in range(6000)]
    lines += [f'<urn:x:{n}> <urn:x:on> "2007-01-02"^^xsd:date .' for n in range(6000)]
    lines += [f"<urn:x:1> <urn:x:small{n}> {n} ." for n in range(100)]
    lines += ['<urn:x:1> <urn:x:rare> "2014"^^xsd:gYear .']
    text = "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n" + "\n".join(lines)
    graph = Graph(
        OxigraphStore(store_of(parse(text.encode(), format=RdfFormat.TURTLE)), {}), "urn:x:"
    )
    assert set(graph.date_properties) == {NamedNode("urn:x:on"), NamedNode("urn:x:rare")}
