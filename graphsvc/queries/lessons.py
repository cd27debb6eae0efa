"""The queries in an order that teaches: where to start, then from the short to the long.

Lists of queries for people show them so. A query stands under the first of its tags; those that
have the tag ``start here`` stand first, under that.
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
"""The tag of the queries with which to begin."""

BEHIND_PAGES = Phrase("behind the pages")
"""The tag of the queries that the pages are made of: they are shown after all others."""

_OTHERS = "other"


@dataclass(frozen=True, slots=True)
class Lesson:
    """The queries under one tag, the shortest first."""

    tag: str
    queries: tuple[Query, ...]


def lessons(queries: Iterable[Query]) -> tuple[Lesson, ...]:
    """Return some queries by tag: first those to start with, then the tags as they grow harder.

    Half of the queries under a tag are as easy as it is taken to be; what has no tag comes last.
    """
    groups: dict[str, list[Query]] = {}
    for query in in_order(queries):
        groups.setdefault(_tag(query), []).append(query)
    found = [Lesson(tag, tuple(group)) for tag, group in groups.items()]
    return tuple(sorted(found, key=_place))


def in_order(queries: Iterable[Query]) -> list[Query]:
    """Return some queries, the short ones before the long ones."""
    return sorted(queries, key=lambda each: (_length(each), each.name))


def related(query: Query, queries: Sequence[Query]) -> list[Query]:
    """Return the queries that have a tag of a query, those that share most of them first."""
    own = {*query.tags} - {START, BEHIND_PAGES}
    shared = {each.name: len(own & {*each.tags}) for each in queries}
    near = [each for each in in_order(queries) if shared[each.name] and each.name != query.name]
    return sorted(near, key=lambda each: -shared[each.name])


def _tag(query: Query) -> str:
    return START if START in query.tags else next(iter(query.tags), _OTHERS)


def _length(query: Query) -> int:
    return _words(query.text)


@lru_cache(maxsize=2048)
def _words(text: str) -> int:
    """Return how many words and signs a query has: what there is to read."""
    return len(sparql.code(text))


def _place(lesson: Lesson) -> tuple[bool, int, int, str]:
    middle = lesson.queries[len(lesson.queries) // 2]
    end = (_OTHERS, BEHIND_PAGES)
    at_the_end = 1 + end.index(lesson.tag) if lesson.tag in end else 0
    return (lesson.tag != START, at_the_end, _length(middle), lesson.tag)
