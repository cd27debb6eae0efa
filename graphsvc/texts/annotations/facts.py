"""Makes triples of passages, or suggestions, from spans, relations and statements."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Triple

from graphsvc.namespaces import DCTERMS, RDF, RDFS, graph_iri
from graphsvc.naming import is_name
from graphsvc.texts.annotations.anchoring import Anchors, Misplacement
from graphsvc.texts.comparing import plain, slug

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyoxigraph import Quad

    from graphsvc.texts.annotations.model import AnnotatedSpan, Annotations, SpanRelation
    from graphsvc.texts.model import Passage, Text


@dataclass(frozen=True, slots=True)
class LabelMeanings:
    """The meaning of a tool's labels: IRIs of classes and of properties, by label."""

    classes: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProjectStatements:
    """The statements of a project, what can be inferred from them, and the base of its IRIs."""

    base: str
    quads: Sequence[Quad]
    inferred: Sequence[Quad] = ()


@dataclass(frozen=True, slots=True)
class UnlinkedSpan:
    """Words of a passage that a tool marked without a link to a thing."""

    words: str
    label: str


@dataclass(frozen=True)
class Additions:
    """New triples and suggestions by the IRI of their passage, and spans without a position.

    ``present`` counts the triples that the project already has.
    """

    triples: Mapping[str, Sequence[Triple]]
    suggestions: Mapping[str, Sequence[UnlinkedSpan]]
    misplacements: Sequence[Misplacement]
    present: int


def additions(
    annotations: Annotations, text: Text, project: ProjectStatements, terms: LabelMeanings
) -> Additions:
    """Return what the annotations of a text add to a project."""
    maker = _FactMaker(text, _ProjectIndex(project, text), terms)
    # Statements go first: they name the property of a name, and a span does not.
    for statement in annotations.statements:
        passage = maker.passage(statement.span)
        if passage is not None:
            maker.add(passage, statement.triple)
    for span in annotations.spans:
        maker.add_span(span)
    for relation in annotations.relations:
        maker.add_relation(relation)
    return maker.result()


class _ProjectIndex:
    """An index of a project: its triples, and the names and classes of its things."""

    def __init__(self, project: ProjectStatements, text: Text) -> None:
        self.base, quads = project.base, project.quads
        self._passages = {passage.iri for passage in text.passages}
        self._stated = {(_graph(quad), quad.triple) for quad in (*quads, *project.inferred)}
        self._typed = {(q.subject, q.object) for q in quads if q.predicate == RDF.type}
        self._follows = {(q.subject, q.object) for q in project.inferred if q.predicate == RDF.type}
        self._have_a_class = {subject for subject, _ in self._typed}
        self._by_name: dict[str, set[str]] = defaultdict(set)
        self._named_in: set[tuple[str, object, str]] = set()
        properties: Counter[NamedNode] = Counter()
        # Names in these graphs belong to terms and passages, not to things of the texts.
        apart = {graph_iri(project.base, name) for name in ("ontology", "shapes", "passages")}
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

    def states(self, passage: str, triple: Triple) -> bool:
        """Tell whether the project already has this triple.

        The class of a thing may be stated in any graph, or inferred from another class. Every
        other triple has to be in the graph of the passage.
        """
        subject, prop, value = triple.subject, triple.predicate, triple.object
        if prop == RDF.type:
            follows = subject in self._have_a_class and (subject, value) in self._follows
            return follows or (subject, value) in self._typed
        if isinstance(value, Literal) and is_name(prop):
            return (passage, subject, plain(value.value)) in self._named_in
        return (passage, triple) in self._stated

    def learn(self, passage: str, triple: Triple) -> None:
        """Add a triple of a passage to the index."""
        self._stated.add((passage, triple))
        if triple.predicate == RDF.type:
            self._typed.add((triple.subject, triple.object))
        elif isinstance(triple.object, Literal) and is_name(triple.predicate):
            name = plain(triple.object.value)
            self._named_in.add((passage, triple.subject, name))
            if isinstance(triple.subject, NamedNode):
                self._by_name[name].add(triple.subject.value)

    def thing(self, words: str, kind: str | None) -> str | None:
        """Return the only thing with this name; if there are several, the only one of the class."""
        things = self._by_name.get(plain(words), set())
        if len(things) > 1 and kind is not None:
            things = {iri for iri in things if (NamedNode(iri), NamedNode(kind)) in self._typed}
        return next(iter(things)) if len(things) == 1 else None

    def new_thing(self, words: str, kind: str) -> str:
        """Return an IRI for a new thing, made from its class and its name."""
        # Words in a script other than Latin have no slug.
        digest = sha256(words.encode()).hexdigest()[:8]
        local = re.split(r"[/#]", kind)[-1]
        return f"{self.base}id/{slug(_in_words(local)) or 'thing'}/{slug(words) or digest}"


class _FactMaker:
    def __init__(self, text: Text, project: _ProjectIndex, terms: LabelMeanings) -> None:
        self._anchors = Anchors(text)
        self._project = project
        self._terms = terms
        self._triples: dict[str, dict[Triple, None]] = defaultdict(dict)
        self._suggestions: dict[str, dict[UnlinkedSpan, None]] = defaultdict(dict)
        self._misplaced: dict[Misplacement, None] = {}
        self._things: dict[str, tuple[str, Passage, str]] = {}
        self._present = 0

    def passage(self, span: AnnotatedSpan) -> Passage | None:
        """Return the passage of a span; if there is none, record the reason."""
        passage = self._anchors.passage(span)
        if isinstance(passage, Misplacement):
            self._misplaced[passage] = None
            return None
        return passage

    def add(self, passage: Passage, triple: Triple) -> None:
        """Add a triple to those of a passage if it is new."""
        if self._project.states(passage.iri, triple):
            self._present += 1
        else:
            self._triples[passage.iri][triple] = None
            self._project.learn(passage.iri, triple)

    def add_span(self, span: AnnotatedSpan) -> None:
        """Make a thing with a class and a name from a span, or else a suggestion."""
        passage = self.passage(span)
        if passage is None:
            return
        kind = self._terms.classes.get(span.label or "")
        classes = (*span.classes, *([kind] if kind else []))
        iri = span.iri or self._project.thing(span.words, next(iter(classes), None))
        if iri is None and not classes:
            self._suggestions[passage.iri][UnlinkedSpan(span.words, span.label or "")] = None
            return
        thing = NamedNode(iri or self._project.new_thing(span.words, classes[0]))
        self._things[span.key] = (thing.value, passage, span.words)
        for each in classes:
            self.add(passage, Triple(thing, RDF.type, NamedNode(each)))
        name = Literal(span.words, language=self._project.language)
        self.add(passage, Triple(thing, self._project.naming, name))

    def add_relation(self, relation: SpanRelation) -> None:
        """Make a triple from a relation between two spans of one passage."""
        ends = [self._things.get(key) for key in (relation.source, relation.target)]
        words = relation.label
        if ends[0] is None or ends[1] is None:
            self._misplaced[Misplacement(words, "an end of the relation is no thing")] = None
            return
        (subject, passage, first), (value, other, second) = ends[0], ends[1]
        words = f"{first} {relation.label} {second}"
        prop = self._terms.properties.get(relation.label)
        if passage.iri != other.iri:
            self._misplaced[Misplacement(words, "the relation goes across passages")] = None
        elif prop is None:
            self._suggestions[passage.iri][UnlinkedSpan(words, relation.label)] = None
        else:
            self.add(passage, Triple(NamedNode(subject), NamedNode(prop), NamedNode(value)))

    def result(self) -> Additions:
        return Additions(
            {passage: [*triples] for passage, triples in self._triples.items()},
            {passage: [*spans] for passage, spans in self._suggestions.items()},
            [*self._misplaced],
            self._present,
        )


def _graph(quad: Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""


def _in_words(name: str) -> str:
    """Return a name in camel case as words."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
