"""What it takes to cite a claim or a thing of the graph: its words, its source, its release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode, Triple

from graphsvc.entities.describe import called, known
from graphsvc.entities.evidence import QUOTE_CLAUSE, passages
from graphsvc.entities.labels import LABEL_CLAUSE, Labels, spelled
from graphsvc.entities.model import claim_name
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.errors import UnknownEntity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.model import Named, Passage
    from graphsvc.store.base import Term

_STATEMENTS = """
SELECT DISTINCT ?graph ?subject ?property ?value WHERE {
  GRAPH ?graph { ?subject ?property ?value }
}
"""

# A derivation is a statement of its own: https://www.w3.org/TR/rdf11-mt/#reification
_DERIVED = (
    PROLOGUE
    + """
SELECT DISTINCT ?graph ?subject ?property ?value WHERE {
  ?graph rdf:subject ?subject ; rdf:predicate ?property ; rdf:object ?value
}
"""
)

_LABELS = PROLOGUE + f"SELECT DISTINCT ?thing ?rank ?label WHERE {{ {LABEL_CLAUSE} }}"

_QUOTES = PROLOGUE + f"SELECT DISTINCT ?passage ?quote ?number WHERE {{ {QUOTE_CLAUSE} }}"

_DERIVED_FROM = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?derivation ?passage ?quote ?number WHERE {{
  ?derivation prov:wasDerivedFrom ?passage .
  {QUOTE_CLAUSE}
}}
"""
)

_MAKERS = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?dataset ?thing ?rank ?label WHERE {{
  ?dataset dcterms:creator|dcterms:publisher ?thing .
  OPTIONAL {{ {LABEL_CLAUSE} }}
}}
"""
)


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
    derived = list(_triples(catalogue.store.select(_DERIVED, {"graph": node})))
    if derived:
        bound = {"derivation": node}
        rests_on = passages(catalogue.store.select(_DERIVED_FROM, bound)).values()
        return _claim(catalogue, iri, derived[0], tuple(rests_on), language)
    own = tuple(passages(catalogue.store.select(_QUOTES, {"passage": node})).values())
    return Cited(iri, about, None, own, _source(catalogue, own, language))


def cited_claim(catalogue: Catalogue, claim: str, subject: str | None, language: str) -> Cited:
    """Return what to cite a claim by: a graph's IRI and, as its fragment, the claim's name.

    ``subject`` narrows the search in a graph that holds many claims. Errors: UnknownEntity.
    """
    graph, _, name = claim.partition("#")
    bound: dict[str, Term] = {"graph": NamedNode(graph)}
    if subject is not None:
        bound["subject"] = NamedNode(subject)
    elif graph not in catalogue.positions:
        raise UnknownEntity(claim)
    for triple in _triples(catalogue.store.select(_STATEMENTS, bound)):
        if claim_name(triple) == name:
            own = passages(catalogue.store.select(_QUOTES, {"passage": NamedNode(graph)})).values()
            return _claim(catalogue, claim, triple, tuple(own), language)
    raise UnknownEntity(claim)


def makers(catalogue: Catalogue, dataset: str | None, language: str) -> list[str]:
    """Return the names of those who made a dataset; without a label, the ends of their IRIs."""
    if dataset is None:
        return []
    rows = list(catalogue.store.select(_MAKERS, {"dataset": NamedNode(dataset)}))
    labels = Labels.read(row for row in rows if "label" in row)
    found = {row["thing"] for row in rows if "thing" in row}
    return sorted((labels.name(node, language) or spelled(node)).label for node in found)


def _triples(rows: Iterable[Mapping[str, Term]]) -> Iterator[Triple]:
    for row in rows:
        subject, predicate = row["subject"], row["property"]
        if isinstance(subject, NamedNode | BlankNode) and isinstance(predicate, NamedNode):
            yield Triple(subject, predicate, row["value"])


def _claim(
    catalogue: Catalogue, iri: str, triple: Triple, own: tuple[Passage, ...], language: str
) -> Cited:
    about = _named(catalogue, triple.subject, language)
    words = (
        about,
        catalogue.term(triple.predicate, language),
        _named(catalogue, triple.object, language),
    )
    ordered = tuple(sorted(own, key=lambda entry: entry.order))
    return Cited(iri, about, words, ordered, _source(catalogue, ordered, language))


def _named(catalogue: Catalogue, term: Term, language: str) -> Named:
    if not isinstance(term, NamedNode):
        return spelled(term)
    labels = Labels.read(catalogue.store.select(_LABELS, {"thing": term}))
    return labels.name(term, language) or spelled(term)


def _source(catalogue: Catalogue, own: tuple[Passage, ...], language: str) -> Named | None:
    positions = catalogue.positions
    text = next((positions[entry.iri].text for entry in own if entry.iri in positions), None)
    return None if text is None else called(catalogue, text, language)
