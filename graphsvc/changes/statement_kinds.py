"""The kinds of statements, by the graphs that contain them."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from graphsvc.namespaces import DERIVATIONS, graph_iri
from graphsvc.phrases import Phrase

if TYPE_CHECKING:
    from graphsvc.changes.quad_diff import Statement


class StatementKind(Enum):
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
        """Return a description of statements of this kind, in a few words."""
        return _MEANINGS[self]


#: Statements about the things of the graph.
FACTS = (StatementKind.STATED, StatementKind.EDITORIAL, StatementKind.INFERRED)

#: Statements about the vocabulary, the texts and the graph itself.
RECORDS = tuple(kind for kind in StatementKind if kind not in FACTS)

_MEANINGS = {
    StatementKind.STATED: Phrase("stated by a sentence"),
    StatementKind.EDITORIAL: Phrase("added by the editors"),
    StatementKind.INFERRED: Phrase("follows from other facts"),
    StatementKind.SCHEME: Phrase("concept schemes"),
    StatementKind.VOCABULARY: Phrase("vocabulary"),
    StatementKind.SHAPE: Phrase("shapes"),
    StatementKind.PASSAGE: Phrase("texts and passages"),
    StatementKind.DERIVATION: Phrase("records of how facts follow"),
    StatementKind.DESCRIPTION: Phrase("what the graph says of itself"),
    StatementKind.OTHER: Phrase("other graphs"),
}
_OF_GRAPH = {
    "editorial": StatementKind.EDITORIAL,
    "inferred": StatementKind.INFERRED,
    DERIVATIONS: StatementKind.DERIVATION,
    "schemes": StatementKind.SCHEME,
    "ontology": StatementKind.VOCABULARY,
    "shapes": StatementKind.SHAPE,
    "passages": StatementKind.PASSAGE,
    "dataset": StatementKind.DESCRIPTION,
    "examples": StatementKind.DESCRIPTION,
}


class KindClassifier:
    """Classifies statements under a base by the names of their graphs."""

    def __init__(self, base: str) -> None:
        self._of_graph = {str(graph_iri(base, name)): kind for name, kind in _OF_GRAPH.items()}

    def of(self, statement: Statement) -> StatementKind:
        """Return the kind of a statement: ``OTHER`` if its graph may be a passage."""
        return self._of_graph.get(statement.graph, StatementKind.OTHER)
