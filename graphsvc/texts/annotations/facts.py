"""What spans, relations and statements become: triples of passages, or suggestions."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Triple

from graphsvc.namespaces import DCTERMS, RDF, RDFS, graph_iri
from graphsvc.naming import is_name
from graphsvc.texts.annotations.anchoring import Anchors, Misplaced
from graphsvc.texts.comparing import plain, slug

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyoxigraph import Quad

    from graphsvc.texts.annotations.model import Annotated, Relation, Span
    from graphsvc.texts.model import Passage, Text


@dataclass(frozen=True, slots=True)
class Terms:
    """What a tool's labels mean: IRIs of classes and of properties, by label."""

    classes: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """What a project says: the base of its IRIs, its statements, and what follows from them."""

    base: str
    quads: Sequence[Quad]
    inferred: Sequence[Quad] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Words of a passage that a tool marked, where it does not say what they name."""

    words: str
    label: str


@dataclass(frozen=True)
class Result:
    """What is new: triples and suggestions by the IRI of their passage, and what has no place.

    ``present`` is how many triples the project has already.
    """

    triples: Mapping[str, Sequence[Triple]]
    suggestions: Mapping[str, Sequence[Suggestion]]
    misplaced: Sequence[Misplaced]
    present: int


def made(annotated: Annotated, text: Text, said: Said, terms: Terms) -> Result:
    """Return what annotations of a text add to what a project says."""
    maker = _Maker(text, _Known(said, text), terms)
    # A statement says by which property a thing has its name; a span alone does not.
    for statement in annotated.statements:
        passage = maker.passage(statement.span)
        if passage is not None:
            maker.add(passage, statement.triple)
    for span in annotated.spans:
        maker.take_span(span)
    for relation in annotated.relations:
        maker.take_relation(relation)
    return maker.result()


class _Known:
    """What a project says already: its triples, the names and classes of its things."""

    def __init__(self, said: Said, text: Text) -> None:
        self.base, quads = said.base, said.quads
        self._passages = {passage.iri for passage in text.passages}
        self._stated = {(_graph(quad), quad.triple) for quad in (*quads, *said.inferred)}
        self._typed = {(q.subject, q.object) for q in quads if q.predicate == RDF.type}
        self._follows = {(q.subject, q.object) for q in said.inferred if q.predicate == RDF.type}
        self._have_a_class = {subject for subject, _ in self._typed}
        self._by_name: dict[str, set[str]] = defaultdict(set)
        self._named_in: set[tuple[str, object, str]] = set()
        properties: Counter[NamedNode] = Counter()
        # What is called so there is a term or a passage, not a thing of which a text speaks.
        apart = {graph_iri(said.base, name) for name in ("ontology", "shapes", "passages")}
        self.language: str | None = None
        for quad in quads:
            if not isinstance(quad.object, Literal) or not isinstance(quad.subject, NamedNode):
                continue
            if quad.subject.value == text.document and quad.predicate == DCTERMS.language:
                self.language = quad.object.value
            if is_name(quad.predicate):
                name = plain(quad.object.value)
                if quad.graph_name not in apart:
                    self._by_name[name].add(quad.subject.value)
                self._named_in.add((_graph(quad), quad.subject, name))
                properties[quad.predicate] += _graph(quad) in self._passages
        usual = max(properties, key=lambda each: properties[each], default=RDFS.label)
        self.naming = usual if properties[usual] else RDFS.label

    def says(self, passage: str, triple: Triple) -> bool:
        """Tell whether the project says this already: the class of a thing anywhere.

        So it does if the class follows from another that the thing is said to have. All else is
        said by each passage for itself.
        """
        subject, prop, value = triple.subject, triple.predicate, triple.object
        if prop == RDF.type:
            follows = subject in self._have_a_class and (subject, value) in self._follows
            return follows or (subject, value) in self._typed
        if isinstance(value, Literal) and is_name(prop):
            return (passage, subject, plain(value.value)) in self._named_in
        return (passage, triple) in self._stated

    def learn(self, passage: str, triple: Triple) -> None:
        """Take note of what a passage says now."""
        self._stated.add((passage, triple))
        if triple.predicate == RDF.type:
            self._typed.add((triple.subject, triple.object))
        elif isinstance(triple.object, Literal) and is_name(triple.predicate):
            name = plain(triple.object.value)
            self._named_in.add((passage, triple.subject, name))
            if isinstance(triple.subject, NamedNode):
                self._by_name[name].add(triple.subject.value)

    def thing(self, words: str, kind: str | None) -> str | None:
        """Return the one thing of this name, of this class if there are several."""
        things = self._by_name.get(plain(words), set())
        if len(things) > 1 and kind is not None:
            things = {iri for iri in things if (NamedNode(iri), NamedNode(kind)) in self._typed}
        return next(iter(things)) if len(things) == 1 else None

    def new_thing(self, words: str, kind: str) -> str:
        """Return an IRI for a thing that is not there yet, after its class and its name."""
        # Words in a script that is not Latin have no slug.
        digest = sha256(words.encode()).hexdigest()[:8]
        local = re.split(r"[/#]", kind)[-1]
        return f"{self.base}id/{slug(_in_words(local)) or 'thing'}/{slug(words) or digest}"


class _Maker:
    def __init__(self, text: Text, known: _Known, terms: Terms) -> None:
        self._anchors = Anchors(text)
        self._known = known
        self._terms = terms
        self._triples: dict[str, dict[Triple, None]] = defaultdict(dict)
        self._suggestions: dict[str, dict[Suggestion, None]] = defaultdict(dict)
        self._misplaced: dict[Misplaced, None] = {}
        self._things: dict[str, tuple[str, Passage, str]] = {}
        self._present = 0

    def passage(self, span: Span) -> Passage | None:
        """Return the passage of a span, or tell why there is none."""
        found = self._anchors.passage(span)
        if isinstance(found, Misplaced):
            self._misplaced[found] = None
            return None
        return found

    def add(self, passage: Passage, triple: Triple) -> None:
        """Add a triple to those of a passage if it is new."""
        if self._known.says(passage.iri, triple):
            self._present += 1
        else:
            self._triples[passage.iri][triple] = None
            self._known.learn(passage.iri, triple)

    def take_span(self, span: Span) -> None:
        """Make a thing with its class and its name of a span, or a suggestion."""
        passage = self.passage(span)
        if passage is None:
            return
        kind = self._terms.classes.get(span.label or "")
        classes = (*span.classes, *([kind] if kind else []))
        iri = span.iri or self._known.thing(span.words, next(iter(classes), None))
        if iri is None and not classes:
            self._suggestions[passage.iri][Suggestion(span.words, span.label or "")] = None
            return
        thing = NamedNode(iri or self._known.new_thing(span.words, classes[0]))
        self._things[span.key] = (thing.value, passage, span.words)
        for each in classes:
            self.add(passage, Triple(thing, RDF.type, NamedNode(each)))
        name = Literal(span.words, language=self._known.language)
        self.add(passage, Triple(thing, self._known.naming, name))

    def take_relation(self, relation: Relation) -> None:
        """Make a triple of a relation between two spans of one passage."""
        ends = [self._things.get(key) for key in (relation.source, relation.target)]
        words = relation.label
        if ends[0] is None or ends[1] is None:
            self._misplaced[Misplaced(words, "an end of the relation is no thing")] = None
            return
        (subject, passage, first), (value, other, second) = ends[0], ends[1]
        words = f"{first} {relation.label} {second}"
        prop = self._terms.properties.get(relation.label)
        if passage.iri != other.iri:
            self._misplaced[Misplaced(words, "the relation goes across passages")] = None
        elif prop is None:
            self._suggestions[passage.iri][Suggestion(words, relation.label)] = None
        else:
            self.add(passage, Triple(NamedNode(subject), NamedNode(prop), NamedNode(value)))

    def result(self) -> Result:
        return Result(
            {passage: [*triples] for passage, triples in self._triples.items()},
            {passage: [*found] for passage, found in self._suggestions.items()},
            [*self._misplaced],
            self._present,
        )


def _graph(quad: Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""


def _in_words(name: str) -> str:
    """Return a name in camel case as words."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
