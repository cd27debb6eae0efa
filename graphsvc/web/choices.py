"""The choices for the parameters of a query: the matching things with their names."""

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

#: The longest list of choices; among more things, the reader searches by name.
_MOST = 300

_LONGEST = 90


@dataclass(frozen=True, slots=True)
class ParameterChoice:
    """A thing that may be chosen; ``place`` is its sort key, which puts passages first."""

    iri: str
    label: str
    language: str | None
    place: tuple[float, str, str]


def choices(query: Query) -> Mapping[str, tuple[ParameterChoice, ...]]:
    """Return the things for which the query has an answer, for each parameter that is an IRI.

    The query itself is evaluated, with these parameters unbound; the values in their columns are
    the choices. If no pattern binds a parameter, or there are too many values, nothing is listed.
    """
    is_open = [name for name, param in query.params.items() if param.type == "iri"]
    bound = {name: term for name, term in query.bindings({}).items() if name not in is_open}
    terms_by_name = {name: _fitting(query.text, name, bound) for name in is_open}
    return {name: _named(terms) for name, terms in terms_by_name.items() if len(terms) <= _MOST}


def _fitting(text: str, name: str, bound: Mapping[str, Term]) -> list[Term | None]:
    query = values_query(text, name, bound, _MOST + 1)
    if query is None:
        return []
    # The choices only help to fill in the form: if the query takes too long, there are none.
    with suppress(GraphsvcError):
        return [row[0] for row in site().store.select(query, bound).rows]
    return []


def choice(term: Term) -> ParameterChoice | None:
    """Return a chosen thing with its name; None if the term is no thing."""
    return next(iter(_named([term])), None)


def _named(terms: Iterable[Term | None]) -> tuple[ParameterChoice, ...]:
    choices_of_terms = map(_choice, name_choices(site().graph, terms, labels()))
    return tuple(sorted(choices_of_terms, key=lambda each: each.place))


def _choice(named_choice: NamedChoice) -> ParameterChoice:
    iri, passage, named = named_choice.thing.value, named_choice.passage, named_choice.named
    if passage is not None:
        label = shortened(f"{passage.name} · {passage.quote}", _LONGEST)
        return ParameterChoice(iri, label, passage.language, (passage.order[0], label, iri))
    # A thing outside the graph is shown by its whole IRI.
    label = shortened(iri if named is None else named.label, _LONGEST)
    language = None if named is None else named.language
    return ParameterChoice(iri, label, language, (inf, label.casefold(), iri))
