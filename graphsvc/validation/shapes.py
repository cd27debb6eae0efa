"""SHACL: the shapes of the project against all of its statements (https://www.w3.org/TR/shacl/).

The data graph is the union of all named graphs, because a shape concerns a thing, not a sentence;
it includes the inferred statements. Each result is a finding of the check ``shacl``.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, cast

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib.namespace import SH as RDFLIB_SH

from graphsvc.findings import Finding, Severity
from graphsvc.namespaces import DERIVATIONS, SH, graph_iri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphsvc.validation.context import ValidationContext

CHECK = "shacl"

# For an invalid literal rdflib logs a traceback; `literals` reports it in words.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)

#: The declarations that a shape with sh:prefixes needs: the project's prefix table.
_PREFIX_DECLARATIONS = (SH.declare, SH.prefix, SH.namespace)

_SEVERITIES = {
    RDFLIB_SH.Violation: Severity.ERROR,
    RDFLIB_SH.Warning: Severity.WARNING,
    RDFLIB_SH.Info: Severity.NOTE,
}

#: What a shape without a message of its own demands: by the kind of constraint, the property that
#: has its parameter, and the sentence (https://www.w3.org/TR/shacl/#core-components).
_DEMANDS = {
    RDFLIB_SH.ClassConstraintComponent: (RDFLIB_SH["class"], "Each value must be of class {}."),
    RDFLIB_SH.DatatypeConstraintComponent: (
        RDFLIB_SH.datatype,
        "Each value must have the datatype {}.",
    ),
    RDFLIB_SH.NodeKindConstraintComponent: (RDFLIB_SH.nodeKind, "Each value must be of kind {}."),
    RDFLIB_SH.MinCountConstraintComponent: (RDFLIB_SH.minCount, "Values needed: at least {}."),
    RDFLIB_SH.MaxCountConstraintComponent: (RDFLIB_SH.maxCount, "Values allowed: at most {}."),
    RDFLIB_SH.HasValueConstraintComponent: (RDFLIB_SH.hasValue, "One value must be {}."),
}


def findings(context: ValidationContext) -> Iterator[Finding]:
    """Yield a finding for each result of the SHACL report, in a stable order."""
    shapes = _graph(
        quad
        for quad in context.quads
        if quad.graph_name == graph_iri(context.base, "shapes")
        or quad.predicate in _PREFIX_DECLARATIONS
    )
    if not shapes:
        return
    try:
        _, report, _ = pyshacl.validate(
            _graph(_statements(context)), shacl_graph=shapes, allow_infos=True
        )
    except pyshacl.errors.ReportableRuntimeError as error:
        yield _broken(error.message)
        return
    if isinstance(report, pyshacl.errors.ValidationFailure):
        yield _broken(report.message)
        return
    results = report.objects(None, RDFLIB_SH.result)
    findings = [_finding(context, report + shapes, result) for result in results]
    yield from sorted(findings, key=lambda item: (item.entity or "", item.message))


def _statements(context: ValidationContext) -> Iterator[ox.Quad]:
    """Yield the statements without the derivations, which are most of them."""
    records = graph_iri(context.base, DERIVATIONS)
    return (quad for quad in context.quads if quad.graph_name != records)


def _graph(quads: Iterable[ox.Quad]) -> rdflib.Graph:
    """Return the union of the quads' graphs, for pySHACL.

    An Oxigraph store would not do: it stores the value of a number without its datatype
    (xsd:nonNegativeInteger becomes xsd:integer), and sh:prefixes fails there.
    """
    text = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES)
    return rdflib.Graph().parse(data=text or b"", format="nt")


def _broken(reason: str) -> Finding:
    return Finding(
        CHECK,
        f"The shapes cannot be used: {' '.join(reason.split())}",
        "Correct the shape in ontology/shapes/.",
        path="ontology/shapes",
    )


def _finding(context: ValidationContext, report: rdflib.Graph, result: rdflib.term.Node) -> Finding:
    focus = report.value(result, RDFLIB_SH.focusNode)
    path = report.value(result, RDFLIB_SH.resultPath)
    value = report.value(result, RDFLIB_SH.value)
    shape = report.value(result, RDFLIB_SH.sourceShape)
    severity = report.value(result, RDFLIB_SH.resultSeverity)
    about = (_term(focus), _term(path), _term(None if value == focus else value))
    names = " ".join(context.name(term) for term in about if term is not None)
    return context.finding(
        CHECK,
        f"{names} — {_message(context, report, result)}",
        f"Change the value, or the shape {context.name(_term(shape))}, whichever is wrong.",
        about=about,
        severity=_SEVERITIES.get(cast("rdflib.URIRef", severity), Severity.ERROR),
    )


def _message(context: ValidationContext, report: rdflib.Graph, result: rdflib.term.Node) -> str:
    """Return what the shape says of its violation, else what it demands, else the library's words.

    ``report`` has the shapes too. A shape may have a message in each language: the English one
    counts, else the first by alphabet.
    """
    shape = report.value(result, RDFLIB_SH.sourceShape)
    if report.value(shape, RDFLIB_SH.message) is None:
        component = report.value(result, RDFLIB_SH.sourceConstraintComponent)
        parameter, sentence = _DEMANDS.get(cast("rdflib.URIRef", component), (None, ""))
        demanded = sorted(
            str(each) if isinstance(each, rdflib.Literal) else context.name(_term(each))
            for each in report.objects(shape, parameter)
        )
        if parameter is not None and demanded:
            return sentence.format(" and ".join(demanded))
    messages = sorted(
        report.objects(result, RDFLIB_SH.resultMessage),
        key=lambda text: (getattr(text, "language", None) != "en", str(text)),
    )
    return " ".join(str(messages[0]).split()) if messages else "A shape is violated."


def _term(node: rdflib.term.Node | None) -> object:
    """Return a node of the report as a term of the engine; a path is not changed."""
    if isinstance(node, rdflib.URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, rdflib.Literal):
        datatype = ox.NamedNode(str(node.datatype)) if node.datatype else None
        return ox.Literal(str(node), language=node.language, datatype=datatype)
    return node
