"""Claims: the passages that state a fact, in RDF 1.1 and in RDF 1.2.

A claim is a fact as stated in one passage. Its IRI is a fragment of the passage's IRI, so that it
leads to the document of the passage without a look-up table.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode, Triple

from graphsvc.namespaces import PROV, RDF
from graphsvc.views.model import claim_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from pyoxigraph import Quad

    from graphsvc.store.base import Term


def as_statements(quads: Iterable[Quad], passages: Collection[NamedNode]) -> Iterator[Triple]:
    """Yield the claims as instances of ``rdf:Statement``, for RDF 1.1.

    This includes reifiers, since RDF 1.1 has no triple terms.
    https://www.w3.org/TR/rdf-schema/#ch_reificationvocab
    """
    all_quads = list(quads)
    claims = ((claim, quad.triple) for claim, quad in _claims(all_quads, passages))
    for node, triple in chain(claims, _reifiers(all_quads)):
        yield Triple(node, RDF.type, RDF.Statement)
        yield Triple(node, RDF.subject, triple.subject)
        yield Triple(node, RDF.predicate, triple.predicate)
        yield Triple(node, RDF.object, triple.object)


def sources(quads: Iterable[Quad], passages: Collection[NamedNode]) -> Iterator[Triple]:
    """Yield the passage of each claim.

    https://www.w3.org/TR/prov-o/#hadPrimarySource
    """
    for claim, quad in _claims(quads, passages):
        if isinstance(quad.graph_name, NamedNode):
            yield Triple(claim, PROV.hadPrimarySource, quad.graph_name)


def as_reifiers(quads: Iterable[Quad], passages: Collection[NamedNode]) -> Iterator[Triple]:
    """Yield the claims as reifiers of triple terms, for RDF 1.2.

    A derivation is a reifier too: of the fact that it derives.
    https://www.w3.org/TR/rdf12-concepts/#section-triple-terms-reification
    """
    all_quads = list(quads)
    for claim, quad in _claims(all_quads, passages):
        yield Triple(claim, RDF.reifies, quad.triple)
    for node, triple in _statements(all_quads):
        yield Triple(node, RDF.reifies, triple)


def _claims(
    quads: Iterable[Quad], passages: Collection[NamedNode]
) -> Iterator[tuple[NamedNode, Quad]]:
    for quad in quads:
        if isinstance(quad.graph_name, NamedNode) and quad.graph_name in passages:
            yield NamedNode(f"{quad.graph_name.value}#{claim_name(quad)}"), quad


def _reifiers(quads: Iterable[Quad]) -> Iterator[tuple[NamedNode | BlankNode, Triple]]:
    """Yield the reifiers with their triples."""
    for quad in (quad for quad in quads if quad.predicate == RDF.reifies):
        node, triple = quad.subject, quad.object
        if isinstance(node, NamedNode | BlankNode) and isinstance(triple, Triple):
            yield node, triple


def _statements(quads: Iterable[Quad]) -> Iterator[tuple[NamedNode, Triple]]:
    """Yield the nodes with subject, predicate and object, and their triples."""
    parts: dict[Term, dict[NamedNode, Term]] = defaultdict(dict)
    for quad in quads:
        if quad.predicate in (RDF.subject, RDF.predicate, RDF.object):
            parts[quad.subject][quad.predicate] = quad.object
    for node, part in parts.items():
        subject, predicate, value = map(part.get, (RDF.subject, RDF.predicate, RDF.object))
        if (
            isinstance(node, NamedNode)
            and isinstance(subject, NamedNode | BlankNode)
            and isinstance(predicate, NamedNode)
            and value is not None
        ):
            yield node, Triple(subject, predicate, value)
