"""Reads the ontology of a graph, and how its terms are used in the data and in the queries."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc import sparql
from graphsvc.entities.labels import best
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import DCTERMS, OWL, RDF, RDFS, SKOS, VANN, graph_iri
from graphsvc.phrases import Phrase
from graphsvc.vocabulary.axioms import Axioms
from graphsvc.vocabulary.model import (
    CLASSES,
    Branch,
    Link,
    Question,
    Relation,
    Section,
    Vocabulary,
    VocabularyTerm,
)
from graphsvc.vocabulary.relations import characteristics, notes, relations, texts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from graphsvc.entities import Catalogue, Named
    from graphsvc.queries import Query
    from graphsvc.store.base import Term

#: The kinds of terms in the order of the page; a term is of the first that fits.
_KINDS: tuple[tuple[NamedNode, str], ...] = (
    (OWL.Class, CLASSES),
    (RDFS.Class, CLASSES),
    (OWL.ObjectProperty, Phrase("Object properties")),
    (OWL.DatatypeProperty, Phrase("Datatype properties")),
    (OWL.AnnotationProperty, Phrase("Annotation properties")),
)
_OTHER = Phrase("Other terms")
#: What says of a term that it is one.
TERM_KINDS = tuple(kind for kind, _ in _KINDS)
#: What people call the kinds, in that order.
KINDS = tuple(dict.fromkeys([*(title for _, title in _KINDS), _OTHER]))
_TRUE = frozenset({"true", "1"})

_CLASS_USES = (
    PROLOGUE
    + """
SELECT ?ontology ?term (COUNT(DISTINCT ?thing) AS ?count) WHERE {
  ?term rdfs:isDefinedBy ?ontology .
  ?thing a ?term .
}
GROUP BY ?ontology ?term
"""
)
_PROPERTY_USES = (
    PROLOGUE
    + """
SELECT ?ontology ?term (COUNT(*) AS ?count) WHERE {
  ?term rdfs:isDefinedBy ?ontology .
  ?thing ?term ?value .
}
GROUP BY ?ontology ?term
"""
)

#: What is said of the ontology itself, in the order of the page.
_METADATA: tuple[tuple[str, NamedNode], ...] = (
    (Phrase("Version"), OWL.versionInfo),
    (Phrase("This version"), OWL.versionIRI),
    (Phrase("Earlier version"), OWL.priorVersion),
    (Phrase("Earlier, compatible version"), OWL.backwardCompatibleWith),
    (Phrase("Earlier, incompatible version"), OWL.incompatibleWith),
    (Phrase("Licence"), DCTERMS.license),
    (Phrase("Creator"), DCTERMS.creator),
    (Phrase("Contributor"), DCTERMS.contributor),
    (Phrase("Publisher"), DCTERMS.publisher),
    (Phrase("Created"), DCTERMS.created),
    (Phrase("Issued"), DCTERMS.issued),
    (Phrase("Modified"), DCTERMS.modified),
    (Phrase("Preferred prefix"), VANN.preferredNamespacePrefix),
    (Phrase("Namespace"), VANN.preferredNamespaceUri),
    (Phrase("Imports"), OWL.imports),
    (Phrase("Source"), DCTERMS.source),
    (Phrase("To cite"), DCTERMS.bibliographicCitation),
    (Phrase("Remark"), RDFS.comment),
)


def read_vocabulary(
    catalogue: Catalogue,
    queries: Sequence[Query] = (),
    prefixes: Mapping[str, str] | None = None,
    language: str = "en",
) -> Vocabulary:
    """Return the ontology with every term that it defines, and which queries use them.

    ``prefixes`` are those that the queries may leave out, and that other vocabularies go by.
    """
    quads = catalogue.store.quads(graph_iri(catalogue.base, "ontology").value)
    reader = _Reader(catalogue, Axioms(quads, catalogue, language))
    return reader.vocabulary(_questions(queries, prefixes or {}), prefixes or {})


def kind_of(types: Collection[Term]) -> str:
    """Return which of ``KINDS`` a term is that is of these types."""
    return next((title for kind, title in _KINDS if kind in types), _OTHER)


class _Reader:
    """Reads one ontology."""

    def __init__(self, catalogue: Catalogue, axioms: Axioms) -> None:
        self._catalogue = catalogue
        self._axioms = axioms
        self._own = sorted(
            (
                term
                for term in axioms.subjects()
                if catalogue.ontology in axioms.values(term, RDFS.isDefinedBy)
            ),
            key=lambda term: (axioms.name(term).label.lower(), term.value),
        )
        self._kinds = {term: self._kind(term) for term in self._own}
        self._classes = [term for term, kind in self._kinds.items() if kind == CLASSES]

    def vocabulary(
        self, questions: Mapping[str, Sequence[Question]], prefixes: Mapping[str, str]
    ) -> Vocabulary:
        """Return the whole of it."""
        uses = {**self._uses(_PROPERTY_USES), **self._uses(_CLASS_USES)}
        terms = [
            self._term(term, uses.get(term, 0), tuple(questions.get(term.value, ())))
            for term in self._own
        ]
        sections = [
            Section(title, tuple(term for term in terms if term.kind == title)) for title in KINDS
        ]
        domains = self._domains()
        return Vocabulary(
            description=best(
                self._axioms.values(self._catalogue.ontology, DCTERMS.description),
                self._axioms.language,
            ),
            about=tuple(self._about()),
            sections=tuple(section for section in sections if section.terms),
            tree=self._tree(domains),
            loose=tuple(domains.get(None, ())),
            links=tuple(self._links()),
            borrowed=tuple(self._borrowed(prefixes)),
        )

    def _kind(self, term: Term) -> str:
        return kind_of(self._axioms.values(term, RDF.type))

    def _term(self, term: NamedNode, uses: int, questions: tuple[Question, ...]) -> VocabularyTerm:
        definition = self._catalogue.definition(term, self._axioms.language)
        return VocabularyTerm(
            term=self._axioms.name(term),
            kind=self._kinds[term],
            definition=definition,
            examples=tuple(texts(self._axioms, term, SKOS.example)),
            notes=notes(self._axioms, term, definition),
            characteristics=characteristics(self._axioms, term),
            relations=relations(self._axioms, term),
            uses=uses,
            questions=questions,
            deprecated=best(self._axioms.values(term, OWL.deprecated), "") in _TRUE,
        )

    def _uses(self, query: str) -> dict[Term, int]:
        rows = self._catalogue.store.select(query, {"ontology": self._catalogue.ontology})
        # No rows are one row without a term.
        return {
            row["term"]: int(row["count"].value)
            for row in rows
            if "term" in row and isinstance(row["count"], Literal)
        }

    def _about(self) -> Iterator[Relation]:
        node = self._catalogue.ontology
        for label, predicate in _METADATA:
            values = self._axioms.values(node, predicate)
            if values:
                yield Relation(label, tuple(self._axioms.in_words(value) for value in values))

    def _domains(self) -> dict[NamedNode | None, list[Named]]:
        """Return the properties of each class; under None those that are of no own class."""
        found: dict[NamedNode | None, list[Named]] = defaultdict(list)
        for term in self._own:
            if self._kinds[term] in (CLASSES, _OTHER):
                continue
            domains = [
                cls
                for value in self._axioms.values(term, RDFS.domain)
                for cls in self._axioms.named_in(value)
                if self._kinds.get(cls) == CLASSES
            ]
            for cls in domains or (None,):
                found[cls].append(self._axioms.name(term))
        return found

    def _tree(self, domains: Mapping[NamedNode | None, Sequence[Named]]) -> tuple[Branch, ...]:
        def branch(cls: NamedNode, above: frozenset[NamedNode]) -> Branch:
            below = [
                sub
                for sub in self._classes
                if cls in self._axioms.values(sub, RDFS.subClassOf) and sub not in above
            ]
            return Branch(
                self._axioms.name(cls),
                tuple(domains.get(cls, ())),
                tuple(branch(sub, above | {sub}) for sub in below),
            )

        own = set(self._classes)
        roots = [
            cls
            for cls in self._classes
            if not own.intersection(self._axioms.values(cls, RDFS.subClassOf))
        ]
        return tuple(branch(root, frozenset({root})) for root in roots)

    def _links(self) -> Iterator[Link]:
        """Yield the object properties between classes, but none that only repeats others.

        A chain does, and so does an inverse: of the two, that is drawn of which chains are made.
        """
        steps = self._steps_of_chains()
        objects = [
            prop
            for prop in self._own
            if OWL.ObjectProperty in self._axioms.values(prop, RDF.type)
            and not self._axioms.values(prop, OWL.propertyChainAxiom)
        ]
        order = sorted(objects, key=lambda prop: (prop not in steps, prop.value))
        found: dict[tuple[NamedNode, NamedNode], list[NamedNode]] = defaultdict(list)
        for prop in objects:
            before = set(order[: order.index(prop)])
            if not before.intersection(self._inverses(prop)):
                for pair in self._ends(prop):
                    found[pair].append(prop)
        name = self._axioms.name
        for (subject, value), properties in sorted(found.items(), key=str):
            yield Link(name(subject), tuple(map(name, properties)), name(value))

    def _steps_of_chains(self) -> set[Term]:
        own = set(self._own)
        return {step for whole, steps in self._axioms.chains if whole in own for step in steps}

    def _inverses(self, prop: NamedNode) -> list[Term]:
        stated = self._axioms.values(prop, OWL.inverseOf)
        return [*stated, *self._axioms.pointing(prop, OWL.inverseOf)]

    def _ends(self, prop: NamedNode) -> Iterator[tuple[NamedNode, NamedNode]]:
        for domain in self._axioms.values(prop, RDFS.domain):
            for extent in self._axioms.values(prop, RDFS.range):
                for subject in self._axioms.named_in(domain):
                    for value in self._axioms.named_in(extent):
                        yield subject, value

    def _is_term(self, node: NamedNode) -> bool:
        return any(kind in TERM_KINDS for kind in self._axioms.values(node, RDF.type))

    def _borrowed(self, prefixes: Mapping[str, str]) -> Iterator[tuple[str, tuple[Named, ...]]]:
        others: dict[str, list[Named]] = defaultdict(list)
        for term in self._axioms.subjects():
            if term not in self._kinds and self._is_term(term):
                namespace = term.value[: max(map(term.value.rfind, "/#")) + 1]
                prefix = next((key for key, iri in prefixes.items() if iri == namespace), namespace)
                others[prefix].append(self._axioms.name(term))
        for prefix in sorted(others):
            yield prefix, tuple(sorted(others[prefix], key=lambda term: term.iri or ""))


def _questions(queries: Iterable[Query], prefixes: Mapping[str, str]) -> dict[str, list[Question]]:
    """Return which queries name an IRI, by IRI."""
    found: dict[str, list[Question]] = defaultdict(list)
    for query in queries:
        for iri in sorted(sparql.named_iris(query.text, prefixes)):
            found[iri].append(Question(query.name, query.summary))
    return found
