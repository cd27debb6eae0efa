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
    DC,
    DCTERMS,
    DERIVATIONS,
    NIF,
    OA,
    OWL,
    RDF,
    RDFS,
    RECORDS,
    SCHEMA,
    SH,
    SKOS,
    graph_iri,
)
from graphsvc.naming import IDENTIFIERS, LITERAL_FORM, NAMES, SCHEMA_HTTP, WORDS
from graphsvc.search.model import Entry, EntryKind, Name, NameRole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graphsvc.naming import Naming
    from graphsvc.store.base import Term

#: What says in a sentence or two what a thing is, the best first.
DESCRIPTIONS = (
    DCTERMS.description,
    SCHEMA.description,
    SKOS.definition,
    RDFS.comment,
    DC.description,
    SCHEMA_HTTP.description,
)

# The index has one description of a thing; pages show that in the reader's language.
_USUAL_LANGUAGES = ("", "en")

# Ways in which an ontology says that a property means what another does, nearly or more narrowly.
_ALIGNMENTS = frozenset(
    (RDFS.subPropertyOf, OWL.equivalentProperty, SKOS.exactMatch, SKOS.closeMatch)
)

_CONCEPTS = frozenset((SKOS.Concept, SKOS.ConceptScheme, SKOS.Collection, SKOS.OrderedCollection))
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

# What speaks of things stands behind them: notes on them, questions about them, the vocabulary.
_RECORD_TYPES = frozenset(cls.value for cls in RECORDS)
_RECORD_WEIGHT, _QUERY_WEIGHT, _TERM_WEIGHT = -15, -15, -20

# What only these graphs speak of is looked for by its name alone.
_RECORDS = ("dataset", "examples", "ontology", "passages")

# Each quad is compared with these, and so they are made once.
_TYPE, _EXACT, _CONTEXT = RDF.type, OA.exact, NIF.referenceContext
_BEGIN, _END, _POSITION = NIF.beginIndex, NIF.endIndex, SCHEMA.position

# Where a sentence is: numbers that are read as far as they are such.
_PLACES = frozenset((_BEGIN, _END, _POSITION))
_WHOLE = re.compile(r"[0-9]{1,15}")

_LOCAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[-_]+")


def entries(quads: Sequence[Quad], base: str, naming: Naming) -> Iterator[Entry]:
    """Yield an entry for whatever can be found in a graph: in no order, each once.

    That is all that has a name, wherever its IRI is, and what the graph describes under its
    ``base``; ``naming`` says what gives things labels.
    """
    gathered = _Collector(quads, base, naming)
    for node, draft in gathered.drafts.items():
        kind = gathered.kind(draft)
        if kind is not None:
            yield gathered.entry(node, draft, kind)


def name_properties(
    quads: Sequence[Quad], naming: Naming
) -> Mapping[NamedNode, tuple[int, NameRole]]:
    """Return the properties that give names, each with its rank and the standing of its names."""
    properties: dict[NamedNode, tuple[int, NameRole]] = {}
    aligned: dict[Term, list[NamedNode]] = defaultdict(list)
    for quad in quads:
        if quad.predicate in _ALIGNMENTS and isinstance(quad.subject, NamedNode):
            aligned[quad.object].append(quad.subject)
    roots = (
        *((prop, NameRole.LABEL) for prop in naming.labels if prop != WORDS),
        *((prop, NameRole.NAME) for prop in NAMES),
        *((prop, NameRole.IDENTIFIER) for prop in IDENTIFIERS),
    )
    for rank, (root, role) in enumerate(roots):
        # What is only kin to a label is another name: which label to show is no guess.
        below = NameRole.NAME if role is NameRole.LABEL else role
        properties.setdefault(root, (rank, role))
        queue = list(aligned[root])
        while queue:
            prop = queue.pop()
            if prop not in properties:
                properties[prop] = (len(roots) + rank, below)
                queue += aligned[prop]
    return properties


@dataclass(slots=True)
class _Draft:
    """What the quads say of one subject, gathered."""

    names: dict[tuple[str, str | None], tuple[int, str, NameRole]] = field(default_factory=dict)
    types: set[str] = field(default_factory=set)
    own_types: set[str] = field(default_factory=set)
    descriptions: list[tuple[int, bool, str, str]] = field(default_factory=list)
    quotes: list[Literal] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    document: str | None = None
    iri: str = ""
    weight: int = 0
    said_in: tuple[tuple[str, int], str] | None = None
    described: bool = False
    is_told: bool = False

    def kind(self) -> EntryKind | None:
        """Return what sort of thing this is, or None if only its IRI can tell whether it is one."""
        if self.quotes:
            return EntryKind.SENTENCE
        if SH.SPARQLExecutable.value in self.own_types:
            return EntryKind.QUERY
        if self._has(_CONCEPTS):
            return EntryKind.CONCEPT if self.names else None
        if self._has(_TERMS):
            return EntryKind.TERM if self.names else None
        return EntryKind.THING if self.names else None

    def _has(self, classes: frozenset[NamedNode]) -> bool:
        return any(cls.value in self.own_types for cls in classes)

    def sorted_names(self) -> tuple[Name, ...]:
        """Return the names, the best first."""
        by_rank = sorted(
            (rank, language or "", text, prop, role)
            for (text, language), (rank, prop, role) in self.names.items()
        )
        return tuple(
            Name(text, language or None, prop, role) for rank, language, text, prop, role in by_rank
        )


class _Collector:
    """The drafts of all subjects of a graph."""

    def __init__(self, quads: Sequence[Quad], base: str, naming: Naming) -> None:
        self.drafts: dict[NamedNode, _Draft] = defaultdict(_Draft)
        self._base = base
        self._naming = naming
        self._name_properties = name_properties(quads, naming)
        self._forms = _literal_forms(quads)
        self._apart = graph_iri(base, _APART)
        self._derived_graphs = frozenset(
            graph_iri(base, name) for name in ("inferred", DERIVATIONS)
        )
        self._records = frozenset(graph_iri(base, name) for name in _RECORDS)
        self._passages = _places(quads)
        self._described = {prop: rank for rank, prop in enumerate(DESCRIPTIONS)}
        for quad in quads:
            if quad.graph_name != self._apart and isinstance(quad.subject, NamedNode):
                self._add(quad, quad.subject)
        ids = f"{base}id/"
        has_ids = any(draft.iri.startswith(ids) for draft in self.drafts.values())
        self._things = ids if has_ids else base

    def kind(self, draft: _Draft) -> EntryKind | None:
        """Return what sort of thing a draft is of, or None if it is none to be found."""
        if not draft.described or NamedNode(draft.iri) in self._forms:
            return None
        kind = draft.kind()
        if kind in (EntryKind.SENTENCE, EntryKind.QUERY) and not draft.iri.startswith(self._base):
            return None
        if kind is None and draft.own_types and draft.is_told:
            # What has no name goes by its IRI, if it is a thing and no part of the bookkeeping.
            return EntryKind.THING if draft.iri.startswith(self._things) else None
        return kind

    def _add(self, quad: Quad, subject: NamedNode) -> None:
        draft = self.drafts[subject]
        draft.iri = subject.value
        if quad.predicate == _TYPE and isinstance(quad.object, NamedNode):
            self._add_type(draft, quad)
        if quad.graph_name in self._derived_graphs:
            return
        draft.described = True
        draft.is_told = draft.is_told or quad.graph_name not in self._records
        place = self._passages.get(quad.graph_name)
        if place is not None:
            self._add_statement(draft, quad, place)
        if isinstance(quad.object, Literal):
            self._add_words(draft, quad.predicate, quad.object)
        elif quad.object in self._forms:
            for form in self._forms[quad.object]:
                self._add_words(draft, quad.predicate, form)
        elif quad.predicate == _CONTEXT and isinstance(quad.object, NamedNode):
            draft.document = quad.object.value

    def _add_type(self, draft: _Draft, quad: Quad) -> None:
        if isinstance(quad.object, NamedNode) and quad.object not in _EMPTY_TYPES:
            draft.types.add(quad.object.value)
            if quad.graph_name not in self._derived_graphs:
                draft.own_types.add(quad.object.value)

    def _add_statement(self, draft: _Draft, quad: Quad, place: tuple[str, int]) -> None:
        """Note that a sentence says something of a subject, and refers to an object."""
        source = (place, str(getattr(quad.graph_name, "value", "")))
        draft.said_in = min(draft.said_in or source, source)
        draft.weight += 1
        if isinstance(quad.object, NamedNode) and quad.predicate != _TYPE:
            other = self.drafts[quad.object]
            other.iri = quad.object.value
            other.weight += 1

    def _add_words(self, draft: _Draft, predicate: NamedNode, words: Literal) -> None:
        if predicate in self._name_properties and words.value.strip():
            rank, role = self._name_properties[predicate]
            entry = (rank, predicate.value, role)
            best = draft.names.get((words.value, words.language), entry)
            draft.names[words.value, words.language] = min(best, entry)
        elif predicate in self._described:
            rank = self._described[predicate]
            language = words.language or ""
            is_other = language not in _USUAL_LANGUAGES
            draft.descriptions.append((rank, is_other, language, words.value))
        elif predicate == _EXACT:
            draft.quotes.append(words)
        elif predicate in _PLACES and _WHOLE.fullmatch(words.value):
            draft.numbers[predicate.value] = int(words.value)

    def entry(self, node: NamedNode, draft: _Draft, kind: EntryKind) -> Entry:
        """Return the entry that a draft makes."""
        return Entry(
            iri=node.value,
            kind=kind,
            names=self._names(draft, kind),
            types=tuple(sorted(draft.types)),
            own_types=tuple(sorted(draft.own_types)),
            description=min(draft.descriptions)[-1] if draft.descriptions else "",
            weight=_weight(draft, kind),
            document=draft.document,
            number=draft.numbers.get(_POSITION.value),
            begin=draft.numbers.get(_BEGIN.value),
            end=draft.numbers.get(_END.value),
            said_in=draft.said_in[1] if draft.said_in else None,
        )

    def _names(self, draft: _Draft, kind: EntryKind) -> tuple[Name, ...]:
        names = draft.sorted_names()
        if kind is EntryKind.SENTENCE:
            quotes = sorted(draft.quotes, key=str)
            quoted = (Name(q.value, q.language, _EXACT.value, NameRole.WORDS) for q in quotes)
            return (*quoted, *names)
        if not names:
            short_iri = self._naming.prefixes.shorten(draft.iri)
            names = (Name(short_iri, None, "", NameRole.IDENTIFIER),)
        if kind is EntryKind.THING:
            return names
        # A term's own name, and a query's, is what programs call it by.
        words = Name(_as_words(draft.iri), None, "", NameRole.IDENTIFIER)
        return (*names, words) if words.text else names


def _weight(draft: _Draft, kind: EntryKind) -> int:
    if kind is EntryKind.THING and not _RECORD_TYPES.isdisjoint(draft.types):
        return _RECORD_WEIGHT
    weights = {EntryKind.TERM: _TERM_WEIGHT, EntryKind.QUERY: _QUERY_WEIGHT}
    return weights.get(kind, draft.weight.bit_length())


def _places(quads: Sequence[Quad]) -> dict[object, tuple[str, int]]:
    """Return the passages, each with what puts it in order: its document and where it begins."""
    documents: dict[object, str] = {}
    begins: dict[object, int] = {}
    for quad in quads:
        if quad.predicate == _CONTEXT:
            documents[quad.subject] = str(quad.object)
        elif quad.predicate == _BEGIN:
            offset = getattr(quad.object, "value", "")
            begins[quad.subject] = int(offset) if _WHOLE.fullmatch(offset) else 0
    return {node: (document, begins.get(node, 0)) for node, document in documents.items()}


def _literal_forms(quads: Iterable[Quad]) -> Mapping[Term, list[Literal]]:
    """Return what the labels say that are things themselves, as SKOS-XL has them."""
    forms: dict[Term, list[Literal]] = defaultdict(list)
    for quad in quads:
        if quad.predicate == LITERAL_FORM and isinstance(quad.object, Literal):
            forms[quad.subject].append(quad.object)
    return dict(forms)


def _as_words(iri: str) -> str:
    """Return the end of an IRI as words: ``…#initiatedBy`` gives "initiated by"."""
    end = re.split(r"[/#]", iri.rstrip("/#"))[-1]
    return " ".join(word if word.isupper() else word.lower() for word in _LOCAL.split(end) if word)
