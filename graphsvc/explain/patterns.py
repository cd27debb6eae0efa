"""The graph patterns of a query with their places, read from the grammar's tree.

A plain triple pattern is split into its terms. Others (with collections, annotations, reified
triples) stay one piece of text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc.sparql import TokenKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.grammar import Node
    from graphsvc.sparql import Token

#: In these a triple is more than its three terms.
_OPAQUE = frozenset({"Collection", "Reified", "Annotation", "Reifier", "TripleTerm"})
#: The variables that stand for nodes written as brackets.
_NAMELESS = re.compile(r"\?node_\d+\b")


@dataclass(frozen=True, slots=True)
class PatternPart:
    """A part of a group: its rule, its text for a query, and its offset.

    ``rule`` is that of the grammar: Triples, Filter, Optional, Union, Graph, … ``terms`` are the
    subject, property and object of a plain triple pattern, and empty otherwise; its ``node`` is
    that of its object.
    """

    rule: str
    text: str
    offset: int
    node: Node
    terms: tuple[str, ...] = ()

    @property
    def display_text(self) -> str:
        """Return the text to show to a reader."""
        text = " ".join(self.terms) if self.terms else self.text
        return with_anonymous_nodes(" ".join(text.split()))


def with_anonymous_nodes(text: str) -> str:
    """Return a text with ``[ ]`` for the nodes that had no name in the query."""
    return _NAMELESS.sub("[ ]", text)


class PatternReader:
    """Reads the groups of one query."""

    def __init__(self, query: str) -> None:
        self._query = query

    def text(self, node: Node) -> str:
        """Return a node as it is written, without what stands around it."""
        leaves = list(node.leaves())
        return self._query[leaves[0].start : leaves[-1].end] if leaves else ""

    def parts(self, group: Node) -> list[PatternPart]:
        """Return the parts of a group in order; a triple pattern is a part of its own."""
        result: list[PatternPart] = []
        for node in group.nodes():
            if node.rule == "Triples" and not self._is_opaque(node):
                result += self._triples(node)
            else:
                result.append(PatternPart(node.rule, self.text(node), _start(node), node))
        return result

    @staticmethod
    def _is_opaque(node: Node) -> bool:
        return any(inner.rule in _OPAQUE for inner in node.iter_nodes())

    def _triples(self, triples: Node) -> Iterator[PatternPart]:
        first = triples.children[0]
        subject = self._term(triples.nodes("Term", "Node")[0])
        if first in triples.nodes("Node"):
            yield from self._inside(triples.nodes("Node")[0])
        for properties in triples.nodes("Properties"):
            yield from self._properties(subject, properties, _start(triples))

    def _properties(
        self, subject: str, properties: Node, offset: int | None
    ) -> Iterator[PatternPart]:
        verbs = properties.nodes("Verb")
        for verb, objects in zip(verbs, properties.nodes("Objects"), strict=True):
            text = self.text(verb)
            place = _start(verb) if offset is None else offset
            for number, value in enumerate(objects.nodes("Object")):
                terms = (subject, text, self._term(value.nodes()[0]))
                # What follows a comma begins there; what it shares stands before.
                begins = _start(value) if number else place
                yield PatternPart("Triples", f"{' '.join(terms)} .", begins, value, terms)
                for node in value.nodes("Node"):
                    yield from self._inside(node)
            offset = None

    def _inside(self, node: Node) -> Iterator[PatternPart]:
        """Yield the triples in ``[ … ]``."""
        subject = self._term(node)
        for inner in node.nodes("NodeOf"):
            for properties in inner.nodes("Properties"):
                yield from self._properties(subject, properties, None)

    def _term(self, node: Node) -> str:
        """Return a term as text; a blank node becomes a variable."""
        leaves = list(node.leaves())
        first = leaves[0]
        if node.rule == "Node" or first.text == "[]":
            return f"?node_{first.start}"
        if first.kind is TokenKind.BLANK:
            return "?blank_" + "".join(c if c.isalnum() else "_" for c in first.text[2:])
        return self.text(node)


def _start(node: Node) -> int:
    return next(node.leaves()).start


def variables(node: Node) -> set[str]:
    return {token.text for token in node.leaves() if token.kind is TokenKind.VARIABLE}


def form(root: Node) -> Node | None:
    """Return the node of SELECT, ASK, CONSTRUCT or DESCRIBE."""
    whole = root.nodes("Query")
    forms = whole[0].nodes("Select", "Ask", "Construct", "Describe") if whole else []
    return forms[0] if forms else None


def where(node: Node) -> Node | None:
    """Return the group of a query, or None if it has none (``DESCRIBE <…>``)."""
    wheres = node.nodes("Where")
    return wheres[0].nodes("Group")[0] if wheres else None


def named_iris(root: Node) -> Iterator[Token]:
    """Yield every IRI that a query names outside its prologue, but no datatypes of literals."""
    stack = [root]
    while stack:
        node = stack.pop()
        if node.rule == "Iri":
            yield next(node.leaves())
        elif node.rule not in ("Prologue", "Dataset", "Literal", "FunctionCall", "Template"):
            stack.extend(reversed(node.nodes()))
