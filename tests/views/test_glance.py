"""What the first page shows of the things that the graph is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode

from graphsvc import settings
from graphsvc.views.collection.compare import MOST_COMPARED, types_of
from graphsvc.views.collection.glance import Glance, glance
from graphsvc.views.home import home
from graphsvc.views.model import Named
from graphsvc.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.release import Release
    from graphsvc.views.graph import Graph

RELEASE = "mechanisms_release"


@pytest.fixture(scope="module")
def mechanisms(graph: Graph) -> Sequence[Named]:
    return home(graph, "en").leading


def test_what_leads_is_shown_by_matters(graph: Graph, mechanisms: Sequence[Named]) -> None:
    view = glance(graph, mechanisms, "en")
    assert [matter.name for matter in view.matters] == [
        *("Parties", "How it came about", "Secretariats, offices and chairs", "What it is for")
    ]


def cell(view: Glance, label: str, matter: str) -> dict[str, list[str]]:
    """Return the content of a cell: for each property its values, each with its companions."""
    (row,) = (row for row in view.rows if row.thing.label.startswith(label))
    parts = row.cells[[each.name for each in view.matters].index(matter)]
    return {
        str(part.name): [
            " ".join(
                [
                    *(each.named.label for each in (entry.value, *entry.companions)),
                    *(f"[{passage.name}]" for passage in entry.value.passages),
                ]
            )
            for entry in part.entries
        ]
        for part in parts
    }


def test_every_beginning_is_told_with_what_began_then(
    graph: Graph, mechanisms: Sequence[Named]
) -> None:
    view = glance(graph, mechanisms, "en")
    group = cell(view, "China Provinces", "How it came about")
    assert group[""] == ["2012-02 initiated [19]", "2012 establishment led since [20]"]
    assert group["Initiated by"] == ["Brown [19]"]
    # The text gives no date for this beginning, so "Since" is empty.
    council = cell(view, "CICA", "How it came about")
    assert council == {
        "Since": [],
        "How it began": ["initiated [8]"],
        "Initiated by": ["Heads of CICA Member States [8]"],
    }


def test_secretariats_of_working_groups_and_numbers_stand_where_one_looks(
    graph: Graph, mechanisms: Sequence[Named]
) -> None:
    view = glance(graph, mechanisms, "en")
    name = "Secretariats of its working groups provided by"
    for label, passage in (("China Provinces", "22"), ("Chinese German", "25")):
        offices = cell(view, label, "Secretariats, offices and chairs")
        assert offices == {name: [f"CCCME [{passage}]"]}
    numbers = cell(view, "China Provinces", "Parties")["Numbers given"]
    assert [each.rpartition(" ")[2] for each in numbers] == ["[21]", "[21]"]
    # A secretariat is an office: its provider is shown only once.
    forum = cell(view, "Business Forum", "Secretariats, offices and chairs")
    assert set(forum) == {"", "Nominated or appointed to chair"}
    assert forum["Nominated or appointed to chair"] == ["Bank of China [29]", "Pirelli [29]"]


def test_what_is_alike_in_all_is_left_out(graph: Graph) -> None:
    # Both are on the Chinese side, in CCCME.
    things = ("secretariat/bfic-chinese", "secretariat/crccme-chinese")
    named = [Named(NamedNode(f"https://w3id.org/iwm/id/{thing}"), thing) for thing in things]
    names = {each.name for matter in glance(graph, named, "en").matters for each in matter.columns}
    assert "Secretariat of" in names
    (types,) = types_of(graph, [NamedNode(named[0].iri or "")])
    leading = {column.name for column in graph.columns.of(types, "en") if column.is_key}
    assert "Side" in leading - names


def test_one_thing_or_very_many_are_not_compared(graph: Graph, mechanisms: Sequence[Named]) -> None:
    assert glance(graph, mechanisms[:1], "en") == Glance((), ())
    many = [Named(NamedNode(f"urn:x:{number}"), "") for number in range(MOST_COMPARED + 1)]
    assert glance(graph, many, "en") == Glance((), ())


def test_the_first_page_says_that_its_query_gives_more_dates_than_it_shows(
    mechanisms_release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphsvc.views.home.MOST_MOMENTS", 3)
    client = create_app(mechanisms_release, settings.load({}, {})).test_client()
    page = client.get("/", headers={"Accept": "text/html"}).text
    assert ">Query all 9</a>" in page
    assert '<a href="/timeline">All 9 dated facts</a>' in page
