"""facts.trig as a list of blocks, each a passage's, that can be moved, added and taken out.

What stands between the blocks, comments and empty lines, stays where it is, character by character.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphsvc import sparql, trig
from graphsvc.sparql import Token, TokenKind

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from graphsvc.authoring.suggestions import Suggestion
    from graphsvc.namespaces import Prefixes

_GAP = "\n\n"


@dataclass(frozen=True, slots=True)
class FactsBlock:
    """A block: its graph's IRI, its quote as it is written, the rest of it, and if it has facts."""

    graph: str
    quote: str
    body: str
    has_facts: bool

    @property
    def text(self) -> str:
        """Return the block as the file has it."""
        return self.quote + self.body

    def quoting(self, words: str) -> FactsBlock:
        """Return the block under some words; as it is, if it quotes them already."""
        lines = self.quote.splitlines()
        quoted = " ".join(line.strip().removeprefix(trig.QUOTE_MARK) for line in lines)
        wanted = trig.normalised(words)
        if lines and trig.normalised(quoted) == wanted:
            return self
        return FactsBlock(self.graph, f"{trig.QUOTE_MARK} {wanted}\n", self.body, self.has_facts)


@dataclass(slots=True)
class FactsFile:
    """The blocks of a file; ``before`` has what stands before each, ``end`` what is after all."""

    blocks: list[FactsBlock] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    end: str = "\n"

    @classmethod
    def read(cls, text: str) -> FactsFile:
        """Return the blocks of a file whose syntax is right."""
        namespaces = sparql.declared_prefixes(text)
        file = cls()
        done = 0
        for quote, head, tokens in _blocks(text):
            begin = quote[0].start if quote else head.start
            end = tokens[-1].end
            name = next(token for token in tokens if token.kind in (TokenKind.IRI, TokenKind.NAME))
            file.before.append(text[done:begin])
            has_facts = any(token.kind is not TokenKind.COMMENT for token in _inner(tokens))
            body = text[head.start : end]
            file.blocks.append(
                FactsBlock(trig.iri_of(name, namespaces), text[begin : head.start], body, has_facts)
            )
            done = end
        file.end = text[done:]
        return file

    @property
    def text(self) -> str:
        """Return the file."""
        pairs = zip(self.before, self.blocks, strict=True)
        return "".join(before + block.text for before, block in pairs) + self.end

    @property
    def graphs(self) -> frozenset[str]:
        """Return the graphs that have a block."""
        return frozenset(block.graph for block in self.blocks)

    def block(self, graph: str) -> FactsBlock | None:
        """Return the block of a graph."""
        return next((block for block in self.blocks if block.graph == graph), None)

    def rearranged(
        self, removed: Container[str], inserted: Mapping[str | None, Sequence[FactsBlock]]
    ) -> FactsFile:
        """Return the file without some blocks, and with others, each after that of a graph.

        What is inserted after None stands before all.
        """
        file = FactsFile(end=self.end)
        comments = ""
        for place, (before, block) in enumerate(zip(self.before, self.blocks, strict=True)):
            between = _joined(comments, before)
            comments = ""
            if place == 0:
                file._add_all(inserted.get(None, ()), between)
                between = _GAP if file.blocks else between
            if block.graph in removed:
                # What stands before a block is often said of several, and the head is of all.
                comments = between if between.strip() or not file.blocks else ""
            else:
                file.before.append(between)
                file.blocks.append(block)
            file._add_all(inserted.get(block.graph, ()), _GAP)
        if not self.blocks and inserted.get(None):
            file._add_all(inserted[None], f"{self.end.strip()}{_GAP}".lstrip())
            file.end = "\n"
        elif comments.strip():
            file.end = comments.rstrip("\n") + "\n" + self.end
        return file

    def quoting(self, words: Mapping[str, str]) -> FactsFile:
        """Return the file with each block under its words, as far as they are known by graph."""
        blocks = [
            block.quoting(words[block.graph]) if block.graph in words else block
            for block in self.blocks
        ]
        return FactsFile(blocks, self.before, self.end)

    def _add_all(self, blocks: Iterable[FactsBlock], before: str) -> None:
        for block in blocks:
            self.before.append(before)
            self.blocks.append(block)
            before = _GAP


def _joined(comments: str, before: str) -> str:
    """Return what stood before a block that is gone with what stands before the next."""
    return comments.rstrip("\n") + before if comments.strip() else before


def new_block(
    graph: str, words: str, suggestions: Iterable[Suggestion], prefixes: Prefixes
) -> FactsBlock:
    """Return a block without facts, in which stand the things that the words name."""
    lines = [
        f"    # {prefixes.compact(each.iri)} {json.dumps(each.label, ensure_ascii=False)}"
        + (" (nearly)" if each.is_near else "")
        for each in suggestions
    ]
    body = "\n".join([f"{prefixes.compact(graph)} {{", *lines, "}"])
    return FactsBlock(graph, f"{trig.QUOTE_MARK} {trig.normalised(words)}\n", body, has_facts=False)


def _blocks(text: str) -> Iterator[tuple[list[Token], Token, list[Token]]]:
    """Yield the quote of each block, its first token, and its tokens from there to the end."""
    quote: list[Token] = []
    block: list[Token] = []
    depth = 0
    for token in sparql.tokens(text):
        if depth == 0 and token.kind is TokenKind.COMMENT:
            quote = trig.continued(quote, token)
            block = []
            continue
        if token.text == "{" and token.kind is TokenKind.PUNCTUATION:
            depth += 1
        is_end = token.text == "}" and token.kind is TokenKind.PUNCTUATION
        if depth == 0 and not _opens(token, block):
            quote = quote if _may_open(token) else []
            block = [token] if _may_open(token) else []
            continue
        block.append(token)
        depth -= is_end
        if is_end and depth == 0:
            head = block[0]
            if not _may_open(head):
                # Statements of no graph: nothing of the program's, so that it stays as it is.
                quote, block = [], []
                continue
            follows = bool(quote) and quote[-1].line == head.line - 1
            yield quote if follows else [], head, block
            quote, block = [], []


def _may_open(token: Token) -> bool:
    return token.kind in (TokenKind.IRI, TokenKind.NAME) or token.text.upper() == "GRAPH"


def _opens(token: Token, block: list[Token]) -> bool:
    """Tell whether a token goes on with what may be the head of a block: GRAPH and its name."""
    return (
        bool(block)
        and block[-1].text.upper() == "GRAPH"
        and token.kind in (TokenKind.IRI, TokenKind.NAME)
    )


def _inner(tokens: list[Token]) -> list[Token]:
    opened = next(place for place, token in enumerate(tokens) if token.text == "{")
    return tokens[opened + 1 : -1]
