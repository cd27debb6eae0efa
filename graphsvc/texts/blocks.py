"""Checks that each block of facts belongs to one passage and stands under its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc import trig
from graphsvc.findings import Finding
from graphsvc.texts.model import FACTS, REGISTER, excerpt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphsvc.texts.model import PassageEntry, TextLocation
    from graphsvc.trig import Block


def check_blocks(
    blocks: Iterable[Block], entries: Iterable[PassageEntry], place: TextLocation
) -> Iterator[Finding]:
    """Yield a finding for each block of facts.trig without a passage or without its words."""
    by_iri = {place.passage(entry.name): entry for entry in entries}
    first: dict[str, int] = {}
    for block in blocks:
        entry = by_iri.get(block.graph)
        if entry is None:
            yield _finding(
                "fact-graph-is-no-passage",
                f"The block <{block.graph}> is named after no passage of {place.path(REGISTER)}.",
                "Name it after the passage that states its facts.",
                block,
                place,
            )
        elif block.quote != (words := trig.normalised(entry.words)):
            yield _wrong_quote(block, words, place)
        if block.graph in first:
            yield _finding(
                "block-twice",
                f"The facts of <{block.graph}> stand in two blocks, the first on line "
                f"{first[block.graph]}.",
                "Join them, so that all facts of a sentence stand together.",
                block,
                place,
            )
        first.setdefault(block.graph, block.line)


def _wrong_quote(block: Block, words: str, place: TextLocation) -> Finding:
    if block.quote is None:
        message = "No comment quotes the passage above its block."
    else:
        message = f"The comment quotes {excerpt(block.quote)}, not {excerpt(words)}."
    return _finding(
        "passage-quote",
        message,
        f"Run: graphsvc text update {place.slug}. Or put its words directly above the block, each "
        f"line after {trig.QUOTE_MARK}: {words}",
        block,
        place,
    )


def _finding(check: str, message: str, remedy: str, block: Block, place: TextLocation) -> Finding:
    path = place.path(FACTS)
    return Finding(check, message, remedy, path=path, line=block.line, entity=block.graph)
