"""Point lookups: what is answered without a worker is small for certain, and answered right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QueryTriples,
    RdfFormat,
    Store,
    parse,
    parse_query_results,
    serialize,
)

from graphsvc.formats import Format, named
from graphsvc.store.points import FEW, SOME, Crowd, Points, hubs
from graphsvc.store.points.shape import shape_of

if TYPE_CHECKING:
    from collections.abc import Iterator

EX = "http://example.org/"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
PREFIXES = {"ex": EX, "rdfs": "http://www.w3.org/2000/01/rdf-schema#"}

LAMP, ROCK, COAST, FLEET, BOARD = (
    EX + name for name in ("lamp", "rock", "Coast", "Fleet", "board")
)


def format_named(name: str) -> Format:
    fmt = named(name)
    assert fmt is not None
    return fmt


JSON = format_named("json")
NTRIPLES = format_named("nt")


def triples() -> Iterator[Quad]:
    def triple(subject: str, predicate: str, value: NamedNode | Literal | BlankNode) -> Quad:
        return Quad(NamedNode(subject), NamedNode(predicate), value)

    for thing in (LAMP, ROCK):
        yield triple(thing, TYPE, NamedNode(COAST))
        yield triple(thing, LABEL, Literal(thing.rpartition("/")[2], language="en"))
        yield triple(thing, f"{EX}near", NamedNode(LAMP if thing == ROCK else ROCK))
    for number in range(FEW + 1):
        yield triple(f"{EX}light{number}", TYPE, NamedNode(COAST))
    for number in range(SOME + 1):
        yield triple(f"{EX}boat{number}", TYPE, NamedNode(FLEET))
    yield triple(BOARD, f"{EX}members", BlankNode("first"))


@pytest.fixture(scope="module")
def store() -> Store:
    store = Store()
    store.extend(triples())
    return store


@pytest.fixture(scope="module")
def points(store: Store) -> Points:
    lines = serialize((quad.triple for quad in store), format=RdfFormat.N_TRIPLES) or b""
    return Points(store, PREFIXES, hubs(lines.splitlines()))


def engines(store: Store, query: str) -> bytes | None:
    """Return the answer as the engine gives it in SPARQL JSON."""
    result = store.query(query, prefixes=PREFIXES)
    assert not isinstance(result, QueryTriples)
    return result.serialize(format=QueryResultsFormat.JSON)


LOOKUPS = (
    f"SELECT ?kind ?label WHERE {{ <{LAMP}> a ?kind ; <{LABEL}> ?label }}",
    "SELECT * { ex:lamp rdfs:label ?label . ex:lamp a ?kind . }",
    f"prefix n: <{EX}> select distinct ?p ?o {{ n:lamp ?p ?o }} order by desc(?p) limit 5 offset 1",
    f"PREFIX ex: <{EX}> PREFIX : <urn:n> ASK {{ ex:lamp ex:near ex:rock }}",
    "SELECT (COUNT(*) AS ?near) WHERE { ?thing ex:near ex:lamp }",
    "SELECT (COUNT(DISTINCT ?thing) AS ?things) WHERE { ?thing a ex:Coast }",
    f"SELECT ?s ?p WHERE {{ ?s ?p <{COAST}> }}",
    f"SELECT ?s {{ ?s ?p <{EX}nothing> }}",
    f"ASK {{ <{FLEET}> ?p <{LAMP}> ; }}",
)

MORE_THAN_LOOKUPS = (
    "SELECT * { ?s ?p ?o }",
    "SELECT * { ?s a ex:Fleet }",
    "SELECT * { ex:lamp ?p ?o . ?o ?q ?x }",
    "SELECT * { ex:lamp ?p ?o . ex:lamp ?q ?x }",
    "SELECT * { ex:lamp ?p ?o ; ?p ?x }",
    "SELECT * { ex:lamp a ?a ; rdfs:label ?b . ex:rock a ?c }",
    "SELECT * { ex:lamp a ?a ; a ?b }",
    f"SELECT * {{ ex:lamp a ?a ; <{TYPE}> ?b }}",
    "SELECT * { ?s a ex:Coast , ex:Fleet }",
    "SELECT * { ex:lamp ex:near+ ?o }",
    "SELECT * { ex:lamp ex:near/a ?o }",
    "SELECT * { GRAPH ?g { ex:lamp a ?o } }",
    "SELECT * { ex:lamp a ?o FILTER(REGEX(STR(?o), '(a*)*b')) }",
    "SELECT * { { ex:lamp a ?o } { ?s ?p ?q } }",
    "SELECT * { SERVICE <http://127.0.0.1/> { ex:lamp a ?o } }",
    "SELECT * FROM <http://example.org/g> { ex:lamp a ?o }",
    "SELECT (GROUP_CONCAT(?o) AS ?all) { ex:lamp a ?o }",
    "SELECT ?o { ex:lamp a ?o } GROUP BY ?o HAVING (COUNT(*) > 1)",
    'SELECT * { ex:lamp rdfs:label "lamp"@en }',
    "SELECT * { ex:lamp a ?o } # <comment>",
    "BASE <http://example.org/> SELECT * { <lamp> a ?o }",
    "CONSTRUCT { ex:lamp a ?o } WHERE { ex:lamp a ?o }",
    "SELECT * { unknown:lamp a ?o }",
    "SELECT * { VALUES ?s { ex:lamp } ?s ?p ?o }",
    "INSERT DATA { ex:lamp a ex:Fleet }",
    "SELECT * { [] a ex:Coast }",
    "",
)


@pytest.mark.parametrize("query", LOOKUPS)
def test_a_lookup_is_answered_as_the_engine_answers_it(
    points: Points, store: Store, query: str
) -> None:
    answer = points.answer(query, JSON)
    assert answer is not None
    assert answer == engines(store, query)


@pytest.mark.parametrize("query", MORE_THAN_LOOKUPS)
def test_what_may_be_much_is_left_to_the_workers(points: Points, query: str) -> None:
    assert points.answer(query, JSON) is None


def test_a_thing_is_described(points: Points) -> None:
    answer = points.answer(f"DESCRIBE <{LAMP}>", NTRIPLES)
    found = {quad.predicate.value for quad in parse(answer or b"", format=RdfFormat.N_TRIPLES)}
    assert found == {TYPE, LABEL, f"{EX}near"}


@pytest.mark.parametrize(
    "query", [f"DESCRIBE <{BOARD}>", f"DESCRIBE <{LAMP}> <{ROCK}>", "DESCRIBE ?s", "DESCRIBE"]
)
def test_what_a_description_may_lead_to_has_no_bound(points: Points, query: str) -> None:
    assert points.answer(query, NTRIPLES) is None


def test_a_format_that_cannot_carry_the_answer_is_left_to_who_says_so(points: Points) -> None:
    assert points.answer(f"DESCRIBE <{LAMP}>", JSON) is None
    assert points.answer(f"ASK {{ <{LAMP}> ?p ?o }}", NTRIPLES) is None


def test_the_iris_of_one_shape_are_told_apart(points: Points) -> None:
    def label(query: str) -> list[str]:
        solutions = parse_query_results(points.answer(query, JSON) or b"", QueryResultsFormat.JSON)
        return [str(row[0]) for row in solutions]  # type: ignore[union-attr]

    assert label(f"SELECT ?l {{ <{LAMP}> <{LABEL}> ?l }}") == ['"lamp"@en']
    assert label(f"SELECT ?l {{ <{ROCK}> <{LABEL}> ?l }}") == ['"rock"@en']
    assert label(f"PREFIX ex: <urn:> SELECT ?l {{ ex:lamp <{LABEL}> ?l }}") == []


@pytest.mark.parametrize("quote", ["'", '"', "'''"])
def test_an_iri_cannot_close_a_string(points: Points, quote: str) -> None:
    inside = f"SELECT * {{ ex:lamp ?p {quote}<a{quote} . ?s ?q ?o . ?s ?q {quote}b>{quote} }}"
    assert points.answer(inside, JSON) is None


def test_hubs_are_the_terms_that_many_triples_hold() -> None:
    lines = [f"<urn:s{number}> <urn:p> <urn:hub> .\n" for number in range(FEW + 1)]
    lines += [f'<urn:wordy> <urn:p> "word {number}" .\n' for number in range(FEW)]
    lines += [f'<urn:wordier> <urn:p> "word {number}" .\n' for number in range(FEW + 2)]
    lines += ["<urn:list> <urn:p> _:b .\n"]
    assert hubs(line.encode() for line in lines) == {
        "urn:hub": Crowd(subject=FEW, value=FEW + 1),
        "urn:wordier": Crowd(subject=FEW + 2, value=FEW),
        "urn:list": Crowd(subject=len(lines) + FEW + 1, value=FEW),
    }


def test_what_few_say_of_a_hub_is_a_lookup(points: Points, store: Store) -> None:
    query = f"SELECT ?label {{ <{FLEET}> a ?kind ; <{LABEL}> ?label }}"
    assert points.answer(query, JSON) == engines(store, query)


TERMS = st.sampled_from(
    ["?s", "?p", "?o", f"<{LAMP}>", f"<{COAST}>", f"<{FLEET}>", "ex:rock", "a", "ex:near", '"x"']
)
SIGNS = st.sampled_from([" . ", " ; ", " , ", " "])
GROUPS = st.lists(st.tuples(TERMS, TERMS, TERMS, SIGNS), max_size=4).map(
    lambda triples: "".join(f"{s} {p} {o}{sign}" for s, p, o, sign in triples)
)
HEADS = st.sampled_from(["SELECT * ", "SELECT DISTINCT ?o WHERE ", "ASK ", f"PREFIX b: <{EX}> ASK"])
TAILS = st.sampled_from(["", " LIMIT 3", " ORDER BY ?o", " #<x>", " }", " GROUP BY ?o"])


@given(HEADS, GROUPS, TAILS)
def test_whatever_is_answered_is_what_the_engine_says(head: str, group: str, tail: str) -> None:
    store = Store()
    store.extend(triples())
    points = Points(store, PREFIXES, {FLEET: Crowd(FEW, SOME + 1), COAST: Crowd(FEW, FEW + 3)})
    query = f"{head}{{ {group} }}{tail}"
    answer = points.answer(query, JSON)
    if answer is not None:
        assert answer == engines(store, query)
        assert len(answer) < 2_000_000


@given(st.text())
def test_any_text_has_a_shape_or_none(text: str) -> None:
    shape_of(text)
    Points(Store(), PREFIXES, {}).answer(text, JSON)
