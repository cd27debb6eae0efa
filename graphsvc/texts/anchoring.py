"""Where in a text its passages stand: each after the one before, with white space between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc.findings import Finding
from graphsvc.texts.model import REGISTER, WORDS, Kind, Passage, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphsvc.texts.model import Entry, Place


def anchored(
    entries: Sequence[Entry], content: str, place: Place
) -> tuple[tuple[Passage, ...], list[Finding]]:
    """Return the passages of a text in its order, and where the list and the text do not agree.

    A passage whose words do not come after those of the one before is left out.
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
        findings += _left_out(content, end, begin, place, entry.line)
        end = begin + len(entry.words)
        iri = place.passage(entry.name)
        if entry.kind is Kind.HEADING:
            headings = [above for above in headings if above[0] < entry.level]
        section = headings[-1][1] if headings and entry.kind is not Kind.FURNITURE else None
        passages.append(Passage(iri, place.document, begin, end, entry.words, entry.kind, section))
        if entry.kind is Kind.HEADING:
            headings.append((entry.level, iri))
    if not findings:
        findings += _left_out(content, end, len(content), place, None)
    return tuple(passages), findings


def _missing(entry: Entry, content: str, place: Place) -> Finding:
    if entry.words in content:
        message = f"The words {shown(entry.words)} do not stand here in {place.path(WORDS)}."
    else:
        message = f"The words {shown(entry.words)} stand nowhere in {place.path(WORDS)}."
    return Finding(
        "passage-words",
        message,
        f"If the text has changed, run: graphsvc text update {place.slug}. Else restore it, or let "
        "the list have the words of the text, to the letter and in their order.",
        path=place.path(REGISTER),
        line=entry.line,
        entity=place.passage(entry.name),
    )


def _left_out(
    content: str, begin: int, end: int, place: Place, line: int | None
) -> Iterator[Finding]:
    """Yield what stands in a text between two passages, if it is more than white space."""
    if words := content[begin:end].strip():
        yield Finding(
            "passage-words",
            f"No passage has the words {shown(words)} of {place.path(WORDS)}.",
            f"Run: graphsvc text update {place.slug}. Or give them a line in the list.",
            path=place.path(REGISTER),
            line=line,
        )
