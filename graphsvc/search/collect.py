"""The entries of the index, made of quads: what a search finds, and by which names.

The properties for names are those of the standard vocabularies, and those that the ontology
declares as their subproperties or aligns with them.
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

#: The properties of descriptions, the best first.
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

# The properties by which an ontology aligns a property with an equal, similar or wider one.
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

# Everything is a member of these classes.
_EMPTY_TYPES = frozenset((OWL.Thing, OWL.NamedIndividual, RDFS.Resource))

# This graph has records about the others, and nobody looks for its pages.
_EXCLUDED = "shapes"

# Notes, questions and the vocabulary come after the things that they are about.
_RECORD_TYPES = frozenset(cls.value for cls in RECORDS)
_RECORD_WEIGHT, _QUERY_WEIGHT, _TERM_WEIGHT = -15, -15, -20

# What only these graphs describe is only in the index if it has a name.
_RECORDS = ("dataset", "examples", "ontology", "passages")

# Each quad is compared with these terms, so they are created once.
_TYPE, _EXACT, _CONTEXT = RDF.type, OA.exact, NIF.referenceContext
_BEGIN, _END, _POSITION = NIF.beginIndex, NIF.endIndex, SCHEMA.position

# The pattern of an offset of a sentence.
_PLACES = frozenset((_BEGIN, _END, _POSITION))
_WHOLE = re.compile(r"[0-9]{1,15}")

_LOCAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[-_]+")


def entries(quads: Sequence[Quad], base: str, naming: Naming) -> Iterator[Entry]:
    """Yield an entry for everything that a search can find: in no order, each once.

    That is everything with a name, whatever its IRI, and what the graph describes under its
    ``base``; ``naming`` has the properties of labels.
    """
    gathered = _Collector(quads, base, naming)
    for node, draft in gathered.drafts.items():
        kind = gathered.kind(draft)
        if kind is not None:
            yield gathered.entry(node, draft, kind)


def name_properties(
    quads: Sequence[Quad], naming: Naming
) -> Mapping[NamedNode, tuple[int, NameRole]]:
    """Return the properties of names, each with its rank and the role of its names."""
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
        # A property below one of labels gives other names, never the label to show.
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
    """What the quads state about one subject."""

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
        """Return the kind of the subject, or None if it depends on its IRI."""
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
        self._excluded = graph_iri(base, _EXCLUDED)
        self._derived_graphs = frozenset(
            graph_iri(base, name) for name in ("inferred", DERIVATIONS)
        )
        self._records = frozenset(graph_iri(base, name) for name in _RECORDS)
        self._passages = _places(quads)
        self._described = {prop: rank for rank, prop in enumerate(DESCRIPTIONS)}
        for quad in quads:
            if quad.graph_name != self._excluded and isinstance(quad.subject, NamedNode):
                self._add(quad, quad.subject)
        ids = f"{base}id/"
        has_ids = any(draft.iri.startswith(ids) for draft in self.drafts.values())
        self._things = ids if has_ids else base

    def kind(self, draft: _Draft) -> EntryKind | None:
        """Return the kind of a draft's subject, or None if it is not for the index."""
        if not draft.described or NamedNode(draft.iri) in self._forms:
            return None
        kind = draft.kind()
        if kind in (EntryKind.SENTENCE, EntryKind.QUERY) and not draft.iri.startswith(self._base):
            return None
        if kind is None and draft.own_types and draft.is_told:
            # A thing without a name is found by its IRI, unless it is a record.
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
        """Add a statement of a sentence: its subject and its object."""
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
        # The local name of a term or a query is its identifier.
        words = Name(_as_words(draft.iri), None, "", NameRole.IDENTIFIER)
        return (*names, words) if words.text else names


def _weight(draft: _Draft, kind: EntryKind) -> int:
    if kind is EntryKind.THING and not _RECORD_TYPES.isdisjoint(draft.types):
        return _RECORD_WEIGHT
    weights = {EntryKind.TERM: _TERM_WEIGHT, EntryKind.QUERY: _QUERY_WEIGHT}
    return weights.get(kind, draft.weight.bit_length())


def _places(quads: Sequence[Quad]) -> dict[object, tuple[str, int]]:
    """Return the passages, each with its sort key: its document and its offset."""
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
    """Return the literal forms of labels that are resources (SKOS-XL)."""
    forms: dict[Term, list[Literal]] = defaultdict(list)
    for quad in quads:
        if quad.predicate == LITERAL_FORM and isinstance(quad.object, Literal):
            forms[quad.subject].append(quad.object)
    return dict(forms)


def _as_words(iri: str) -> str:
    """Return the end of an IRI as words: ``…#initiatedBy`` gives "initiated by"."""
    end = re.split(r"[/#]", iri.rstrip("/#"))[-1]
    return " ".join(word if word.isupper() else word.lower() for word in _LOCAL.split(end) if word)
