"""The data on a thing that is needed before its document: whether it exists, and its links.

Two standard statements say that a thing should not be used any more. ``owl:deprecated true``: it
still exists, but should not be used (https://www.w3.org/TR/owl2-syntax/#Annotation_Properties).
``prov:invalidatedAtTime``: it no longer exists, and its page is a tombstone
(https://www.w3.org/TR/prov-o/#invalidatedAtTime). ``dcterms:isReplacedBy`` names the replacement,
``skos:changeNote`` the reason.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.namespaces import DCTERMS, NIF, OWL, PROV, RDF, SCHEMA, SKOS
from graphsvc.views.queries import view_query

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph

HEAD = view_query("thing/head")
EXISTING = view_query("thing/known")


@dataclass(frozen=True, slots=True)
class Head:
    """The targets of typed links of a thing, and whether it is in use.

    ``texts`` are the texts of a passage. ``withdrawn`` is the lexical form of the time of the
    withdrawal, or None.
    """

    iri: str
    types: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    is_deprecated: bool = False
    withdrawn: str | None = None
    replacements: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


def head(graph: Graph, iri: str) -> Head | None:
    """Return the head of a thing; None if it does not occur in the graph."""
    node = _node(iri)
    if node is None:
        return None
    values: dict[Term, list[Term]] = defaultdict(list)
    for row in graph.rows(HEAD.bind({"thing": node})):
        values[row["property"]].append(row["value"])
    if not values:
        return Head(iri) if is_known(graph, iri) or graph.addresses.has_parts(iri) else None
    times = _words(values[PROV.invalidatedAtTime])
    return Head(
        iri=iri,
        types=_iris(values[RDF.type]),
        licences=_iris(values[DCTERMS.license] + values[SCHEMA.license]),
        authors=_iris(values[DCTERMS.creator] + values[SCHEMA.author]),
        texts=_iris(values[NIF.referenceContext]),
        is_deprecated=not {"true", "1"}.isdisjoint(_words(values[OWL.deprecated])),
        withdrawn=times[0] if times else None,
        replacements=_iris(values[DCTERMS.isReplacedBy]),
        reasons=_words(values[SKOS.changeNote]),
    )


def is_known(graph: Graph, iri: str) -> bool:
    """Tell whether a thing occurs in the graph, or is the name of a named graph."""
    return bool(filter_known(graph, [iri]))


def filter_known(graph: Graph, iris: Iterable[str]) -> frozenset[str]:
    """Return the IRIs that occur in the graph; strings that are no IRI are left out."""
    nodes = [node for iri in iris if (node := _node(iri)) is not None]
    rows = graph.rows(EXISTING.bind({"thing": nodes}))
    return frozenset(row["thing"].value for row in rows if isinstance(row["thing"], NamedNode))


def _node(iri: str) -> NamedNode | None:
    try:
        return NamedNode(iri)
    except ValueError:
        return None


def _iris(terms: list[Term]) -> tuple[str, ...]:
    return tuple(sorted({term.value for term in terms if isinstance(term, NamedNode)}))


def _words(terms: list[Term]) -> tuple[str, ...]:
    return tuple(term.value for term in sorted(terms, key=str) if isinstance(term, Literal))
