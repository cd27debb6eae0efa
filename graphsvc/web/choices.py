"""What may be chosen for the parameters of a query: the things that fit, under their names."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from graphsvc.errors import GraphsvcError
from graphsvc.queries.parameter_values import values_query
from graphsvc.views.choices import name_choices
from graphsvc.web.languages import labels
from graphsvc.web.parts import shortened
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphsvc.queries import Query
    from graphsvc.store.base import Term
    from graphsvc.views.choices import NamedChoice

#: Among more than these nobody finds anything in a list: they are sought by name.
_MOST = 300

_LONGEST = 90


@dataclass(frozen=True, slots=True)
class ParameterChoice:
    """A thing that may be chosen: ``place`` is where it stands among others, passages first."""

    iri: str
    label: str
    language: str | None
    place: tuple[float, str, str]


def choices(asked: Query) -> Mapping[str, tuple[ParameterChoice, ...]]:
    """Return for each parameter that is an IRI the things that the query has an answer for.

    The query itself is asked, with these parameters left open: what it then finds in their
    columns fits. Where no pattern binds a parameter, or too much fits, there is nothing to list.
    """
    is_open = [name for name, param in asked.params.items() if param.type == "iri"]
    bound = {name: term for name, term in asked.bindings({}).items() if name not in is_open}
    found = {name: _fitting(asked.text, name, bound) for name in is_open}
    return {name: _named(terms) for name, terms in found.items() if len(terms) <= _MOST}


def _fitting(text: str, name: str, bound: Mapping[str, Term]) -> list[Term | None]:
    query = values_query(text, name, bound, _MOST + 1)
    if query is None:
        return []
    # Only a help to whoever fills in the form: what takes too long is done without.
    with suppress(GraphsvcError):
        return [row[0] for row in site().store.select(query, bound).rows]
    return []


def choice(term: Term) -> ParameterChoice | None:
    """Return what was chosen under its name; nothing if it is no thing."""
    return next(iter(_named([term])), None)


def _named(terms: Iterable[Term | None]) -> tuple[ParameterChoice, ...]:
    found = map(_choice, name_choices(site().graph, terms, labels()))
    return tuple(sorted(found, key=lambda each: each.place))


def _choice(found: NamedChoice) -> ParameterChoice:
    iri, passage, named = found.thing.value, found.passage, found.named
    if passage is not None:
        label = shortened(f"{passage.name} · {passage.quote}", _LONGEST)
        return ParameterChoice(iri, label, passage.language, (passage.order[0], label, iri))
    # Of what is not in the graph the end of the IRI would say less than the whole.
    label = shortened(iri if named is None else named.label, _LONGEST)
    language = None if named is None else named.language
    return ParameterChoice(iri, label, language, (inf, label.casefold(), iri))
