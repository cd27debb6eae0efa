"""The notes of the editors, and the things and facts that they are about."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.namespaces import OA, RDF, RDFS
from graphsvc.views.labels import fit
from graphsvc.views.mentions import occurrences
from graphsvc.views.model import Note, Variant
from graphsvc.views.values import as_iri

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphsvc.store.base import Term
    from graphsvc.views.model import Passage
    from graphsvc.views.names import Names
    from graphsvc.views.queries import Row
    from graphsvc.views.terms import Terms


def notes_of(rows: Iterable[Row], names: Names, terms: Terms) -> Mapping[Term, tuple[Note, ...]]:
    """Return the notes in the rows of the query for notes, by their target."""
    statements: dict[Term, dict[Term, list[tuple[Term, Term]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for row in rows:
        statements[row["target"]][row["note"]].append((row["property"], row["value"]))
    return {
        target: tuple(_note(node, notes[node], names, terms) for node in sorted(notes, key=str))
        for target, notes in statements.items()
    }


def by_property(notes: Iterable[Note]) -> Mapping[Term, tuple[Note, ...]]:
    """Return notes by the properties that they mention."""
    index: dict[Term, list[Note]] = defaultdict(list)
    for note in notes:
        for named in note.properties:
            index[named].append(note)
    return {named: tuple(entries) for named, entries in index.items()}


def _note(node: Term, statements: Iterable[tuple[Term, Term]], names: Names, terms: Terms) -> Note:
    values: dict[Term, list[Term]] = defaultdict(list)
    for prop, value in sorted(statements, key=_in_order):
        values[prop].append(value)
    kinds = values.get(RDF.type, [])
    words: list[tuple[str, str]] = []
    readings: list[str] = []
    for prop, texts in ((each, _in_one_language(own, names)) for each, own in values.items()):
        if prop != RDFS.label and len(texts) == 1:
            words.append((names[prop].label, texts[0]))
        elif prop != RDFS.label:
            readings += texts
    mentioned = [value for prop, own in values.items() if prop != RDF.type for value in own]
    cited = {
        passage
        for prop, own in values.items()
        if prop not in (OA.hasTarget, RDF.type)
        for value in own
        if (passage := names.passage(value)) is not None
    }
    passages = tuple(sorted(cited, key=lambda entry: entry.order))
    labels = _in_one_language(values.get(RDFS.label, []), names)
    return Note(
        iri=as_iri(node),
        label=labels[0] if labels else names.spell(node).label,
        kinds=tuple(names[kind] for kind in kinds),
        words=tuple(words),
        variants=tuple(_variants(readings, passages)),
        passages=passages,
        properties=frozenset(value for value in mentioned if isinstance(value, NamedNode)),
        dimensions=frozenset().union(*(terms.dimensions.get(kind, ()) for kind in kinds)),
    )


def _in_order(statement: tuple[Term, Term]) -> tuple[str, bool, str]:
    return (str(statement[0]), isinstance(statement[1], Literal), str(statement[1]))


def _in_one_language(values: Sequence[Term], names: Names) -> list[str]:
    """Return the texts among some values in the language that suits the reader best."""
    literals = [value for value in values if isinstance(value, Literal)]
    closest = min((fit(literal, names.languages) for literal in literals), default=0)
    return [each.value for each in literals if fit(each, names.languages) == closest]


def _variants(readings: Iterable[str], cited: Sequence[Passage]) -> list[Variant]:
    """Return readings with the passages that contain them, in the order of the text.

    If a passage contains a longer reading, the readings inside that one do not count.
    """
    printed: dict[str, list[Passage]] = {words: [] for words in readings}
    for entry in cited:
        spans_by_words = {words: occurrences(words, entry.quote) for words in printed}
        for words, spans in spans_by_words.items():
            longer = [
                span
                for other, others in spans_by_words.items()
                if len(other) > len(words)
                for span in others
            ]
            if any(not any(outer.holds(span) for outer in longer) for span in spans):
                printed[words].append(entry)
    variants = [Variant(words, tuple(stated)) for words, stated in printed.items()]
    return sorted(variants, key=_first_passage)


def _first_passage(variant: Variant) -> tuple[float, str]:
    return min((entry.order for entry in variant.passages), default=(float("inf"), ""))
