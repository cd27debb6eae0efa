"""The examples beside the editor: the queries of the release, ready to run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from graphsvc import sparql
from graphsvc.errors import UnknownQuery
from graphsvc.queries.binding import serialised
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
    filled = f"{heading}{_with_values(query.body.strip(), query, prefixes)}\n"
    return Example(query.name, query.summary, filled)


def _with_values(text: str, query: Query, prefixes: Mapping[str, str]) -> str:
    """Return the query with its parameters bound to their examples, which the user can change.

    The values are first in the pattern, so that filters see them like bound parameters:
    https://www.w3.org/TR/sparql11-query/#inline-data
    """
    if not query.params:
        return text
    params = query.params.values()
    names = " ".join(f"?{param.name}" for param in params)
    terms = " ".join(serialised(param.term(param.example, prefixes)) for param in params)
    values = f"VALUES ({names}) {{ ({terms}) }}"
    for word, brace in pairwise(sparql.code(text)):
        if word.text.upper() == "WHERE" and brace.text == "{":
            return f"{text[: brace.end]}\n  {values}{text[brace.end :]}"
    return f"{text}\n{values}"
