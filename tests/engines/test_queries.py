"""All questions with their golden answers, and all queries behind the pages, in each store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, RdfFormat, parse
from queries.test_answers import GRAPH_FORMS, QUERIES, difference, expected

from graphsvc import sparql
from graphsvc.namespaces import PROV, RDF
from graphsvc.views.queries import view_queries

from .asking import RESULTS, TRIPLES, ask, get, table
from .conftest import EMBEDDED, QUICK, SLOW

if TYPE_CHECKING:
    from server.processes import Service

    from graphsvc.queries import Query

    from .asking import Table
    from .conftest import Served

#: "The RDF returned is determined by the information publisher": https://www.w3.org/TR/sparql11-query/#describe.
#: These tell the statements about a thing too.
DESCRIBES_MORE = ("virtuoso",)

#: Of these an answer, or the example of a parameter, is any of many rows: the first that is found.
ANY_OF_MANY = {
    "collection/properties",
    "collection/sampled",
    "collection/sampled-properties",
    "document/content",
    "examples/some",
    "origins/content",
    "terms/namings",
    "thing/parts",
}
#: It counts triples, which stand once for each graph in a union that is no set.
COUNTS_TRIPLES = "collection/counted"
#: The engine's own graphs are listed among the others.
LISTS_OWN_GRAPHS = {"virtuoso": {"origins/graphs"}}
#: These count things; an engine's own union has the records of how facts follow too.
COUNTS_THINGS, COUNTS_ALL = "collection/every-class", "collection/typed"
RECORD_CLASSES = (str(RDF.Statement), str(PROV.Entity))
RECORDS = (
    "SELECT (COUNT(DISTINCT ?record) AS ?records) "
    "{ GRAPH <https://w3id.org/iwm/graph/derivations> { ?record a rdf:Statement } }"
)
#: Of the questions a slow engine is asked every so many.
STEP = 8


def answered(service: Service, query: Query) -> Table:
    """Return the answer of a query's own address, its parameters being those of its example."""
    is_graph = sparql.form(query.text) in GRAPH_FORMS
    answer = get(service, f"/queries/{query.name}", TRIPLES if is_graph else RESULTS)
    assert answer.status == 200, f"{query.name}: {answer.content.decode()}"
    if not is_graph:
        return table(answer.content)
    # Letters beyond ASCII may come as escapes, which mean the same.
    lines = {f"{quad.triple} ." for quad in parse(answer.content, RdfFormat.N_TRIPLES)}
    return [[line] for line in sorted(lines)]


def test_the_questions_have_their_golden_answers(served: Served) -> None:
    differences = []
    for query in QUERIES[:: STEP if served.store == SLOW else 1]:
        golden, rows = expected(query), answered(served.service, query)
        if sparql.form(query.text) == "DESCRIBE" and served.store in DESCRIBES_MORE:
            rows = [row for row in rows if row in golden]
        if served.store == SLOW:
            # It has no order for texts with languages.
            golden, rows = _unordered(golden), _unordered(rows)
        if different := difference(query.name, golden, rows):
            differences.append(different)
    assert not differences, "\n".join(differences)


@pytest.mark.parametrize("served", QUICK, indirect=True)
def test_the_queries_behind_the_pages_give_the_same_rows(served: Served, embedded: Service) -> None:
    passed_over = ANY_OF_MANY | LISTS_OWN_GRAPHS.get(served.store, set())
    if served.store != EMBEDDED:
        passed_over.add(COUNTS_TRIPLES)
    differences = []
    for query in view_queries():
        if query.name not in passed_over:
            golden, rows = answered(embedded, query), answered(served.service, query)
            if served.store != EMBEDDED:
                golden = _with_records(query, golden, embedded)
            if different := difference(query.name, _unordered(golden), _unordered(rows)):
                differences.append(different)
    assert not differences, "\n".join(differences)


def _with_records(query: Query, rows: Table, embedded: Service) -> Table:
    """Return counts of the embedded store with the records that are in an engine's own union."""
    if query.name not in (COUNTS_THINGS, COUNTS_ALL):
        return rows
    records = _number(table(ask(embedded, RECORDS).content)[1][0])
    if query.name == COUNTS_ALL:
        return [rows[0], [str(Literal(_number(rows[1][0]) + records)), *rows[1][1:]]]
    counts = {kind: _number(things) for kind, things in rows[1:]}
    counts |= {kind: counts.get(kind, 0) + records for kind in RECORD_CLASSES}
    return [rows[0], *([kind, str(Literal(things))] for kind, things in counts.items())]


def _number(cell: str) -> int:
    return int(cell.split('"')[1])


def _unordered(rows: Table) -> Table:
    """Return the rows sorted: engines may order equal rows as they like."""
    return [rows[0], *sorted(rows[1:])]


def test_what_is_passed_over_is_there() -> None:
    names = {query.name for query in view_queries()}
    counting = {COUNTS_TRIPLES, COUNTS_THINGS, COUNTS_ALL}
    assert ANY_OF_MANY.union(counting, *LISTS_OWN_GRAPHS.values()) <= names
