"""The rules of SPARQL that its grammar cannot say, for a query that the grammar has no fault with.

https://www.w3.org/TR/sparql11-query/#variableScope and the notes of section 19.8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc import grammar, sparql
from graphsvc.diagnostics.context import Advice
from graphsvc.sparql import Kind, Token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.grammar import Node

_SELECTS = ("Select", "SubSelect")
#: The aggregates that fail if one of the values does.
_OF_ALL_VALUES = ("SUM", "MIN", "MAX", "AVG", "GROUP_CONCAT")


def broken_rule(query: str, base: str | None = None) -> Advice | None:
    """Return advice on the first rule that a query breaks; ``base`` is that of relative IRIs."""
    root = grammar.read(query).root
    found: list[Advice] = []
    has_base = base is not None or any(token.text.upper() == "BASE" for token in sparql.code(query))
    for node in root.walk():
        if node.rule in _SELECTS:
            found += [*_grouping(node), *_named_twice(node)]
        elif node.rule == "Group":
            found += _bound_twice(node)
        elif node.rule == "DataBlock":
            found += _rows(node)
        elif node.rule == "Filter":
            found += _aggregates(node)
        elif node.rule == "Iri" and not has_base:
            found += _relative(node)
    found += _blank_nodes(root)
    return min(found, key=lambda advice: advice.offset, default=None)


def unbound_values(query: str) -> Iterator[Advice]:
    """Yield advice on the aggregates that one unbound value leaves without a value.

    "Errors" make an aggregate fail (https://www.w3.org/TR/sparql11-query/#aggregateAlgebra), and
    what is only OPTIONAL is an error where it is not bound.
    """
    for select in grammar.read(query).root.walk():
        if select.rule not in _SELECTS:
            continue
        bound, maybe = _bound(select)
        for part in (*select.nodes("SelectClause"), *select.nodes("Modifiers")):
            for node in part.walk():
                name = _folded(node)
                if name is not None and name.text in maybe - bound:
                    aggregate = next(node.leaves())
                    yield Advice(
                        f"Where {name.text} is not bound, {aggregate.text} has no value at all.",
                        f"Leave such rows out by FILTER(BOUND({name.text})), or give them a value: "
                        f"{aggregate.text}(COALESCE({name.text}, …)).",
                        aggregate.start,
                    )


def _bound(select: Node) -> tuple[set[str], set[str]]:
    """Return the variables that have a value in each solution, and those that may have one.

    Filters let few solutions through in which what they look at is not bound.
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
            bound |= {token.text for token in part.leaves() if token.kind is Kind.VARIABLE}
        elif part.rule != "Optional" and not _has_undefined(part):
            bound |= names
    return bound, maybe


def _has_undefined(part: Node) -> bool:
    return part.rule == "InlineData" and any(t.text.upper() == "UNDEF" for t in part.leaves())


def _folded(node: Node) -> Token | None:
    """Return the variable whose values an aggregate folds, if it is no more than that."""
    leaves = list(node.leaves()) if node.rule == "Aggregate" else []
    if not leaves or leaves[0].text.upper() not in _OF_ALL_VALUES:
        return None
    first = 3 if leaves[2].text.upper() == "DISTINCT" else 2
    name, after = leaves[first : first + 2]
    return name if name.kind is Kind.VARIABLE and after.text in (")", ";") else None


def _grouping(select: Node) -> Iterator[Advice]:
    clause = select.nodes("SelectClause")[0]
    grouped = [group for part in select.nodes("Modifiers") for group in part.nodes("GroupBy")]
    folds = any(node.rule == "Aggregate" for node in clause.walk())
    if not grouped and not folds:
        return
    for token in clause.tokens():
        if token.text == "*":
            yield Advice(
                "SELECT * cannot be grouped.",
                "Name the variables that you group by, and fold the others: (COUNT(?x) AS ?n).",
                token.start,
            )
    keys = {name for group in grouped for name in _keys(group)}
    keys |= {named.tokens()[-2].text for named in _named(clause)}
    for token in _free(clause):
        if token.text not in keys:
            yield Advice(
                f"{token.text} is neither grouped nor folded by an aggregate.",
                f"Add it to GROUP BY, or take one of its values: (SAMPLE({token.text}) AS ?one).",
                token.start,
            )


def _named(clause: Node) -> Iterator[Node]:
    """Yield what is selected as ``( … AS ?name )``."""
    for projected in clause.nodes("Projected"):
        if projected.nodes("Expression"):
            yield projected


def _keys(group: Node) -> Iterator[str]:
    for grouped in group.nodes("Grouped"):
        yield from (token.text for token in grouped.tokens() if token.kind is Kind.VARIABLE)
        inside = list(grouped.leaves())[1:-1]
        if len(inside) == 1:  # a variable in brackets of its own
            yield inside[0].text


def _free(node: Node) -> Iterator[Token]:
    """Yield the variables that are selected or used in an expression, outside aggregates."""
    waiting = [*node.nodes("Projected")]
    while waiting:
        part = waiting.pop(0)
        if part.rule in ("Aggregate", "Exists"):
            continue
        own = part.tokens()
        named = len(own) > 1 and own[-2].kind is Kind.VARIABLE and part.rule == "Projected"
        yield from (t for t in (own[:-2] if named else own) if t.kind is Kind.VARIABLE)
        waiting = [*part.nodes(), *waiting]


def _named_twice(select: Node) -> Iterator[Advice]:
    inside = {t.text for where in select.nodes("Where") for t in _visible(where)}
    for projected in _named(select.nodes("SelectClause")[0]):
        name = projected.tokens()[-2]
        if name.text in inside:
            yield _taken(name)
        inside.add(name.text)


def _bound_twice(group: Node) -> Iterator[Advice]:
    seen: set[str] = set()
    for part in group.nodes():
        if part.rule == "Bind":
            name = part.tokens()[-2]
            if name.text in seen:
                yield _taken(name)
        seen |= {token.text for token in _visible(part)}


def _taken(name: Token) -> Advice:
    return Advice(
        f"{name.text} has a value already, and AS would give it another.",
        "Give the expression a name that is not used yet, or compare with FILTER.",
        name.start,
    )


def _visible(node: Node) -> Iterator[Token]:
    """Yield the variables that a part of a pattern gives values to."""
    waiting: list[Node] = [node]
    while waiting:
        part = waiting.pop()
        if part.rule in ("Filter", "Minus", "Expression"):
            continue
        if part.rule == "SubSelect":
            waiting += part.nodes("SelectClause")
            continue
        yield from (token for token in part.tokens() if token.kind is Kind.VARIABLE)
        waiting += part.nodes()


def _rows(block: Node) -> Iterator[Advice]:
    names = [t for head in block.nodes("DataNames") for t in head.leaves()]
    wanted = sum(token.kind is Kind.VARIABLE for token in names)
    for row in block.nodes("DataRow"):
        there = len(row.nodes("DataValue"))
        if there != wanted:
            yield Advice(
                f"This row has {there} value{'s' * (there != 1)} for {wanted} "
                f"variable{'s' * (wanted != 1)}.",
                "Give each row a value for each variable; UNDEF stands for none.",
                next(row.leaves()).start,
            )


def _aggregates(filtering: Node) -> Iterator[Advice]:
    for node in filtering.walk():
        if node.rule == "Exists":
            return
        if node.rule == "Aggregate":
            token = next(node.leaves())
            yield Advice(
                f"{token.text} cannot stand in FILTER.",
                "Group by GROUP BY, and put the condition into HAVING.",
                token.start,
            )


def _relative(iri: Node) -> Iterator[Advice]:
    token = next(iri.leaves())
    if token.kind is Kind.IRI and ":" not in token.text:
        yield Advice(
            f"{token.text} is only a part of an IRI.",
            "Write the whole IRI, or declare BASE <…> at the top.",
            token.start,
        )


def _blank_nodes(root: Node) -> Iterator[Advice]:
    """Tell of a blank node that two groups share (section 19.6 of the standard)."""
    homes: dict[str, Node] = {}
    for group in root.walk():
        if group.rule != "Group":
            continue
        for triples in group.nodes("Triples"):
            for token in triples.leaves():
                if token.kind is Kind.BLANK and homes.setdefault(token.text, group) is not group:
                    yield Advice(
                        f"{token.text} stands in another group already.",
                        "Use a variable: it can be shared by groups.",
                        token.start,
                    )
