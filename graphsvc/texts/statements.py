"""The RDF statements about a text and its passages that the program can compute.

A passage has a class for its kind, a number, its document, its offsets, its words and its heading.
The settings of a project name the classes and properties for this.
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
from graphsvc.texts.model import PassageKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graphsvc.texts.model import Passage, TextLocation

_USUAL = {
    PassageKind.SENTENCE: NIF.Sentence,
    PassageKind.HEADING: NIF.Title,
    PassageKind.ITEM: NIF.Phrase,
    PassageKind.FURNITURE: NIF.String,
    PassageKind.ROW: CSVW.Row,
}


@dataclass(frozen=True, slots=True)
class PassageVocabulary:
    """The terms for passages: a class for each kind, and two properties if a project has them.

    ``section`` leads from a passage to its heading; ``reading`` gives the corrected words of a
    passage where the printed ones have an error.
    """

    classes: Mapping[PassageKind, NamedNode]
    section: NamedNode | None
    reading: NamedNode | None

    @classmethod
    def of(cls, terms: Mapping[str, str], prefixes: Mapping[str, str]) -> PassageVocabulary:
        """Return the terms of the setting ``passages``: prefixed names or IRIs."""
        iris = {name: NamedNode(_expand(term, prefixes)) for name, term in terms.items()}
        return cls(
            classes={kind: iris.get(kind.value, usual) for kind, usual in _USUAL.items()},
            section=iris.get("section"),
            reading=iris.get("reading"),
        )


@dataclass(frozen=True, slots=True)
class Original:
    """The file from which a text was extracted: its name and its bytes."""

    name: str
    data: bytes


class TextStatements:
    """The statements about one text in the graph of passages; ``stated`` are those of people."""

    def __init__(
        self, place: TextLocation, vocabulary: PassageVocabulary, stated: Iterable[Quad]
    ) -> None:
        self._graph = graph_iri(place.base, "passages")
        self._document = NamedNode(place.document)
        self._vocabulary = vocabulary
        self._stated = {(quad.subject, quad.predicate): quad.object for quad in stated}
        language = self._stated.get((self._document, DCTERMS.language))
        self._language = language.value if isinstance(language, Literal) else None

    def of_document(self, words: bytes, original: Original | None) -> Iterator[Quad]:
        """Yield the format and the digest of a text and of its original file."""
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
        """Yield the statements about passages, in their order."""
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
    """Return the number at the end of a passage's name, else its position in the text.

    A row always has its position: its key says nothing about the order.
    """
    figures = passage.iri[len(passage.iri.rstrip(digits)) :]
    return place if passage.kind is PassageKind.ROW or not figures else int(figures)


def _integer(number: int, datatype: NamedNode) -> Literal:
    return Literal(str(number), datatype=datatype)


def _expand(term: str, prefixes: Mapping[str, str]) -> str:
    prefix, _, local = term.partition(":")
    namespace = prefixes.get(prefix, WELL_KNOWN.get(prefix))
    return term if namespace is None else namespace + local
