"""Rules for triples and for what stands between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc.grammar import SPARQL
from graphsvc.sparql import TokenKind

if TYPE_CHECKING:
    from graphsvc.diagnostics.context import Context, Diagnostic

_ENDS = frozenset(("}", ".", ";", ",", "]", ")"))
_THINGS = (TokenKind.VARIABLE, TokenKind.IRI, TokenKind.NAME, TokenKind.BLANK)


def not_ended(context: Context) -> Diagnostic | None:
    """Diagnose two triples without punctuation between them."""
    if not context.token or not context.expects(",", ";"):
        return None
    if context.token.kind not in (*_THINGS, TokenKind.STRING, TokenKind.NUMBER):
        return None
    if context.token.kind is TokenKind.NUMBER and context.adjoins:
        return None
    return context.diagnostic(
        f"Between this {_description(context)} and the triple before it something is missing.",
        "End a triple with a dot; ; goes on with the same subject, and , with the same property.",
    )


def _description(context: Context) -> str:
    descriptions = {
        TokenKind.VARIABLE: "variable",
        TokenKind.STRING: "string",
        TokenKind.NUMBER: "number",
    }
    return descriptions.get(context.token.kind, "name") if context.token else "name"


def not_complete(context: Context) -> Diagnostic | None:
    """Diagnose a triple without its object, or without both."""
    if context.token is not None and context.mark not in _ENDS:
        return None
    before = context.before.text if context.before else ""
    if context.rule in ("Object", "PlainObject"):
        return context.diagnostic(
            f"Nothing follows the {before}." if before == "," else "This triple has no object.",
            "A triple has three parts: subject, property, object.",
        )
    if context.rule in ("Verb", "PlainVerb", "Properties") and not context.expects(";"):
        return context.diagnostic(
            f"{before} has no property and no object.",
            "A triple has three parts: subject, property, object.",
        )
    return None


def property_is_none(context: Context) -> Diagnostic | None:
    """Diagnose a property that cannot be one."""
    if context.rule not in ("Verb", "PlainVerb", "Path"):
        return None
    if context.mark == "A":
        return context.diagnostic(
            "A is no property.", "The short form of rdf:type is a lower-case a."
        )
    if context.token and context.token.kind in (TokenKind.STRING, TokenKind.NUMBER):
        return context.diagnostic(
            f"{context.mark} cannot be a property.",
            "A property is an IRI, a name with a prefix, a, or a variable.",
        )
    return None


def tag_missing(context: Context) -> Diagnostic | None:
    """Diagnose a literal whose @ or ^^ is followed by nothing."""
    if context.mark == "@" and context.expects("lang"):
        return context.diagnostic("The language is missing after @.", 'Write it: "text"@en.')
    if context.before and context.before.text == "^^":
        return context.diagnostic(
            "The datatype is missing after ^^.", 'Write it: "2014"^^xsd:gYear.'
        )
    return None


def union(context: Context) -> Diagnostic | None:
    """Diagnose UNION after something that is no group."""
    if context.word != "UNION":
        return None
    return context.diagnostic(
        "UNION joins two groups, and before it stands none.", "Write { … } UNION { … }."
    )


def graph(context: Context) -> Diagnostic | None:
    """Diagnose GRAPH without a name."""
    if context.mark != "{" or not context.before or context.before.text.upper() != "GRAPH":
        return None
    return context.diagnostic(
        "GRAPH does not say which graph.", "Write GRAPH ?graph { … }, or a graph's IRI."
    )


def group_is_missing(context: Context) -> Diagnostic | None:
    """Diagnose a triple where the braces of a group should be."""
    begins = context.token is not None and context.token.kind in _THINGS
    if not begins or not context.expects("{") or context.expects("}") or context.rule != "Group":
        return None
    before = context.before.text.upper() if context.before else ""
    keyword = before if before in SPARQL.terminals and before.isalpha() else "WHERE"
    return context.diagnostic(
        f"The pattern of {keyword} has no braces.", f"Write {keyword} {{ … }}."
    )


def number_and_letters(context: Context) -> Diagnostic | None:
    """Diagnose letters that touch a number."""
    if not context.adjoins or not context.before or context.before.kind is not TokenKind.NUMBER:
        return None
    if not context.token or context.token.kind not in (
        TokenKind.WORD,
        TokenKind.NAME,
        TokenKind.NUMBER,
    ):
        return None
    whole = context.before.text + context.mark
    return context.diagnostic(
        f"{whole} is not a number.", f'Write "{whole}" for text, or part the two.', context.before
    )


TRIPLE_RULES = (
    number_and_letters,
    not_complete,
    property_is_none,
    tag_missing,
    union,
    graph,
    not_ended,
    group_is_missing,
)
