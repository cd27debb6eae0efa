"""The queries by what people want to know: who, when, where, what for, and so on.

Lists of queries for people show them so. A query names its group in its header; groups with a name
of the project's own stand after the first one. In a group the queries with the tag ``start here``
stand first, then the short ones before the long ones.
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
    """The queries about one matter, and what it is called."""

    title: str
    queries: tuple[Query, ...]


def grouped(queries: Iterable[Query]) -> tuple[QueryGroup, ...]:
    """Return some queries by group; those of no group come after the others."""
    groups: dict[str, list[Query]] = {}
    for query in in_order(queries):
        groups.setdefault(_group(query), []).append(query)
    return tuple(
        QueryGroup(_title(name), tuple(groups[name])) for name in sorted(groups, key=_place)
    )


def in_order(queries: Iterable[Query]) -> list[Query]:
    """Return some queries, the most wanted first, the short ones before the long ones."""
    return sorted(queries, key=lambda each: (START not in each.tags, _length(each), each.name))


def related(query: Query, queries: Sequence[Query]) -> list[Query]:
    """Return the queries that have a tag of a query, those that share most of them first."""
    own = {*query.tags} - {START, BEHIND_PAGES}
    shared = {each.name: len(own & {*each.tags}) for each in queries}
    sharing = [each for each in in_order(queries) if shared[each.name] and each.name != query.name]
    return sorted(sharing, key=lambda each: -shared[each.name])


def _group(query: Query) -> str:
    return BEHIND_PAGES if BEHIND_PAGES in query.tags else query.group


def _title(name: str) -> str:
    return _TITLES.get(name) or name.replace("-", " ").capitalize()


def _place(name: str) -> tuple[int, str]:
    """Return the key that puts groups in order: those with a name of a project's own by name."""
    return (2 + _LATER.index(name) if name in _LATER else int(name not in _FIRST), name)


def _length(query: Query) -> int:
    return _words(query.text)


@lru_cache(maxsize=2048)
def _words(text: str) -> int:
    """Return how many words and signs a query has: what there is to read."""
    return len(sparql.code(text))
