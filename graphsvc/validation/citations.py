"""Citations: the passage that states a name or a quotation contains its words.

- ``words-not-in-passage`` a text that a passage is said to state does not stand in it

The check concerns texts in a language, plain texts of more than one word, and names. It does not
concern numbers, dates, codes and other values, which a sentence may express in other words. White
space, case, the shapes of quotation marks and dashes, and ligatures do not count. The words of a
passage are its oa:exact, and any copy of it in the project. An ellipsis (…) stands for words left
out of a quotation.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rapidfuzz import fuzz

from graphsvc.namespaces import XSD
from graphsvc.naming import is_name
from graphsvc.texts.comparing import plain
from graphsvc.texts.model import excerpt
from graphsvc.trig import normalised

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphsvc.findings import Finding
    from graphsvc.texts.model import Passage
    from graphsvc.validation.context import ValidationContext

#: The similarity, of 100, from which a text is a copy of a passage.
_A_COPY = 80
#: The similarity, of 100, from which a message suggests other words.
_MIN_SIMILARITY = 60

#: The sign for words that a quotation leaves out.
_ELLIPSIS = "…"


def findings(context: ValidationContext) -> Iterator[Finding]:
    """Yield a finding for each text that is not in the passage that states it."""
    passages = context.project.passages
    if not passages:
        return
    copies = _copies(context, passages)
    as_compared: dict[str, Sequence[str]] = {}
    for file in context.project.files:
        for quad in file.quads:
            graph = quad.graph_name
            if not isinstance(graph, ox.NamedNode) or graph.value not in passages:
                continue
            value = quad.object
            if isinstance(value, ox.Literal) and is_words(quad.predicate, value):
                passage = passages[graph.value]
                if graph.value not in as_compared:
                    texts = (passage.exact, *copies[graph.value])
                    as_compared[graph.value] = [plain(text) for text in texts]
                if not any(_holds(text, value.value) for text in as_compared[graph.value]):
                    yield _finding(context, file.path, quad, passage)


def _copies(context: ValidationContext, passages: Mapping[str, Passage]) -> Mapping[str, list[str]]:
    """Return the copies of the text of each passage in the project."""
    copies: dict[str, list[str]] = defaultdict(list)
    graph = context.project.graph("passages")
    for quad in context.store.quads_for_pattern(None, None, None, graph):
        passage = passages.get(getattr(quad.subject, "value", ""))
        if passage is not None and isinstance(quad.object, ox.Literal):
            text = quad.object.value
            if text != passage.exact and fuzz.ratio(text, passage.exact) >= _A_COPY:
                copies[passage.iri].append(text)
    return copies


def is_words(predicate: ox.NamedNode, literal: ox.Literal) -> bool:
    """Tell whether a literal consists of words that a passage must contain."""
    if literal.language is not None:
        return True
    if literal.datatype != XSD.string or not any(map(str.isalpha, literal.value)):
        return False
    return is_name(predicate) or len(literal.value.split()) > 1


def _holds(text: str, words: str) -> bool:
    """Tell whether a text contains some words, or the parts of a shortened quotation in order."""
    end = 0
    for part in words.split(_ELLIPSIS):
        start = _find(text, part, end)
        if start < 0:
            return False
        end = start + len(plain(part))
    return True


def _find(text: str, words: str, start: int) -> int:
    """Return the offset of some words in a text; words with a capital must begin a word there."""
    sought = plain(words)
    begins_word = words.strip()[:1].isupper()
    at = text.find(sought, start)
    while at >= 0 and begins_word and text[at - 1 : at].isalpha():
        at = text.find(sought, at + 1)
    return at


def _finding(context: ValidationContext, path: str, quad: ox.Quad, passage: Passage) -> Finding:
    names = " ".join(map(context.name, (quad.subject, quad.predicate, quad.object)))
    words = quad.object.value if isinstance(quad.object, ox.Literal) else ""
    nearest = _nearest(words, passage.exact)
    guess = f"Nearest in it is “{nearest}”. " if nearest else ""
    return context.finding(
        "words-not-in-passage",
        f"{names} is not in the sentence that states it: {excerpt(passage.exact)}",
        f"{guess}Quote the passage to the letter, or state it outside the passage, with a reason.",
        about=(quad.subject, quad.predicate, quad.object),
        place=context.block_location(path, passage.iri, words),
    )


def _nearest(words: str, text: str) -> str | None:
    """Return the words of a text that are most similar to the given ones."""
    text = normalised(text)
    alignment = fuzz.partial_ratio_alignment(words, text)
    if alignment is None or alignment.score < _MIN_SIMILARITY:
        return None
    start, end = alignment.dest_start, alignment.dest_end
    start = text.rfind(" ", 0, start + 1) + 1
    stop = text.find(" ", max(end - 1, start))
    return text[start : stop if stop >= 0 else len(text)].strip(" .,;:!?()“”\"'")
