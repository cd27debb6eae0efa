"""Rules for brackets: one is missing, or there is one too many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc.sparql import TokenKind

if TYPE_CHECKING:
    from graphsvc.diagnostics.context import Context, Diagnostic
    from graphsvc.sparql import Token

_CLOSE = "Close every bracket, the innermost first."
_PARTNER = {"{": "}", "(": ")", "[": "]"}


def no_partner(context: Context) -> Diagnostic | None:
    """Diagnose a bracket that nothing opens, or one that nothing closes."""
    innermost = context.open[-1] if context.open else None
    if context.token is None:
        return None if innermost is None else _open(context, innermost)
    if not context.closes_other():
        return None
    if innermost is None:
        return context.diagnostic(
            f"This {context.mark} has no partner.", "Leave it out, or open it before."
        )
    return context.diagnostic(
        f"This {context.mark} has no partner: the {innermost.text} of line {innermost.line}, "
        f"column {innermost.column} is open.",
        _CLOSE,
    )


def _open(context: Context, bracket: Token) -> Diagnostic:
    return context.diagnostic(
        f"This {bracket.text} has no partner.",
        f"{_CLOSE} Here {_PARTNER.get(bracket.text, bracket.text)} is missing.",
        bracket,
    )


def condition_without_brackets(context: Context) -> Diagnostic | None:
    """Diagnose FILTER and HAVING whose condition has no brackets."""
    if context.rule not in ("Filter", "Having") or context.token is None or not context.before:
        return None
    if (
        context.token.kind not in (TokenKind.VARIABLE, TokenKind.STRING, TokenKind.NUMBER)
        and context.mark != "!"
    ):
        return None
    keyword = context.before.text.upper()
    return context.diagnostic(
        f"The condition of {keyword} has no brackets.",
        f"Put them round it: {keyword}({context.mark} …).",
    )


def group_without_braces(context: Context) -> Diagnostic | None:
    """Diagnose a keyword whose pattern has no braces."""
    if not context.expects("{") or context.expects("}") or context.rule not in ("Group", "Where"):
        return None
    keyword = context.before.text.upper() if context.before else ""
    if keyword in ("OPTIONAL", "MINUS", "UNION", "EXISTS", "WHERE"):
        message = f"{keyword} is followed by a pattern in braces."
        return context.diagnostic(message, f"Write {keyword} {{ … }}.")
    if context.token is None:
        return context.diagnostic("The query ends without a pattern.", "Add one: WHERE { … }.")
    if "Graph" in context.failure.rules:
        return context.diagnostic(
            "The pattern of GRAPH has no braces.", "Write GRAPH ?graph { … }."
        )
    return None


BRACKET_RULES = (no_partner, condition_without_brackets, group_without_braces)
