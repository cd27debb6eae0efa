"""What the program says of a text and its passages in RDF: all that can be computed.

A passage has a class by its kind, a number, its document, its offsets and its words; it stands
under a heading. The classes and properties that a project has for this are in its settings.
"""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from string import digits
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad

from graphsvc.known_prefixes import WELL_KNOWN
from graphsvc.namespaces import CSVW, DCTERMS, NIF, OA, PROV, RDF, RDFS, SCHEMA, XSD, graph_iri
from graphsvc.texts.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graphsvc.texts.model import Passage, Place

_USUAL = {
    Kind.SENTENCE: NIF.Sentence,
    Kind.HEADING: NIF.Title,
    Kind.ITEM: NIF.Phrase,
    Kind.FURNITURE: NIF.String,
    Kind.ROW: CSVW.Row,
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The terms for passages: a class for each kind, and two properties if a project has them.

    ``section`` leads from a passage to its heading; ``reading`` gives the words as they are to be
    read, where they are not as they are printed.
    """

    classes: Mapping[Kind, NamedNode]
    section: NamedNode | None
    reading: NamedNode | None

    @classmethod
    def of(cls, terms: Mapping[str, str], prefixes: Mapping[str, str]) -> Vocabulary:
        """Return the terms of the setting ``passages``, whose names have prefixes or are IRIs."""
        iris = {name: NamedNode(_expanded(term, prefixes)) for name, term in terms.items()}
        return cls(
            classes={kind: iris.get(kind.value, usual) for kind, usual in _USUAL.items()},
            section=iris.get("section"),
            reading=iris.get("reading"),
        )


@dataclass(frozen=True, slots=True)
class Original:
    """The file that a text was taken from: its name and its bytes."""

    name: str
    data: bytes


class Statements:
    """What is said of one text, in the graph of passages; ``stated`` is what people say of it."""

    def __init__(self, place: Place, vocabulary: Vocabulary, stated: Iterable[Quad]) -> None:
        self._graph = graph_iri(place.base, "passages")
        self._document = NamedNode(place.document)
        self._vocabulary = vocabulary
        self._stated = {(quad.subject, quad.predicate): quad.object for quad in stated}
        language = self._stated.get((self._document, DCTERMS.language))
        self._language = language.value if isinstance(language, Literal) else None

    def of_document(self, words: bytes, original: Original | None) -> Iterator[Quad]:
        """Yield the format and the digest of a text, and those of the file it was taken from."""
        yield from self._of_file(self._document, "text/plain", words)
        if (self._document, RDF.type) not in self._stated:
            yield self._quad(self._document, RDF.type, NIF.Context)
        if original is not None:
            node = NamedNode(f"{self._document.value}/original")
            kind = mimetypes.guess_type(original.name)[0] or "application/octet-stream"
            yield self._quad(self._document, PROV.wasDerivedFrom, node)
            yield self._quad(node, RDF.type, SCHEMA.MediaObject)
            yield self._quad(node, RDFS.label, Literal(original.name, language=self._language))
            yield from self._of_file(node, kind, original.data)

    def of_passages(self, passages: Sequence[Passage]) -> Iterator[Quad]:
        """Yield what is said of passages, in their order."""
        for place, passage in enumerate(passages, 1):
            node = NamedNode(passage.iri)
            yield self._quad(node, RDF.type, self._vocabulary.classes[passage.kind])
            yield self._quad(node, SCHEMA.position, _integer(_number(passage, place), XSD.integer))
            yield self._quad(node, NIF.referenceContext, self._document)
            for prop, offset in ((NIF.beginIndex, passage.begin), (NIF.endIndex, passage.end)):
                yield self._quad(node, prop, _integer(offset, XSD.nonNegativeInteger))
            yield self._quad(node, OA.exact, Literal(passage.exact))
            section = self._vocabulary.section
            if section is not None and passage.section is not None:
                yield self._quad(node, section, NamedNode(passage.section))
            reading = self._vocabulary.reading
            if reading is not None and (node, reading) not in self._stated:
                yield self._quad(node, reading, Literal(passage.exact, language=self._language))

    def _of_file(self, node: NamedNode, kind: str, data: bytes) -> Iterator[Quad]:
        yield self._quad(node, SCHEMA.encodingFormat, Literal(kind))
        yield self._quad(node, SCHEMA.sha256, Literal(hashlib.sha256(data).hexdigest()))

    def _quad(self, subject: NamedNode, predicate: NamedNode, value: NamedNode | Literal) -> Quad:
        return Quad(subject, predicate, value, self._graph)


def _number(passage: Passage, place: int) -> int:
    """Return the number of a passage: that with which its name ends, else its place in the text.

    The key of a row says nothing of its place.
    """
    figures = passage.iri[len(passage.iri.rstrip(digits)) :]
    return place if passage.kind is Kind.ROW or not figures else int(figures)


def _integer(number: int, datatype: NamedNode) -> Literal:
    return Literal(str(number), datatype=datatype)


def _expanded(term: str, prefixes: Mapping[str, str]) -> str:
    prefix, _, local = term.partition(":")
    namespace = prefixes.get(prefix, WELL_KNOWN.get(prefix))
    return term if namespace is None else namespace + local
