"""The description of a graph in the graph: its statistics, and its queries as examples.

VoID: https://www.w3.org/TR/void/#statistics. The examples are what SPARQL editors and the
collections of example queries look for: each is a sh:SPARQLExecutable with its text, its question
and the endpoint that answers it (https://www.w3.org/TR/shacl-af/#SPARQLExecutable). SHACL has no
executable for DESCRIBE; the vocabulary of the examples' collection has
(https://github.com/sib-swiss/sparql-examples).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad

from graphsvc import datasets, sparql, statistics
from graphsvc.namespaces import DCTERMS, NIF, RDF, RDFS, SCHEMA, SH, SPEX, VOID, graph_iri
from graphsvc.queries import load_queries

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pyoxigraph import BlankNode, Triple

    from graphsvc.queries import Query

#: The class of each form of query, and the property for its text.
_FORMS = {
    "SELECT": (SH.SPARQLSelectExecutable, SH.select),
    "ASK": (SH.SPARQLAskExecutable, SH.ask),
    "CONSTRUCT": (SH.SPARQLConstructExecutable, SH.construct),
    "DESCRIBE": (SPEX.SPARQLDescribeExecutable, SPEX.describe),
}


def describe(quads: Sequence[Quad], base: str, queries: Path) -> list[Quad]:
    """Return the quads for graph/dataset and graph/examples.

    The counts are those of the whole release, including these quads. InputError if a query cannot
    be read.
    """
    described = [node for node in _with(quads, VOID.uriSpace) if isinstance(node, NamedNode)]
    added = datasets.describe(quads, base, described)
    added.extend(_examples(quads, base, load_queries(queries)))
    passages = {quad.subject for quad in quads if quad.predicate == NIF.referenceContext}
    counted = statistics.Tally(base, passages)
    for part in (quads, added):
        for quad in part:
            counted.add(quad)
    return [*statistics.describe(counted, described), *added]


def _examples(quads: Sequence[Quad], base: str, queries: Sequence[Query]) -> Iterator[Quad]:
    graph = graph_iri(base, "examples")
    declaring = _with(quads, SH.declare)
    for query in queries:
        form = _FORMS.get(sparql.form(query.text) or "")
        if form is None:
            continue
        kind, has_text = form
        node = NamedNode(f"{base}query/{query.name}")
        yield Quad(node, RDF.type, SH.SPARQLExecutable, graph)
        yield Quad(node, RDF.type, kind, graph)
        yield Quad(node, RDFS.label, Literal(query.summary, language="en"), graph)
        yield Quad(node, RDFS.comment, Literal(query.summary, language="en"), graph)
        yield Quad(node, SCHEMA.target, NamedNode(f"{base}sparql"), graph)
        if query.description:
            text = Literal(query.description, language="en")
            yield Quad(node, DCTERMS.description, text, graph)
        for tag in query.tags:
            yield Quad(node, SCHEMA.keywords, Literal(tag), graph)
        yield Quad(node, has_text, Literal(query.text), graph)
        for ontology in declaring:
            yield Quad(node, SH.prefixes, ontology, graph)


def _with(quads: Sequence[Quad], predicate: NamedNode) -> list[NamedNode | BlankNode | Triple]:
    """Return the subjects that have a property, in order."""
    return sorted({quad.subject for quad in quads if quad.predicate == predicate}, key=str)
