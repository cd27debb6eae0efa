"""What the editors say about the text: notes, and on which things and facts each one bears."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode

from graphsvc.entities.evidence import iri, quoted
from graphsvc.entities.labels import fit, spelled
from graphsvc.entities.mentions import occurrences
from graphsvc.entities.model import Note, Variant
from graphsvc.namespaces import OA, PROV, RDF, RDFS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pyoxigraph import Quad

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.evidence import Graph
    from graphsvc.entities.model import Passage
    from graphsvc.store.base import Subject, Term

_TARGET = OA.hasTarget


def notes_from(catalogue: Catalogue, passage: NamedNode, language: str) -> tuple[Note, ...]:
    """Return the editors' notes that rest on a passage and are about something."""
    near = catalogue.near
    found = near.quads(catalogue.editorial.value, predicate=PROV.wasDerivedFrom, value=passage)
    nodes = {quad.subject for quad in found if isinstance(quad.subject, NamedNode | BlankNode)}
    targeting = (node for node in nodes if next(near.triples(node, _TARGET), None) is not None)
    return notes(catalogue, targeting, language)


def notes(catalogue: Catalogue, nodes: Iterable[Subject], language: str) -> tuple[Note, ...]:
    """Return those of some nodes that the editors describe, in order."""
    drafts = ((node, NoteDraft.read(catalogue, node)) for node in sorted(nodes, key=str))
    return tuple(draft.note(node, catalogue, language) for node, draft in drafts if draft.values)


@dataclass(slots=True)
class NoteDraft:
    """What the editors say of a note, by property, and the passages that it names."""

    values: Mapping[Term, list[Term]]
    passages: Mapping[Graph, Passage]

    @classmethod
    def read(cls, catalogue: Catalogue, node: Subject) -> NoteDraft:
        """Look up what the editorial graph says of a node."""
        quads = catalogue.near.quads(catalogue.editorial.value, subject=node)
        values: dict[Term, list[Term]] = defaultdict(list)
        for quad in sorted(quads, key=_in_order):
            values[quad.predicate].append(quad.object)
        named = (
            value
            for predicate, said in values.items()
            if predicate not in (_TARGET, RDF.type)
            for value in said
        )
        return cls(values, quoted(catalogue, named))

    @property
    def mentioned(self) -> list[Term]:
        """Return the IRIs that the note names, whatever it names them for."""
        return [
            value
            for predicate, values in self.values.items()
            if predicate != RDF.type
            for value in values
            if isinstance(value, NamedNode)
        ]

    def note(self, node: Term, catalogue: Catalogue, language: str) -> Note:
        """Return the note, in the languages of a priority list."""
        kinds = self.values.get(RDF.type, [])
        words, variants = [], []
        for predicate, values in self.values.items():
            said = _in_one_language(values, language)
            if predicate == RDFS.label or not said:
                continue
            if len(said) > 1:
                variants += said
            else:
                words.append((catalogue.term(predicate, language).label, said[0]))
        cited = sorted(self.passages.values(), key=lambda entry: entry.order)
        labels = _in_one_language(self.values.get(RDFS.label, []), language)
        return Note(
            iri=iri(node),
            label=labels[0] if labels else spelled(node).label,
            kinds=tuple(catalogue.term(kind, language) for kind in kinds),
            words=tuple(words),
            variants=tuple(variants_of(variants, cited)),
            passages=tuple(cited),
            properties=frozenset(self.mentioned),
            dimensions=frozenset().union(
                *(catalogue.dimensions.get(kind, frozenset()) for kind in kinds)
            ),
        )


def _in_order(quad: Quad) -> tuple[str, bool, str]:
    return (quad.predicate.value, isinstance(quad.object, Literal), str(quad.object))


def _in_one_language(values: Sequence[Term], language: str) -> list[str]:
    """Return the words among some values that suit the reader best: all of one language."""
    literals = [value for value in values if isinstance(value, Literal)]
    closest = min((fit(literal, language) for literal in literals), default=0)
    return [literal.value for literal in literals if fit(literal, language) == closest]


def variants_of(readings: Iterable[str], cited: Sequence[Passage]) -> list[Variant]:
    """Return readings with the passages that print them, in the order of the text.

    A passage prints the longest reading that stands in it, and not those within that one.
    """
    printed: dict[str, list[Passage]] = {words: [] for words in readings}
    for entry in cited:
        found = {words: occurrences(words, entry.quote) for words in printed}
        for words, spans in found.items():
            longer = [
                span
                for other, others in found.items()
                if len(other) > len(words)
                for span in others
            ]
            if any(not any(outer.holds(span) for outer in longer) for span in spans):
                printed[words].append(entry)
    variants = [Variant(words, tuple(stated)) for words, stated in printed.items()]
    return sorted(variants, key=_first_place)


def _first_place(variant: Variant) -> tuple[float, str]:
    return min((entry.order for entry in variant.passages), default=(float("inf"), ""))
