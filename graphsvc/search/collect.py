"""What of a graph can be found, and under which names: quads to entries.

Which properties give names is the ontology's own saying: those of the standard vocabularies, and
whatever it places under them or beside them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad

from graphsvc.namespaces import (
    DCTERMS,
    FOAF,
    NIF,
    OA,
    OWL,
    RDF,
    RDFS,
    SCHEMA,
    SH,
    SKOS,
    graph_iri,
)
from graphsvc.search.model import Entry, Kind, Name, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphsvc.store.base import Term

#: What things are called by, the best first; a query's reader chooses among them by language.
LABELS = (RDFS.label, SKOS.prefLabel, DCTERMS.title, FOAF.name)

#: What gives a thing another name, and what tells it from all others.
NAMES = (SKOS.altLabel, SKOS.hiddenLabel, SCHEMA.name, SCHEMA.alternateName, DCTERMS.alternative)
IDENTIFIERS = (SKOS.notation, DCTERMS.identifier, SCHEMA.identifier)

#: What says in a sentence or two what a thing is, the best first.
DESCRIPTIONS = (DCTERMS.description, SCHEMA.description, SKOS.definition, RDFS.comment)

# Ways in which an ontology says that a property means what another does, nearly or more narrowly.
_ALIGNMENTS = frozenset(
    (RDFS.subPropertyOf, OWL.equivalentProperty, SKOS.exactMatch, SKOS.closeMatch)
)

_CONCEPTS = frozenset((SKOS.Concept, SKOS.ConceptScheme))
_TERMS = frozenset(
    (
        OWL.Class,
        OWL.ObjectProperty,
        OWL.DatatypeProperty,
        OWL.AnnotationProperty,
        RDFS.Class,
        RDFS.Datatype,
        RDF.Property,
    )
)

# Everything is of these: they tell nothing apart.
_EMPTY_TYPES = frozenset((OWL.Thing, OWL.NamedIndividual, RDFS.Resource))

# What stands in this graph is about the others, and has no page that anybody looks for.
_APART = "shapes"

# Each quad is compared with these, and so they are made once.
_TYPE, _EXACT, _CONTEXT = RDF.type, OA.exact, NIF.referenceContext
_BEGIN, _END, _POSITION = NIF.beginIndex, NIF.endIndex, SCHEMA.position

# Where a sentence is: numbers that are read as far as they are such.
_PLACES = frozenset((_BEGIN, _END, _POSITION))
_WHOLE = re.compile(r"[0-9]{1,15}")

_LOCAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[-_]+")


def entries(quads: Sequence[Quad], base: str) -> Iterator[Entry]:
    """Yield an entry for whatever can be found in a graph: in no order, each once.

    ``base`` is that of the graph: what it names elsewhere has no page here, and is left out.
    """
    gathered = _Gathered(quads, base)
    for node, draft in gathered.drafts.items():
        kind = draft.kind(base)
        if kind is not None:
            yield gathered.entry(node, draft, kind)


def namings(quads: Sequence[Quad], base: str) -> Mapping[NamedNode, tuple[int, Standing]]:
    """Return the properties that give names, each with its rank and the standing of its names."""
    found: dict[NamedNode, tuple[int, Standing]] = {}
    aligned: dict[Term, list[NamedNode]] = defaultdict(list)
    ontology = graph_iri(base, "ontology")
    for quad in quads:
        says_so = quad.graph_name == ontology and quad.predicate in _ALIGNMENTS
        if says_so and isinstance(quad.subject, NamedNode):
            aligned[quad.object].append(quad.subject)
    roots = (
        *((prop, Standing.LABEL) for prop in LABELS),
        *((prop, Standing.NAME) for prop in NAMES),
        *((prop, Standing.IDENTIFIER) for prop in IDENTIFIERS),
    )
    for rank, (root, standing) in enumerate(roots):
        # What is only kin to a label is another name: which label to show is no guess.
        below = Standing.NAME if standing is Standing.LABEL else standing
        found.setdefault(root, (rank, standing))
        waiting = list(aligned[root])
        while waiting:
            prop = waiting.pop()
            if prop not in found:
                found[prop] = (len(roots) + rank, below)
                waiting += aligned[prop]
    return found


@dataclass(slots=True)
class _Draft:
    """What the quads say of one subject, gathered."""

    names: dict[tuple[str, str | None], tuple[int, str, Standing]] = field(default_factory=dict)
    types: set[str] = field(default_factory=set)
    own_types: set[str] = field(default_factory=set)
    descriptions: list[tuple[int, str, str]] = field(default_factory=list)
    quotes: list[Literal] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    document: str | None = None
    iri: str = ""
    weight: int = 0
    said_in: tuple[tuple[str, int], str] | None = None
    described: bool = False
    in_ontology: bool = False

    def kind(self, base: str) -> Kind | None:
        """Return what sort of thing this is, or None if it is none to be found."""
        if not self.iri.startswith(base) or not self.described:
            return None
        if self.quotes:
            return Kind.SENTENCE
        if SH.SPARQLExecutable.value in self.own_types:
            return Kind.QUERY
        if self._has(_CONCEPTS) or (self.in_ontology and self._has(_TERMS)):
            return Kind.TERM if self.names else None
        # What has no name goes by its IRI, if it is a thing and no part of the graph's bookkeeping.
        is_thing = bool(self.own_types) and self.iri.startswith(f"{base}id/")
        return Kind.THING if self.names or is_thing else None

    def _has(self, classes: frozenset[NamedNode]) -> bool:
        return any(cls.value in self.own_types for cls in classes)

    def sorted_names(self) -> tuple[Name, ...]:
        """Return the names, the best first."""
        by_rank = sorted(
            (rank, language or "", text, prop, standing)
            for (text, language), (rank, prop, standing) in self.names.items()
        )
        return tuple(
            Name(text, language or None, prop, standing)
            for rank, language, text, prop, standing in by_rank
        )


class _Gathered:
    """The drafts of all subjects of a graph."""

    def __init__(self, quads: Sequence[Quad], base: str) -> None:
        self.drafts: dict[NamedNode, _Draft] = defaultdict(_Draft)
        self._namings = namings(quads, base)
        self._apart = graph_iri(base, _APART)
        self._ontology = graph_iri(base, "ontology")
        self._inferred = graph_iri(base, "inferred")
        self._passages = _places(quads)
        self._described = {prop: rank for rank, prop in enumerate(DESCRIPTIONS)}
        for quad in quads:
            if quad.graph_name != self._apart and isinstance(quad.subject, NamedNode):
                self._add(quad, quad.subject)

    def _add(self, quad: Quad, subject: NamedNode) -> None:
        draft = self.drafts[subject]
        draft.iri = subject.value
        if quad.predicate == _TYPE and isinstance(quad.object, NamedNode):
            self._add_type(draft, quad)
        if quad.graph_name == self._inferred:
            return
        draft.described = True
        draft.in_ontology |= quad.graph_name == self._ontology
        place = self._passages.get(quad.graph_name)
        if place is not None:
            self._add_saying(draft, quad, place)
        if isinstance(quad.object, Literal):
            self._add_words(draft, quad.predicate, quad.object)
        elif quad.predicate == _CONTEXT and isinstance(quad.object, NamedNode):
            draft.document = quad.object.value

    def _add_type(self, draft: _Draft, quad: Quad) -> None:
        if isinstance(quad.object, NamedNode) and quad.object not in _EMPTY_TYPES:
            draft.types.add(quad.object.value)
            if quad.graph_name != self._inferred:
                draft.own_types.add(quad.object.value)

    def _add_saying(self, draft: _Draft, quad: Quad, place: tuple[str, int]) -> None:
        """Note that a sentence says something of a subject, and refers to an object."""
        said = (place, str(getattr(quad.graph_name, "value", "")))
        draft.said_in = min(draft.said_in or said, said)
        draft.weight += 1
        if isinstance(quad.object, NamedNode) and quad.predicate != _TYPE:
            other = self.drafts[quad.object]
            other.iri = quad.object.value
            other.weight += 1

    def _add_words(self, draft: _Draft, predicate: NamedNode, words: Literal) -> None:
        if predicate in self._namings and words.value.strip():
            rank, standing = self._namings[predicate]
            entry = (rank, predicate.value, standing)
            known = draft.names.get((words.value, words.language), entry)
            draft.names[words.value, words.language] = min(known, entry)
        elif predicate in self._described:
            rank = self._described[predicate]
            draft.descriptions.append((rank, words.language or "", words.value))
        elif predicate == _EXACT:
            draft.quotes.append(words)
        elif predicate in _PLACES and _WHOLE.fullmatch(words.value):
            draft.numbers[predicate.value] = int(words.value)

    def entry(self, node: NamedNode, draft: _Draft, kind: Kind) -> Entry:
        """Return the entry that a draft makes."""
        return Entry(
            iri=node.value,
            kind=kind,
            names=_names(draft, kind),
            types=tuple(sorted(draft.types)),
            own_types=tuple(sorted(draft.own_types)),
            description=min(draft.descriptions)[2] if draft.descriptions else "",
            weight=draft.weight.bit_length(),
            document=draft.document,
            number=draft.numbers.get(_POSITION.value),
            begin=draft.numbers.get(_BEGIN.value),
            end=draft.numbers.get(_END.value),
            said_in=draft.said_in[1] if draft.said_in else None,
        )


def _places(quads: Sequence[Quad]) -> dict[object, tuple[str, int]]:
    """Return the passages, each with what puts it in order: its document and where it begins."""
    documents: dict[object, str] = {}
    begins: dict[object, int] = {}
    for quad in quads:
        if quad.predicate == _CONTEXT:
            documents[quad.subject] = str(quad.object)
        elif quad.predicate == _BEGIN:
            written = getattr(quad.object, "value", "")
            begins[quad.subject] = int(written) if _WHOLE.fullmatch(written) else 0
    return {node: (document, begins.get(node, 0)) for node, document in documents.items()}


def _names(draft: _Draft, kind: Kind) -> tuple[Name, ...]:
    names = draft.sorted_names()
    if kind is Kind.SENTENCE:
        quotes = sorted(draft.quotes, key=str)
        spoken = (Name(q.value, q.language, _EXACT.value, Standing.WORDS) for q in quotes)
        return (*spoken, *names)
    if names and kind is Kind.THING:
        return names
    # A term's own name, and a query's, is what programs call it by.
    spelled = Name(_spelled(draft.iri), None, "", Standing.IDENTIFIER)
    return (*names, spelled) if spelled.text else names


def _spelled(iri: str) -> str:
    """Return the end of an IRI as words: ``…#initiatedBy`` gives "initiated by"."""
    end = re.split(r"[/#]", iri.rstrip("/#"))[-1]
    return " ".join(word if word.isupper() else word.lower() for word in _LOCAL.split(end) if word)
