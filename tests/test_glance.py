"""What the first page shows of the things that the graph is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode

from graphsvc import settings
from graphsvc.browse.browser import Browser
from graphsvc.browse.compare import MOST_COMPARED
from graphsvc.browse.glance import Glance, glance
from graphsvc.entities import Catalogue, Named
from graphsvc.views.graph import Graph
from graphsvc.views.home import home
from graphsvc.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.release import Release


@pytest.fixture(scope="module")
def browser(mechanisms_release: Release) -> Browser:
    release = mechanisms_release
    catalogue = Catalogue(release.store, release.base, release.store)
    return Browser(catalogue, release.manifest.counts["quads"])


@pytest.fixture(scope="module")
def mechanisms(browser: Browser) -> Sequence[Named]:
    return home(Graph(browser.catalogue.store, browser.catalogue.base), "en").leading


def test_what_tells_most_things_apart_is_shown(
    browser: Browser, mechanisms: Sequence[Named]
) -> None:
    found = glance(browser, mechanisms, "en")
    # Not their names, nor what few have or all alike, nor the secretariats of one side alone.
    assert [lane.name for lane in found.lanes] == [
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
    browser: Browser, things: tuple[str, ...], left_out: set[str]
) -> None:
    named = [Named(NamedNode(f"https://w3id.org/iwm/id/{thing}"), thing) for thing in things]
    shown = {lane.name for lane in glance(browser, named, "en").lanes}
    assert shown
    assert not shown & left_out
    offered = browser.lanes.of(browser.facts.types(NamedNode(named[0].iri or "")), "en")
    assert left_out <= {lane.name for lane in offered}


def test_one_thing_or_very_many_are_not_compared(
    browser: Browser, mechanisms: Sequence[Named]
) -> None:
    assert glance(browser, mechanisms[:1], "en") == Glance((), ())
    many = [Named(NamedNode(f"urn:x:{number}"), "") for number in range(MOST_COMPARED + 1)]
    assert glance(browser, many, "en") == Glance((), ())


def test_the_first_page_says_that_its_query_gives_more_dates_than_it_shows(
    mechanisms_release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphsvc.views.home.MOST_MOMENTS", 3)
    client = create_app(mechanisms_release, settings.load({}, {})).test_client()
    page = client.get("/", headers={"Accept": "text/html"}).text
    assert ">Query all 6</a>" in page
    assert '<a href="/timeline">All 6 dated facts</a>' in page
