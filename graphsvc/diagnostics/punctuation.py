"""Slips in single signs: quotes, operators of other languages, IRIs without their brackets."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from graphsvc.sparql import Kind

if TYPE_CHECKING:
    from graphsvc.diagnostics.context import Advice, Scene

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


def string_not_closed(scene: Scene) -> Advice | None:
    """Advise on a string without its end, or with a quote inside."""
    if scene.adjoins and scene.before and scene.before.kind is Kind.STRING and _is_text(scene):
        return scene.advise(
            "The string ends before this.",
            'Write \\" for a quote inside a string, or put the string into """ … """.',
        )
    if scene.token and scene.token.kind is Kind.UNCLOSED:
        return scene.advise(
            "This string is not closed.",
            'End it with the quotes it began with; only """ strings go over lines.',
        )
    return None


def _is_text(scene: Scene) -> bool:
    kinds = (Kind.WORD, Kind.NAME, Kind.NUMBER, Kind.UNCLOSED, Kind.STRING)
    return scene.token is not None and scene.token.kind in kinds


def lookalike(scene: Scene) -> Advice | None:
    """Advise on a sign that looks like one of SPARQL's, or like nothing."""
    if scene.mark in _QUOTES:
        return scene.advise(
            f"{scene.mark} is a typographic quotation mark.",
            "Write straight quotes: \" or '.",
        )
    if scene.mark in _DASHES:
        return scene.advise(f"{scene.mark} is a dash.", "Write the plain - of the keyboard.")
    if scene.token and scene.token.kind is Kind.OTHER and not _is_visible(scene.mark):
        name = unicodedata.name(scene.mark, "a control character").lower()
        return scene.advise(
            f"An invisible character stands here: U+{ord(scene.mark):04X}, {name}.",
            "Delete it, and write a plain space if one is wanted.",
        )
    return None


def _is_visible(mark: str) -> bool:
    return unicodedata.category(mark[0])[0] not in "ZC" if mark else True


def variable_without_name(scene: Scene) -> Advice | None:
    """Advise on a question mark alone, or one whose name has a sign that names cannot have."""
    if scene.mark in ("?", "$") and (scene.expects("var") or scene.expects_term()):
        return scene.advise(
            f"This {scene.mark} has no name.", "Write the variable's name after it: ?name."
        )
    if scene.mark == "-" and scene.adjoins and scene.before and _is_variable(scene):
        return scene.advise(
            f"The name of the variable {scene.before.text} ends here: it cannot hold a hyphen.",
            "Write _ instead: ?first_name.",
        )
    return None


def _is_variable(scene: Scene) -> bool:
    return scene.before is not None and scene.before.kind is Kind.VARIABLE


def operator(scene: Scene) -> Advice | None:
    """Advise on an operator of another language."""
    if scene.mark == "<>" and scene.expects("!="):
        return scene.advise("<> is not an operator of SPARQL.", "Unequal is written !=.")
    if scene.mark == "=" and scene.adjoins and scene.before and scene.before.text in "=!<>":
        written = scene.before.text + scene.mark
        return scene.advise(f"{written} is not an operator of SPARQL.", _equal(scene), scene.before)
    if scene.mark in ("&", "|") and scene.expects("&&"):
        joined = scene.mark * 2
        said = "both" if scene.mark == "&" else "the one or the other"
        return scene.advise(
            f"A single {scene.mark} joins no conditions.", f"Write {joined}: {said}."
        )
    if scene.word in _FOREIGN and scene.word not in scene.failure.expected:
        return scene.advise(f"{scene.mark} is not SPARQL.", f"In SPARQL {_FOREIGN[scene.word]}.")
    return None


def _equal(scene: Scene) -> str:
    is_unequal = scene.before is not None and scene.before.text == "!"
    return "Unequal is written !=." if is_unequal else "Equal is written with one =."


def iri_without_brackets(scene: Scene) -> Advice | None:
    """Advise on an IRI whose < has no >, or that has a sign in it that IRIs cannot have."""
    if not scene.mark.startswith("<") or not scene.token or not scene.expects_term():
        return None
    rest = scene.text[scene.token.start + 1 :].split("\n", 1)[0]
    inside, closed, _ = rest.partition(">")
    wrong = next((sign for sign in inside if sign in ' "{}|\\^`<'), "")
    if closed and wrong:
        shown = "a space" if wrong == " " else wrong
        return scene.advise(
            f"This IRI holds {shown}, which no IRI can hold.",
            f"Close it with > where it ends, or write %{ord(wrong):02X} for {shown}.",
        )
    return scene.advise("This IRI is not closed.", "End it with >.")


SIGN_SLIPS = (
    string_not_closed,
    lookalike,
    variable_without_name,
    operator,
    iri_without_brackets,
)
