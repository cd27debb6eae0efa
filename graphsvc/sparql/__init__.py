"""Facts about a query that need no parser; `tokens` is the tokenizer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from graphsvc.sparql.tokens import (
    CODEPOINTS,
    Token,
    TokenKind,
    code,
    iri_of,
    local_of,
    position,
    prefix_of,
    resolve_codepoints,
    string_of,
    tokens,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from graphsvc.errors import Position

__all__ = [
    "ForbiddenWord",
    "Token",
    "TokenKind",
    "code",
    "dataset_clauses",
    "declared_prefixes",
    "deepest",
    "forbidden_operation",
    "form",
    "inside_group",
    "iri_of",
    "local_of",
    "may_name_dataset",
    "may_name_graphs",
    "mentioned_prefixes",
    "mentions",
    "named_iris",
    "position",
    "prefix_of",
    "prologue",
    "rewrite_iris",
    "string_of",
    "tokens",
    "used_prefixes",
]


@dataclass(frozen=True, slots=True)
class ForbiddenWord:
    """A word that a read-only service refuses, and where it stands."""

    word: str
    position: Position


_OF_NO_PREFIX = re.compile(r"[^\w.-]")
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
#: How most queries begin: declarations of prefixes, then their form.
_PLAIN_BEGINNING = re.compile(
    rf"(?:\s*PREFIX\s+[\w.-]*:\s*<[^<>\x00-\x20]*>)*\s*({'|'.join(_FORMS)})(?![\w:.-])",
    re.IGNORECASE,
)
_PROLOGUE = ("PREFIX", "BASE", "VERSION")
#: The words that begin an update (https://www.w3.org/TR/sparql11-update/#grammar).
_UPDATES = frozenset(
    ("LOAD", "CLEAR", "DROP", "ADD", "MOVE", "COPY", "CREATE", "INSERT", "DELETE", "WITH")
)
#: A query with a forbidden operation contains one of these; most queries contain none.
_SUSPICIOUS = frozenset(("SERVICE", *_UPDATES, "\\U"))
_GRAPH = frozenset(("GRAPH", "\\U"))
_FROM = frozenset(("FROM",))

NOTABLE_WORDS = (
    *sorted(_SUSPICIOUS | _GRAPH | _FROM),
    *("NOW", "RAND", "UUID", "BNODE"),
    *("REGEX", "REPLACE", "COUNT", "LANG", "TRUE", "FALSE"),
)
"""The words, in capitals, without which a query needs no closer look."""

_OPENING = {"{": "}", "(": ")", "[": "]"}
_CLOSING = {closing: opening for opening, closing in _OPENING.items()}


def forbidden_operation(text: str) -> ForbiddenWord | None:
    r"""Return the first SERVICE, LOAD or update operation in a query, or None.

    Words inside strings, comments, IRIs, variables and the local parts of names do not count.
    Code point escapes may stand anywhere in a query
    (https://www.w3.org/TR/sparql11-query/#codepointEscape), so a text that has some is examined
    twice: as it is, and with its escapes resolved.
    """
    if not mentions(text, _SUSPICIOUS):
        return None
    operation = _first_forbidden(text)
    if operation is None and CODEPOINTS.search(text):
        return _first_forbidden(resolve_codepoints(text))
    return operation


def form(text: str) -> str | None:
    """Return SELECT, ASK, CONSTRUCT or DESCRIBE, or None if the text is no query."""
    if plain := _PLAIN_BEGINNING.match(text):
        return plain[1].upper()
    for token in tokens(text):
        word = token.text.upper()
        if token.kind is TokenKind.WORD and word not in _PROLOGUE:
            return word if word in _FORMS else None
    return None


def mentions(text: str, words: Iterable[str]) -> bool:
    """Tell whether a text contains one of some words, in any case.

    The words are among `NOTABLE_WORDS`. Most queries contain none of them, so this is fast.
    """
    return not _notable_words(text).isdisjoint(words)


@lru_cache(maxsize=32)
def _notable_words(text: str) -> frozenset[str]:
    """Return the words of `NOTABLE_WORDS` in a text.

    Several parts of the program need them for the same query, one after the other.
    """
    capitals = text.upper()
    return frozenset([word for word in NOTABLE_WORDS if word in capitals])


def may_name_graphs(text: str) -> bool:
    """Tell whether a query may use GRAPH: without the word it does not."""
    return mentions(text, _GRAPH)


def prologue(text: str) -> str:
    """Return the declarations of BASE and PREFIX at the beginning of a query."""
    for token in tokens(text):
        if token.kind is TokenKind.WORD and token.text.upper() not in _PROLOGUE:
            return text[: token.start]
    return ""


def inside_group(text: str) -> int | None:
    """Return the offset at which the outermost group of a query begins; None if it has none.

    A pattern that is inserted there is in the scope of the group.
    """
    significant = code(text)
    depth = 0
    groups: list[int] = []
    for before, token in pairwise(significant):
        depth += (before.text in _OPENING) - (before.text in _CLOSING)
        is_template = before.text.upper() == "CONSTRUCT"
        if token.text == "{" and not depth and not is_template:
            groups.append(token.end)
    return groups[0] if groups else None


def may_name_dataset(text: str) -> bool:
    """Tell whether a query may use FROM: without the word it does not."""
    return mentions(text, _FROM)


def dataset_clauses(text: str) -> tuple[list[str], list[str]]:
    """Return the names after FROM and after FROM NAMED as they are written.

    A name is ``<iri>`` or ``prefix:name``. The engine's parser needs no white space before and
    between the two words.
    """
    default_graphs: list[str] = []
    named_graphs: list[str] = []
    significant = code(text)
    for at, name in enumerate(significant):
        if name.kind not in (TokenKind.IRI, TokenKind.NAME):
            continue
        before = significant[max(0, at - 2) : at]
        words = "".join(token.text.upper() for token in before if token.kind is TokenKind.WORD)
        if words.endswith("FROMNAMED"):
            named_graphs.append(name.text)
        elif words.endswith("FROM"):
            default_graphs.append(name.text)
    return default_graphs, named_graphs


def declared_prefixes(text: str) -> dict[str, str]:
    """Return the prefixes that the text declares, with their namespaces, in order.

    Both ``PREFIX p: <…>`` and Turtle's ``@prefix p: <…> .`` count; the last one wins, as in the
    engine.
    """
    return {prefix_of(name): iri_of(iri) for name, iri in _declarations(code(text))}


def mentioned_prefixes(text: str) -> set[str]:
    """Return all words before a colon: they include the prefixes of a query."""
    # Splitting is faster than a search, which begins anew at each character of a long word.
    return {_OF_NO_PREFIX.split(before)[-1] for before in text.split(":")[:-1]}


def used_prefixes(text: str) -> dict[str, Position]:
    """Return the prefixes of the names that are used, each with its first place."""
    significant = code(text)
    declaring = {name.start for name, _ in _declarations(significant)}
    used: dict[str, Position] = {}
    for token in significant:
        if token.kind is TokenKind.NAME and token.start not in declaring:
            prefix = prefix_of(token)
            if prefix not in used:
                used[prefix] = position(text, token.start)
    return used


def named_iris(text: str, prefixes: Mapping[str, str]) -> set[str]:
    """Return the IRIs that a query names, written out or with a prefix, declared or known."""
    namespaces = {**prefixes, **declared_prefixes(text)}
    significant = code(text)
    iris = {iri_of(token) for token in significant if token.kind is TokenKind.IRI}
    names = [token for token in significant if token.kind is TokenKind.NAME]
    return iris | {
        namespaces[prefix_of(token)] + local_of(token)
        for token in names
        if prefix_of(token) in namespaces
    }


def rewrite_iris(text: str, rewrite: Callable[[str], str]) -> str:
    """Return the text with every IRI replaced by the result of ``rewrite``.

    All else stays: strings, comments, white space. A prefixed name follows
    its declaration; one whose own IRI changes while its namespace does not is written out.
    """
    namespaces = declared_prefixes(text)
    pieces: list[str] = []
    done = 0
    for token in tokens(text):
        pieces.append(text[done : token.start])
        pieces.append(_rewrite_token(token, namespaces, rewrite))
        done = token.end
    pieces.append(text[done:])
    return "".join(pieces)


def deepest(text: str) -> tuple[int, Position]:
    """Return how deep the brackets are nested at most, and where.

    The engine's parser recurses once or more for each level, on a stack that ends.
    """
    depth, most, where = 0, 0, 0
    for token in code(text):
        if token.text in _OPENING:
            depth += 1
            if depth > most:
                most, where = depth, token.start
        elif token.text in _CLOSING:
            depth -= 1
    return most, position(text, where)


def _first_forbidden(text: str) -> ForbiddenWord | None:
    significant = code(text)
    for number, token in enumerate(significant):
        before = significant[number - 1] if number else None
        after = significant[number + 1] if number + 1 < len(significant) else None
        if word := _refused_word(before, token, after):
            return ForbiddenWord(word, position(text, token.start))
    return None


def _refused_word(before: Token | None, token: Token, after: Token | None) -> str | None:
    """Return the operation that a token begins, if a read-only service refuses it.

    The engine's parser needs no white space between a keyword and what follows: it takes
    ``trueSERVICESILENT<x>`` and ``SERVICEex:y`` for a SERVICE clause. No other keyword or
    function contains the word, and a name before a group is an endpoint unless GRAPH precedes it.
    """
    word = token.text.upper()
    if token.kind is TokenKind.WORD:
        return "SERVICE" if "SERVICE" in word else word if word in _UPDATES else None
    opens_group = after is not None and after.text == "{"
    if token.kind is TokenKind.NAME and opens_group and "SERVICE" in prefix_of(token).upper():
        is_graph = before is not None and before.text.upper() == "GRAPH"
        return None if is_graph else "SERVICE"
    return None


def _declarations(significant: list[Token]) -> Iterator[tuple[Token, Token]]:
    """Yield the name and the IRI of each prefix declaration."""
    for keyword, (name, iri) in zip(significant, pairwise(significant[1:]), strict=False):
        declares = keyword.text.upper() in ("PREFIX", "@PREFIX")
        if declares and name.kind is TokenKind.NAME and iri.kind is TokenKind.IRI:
            yield name, iri


def _rewrite_token(token: Token, namespaces: dict[str, str], rewrite: Callable[[str], str]) -> str:
    if token.kind is TokenKind.IRI:
        old = iri_of(token)
        new = rewrite(old)
        return token.text if new == old else f"<{new}>"
    if token.kind is TokenKind.NAME and prefix_of(token) in namespaces:
        namespace, local = namespaces[prefix_of(token)], local_of(token)
        new = rewrite(namespace + local)
        return token.text if new == rewrite(namespace) + local else f"<{new}>"
    return token.text
