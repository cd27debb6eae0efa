"""What the endpoint is able to do, as RDF: SPARQL 1.1 Service Description.

https://www.w3.org/TR/sparql11-service-description/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode, Triple

from graphsvc.formats import FORMATS
from graphsvc.namespaces import RDF, Namespace
from graphsvc.web.rdf import write_rdf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.formats import Format
    from graphsvc.web.site import Site

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")


def service_description(site: Site, address: str, fmt: Format) -> bytes:
    """Return the description of the endpoint at an address, in an RDF format."""
    prefixes = {"sd": str(SD), **site.prefixes}
    return write_rdf(list(_triples(site, address)), fmt, prefixes)


def _triples(site: Site, address: str) -> Iterator[Triple]:
    service = NamedNode(address)
    yield Triple(service, RDF.type, SD.Service)
    yield Triple(service, SD.endpoint, service)
    yield Triple(service, SD.supportedLanguage, SD.SPARQL11Query)
    yield Triple(service, SD.feature, SD.UnionDefaultGraph)
    for fmt in FORMATS:
        if fmt.engine is not None:
            yield Triple(service, SD.resultFormat, NamedNode(fmt.engine.iri))
    if site.dataset.iri is not None:
        described, default = NamedNode(site.dataset.iri), BlankNode("default")
        yield Triple(service, SD.defaultDataset, described)
        yield Triple(described, RDF.type, SD.Dataset)
        yield Triple(described, SD.defaultGraph, default)
        yield Triple(default, RDF.type, SD.Graph)
