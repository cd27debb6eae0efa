"""Slips in triples and in what stands between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc.grammar import SPARQL
from graphsvc.sparql import Kind

if TYPE_CHECKING:
    from graphsvc.diagnostics.context import Advice, Scene

_ENDS = frozenset(("}", ".", ";", ",", "]", ")"))
_THINGS = (Kind.VARIABLE, Kind.IRI, Kind.NAME, Kind.BLANK)


def not_ended(scene: Scene) -> Advice | None:
    """Advise on two triples with nothing between them."""
    if not scene.token or not scene.expects(",", ";"):
        return None
    if scene.token.kind not in (*_THINGS, Kind.STRING, Kind.NUMBER):
        return None
    if scene.token.kind is Kind.NUMBER and scene.adjoins:
        return None
    return scene.advise(
        f"Between this {_called(scene)} and the triple before it something is missing.",
        "End a triple with a dot; ; goes on with the same subject, and , with the same property.",
    )


def _called(scene: Scene) -> str:
    named = {Kind.VARIABLE: "variable", Kind.STRING: "string", Kind.NUMBER: "number"}
    return named.get(scene.token.kind, "name") if scene.token else "name"


def not_complete(scene: Scene) -> Advice | None:
    """Advise on a triple without its object, or without both."""
    if scene.token is not None and scene.mark not in _ENDS:
        return None
    before = scene.before.text if scene.before else ""
    if scene.rule in ("Object", "PlainObject"):
        return scene.advise(
            f"Nothing follows the {before}." if before == "," else "This triple has no object.",
            "A triple has three parts: subject, property, object.",
        )
    if scene.rule in ("Verb", "PlainVerb", "Properties") and not scene.expects(";"):
        return scene.advise(
            f"{before} has no property and no object.",
            "A triple has three parts: subject, property, object.",
        )
    return None


def property_is_none(scene: Scene) -> Advice | None:
    """Advise on a property that cannot be one."""
    if scene.rule not in ("Verb", "PlainVerb", "Path"):
        return None
    if scene.mark == "A":
        return scene.advise("A is no property.", "The short form of rdf:type is a lower-case a.")
    if scene.token and scene.token.kind in (Kind.STRING, Kind.NUMBER):
        return scene.advise(
            f"{scene.mark} cannot be a property.",
            "A property is an IRI, a name with a prefix, a, or a variable.",
        )
    return None


def tag_missing(scene: Scene) -> Advice | None:
    """Advise on a literal whose @ or ^^ is followed by nothing."""
    if scene.mark == "@" and scene.expects("lang"):
        return scene.advise("The language is missing after @.", 'Write it: "text"@en.')
    if scene.before and scene.before.text == "^^":
        return scene.advise("The datatype is missing after ^^.", 'Write it: "2014"^^xsd:gYear.')
    return None


def union(scene: Scene) -> Advice | None:
    """Advise on UNION after something that is no group."""
    if scene.word != "UNION":
        return None
    return scene.advise(
        "UNION joins two groups, and before it stands none.", "Write { … } UNION { … }."
    )


def graph(scene: Scene) -> Advice | None:
    """Advise on GRAPH without a name."""
    if scene.mark != "{" or not scene.before or scene.before.text.upper() != "GRAPH":
        return None
    return scene.advise(
        "GRAPH does not say which graph.", "Write GRAPH ?graph { … }, or a graph's IRI."
    )


def group_is_missing(scene: Scene) -> Advice | None:
    """Advise on a triple where the braces of a group should be."""
    begins = scene.token is not None and scene.token.kind in _THINGS
    if not begins or not scene.expects("{") or scene.expects("}") or scene.rule != "Group":
        return None
    before = scene.before.text.upper() if scene.before else ""
    keyword = before if before in SPARQL.terminals and before.isalpha() else "WHERE"
    return scene.advise(f"The pattern of {keyword} has no braces.", f"Write {keyword} {{ … }}.")


def number_and_letters(scene: Scene) -> Advice | None:
    """Advise on letters that touch a number."""
    if not scene.adjoins or not scene.before or scene.before.kind is not Kind.NUMBER:
        return None
    if not scene.token or scene.token.kind not in (Kind.WORD, Kind.NAME, Kind.NUMBER):
        return None
    whole = scene.before.text + scene.mark
    return scene.advise(
        f"{whole} is not a number.", f'Write "{whole}" for text, or part the two.', scene.before
    )


TRIPLE_SLIPS = (
    number_and_letters,
    not_complete,
    property_is_none,
    tag_missing,
    union,
    graph,
    not_ended,
    group_is_missing,
)
