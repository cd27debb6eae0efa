"""What is counted at hand is what the engine counts; what narrows well stands first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from graphsvc.browse import read_state
from graphsvc.browse.browser import HELD_QUADS, Browser
from graphsvc.browse.counting import Engine, Used
from graphsvc.browse.facets import FACETS
from graphsvc.browse.holdings import Holdings
from graphsvc.browse.lately import Lately
from graphsvc.entities import Catalogue

if TYPE_CHECKING:
    from graphsvc.browse import State
    from graphsvc.entities.layout import Place
    from graphsvc.release import Release

STATES = (
    "",
    "class=iwm:Organization",
    "class=iwm:Organization&class=iwm:Country&sort=iwm:statedName",
    "class=iwm:Mechanism&sort=-iwm:linksParty",
    "class=iwm:Secretariat&iwm:side=country:china",
    "class=iwm:Secretariat&iwm:side=country:china&iwm:side=country:finland",
    "class=iwm:Secretariat&iwm:side=none",
    "class=iwm:Secretariat&iwm:side=none&iwm:side=country:china",
    "class=iwm:Event&iwm:year=2012..2017&sort=-iwm:year",
    "class=iwm:Event&iwm:year=any&iwm:date=none",
    "class=iwm:Passage&sort=schema:position",
    "class=iwm:Passage&schema:position=7",
    'class=iwm:Country&iwm:statedName="the People\'s Republic of China"@en',
    "class=skos:ConceptScheme",
    "iwm:side=country:china",
    "iwm:date=2012..2017",
    "iwm:side=any&iwm:hostedBy=none",
    "iwm:hostedBy=none",
    "class=iwm:Mechanism&~iwm:hasSecretariat=any",
    "class=iwm:Secretariat&~iwm:hasSecretariat=mechanism:bfic",
    "class=iwm:Mechanism&iwm:side=country:china",
    "class=iwm:Nothing",
)


@pytest.fixture(scope="module")
def catalogue(mechanisms_release: Release) -> Catalogue:
    return Catalogue(mechanisms_release.store, mechanisms_release.base)


@pytest.fixture(scope="module")
def holdings(catalogue: Catalogue) -> Holdings:
    return Holdings(catalogue)


@pytest.fixture(scope="module")
def small(catalogue: Catalogue) -> Browser:
    return Browser(catalogue, HELD_QUADS)


@pytest.fixture(scope="module")
def large(catalogue: Catalogue) -> Browser:
    return Browser(catalogue, HELD_QUADS + 1)


def state_of(release: Release, query: str) -> State:
    pairs = [tuple(pair.split("=", 1)) for pair in query.split("&") if pair]
    return read_state(pairs, release.prefixes)  # type: ignore[arg-type]


@pytest.mark.parametrize("query", STATES)
def test_what_is_counted_at_hand_is_what_the_engine_counts(
    mechanisms_release: Release, catalogue: Catalogue, holdings: Holdings, query: str
) -> None:
    engine, state = Engine(catalogue), state_of(mechanisms_release, query)
    assert holdings.covers(state)
    assert holdings.listed(state, "en") == engine.listed(state, "en")
    used = engine.used(state)
    assert bare(holdings.used(state)) == bare(used)
    places = [*used, *(place for place, _ in state.conditions)]
    assert holdings.counts(state, places) == engine.counts(state, places)
    assert holdings.classes(state) == engine.classes(state)


def bare(used: dict[Place, Used]) -> dict[Place, tuple[int, int, int]]:
    return {place: (held.things, held.values, held.links) for place, held in used.items()}


@pytest.mark.parametrize("query", STATES)
def test_pages_of_small_and_large_releases_are_alike(
    mechanisms_release: Release, small: Browser, large: Browser, query: str
) -> None:
    state = state_of(mechanisms_release, query)
    assert small.table(state, "en").rows == large.table(state, "en").rows
    one, other = small.facets(state, "en"), large.facets(state, "en")
    assert one == other


def test_what_only_points_to_texts_is_left_to_the_engine(
    mechanisms_release: Release, holdings: Holdings
) -> None:
    assert not holdings.covers(state_of(mechanisms_release, "~rdfs:label=mechanism:bfic"))


def test_what_is_kept_is_bounded() -> None:
    kept = Lately(5)
    asked: list[int] = []

    def find(number: int) -> list[int]:
        asked.append(number)
        return [number, number]

    for number in (1, 2, 1, 3, 1, 2):
        assert kept.several(number, partial(find, number)) == [number, number]
    # Each weighs three: there is place for one.
    assert asked == [1, 2, 1, 3, 1, 2]
    kept = Lately(6)
    asked.clear()
    for number in (1, 2, 1, 3, 1, 2):
        kept.several(number, partial(find, number))
    assert asked == [1, 2, 3, 2]


def facet_names(browser: Browser, state: State) -> tuple[list[str], list[str]]:
    facets = browser.facets(state, "en")
    return [str(each.name) for each in facets.shown], [str(each.name) for each in facets.more]


def test_what_narrows_well_stands_first(mechanisms_release: Release, small: Browser) -> None:
    shown, more = facet_names(small, state_of(mechanisms_release, ""))
    assert len(shown) <= FACETS
    # Texts that are nearly all different are named, and can be opened.
    assert {"justification", "wording"} <= set(more)
    assert "side" in shown
    opened = state_of(mechanisms_release, "facet=iwm:wording")
    shown, more = facet_names(small, opened)
    assert "wording" in shown
    assert "wording" not in more


def test_the_order_of_the_shapes_counts_among_equals(
    mechanisms_release: Release, small: Browser
) -> None:
    state = state_of(mechanisms_release, "class=iwm:Secretariat")
    shown, _ = facet_names(small, state)
    order = [str(lane.name) for lane in small.choices(state, "en")]
    assert shown.index("Side") < shown.index("Provided by")
    assert order.index("Side") < order.index("Provided by")
