"""Rules for single characters: quotes, operators of other languages, IRIs without brackets."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from graphsvc.sparql import TokenKind

if TYPE_CHECKING:
    from graphsvc.diagnostics.context import Context, Diagnostic

_QUOTES = frozenset("\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2039\u203a`")
_DASHES = frozenset("\u2010\u2011\u2012\u2013\u2014\u2212")
#: What other languages write, and how SPARQL says it.
_FOREIGN = {
    "AND": "&& joins two conditions",
    "OR": "|| is the one or the other",
    "LIKE": 'CONTAINS(?text, "part") or REGEX(?text, "pattern") compares text',
    "ILIKE": 'REGEX(?text, "pattern", "i") compares text whatever its case',
    "IS": "BOUND(?x) and !BOUND(?x) ask whether there is a value, = compares",
    "BETWEEN": "?x >= 1 && ?x <= 9 asks for a range",
    "TOP": "LIMIT 10 at the end of the query asks for the first ten",
    "JOIN": "triples that share a variable are joined",
    "HAS": "a triple says it: subject property object",
}


def string_not_closed(context: Context) -> Diagnostic | None:
    """Diagnose a string without its end, or with a quote inside."""
    if (
        context.adjoins
        and context.before
        and context.before.kind is TokenKind.STRING
        and _is_text(context)
    ):
        return context.diagnostic(
            "The string ends before this.",
            'Write \\" for a quote inside a string, or put the string into """ … """.',
        )
    if context.token and context.token.kind is TokenKind.UNCLOSED:
        return context.diagnostic(
            "This string is not closed.",
            'End it with the quotes it began with; only """ strings go over lines.',
        )
    return None


def _is_text(context: Context) -> bool:
    kinds = (TokenKind.WORD, TokenKind.NAME, TokenKind.NUMBER, TokenKind.UNCLOSED, TokenKind.STRING)
    return context.token is not None and context.token.kind in kinds


def lookalike(context: Context) -> Diagnostic | None:
    """Diagnose a character that looks like one of SPARQL's, or that is invisible."""
    if context.mark in _QUOTES:
        return context.diagnostic(
            f"{context.mark} is a typographic quotation mark.",
            "Write straight quotes: \" or '.",
        )
    if context.mark in _DASHES:
        return context.diagnostic(
            f"{context.mark} is a dash.", "Write the plain - of the keyboard."
        )
    if context.token and context.token.kind is TokenKind.OTHER and not _is_visible(context.mark):
        name = unicodedata.name(context.mark, "a control character").lower()
        return context.diagnostic(
            f"An invisible character stands here: U+{ord(context.mark):04X}, {name}.",
            "Delete it, and write a plain space if one is wanted.",
        )
    return None


def _is_visible(mark: str) -> bool:
    return unicodedata.category(mark[0])[0] not in "ZC" if mark else True


def variable_without_name(context: Context) -> Diagnostic | None:
    """Diagnose a question mark alone, or one whose name has a forbidden character."""
    if context.mark in ("?", "$") and (context.expects("var") or context.expects_term()):
        return context.diagnostic(
            f"This {context.mark} has no name.", "Write the variable's name after it: ?name."
        )
    if context.mark == "-" and context.adjoins and context.before and _is_variable(context):
        return context.diagnostic(
            f"The name of the variable {context.before.text} ends here: it cannot hold a hyphen.",
            "Write _ instead: ?first_name.",
        )
    return None


def _is_variable(context: Context) -> bool:
    return context.before is not None and context.before.kind is TokenKind.VARIABLE


def operator(context: Context) -> Diagnostic | None:
    """Diagnose an operator of another language."""
    if context.mark == "<>" and context.expects("!="):
        return context.diagnostic("<> is not an operator of SPARQL.", "Unequal is written !=.")
    if context.mark == "=" and context.adjoins and context.before and context.before.text in "=!<>":
        symbol = context.before.text + context.mark
        return context.diagnostic(
            f"{symbol} is not an operator of SPARQL.", _equal(context), context.before
        )
    if context.mark in ("&", "|") and context.expects("&&"):
        doubled = context.mark * 2
        meaning = "both" if context.mark == "&" else "the one or the other"
        return context.diagnostic(
            f"A single {context.mark} joins no conditions.", f"Write {doubled}: {meaning}."
        )
    if context.word in _FOREIGN and context.word not in context.failure.expected:
        return context.diagnostic(
            f"{context.mark} is not SPARQL.", f"In SPARQL {_FOREIGN[context.word]}."
        )
    return None


def _equal(context: Context) -> str:
    is_unequal = context.before is not None and context.before.text == "!"
    return "Unequal is written !=." if is_unequal else "Equal is written with one =."


def iri_without_brackets(context: Context) -> Diagnostic | None:
    """Diagnose an IRI whose < has no >, or that has a forbidden character."""
    if not context.mark.startswith("<") or not context.token or not context.expects_term():
        return None
    rest = context.text[context.token.start + 1 :].split("\n", 1)[0]
    inside, closed, _ = rest.partition(">")
    wrong = next((letter for letter in inside if letter in ' "{}|\\^`<'), "")
    if closed and wrong:
        character = "a space" if wrong == " " else wrong
        return context.diagnostic(
            f"This IRI holds {character}, which no IRI can hold.",
            f"Close it with > where it ends, or write %{ord(wrong):02X} for {character}.",
        )
    return context.diagnostic("This IRI is not closed.", "End it with >.")


PUNCTUATION_RULES = (
    string_not_closed,
    lookalike,
    variable_without_name,
    operator,
    iri_without_brackets,
)
