"""The rules for common mistakes; each looks at the token at which the parser failed.

Each function recognises one kind of mistake and returns a diagnostic, or None. The first diagnostic
is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc.diagnostics.brackets import BRACKET_RULES
from graphsvc.diagnostics.clauses import CLAUSE_RULES
from graphsvc.diagnostics.punctuation import PUNCTUATION_RULES
from graphsvc.diagnostics.triples import TRIPLE_RULES
from graphsvc.grammar import KEYWORDS
from graphsvc.sparql import TokenKind
from graphsvc.spelling import similar_spellings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from graphsvc.diagnostics.context import Context, Diagnostic

    Rule: TypeAlias = Callable[[Context], Diagnostic | None]

#: Shorter words are similar to too many keywords.
_LONG = 4


def misspelt_keyword(context: Context) -> Diagnostic | None:
    """Suggest the possible keywords that are similar to the word."""
    if not context.word or context.word in KEYWORDS:
        return None
    possible = similar_spellings(context.word, context.failure.expected & KEYWORDS, most=2)
    only = [] if possible else _the_only_one(context)
    return _did_you_mean(context, possible or only)


def misspelt_and_misplaced_keyword(context: Context) -> Diagnostic | None:
    """Suggest the keyword that is similar to the word, though it cannot stand here either."""
    if len(context.word) < _LONG or context.word in KEYWORDS:
        return None
    return _did_you_mean(context, similar_spellings(context.word, KEYWORDS, most=1))


def unknown_function(context: Context) -> Diagnostic | None:
    """Diagnose a call of a function that does not exist."""
    if not (context.word and context.after and context.after.text in ("(", "()")):
        return None
    if not context.expects("BOUND"):
        return None
    return context.diagnostic(
        f"SPARQL has no function {context.mark}.",
        "The functions of SPARQL are listed at https://www.w3.org/TR/sparql11-query/#SparqlOps.",
    )


def bare_word(context: Context) -> Diagnostic | None:
    """Diagnose a word that lacks its ?, its quotes or its prefix."""
    if not context.word or not (context.expects_term() or context.expects("var")):
        return None
    readings = f"?{context.mark} is a variable"
    if context.expects("string"):
        readings += f', "{context.mark}" a string'
    name = f", prefix:{context.mark} a name" if context.expects_term() else ""
    return context.diagnostic(f"{context.mark} is not a keyword of SPARQL.", f"{readings}{name}.")


def _the_only_one(context: Context) -> list[str]:
    """Return the only keyword that is possible here, if the word is about as long."""
    needed = context.failure.expected
    (only,) = needed if len(needed) == 1 else ("",)
    return [only] if only in KEYWORDS and abs(len(only) - len(context.word)) <= 1 else []


def _did_you_mean(context: Context, words: Sequence[str]) -> Diagnostic | None:
    if not words or not context.token or context.token.kind is not TokenKind.WORD:
        return None
    suggestions = " or ".join(words)
    return context.diagnostic(
        f"{context.mark} is not a keyword of SPARQL.", f"Did you mean {suggestions}?"
    )


RULES: tuple[Rule, ...] = (
    *PUNCTUATION_RULES,
    misspelt_keyword,
    *CLAUSE_RULES,
    *TRIPLE_RULES,
    *BRACKET_RULES,
    misspelt_and_misplaced_keyword,
    unknown_function,
    bare_word,
)


def diagnose_failure(context: Context) -> Diagnostic | None:
    """Return the diagnostic of the first rule that matches, or None."""
    return next((diagnostic for rule in RULES if (diagnostic := rule(context))), None)
