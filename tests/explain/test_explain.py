"""Why an answer is empty: on the repository's own graph, and what is never guessed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode

from graphsvc import explain, settings
from graphsvc.errors import ForbiddenOperation, QuerySyntaxError, StoreError
from graphsvc.explain import Explanation, ReasonKind, explain_empty, unknown_terms
from graphsvc.explain.probes import MOST_PROBES
from graphsvc.store.base import UNION, GraphSelection
from graphsvc.web.app import create_app
from graphsvc.web.explanation import EXPLANATION_FORMATS, write_explanation

if TYPE_CHECKING:
    from graphsvc.release import Release
    from graphsvc.store.base import Answer, Result, Store, Table, Term

BASE = "https://w3id.org/iwm/"


class Empty(NamedTuple):
    """A query without an answer; ``¦`` marks the place of the first reason."""

    query: str
    kind: ReasonKind
    words: str
    suggestions: tuple[str, ...] = ()


CASES = [
    # a term that is not there
    Empty(
        "SELECT * { ?s ¦iwm:secretariatProvidedby ?o }",
        ReasonKind.UNKNOWN_TERM,
        "iwm:secretariatProvidedby does not occur in this graph.",
        ("iwm:secretariatProvidedBy",),
    ),
    Empty(
        "SELECT * { ?s a ¦iwm:Mechanisms ; iwm:statedName ?o }",
        ReasonKind.UNKNOWN_TERM,
        "iwm:Mechanisms does not occur",
        ("iwm:Mechanism",),
    ),
    Empty(
        "SELECT * {\n  ¦mechanism:cica-busines-council iwm:statedName ?o }",
        ReasonKind.UNKNOWN_TERM,
        "does not occur",
        ("mechanism:cica-business-council",),
    ),
    Empty("ASK { ?x ¦foaf:nmae ?y }", ReasonKind.UNKNOWN_TERM, "foaf:nmae", ("foaf:name",)),
    Empty(
        "SELECT * { ?s ¦<http://schema.org/about> ?o }",
        ReasonKind.UNKNOWN_TERM,
        "<http://schema.org/about>",
        ("schema:about",),
    ),
    Empty(
        "SELECT * { ?s rdfs:label/¦iwm:statedNam ?o }",
        ReasonKind.UNKNOWN_TERM,
        "iwm:statedNam",
        ("iwm:statedName",),
    ),
    Empty("DESCRIBE ¦mechanism:no-such-thing-here", ReasonKind.UNKNOWN_TERM, "does not occur"),
    Empty(
        "CONSTRUCT WHERE { ?s ¦iwm:statedNames ?o }",
        ReasonKind.UNKNOWN_TERM,
        "iwm:statedNames",
        ("iwm:statedName",),
    ),
    Empty(
        "CONSTRUCT { ?s a ?o } WHERE { ?s ¦iwm:statedNames ?o }",
        ReasonKind.UNKNOWN_TERM,
        "iwm:statedNames",
        ("iwm:statedName",),
    ),
    Empty(
        "SELECT (COUNT(*) AS ?n) { ?s a ¦iwm:Mechanisms }",
        ReasonKind.UNKNOWN_TERM,
        "iwm:Mechanisms",
        ("iwm:Mechanism",),
    ),
    Empty(
        "SELECT * { { SELECT ?s { ?s a ¦iwm:Mechanismus } } }",
        ReasonKind.UNKNOWN_TERM,
        "iwm:Mechanismus",
        ("iwm:Mechanism",),
    ),
    # literals
    Empty(
        'SELECT * { ?s iwm:statedName ¦"Brown" }',
        ReasonKind.UNLIKE_LITERAL,
        '"Brown" is not in this graph here, but "Brown"@en is',
        ('"Brown"@en',),
    ),
    Empty(
        'SELECT * { ?s iwm:statedName ?n FILTER(?n = ¦"brown"@en) }',
        ReasonKind.UNLIKE_LITERAL,
        '"brown"@en is not in this graph here',
        ('"Brown"@en',),
    ),
    Empty(
        "SELECT * { ?s iwm:foundingDate ¦2014 }",
        ReasonKind.UNLIKE_LITERAL,
        "2014 is not in this graph here",
        ('"2014"^^xsd:gYear',),
    ),
    Empty(
        'SELECT * { ?s iwm:foundingDate ¦"2014"^^xsd:date }',
        ReasonKind.UNLIKE_LITERAL,
        '"2014"^^xsd:gYear is',
        ('"2014"^^xsd:gYear',),
    ),
    Empty(
        "SELECT * { ¦?s iwm:foundingDate 1815 }",
        ReasonKind.NO_MATCH,
        "?s iwm:foundingDate 1815 has no match in this graph, even by itself.",
    ),
    # graphs
    Empty(
        "SELECT * { GRAPH ¦graph:passage { ?s ?p ?o } }",
        ReasonKind.UNKNOWN_GRAPH,
        "There is no graph graph:passage.",
        ("graph:passages",),
    ),
    Empty(
        "SELECT * FROM ¦graph:nowhere { ?s ?p ?o }",
        ReasonKind.UNKNOWN_GRAPH,
        "There is no graph graph:nowhere.",
    ),
    Empty(
        "SELECT * { GRAPH graph:ontology { ¦?s iwm:statedName ?o } }",
        ReasonKind.NO_MATCH,
        "has no match in the graph that is named, but it has elsewhere.",
    ),
    # joins
    Empty(
        "SELECT * { ?s a iwm:Mechanism . ¦?s a iwm:Person }",
        ReasonKind.EMPTY_JOIN,
        "?s a iwm:Person has matches, but none that fits what stands before it.",
    ),
    Empty(
        "SELECT * { ?s a iwm:Mechanism ;\n ¦a iwm:Person ; iwm:statedName ?n }",
        ReasonKind.EMPTY_JOIN,
        "?s a iwm:Person has matches",
    ),
    Empty(
        "SELECT * { VALUES ?s { organization:cccme } ¦?s a iwm:City }",
        ReasonKind.EMPTY_JOIN,
        "?s a iwm:City has matches",
    ),
    Empty(
        "SELECT * { ?s iwm:statedName [ ¦a iwm:City ] }",
        ReasonKind.EMPTY_JOIN,
        "[ ] a iwm:City has",
    ),
    Empty(
        "SELECT * { { ?s a iwm:Mechanism } UNION { ?s a iwm:Person } ¦?s a iwm:City }",
        ReasonKind.EMPTY_JOIN,
        "?s a iwm:City has matches",
    ),
    Empty(
        "SELECT * { GRAPH ?g { ?s a iwm:Mechanism . ¦?s a iwm:Person } }",
        ReasonKind.EMPTY_JOIN,
        "?s a iwm:Person has matches",
    ),
    Empty(
        "SELECT * { ?s a iwm:Mechanism ¦MINUS { ?s ?p ?o } }",
        ReasonKind.EMPTY_JOIN,
        "MINUS removes all",
    ),
    Empty(
        "ASK { ¦organization:cccme iwm:secretariatProvidedBy ?x }",
        ReasonKind.WRONG_DIRECTION,
        "but the other way round it has.",
    ),
    # filters, and what comes afterwards
    Empty(
        "SELECT * { ?s iwm:statedName ?n ¦FILTER(STRLEN(?n) > 1000) }",
        ReasonKind.FILTER,
        "FILTER(STRLEN(?n) > 1000) lets nothing through",
    ),
    Empty(
        "SELECT * { ?s iwm:statedName ?n ¦FILTER(1 = 2) }",
        ReasonKind.FILTER,
        "lets nothing through",
    ),
    Empty(
        "SELECT * { ?s a iwm:Mechanism } ¦LIMIT 0",
        ReasonKind.AFTERWARDS,
        "LIMIT 0 asks for nothing",
    ),
    Empty("SELECT * { ?s a iwm:Mechanism } ¦OFFSET 9999", ReasonKind.AFTERWARDS, "OFFSET skips"),
    Empty(
        "SELECT ?s { ?s a iwm:Mechanism } GROUP BY ?s ¦HAVING(COUNT(*) > 9999)",
        ReasonKind.AFTERWARDS,
        "HAVING lets no group through",
    ),
]


@pytest.fixture(scope="module")
def release(mechanisms_release: Release) -> Release:
    return mechanisms_release


def explained(release: Release, query: str, graphs: GraphSelection = UNION) -> Explanation:
    return explain_empty(release.store, query, graphs, release.prefixes)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.query)
def test_the_first_reason_is_the_one_to_mend(release: Release, case: Empty) -> None:
    before, _, after = case.query.partition("¦")
    explanation = explained(release, before + after)
    assert explanation.empty
    first = explanation.reasons[0]
    assert first.kind is case.kind, explanation.text()
    assert case.words in first.message
    assert first.suggestions[: len(case.suggestions)] == case.suggestions
    assert first.position is not None
    place = (first.position.line, first.position.column)
    assert place == (before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)
    assert first.remedy
    assert explanation.probes <= MOST_PROBES


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        (
            "SELECT * { mechanism:crccme iwm:hasChairmanship ?chair }",
            ["No chair"],
        ),
        # By the inverse of the property that the note is on, and from what is linked to its target.
        (
            "SELECT * { ?s iwm:secretariatOf ?m ; iwm:side country:russia }",
            ["No Russian secretariat of CRCCME"],
        ),
        ("SELECT * { event:cica-4th-summit iwm:date ?date }", ["The summit has no year"]),
        ("SELECT * { mechanism:bfic iwm:foundedOnBasisOf event:cica-4th-summit }", []),
        ("SELECT * { ?s iwm:noSuchProperty ?o }", []),
    ],
)
def test_the_note_that_the_text_leaves_it_out_is_cited(
    release: Release, query: str, labels: list[str]
) -> None:
    explanation = explain_empty(release.store, query, prefixes=release.prefixes)
    assert [note.label for note in explanation.notes] == labels
    assert all(note.text and note.text in explanation.text() for note in explanation.notes)


def test_the_pattern_that_names_an_unknown_term_is_told_too(release: Release) -> None:
    term, pattern = explained(release, "ASK { ?s iwm:statedNames ?o }").reasons
    assert term.kind is ReasonKind.UNKNOWN_TERM
    assert pattern.kind is ReasonKind.NO_MATCH
    assert pattern.message.startswith("?s iwm:statedNames ?o has no match")
    assert pattern.remedy == "It names iwm:statedNames."


def test_a_term_that_empties_nothing_comes_last(release: Release) -> None:
    query = "SELECT * { ?s a iwm:City OPTIONAL { ?s iwm:nope ?x } ?s a iwm:Person }"
    assert [reason.kind for reason in explained(release, query).reasons] == [
        ReasonKind.EMPTY_JOIN,
        ReasonKind.UNKNOWN_TERM,
    ]


def test_every_branch_of_an_empty_union_is_told(release: Release) -> None:
    explanation = explained(release, "ASK { { ?s iwm:nope1 ?o } UNION { ?s iwm:nope2 ?o } }")
    patterns = [
        reason.message for reason in explanation.reasons if reason.kind is ReasonKind.NO_MATCH
    ]
    assert [words.split()[1] for words in patterns] == ["iwm:nope1", "iwm:nope2"]


def test_a_filter_is_told_with_values_of_its_variables(release: Release) -> None:
    (reason,) = explained(release, "ASK { ?s iwm:year ?y FILTER(?y > 3000) }").reasons
    assert reason.remedy.startswith('?y is for example "20')


def test_a_graph_of_the_request(release: Release) -> None:
    graphs = GraphSelection((f"{BASE}graph/inferrd",))
    first, *_ = explained(release, "ASK { ?s ?p ?o }", graphs).reasons
    assert (first.kind, first.position, first.suggestions) == (
        ReasonKind.UNKNOWN_GRAPH,
        None,
        ("graph:inferred",),
    )


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s a iwm:Mechanism }",
        "ASK { ?s a iwm:Mechanism }",
        "DESCRIBE organization:cccme",
        "CONSTRUCT WHERE { ?s a iwm:Mechanism }",
        "SELECT (COUNT(*) AS ?n) { ?s a iwm:Mechanism }",
        "SELECT ?x { OPTIONAL { ?s iwm:nope ?x } }",
        "SELECT * { }",
    ],
)
def test_where_there_is_an_answer_there_is_nothing_to_explain(release: Release, query: str) -> None:
    explanation = explained(release, query)
    assert not explanation.empty
    assert not explanation.reasons
    assert explanation.summary == "The query has an answer: there is nothing to explain."


def test_what_the_engine_refuses_is_refused(release: Release) -> None:
    with pytest.raises(QuerySyntaxError):
        explained(release, "SELCT")
    with pytest.raises(ForbiddenOperation):
        explained(release, "SELECT * { SERVICE <http://127.0.0.1:9/> { } }")


def test_a_query_of_very_many_patterns_is_examined_as_far_as_it_goes(release: Release) -> None:
    patterns = " ".join(f"?s a ?c{number} ." for number in range(MOST_PROBES))
    explanation = explained(release, f"ASK {{ {patterns} ?s iwm:nope ?o }}")
    assert explanation.empty
    assert explanation.probes == MOST_PROBES
    assert "the limit of 64 small queries is reached" in explanation.unexamined[0].message
    assert "Not examined: " in explanation.text()


@dataclass
class Slow:
    """A store that takes too long over every question but the first."""

    store: Store
    query_count: int = field(default=0)

    def read(
        self,
        query: str,
        graphs: GraphSelection = UNION,
        bindings: object = None,
    ) -> Result:
        self.query_count += 1
        if self.query_count > 1:
            raise StoreError("The query took longer than 1 second.")
        return self.store.read(query, graphs, bindings)  # type: ignore[arg-type]

    def answer(self, *_: object, **__: object) -> Answer:
        raise AssertionError

    def relative_to(self, _: str) -> Store:
        return self

    def check(self) -> None:
        raise AssertionError

    def select(self, query: str, bindings: object = None) -> Table:
        raise StoreError(f"{query} with {bindings} took longer than 1 second.")

    def select_trusted(self, query: str) -> Table:
        raise StoreError(f"{query} took longer than 1 second.")

    def ask(self, query: str, bindings: object = None) -> bool:
        raise StoreError(f"{query} with {bindings} took longer than 1 second.")


def test_a_store_that_takes_too_long_is_said_so_of(release: Release) -> None:
    slow: Store = Slow(release.store)
    explanation = explain_empty(slow, "ASK { ?s iwm:nope ?o }", UNION, release.prefixes)
    assert explanation.empty
    assert not explanation.reasons
    assert "took longer" in explanation.unexamined[0].message
    assert unknown_terms(slow, "ASK { ?s iwm:nope ?o }", release.prefixes) == []


def test_hints_are_about_the_terms_of_this_graph_alone(release: Release) -> None:
    query = """PREFIX my: <https://w3id.org/iwm/ontology#>
    SELECT * { ?s my:statedNam ?o ; foaf:nmae ?x ; a iwm:Mechanism FILTER(?s != iwm:Mechanisms) }"""
    terms = unknown_terms(release.store, query, release.prefixes)
    assert [(term.text, term.suggestions) for term in terms] == [
        ("my:statedNam", ("iwm:statedName",)),
        ("iwm:Mechanisms", ("iwm:Mechanism",)),
    ]
    assert unknown_terms(release.store, "not a query at all", release.prefixes) == []


# --- how it is written ---


def test_an_explanation_as_json_text_and_page(release: Release, lights_release: Release) -> None:
    query = "ASK { ?s iwm:statedNames <script> }"
    explanation = explained(release, query.replace("<script>", "?o"))
    json_format, html, text = EXPLANATION_FORMATS
    members = json.loads(write_explanation(explanation, query, json_format))
    assert set(members) == {"empty", "summary", "reasons", "notes", "unexamined"}
    assert members["reasons"][0] == {
        "kind": "unknown-term",
        "message": "iwm:statedNames does not occur in this graph.",
        "remedy": "Did you mean iwm:statedName?",
        "near": ["iwm:statedName"],
        "line": 1,
        "column": 10,
        "excerpt": "ASK { ?s iwm:statedNames ?o }\n         ^",
    }
    assert "Line 1, column 10:\nASK { ?s" in write_explanation(explanation, query, text)
    app = create_app(lights_release, settings.load({}, {}))
    with app.test_request_context("/sparql"):
        page = write_explanation(explanation, query, html)
    assert "Did you mean iwm:statedName?" in page
    assert "<script>" not in page


def test_terms_are_written_as_a_query_can(release: Release) -> None:
    assert explain.__doc__
    terms: list[Term] = [NamedNode(f"{BASE}ontology#a"), Literal("x"), Literal(1), BlankNode("b")]
    probes = explain.probes.Probes(release.store, UNION, "", "", release.prefixes)
    compact_terms = [probes.compact(term) for term in terms]
    assert compact_terms == ["iwm:a", '"x"', '"1"^^xsd:integer', "_:b"]
