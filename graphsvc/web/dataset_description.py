"""The description of the dataset for catalogues and crawlers: VoID and DCAT 3.

The graph has the statements that follow from its quads (see ``graphsvc.datasets`` and
``graphsvc.statistics``). This module adds what follows from the files of the releases and from the
host: the dumps with their sizes and checksums, the releases, the endpoint, the catalogue. IRIs have
the base of the graph, addresses that of the host, so that clients can use them with any base.
https://www.w3.org/TR/vocab-dcat-3/, https://www.w3.org/TR/void/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, request, url_for
from pyoxigraph import Literal, NamedNode, Triple

from graphsvc.namespaces import DCAT, DCTERMS, FOAF, RDF, VOID, XSD, Namespace
from graphsvc.views.dataset import agents, statements
from graphsvc.web import lineage
from graphsvc.web.distributions import address_of_served, distributions
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import Quad

    from graphsvc.store.base import Term

_SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
_VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
_PROTOCOL = NamedNode("https://www.w3.org/TR/sparql11-protocol/")

#: Properties of the dataset that are repeated for its catalogue and its parts.
_PASSED_ON = (DCTERMS.license, DCTERMS.publisher, DCTERMS.rights)


def graph_statements() -> list[Quad]:
    """Return the statements of the graph about the dataset and its parts."""
    return statements(site().graph, "dataset")


def service_statements(iri: str) -> list[Triple]:
    """Return the additional statements about the dataset, from the release and the host."""
    dataset = NamedNode(iri)
    stated = list(dict.fromkeys(quad.triple for quad in graph_statements()))
    passed_on = [
        (triple.predicate, triple.object)
        for triple in stated
        if triple.subject == dataset and triple.predicate in _PASSED_ON
    ]
    triples = [*agents(site().graph), *_dataset(dataset, stated), *_service(dataset, passed_on)]
    triples.extend(_catalogue(dataset, passed_on))
    of_parts = [each for each in passed_on if each[0] != DCTERMS.publisher]
    triples.extend(distributions(dataset, site().release, address_of_served, of_parts))
    triples.extend(lineage.of_dataset(dataset))
    existing = set(stated)
    return [triple for triple in dict.fromkeys(triples) if triple not in existing]


def _dataset(dataset: NamedNode, stated: list[Triple]) -> Iterator[Triple]:
    yield Triple(dataset, DCAT.landingPage, _home())
    yield Triple(dataset, VOID.sparqlEndpoint, _endpoint())
    has = {triple.predicate for triple in stated if triple.subject == dataset}
    # Statements of the project have precedence.
    if DCAT.version not in has:
        yield Triple(dataset, DCAT.version, Literal(site().release.id))
    for predicate in (DCTERMS.issued, DCTERMS.modified):
        if predicate not in has:
            yield Triple(dataset, predicate, _built())
    for dump in site().release.manifest.dumps:
        yield Triple(dataset, VOID.dataDump, NamedNode(address_of_served(dump)))
    contact = current_app.config["CONTACT"]
    if contact:
        node = _part(dataset, "contact")
        is_page = contact.startswith(("http://", "https://"))
        yield Triple(dataset, DCAT.contactPoint, node)
        yield Triple(node, RDF.type, _VCARD.Kind)
        yield Triple(node, _VCARD.fn, _words(f"Contact for {site().dataset.title}"))
        if is_page:
            yield Triple(node, _VCARD.hasURL, NamedNode(contact))
        else:
            yield Triple(node, _VCARD.hasEmail, NamedNode(f"mailto:{contact}"))


def _service(dataset: NamedNode, passed_on: list[tuple[NamedNode, Term]]) -> Iterator[Triple]:
    endpoint = _endpoint()
    yield Triple(endpoint, RDF.type, DCAT.DataService)
    yield Triple(endpoint, RDF.type, _SD.Service)
    yield Triple(endpoint, DCTERMS.title, _words(f"SPARQL endpoint of {site().dataset.title}"))
    yield Triple(endpoint, DCAT.endpointURL, endpoint)
    # Without a query, the endpoint describes itself.
    yield Triple(endpoint, DCAT.endpointDescription, endpoint)
    yield Triple(endpoint, DCAT.servesDataset, dataset)
    yield Triple(endpoint, DCTERMS.conformsTo, _PROTOCOL)
    yield from (Triple(endpoint, *each) for each in passed_on)


def _catalogue(dataset: NamedNode, passed_on: list[tuple[NamedNode, Term]]) -> Iterator[Triple]:
    catalogue = _part(dataset, "catalogue")
    title = site().dataset.title
    yield Triple(catalogue, RDF.type, DCAT.Catalog)
    yield Triple(catalogue, DCTERMS.title, _words(f"{title}: data and services"))
    about = f"One dataset, {title}, and the endpoint at which it can be queried."
    yield Triple(catalogue, DCTERMS.description, _words(about))
    yield Triple(catalogue, FOAF.homepage, _home())
    yield Triple(catalogue, DCTERMS.modified, _built())
    yield Triple(catalogue, DCAT.dataset, dataset)
    yield Triple(catalogue, DCAT.service, _endpoint())
    yield from (Triple(catalogue, *each) for each in passed_on)


def _part(dataset: NamedNode, name: str) -> NamedNode:
    return NamedNode(f"{dataset.value}#{name}")


def _home() -> NamedNode:
    return NamedNode(request.url_root)


def _endpoint() -> NamedNode:
    return NamedNode(url_for("sparql.answer", _external=True))


def _built() -> Literal:
    return Literal(site().built.isoformat(), datatype=XSD.dateTime)


def _words(text: str) -> Literal:
    return Literal(text, language="en")
