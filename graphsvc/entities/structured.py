"""What a page says to search engines: its thing in the words of schema.org.

The ontology's alignments decide: a class or property counts as whatever of schema.org it is under,
equivalent to, or matched with. A few terms of other standard vocabularies, which ontologies use
as they are, have their counterparts here. https://schema.org/docs/gs.html
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import Literal, NamedNode

from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import (
    DCTERMS,
    FOAF,
    NIF,
    OA,
    OWL,
    RDFS,
    SCHEMA,
    SKOS,
    VOID,
    XSD,
    Namespace,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.model import Dataset, Fact, Named
    from graphsvc.store.base import Term
    from graphsvc.views.thing import Thing

Json: TypeAlias = "str | int | list[Json] | dict[str, Json]"

_ORG = Namespace("http://www.w3.org/ns/org#")
_CONTEXT = "https://schema.org"

#: Counterparts of terms that are standards themselves.
_STANDARD: Mapping[NamedNode, str] = {
    FOAF.Person: "Person",
    FOAF.Organization: "Organization",
    _ORG.Organization: "Organization",
    SKOS.Concept: "DefinedTerm",
    SKOS.ConceptScheme: "DefinedTermSet",
    VOID.Dataset: "Dataset",
    NIF.String: "Quotation",
    FOAF.Document: "CreativeWork",
    OWL.sameAs: "sameAs",
    SKOS.exactMatch: "sameAs",
    SKOS.inScheme: "inDefinedTermSet",
    SKOS.definition: "description",
    RDFS.comment: "description",
    DCTERMS.description: "description",
    DCTERMS.publisher: "publisher",
    DCTERMS.creator: "creator",
    DCTERMS.license: "license",
    DCTERMS.created: "dateCreated",
    DCTERMS.modified: "dateModified",
    DCTERMS.identifier: "identifier",
    NIF.referenceContext: "isPartOf",
    OA.exact: "text",
}

# The steps from a term to one that says at least nearly the same of at least the same things.
_STEPS = (
    PROLOGUE
    + """
SELECT DISTINCT ?term ?next WHERE {
  VALUES ?step {
    rdfs:subClassOf rdfs:subPropertyOf owl:equivalentClass owl:equivalentProperty
    skos:exactMatch skos:closeMatch
  }
  ?term ?step ?next .
  FILTER(isIRI(?term) && isIRI(?next))
}
"""
)

_DOWNLOADS = (
    PROLOGUE
    + """
PREFIX dcat: <http://www.w3.org/ns/dcat#>
SELECT DISTINCT ?dataset ?url ?type WHERE {
  ?dataset dcat:distribution ?distribution .
  ?distribution dcat:downloadURL ?url ; dcat:mediaType ?type .
}
ORDER BY ?url
"""
)


class Alignments:
    """What the terms of the graph are called in schema.org."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._next: dict[Term, set[Term]] = defaultdict(set)
        for row in catalogue.store.select(_STEPS):
            self._next[row["term"]].add(row["next"])

    def of(self, term: Term) -> list[str]:
        """Return the names that schema.org has for a term, the closest ones only."""
        level, seen = {term}, {term}
        while level:
            names = sorted({name for each in level if (name := _name(each))})
            if names:
                return names
            level = {above for each in level for above in self._next.get(each, ())} - seen
            seen |= level
        return []


@dataclass(frozen=True, slots=True)
class Publication:
    """Where the page is, and of what it is a part."""

    address: str
    dataset: Dataset


def about(entity: Thing, alignments: Alignments, publication: Publication) -> Json:
    """Return a thing as JSON-LD in the words of schema.org.

    Facts that it has no word for stay out.
    """
    found: dict[str, list[Json]] = defaultdict(list)
    facts = (fact for group in entity.groups for entry in group.properties for fact in entry.facts)
    for fact in facts:
        for name in alignments.of(fact.triple.predicate):
            _add(found, name, _value(fact))
    types = {name: None for fact in entity.types for name in alignments.of(fact.other.term)}
    for name in entity.names:
        _add(found, "alternateName", name)
    found.pop("name", None)
    thing: dict[str, Json] = {
        "@context": _CONTEXT,
        "@id": entity.iri,
        "@type": _single([*types] or ["Thing"]),
        "name": entity.label,
    }
    thing |= {name: _single(values) for name, values in sorted(found.items())}
    thing["mainEntityOfPage"] = _page(publication)
    return thing


def whole(catalogue: Catalogue, publication: Publication, modified: str) -> Json:
    """Return the dataset in the words of schema.org, with what of it can be downloaded.

    https://developers.google.com/search/docs/appearance/structured-data/dataset
    """
    dataset = publication.dataset
    told: dict[str, Json] = {
        "@context": _CONTEXT,
        "@type": "Dataset",
        "name": dataset.title,
        "url": publication.address,
        "dateModified": modified,
    }
    told |= {"description": dataset.description} if dataset.description else {}
    told |= {"license": dataset.licence} if dataset.licence else {}
    if dataset.iri is None:
        return told
    told["@id"] = dataset.iri
    rows = catalogue.store.select(_DOWNLOADS, {"dataset": NamedNode(dataset.iri)})
    downloads: list[Json] = [
        {
            "@type": "DataDownload",
            "contentUrl": _words(row["url"]),
            "encodingFormat": _words(row["type"]).removeprefix(_IANA),
        }
        for row in rows
    ]
    return told | ({"distribution": downloads} if downloads else {})


_IANA = "https://www.iana.org/assignments/media-types/"


def _name(term: Term) -> str | None:
    if not isinstance(term, NamedNode):
        return None
    for space in (str(SCHEMA), "http://schema.org/"):
        if term.value.startswith(space):
            return term.value.removeprefix(space)
    return _STANDARD.get(term)


def _value(fact: Fact) -> Json:
    other = fact.other
    if other.iri is None:
        return _plain(other)
    named = other.label and not other.iri.endswith(other.label)
    return {"@id": other.iri, "name": other.label} if named else {"@id": other.iri}


def _plain(value: Named) -> Json:
    term = value.term
    is_number = isinstance(term, Literal) and term.datatype == XSD.integer
    return int(value.label) if is_number and value.label.lstrip("-").isdigit() else value.label


def _page(publication: Publication) -> Json:
    dataset = publication.dataset
    page: dict[str, Json] = {"@type": "AboutPage", "@id": publication.address}
    if dataset.licence:
        page["license"] = dataset.licence
    if dataset.iri:
        page["isPartOf"] = {"@type": "Dataset", "@id": dataset.iri, "name": dataset.title}
    return page


def _words(term: Term) -> str:
    return str(getattr(term, "value", term))


def _add(found: dict[str, list[Json]], name: str, value: Json) -> None:
    # What has an address of its own is named by it where schema.org wants one.
    if name in ("sameAs", "license") and isinstance(value, dict):
        value = value["@id"]
    if value not in found[name]:
        found[name].append(value)


def _single(values: Iterable[Json]) -> Json:
    listed = list(values)
    return listed[0] if len(listed) == 1 else listed
