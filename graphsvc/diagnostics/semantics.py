"""The rules of SPARQL beyond its grammar, for a query without syntax errors.

https://www.w3.org/TR/sparql11-query/#variableScope and the notes of section 19.8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc import grammar, sparql
from graphsvc.diagnostics.context import Diagnostic
from graphsvc.sparql import Token, TokenKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.grammar import Node

_SELECTS = ("Select", "SubSelect")
#: The aggregates that fail if one of the values does.
_OF_ALL_VALUES = ("SUM", "MIN", "MAX", "AVG", "GROUP_CONCAT")


def broken_rule(query: str, base: str | None = None) -> Diagnostic | None:
    """Return the first broken rule; relative IRIs are relative to ``base``."""
    root = grammar.read(query).root
    diagnostics: list[Diagnostic] = []
    has_base = base is not None or any(token.text.upper() == "BASE" for token in sparql.code(query))
    for node in root.iter_nodes():
        if node.rule in _SELECTS:
            diagnostics += [*_grouping(node), *_named_twice(node)]
        elif node.rule == "Group":
            diagnostics += _bound_twice(node)
        elif node.rule == "DataBlock":
            diagnostics += _rows(node)
        elif node.rule == "Filter":
            diagnostics += _aggregates(node)
        elif node.rule == "Iri" and not has_base:
            diagnostics += _relative(node)
    diagnostics += _blank_nodes(root)
    return min(diagnostics, key=lambda diagnostic: diagnostic.offset, default=None)


def unbound_values(query: str) -> Iterator[Diagnostic]:
    """Yield diagnostics of aggregates that have no value as soon as one input is unbound.

    "Errors" make an aggregate fail (https://www.w3.org/TR/sparql11-query/#aggregateAlgebra), and
    what is only OPTIONAL is an error where it is not bound.
    """
    for select in grammar.read(query).root.iter_nodes():
        if select.rule not in _SELECTS:
            continue
        bound, maybe = _bound(select)
        for part in (*select.nodes("SelectClause"), *select.nodes("Modifiers")):
            for node in part.iter_nodes():
                name = _aggregated_variable(node)
                if name is not None and name.text in maybe - bound:
                    aggregate = next(node.leaves())
                    yield Diagnostic(
                        f"Where {name.text} is not bound, {aggregate.text} has no value at all.",
                        f"Leave such rows out by FILTER(BOUND({name.text})), or give them a value: "
                        f"{aggregate.text}(COALESCE({name.text}, …)).",
                        aggregate.start,
                    )


def _bound(select: Node) -> tuple[set[str], set[str]]:
    """Return the variables that have a value in each solution, and those that may have one.

    The variables of a filter are taken to be bound: it drops most other solutions.
    """
    bound: set[str] = set()
    maybe: set[str] = set()
    groups = [group for where in select.nodes("Where") for group in where.nodes("Group")]
    for part in (part for group in groups for part in group.nodes()):
        branches = [{t.text for t in _visible(branch)} for branch in part.nodes("Group")]
        names = {token.text for token in _visible(part)}
        maybe |= names
        if part.rule == "Union":
            bound |= set.intersection(*branches)
        elif part.rule == "Filter":
            bound |= {token.text for token in part.leaves() if token.kind is TokenKind.VARIABLE}
        elif part.rule != "Optional" and not _has_undefined(part):
            bound |= names
    return bound, maybe


def _has_undefined(part: Node) -> bool:
    return part.rule == "InlineData" and any(t.text.upper() == "UNDEF" for t in part.leaves())


def _aggregated_variable(node: Node) -> Token | None:
    """Return the variable of an aggregate whose argument is only a variable."""
    leaves = list(node.leaves()) if node.rule == "Aggregate" else []
    if not leaves or leaves[0].text.upper() not in _OF_ALL_VALUES:
        return None
    first = 3 if leaves[2].text.upper() == "DISTINCT" else 2
    name, after = leaves[first : first + 2]
    return name if name.kind is TokenKind.VARIABLE and after.text in (")", ";") else None


def _grouping(select: Node) -> Iterator[Diagnostic]:
    clause = select.nodes("SelectClause")[0]
    grouped = [group for part in select.nodes("Modifiers") for group in part.nodes("GroupBy")]
    folds = any(node.rule == "Aggregate" for node in clause.iter_nodes())
    if not grouped and not folds:
        return
    for token in clause.tokens():
        if token.text == "*":
            yield Diagnostic(
                "SELECT * cannot be grouped.",
                "Name the variables that you group by, and fold the others: (COUNT(?x) AS ?n).",
                token.start,
            )
    keys = {name for group in grouped for name in _keys(group)}
    keys |= {expression.tokens()[-2].text for expression in _named_expressions(clause)}
    for token in _ungrouped_variables(clause):
        if token.text not in keys:
            yield Diagnostic(
                f"{token.text} is neither grouped nor folded by an aggregate.",
                f"Add it to GROUP BY, or take one of its values: (SAMPLE({token.text}) AS ?one).",
                token.start,
            )


def _named_expressions(clause: Node) -> Iterator[Node]:
    """Yield the projections of the form ``( … AS ?name )``."""
    for projected in clause.nodes("Projected"):
        if projected.nodes("Expression"):
            yield projected


def _keys(group: Node) -> Iterator[str]:
    for grouped in group.nodes("Grouped"):
        yield from (token.text for token in grouped.tokens() if token.kind is TokenKind.VARIABLE)
        inside = list(grouped.leaves())[1:-1]
        if len(inside) == 1:  # a variable in brackets of its own
            yield inside[0].text


def _ungrouped_variables(node: Node) -> Iterator[Token]:
    """Yield the variables that are selected or used in an expression, outside aggregates."""
    queue = [*node.nodes("Projected")]
    while queue:
        part = queue.pop(0)
        if part.rule in ("Aggregate", "Exists"):
            continue
        own = part.tokens()
        has_name = len(own) > 1 and own[-2].kind is TokenKind.VARIABLE and part.rule == "Projected"
        yield from (t for t in (own[:-2] if has_name else own) if t.kind is TokenKind.VARIABLE)
        queue = [*part.nodes(), *queue]


def _named_twice(select: Node) -> Iterator[Diagnostic]:
    inside = {t.text for where in select.nodes("Where") for t in _visible(where)}
    for projected in _named_expressions(select.nodes("SelectClause")[0]):
        name = projected.tokens()[-2]
        if name.text in inside:
            yield _name_in_use(name)
        inside.add(name.text)


def _bound_twice(group: Node) -> Iterator[Diagnostic]:
    bound: set[str] = set()
    for part in group.nodes():
        if part.rule == "Bind":
            name = part.tokens()[-2]
            if name.text in bound:
                yield _name_in_use(name)
        bound |= {token.text for token in _visible(part)}


def _name_in_use(name: Token) -> Diagnostic:
    return Diagnostic(
        f"{name.text} has a value already, and AS would give it another.",
        "Give the expression a name that is not used yet, or compare with FILTER.",
        name.start,
    )


def _visible(node: Node) -> Iterator[Token]:
    """Yield the variables that a part of a pattern gives values to."""
    stack: list[Node] = [node]
    while stack:
        part = stack.pop()
        if part.rule in ("Filter", "Minus", "Expression"):
            continue
        if part.rule == "SubSelect":
            stack += part.nodes("SelectClause")
            continue
        yield from (token for token in part.tokens() if token.kind is TokenKind.VARIABLE)
        stack += part.nodes()


def _rows(block: Node) -> Iterator[Diagnostic]:
    names = [t for head in block.nodes("DataNames") for t in head.leaves()]
    expected = sum(token.kind is TokenKind.VARIABLE for token in names)
    for row in block.nodes("DataRow"):
        count = len(row.nodes("DataValue"))
        if count != expected:
            yield Diagnostic(
                f"This row has {count} value{'s' * (count != 1)} for {expected} "
                f"variable{'s' * (expected != 1)}.",
                "Give each row a value for each variable; UNDEF stands for none.",
                next(row.leaves()).start,
            )


def _aggregates(filtering: Node) -> Iterator[Diagnostic]:
    for node in filtering.iter_nodes():
        if node.rule == "Exists":
            return
        if node.rule == "Aggregate":
            token = next(node.leaves())
            yield Diagnostic(
                f"{token.text} cannot stand in FILTER.",
                "Group by GROUP BY, and put the condition into HAVING.",
                token.start,
            )


def _relative(iri: Node) -> Iterator[Diagnostic]:
    token = next(iri.leaves())
    if token.kind is TokenKind.IRI and ":" not in token.text:
        yield Diagnostic(
            f"{token.text} is only a part of an IRI.",
            "Write the whole IRI, or declare BASE <…> at the top.",
            token.start,
        )


def _blank_nodes(root: Node) -> Iterator[Diagnostic]:
    """Diagnose blank nodes that two groups share (section 19.6 of the standard)."""
    homes: dict[str, Node] = {}
    for group in root.iter_nodes():
        if group.rule != "Group":
            continue
        for triples in group.nodes("Triples"):
            for token in triples.leaves():
                if (
                    token.kind is TokenKind.BLANK
                    and homes.setdefault(token.text, group) is not group
                ):
                    yield Diagnostic(
                        f"{token.text} stands in another group already.",
                        "Use a variable: it can be shared by groups.",
                        token.start,
                    )
