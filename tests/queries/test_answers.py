"""Every question has an expected answer, found by reading the text, and the release gives it.

tests/answers/<query>.tsv holds the table of a SELECT (SPARQL 1.1 TSV, every term in full) or the
true or false of an ASK; tests/answers/<query>.nt the sorted triples of a CONSTRUCT or DESCRIBE.
Parameters have the values of their examples.

Some expected answers do not come from the text: the words of the editors (labels, notes, records
elsewhere), statements about the vocabulary, and the numbers of facts-per-passage. These were
counted in facts.trig, and the shortcuts were added by hand: a new fact raises a number there.
"""

from __future__ import annotations

import gzip
import re
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode
from rdflib import Dataset, URIRef
from rdflib import Literal as RdflibLiteral

from graphsvc import formats, queries, sparql
from graphsvc.formats import Content
from graphsvc.namespaces import OWL, RDF
from graphsvc.queries import Query, load_queries
from graphsvc.store.base import content_of
from graphsvc.validation.lint import lint_query

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rdflib.query import Result
    from rdflib.term import Identifier

    from graphsvc.release import Release
    from graphsvc.sources import Project
    from graphsvc.store.base import Store, Term

ANSWERS = Path(__file__).parents[1] / "answers"
QUERIES = load_queries(Path(__file__).parents[2] / "queries")
GRAPH_FORMS = ("CONSTRUCT", "DESCRIBE")
N_TRIPLES = formats.named("nt")

Table = list[list[str]]


def answer_file(query: Query) -> Path:
    graph = sparql.form(query.text) in GRAPH_FORMS
    return ANSWERS / f"{query.name}{'.nt' if graph else '.tsv'}"


def expected(query: Query) -> Table:
    text = answer_file(query).read_text("utf-8")
    return [line.split("\t") for line in text.removesuffix("\n").split("\n")]


def actual(store: Store, query: Query) -> Table:
    form = sparql.form(query.text)
    if form == "ASK":
        return [[str(store.ask(query.text)).lower()]]
    if form in GRAPH_FORMS:
        assert N_TRIPLES is not None
        answer = store.answer(query.text, {Content.TRIPLES: [N_TRIPLES]})
        lines = (content_of(answer) or b"").decode("utf-8").splitlines()
        # A graph is a set; the union of many graphs may give one triple several times.
        return [[line] for line in sorted(set(lines))]
    table = queries.run(store, query)
    header = [f"?{name}" for name in table.variables]
    return [header, *(["" if cell is None else str(cell) for cell in row] for row in table.rows)]


def difference(name: str, expected: Table, actual: Table) -> str | None:
    """Return what differs first: query, row (0 is the header), column, and both cells."""
    header = expected[0]
    for number, (expected_row, actual_row) in enumerate(zip_longest(expected, actual)):
        if expected_row is None or actual_row is None:
            more, row = (
                ("actual", actual_row) if expected_row is None else ("expected", expected_row)
            )
            return f"{name}, row {number}: only the {more} answer has it: {row}"
        cells = zip_longest(expected_row, actual_row, fillvalue="(no cell)")
        for column, (expected_cell, actual_cell) in enumerate(cells):
            if expected_cell != actual_cell:
                title = header[column] if column < len(header) else column
                return (
                    f"{name}, row {number}, column {title}:\n"
                    f"  expected {expected_cell}\n  actual   {actual_cell}"
                )
    return None


def named(query: Query) -> str:
    return query.name


@pytest.mark.parametrize("query", QUERIES, ids=named)
def test_the_release_gives_the_answer_of_the_text(
    query: Query, mechanisms_release: Release
) -> None:
    rows = actual(mechanisms_release.store, query)
    assert difference(query.name, expected(query), rows) is None


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            [["?a", "?b"], ["1", "x"], ["2", "z"]],
            "q, row 2, column ?b:\n  expected y\n  actual   z",
        ),
        ([["?a", "?b"], ["1", "x"]], "q, row 2: only the expected answer has it: ['2', 'y']"),
        (
            [["?a", "?b"], ["1", "x"], ["2", "y"], ["3", "z"]],
            "q, row 3: only the actual answer has it: ['3', 'z']",
        ),
        ([["?a"], ["1"], ["2"]], "q, row 0, column ?b:\n  expected ?b\n  actual   (no cell)"),
    ],
)
def test_a_failure_names_the_cell(answer: Table, message: str) -> None:
    assert difference("q", [["?a", "?b"], ["1", "x"], ["2", "y"]], answer) == message


def test_every_query_has_an_answer_and_every_answer_a_query() -> None:
    assert {file.name for file in ANSWERS.iterdir()} == {answer_file(q).name for q in QUERIES}


@pytest.mark.parametrize("query", QUERIES, ids=named)
def test_every_query_keeps_the_rules(query: Query, mechanisms: Project) -> None:
    assert list(lint_query(query, mechanisms.prefixes)) == []


@pytest.mark.parametrize("query", QUERIES, ids=named)
def test_every_header_says_what_to_expect(query: Query) -> None:
    assert query.summary.endswith("?")
    assert query.description.endswith(".")
    assert query.tags
    assert all(param.about for param in query.params.values())


@pytest.mark.parametrize("query", QUERIES, ids=named)
def test_every_query_declares_the_prefixes_it_uses_and_no_others(query: Query) -> None:
    assert set(sparql.declared_prefixes(query.text)) == set(sparql.used_prefixes(query.text))


def test_the_questions_are_of_every_form() -> None:
    assert {sparql.form(query.text) for query in QUERIES} == {"SELECT", "ASK", *GRAPH_FORMS}
    assert {param.type for query in QUERIES for param in query.params.values()} >= {
        "iri",
        "string",
        "integer",
    }


def test_no_two_queries_ask_the_same() -> None:
    assert len({query.summary for query in QUERIES}) == len(QUERIES)


def test_every_term_of_the_ontology_is_used_by_a_query(mechanisms: Project) -> None:
    kinds = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty}
    namespace = mechanisms.prefixes["iwm"]
    terms = {
        quad.subject.value.removeprefix(namespace)
        for quad in mechanisms.quads
        if quad.predicate == RDF.type
        and quad.object in kinds
        and isinstance(quad.subject, NamedNode)
        and quad.subject.value.startswith(namespace)
    }
    code = " ".join(token.text for query in QUERIES for token in sparql.code(query.text))
    used = set(re.findall(r"(?<!\S)iwm:(\w+)(?!\S)", code))
    assert terms
    assert terms - used == set()
    assert used - terms == set()


@pytest.fixture(scope="module")
def rdflib_dataset(mechanisms_release: Release) -> Dataset:
    """Return the release in another engine, its default graph the union of all graphs."""
    dataset = Dataset(default_union=True)
    dataset.parse(data=gzip.decompress(mechanisms_release.dump.read_bytes()), format="nquads")
    return dataset


def rdflib_term(term: Term) -> Identifier:
    if isinstance(term, NamedNode):
        return URIRef(term.value)
    assert isinstance(term, Literal)
    # A plain literal is an xsd:string in RDF 1.1; rdflib keeps the two apart.
    plain = term.datatype.value.endswith("#string")
    return RdflibLiteral(term.value, datatype=None if plain else URIRef(term.datatype.value))


def rdflib_cell(term: Identifier | None) -> str:
    # Oxigraph keeps every kind of integer as xsd:integer.
    return "" if term is None else term.n3().replace("#nonNegativeInteger", "#integer")


def rdflib_answer(result: Result) -> Table:
    if result.type == "ASK":
        return [[str(result.askAnswer).lower()]]
    rows: Sequence[Sequence[Identifier | None]] = list(result)  # type: ignore[arg-type]
    cells = [[rdflib_cell(term) for term in row] for row in rows]
    if result.type == "CONSTRUCT":
        return [[line] for line in sorted(f"{' '.join(row)} ." for row in cells)]
    header = [f"?{name}" for name in result.vars or ()]
    return [header, *cells]


# rdflib uses what it has deprecated itself.
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Dataset.\\w+ is deprecated:DeprecationWarning")
@pytest.mark.parametrize(
    # What a DESCRIBE tells is left to the engine: rdflib adds the derivations.
    "query",
    [query for query in QUERIES if sparql.form(query.text) != "DESCRIBE"],
    ids=named,
)
def test_another_engine_gives_the_same_answer(query: Query, rdflib_dataset: Dataset) -> None:
    bindings = {name: rdflib_term(term) for name, term in query.bindings({}).items()}
    rows = rdflib_answer(rdflib_dataset.query(query.text, initBindings=bindings))
    assert difference(query.name, expected(query), rows) is None
