"""All questions with their golden answers, and all queries behind the pages, in each store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from test_queries import GRAPH_FORMS, QUERIES, difference, expected

from graphsvc import sparql
from graphsvc.views.queries import view_queries

from .asking import RESULTS, TRIPLES, get, table
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
#: These count triples, which stand once for each graph in a union that is no set, or what stands in
#: the default graph, in which an engine's own union has the records of how facts follow.
COUNTED = {"collection/counted", "collection/every-class", "collection/typed"}
#: The engine's own graphs are listed among the others; an IRI that VALUES binds comes as a text.
DIFFERS = {"virtuoso": {"origins/graphs", "neighbours/derived"}}
#: Questions that an engine answers otherwise, as docs/engines.md says: what is yes or no comes as
#: a number, letters beyond ASCII come as escapes, and a filter on what is bound loses rows.
ANSWERED_OTHERWISE = {"virtuoso": {"taken-for-granted", "triples-of-a-sentence", "abbreviations"}}
#: Of the questions a slow engine is asked every so many.
STEP = 8


def answered(service: Service, query: Query) -> Table:
    """Return the answer of a query's own address, its parameters being those of its example."""
    is_graph = sparql.form(query.text) in GRAPH_FORMS
    answer = get(service, f"/queries/{query.name}", TRIPLES if is_graph else RESULTS)
    assert answer.status == 200, f"{query.name}: {answer.content.decode()}"
    if not is_graph:
        return table(answer.content)
    lines = {" ".join(line.split()) for line in answer.content.decode("utf-8").splitlines()}
    return [[line] for line in sorted(lines)]


def test_the_questions_have_their_golden_answers(served: Served) -> None:
    differences = []
    otherwise = ANSWERED_OTHERWISE.get(served.store, set())
    for query in QUERIES[:: STEP if served.store == SLOW else 1]:
        if query.name in otherwise:
            continue
        wanted, found = expected(query), answered(served.service, query)
        if sparql.form(query.text) == "DESCRIBE" and served.store in DESCRIBES_MORE:
            found = [row for row in found if row in wanted]
        if served.store == SLOW:
            # It has no order for texts with languages.
            wanted, found = _unordered(wanted), _unordered(found)
        if different := difference(query.name, wanted, found):
            differences.append(different)
    assert not differences, "\n".join(differences)


@pytest.mark.parametrize("served", QUICK, indirect=True)
def test_the_queries_behind_the_pages_give_the_same_rows(served: Served, embedded: Service) -> None:
    passed_over = ANY_OF_MANY | DIFFERS.get(served.store, set())
    if served.store != EMBEDDED:
        passed_over |= COUNTED
    differences = []
    for query in view_queries():
        if query.name not in passed_over:
            wanted, found = answered(embedded, query), answered(served.service, query)
            if different := difference(query.name, _unordered(wanted), _unordered(found)):
                differences.append(different)
    assert not differences, "\n".join(differences)


def _unordered(rows: Table) -> Table:
    """Return the rows in an order of ours: equal places in an order are any engine's affair."""
    return [rows[0], *sorted(rows[1:])]


def test_what_is_passed_over_is_there() -> None:
    names = {query.name for query in view_queries()}
    assert ANY_OF_MANY.union(COUNTED, *DIFFERS.values()) <= names
    questions = {query.name for query in QUERIES}
    assert set().union(*ANSWERED_OTHERWISE.values()) <= questions
