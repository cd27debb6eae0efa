"""What kinds of statements there are, by the graphs in which they stand."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from graphsvc.namespaces import DERIVATIONS, graph_iri
from graphsvc.phrases import Phrase

if TYPE_CHECKING:
    from graphsvc.changes.quad_diff import Statement


class Kind(Enum):
    """A kind of statement, the value being its name in JSON."""

    STATED = Phrase("stated")
    EDITORIAL = Phrase("editorial")
    INFERRED = Phrase("inferred")
    SCHEME = "scheme"
    VOCABULARY = "vocabulary"
    SHAPE = "shape"
    PASSAGE = "passage"
    DERIVATION = "derivation"
    DESCRIPTION = "description"
    OTHER = "other"

    @property
    def meaning(self) -> str:
        """Return what statements of this kind are, in a few words."""
        return _MEANINGS[self]


#: What is said of the things that the graph is about.
FACTS = (Kind.STATED, Kind.EDITORIAL, Kind.INFERRED)

#: What is said of the vocabulary, the texts and the graph itself.
RECORDS = tuple(kind for kind in Kind if kind not in FACTS)

_MEANINGS = {
    Kind.STATED: Phrase("stated by a sentence"),
    Kind.EDITORIAL: Phrase("added by the editors"),
    Kind.INFERRED: Phrase("follows from other facts"),
    Kind.SCHEME: Phrase("concept schemes"),
    Kind.VOCABULARY: Phrase("vocabulary"),
    Kind.SHAPE: Phrase("shapes"),
    Kind.PASSAGE: Phrase("texts and passages"),
    Kind.DERIVATION: Phrase("records of how facts follow"),
    Kind.DESCRIPTION: Phrase("what the graph says of itself"),
    Kind.OTHER: Phrase("other graphs"),
}
_OF_GRAPH = {
    "editorial": Kind.EDITORIAL,
    "inferred": Kind.INFERRED,
    DERIVATIONS: Kind.DERIVATION,
    "schemes": Kind.SCHEME,
    "ontology": Kind.VOCABULARY,
    "shapes": Kind.SHAPE,
    "passages": Kind.PASSAGE,
    "dataset": Kind.DESCRIPTION,
    "examples": Kind.DESCRIPTION,
}


class Kinds:
    """Tells the kind of a statement under a base, as far as the name of its graph does."""

    def __init__(self, base: str) -> None:
        self._of_graph = {str(graph_iri(base, name)): kind for name, kind in _OF_GRAPH.items()}

    def of(self, statement: Statement) -> Kind:
        """Return the kind of a statement: ``OTHER`` if its graph may be a passage."""
        return self._of_graph.get(statement.graph, Kind.OTHER)
