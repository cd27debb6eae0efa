"""Blank nodes are shown inside the things that refer to them: on pages, in tables, in documents."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from graphsvc.namespaces import OWL, RDF, Namespace, Prefixes
from graphsvc.naming import Naming
from graphsvc.store.oxigraph import OxigraphStore
from graphsvc.store.union import store_of
from graphsvc.views.expressions import Statements
from graphsvc.views.graph import Graph
from graphsvc.views.nested import DEEPEST, MOST_NODES, Nested
from graphsvc.views.thing import thing

from . import page, served

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Table
    from graphsvc.views.model import Fact
    from graphsvc.views.thing import Thing

EX = Namespace("http://example.com/people/")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
NAMING = Naming(prefixes=Prefixes({"ex": str(EX)}))
BLANK = re.compile(r"_:\w")


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return served(tmp_path_factory.mktemp("people"), "people.ttl")


@pytest.fixture(scope="module")
def animals(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return served(tmp_path_factory.mktemp("animals"), "animals.ttl")


def graph_of(turtle: str) -> Graph:
    prefixes = (
        "@prefix ex: <http://example.com/people/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> ."
        "@prefix owl: <http://www.w3.org/2002/07/owl#> ."
        "@prefix sh: <http://www.w3.org/ns/shacl#> ."
    )
    parsed = parse(prefixes + turtle, format=RdfFormat.TURTLE)
    quads = (Quad(each.subject, each.predicate, each.object, EX.graph) for each in parsed)
    return Graph(OxigraphStore(store_of(quads), {}), str(EX), NAMING)


def ada_of(turtle: str) -> Thing:
    return thing(graph_of(turtle), EX.ada.value, "en")


def facts(view: Thing, prop: NamedNode) -> list[Fact]:
    return [
        fact
        for group in view.groups
        for entry in group.properties
        if entry.predicate.term == prop
        for fact in entry.facts
    ]


def words(html: str) -> str:
    """Return the text of a page without its tags, and without the prefixes of names."""
    main = html[html.index("<main") :]
    text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))
    return re.sub(r" ([,;.)}\]])|([({]) ", r"\1\2", re.sub(r"\b(?:[a-z]+|P):(?=\w)", "", text))


# --- on the page of a thing


def test_what_has_no_name_is_shown_where_it_hangs(people: FlaskClient) -> None:
    text = words(page(people, "/doc/ada"))
    assert "geo latitude 51.5 longitude -0.1" in text
    assert "toldBy [name a letter]" in text
    assert not BLANK.search(text)


def test_what_several_share_is_shown_at_each(people: FlaskClient) -> None:
    for target in ("/doc/ada", "/doc/charles"):
        assert "name Mary Somerville" in words(page(people, target))


def test_a_list_is_a_list_and_a_circle_ends(people: FlaskClient) -> None:
    html = page(people, "/doc/ada")
    assert re.search(r"<li><span>read</span>\s*</li><li><span>write</span>", html)
    assert "next the same as around this label two" in words(html)


def test_what_is_too_deep_is_cut_and_that_is_said(people: FlaskClient) -> None:
    html = page(people, "/doc/ada")
    assert "the bottom" not in html
    assert "More is said than is shown here." in html
    assert "empty something without a name" in words(html)


def test_nested_facts_are_in_order_with_types_first() -> None:
    (fact,) = facts(ada_of("ex:ada ex:at [ a ex:Home ; ex:city 'London' ; ex:above [] ] ."), EX.at)
    assert fact.nest is not None
    properties = [prop.term for prop, _ in fact.nest.properties]
    assert properties == [RDF.type, EX.above, EX.city]
    assert fact.other.label.endswith(" ex:Home; ex:above something without a name; ex:city London]")


def test_what_points_to_a_thing_is_told_by_what_has_a_name(people: FlaskClient) -> None:
    view = thing(
        graph_of("ex:ada foaf:name 'Ada' . ex:league ex:has ( ex:bob [ ex:member ex:ada ] ) ."),
        EX.ada.value,
        "en",
    )
    (entry,) = view.incoming
    assert [fact.other.term for fact in entry.facts] == [EX.league]
    assert not BLANK.search(words(page(people, "/doc/charles")))


class Counting(Graph):
    """A graph that records the names of its queries."""

    def __init__(self, store: OxigraphStore, base: str, naming: Naming) -> None:
        super().__init__(store, base, naming)
        self.query_names: list[str] = []

    def rows(self, query: BoundQuery) -> Table:
        self.query_names += [] if query.is_empty else [query.query.name]
        return super().rows(query)


@pytest.mark.parametrize(("value", "is_asked"), [("ex:bob", False), ("[ ex:p ex:bob ]", True)])
def test_one_query_reads_all_and_only_where_there_is_something(
    value: str, *, is_asked: bool
) -> None:
    plain = graph_of(f"ex:ada ex:p {value}, {value} ; ex:q {value} .")
    graph = Counting(plain._store, str(EX), NAMING)  # type: ignore[arg-type] # noqa: SLF001
    graph.warm_up()
    graph.query_names.clear()
    thing(graph, EX.ada.value, "en")
    assert graph.query_names.count("nested/closure") == is_asked
    assert len([name for name in graph.query_names if name != "names/labels"]) < 8


def test_a_thing_with_very_many_nameless_values_is_cut() -> None:
    count = MOST_NODES + 100
    values = ", ".join(f"[ ex:number {number} ]" for number in range(count))
    view = ada_of(f"ex:ada ex:p {values} .")
    (entry,) = [entry for group in view.groups for entry in group.properties]
    assert len(entry.facts) + entry.more == count
    nests = [fact.nest for fact in entry.facts]
    assert all(nests)
    assert sum(bool(nest and nest.properties) for nest in nests) <= MOST_NODES


def test_a_web_of_nameless_things_stays_small() -> None:
    """Each of several levels leads to all of the next one: there are thousands of ways."""
    lines = [
        f"_:n{level}x{one} ex:to _:n{level + 1}x{other} ."
        for level in range(DEEPEST)
        for one in range(4)
        for other in range(4)
    ]
    view = ada_of(
        "ex:ada ex:p " + ", ".join(f"_:n0x{one}" for one in range(4)) + " ." + "\n".join(lines)
    )
    assert len(facts(view, EX.p)) == 4


# --- class expressions


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("owl:unionOf ( ex:A ex:B )", "ex:A or ex:B"),
        ("owl:oneOf ( ex:a ex:b )", "{ex:a, ex:b}"),
        ("owl:complementOf [ owl:intersectionOf ( ex:A ex:B ) ]", "not (ex:A and ex:B)"),
        (
            "owl:onProperty ex:p ; owl:someValuesFrom [ owl:unionOf ( ex:A ex:B ) ]",
            "ex:p some (ex:A or ex:B)",
        ),
        (
            "owl:onProperty ex:p ; owl:allValuesFrom [ owl:complementOf ex:A ]",
            "ex:p only (not ex:A)",
        ),
        ("owl:onProperty ex:p ; owl:hasValue ex:v", "ex:p value ex:v"),
        ("owl:onProperty ex:p ; owl:hasSelf true", "ex:p Self"),
        ("owl:onProperty ex:p ; owl:minCardinality 2", "ex:p min 2"),
        (
            "owl:onProperty ex:p ; owl:maxQualifiedCardinality 2 ; owl:onClass ex:A",
            "ex:p max 2 ex:A",
        ),
        (
            "owl:onProperty ex:p ; owl:qualifiedCardinality 1 ; owl:onDataRange ex:D",
            "ex:p exactly 1 ex:D",
        ),
        (
            "owl:onProperty [ owl:inverseOf ex:p ] ; owl:someValuesFrom ex:A",
            "inverse ex:p some ex:A",
        ),
        (
            "owl:intersectionOf ( ex:A [ owl:onProperty ex:p ; owl:someValuesFrom ex:B ]"
            " [ owl:unionOf ( ex:C [ owl:complementOf ex:D ] ) ] )",
            "ex:A and ex:p some ex:B and (ex:C or not ex:D)",
        ),
        ("sh:alternativePath ( ex:p [ sh:inversePath ex:q ] )", "ex:p | ^ex:q"),
        ("sh:zeroOrMorePath ex:p", "ex:p*"),
    ],
)
def test_class_expressions_and_paths_are_in_words(expression: str, expected: str) -> None:
    (fact,) = facts(ada_of(f"ex:ada ex:is [ {expression} ] ."), EX["is"])
    assert fact.other.label == expected
    assert fact.nest is not None
    label = "".join(part if isinstance(part, str) else part.label for part in fact.nest.words)
    assert label == expected


def test_the_vocabulary_has_expressions_in_words(animals: FlaskClient) -> None:
    text = words(page(animals, "/ontology"))
    assert "eats some (grass or hay)" in text
    assert "eats only (not animal)" in text
    assert "has part exactly 4 leg" in text
    assert "inverse eats max 0" in text
    assert "animal and eats some (grass or (plant and not hay)) and age some " in text
    assert "[>= 0, < 40]" in text
    assert "likes Self, likes value Daisy" in text
    assert "{Daisy, Rex}" in text
    assert "Seen on meadows.; " in text
    assert "something without a name" not in text


def test_terms_within_an_expression_are_links(animals: FlaskClient) -> None:
    assert re.search(
        r'some \(<a href="[^"]*#Grass"[^>]*>grass</a> or <a', page(animals, "/ontology")
    )


def test_an_expression_in_a_circle_ends() -> None:
    node, head = BlankNode("n"), BlankNode("l")
    statements = Statements(
        [(node, OWL.unionOf, head), (head, RDF.first, node), (head, RDF.rest, RDF.nil)]
    )
    assert "something without a name" in map(str, statements.in_words(node))


# --- in tables and in documents


def test_a_cell_has_a_short_text(people: FlaskClient) -> None:
    text = words(page(people, "/browse?class=foaf:Person&column=foaf:knows"))
    assert "[knows Charles Babbage; name Mary Somerville]" in text


@pytest.mark.parametrize(("suffix", "rdf_format"), [("ttl", "TURTLE"), ("nq", "N_QUADS")])
def test_a_document_is_a_concise_bounded_description(
    people: FlaskClient, suffix: str, rdf_format: str
) -> None:
    answer = people.get(f"/doc/ada.{suffix}")
    quads = [*parse(answer.data, format=getattr(RdfFormat, rdf_format))]
    pairs = {(quad.predicate, quad.object) for quad in quads}
    # Blank nodes of the thing, blank nodes of those, lists, cycles; and statements about its facts.
    assert {prop.value for prop, _ in pairs} >= {EX.latitude.value, RDF.rest.value}
    assert (FOAF.name, Literal("Mary Somerville", language="en")) in pairs
    assert (FOAF.name, Literal("a letter")) in pairs
    assert (RDF.predicate, FOAF.knows) in pairs
    assert b"that are close to its topic" in answer.data
    assert (EX["in"], Literal("the bottom")) not in pairs
    # Facts about other named things are not part of the document.
    assert b"the bottom" not in people.get("/doc/charles.ttl").data


def test_documents_call_blank_nodes_alike(
    people: FlaskClient, tmp_path_factory: pytest.TempPathFactory
) -> None:
    again = served(tmp_path_factory.mktemp("again"), "people.ttl")
    first, second = (client.get("/doc/charles.nt").data for client in (people, again))
    assert [line for line in first.splitlines() if b"_:" in line] == [
        line for line in second.splitlines() if b"_:" in line
    ]


def test_nested_reads_only_what_hangs_there() -> None:
    graph = graph_of("ex:ada ex:p [ ex:q ex:bob ] . ex:bob ex:p [ ex:q 1 ] .")
    nested = Nested.read(graph, [EX.ada])
    assert {triple.predicate for triple in nested.graphs} == {EX.p, EX.q}
    assert Triple(EX.ada, EX.p, EX.bob) not in nested.graphs
    assert len(nested.graphs) == 2
    assert not nested.is_cut
