"""Finds and replaces a block of a facts file; every other byte of the file stays as it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc import sparql, trig
from graphsvc.errors import GraphsvcError
from graphsvc.namespaces import Prefixes
from graphsvc.sparql import TokenKind

if TYPE_CHECKING:
    from collections.abc import Sequence

_EMPTY_LINE = re.compile(r"\A[ \t]*\r?\n")


class BlockError(GraphsvcError):
    """The new content of a block would change the file around it."""


@dataclass(frozen=True, slots=True)
class BlockSpan:
    """A block in its file; the content between its braces is ``text[start:end]``."""

    graph: str
    start: int
    end: int


def spans(text: str) -> list[BlockSpan]:
    """Return the graph blocks of a TriG text that have both braces, in order."""
    graphs = iter(trig.blocks(text))
    closed: list[BlockSpan] = []
    start, depth = 0, 0
    for token in sparql.code(text):
        if token.text == "{":
            start = token.end if depth == 0 else start
            depth += 1
        elif token.text == "}":
            depth -= 1
            if depth == 0 and (block := next(graphs, None)) is not None:
                closed.append(BlockSpan(block.graph, start, token.start))
    return closed


def content(text: str, graph: str) -> str:
    """Return the content of the block of a graph, without the line breaks beside its braces."""
    for span in spans(text):
        if span.graph == graph:
            inner = _EMPTY_LINE.sub("", text[span.start : span.end], count=1)
            return inner.rstrip().replace("\r\n", "\n")
    return ""


def has_facts(text: str) -> bool:
    """Tell whether a block contains more than comments."""
    return bool(sparql.code(text))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A passage whose block is saved: its IRI, its words, and the IRIs of those before it."""

    iri: str
    words: str
    before: Sequence[str]


def replace_block(text: str, sentence: Sentence, block: str) -> str:
    """Return a facts file with a new or a replaced block for a passage.

    A new block stands under the words of the passage, after the nearest block before it.

    Errors: BlockError if the content would close the block early, or not at all.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = block.rstrip().replace("\r\n", "\n").replace("\n", newline)
    inner = f"{newline}{lines}{newline}" if lines else newline
    before = spans(text)
    own = next((span for span in before if span.graph == sentence.iri), None)
    if own is not None:
        head, tail = text[: own.start], text[own.end :]
    else:
        at = _after_block_before(before, sentence, len(text))
        head, tail = _around_first(text, at, sentence)
    result = head + inner + tail
    _refuse_other_end(result, BlockSpan(sentence.iri, len(head), len(head) + len(inner)))
    return result


def _after_block_before(blocks: Sequence[BlockSpan], sentence: Sentence, end: int) -> int:
    """Return the offset after the block of the nearest passage before, else the end of the file."""
    ends = {span.graph: span.end + 1 for span in blocks}
    nearest = next((iri for iri in reversed(sentence.before) if iri in ends), None)
    return end if nearest is None else ends[nearest]


def _around_first(text: str, at: int, sentence: Sentence) -> tuple[str, str]:
    """Return the text of the file before and after the content of a new block."""
    newline = "\r\n" if "\r\n" in text else "\n"
    name = Prefixes(sparql.declared_prefixes(text)).compact(sentence.iri)
    gap = newline if text[:at].endswith("\n") or not text[:at] else newline * 2
    quote = f"{trig.QUOTE_MARK} {trig.normalised(sentence.words)}"
    end = "}" if text[at:] else "}" + newline
    return f"{text[:at]}{gap}{quote}{newline}{name} {{", end + text[at:]


def _refuse_other_end(text: str, span: BlockSpan) -> None:
    """Refuse a text if the parser finds another beginning or end of a block than expected.

    Otherwise the text before and after the block is parsed as it was.
    """
    is_open = any(token.kind is TokenKind.UNCLOSED for token in sparql.tokens(text[: span.end]))
    if is_open or [each for each in spans(text) if each.graph == span.graph] != [span]:
        raise BlockError(
            "The block is not whole: a quotation mark or a brace is missing, or there is one too "
            "many.",
            remedy="Close what is open; the program writes the braces around the block.",
        )
