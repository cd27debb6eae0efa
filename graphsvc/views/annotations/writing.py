"""The annotations of a text in standard formats: Web Annotation in JSON-LD, and NIF."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Triple

from graphsvc.namespaces import NIF, PROV, RDF, XSD, Namespace
from graphsvc.views.values import as_iri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from graphsvc.store.base import Term
    from graphsvc.views.annotations import Target, TextAnnotation

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
ITSRDF = Namespace("http://www.w3.org/2005/11/its/rdf#")


def web_annotations(annotations: Sequence[TextAnnotation], text: str, page: str) -> str:
    """Return the annotations of a text as a page of Web Annotations, whose IRI is ``page``.

    https://www.w3.org/TR/annotation-model/#annotation-page
    """
    document = {
        "@context": CONTEXT,
        "id": page,
        "type": "AnnotationPage",
        "startIndex": 0,
        "items": [_web_annotation(each, text) for each in annotations],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _web_annotation(annotation: TextAnnotation, text: str) -> dict[str, object]:
    return {
        "id": annotation.iri,
        "type": "Annotation",
        "motivation": "identifying" if annotation.is_mention else "describing",
        "body": [
            *([_identified_thing(annotation)] if annotation.is_mention else []),
            _stated_fact(annotation),
        ],
        "target": {"source": text, "selector": _selectors(annotation.target)},
    }


def _selectors(target: Target) -> list[dict[str, object]]:
    """Return the selectors of the words: by quotation, and by offsets in code points."""
    around = {"prefix": target.before, "suffix": target.after}
    quote = {"type": "TextQuoteSelector", "exact": target.words}
    return [
        {**quote, **{name: words for name, words in around.items() if words}},
        {"type": "TextPositionSelector", "start": target.begin, "end": target.end},
    ]


def _identified_thing(annotation: TextAnnotation) -> dict[str, object]:
    source: dict[str, object] = {"id": as_iri(annotation.triple.subject)}
    if annotation.classes:
        source["type"] = list(annotation.classes)
    return {"type": "SpecificResource", "purpose": "identifying", "source": source}


def _stated_fact(annotation: TextAnnotation) -> dict[str, object]:
    triple = annotation.triple
    return {
        "type": "rdf:Statement",
        "rdf:subject": {"id": as_iri(triple.subject)},
        "rdf:predicate": {"id": triple.predicate.value},
        "rdf:object": _json(triple.object),
    }


def _json(term: Term) -> dict[str, str]:
    """Return a term as a value of JSON-LD: https://www.w3.org/TR/json-ld11/#value-objects."""
    if not isinstance(term, Literal):
        return {"id": as_iri(term)}
    if term.language is not None:
        return {"@value": term.value, "@language": term.language}
    if term.datatype == XSD.string:
        return {"@value": term.value}
    return {"@value": term.value, "@type": term.datatype.value}


def nif(annotations: Iterable[TextAnnotation], text: str, content: str | None) -> Iterator[Triple]:
    """Yield the annotations of a text in NIF.

    https://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core/nif-core.html
    """
    context = NamedNode(text)
    yield Triple(context, RDF.type, NIF.Context)
    if content is not None:
        yield Triple(context, NIF.isString, Literal(content))
    phrases: set[str] = set()
    for annotation in annotations:
        passage = NamedNode(annotation.passage)
        if not annotation.is_mention:
            yield from _statement(annotation, passage)
            continue
        target = annotation.target
        node = NamedNode(f"{text}#offset_{target.begin}_{target.end}")
        if node.value not in phrases:
            phrases.add(node.value)
            yield Triple(node, RDF.type, NIF.Phrase)
            yield Triple(node, RDF.type, NIF.OffsetBasedString)
            yield Triple(node, NIF.referenceContext, context)
            yield Triple(node, NIF.superString, passage)
            yield Triple(node, NIF.anchorOf, Literal(target.words))
            for prop, offset in ((NIF.beginIndex, target.begin), (NIF.endIndex, target.end)):
                number = Literal(str(offset), datatype=XSD.nonNegativeInteger)
                yield Triple(node, prop, number)
        yield Triple(node, ITSRDF.taIdentRef, annotation.triple.subject)
        for kind in annotation.classes or ():
            yield Triple(node, ITSRDF.taClassRef, NamedNode(kind))


def _statement(annotation: TextAnnotation, passage: NamedNode) -> Iterator[Triple]:
    node = NamedNode(annotation.iri)
    yield Triple(node, RDF.type, RDF.Statement)
    yield Triple(node, RDF.subject, annotation.triple.subject)
    yield Triple(node, RDF.predicate, annotation.triple.predicate)
    yield Triple(node, RDF.object, annotation.triple.object)
    yield Triple(node, PROV.hadPrimarySource, passage)
