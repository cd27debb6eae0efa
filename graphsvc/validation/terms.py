"""Terms: every class and property in use is declared, and its IRI has no typo.

- ``undeclared-term``    a term of the project's own namespace that the ontology lacks: an error
- ``undeclared-reuse``   data uses a term of a vocabulary that the ontology builds on, but this
                         term is not among those it declares: a warning
- ``unknown-term``       a well-known vocabulary has no such term: a warning, for vocabularies grow
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pyoxigraph as ox
import rdflib
import rdflib.namespace
from rapidfuzz import fuzz, process
from rdflib.namespace import DefinedNamespace

from graphsvc.findings import Finding, Severity
from graphsvc.namespaces import RDF, graph_iri

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from graphsvc.files import SourceFile
    from graphsvc.validation.context import ValidationContext

#: The similarity, of 100, from which a message suggests another term.
_MIN_SIMILARITY = 80

#: Graphs that declare their terms themselves, or use the vocabularies about data.
_NOT_DATA = ("ontology", "shapes", "dataset", "examples")


def findings(context: ValidationContext) -> Iterator[Finding]:
    """Yield a finding for each undeclared term in each file."""
    declared = _declared(context)
    terms = declared.union(context.namespaces)
    foreign = frozenset(iri for iri in context.declared if not context.is_own(iri))
    reused = {_namespace(term) for term in foreign}
    not_data = {graph_iri(context.base, name) for name in _NOT_DATA}
    for file in context.project.files:
        for iri in sorted(set(_iris(file.quads))):
            if context.is_own(iri) and iri not in terms:
                yield _undeclared(context, file, iri, declared)
        for iri in sorted(set(_terms_in_use(file.quads))):
            vocabulary = _vocabularies().get(_namespace(iri))
            # A declaration in the graph may be newer than the library's list.
            is_known = iri in foreign or iri in declared or vocabulary is None
            if vocabulary is not None and not is_known and rdflib.URIRef(iri) not in vocabulary:
                yield _unknown(context, file, iri, _terms_of(vocabulary))
        in_data = [quad for quad in file.quads if quad.graph_name not in not_data]
        for iri in sorted(set(_terms_in_use(in_data))):
            if iri not in foreign and _namespace(iri) in reused:
                yield _not_aligned(context, file, iri)


def _declared(context: ValidationContext) -> frozenset[str]:
    """Return the subjects with a type in the ontology or the shapes: terms, shapes, groups."""
    graphs = [context.ontology]
    if context.ontology is not None:
        graphs.append(graph_iri(context.base, "shapes"))
    return frozenset(
        quad.subject.value
        for graph in graphs
        for quad in context.store.quads_for_pattern(None, RDF.type, None, graph)
        if isinstance(quad.subject, ox.NamedNode)
    )


def _iris(quads: Iterable[ox.Quad]) -> Iterator[str]:
    for quad in quads:
        for term in (quad.subject, quad.predicate, quad.object):
            if isinstance(term, ox.NamedNode):
                yield term.value
            elif isinstance(term, ox.Literal):
                yield term.datatype.value


def _terms_in_use(quads: Iterable[ox.Quad]) -> Iterator[str]:
    """Yield the terms in the positions of properties and classes."""
    for quad in quads:
        yield quad.predicate.value
        if quad.predicate == RDF.type and isinstance(quad.object, ox.NamedNode):
            yield quad.object.value


def _namespace(iri: str) -> str:
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    return iri[:cut]


@cache
def _vocabularies() -> dict[str, type[DefinedNamespace]]:
    """Return the vocabularies whose terms an installed library lists, by namespace."""
    exported = (getattr(rdflib.namespace, name) for name in rdflib.namespace.__all__)
    return {
        str(vocabulary): vocabulary
        for vocabulary in exported
        if isinstance(vocabulary, type)
        and issubclass(vocabulary, DefinedNamespace)
        and vocabulary is not DefinedNamespace
    }


@cache
def _terms_of(vocabulary: type[DefinedNamespace]) -> tuple[str, ...]:
    return tuple(sorted(str(term) for term in dir(vocabulary)))


def _undeclared(
    context: ValidationContext, file: SourceFile, iri: str, declared: Collection[str]
) -> Finding:
    return Finding(
        "undeclared-term",
        f"{context.prefixes.compact(iri)} is not declared in the ontology.",
        _did_you_mean(context, iri, [term for term in declared if context.is_own(term)])
        + "Correct its name, or declare it in ontology/.",
        path=file.path,
        line=file.mentions.get(iri),
        entity=iri,
    )


def _unknown(
    context: ValidationContext, file: SourceFile, iri: str, terms: Collection[str]
) -> Finding:
    return Finding(
        "unknown-term",
        f"{context.prefixes.compact(iri)} is no term that its vocabulary is known to have.",
        _did_you_mean(context, iri, terms) + "Look it up in the vocabulary's specification.",
        severity=Severity.WARNING,
        path=file.path,
        line=file.mentions.get(iri),
        entity=iri,
    )


def _not_aligned(context: ValidationContext, file: SourceFile, iri: str) -> Finding:
    return Finding(
        "undeclared-reuse",
        f"{context.prefixes.compact(iri)} is used in the data, but the ontology does not say "
        "what it is.",
        "Declare it beside the other terms of its vocabulary in ontology/alignments.ttl.",
        severity=Severity.WARNING,
        path=file.path,
        line=file.mentions.get(iri),
        entity=iri,
    )


def _did_you_mean(context: ValidationContext, iri: str, candidates: Iterable[str]) -> str:
    match = process.extractOne(iri, candidates, scorer=fuzz.ratio, score_cutoff=_MIN_SIMILARITY)
    return f"Did you mean {context.prefixes.compact(match[0])}? " if match else ""
