"""Terms as the releases' files of quads write them, which is as in N-Triples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

if TYPE_CHECKING:
    from graphsvc.store.base import Term


def term(written: str) -> Term:
    """Read a term that is written as in N-Triples."""
    if written.startswith("_:"):
        return BlankNode(written[2:])
    if written.startswith("<") and not written.startswith("<<"):
        return NamedNode(written[1:-1])
    (quad,) = parse(f"<urn:x:s> <urn:x:p> {written} .", RdfFormat.N_TRIPLES)
    value: Term = quad.object
    return value


def as_json(written: str) -> dict[str, str]:
    """Return a term as SPARQL JSON writes it: https://www.w3.org/TR/sparql11-results-json/."""
    node = term(written)
    if isinstance(node, NamedNode):
        return {"type": "uri", "value": node.value}
    if isinstance(node, BlankNode):
        return {"type": "bnode", "value": node.value}
    if not isinstance(node, Literal):
        return {"type": "triple", "value": written}
    literal = {"type": "literal", "value": node.value}
    if node.language:
        return {**literal, "xml:lang": node.language}
    return {**literal, "datatype": node.datatype.value}
