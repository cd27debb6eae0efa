"""The structured data of a page for search engines: its thing in terms of schema.org.

The alignments of the ontology decide: a class or property becomes the term of schema.org that it is
under, equivalent to, or matched with. A few terms of other standard vocabularies, which ontologies
use without alignments, have their counterparts here. https://schema.org/docs/gs.html
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import Literal, NamedNode

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
from graphsvc.views.dataset import downloads
from graphsvc.views.queries import view_query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Table, Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Dataset, Named
    from graphsvc.views.thing import Thing

Json: TypeAlias = "str | int | list[Json] | dict[str, Json]"

_ORG = Namespace("http://www.w3.org/ns/org#")
_CONTEXT = "https://schema.org"

#: Counterparts of terms of other standard vocabularies.
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

STEPS = view_query("structured/steps")


class Alignments:
    """The names of the graph's terms in schema.org."""

    def __init__(self, rows: Callable[[BoundQuery], Table]) -> None:
        """Read them with a function that answers queries."""
        self._next: dict[Term, set[Term]] = defaultdict(set)
        for row in rows(STEPS.bind({})):
            self._next[row["term"]].add(row["next"])

    def of(self, term: Term) -> list[str]:
        """Return the names of a term in schema.org, only the closest ones."""
        level, visited = {term}, {term}
        while level:
            names = sorted({name for each in level if (name := _name(each))})
            if names:
                return names
            level = {above for each in level for above in self._next.get(each, ())} - visited
            visited |= level
        return []


@dataclass(frozen=True, slots=True)
class Publication:
    """The address of a page, and its dataset."""

    address: str
    dataset: Dataset


@dataclass(frozen=True, slots=True)
class PageSubject:
    """The subject of a page: its label and other names, its classes, and its facts."""

    iri: str
    label: str
    names: tuple[str, ...]
    types: tuple[Term, ...]
    facts: tuple[tuple[Term, Named], ...]


def subject_of(thing: Thing) -> PageSubject:
    """Return the subject of the page of a thing."""
    return PageSubject(
        iri=thing.iri,
        label=thing.label,
        names=thing.names,
        types=tuple(fact.other.term for fact in thing.types),
        facts=tuple((fact.triple.predicate, fact.other) for _, fact in thing.facts),
    )


def thing_as_json(subject: PageSubject, alignments: Alignments, publication: Publication) -> Json:
    """Return the subject of a page as JSON-LD in terms of schema.org.

    Facts without a term of schema.org are left out.
    """
    values_by_name: dict[str, list[Json]] = defaultdict(list)
    for prop, value in subject.facts:
        for name in alignments.of(prop):
            _add(values_by_name, name, _value(value))
    types = {name: None for each in subject.types for name in alignments.of(each)}
    for name in subject.names:
        _add(values_by_name, "alternateName", name)
    values_by_name.pop("name", None)
    thing: dict[str, Json] = {
        "@context": _CONTEXT,
        "@id": subject.iri,
        "@type": _single([*types] or ["Thing"]),
        "name": subject.label,
    }
    thing |= {name: _single(values) for name, values in sorted(values_by_name.items())}
    thing["mainEntityOfPage"] = _page(publication)
    return thing


def dataset_as_json(graph: Graph, publication: Publication, modified: str) -> Json:
    """Return the dataset in terms of schema.org, with its downloads.

    https://developers.google.com/search/docs/appearance/structured-data/dataset
    """
    dataset = publication.dataset
    document: dict[str, Json] = {
        "@context": _CONTEXT,
        "@type": "Dataset",
        "name": dataset.title,
        "url": publication.address,
        "dateModified": modified,
    }
    document |= {"description": dataset.description} if dataset.description else {}
    document |= {"license": dataset.licence} if dataset.licence else {}
    if dataset.iri is None:
        return document
    document["@id"] = dataset.iri
    files: list[Json] = [
        {
            "@type": "DataDownload",
            "contentUrl": address,
            "encodingFormat": media_type.removeprefix(_IANA),
        }
        for address, media_type in downloads(graph)
    ]
    return document | ({"distribution": files} if files else {})


_IANA = "https://www.iana.org/assignments/media-types/"


def _name(term: Term) -> str | None:
    if not isinstance(term, NamedNode):
        return None
    for space in (str(SCHEMA), "http://schema.org/"):
        if term.value.startswith(space):
            return term.value.removeprefix(space)
    return _STANDARD.get(term)


def _value(other: Named) -> Json:
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


def _add(values_by_name: dict[str, list[Json]], name: str, value: Json) -> None:
    # For these properties schema.org expects an address.
    if name in ("sameAs", "license") and isinstance(value, dict):
        value = value["@id"]
    if value not in values_by_name[name]:
        values_by_name[name].append(value)


def _single(values: Iterable[Json]) -> Json:
    listed = list(values)
    return listed[0] if len(listed) == 1 else listed
