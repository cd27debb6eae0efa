"""Inserts facts and suggestions into ``facts.trig``, each into the block of its passage.

The rest of the file stays as it is. A passage without a block gets one under its words, after the
block of the passage before it.
"""

from __future__ import annotations

import re
from operator import itemgetter
from textwrap import wrap
from typing import TYPE_CHECKING

import pyoxigraph as ox

from graphsvc import sparql, trig
from graphsvc.namespaces import RDF

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphsvc.texts.annotations.facts import Additions, UnlinkedSpan
    from graphsvc.texts.model import Passage

_INDENT = "    "
_WIDTH = 100
#: A local name that needs no escapes after a prefix.
_LOCAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")

SUGGESTED = "# suggested:"
"""The beginning of a comment that quotes words marked by a tool."""


def insert_additions(facts: str, result: Additions, passages: Sequence[Passage]) -> str:
    """Return the text of facts.trig with the additions."""
    prefixes = sparql.declared_prefixes(facts)
    ends = _ends(facts)
    insertions: list[tuple[int, str]] = []
    last = len(facts)
    after = _start_of_blocks(ends, last)
    for passage in passages:
        lines = [*_lines(passage.iri, result, prefixes)]
        if passage.iri in ends:
            begin, end = ends[passage.iri]
            lines = [line for line in lines if line.strip() not in facts[begin:end]]
            if lines:
                insertions.append((end, _before_brace(facts, end, lines)))
            after = end + 1
        elif lines:
            insertions.append((after, _block(passage, lines, prefixes)))
    parts: list[str] = []
    copied = 0
    for at, text in sorted(insertions, key=itemgetter(0)):
        parts += [facts[copied:at], text]
        copied = at
    return "".join([*parts, facts[copied:]])


def _ends(facts: str) -> dict[str, tuple[int, int]]:
    """Return the offsets of the braces of the block of each graph."""
    namespaces = sparql.declared_prefixes(facts)
    ends: dict[str, tuple[int, int]] = {}
    depth, head, begin = 0, "", 0
    for token in sparql.code(facts):
        if token.text == "{":
            depth, begin = depth + 1, token.end
        elif token.text == "}":
            depth -= 1
            ends.setdefault(head, (begin, token.start))
        elif depth == 0 and token.kind is sparql.TokenKind.IRI:
            head = sparql.iri_of(token)
        elif depth == 0 and token.kind is sparql.TokenKind.NAME:
            prefix = namespaces.get(sparql.prefix_of(token), "")
            head = prefix + sparql.local_of(token)
    return ends


def _start_of_blocks(ends: Mapping[str, tuple[int, int]], last: int) -> int:
    """Return the offset for the block of a first passage: after everything else."""
    return max((end + 1 for _, end in ends.values()), default=last)


def _before_brace(facts: str, end: int, lines: Sequence[str]) -> str:
    """Return lines to insert before the closing brace of a block."""
    before = "" if facts[:end].endswith("\n") else "\n"
    return before + "".join(f"{line}\n" for line in lines)


def _block(passage: Passage, lines: Sequence[str], prefixes: Mapping[str, str]) -> str:
    quoted = wrap(
        trig.normalised(passage.exact),
        _WIDTH - len(trig.QUOTE_MARK) - 1,
        break_long_words=False,
        break_on_hyphens=False,
    )
    quote = "".join(f"{trig.QUOTE_MARK} {line}\n" for line in quoted)
    head = _name(ox.NamedNode(passage.iri), prefixes)
    return f"\n\n{quote}{head} {{\n" + "".join(f"{line}\n" for line in lines) + "}"


def _lines(passage: str, result: Additions, prefixes: Mapping[str, str]) -> Iterator[str]:
    triples = result.triples.get(passage, ())
    for triple in triples:
        parts = (triple.subject, triple.predicate, triple.object)
        terms = " ".join(_name(term, prefixes) for term in parts)
        yield f"{_INDENT}{terms} ."
    for suggestion in result.suggestions.get(passage, ()):
        yield f"{_INDENT}{_suggestion_line(suggestion)}"


def _suggestion_line(suggestion: UnlinkedSpan) -> str:
    words = trig.normalised(suggestion.words)
    label = f" ({trig.normalised(suggestion.label)})" if suggestion.label else ""
    return f"{SUGGESTED} {words}{label}"


def _name(term: object, prefixes: Mapping[str, str]) -> str:
    """Return a term as Turtle writes it, with a prefix where a declared one fits."""
    if term == RDF.type:
        return "a"
    if isinstance(term, ox.NamedNode):
        for prefix, namespace in prefixes.items():
            local = term.value.removeprefix(namespace)
            if local != term.value and _LOCAL.fullmatch(local):
                return f"{prefix}:{local}"
    return str(term)
