"""The examples beside the editor: the queries of the release, ready to run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from graphsvc.errors import UnknownQuery
from graphsvc.queries.binding import with_values
from graphsvc.queries.groups import grouped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsvc.queries import Query
    from graphsvc.web.site import Site


@dataclass(frozen=True, slots=True)
class Example:
    """A query that can be loaded into the editor."""

    name: str
    summary: str
    text: str


@lru_cache(maxsize=4)
def examples(site: Site) -> Mapping[str, tuple[Example, ...]]:
    """Return the queries of a site by group."""
    prefixes = site.release.prefixes
    return {
        group.title: tuple(_example(query, prefixes) for query in group.queries)
        for group in grouped(site.queries)
    }


def example(site: Site, name: str) -> Example:
    """Return the example of this name.

    Errors: UnknownQuery.
    """
    for group in examples(site).values():
        for each in group:
            if each.name == name:
                return each
    raise UnknownQuery(
        f"There is no example named “{name}”.", remedy="Choose one of those beside the editor."
    )


def _example(query: Query, prefixes: Mapping[str, str]) -> Example:
    heading = f"# {query.summary}\n" if query.summary else ""
    filled = f"{heading}{with_values(query.body.strip(), query.bindings({}, prefixes))}\n"
    return Example(query.name, query.summary, filled)
