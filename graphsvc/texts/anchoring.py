"""The positions of passages in a text: in order, with only white space between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc.findings import Finding
from graphsvc.texts.model import REGISTER, WORDS, Passage, PassageKind, excerpt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphsvc.texts.model import PassageEntry, TextLocation


def anchor_passages(
    entries: Sequence[PassageEntry], content: str, place: TextLocation
) -> tuple[tuple[Passage, ...], list[Finding]]:
    """Return the passages in text order, and a finding for each difference from the list.

    A passage is left out if its words do not follow those of the passage before it.
    """
    passages: list[Passage] = []
    findings: list[Finding] = []
    headings: list[tuple[int, str]] = []
    end = 0
    for entry in entries:
        begin = content.find(entry.words, end)
        if begin < 0:
            findings.append(_missing(entry, content, place))
            continue
        findings += _find_unlisted_words(content, end, begin, place, entry.line)
        end = begin + len(entry.words)
        iri = place.passage(entry.name)
        if entry.kind is PassageKind.HEADING:
            headings = [above for above in headings if above[0] < entry.level]
        section = headings[-1][1] if headings and entry.kind is not PassageKind.FURNITURE else None
        passages.append(Passage(iri, place.document, begin, end, entry.words, entry.kind, section))
        if entry.kind is PassageKind.HEADING:
            headings.append((entry.level, iri))
    if not findings:
        findings += _find_unlisted_words(content, end, len(content), place, None)
    return tuple(passages), findings


def _missing(entry: PassageEntry, content: str, place: TextLocation) -> Finding:
    if entry.words in content:
        message = f"The words {excerpt(entry.words)} do not stand here in {place.path(WORDS)}."
    else:
        message = f"The words {excerpt(entry.words)} stand nowhere in {place.path(WORDS)}."
    return Finding(
        "passage-words",
        message,
        f"If the text has changed, run: graphsvc text update {place.slug}. Else restore it, or let "
        "the list have the words of the text, to the letter and in their order.",
        path=place.path(REGISTER),
        line=entry.line,
        entity=place.passage(entry.name),
    )


def _find_unlisted_words(
    content: str, begin: int, end: int, place: TextLocation, line: int | None
) -> Iterator[Finding]:
    """Yield a finding for words between two passages that belong to no passage."""
    if words := content[begin:end].strip():
        yield Finding(
            "passage-words",
            f"No passage has the words {excerpt(words)} of {place.path(WORDS)}.",
            f"Run: graphsvc text update {place.slug}. Or give them a line in the list.",
            path=place.path(REGISTER),
            line=line,
        )
