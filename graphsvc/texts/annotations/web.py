"""Web Annotations in JSON-LD (https://www.w3.org/TR/annotation-model/), read without a network.

It reads the JSON serialisation of the model: one annotation, a list, a page or a collection. A
body with an IRI is the thing that the words name; an ``rdf:Statement`` is what the words state; a
textual body is a label.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal, NamedNode, Triple

from graphsvc.datatypes import is_absolute_iri
from graphsvc.known_prefixes import WELL_KNOWN
from graphsvc.texts.annotations.model import AnnotatedSpan, Annotations, SpanStatement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
STATEMENT = "rdf:Statement"
_PARTS = ("rdf:subject", "rdf:predicate", "rdf:object")


def is_annotations(document: object) -> bool:
    """Tell whether a JSON document is an annotation or several."""
    first = next(iter(document), None) if isinstance(document, list) else document
    return isinstance(first, dict) and ("target" in first or "items" in first or "first" in first)


def read(document: object) -> Annotations:
    """Return the annotations. Errors: ValueError, KeyError or TypeError if they are none."""
    spans: list[AnnotatedSpan] = []
    statements: list[SpanStatement] = []
    for number, annotation in enumerate(_annotations(document)):
        for target in _list(annotation["target"]):
            words, before, after, begin = _selector_of(target)
            key = str(annotation.get("id", number))
            for body in _list(annotation.get("body", ())):
                span = AnnotatedSpan(key, words, begin, before, after, **_names_in(body))
                if isinstance(body, dict) and STATEMENT in _list(body.get("type")):
                    statements.append(SpanStatement(span, _triple(body)))
                else:
                    spans.append(span)
    return Annotations(spans, (), statements)


def _annotations(document: Any) -> Iterator[Mapping[str, Any]]:
    for each in _list(document):
        if "target" in each:
            yield each
        elif "items" in each:
            yield from each["items"]
        else:
            yield from _annotations(each["first"])


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return [*value] if isinstance(value, list | tuple) else [value]


def _selector_of(target: Any) -> tuple[str, str, str, int]:
    """Return the words of a target, those before and after, and their offset or -1."""
    if not isinstance(target, dict):
        raise TypeError("a target has no selector, so that it names no words")
    selectors = {each.get("type"): each for each in _list(target.get("selector"))}
    quote = selectors.get("TextQuoteSelector")
    if quote is None:
        raise ValueError("a target has no TextQuoteSelector")
    position = selectors.get("TextPositionSelector", {})
    return (
        str(quote["exact"]),
        str(quote.get("prefix", "")),
        str(quote.get("suffix", "")),
        int(position.get("start", -1)),
    )


def _names_in(body: Any) -> dict[str, Any]:
    """Return what the words name, from a body: a thing, its classes, or a label."""
    if isinstance(body, str):
        return {"iri": _iri(body)}
    if "value" in body:
        return {"label": str(body["value"])}
    source = body.get("source", body)
    if isinstance(source, str):
        return {"iri": _iri(source)}
    kinds = [_expand(kind) for kind in _list(source.get("type"))]
    thing = source.get("id")
    return {
        "iri": None if thing is None else _iri(thing),
        "classes": tuple(kind for kind in kinds if is_absolute_iri(kind)),
    }


def _iri(text: str) -> str:
    if not is_absolute_iri(text):
        raise ValueError(f"{text!r} is not an IRI")
    return text


def _triple(body: Mapping[str, Any]) -> Triple:
    subject, predicate, value = (body[part] for part in _PARTS)
    return Triple(_node(subject), _node(predicate), _term(value))


def _node(term: Any) -> NamedNode:
    return NamedNode(_expand(term if isinstance(term, str) else term["id"]))


def _term(value: Any) -> NamedNode | Literal:
    if isinstance(value, dict) and "id" in value:
        return _node(value)
    if not isinstance(value, dict):
        return Literal(value)
    if "@language" in value:
        return Literal(value["@value"], language=value["@language"])
    kind = value.get("@type")
    return Literal(value["@value"], datatype=None if kind is None else NamedNode(_expand(kind)))


def _expand(name: str) -> str:
    prefix, _, local = name.partition(":")
    return WELL_KNOWN[prefix] + local if prefix in WELL_KNOWN else name
