"""Slips with brackets: one that is missing, or one too many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc.sparql import Kind

if TYPE_CHECKING:
    from graphsvc.diagnostics.context import Advice, Scene
    from graphsvc.sparql import Token

_CLOSE = "Close every bracket, the innermost first."
_PARTNER = {"{": "}", "(": ")", "[": "]"}


def no_partner(scene: Scene) -> Advice | None:
    """Advise on a bracket that nothing opens, or one that nothing closes."""
    innermost = scene.open[-1] if scene.open else None
    if scene.token is None:
        return None if innermost is None else _open(scene, innermost)
    if not scene.closes_other():
        return None
    if innermost is None:
        return scene.advise(
            f"This {scene.mark} has no partner.", "Leave it out, or open it before."
        )
    return scene.advise(
        f"This {scene.mark} has no partner: the {innermost.text} of line {innermost.line}, "
        f"column {innermost.column} is open.",
        _CLOSE,
    )


def _open(scene: Scene, bracket: Token) -> Advice:
    return scene.advise(
        f"This {bracket.text} has no partner.",
        f"{_CLOSE} Here {_PARTNER.get(bracket.text, bracket.text)} is missing.",
        bracket,
    )


def condition_without_brackets(scene: Scene) -> Advice | None:
    """Advise on FILTER and HAVING whose condition has no brackets."""
    if scene.rule not in ("Filter", "Having") or scene.token is None or not scene.before:
        return None
    if scene.token.kind not in (Kind.VARIABLE, Kind.STRING, Kind.NUMBER) and scene.mark != "!":
        return None
    keyword = scene.before.text.upper()
    return scene.advise(
        f"The condition of {keyword} has no brackets.",
        f"Put them round it: {keyword}({scene.mark} …).",
    )


def group_without_braces(scene: Scene) -> Advice | None:
    """Advise on a keyword whose pattern has no braces."""
    if not scene.expects("{") or scene.expects("}") or scene.rule not in ("Group", "Where"):
        return None
    keyword = scene.before.text.upper() if scene.before else ""
    if keyword in ("OPTIONAL", "MINUS", "UNION", "EXISTS", "WHERE"):
        message = f"{keyword} is followed by a pattern in braces."
        return scene.advise(message, f"Write {keyword} {{ … }}.")
    if scene.token is None:
        return scene.advise("The query ends without a pattern.", "Add one: WHERE { … }.")
    if "Graph" in scene.failure.rules:
        return scene.advise("The pattern of GRAPH has no braces.", "Write GRAPH ?graph { … }.")
    return None


BRACKET_SLIPS = (no_partner, condition_without_brackets, group_without_braces)
