"""What the editors say about the text: notes, and on which things and facts each one bears."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.entities.evidence import iri, passage
from graphsvc.entities.labels import fit, spelled
from graphsvc.entities.mentions import occurrences
from graphsvc.entities.model import Note, Passage, Variant
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import OA, RDF, RDFS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.store.base import Term

# Notes on the thing itself, and those on the editorial graph as a whole.
_NOTES = (
    PROLOGUE
    + """
SELECT DISTINCT ?entity ?editorial ?target ?note ?predicate ?value ?quote ?number WHERE {
  { ?note oa:hasTarget ?entity BIND(?entity AS ?target) }
  UNION
  { ?note oa:hasTarget ?editorial BIND(?editorial AS ?target) }
  GRAPH ?editorial { ?note ?predicate ?value }
  OPTIONAL {
    ?value oa:exact ?quote .
    OPTIONAL { ?value schema:position ?number }
  }
}
ORDER BY ?note ?predicate ?value
"""
)

_TARGET = OA.hasTarget


class Notes:
    """The editorial notes that bear on one thing.

    A note bears on a fact if it names the fact's property, whatever the term that it does so
    with; one that targets the editorial graph bears on every editorial fact of that property.
    """

    def __init__(self, catalogue: Catalogue, entity: NamedNode, language: str) -> None:
        bound = {"entity": entity, "editorial": catalogue.editorial}
        drafts: dict[tuple[Term, Term], NoteDraft] = defaultdict(NoteDraft)
        for row in catalogue.store.select(_NOTES, bound):
            drafts[row["target"], row["note"]].add(row)
        self._on: dict[tuple[Term, Term], list[Note]] = defaultdict(list)
        self._editorial = catalogue.editorial
        self._entity = entity
        about = []
        for (target, node), draft in drafts.items():
            note = draft.note(node, catalogue, language)
            about += [note] if target == entity else []
            for mentioned in draft.mentioned:
                self._on[target, mentioned].append(note)
        self.about = tuple(about)

    def on(self, predicate: NamedNode) -> tuple[Note, ...]:
        """Return the notes on this thing's facts of one property."""
        return tuple(self._on.get((self._entity, predicate), ()))

    def justifying(self, predicate: NamedNode) -> tuple[Note, ...]:
        """Return the notes that vouch for whatever the editors said with one property."""
        return tuple(self._on.get((self._editorial, predicate), ()))

    def omitted(self) -> dict[Term, tuple[Note, ...]]:
        """Return the notes on what the text does not say of this thing, by the property."""
        return {
            mentioned: tuple(note for note in notes if note.is_omission)
            for (target, mentioned), notes in self._on.items()
            if target == self._entity and any(note.is_omission for note in notes)
        }


@dataclass(slots=True)
class NoteDraft:
    """The rows about one note, put together: its property, its value, a passage's quote."""

    values: dict[Term, list[Term]] = field(default_factory=lambda: defaultdict(list))
    passages: dict[Term, Passage] = field(default_factory=dict)

    def add(self, row: Mapping[str, Term]) -> None:
        """Add a row that says one thing of the note."""
        predicate, value = row["predicate"], row["value"]
        self.values[predicate].append(value)
        found = passage({**row, "passage": value})
        if found is not None and predicate != _TARGET:
            self.passages[value] = found

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
            variants=tuple(_variants(variants, cited)),
            passages=tuple(cited),
            properties=frozenset(self.mentioned),
            dimensions=frozenset().union(
                *(catalogue.dimensions.get(kind, frozenset()) for kind in kinds)
            ),
        )


def _in_one_language(values: Sequence[Term], language: str) -> list[str]:
    """Return the words among some values that suit the reader best: all of one language."""
    literals = [value for value in values if isinstance(value, Literal)]
    closest = min((fit(literal, language) for literal in literals), default=0)
    return [literal.value for literal in literals if fit(literal, language) == closest]


def _variants(readings: Iterable[str], cited: Sequence[Passage]) -> list[Variant]:
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
