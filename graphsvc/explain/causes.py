"""The reasons for an empty answer, each with the queries that make it more exact."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graphsvc import sparql
from graphsvc.explain.model import Reason, ReasonKind
from graphsvc.explain.patterns import variables, with_anonymous_nodes
from graphsvc.namespaces import namespace_of
from graphsvc.sparql import TokenKind
from graphsvc.spelling import similar_spellings
from graphsvc.store.iri_resolution import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphsvc.errors import Position
    from graphsvc.explain.patterns import PatternPart
    from graphsvc.explain.probes import Probes
    from graphsvc.explain.terms import UnknownTerm
    from graphsvc.grammar import Node
    from graphsvc.sparql import Token

_VALUE = "?the_value_that_is_there"
_LITERALS = (TokenKind.STRING, TokenKind.NUMBER)


def unknown_graphs(
    query: str, whole: Node, probes: Probes, prefixes: Mapping[str, str]
) -> Iterator[Reason]:
    """Yield the graphs that are named by GRAPH, FROM or the request, and that do not exist.

    ``prefixes`` are those that the query may leave out.
    """
    for node in whole.iter_nodes():
        if node.rule not in ("Graph", "Dataset"):
            continue
        for name in node.nodes("Iri", "VarOrIri"):
            token = next(name.leaves())
            iri = _iri(query, token, prefixes)
            if iri and not probes.anywhere(f"GRAPH <{iri}> {{ ?s ?p ?o }}"):
                yield _unknown_graph(token.text, iri, probes, sparql.position(query, token.start))
    for iri in (*probes.graphs.default_graphs, *probes.graphs.named_graphs):
        if not probes.anywhere(f"GRAPH <{iri}> {{ ?s ?p ?o }}"):
            yield _unknown_graph(f"<{iri}>", iri, probes, None)


def _unknown_graph(label: str, iri: str, probes: Probes, place: Position | None) -> Reason:
    space = namespace_of(iri)
    names = {name[len(space) :] for name in probes.graph_names() if name.startswith(space)}
    similar = similar_spellings(iri[len(space) :], names, most=2)
    suggestions = tuple(probes.prefixes.compact(space + name) for name in similar)
    remedy = (
        f"Did you mean {' or '.join(suggestions)}?"
        if suggestions
        else "SELECT DISTINCT ?g { GRAPH ?g { } } lists the graphs."
    )
    return Reason(
        ReasonKind.UNKNOWN_GRAPH, f"There is no graph {label}.", remedy, place, suggestions
    )


def _iri(query: str, token: Token, prefixes: Mapping[str, str]) -> str:
    if token.kind not in (TokenKind.IRI, TokenKind.NAME):
        return ""
    try:
        return resolve(query, [token.text], prefixes)[0]
    except SyntaxError:
        return ""


def unknown_term(term: UnknownTerm) -> Reason:
    """Return the reason for a term that does not occur, with similar ones."""
    remedy = (
        f"Did you mean {' or '.join(term.suggestions)}?"
        if term.suggestions
        else "Look for the right name in the vocabulary, or by a label."
    )
    message = f"{term.text} does not occur in this graph."
    return Reason(ReasonKind.UNKNOWN_TERM, message, remedy, term.position, term.suggestions)


def with_unknown_terms(
    reasons: Sequence[tuple[PatternPart, Reason]], unknown: list[UnknownTerm]
) -> Iterator[Reason]:
    """Yield the reasons, each after its unknown terms, which are removed from ``unknown``."""
    for part, reason in reasons:
        inside = [term for term in unknown if term.text in part.text.split()]
        inside += [term for term in unknown if term not in inside and term.text in part.text]
        for term in inside:
            unknown.remove(term)
            yield unknown_term(term)
        names = " and ".join(term.text for term in inside)
        yield replace(reason, remedy=f"It names {names}.") if inside else reason


def no_match(query: str, part: PatternPart, probes: Probes, around: tuple[str, str]) -> Reason:
    """Return why a triple pattern has no match by itself, as exactly as possible."""
    place = sparql.position(query, part.offset)
    before, after = around
    message = f"{part.display_text} has no match in this graph, even by itself."
    if part.terms and not _is_node(part.terms[2]):
        at = sparql.position(query, next(part.node.leaves()).start)
        return _unlike_literal(part, probes, around, at) or Reason(
            ReasonKind.NO_MATCH, message, _examples(part, probes, around), place
        )
    if part.terms and part.terms[0] != part.terms[2]:
        subject, verb, value = part.terms
        reverse = f"{value} {verb} {subject}"
        if probes.matches(f"{before} {reverse} . {after}"):
            return Reason(
                ReasonKind.WRONG_DIRECTION,
                f"{part.display_text} has no match in this graph, but the other way round it has.",
                f"Write {with_anonymous_nodes(reverse)}.",
                place,
            )
    if before and probes.matches(part.text):
        return Reason(
            ReasonKind.NO_MATCH,
            f"{part.display_text} has no match in the graph that is named, but it has elsewhere.",
            "Leave GRAPH out, or name the graph that holds it: GRAPH ?graph { … }.",
            place,
        )
    return Reason(ReasonKind.NO_MATCH, message, "Leave out or change one of its terms.", place)


def _examples(part: PatternPart, probes: Probes, around: tuple[str, str]) -> str:
    """Return a sentence with values that stand where the pattern has a literal."""
    subject, verb, _ = part.terms
    values = probes.values(_VALUE, f"{around[0]} {subject} {verb} {_VALUE} . {around[1]}")
    if not values:
        return "Leave out or change one of its terms."
    return f"The values there are for example {', '.join(map(probes.compact, values))}."


def _is_node(term: str) -> bool:
    return not term.startswith(('"', "'", "(", "+", "-")) and not term[0].isdigit()


def _unlike_literal(
    part: PatternPart, probes: Probes, around: tuple[str, str], place: Position
) -> Reason | None:
    """Return that the graph has the literal with another language tag, datatype or case."""
    subject, verb, literal = part.terms
    before, after = around
    pattern = f"{before} {subject} {verb} {_VALUE} . {after}"
    values = _similar_values(_VALUE, literal, pattern, probes)
    if not values:
        return None
    return _unlike(literal, values, place)


def _similar_values(variable: str, literal: str, pattern: str, probes: Probes) -> tuple[str, ...]:
    """Return the values of a variable that differ from a literal only in kind or case."""
    compared = f"LCASE(STR({variable})) = LCASE(STR({literal}))"
    values = probes.values(variable, f"{pattern} FILTER({compared})")
    texts = tuple(probes.compact(term) for term in values)
    return tuple(text for text in texts if text != literal)


def _unlike(literal: str, values: Sequence[str], place: Position) -> Reason:
    return Reason(
        ReasonKind.UNLIKE_LITERAL,
        f"{literal} is not in this graph here, but {' and '.join(values)} "
        f"{'are' if len(values) > 1 else 'is'}: literals of another language, datatype or case "
        "are different.",
        f"Write {values[0]}, or compare the text: FILTER(STR(?value) = …).",
        place,
        tuple(values),
    )


def empty_join(query: str, part: PatternPart, joined: Sequence[PatternPart]) -> Reason:
    """Return that a part matches by itself, but not together with those before."""
    place = sparql.position(query, part.offset)
    used = variables(part.node) | {term for term in part.terms if term.startswith("?")}
    shared = sorted(
        used & {name for other in joined for name in (*variables(other.node), *other.terms)}
    )
    what = part.display_text if part.rule == "Triples" else _keyword(part)
    if part.rule == "Minus":
        return Reason(
            ReasonKind.EMPTY_JOIN,
            "MINUS removes all solutions of the patterns before it.",
            "Look at what it takes away: ask for it by SELECT.",
            place,
        )
    if not joined:
        return Reason(ReasonKind.NO_MATCH, f"{what} has no solution.", "Look at its parts.", place)
    return Reason(
        ReasonKind.EMPTY_JOIN,
        f"{what} has matches, but none that fits what stands before it.",
        with_anonymous_nodes(
            f"Nothing has all of it: look at {' and '.join(shared)}, which they share."
        )
        if shared
        else "Look at its parts one by one.",
        place,
    )


def _keyword(part: PatternPart) -> str:
    names = {"InlineData": "VALUES", "SubSelect": "The inner SELECT", "Union": "This group"}
    return names.get(part.rule, part.rule.upper())


def empty_filter(
    query: str,
    part: PatternPart,
    joined: Sequence[PatternPart],
    probes: Probes,
    around: tuple[str, str],
) -> Iterator[Reason]:
    """Yield the reason for a filter that no solution passes, with examples of its variables."""
    before, after = around
    pattern = before + " ".join(other.text for other in joined) + after
    place = sparql.position(query, part.offset)
    bound = {name for other in joined for name in (*variables(other.node), *other.terms)}
    names = sorted(variables(part.node) & bound)
    for name, token in _comparisons(part.node):
        similar = (
            _similar_values(name, _whole_literal(query, token), pattern, probes)
            if name in bound
            else ()
        )
        if similar:
            yield _unlike(
                _whole_literal(query, token), similar, sparql.position(query, token.start)
            )
            return
    examples = [
        f"{name} is for example {', '.join(map(probes.compact, values))}"
        for name in names[:3]
        if (values := probes.values(name, pattern))
    ]
    remedy = f"{'; '.join(examples)}." if examples else "It is the same for every solution."
    yield Reason(
        ReasonKind.FILTER,
        f"{part.display_text} lets nothing through: before it there are solutions, after it none.",
        remedy,
        place,
    )


def _comparisons(filtering: Node) -> Iterator[tuple[str, Token]]:
    """Yield the variables that a filter compares with a literal by =, and the literal."""
    leaves = list(filtering.leaves())
    for one, sign, other in zip(leaves, leaves[1:], leaves[2:], strict=False):
        if sign.text != "=":
            continue
        if one.kind is TokenKind.VARIABLE and other.kind in _LITERALS:
            yield one.text, other
        elif other.kind is TokenKind.VARIABLE and one.kind in _LITERALS:
            yield other.text, one


def _whole_literal(query: str, token: Token) -> str:
    """Return a literal with its language tag or datatype."""
    rest = sparql.code(query[token.start : token.end + 400])
    marks = rest[1:2]
    if marks and marks[0].kind is TokenKind.LANGUAGE:
        return token.text + marks[0].text
    if marks and marks[0].text == "^^":
        return "".join(part.text for part in rest[:3])
    return token.text


def empty_modifiers(query: str, whole: Node) -> Iterator[Reason]:
    """Yield the solution modifiers that remove all solutions."""
    messages = {
        "Having": "HAVING lets no group through.",
        "Limit": "LIMIT 0 asks for nothing.",
        "Offset": "OFFSET skips more solutions than there are.",
    }
    for modifiers in whole.nodes("Modifiers"):
        for node in modifiers.nodes(*messages):
            first, *rest = node.leaves()
            if node.rule == "Limit" and [token.text for token in rest] != ["0"]:
                continue
            yield Reason(
                ReasonKind.AFTERWARDS,
                f"The pattern has solutions, but {messages[node.rule]}",
                f"Leave {node.rule.upper()} out to see them.",
                sparql.position(query, first.start),
            )
