"""Terms in the syntax of N-Triples, as in the releases' files of quads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

if TYPE_CHECKING:
    from graphsvc.store.base import Term


def term(text: str) -> Term:
    """Parse a term in the syntax of N-Triples."""
    if text.startswith("_:"):
        return BlankNode(text[2:])
    if text.startswith("<") and not text.startswith("<<"):
        return NamedNode(text[1:-1])
    (quad,) = parse(f"<urn:x:s> <urn:x:p> {text} .", RdfFormat.N_TRIPLES)
    value: Term = quad.object
    return value


def as_json(text: str) -> dict[str, str]:
    """Return a term in SPARQL JSON: https://www.w3.org/TR/sparql11-results-json/."""
    node = term(text)
    if isinstance(node, NamedNode):
        return {"type": "uri", "value": node.value}
    if isinstance(node, BlankNode):
        return {"type": "bnode", "value": node.value}
    if not isinstance(node, Literal):
        return {"type": "triple", "value": text}
    literal = {"type": "literal", "value": node.value}
    if node.language:
        return {**literal, "xml:lang": node.language}
    return {**literal, "datatype": node.datatype.value}
