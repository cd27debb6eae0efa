"""The annotations of a text: words that name things, and the facts that passages state.

Other tools can read them: https://www.w3.org/TR/annotation-model/.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from graphsvc.namespaces import RDF
from graphsvc.naming import is_name
from graphsvc.views.model import claim_name
from graphsvc.views.queries import view_query
from graphsvc.views.values import as_int

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph

STATED = view_query("annotations/stated")

#: The characters before and after the words that distinguish them from the same words elsewhere.
AROUND = 32

#: The passages in one query.
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Target:
    """Words of a text: ``text[begin:end]`` in code points, and the text around them."""

    words: str
    begin: int
    before: str
    after: str

    @property
    def end(self) -> int:
        """Return the offset after the last character."""
        return self.begin + len(self.words)


@dataclass(frozen=True, slots=True)
class TextAnnotation:
    """A fact of a passage as an annotation with the IRI ``iri``.

    If the fact is a name that occurs in the passage, the ``target`` is this name and ``classes``
    are those of the thing. Otherwise the target is the whole passage, which states ``triple``.
    """

    iri: str
    passage: str
    target: Target
    triple: Triple
    classes: tuple[str, ...] | None = None

    @property
    def is_mention(self) -> bool:
        """Tell whether the words name a thing."""
        return self.classes is not None


@dataclass(frozen=True, slots=True)
class _Passage:
    """A passage, its offset, and the triples that it states."""

    iri: str
    begin: int
    words: str
    triples: Sequence[Triple]


def annotations_of(graph: Graph, text: str, content: str | None) -> Iterator[TextAnnotation]:
    """Yield the annotations in the order of the text; ``content`` is the text, if available."""
    for passage in _passages(graph, text):
        yield from _of_passage(passage, content)


def _passages(graph: Graph, text: str) -> Iterator[_Passage]:
    nodes = graph.texts.passages.get(text, ())
    for start in range(0, len(nodes), _AT_ONCE):
        query = STATED.bind({"passage": nodes[start : start + _AT_ONCE]})
        groups: dict[tuple[str, int, str], list[Triple]] = {}
        for passage, offset, exact, *terms in graph.rows(query).rows:
            triple = _triple(terms)
            if triple is not None and isinstance(passage, NamedNode) and isinstance(exact, Literal):
                key = (passage.value, as_int(offset) or 0, exact.value)
                groups.setdefault(key, []).append(triple)
        for (iri, begin, words), triples in groups.items():
            yield _Passage(iri, begin, words, triples)


def _triple(terms: Sequence[Term | None]) -> Triple | None:
    """Return a fact, or None if it contains a blank node or a triple term."""
    subject, prop, value = terms
    if not isinstance(subject, NamedNode) or not isinstance(prop, NamedNode):
        return None
    if value is None or isinstance(value, BlankNode | Triple):
        return None
    return Triple(subject, prop, value)


def _of_passage(passage: _Passage, content: str | None) -> Iterator[TextAnnotation]:
    whole = _target(passage.words, passage.begin, content)
    mentions = {each: place for each in passage.triples if (place := _named_at(each, passage)) >= 0}
    classes: dict[object, list[str]] = {each.subject: [] for each in mentions}
    for each in passage.triples:
        if each.predicate == RDF.type and each.subject in classes:
            classes[each.subject].append(each.object.value)  # type: ignore[union-attr]
    for triple in passage.triples:
        iri = f"{passage.iri}#annotation-{claim_name(triple)}"
        if triple in mentions:
            at = mentions[triple]
            words = passage.words[at : at + len(_words(triple))]
            target = _target(words, passage.begin + at, content)
            kinds = tuple(classes[triple.subject])
            yield TextAnnotation(iri, passage.iri, target, triple, kinds)
        elif triple.predicate != RDF.type or triple.subject not in classes:
            yield TextAnnotation(iri, passage.iri, whole, triple)


def _words(triple: Triple) -> str:
    return triple.object.value if isinstance(triple.object, Literal) else ""


def _named_at(triple: Triple, passage: _Passage) -> int:
    """Return the offset of a name in a passage, or -1 if the triple has no name that occurs."""
    words = _words(triple)
    return passage.words.find(words) if words and is_name(triple.predicate) else -1


def _target(words: str, begin: int, content: str | None) -> Target:
    end = begin + len(words)
    if content is None:
        return Target(words, begin, "", "")
    return Target(
        words, begin, content[max(0, begin - AROUND) : begin], content[end : end + AROUND]
    )
