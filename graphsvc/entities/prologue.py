"""The PREFIX lines of every query in this package, made from the one list of namespaces."""

from __future__ import annotations

from graphsvc.namespaces import (
    DCTERMS,
    DQV,
    FOAF,
    NIF,
    OA,
    OWL,
    PROV,
    RDF,
    RDFS,
    SCHEMA,
    SH,
    SKOS,
    VOID,
    XSD,
)

PREFIXES = {
    prefix: str(namespace)
    for prefix, namespace in {
        "dcterms": DCTERMS,
        "dqv": DQV,
        "foaf": FOAF,
        "nif": NIF,
        "oa": OA,
        "owl": OWL,
        "prov": PROV,
        "rdf": RDF,
        "rdfs": RDFS,
        "schema": SCHEMA,
        "sh": SH,
        "skos": SKOS,
        "void": VOID,
        "xsd": XSD,
    }.items()
}

PROLOGUE = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
