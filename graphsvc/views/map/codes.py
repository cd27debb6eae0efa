"""Recognises things that are countries of the world, or within one, by standard codes.

Two or three letters mean many things: ``PA`` is Panama, and the pascal. So a code counts only if it
is the value of a property for such codes, and if the class of the thing is one of countries or
parts of countries. An IRI of another dataset counts if it is from Wikidata or ends with a code.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.pictures import world
from graphsvc.views.queries import view_query

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphsvc.store.base import Term
    from graphsvc.views.queries import Row

CODES = view_query("map/codes")

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_COUNTRY = frozenset({"country", "countries", "nation", "nations", "territory", "territories"})
_PART = _COUNTRY | {
    *("subdivision", "region", "state", "province", "county", "district", "canton", "department"),
    *("prefecture", "municipality", "city", "area", "place"),
}

# ISO 3166-2: the code of a part of a country begins with that of the country.
_CODE_OF_PART = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_CODE = re.compile(r"[A-Z0-9]{2,3}|[A-Z]{2}-.*|Q[0-9]+")
_WIKIDATA = re.compile(r"https?://www\.wikidata\.org/(?:entity|wiki)/(Q[0-9]+)")


@dataclass(frozen=True, slots=True)
class CountryThings:
    """A country of the world, the things that stand for it, and the things within it."""

    country: world.Country
    things: tuple[NamedNode, ...]
    within: tuple[NamedNode, ...]


class Codes:
    """The codes of things that are countries or parts of them."""

    def __init__(self, rows: Iterable[Row]) -> None:
        """Take rows with possible codes, each with a class of its thing."""
        self._codes: dict[NamedNode, set[str]] = defaultdict(set)
        for row in rows:
            thing = row.get("thing")
            if isinstance(thing, NamedNode):
                self._take(thing, row["code"], row.get("class"))

    def _take(self, thing: NamedNode, code: Term, cls: Term | None) -> None:
        if isinstance(code, NamedNode):
            record = _WIKIDATA.fullmatch(code.value)
            end = code.value.rstrip("/#").replace("#", "/").rpartition("/")[2]
            self._codes[thing].add(record[1] if record else end)
        elif isinstance(code, Literal) and (cls is None or _is_place(cls, code.value)):
            self._codes[thing].add(code.value)

    def countries(self) -> tuple[CountryThings, ...]:
        """Return the countries of the world with things of the graph."""
        # The outlines of the world take long to read, so they are read only if there are codes.
        if not any(_CODE.fullmatch(code) for own in self._codes.values() for code in own):
            return ()
        by_code = world.by_code()
        things: dict[str, list[NamedNode]] = defaultdict(list)
        within: dict[str, list[NamedNode]] = defaultdict(list)
        for thing, own in self._codes.items():
            named = {by_code[code].name for code in own if code in by_code}
            parts = filter(_CODE_OF_PART.fullmatch, own)
            above = {by_code[code[:2]].name for code in parts if code[:2] in by_code}
            for name in named:
                things[name].append(thing)
            for name in above - named:
                within[name].append(thing)
        return tuple(
            CountryThings(each, tuple(things[each.name]), tuple(within[each.name]))
            for each in world.countries()
            if each.name in things or each.name in within
        )


def _is_place(cls: Term, code: str) -> bool:
    """Tell whether the things of a class may have a code: countries, or their parts."""
    name = cls.value if isinstance(cls, NamedNode) else ""
    end = re.split(r"[/#]", name.rstrip("/#"))[-1]
    words = {word.lower() for word in _WORD.findall(end)}
    return not words.isdisjoint(_PART if _CODE_OF_PART.fullmatch(code) else _COUNTRY)
