"""A block of a facts file, found and replaced; every other byte of the file stays as it is."""

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
    """What is to stand in a block would change the file around it."""


@dataclass(frozen=True, slots=True)
class Span:
    """A block in its file: what stands between its braces is ``text[start:end]``."""

    graph: str
    start: int
    end: int


def spans(text: str) -> list[Span]:
    """Return the graph blocks of a TriG text that are closed, in order."""
    graphs = iter(trig.blocks(text))
    closed: list[Span] = []
    start, depth = 0, 0
    for token in sparql.code(text):
        if token.text == "{":
            start = token.end if depth == 0 else start
            depth += 1
        elif token.text == "}":
            depth -= 1
            if depth == 0 and (block := next(graphs, None)) is not None:
                closed.append(Span(block.graph, start, token.start))
    return closed


def content(text: str, graph: str) -> str:
    """Return what stands in the block of a graph, without the ends of its first and last lines."""
    for span in spans(text):
        if span.graph == graph:
            inner = _EMPTY_LINE.sub("", text[span.start : span.end], count=1)
            return inner.rstrip().replace("\r\n", "\n")
    return ""


def has_facts(text: str) -> bool:
    """Tell whether anything but comments stands in a block."""
    return bool(sparql.code(text))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A passage whose block is written: its IRI, its words, and the IRIs of those before it."""

    iri: str
    words: str
    before: Sequence[str]


def replaced(text: str, sentence: Sentence, block: str) -> str:
    """Return a facts file with another block for a passage, or with a first one.

    A first one stands under the words of the passage, after the nearest block before it.

    Errors: BlockError, if the block would end early or go on after its brace.
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
    _refuse_other_end(result, Span(sentence.iri, len(head), len(head) + len(inner)))
    return result


def _after_block_before(found: Sequence[Span], sentence: Sentence, end: int) -> int:
    """Return the offset after the block of the nearest passage before, else before all blocks."""
    ends = {span.graph: span.end + 1 for span in found}
    nearest = next((iri for iri in reversed(sentence.before) if iri in ends), None)
    return end if nearest is None else ends[nearest]


def _around_first(text: str, at: int, sentence: Sentence) -> tuple[str, str]:
    """Return a text before and after what stands in the first block of a passage."""
    newline = "\r\n" if "\r\n" in text else "\n"
    name = Prefixes(sparql.declared_prefixes(text)).compact(sentence.iri)
    gap = newline if text[:at].endswith("\n") or not text[:at] else newline * 2
    quote = f"{trig.QUOTE_MARK} {trig.normalised(sentence.words)}"
    end = "}" if text[at:] else "}" + newline
    return f"{text[:at]}{gap}{quote}{newline}{name} {{", end + text[at:]


def _refuse_other_end(text: str, span: Span) -> None:
    """Refuse a text in which a block is read with another beginning or end than it was given.

    What stands before and after it is then read as it was.
    """
    is_open = any(token.kind is TokenKind.UNCLOSED for token in sparql.tokens(text[: span.end]))
    if is_open or [each for each in spans(text) if each.graph == span.graph] != [span]:
        raise BlockError(
            "The block is not whole: a quotation mark or a brace is missing, or there is one too "
            "many.",
            remedy="Close what is open; the program writes the braces around the block.",
        )
