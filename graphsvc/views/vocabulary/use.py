"""The terms that a graph without an ontology of its own uses or declares, by their namespaces."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from graphsvc.namespaces import RDF
from graphsvc.views.vocabulary.model import CLASSES, NamespaceUse, UsedTerm
from graphsvc.views.vocabulary.ontology import kind_of, namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.namespaces import Prefixes
    from graphsvc.views.vocabulary.ontology import Ontology

MOST_OF_NAMESPACE = 500
"""The most terms of a namespace in the list."""

MOST_IN_USE = 2_000
"""The most terms in all lists, except the least number for each namespace."""
FEWEST_OF_NAMESPACE = 10
"""The least number of terms of a namespace that are listed in any case."""

MOST_NAMESPACES = 200
"""The most namespaces in the list."""


def used_terms(ontology: Ontology, prefixes: Prefixes, base: str) -> Iterator[NamespaceUse]:
    """Yield the namespaces: those under the base first, then those with the most uses.

    The terms of each are classes, then properties, those with the most uses first.
    """
    if ontology.borrowed:
        return
    prefix = {namespace: prefix for prefix, namespace in reversed([*prefixes.items()])}
    by_namespace: dict[str, list[UsedTerm]] = defaultdict(list)
    for term in _terms(ontology):
        by_namespace[namespace_of(term.term)].append(term)

    def rank(namespace: str) -> tuple[bool, int, str]:
        uses = sum(term.count for term in by_namespace[namespace])
        return (not namespace.startswith(base), -uses, namespace)

    left = MOST_IN_USE
    for namespace in sorted(by_namespace, key=rank)[:MOST_NAMESPACES]:
        terms = sorted(
            by_namespace[namespace],
            key=lambda each: (not each.is_class, -each.count, each.term.value),
        )
        listed = tuple(terms[: min(MOST_OF_NAMESPACE, max(left, FEWEST_OF_NAMESPACE))])
        left -= len(listed)
        yield NamespaceUse(prefix.get(namespace, ""), namespace, listed, len(terms) - len(listed))


def _terms(ontology: Ontology) -> Iterator[UsedTerm]:
    """Yield each term as a class, as a property, or as both, if it is used so."""
    terms = set()
    for used in ontology.used:
        terms.add(used.term)
        yield UsedTerm(used.term, used.kind == "class", used.count, used.term in ontology.declared)
    for term in sorted(ontology.declared - terms, key=str):
        types = ontology.axioms.values(term, RDF.type)
        yield UsedTerm(term, kind_of(types) == CLASSES, 0, is_declared=True)
