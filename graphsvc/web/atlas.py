"""The map: outlines of the world's countries, and what of the graph lies where."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc.entities.places import CODING, LOCATING, coded, located, mentioning
from graphsvc.pictures import labels as lettering
from graphsvc.pictures import world

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphsvc.entities.model import Named, Passage
    from graphsvc.entities.places import Coded, Located
    from graphsvc.pictures.labels import Label
    from graphsvc.store.base import Term
    from graphsvc.web.site import Site

_WIDE, _NARROW = 10, 18
"""The size of the letters on a wide map and on a narrow one, as its style sheet has them."""

_SPOT, _KNOT = 4, 16
"""How far from its middle a place is drawn on a wide map, and several on a narrow one."""

_TOUCH = 56
"""How far apart points stand on a narrow screen that a finger can tell apart."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A country of the map, and the things of the graph that are it or lie in it."""

    country: world.Country
    things: tuple[Named, ...]
    within: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Title:
    """The name of a country, and where it stands on a wide map and on a narrow one."""

    thing: Named
    wide: Label
    narrow: Label


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the map; ``label`` is where its name stands, if there is room for it."""

    place: Located
    x: float
    y: float
    label: Label | None


@dataclass(frozen=True, slots=True)
class Knot:
    """Places that a narrow screen cannot show apart."""

    spots: tuple[Spot, ...]
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Atlas:
    """What the map shows, and which passages say something of each thing on it."""

    countries: tuple[Drawn, ...]
    titles: tuple[Title, ...]
    spots: tuple[Spot, ...]
    knots: tuple[Knot, ...]
    sentences: Mapping[Term, Sequence[Passage]]

    @property
    def named(self) -> list[Drawn]:
        """Return the countries that the graph has."""
        return [entry for entry in self.countries if entry.things]

    @property
    def listed(self) -> list[Drawn]:
        """Return the countries that the graph has, or in which something of it lies."""
        return [entry for entry in self.countries if entry.things or entry.within]

    @property
    def things(self) -> list[Named]:
        """Return all that is on the map."""
        return [thing for entry in self.named for thing in entry.things] + [
            spot.place.thing for spot in self.spots
        ]

    @property
    def properties(self) -> tuple[Term, ...]:
        """Return by which properties things are put on the map."""
        return CODING + LOCATING


def atlas(served: Site, languages: str) -> Atlas:
    """Return the map of a release, read once for each list of languages."""
    return served.once(("map", languages), lambda: _read(served, languages))


def _read(served: Site, languages: str) -> Atlas:
    countries = _countries(coded(served.catalogue, languages))
    drawn = {thing.term for entry in countries for thing in entry.things}
    places = [
        place for place in located(served.catalogue, languages) if place.thing.term not in drawn
    ]
    points = [world.project(place.longitude, place.latitude) for place in places]
    groups = lettering.together(points, _TOUCH)
    middles = [lettering.middle(points[number] for number in group) for group in groups]
    titles, covered = _titles(countries, points, middles)
    named = [(place.thing.label, point) for place, point in zip(places, points, strict=True)]
    labels = lettering.placed(named, covered, _WIDE)
    spots = [
        Spot(place, x, y, label)
        for place, (x, y), label in zip(places, points, labels, strict=True)
    ]
    said = [thing for entry in countries for thing in (*entry.things, *entry.within)]
    return Atlas(
        countries=tuple(countries),
        titles=tuple(titles),
        spots=tuple(spots),
        knots=tuple(
            Knot(tuple(spots[number] for number in sorted(group)), x, y)
            for group, (x, y) in zip(groups, middles, strict=True)
        ),
        sentences=mentioning(served.catalogue, [*said, *(place.thing for place in places)]),
    )


def _titles(
    countries: Iterable[Drawn],
    points: Iterable[lettering.Point],
    middles: Iterable[lettering.Point],
) -> tuple[list[Title], list[lettering.Box]]:
    """Return the names of the countries, and what they cover on a wide map."""
    named = [entry for entry in countries if entry.things]
    names = [(entry.things[0].label, entry.country.centre) for entry in named]
    spots = [lettering.around(x, y, _SPOT) for x, y in points]
    wide, covered = lettering.spread(names, spots, _WIDE)
    circles = [lettering.around(x, y, _KNOT) for x, y in middles]
    narrow, _ = lettering.spread(names, circles, _NARROW)
    things = (entry.things[0] for entry in named)
    titles = [Title(thing, *at) for thing, *at in zip(things, wide, narrow, strict=True)]
    return titles, covered


def _countries(entries: Iterable[Coded]) -> list[Drawn]:
    things: dict[str, list[Named]] = defaultdict(list)
    within: dict[str, list[Named]] = defaultdict(list)
    for entry in entries:
        own = {world.by_code()[code].name for code in entry.codes if code in world.by_code()}
        # A subdivision's code begins with its country's: ISO 3166-2.
        above = {
            world.by_code()[code[:2]].name
            for code in entry.codes
            if code[2:3] == "-" and code[:2] in world.by_code()
        }
        for name in own:
            things[name].append(entry.thing)
        for name in above - own:
            within[name].append(entry.thing)
    return [
        Drawn(country, tuple(things[country.name]), tuple(within[country.name]))
        for country in world.countries()
    ]
