"""What the text leaves out: notes on what a query wants and the graph cannot have.

A note is about an omission if its class, or one above it, says that it is about completeness
(https://www.w3.org/TR/vocab-dqv/#dqv:inDimension). Its target is the thing of which something is
not said, and it names the property that would say it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.errors import GraphsvcError
from graphsvc.explain.model import OmissionNote
from graphsvc.namespaces import DQV, LDQD, OA, OWL, PROV, RDF, RDFS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphsvc.store.base import Store, Term

#: How many notes an explanation has at most.
_MOST_NOTES = 3

#: What leads from a property to its inverse, and to those directly above and below it.
_RELATED = f"{OWL.inverseOf}|^{OWL.inverseOf}|{RDFS.subPropertyOf}|^{RDFS.subPropertyOf}"


def omissions(store: Store, iris: Iterable[str]) -> tuple[OmissionNote, ...]:
    """Return the notes that say that the text leaves out what a query with these IRIs wants.

    If there are notes on a thing that the query names, only these; else those on a related thing;
    else a few on the property. There are none if the store does not answer.
    """
    names = " ".join(str(NamedNode(iri)) for iri in dict.fromkeys(iris))
    if not names:
        return ()
    try:
        ranks = _ranks(store, names)
        best = min(ranks.values(), default=0)
        notes = sorted((note for note, rank in ranks.items() if rank == best), key=str)
        return _read(store, notes[:_MOST_NOTES])
    except GraphsvcError:
        return ()


def _ranks(store: Store, names: str) -> Mapping[Term, int]:
    """Return the notes on a property of the query, each with its rank: the closest has 0."""
    rows = store.select(
        f"SELECT DISTINCT ?note ?is_named ?is_near {{ "
        f"?kind {DQV.inDimension} {LDQD.completeness} . ?class {RDFS.subClassOf}* ?kind . "
        f"?note a ?class ; {OA.hasTarget} ?target . "
        f"{{ VALUES ?property {{ {names} }} }} UNION "
        f"{{ VALUES ?named {{ {names} }} ?named {_RELATED} ?property }} ?note ?about ?property . "
        f"FILTER(?about NOT IN ({RDF.type}, {OA.hasTarget}, {PROV.wasDerivedFrom})) "
        f"BIND(EXISTS {{ VALUES ?target {{ {names} }} }} AS ?is_named) "
        f"BIND(EXISTS {{ VALUES ?thing {{ {names} }} ?target ?any ?thing "
        f"FILTER(?any != {RDF.type}) }} AS ?is_near) }}"
    )
    nearest: dict[Term, int] = {}
    for row in rows:
        ranks = [number for number, name in enumerate(("is_named", "is_near")) if _holds(row, name)]
        rank = min(ranks, default=2)
        nearest[row["note"]] = min(rank, nearest.get(row["note"], rank))
    return nearest


def _holds(row: Mapping[str, Term], name: str) -> bool:
    value = row.get(name)
    return isinstance(value, Literal) and value.value == "true"


def _read(store: Store, notes: Sequence[Term]) -> tuple[OmissionNote, ...]:
    """Return the notes with their labels, and their longest text."""
    if not notes:
        return ()
    rows = store.select(
        f"SELECT ?note ?property ?text {{ VALUES ?note {{ {' '.join(map(str, notes))} }} "
        f"?note ?property ?text FILTER(isLiteral(?text)) }}"
    )
    labels: dict[Term, str] = {}
    texts: dict[Term, list[str]] = defaultdict(list)
    for row in rows:
        text = row["text"]
        if isinstance(text, Literal) and row["property"] == RDFS.label:
            labels[row["note"]] = text.value
        elif isinstance(text, Literal):
            texts[row["note"]].append(text.value)
    return tuple(
        OmissionNote(
            note.value, labels.get(note, note.value), max(texts[note], key=len, default="")
        )
        for note in notes
        if isinstance(note, NamedNode)
    )
