"""What the first page shows of the things that the graph is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode

from graphsvc import settings
from graphsvc.views.collection.compare import MOST_COMPARED, types_of
from graphsvc.views.collection.glance import Glance, glance
from graphsvc.views.graph import Graph
from graphsvc.views.home import home
from graphsvc.views.model import Named
from graphsvc.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.release import Release


@pytest.fixture(scope="module")
def graph(mechanisms_release: Release) -> Graph:
    return Graph(mechanisms_release.store, mechanisms_release.base)


@pytest.fixture(scope="module")
def mechanisms(graph: Graph) -> Sequence[Named]:
    return home(graph, "en").leading


def test_what_tells_most_things_apart_is_shown(graph: Graph, mechanisms: Sequence[Named]) -> None:
    found = glance(graph, mechanisms, "en")
    # Not their names, nor what few have or all alike, nor the secretariats of one side alone.
    assert [column.name for column in found.columns] == [
        "Links",
        "Dates of its beginning",
        "Initiated by",
        "Secretariats",
    ]
    (council,) = (line for line in found.lines if line.thing.label == "CICA Business Council")
    links, dates, initiated, secretariats = council.cells
    (heads,) = initiated.values
    assert heads.named.label == "Heads of CICA Member States"
    assert [passage.name for passage in heads.passages] == ["8"]
    assert [cell.values for cell in (links, dates, secretariats)] == [(), (), ()]
    # A date is reached over several steps: no single one of them is expected of a text.
    assert council.expected == (True, False, True, True)


@pytest.mark.parametrize(
    ("things", "left_out"),
    [
        # Both are on the Chinese side, in CCCME.
        (("secretariat/bfic-chinese", "secretariat/crccme-chinese"), {"Side", "Is in"}),
        # Two have a place; of the visits rules say one that only restates where they led to.
        (
            (
                "event/cica-4th-summit",
                "event/announcement-of-chinese-german-committee",
                "event/xi-jinping-visit-to-united-states",
                "event/li-keqiang-visit-to-germany",
                "event/xi-jinping-visit-to-finland",
            ),
            {"Place"},
        ),
    ],
)
def test_what_tells_nothing_or_few_is_left_out(
    graph: Graph, things: tuple[str, ...], left_out: set[str]
) -> None:
    named = [Named(NamedNode(f"https://w3id.org/iwm/id/{thing}"), thing) for thing in things]
    shown = {column.name for column in glance(graph, named, "en").columns}
    assert shown
    assert not shown & left_out
    (types,) = types_of(graph, [NamedNode(named[0].iri or "")])
    offered = graph.columns.of(types, "en")
    assert left_out <= {column.name for column in offered}


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
    assert ">Query all 6</a>" in page
    assert '<a href="/timeline">All 6 dated facts</a>' in page
