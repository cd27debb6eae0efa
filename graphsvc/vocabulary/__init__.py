"""The ontology as a reader meets it: every term, how they hang together, and where they are used.

All of it is read from the graph: a new class or property needs no line of Python.
"""

from graphsvc.vocabulary.diagram import Drawing, network, tree, upright_tree
from graphsvc.vocabulary.model import (
    Branch,
    Expression,
    Link,
    Note,
    Question,
    Relation,
    Section,
    Vocabulary,
    VocabularyTerm,
)
from graphsvc.vocabulary.read import KINDS, TERM_KINDS, kind_of, read_vocabulary

__all__ = [
    "KINDS",
    "TERM_KINDS",
    "Branch",
    "Drawing",
    "Expression",
    "Link",
    "Note",
    "Question",
    "Relation",
    "Section",
    "Vocabulary",
    "VocabularyTerm",
    "kind_of",
    "network",
    "read_vocabulary",
    "tree",
    "upright_tree",
]
