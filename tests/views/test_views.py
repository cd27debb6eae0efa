"""The queries behind the pages: what holds of every file, on both projects."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode
from rdflib import BNode, Dataset
from rdflib.namespace import XSD

from graphsvc import settings, sparql
from graphsvc.namespaces import DERIVATIONS, RDFS, Prefixes, graph_iri
from graphsvc.queries.binding import bindable, bound
from graphsvc.store import union
from graphsvc.store.base import Table
from graphsvc.store.repair import repair
from graphsvc.validation.lint import lint_query
from graphsvc.views.examples import queries_with_examples
from graphsvc.views.graph import Graph
from graphsvc.views.queries import view_queries
from graphsvc.web.app import create_app
from graphsvc.web.links import asking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rdflib.term import Identifier

    from graphsvc.queries import Query
    from graphsvc.release import Release
    from graphsvc.store.base import Term

QUERIES = view_queries()
#: How many lines fit on a screen.
SCREEN = 60

#: Queries whose rows are sorted by the program, because engines on disk sort slowly.
UNORDERED = {"texts/positions": {"query-order"}}


def named(query: Query) -> str:
    return query.name


@pytest.fixture(params=["lights_release", "mechanisms_release"])
def release(request: pytest.FixtureRequest) -> Release:
    release: Release = request.getfixturevalue(request.param)
    return release


@pytest.mark.parametrize("query", QUERIES, ids=named)
def test_a_query_file_keeps_the_rules(query: Query) -> None:
    findings = [*lint_query(query, Prefixes(sparql.declared_prefixes(query.text)))]
    # Its name has that of its view before it, and the store binds nothing.
    pardoned = {"query-name", "query-parameter"}
    assert {finding.check for finding in findings} <= pardoned | UNORDERED.get(query.name, set())
    assert query.summary.endswith("?")
    assert query.description.endswith(".")
    assert set(sparql.declared_prefixes(query.text)) == set(sparql.used_prefixes(query.text))
    assert len(query.text.splitlines()) <= SCREEN
    assert set(query.params) == {name for name in bindable(query.text) if name in query.params}
    # The engine can run the text itself only if the text needs no repair.
    assert repair(query.text).text == query.text
    # By this word the store knows a query that asks for graphs.
    words = [token.text for token in sparql.code(query.body) if token.text.upper() == "GRAPH"]
    assert set(words) <= {"GRAPH"}


@pytest.mark.parametrize("query", QUERIES, ids=named)
def test_a_query_knows_no_ontology_of_ours(query: Query) -> None:
    assert "w3id.org/iwm" not in query.body
    assert "example.org" not in query.body


def test_every_query_answers_with_its_examples(release: Release) -> None:
    graph = Graph(release.store, release.base)
    for query in queries_with_examples(graph):
        terms = {name: (term,) for name, term in query.bindings({}).items()}
        graph.rows(query.bind(terms))


#: Those that take any of many rows, or find a term that the graph does not have.
ENGINES_DIFFER = ("collection/properties", "examples/some", "terms/namings")
#: Queries with paths that the other engine follows for minutes before it knows where they begin.
TOO_SLOW = ("nested/closure", "nested/holders")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Dataset.\\w+ is deprecated:DeprecationWarning")
def test_another_engine_gives_the_same_rows(lights_release: Release) -> None:
    nquads = gzip.decompress(lights_release.dump.read_bytes())
    apart = graph_iri(lights_release.base, DERIVATIONS)
    dataset = Dataset()
    dataset.parse(data=nquads, format="nquads")
    dataset.default_graph.parse(data=b"".join(union.triples(nquads, apart)), format="nt")
    graph = Graph(lights_release.store, lights_release.base)
    for query in queries_with_examples(graph):
        if query.name not in (*ENGINES_DIFFER, *TOO_SLOW):
            bound = query.bind(query.bindings({}))
            ours = [[_cell(term) for term in row] for row in graph.rows(bound).rows]
            rows: Sequence[Sequence[Identifier | None]] = list(dataset.query(bound.text))  # type: ignore[arg-type]
            theirs = [[_rdflib_cell(term) for term in row] for row in rows]
            assert sorted(theirs) == sorted(ours), query.name


def _cell(term: Term | None) -> str:
    return "_" if isinstance(term, BlankNode) else "" if term is None else str(term)


def _rdflib_cell(term: Identifier | None) -> str:
    # Oxigraph keeps every kind of integer as xsd:integer.
    if term is None or isinstance(term, BNode):
        return "" if term is None else "_"
    return term.n3().replace("#nonNegativeInteger", "#integer").removesuffix(f"^^<{XSD.string}>")


def test_every_query_has_a_page_that_shows_its_text(release: Release) -> None:
    client = create_app(release, settings.load({}, {})).test_client()
    listed = client.get("/queries?tag=behind the pages", headers={"Accept": "text/html"}).text
    for query in QUERIES:
        assert f'href="/queries/{query.name}"' in listed
        page = client.get(f"/queries/{query.name}", headers={"Accept": "text/html"})
        assert page.status_code == 200, query.name
        assert client.get(f"/queries/{query.name}.csv").status_code == 200


def test_terms_are_written_where_the_text_has_places() -> None:
    text = "SELECT * WHERE { VALUES ?a { } ?a ?b ?c VALUES ?b { } } LIMIT 10 OFFSET 0"
    terms: dict[str, list[Term]] = {
        "a": [NamedNode("urn:x"), Literal('"} \n')],
        "b": [],
        "offset": [Literal(50)],
    }
    assert bindable(text) == {"a", "b", "limit", "offset"}
    assert bound(text, terms) == (
        'SELECT * WHERE { VALUES ?a { <urn:x> "\\"} \\n" } ?a ?b ?c VALUES ?b {  } } '
        "LIMIT 10 OFFSET 50"
    )
    within = "SELECT * WHERE { { SELECT ?a WHERE { ?a ?b ?c } LIMIT 10 } } LIMIT 100"
    assert bound(within, {"limit": [Literal(5)]}) == within.replace("LIMIT 10 ", "LIMIT 5 ")
    ranked = "VALUES (?a ?rank) { } ?s ?a ?b"
    assert bindable(ranked) == {"a"}
    assert bound(ranked, terms) == 'VALUES (?a ?rank) { (<urn:x> 1) ("\\"} \\n" 2) } ?s ?a ?b'
    with pytest.raises(TypeError):
        bound(text, {"a": [BlankNode("b")], "b": ()})


def test_a_long_query_is_opened_at_its_own_page(mechanisms_release: Release) -> None:
    app = create_app(mechanisms_release, settings.load({}, {}))
    query = next(each for each in QUERIES if each.name == "names/labels")
    with app.test_request_context():
        by = {"labelling": RDFS.label}
        bfic = NamedNode("https://w3id.org/iwm/id/mechanism/bfic")
        few = asking(query.bind({"thing": bfic, **by}))
        things = [NamedNode(f"https://w3id.org/iwm/id/mechanism/m{n}") for n in range(120)]
        many = asking(query.bind({"thing": things, **by}))
    assert few.startswith("/sparql?query=")
    assert many.startswith("/queries/names/labels?thing=mechanism:m0&thing=mechanism:m1&")
    client = app.test_client()
    assert client.get(few, headers={"Accept": "text/html"}).status_code == 200
    page = client.get(many, headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert page.text.count('name="thing"') == len(things)


def test_without_terms_nothing_is_asked() -> None:
    query = next(each for each in QUERIES if each.name == "names/labels")
    nowhere: Graph = Graph(None, "urn:x:")  # type: ignore[arg-type]
    assert nowhere.rows(query.bind({"thing": ()})) == Table((), ())
