"""Rules for the parts of a query: its beginning, what it selects, its order, its functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc.sparql import TokenKind

if TYPE_CHECKING:
    from graphsvc.diagnostics.context import Context, Diagnostic

_ORDER = "The order is GROUP BY, HAVING, ORDER BY, LIMIT and OFFSET, VALUES."
_MODIFIERS = frozenset(("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"))
_FORMS = frozenset(("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"))


def declaration(context: Context) -> Diagnostic | None:
    """Diagnose a prefix that is declared in another way than SPARQL's."""
    right = "SPARQL declares a prefix so: PREFIX name: <http://…>, with no @ and no dot."
    if context.mark.lower() in ("@prefix", "@base"):
        return context.diagnostic(f"{context.mark} is Turtle.", right)
    if context.mark == "." and context.expects("PREFIX", "SELECT"):
        return context.diagnostic("A declaration ends without a dot.", "Leave the dot out.")
    if context.expects("prefix") and context.word:
        return context.diagnostic(f"The prefix {context.mark} has no colon.", right)
    if context.rule == "Prologue" and context.expects("iri"):
        return context.diagnostic("The namespace is not in < >.", right)
    return None


def beginning(context: Context) -> Diagnostic | None:
    """Diagnose a text that begins like no query."""
    if not context.expects("SELECT", "ASK"):
        return None
    message = "There is no query." if context.token is None else "This is no SPARQL query."
    return context.diagnostic(
        message, "After its prefixes a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE."
    )


def comma(context: Context) -> Diagnostic | None:
    """Diagnose a comma between things that are listed without."""
    if context.mark != "," or context.clause not in ("SELECT", "DESCRIBE", "GROUP", "ORDER"):
        return None
    if context.open or context.rule == "Call":
        return None
    return context.diagnostic(
        f"No comma stands between the terms of {context.clause}.",
        "Leave it out: a space is enough.",
    )


def nothing_selected(context: Context) -> Diagnostic | None:
    """Diagnose SELECT or DESCRIBE without anything after it."""
    before = context.before.text.upper() if context.before else ""
    if before not in ("SELECT", "DISTINCT", "REDUCED", "DESCRIBE") or not context.expects("*"):
        return None
    if context.word not in ("WHERE", "FROM") and context.mark != "{":
        return None
    return context.diagnostic(
        f"{before} is followed by nothing.", "Name the variables, or write * for all of them."
    )


def name_of_expression(context: Context) -> Diagnostic | None:
    """Diagnose an expression that no AS names, or that has no brackets round it."""
    if context.expects("AS") and context.mark == ")":
        equal = context.reading.tokens[context.failure.at - 2 : context.failure.at - 1]
        if equal and equal[0].text == "=":
            return context.diagnostic(
                "= gives no name.", "Write AS instead: (… AS ?name).", equal[0]
            )
        return context.diagnostic("This expression has no name.", "Give it one: (… AS ?name).")
    if context.expects("AS") and context.token and context.token.kind is TokenKind.VARIABLE:
        return context.diagnostic(
            f"AS is missing before {context.mark}.", f"Write (… AS {context.mark})."
        )
    is_call = context.after is not None and context.after.text == "("
    if context.clause == "SELECT" and is_call and context.word and context.expects("(", "WHERE"):
        return context.diagnostic(
            f"{context.mark}(…) is an expression, and has no brackets round it.",
            f"Name what you select: ({context.mark}(…) AS ?name).",
        )
    return None


def order_of_clauses(context: Context) -> Diagnostic | None:
    """Diagnose a clause that stands too late, or without its beginning."""
    before = context.clause
    if context.failure.rules != ("Query",) or context.open:
        return None
    if context.word in _MODIFIERS:
        name = f"{context.word} BY" if context.word in ("GROUP", "ORDER") else context.word
        then = f"{before} BY" if before in ("GROUP", "ORDER") else before
        return context.diagnostic(f"{name} cannot come after {then}.", _ORDER)
    if context.word in ("ASC", "DESC"):
        return context.diagnostic(
            f"ORDER BY is missing before {context.word}.", "Write ORDER BY first."
        )
    if context.word in _FORMS:
        return context.diagnostic("Here a second query begins.", "Send one query at a time.")
    if context.mark == ";":
        return context.diagnostic("A query has no ; at its end.", "Leave it out.")
    return None


def by(context: Context) -> Diagnostic | None:
    """Diagnose GROUP or ORDER without BY."""
    if not context.expects("BY") or not context.before:
        return None
    keyword = context.before.text.upper()
    return context.diagnostic(f"BY is missing after {keyword}.", f"Write {keyword} BY.")


def number(context: Context) -> Diagnostic | None:
    """Diagnose LIMIT or OFFSET without a number."""
    if context.rule not in ("Limit", "Offset"):
        return None
    return context.diagnostic(
        f"{context.rule.upper()} wants a whole number.", f"Write {context.rule.upper()} 10."
    )


def arguments(context: Context) -> Diagnostic | None:
    """Diagnose a function with too many or too few arguments."""
    if "Call" not in context.failure.rules or not context.open:
        return None
    few = context.mark == ")" and context.expects(",")
    many = context.mark == "," and context.expects(")")
    if not few and not many:
        return None
    place = context.reading.tokens.index(context.open[-1])
    name = context.reading.tokens[place - 1].text
    amount = "few" if few else "many"
    return context.diagnostic(
        f"{name} has too {amount} arguments.",
        f"The arguments of {name} are at https://www.w3.org/TR/sparql11-query/#SparqlOps.",
    )


def template(context: Context) -> Diagnostic | None:
    """Diagnose CONSTRUCT whose template is not one."""
    if context.rule == "Template" and context.word:
        return context.diagnostic(
            f"{context.mark} cannot stand in a template.",
            "CONSTRUCT { … } holds triples only; put the rest into WHERE { … }.",
        )
    if context.rule == "Construct" and context.expects("{", "WHERE"):
        return context.diagnostic(
            "The template of CONSTRUCT has no braces.",
            "Write CONSTRUCT { … } WHERE { … }.",
        )
    return None


CLAUSE_RULES = (
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
