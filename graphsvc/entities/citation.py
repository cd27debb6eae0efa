"""What it takes to cite a claim or a thing of the graph: its words, its source, its release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode, Triple

from graphsvc.entities.describe import called, known
from graphsvc.entities.evidence import quoted
from graphsvc.entities.model import claim_name
from graphsvc.errors import UnknownEntity
from graphsvc.namespaces import DCTERMS, PROV, RDF

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.model import Named, Passage

_MAKERS = (DCTERMS.creator, DCTERMS.publisher)


@dataclass(frozen=True, slots=True)
class Cited:
    """What is cited: ``statement`` are the words of a claim, empty for a thing.

    ``passages`` state the claim, or are what it was inferred from; ``source`` is their text.
    """

    iri: str
    about: Named
    statement: tuple[Named, Named, Named] | None
    passages: tuple[Passage, ...]
    source: Named | None

    @property
    def title(self) -> str:
        """Return the words of the claim, or the name of the thing."""
        return ": ".join(part.label for part in self.statement or (self.about,))


def cited_thing(catalogue: Catalogue, iri: str, language: str) -> Cited:
    """Return what to cite a thing by; a derivation is cited as what it derives.

    Errors: UnknownEntity.
    """
    if not known(catalogue.near, iri):
        raise UnknownEntity(iri)
    node = NamedNode(iri)
    about = called(catalogue, iri, language)
    derived = _derived(catalogue, node)
    if derived is not None:
        sources = (quad.object for quad in catalogue.near.triples(node, PROV.wasDerivedFrom))
        return _claim(catalogue, iri, derived, quoted(catalogue, sources).values(), language)
    own = tuple(quoted(catalogue, [node]).values())
    return Cited(iri, about, None, own, _source(catalogue, own, language))


def cited_claim(catalogue: Catalogue, claim: str, subject: str | None, language: str) -> Cited:
    """Return what to cite a claim by: a graph's IRI and, as its fragment, the claim's name.

    ``subject`` narrows the search in a graph that holds many claims. Errors: UnknownEntity.
    """
    graph, _, name = claim.partition("#")
    if subject is None and graph not in catalogue.positions:
        raise UnknownEntity(claim)
    about = None if subject is None else NamedNode(subject)
    for quad in catalogue.near.quads(graph, subject=about):
        if claim_name(quad) == name:
            own = quoted(catalogue, [quad.graph_name]).values()
            return _claim(catalogue, claim, quad.triple, own, language)
    raise UnknownEntity(claim)


def makers(catalogue: Catalogue, dataset: str | None, language: str) -> list[str]:
    """Return the names of those who made a dataset; without a label, the ends of their IRIs."""
    if dataset is None:
        return []
    node = NamedNode(dataset)
    found = {quad.object for each in _MAKERS for quad in catalogue.near.triples(node, each)}
    return sorted(catalogue.name(maker, language).label for maker in found)


def _derived(catalogue: Catalogue, node: NamedNode) -> Triple | None:
    """Return the fact that a node derives, None if it is no derivation.

    A derivation is a statement of its own: https://www.w3.org/TR/rdf11-mt/#reification
    """
    subject, predicate, value = (
        next((quad.object for quad in catalogue.near.triples(node, part)), None)
        for part in (RDF.subject, RDF.predicate, RDF.object)
    )
    if (
        isinstance(subject, NamedNode | BlankNode)
        and isinstance(predicate, NamedNode)
        and value is not None
    ):
        return Triple(subject, predicate, value)
    return None


def _claim(
    catalogue: Catalogue, iri: str, triple: Triple, own: Iterable[Passage], language: str
) -> Cited:
    about = catalogue.name(triple.subject, language)
    words = (
        about,
        catalogue.term(triple.predicate, language),
        catalogue.name(triple.object, language),
    )
    ordered = tuple(sorted(own, key=lambda entry: entry.order))
    return Cited(iri, about, words, ordered, _source(catalogue, ordered, language))


def _source(catalogue: Catalogue, own: tuple[Passage, ...], language: str) -> Named | None:
    positions = catalogue.positions
    text = next((positions[entry.iri].text for entry in own if entry.iri in positions), None)
    return None if text is None else called(catalogue, text, language)
