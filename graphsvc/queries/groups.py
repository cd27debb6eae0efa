"""Groups of queries by what people want to know: who, when, where, what for, and so on.

Lists of queries on pages are grouped. A query names its group in its header; groups with a name of
the project's own come after the first one. In a group, queries with the tag ``start here`` come
first, then short ones before long ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from graphsvc import sparql
from graphsvc.phrases import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphsvc.queries.model import Query

START = "start here"
"""The tag of the queries that are wanted most."""

BEHIND_PAGES = Phrase("behind the pages")
"""The tag of the queries that the pages are made of: they are listed apart from all others."""

_FIRST = {"who": Phrase("Who")}
_LAST = {
    "when": Phrase("When"),
    "where": Phrase("Where"),
    "what-for": Phrase("What for"),
    "missing": Phrase("What is not said"),
    "about-the-data": Phrase("About the data"),
}
_TITLES = {**_FIRST, **_LAST, "": Phrase("Questions"), BEHIND_PAGES: BEHIND_PAGES}
_LATER = (*_LAST, "", BEHIND_PAGES)


@dataclass(frozen=True, slots=True)
class QueryGroup:
    """A group of queries, and its name."""

    title: str
    queries: tuple[Query, ...]


def grouped(queries: Iterable[Query]) -> tuple[QueryGroup, ...]:
    """Return queries by group; those without a group come last."""
    groups: dict[str, list[Query]] = {}
    for query in in_order(queries):
        groups.setdefault(_group(query), []).append(query)
    return tuple(
        QueryGroup(_title(name), tuple(groups[name])) for name in sorted(groups, key=_place)
    )


def in_order(queries: Iterable[Query]) -> list[Query]:
    """Return queries, those to start with first, short ones before long ones."""
    return sorted(queries, key=lambda each: (START not in each.tags, _length(each), each.name))


def related(query: Query, queries: Sequence[Query]) -> list[Query]:
    """Return the queries that share tags with a query, those with most of them first."""
    own = {*query.tags} - {START, BEHIND_PAGES}
    shared = {each.name: len(own & {*each.tags}) for each in queries}
    sharing = [each for each in in_order(queries) if shared[each.name] and each.name != query.name]
    return sorted(sharing, key=lambda each: -shared[each.name])


def _group(query: Query) -> str:
    return BEHIND_PAGES if BEHIND_PAGES in query.tags else query.group


def _title(name: str) -> str:
    return _TITLES.get(name) or name.replace("-", " ").capitalize()


def _place(name: str) -> tuple[int, str]:
    """Return the sort key of a group; groups of the project's own are sorted by name."""
    return (2 + _LATER.index(name) if name in _LATER else int(name not in _FIRST), name)


def _length(query: Query) -> int:
    return _words(query.text)


@lru_cache(maxsize=2048)
def _words(text: str) -> int:
    """Return how many words and other tokens a query has."""
    return len(sparql.code(text))
