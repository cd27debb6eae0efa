"""Prefixes that nothing declares: near ones of this graph, and those that everybody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc import sparql
from graphsvc.nearness import near
from graphsvc.sparql import Kind
from graphsvc.teaching.scene import Advice

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What people write without declaring it, and mean the same by everywhere.
WELL_KNOWN = {
    "bibo": "http://purl.org/ontology/bibo/",
    "dbo": "http://dbpedia.org/ontology/",
    "dbr": "http://dbpedia.org/resource/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "dct": "http://purl.org/dc/terms/",
    "fn": "http://www.w3.org/2005/xpath-functions#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "nif": "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": "http://www.w3.org/ns/shacl#",
    "sioc": "http://rdfs.org/sioc/ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "time": "http://www.w3.org/2006/time#",
    "vann": "http://purl.org/vocab/vann/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "wd": "http://www.wikidata.org/entity/",
    "wdt": "http://www.wikidata.org/prop/direct/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
#: With these an address begins, not a name.
_SCHEMES = frozenset(("http", "https", "urn", "mailto", "ftp", "file", "tag", "doi", "ni"))


def undeclared(query: str, known: Mapping[str, str]) -> Advice | None:
    """Return advice on the first name whose prefix is neither declared nor known."""
    declared = {**known, **sparql.declared_prefixes(query)}
    for token in sparql.code(query):
        if token.kind is Kind.NAME and (prefix := sparql.prefix_of(token)) not in declared:
            return _advice(prefix, declared, token.start)
    return None


def _advice(prefix: str, declared: Mapping[str, str], offset: int) -> Advice:
    if prefix.lower() in _SCHEMES:
        return Advice(
            "This IRI is not in < >.", f"Write it in angle brackets: <{prefix}:…>.", offset
        )
    message = f"The prefix {prefix}: is not declared."
    meant = _meant(prefix, declared)
    if prefix in WELL_KNOWN and not meant:
        declaration = f"PREFIX {prefix}: <{WELL_KNOWN[prefix]}>"
        return Advice(message, f"Declare it at the top: {declaration}", offset)
    question = f"Did you mean {' or '.join(f'{name}:' for name in meant)}? " if meant else ""
    return Advice(message, f"{question}Declare it at the top: PREFIX {prefix}: <…>", offset)


def _meant(prefix: str, declared: Mapping[str, str]) -> list[str]:
    """Return the declared prefixes that may be meant: of the same namespace, or near."""
    namespace = WELL_KNOWN.get(prefix)
    same = [name for name, iri in declared.items() if iri == namespace]
    if same:
        return same[:1]
    return [] if namespace else near(prefix, declared, most=2)
