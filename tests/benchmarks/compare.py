"""Do all servers say the same? Answers as multisets of solutions, or as graphs.

Rows count in their order only where the query orders them. Blank nodes do not occur in the data,
so that no answer has any.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyoxigraph import RdfFormat, parse

from .mix import GRAPH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .generate import Population
    from .load import Reply
    from .mix import Question
    from .peers import Server

#: How many texts of each question are compared.
SAMPLE = 5

_STRING = "http://www.w3.org/2001/XMLSchema#string"
_EXCERPT_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Difference:
    """An answer that is not that of the first server, or none at all."""

    question: str
    peer: str
    what: str
    text: str


def compare(
    servers: Sequence[Server],
    questions: Sequence[Question],
    population: Population,
    patience: float,
) -> list[Difference]:
    """Ask every server some texts of every question; at most one difference for each of both."""
    differences = []
    for question in questions:
        texts = question.texts(population, SAMPLE)
        expected = [_answer(servers[0], question, text, patience) for text in texts]
        for server in servers:
            differences += _first_difference(server, question, expected, texts, patience)
    return differences


def _first_difference(
    server: Server,
    question: Question,
    all_expected: Sequence[Any],
    texts: Sequence[str],
    patience: float,
) -> list[Difference]:
    for text, expected in zip(texts, all_expected, strict=True):
        actual = _answer(server, question, text, patience)
        what = _failure(actual) or _failure(expected) or _difference(actual, expected)
        if what:
            return [Difference(question.name, server.peer.name, what, text)]
    return []


class _Failure(str):
    """Why there is no answer."""

    __slots__ = ()


def _answer(server: Server, question: Question, text: str, patience: float) -> Any:
    try:
        reply = server.target.ask(text, question.accept, patience=patience)
    except TimeoutError:
        return _Failure(f"no answer within {patience:g} s")
    except OSError as error:
        return _Failure(f"no answer: {error}")
    if reply.status != 200:
        excerpt = reply.body[:_EXCERPT_LENGTH].decode("utf-8", "replace")
        return _Failure(f"status {reply.status}: {excerpt}")
    try:
        return canonical(question, reply)
    except (ValueError, KeyError, SyntaxError) as error:
        return _Failure(f"an answer of the kind {reply.content_type} that cannot be read: {error}")


def canonical(question: Question, reply: Reply) -> Any:
    """Return what two equal answers have equal.

    ValueError, KeyError or SyntaxError if the answer cannot be read.
    """
    if question.accept == GRAPH:
        return frozenset(str(quad.triple) for quad in parse(reply.body, RdfFormat.N_TRIPLES))
    document = json.loads(reply.body)
    if "boolean" in document:
        return document["boolean"]
    rows = [
        frozenset((name, *_term(term)) for name, term in row.items())
        for row in document["results"]["bindings"]
    ]
    variables = tuple(document["head"]["vars"])
    return (variables, tuple(rows) if question.ordered else Counter(rows))


def _term(term: dict[str, str]) -> tuple[str, str, str]:
    """Return a term's kind, its value, and its language or datatype.

    Drafts of the format used "typed-literal"; a plain literal is an xsd:string
    (https://www.w3.org/TR/rdf11-concepts/#section-Graph-Literal).
    """
    kind = "literal" if term["type"] == "typed-literal" else term["type"]
    language = term.get("xml:lang", "").lower()
    datatype = term.get("datatype", _STRING if kind == "literal" else "")
    return kind, term["value"], language or datatype


def _failure(answer: Any) -> str:
    return str(answer) if isinstance(answer, _Failure) else ""


def _difference(actual: Any, expected: Any) -> str:
    if actual == expected:
        return ""
    if isinstance(actual, frozenset):
        return _lacks(actual - expected, expected - actual)
    if isinstance(actual, tuple) and isinstance(actual[1], Counter):
        return _lacks(actual[1] - expected[1], expected[1] - actual[1]) or "other variables"
    return f"not the same: {actual!s:.{_EXCERPT_LENGTH}} instead of {expected!s:.{_EXCERPT_LENGTH}}"


def _lacks(more: Any, fewer: Any) -> str:
    if not more and not fewer:
        return ""
    summary = f"{len(more)} too many, {len(fewer)} missing; for example {next(iter(more or fewer))}"
    return summary[:_EXCERPT_LENGTH]
