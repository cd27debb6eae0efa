"""Slips in the parts of a query: its beginning, what it selects, its order, its functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc.sparql import Kind

if TYPE_CHECKING:
    from graphsvc.diagnostics.context import Advice, Scene

_ORDER = "The order is GROUP BY, HAVING, ORDER BY, LIMIT and OFFSET, VALUES."
_MODIFIERS = frozenset(("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"))
_FORMS = frozenset(("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"))


def declaration(scene: Scene) -> Advice | None:
    """Advise on a prefix that is declared in another way than SPARQL's."""
    right = "SPARQL declares a prefix so: PREFIX name: <http://…>, with no @ and no dot."
    if scene.mark.lower() in ("@prefix", "@base"):
        return scene.advise(f"{scene.mark} is Turtle.", right)
    if scene.mark == "." and scene.expects("PREFIX", "SELECT"):
        return scene.advise("A declaration ends without a dot.", "Leave the dot out.")
    if scene.expects("prefix") and scene.word:
        return scene.advise(f"The prefix {scene.mark} has no colon.", right)
    if scene.rule == "Prologue" and scene.expects("iri"):
        return scene.advise("The namespace is not in < >.", right)
    return None


def beginning(scene: Scene) -> Advice | None:
    """Advise on a text that begins like no query."""
    if not scene.expects("SELECT", "ASK"):
        return None
    message = "There is no query." if scene.token is None else "This is no SPARQL query."
    return scene.advise(
        message, "After its prefixes a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE."
    )


def comma(scene: Scene) -> Advice | None:
    """Advise on a comma between things that are listed without."""
    if scene.mark != "," or scene.clause not in ("SELECT", "DESCRIBE", "GROUP", "ORDER"):
        return None
    if scene.open or scene.rule == "Call":
        return None
    return scene.advise(
        f"No comma stands between the terms of {scene.clause}.", "Leave it out: a space is enough."
    )


def nothing_selected(scene: Scene) -> Advice | None:
    """Advise on SELECT or DESCRIBE without anything after it."""
    before = scene.before.text.upper() if scene.before else ""
    if before not in ("SELECT", "DISTINCT", "REDUCED", "DESCRIBE") or not scene.expects("*"):
        return None
    if scene.word not in ("WHERE", "FROM") and scene.mark != "{":
        return None
    return scene.advise(
        f"{before} is followed by nothing.", "Name the variables, or write * for all of them."
    )


def name_of_expression(scene: Scene) -> Advice | None:
    """Advise on an expression that no AS names, or that has no brackets round it."""
    if scene.expects("AS") and scene.mark == ")":
        equal = scene.reading.tokens[scene.failure.at - 2 : scene.failure.at - 1]
        if equal and equal[0].text == "=":
            return scene.advise("= gives no name.", "Write AS instead: (… AS ?name).", equal[0])
        return scene.advise("This expression has no name.", "Give it one: (… AS ?name).")
    if scene.expects("AS") and scene.token and scene.token.kind is Kind.VARIABLE:
        return scene.advise(f"AS is missing before {scene.mark}.", f"Write (… AS {scene.mark}).")
    is_call = scene.after is not None and scene.after.text == "("
    if scene.clause == "SELECT" and is_call and scene.word and scene.expects("(", "WHERE"):
        return scene.advise(
            f"{scene.mark}(…) is an expression, and has no brackets round it.",
            f"Name what you select: ({scene.mark}(…) AS ?name).",
        )
    return None


def order_of_clauses(scene: Scene) -> Advice | None:
    """Advise on a clause that stands too late, or without its beginning."""
    before = scene.clause
    if scene.failure.rules != ("Query",) or scene.open:
        return None
    if scene.word in _MODIFIERS:
        name = f"{scene.word} BY" if scene.word in ("GROUP", "ORDER") else scene.word
        then = f"{before} BY" if before in ("GROUP", "ORDER") else before
        return scene.advise(f"{name} cannot come after {then}.", _ORDER)
    if scene.word in ("ASC", "DESC"):
        return scene.advise(f"ORDER BY is missing before {scene.word}.", "Write ORDER BY first.")
    if scene.word in _FORMS:
        return scene.advise("Here a second query begins.", "Send one query at a time.")
    if scene.mark == ";":
        return scene.advise("A query has no ; at its end.", "Leave it out.")
    return None


def by(scene: Scene) -> Advice | None:
    """Advise on GROUP or ORDER without BY."""
    if not scene.expects("BY") or not scene.before:
        return None
    keyword = scene.before.text.upper()
    return scene.advise(f"BY is missing after {keyword}.", f"Write {keyword} BY.")


def number(scene: Scene) -> Advice | None:
    """Advise on LIMIT or OFFSET without a number."""
    if scene.rule not in ("Limit", "Offset"):
        return None
    return scene.advise(
        f"{scene.rule.upper()} wants a whole number.", f"Write {scene.rule.upper()} 10."
    )


def arguments(scene: Scene) -> Advice | None:
    """Advise on a function with too many or too few arguments."""
    if "Call" not in scene.failure.rules or not scene.open:
        return None
    few = scene.mark == ")" and scene.expects(",")
    many = scene.mark == "," and scene.expects(")")
    if not few and not many:
        return None
    place = scene.reading.tokens.index(scene.open[-1])
    name = scene.reading.tokens[place - 1].text
    amount = "few" if few else "many"
    return scene.advise(
        f"{name} has too {amount} arguments.",
        f"What {name} takes is told at https://www.w3.org/TR/sparql11-query/#SparqlOps.",
    )


def template(scene: Scene) -> Advice | None:
    """Advise on CONSTRUCT whose template is not one."""
    if scene.rule == "Template" and scene.word:
        return scene.advise(
            f"{scene.mark} cannot stand in a template.",
            "CONSTRUCT { … } holds triples only; put the rest into WHERE { … }.",
        )
    if scene.rule == "Construct" and scene.expects("{", "WHERE"):
        return scene.advise(
            "The template of CONSTRUCT has no braces.",
            "Write CONSTRUCT { … } WHERE { … }.",
        )
    return None


CLAUSE_SLIPS = (
    declaration,
    beginning,
    comma,
    nothing_selected,
    name_of_expression,
    order_of_clauses,
    by,
    number,
    arguments,
    template,
)
