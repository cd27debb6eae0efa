"""Rules for query files beyond their headers: a query runs, with a stable answer.

The rules, each with its check's name:

- ``query-name``        a kebab-case file name, for it is the query's address
- ``query-syntax``      SPARQL, without SERVICE, LOAD or updates
- ``query-prefix``      prefixes of the project's table, or well-known ones, with their namespaces
- ``query-order``       a SELECT is ordered at the outer level, so that its answer is stable
- ``query-parameter``   a parameter is a variable that the SELECT projects: the store binds no other
- ``check-projection``  a check answers ?entity ?property ?value
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from graphsvc import sparql
from graphsvc.errors import NotAcceptable, QueryError
from graphsvc.findings import Finding
from graphsvc.store.oxigraph import OxigraphStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphsvc.errors import Position
    from graphsvc.namespaces import Prefixes
    from graphsvc.queries import Check, Query

#: The columns of a check.
PROJECTION = ("entity", "property", "value")

_KEBAB_CASE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DEPTHS = {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}


def lint_query(query: Query, prefixes: Prefixes) -> Iterator[Finding]:
    """Yield the findings about a query beyond its header."""
    yield from _lint(query, prefixes)
    yield from _unprojected_parameters(query)


def lint_check(check: Check, prefixes: Prefixes) -> Iterator[Finding]:
    """Yield the findings about a check beyond its header."""
    yield from _lint(check, prefixes)
    if tuple(projection(check.text) or ()) != PROJECTION:
        yield Finding(
            "check-projection",
            "A check answers exactly ?entity ?property ?value.",
            "Begin it with SELECT ?entity ?property ?value.",
            path=check.path,
            line=_line_of(check.text, "SELECT"),
        )


def projection(text: str) -> list[str] | None:
    """Return the variables that the outer SELECT names, or None if the query is no SELECT.

    ``SELECT *`` names none.
    """
    tokens = _outer(text)
    if sparql.form(text) != "SELECT":
        return None
    names: list[str] = []
    for depth, token in _after(tokens, "SELECT"):
        if token.text == "{" or token.text.upper() in ("WHERE", "FROM"):
            break
        if token.kind is sparql.TokenKind.VARIABLE and depth == 0:
            names.append(token.text[1:])
        elif token.text.upper() == "AS":
            names.append("")
        elif token.kind is sparql.TokenKind.VARIABLE and names and not names[-1]:
            names[-1] = token.text[1:]
    return names


def _lint(item: Query | Check, prefixes: Prefixes) -> Iterator[Finding]:
    if not _KEBAB_CASE.fullmatch(item.name):
        yield Finding(
            "query-name",
            f"The file name {item.name}.rq is not kebab-case.",
            "Use lower-case letters, digits and single hyphens, like who-chairs-what.rq.",
            path=item.path,
        )
    # An unknown prefix is also a syntax error; the finding about the prefix says more.
    unknown = list(_foreign_prefixes(item, prefixes))
    yield from unknown or list(_syntax(item, prefixes)) or _unordered(item)


def _syntax(item: Query | Check, prefixes: Prefixes) -> Iterator[Finding]:
    try:
        # An empty store parses the query like the served one; without a format it does not answer.
        OxigraphStore(ox.Store(), prefixes.in_queries).answer(item.text, {})
    except NotAcceptable:
        return
    except QueryError as error:
        yield _syntax_error(item, error)


def _syntax_error(item: Query | Check, error: QueryError) -> Finding:
    place = error.position
    return Finding(
        "query-syntax",
        error.message,
        error.remedy,
        path=item.path,
        line=place.line if place else None,
        column=place.column if place else None,
    )


def _foreign_prefixes(item: Query | Check, prefixes: Prefixes) -> Iterator[Finding]:
    declared = sparql.declared_prefixes(item.text)
    project_prefixes = prefixes.in_queries
    for prefix, position in sparql.used_prefixes(item.text).items():
        if prefix not in project_prefixes:
            yield _at(
                item,
                position,
                "query-prefix",
                f"The prefix {prefix}: is neither in the project's prefix table nor well known.",
                "Declare it in ontology/prefixes.ttl, or use one that is declared there.",
            )
        elif declared.get(prefix, project_prefixes[prefix]) != project_prefixes[prefix]:
            yield _at(
                item,
                position,
                "query-prefix",
                f"The prefix {prefix}: stands for <{declared[prefix]}> here, "
                f"but for <{project_prefixes[prefix]}> elsewhere.",
                "Use that namespace, or another prefix.",
            )


def _unordered(item: Query | Check) -> Iterator[Finding]:
    if sparql.form(item.text) != "SELECT":
        return
    ordered = any(
        depth == 0 and token.kind is sparql.TokenKind.WORD and token.text.upper() == "ORDER"
        for depth, token in _outer(item.text)
    )
    if not ordered:
        yield Finding(
            "query-order",
            "The rows come in no certain order.",
            "End the query with ORDER BY.",
            path=item.path,
            line=_line_of(item.text, "SELECT"),
        )


def _unprojected_parameters(query: Query) -> Iterator[Finding]:
    projected = projection(query.text) or []
    for name in query.params:
        if name not in projected:
            yield Finding(
                "query-parameter",
                f"The parameter ?{name} is not projected, so it cannot be bound.",
                f"Add ?{name} to the SELECT.",
                path=query.path,
                line=_line_of(query.text, f"?{name}") or _line_of(query.text, "SELECT"),
            )


def _outer(text: str) -> list[tuple[int, sparql.Token]]:
    """Return the tokens, each with the depth of its brackets."""
    depth = 0
    tokens: list[tuple[int, sparql.Token]] = []
    for token in sparql.code(text):
        step = _DEPTHS.get(token.text, 0)
        depth += min(step, 0)
        tokens.append((depth, token))
        depth += max(step, 0)
    return tokens


def _after(
    tokens: Sequence[tuple[int, sparql.Token]], word: str
) -> Iterator[tuple[int, sparql.Token]]:
    """Yield the tokens after the first occurrence of a word outside all brackets."""
    remaining = iter(tokens)
    for depth, token in remaining:
        if depth == 0 and token.text.upper() == word:
            yield from remaining


def _line_of(text: str, token_text: str) -> int | None:
    """Return the line of the first token with this text, in any case."""
    return next(
        (token.line for token in sparql.code(text) if token.text.upper() == token_text.upper()),
        None,
    )


def _at(item: Query | Check, position: Position, check: str, message: str, remedy: str) -> Finding:
    return Finding(
        check, message, remedy, path=item.path, line=position.line, column=position.column
    )
