"""Source texts, their passages, and the invariants that tie facts to words.

A passage is a stretch of the text between two offsets, counted in Unicode code points, half
open (https://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core/nif-core.html#d4e447).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc import trig
from graphsvc.findings import Finding
from graphsvc.namespaces import NIF, OA, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pyoxigraph import Quad

    from graphsvc.trig import Block

#: How much of a text a message quotes.
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage: its IRI, its document's, its offsets (``content[begin:end]``) and its words."""

    iri: str
    document: str
    begin: int
    end: int
    exact: str


@dataclass(frozen=True, slots=True)
class Text:
    """A source text: its folder's name, the document's IRI, the words, the passages in order."""

    slug: str
    document: str | None
    content: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """The files of one text, relative to the project, and the lines of what source.ttl names."""

    text: str
    source: str
    facts: str
    lines: dict[str, int]

    def finding(self, check: str, message: str, remedy: str, iri: str) -> Finding:
        """Return a finding about what source.ttl says of an IRI."""
        line = self.lines.get(iri)
        return Finding(check, message, remedy, path=self.source, line=line, entity=iri)


def read_passages(
    quads: Iterable[Quad], content: str, place: Place
) -> tuple[tuple[Passage, ...], list[Finding]]:
    """Return the passages that source.ttl describes, in the order of the text, and what is wrong.

    A passage whose offsets or words cannot be read is left out, and a finding says so.
    """
    values: dict[str, dict[NamedNode, list[NamedNode | Literal]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for quad in quads:
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
            values[quad.subject.value][quad.predicate].append(quad.object)
    findings: list[Finding] = []
    passages: list[Passage] = []
    for iri, told in values.items():
        if NIF.referenceContext not in told:
            continue
        passage = _passage(iri, told)
        if passage is None:
            findings.append(_unreadable(iri, told, place))
        else:
            passages.append(passage)
    passages.sort(key=lambda passage: (passage.begin, passage.end, passage.iri))
    misplaced = [_misplaced(passage, content, place) for passage in passages]
    findings += [finding for finding in misplaced if finding is not None]
    if not findings:
        # With a wrong offset the passages cannot tile: that is said already.
        findings += _gaps_and_overlaps(passages, content, place)
    return tuple(passages), findings


def check_document(
    quads: Sequence[Quad], passages: Sequence[Passage], data: bytes, place: Place
) -> list[Finding]:
    """Return what is wrong with the document: exactly one, with the digest of its text."""
    documents = sorted({passage.document for passage in passages})
    if len(documents) != 1:
        named = ", ".join(f"<{iri}>" for iri in documents) or "none"
        return [
            Finding(
                "document",
                f"The passages name {len(documents)} documents: {named}.",
                "Give each passage nif:referenceContext with the one document of this folder.",
                path=place.source,
            )
        ]
    document = documents[0]
    digest = hashlib.sha256(data).hexdigest()
    stated = [
        quad.object.value
        for quad in quads
        if quad.subject == NamedNode(document)
        and quad.predicate == SCHEMA.sha256
        and isinstance(quad.object, Literal)
    ]
    if stated == [digest]:
        return []
    return [
        place.finding(
            "source-digest",
            f"The document says that its sha256 is {' and '.join(stated) or 'unknown'}, "
            f"but that of {place.text} is {digest}.",
            f'Restore {place.text}, or, if it is right, state schema:sha256 "{digest}" '
            "and check every offset.",
            document,
        )
    ]


def check_blocks(
    blocks: Sequence[Block], passages: Sequence[Passage], place: Place
) -> Iterator[Finding]:
    """Yield what is wrong with the blocks of facts.trig: one for a passage, under its words."""
    by_iri = {passage.iri: passage for passage in passages}
    first: dict[str, int] = {}
    for block in blocks:
        passage = by_iri.get(block.graph)
        if passage is None:
            yield Finding(
                "fact-graph-is-no-passage",
                f"The block <{block.graph}> is named after no passage of {place.source}.",
                "Name it after the passage that states its facts, or describe that passage.",
                path=place.facts,
                line=block.line,
                entity=block.graph,
            )
        elif block.quote != trig.normalised(passage.exact):
            yield _wrong_quote(block, passage, place)
        if block.graph in first:
            yield Finding(
                "block-twice",
                f"The facts of <{block.graph}> stand in two blocks, the first on line "
                f"{first[block.graph]}.",
                "Join them, so that one can read a sentence and then all it states.",
                path=place.facts,
                line=block.line,
                entity=block.graph,
            )
        first.setdefault(block.graph, block.line)


def shown(text: str) -> str:
    """Return a text as a message quotes it: on one line, cut in the middle if long."""
    text = trig.normalised(text)
    if len(text) > _SHOWN:
        half = _SHOWN // 2
        text = f"{text[:half]} … {text[-half:]}"
    return f"“{text}”"


def _passage(iri: str, told: dict[NamedNode, list[NamedNode | Literal]]) -> Passage | None:
    begins, ends = told[NIF.beginIndex], told[NIF.endIndex]
    words, documents = told[OA.exact], told[NIF.referenceContext]
    if not all(len(values) == 1 for values in (begins, ends, words, documents)):
        return None
    begin, end = begins[0].value, ends[0].value
    if not (begin.isdecimal() and end.isdecimal()) or not isinstance(documents[0], NamedNode):
        return None
    return Passage(iri, documents[0].value, int(begin), int(end), words[0].value)


def _unreadable(
    iri: str, told: dict[NamedNode, list[NamedNode | Literal]], place: Place
) -> Finding:
    names = {
        "nif:beginIndex": told[NIF.beginIndex],
        "nif:endIndex": told[NIF.endIndex],
        "oa:exact": told[OA.exact],
        "nif:referenceContext": told[NIF.referenceContext],
    }
    said = ", ".join(
        f"{name} {' and '.join(value.value for value in values) or 'nothing'}"
        for name, values in names.items()
        if name != "oa:exact" or len(values) != 1
    )
    return place.finding(
        "passage-offsets",
        f"The passage does not say clearly where it stands: {said}.",
        "Give it exactly one document, one oa:exact, and whole numbers as offsets.",
        iri,
    )


def _misplaced(passage: Passage, content: str, place: Place) -> Finding | None:
    if content[passage.begin : passage.end] == passage.exact and passage.exact:
        return None
    if not passage.begin < passage.end <= len(content):
        message = (
            f"The offsets {passage.begin} to {passage.end} are no stretch of {place.text}, "
            f"which has {len(content)} code points."
        )
    else:
        there = content[passage.begin : passage.end]
        message = (
            f"At the offsets {passage.begin} to {passage.end} of {place.text} stands "
            f"{shown(there)}, not {shown(passage.exact)}."
        )
    return place.finding("passage-offsets", message, _true_place(passage, content), passage.iri)


def _true_place(passage: Passage, content: str) -> str:
    """Say where the passage's words really stand: nearest to where they were sought."""
    starts = _occurrences(passage.exact, content)
    if not starts:
        return "These words stand nowhere in it: copy oa:exact from the text, to the letter."
    begin = min(starts, key=lambda start: abs(start - passage.begin))
    return (
        f"These words stand at nif:beginIndex {begin} ; nif:endIndex {begin + len(passage.exact)}."
    )


def _occurrences(words: str, content: str) -> list[int]:
    starts = []
    start = content.find(words) if words else -1
    while start >= 0:
        starts.append(start)
        start = content.find(words, start + 1)
    return starts


def _gaps_and_overlaps(
    passages: Sequence[Passage], content: str, place: Place
) -> Iterator[Finding]:
    """Yield where the passages do not tile the text: only white space may stand between them."""
    for before, after in pairwise(passages):
        if after.begin < before.end:
            yield place.finding(
                "tiling",
                f"The passage overlaps <{before.iri}>: both have the words "
                f"{shown(content[after.begin : min(before.end, after.end)])}.",
                "Give each stretch of the text to one passage.",
                after.iri,
            )
    ends = [0, *accumulate((passage.end for passage in passages), max)]
    begins = [*(passage.begin for passage in passages), len(content)]
    for end, begin in zip(ends, begins, strict=True):
        left_out = content[end:begin]
        if left_out.strip():
            first = end + len(left_out) - len(left_out.lstrip())
            last = end + len(left_out.rstrip())
            yield Finding(
                "tiling",
                f"No passage has the words {shown(left_out)} of {place.text}.",
                f"Describe a passage with nif:beginIndex {first} ; nif:endIndex {last}.",
                path=place.source,
            )


def _wrong_quote(block: Block, passage: Passage, place: Place) -> Finding:
    if block.quote is None:
        message = "No comment quotes the passage above its block."
    else:
        message = f"The comment quotes {shown(block.quote)}, not {shown(passage.exact)}."
    return Finding(
        "passage-quote",
        message,
        f"Put its words directly above the block, each line after {trig.QUOTE_MARK}: "
        f"{trig.normalised(passage.exact)}",
        path=place.facts,
        line=block.line,
        entity=passage.iri,
    )
