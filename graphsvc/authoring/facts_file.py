"""facts.trig as a list of blocks, one for each passage, that can be moved, added and removed.

The characters between the blocks (comments and empty lines) stay as they are.
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
    """A block: the IRI of its graph, its quote, the rest of its text, and whether it has facts."""

    graph: str
    quote: str
    body: str
    has_facts: bool

    @property
    def text(self) -> str:
        """Return the block as the file has it."""
        return self.quote + self.body

    def with_quote(self, words: str) -> FactsBlock:
        """Return the block with some words as its quote; unchanged if it quotes them already."""
        lines = self.quote.splitlines()
        quoted = " ".join(line.strip().removeprefix(trig.QUOTE_MARK) for line in lines)
        quote = trig.normalised(words)
        if lines and trig.normalised(quoted) == quote:
            return self
        return FactsBlock(self.graph, f"{trig.QUOTE_MARK} {quote}\n", self.body, self.has_facts)


@dataclass(slots=True)
class FactsFile:
    """The blocks of a file, the text ``before`` each of them, and the text at the ``end``."""

    blocks: list[FactsBlock] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    end: str = "\n"

    @classmethod
    def read(cls, text: str) -> FactsFile:
        """Parse a file, which must have valid syntax."""
        namespaces = sparql.declared_prefixes(text)
        file = cls()
        copied = 0
        for quote, head, tokens in _blocks(text):
            begin = quote[0].start if quote else head.start
            end = tokens[-1].end
            name = next(token for token in tokens if token.kind in (TokenKind.IRI, TokenKind.NAME))
            file.before.append(text[copied:begin])
            has_facts = any(token.kind is not TokenKind.COMMENT for token in _inner(tokens))
            body = text[head.start : end]
            file.blocks.append(
                FactsBlock(trig.iri_of(name, namespaces), text[begin : head.start], body, has_facts)
            )
            copied = end
        file.end = text[copied:]
        return file

    @property
    def text(self) -> str:
        pairs = zip(self.before, self.blocks, strict=True)
        return "".join(before + block.text for before, block in pairs) + self.end

    @property
    def graphs(self) -> frozenset[str]:
        """Return the graphs that have a block."""
        return frozenset(block.graph for block in self.blocks)

    def block(self, graph: str) -> FactsBlock | None:
        return next((block for block in self.blocks if block.graph == graph), None)

    def rearrange(
        self, removed: Container[str], inserted: Mapping[str | None, Sequence[FactsBlock]]
    ) -> FactsFile:
        """Return the file without some blocks, and with others after the blocks of given graphs.

        Blocks inserted after None come first.
        """
        file = FactsFile(end=self.end)
        comments = ""
        for place, (before, block) in enumerate(zip(self.before, self.blocks, strict=True)):
            between = _join_comments(comments, before)
            comments = ""
            if place == 0:
                file._add_all(inserted.get(None, ()), between)
                between = _GAP if file.blocks else between
            if block.graph in removed:
                # A comment before a block often concerns several blocks, or the whole file.
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

    def with_quotes(self, words: Mapping[str, str]) -> FactsFile:
        """Return the file with new quotes for the blocks of some graphs."""
        blocks = [
            block.with_quote(words[block.graph]) if block.graph in words else block
            for block in self.blocks
        ]
        return FactsFile(blocks, self.before, self.end)

    def _add_all(self, blocks: Iterable[FactsBlock], before: str) -> None:
        for block in blocks:
            self.before.append(before)
            self.blocks.append(block)
            before = _GAP


def _join_comments(comments: str, before: str) -> str:
    """Return the comments before a removed block, followed by the text before the next one."""
    return comments.rstrip("\n") + before if comments.strip() else before


def new_block(
    graph: str, words: str, suggestions: Iterable[Suggestion], prefixes: Prefixes
) -> FactsBlock:
    """Return a block without facts, with a comment for each suggested thing."""
    lines = [
        f"    # {prefixes.compact(each.iri)} {json.dumps(each.label, ensure_ascii=False)}"
        + (" (nearly)" if each.is_similar else "")
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
                # Statements outside named graphs are not the program's; they stay as they are.
                quote, block = [], []
                continue
            follows = bool(quote) and quote[-1].line == head.line - 1
            yield quote if follows else [], head, block
            quote, block = [], []


def _may_open(token: Token) -> bool:
    return token.kind in (TokenKind.IRI, TokenKind.NAME) or token.text.upper() == "GRAPH"


def _opens(token: Token, block: list[Token]) -> bool:
    """Tell whether a token is the name after GRAPH at the head of a block."""
    return (
        bool(block)
        and block[-1].text.upper() == "GRAPH"
        and token.kind in (TokenKind.IRI, TokenKind.NAME)
    )


def _inner(tokens: list[Token]) -> list[Token]:
    opening = next(place for place, token in enumerate(tokens) if token.text == "{")
    return tokens[opening + 1 : -1]
