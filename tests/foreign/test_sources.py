"""Who says a fact where no text does: graphs, annotations, nanopublications, statement nodes."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from graphsvc.namespaces import RDF
from graphsvc.views.graph import Graph

from . import page, served

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Table

SPIES = "http://example.com/spies/"


@pytest.fixture(scope="module")
def spies(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return served(tmp_path_factory.mktemp("spies"), "annotated.ttl")


@pytest.fixture(scope="module")
def census(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return served(tmp_path_factory.mktemp("census"), "graphs.trig")


@pytest.fixture(scope="module")
def publications(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return served(tmp_path_factory.mktemp("publications"), "nanopublication.trig")


def words(html: str) -> str:
    """Return the text of a page without its tags, and without the prefixes of names."""
    main = html[html.index("<main") :]
    text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))
    return re.sub(r" ([,;.)}\]])|([({]) ", r"\1\2", re.sub(r"\b(?:[a-z]+|P):(?=\w)", "", text))


# --- named graphs


def test_a_fact_has_its_graph_and_what_is_said_of_that(census: FlaskClient) -> None:
    html = page(census, "/doc/oslo")
    text = words(html)
    assert (
        "Census of 1900, by Statistical Office, 1 May 1902; source: http://archive.example/1900.pdf"
        in text
    )
    assert "507467 Census of 2000" in text
    assert 'href="/doc/g1900"' in html


def test_a_nested_fact_has_its_graph_only_if_that_is_another(census: FlaskClient) -> None:
    text = words(page(census, "/doc/oslo"))
    # The graph that states both facts is shown beside the first one.
    assert "507467 Census of 2000 mayor label Per Ditlev-Simonsen wasDerivedFrom" in text


def test_the_page_of_a_graph_has_what_stands_in_it(census: FlaskClient) -> None:
    text = words(page(census, "/doc/g1900"))
    assert "What stands in this graph" in text
    assert "Oslo inhabitants 227626" in text


def test_what_a_thing_is_derived_from_is_told_first(census: FlaskClient) -> None:
    assert "Derived from: http://archive.example/cities.csv" in words(page(census, "/doc/oslo"))


def test_one_file_is_no_source_and_of_several_each_is(tmp_path: Path) -> None:
    one, other = tmp_path / "one.ttl", tmp_path / "other file.ttl"
    one.write_text("<http://e.com/a> <http://e.com/p> <http://e.com/b> .", "utf-8")
    other.write_text("<http://e.com/a> <http://e.com/q> <http://e.com/b> .", "utf-8")
    alone = words(page(served(tmp_path / "kept", one), "/doc/a"))
    assert "one.ttl" not in alone
    both = words(page(served(tmp_path / "both", one, other), "/doc/a"))
    assert 0 < both.index("one.ttl") < both.index("other file.ttl")


# --- statements about facts


def test_annotations_stand_beside_the_fact(spies: FlaskClient) -> None:
    text = words(page(spies, "/doc/alice"))
    assert "knows Bob confidence 0.8 source a report" in text
    assert "met Bob statement the meeting in Vienna year 1961" in text


def test_a_reifier_tells_its_fact_by_names(spies: FlaskClient) -> None:
    assert "reifies Alice met Bob" in words(page(spies, "/doc/meeting"))


def test_a_document_has_reifiers_in_either_version_of_rdf(spies: FlaskClient) -> None:
    fact = Triple(*(NamedNode(SPIES + name) for name in ("alice", "met", "bob")))
    meeting = NamedNode(f"{SPIES}meeting")
    old = {quad.triple for quad in parse(spies.get("/doc/alice.ttl").data, RdfFormat.TURTLE)}
    new = {quad.triple for quad in parse(spies.get("/doc/alice.12.ttl").data, RdfFormat.TURTLE)}
    assert Triple(meeting, RDF.reifies, fact) in new
    assert Triple(meeting, RDF.predicate, fact.predicate) in old
    assert not any(isinstance(triple.object, Triple) for triple in old)
    for name in ("alice", "meeting"):
        assert spies.get(f"/doc/{name}.jsonld").status_code == 200


def test_described_statements_are_annotations_too(tmp_path: Path) -> None:
    client = served(tmp_path / "kept", "people.ttl")
    assert "Charles Babbage confidence 0.9 toldBy [name a letter]" in words(
        page(client, "/doc/ada")
    )


# --- nanopublications and statement nodes


def test_a_fact_is_from_its_nanopublication(publications: FlaskClient) -> None:
    assert (
        "mosquito from nanopublication Nanopublication 1, by A Researcher, Ada,"
        " 5 March 2024, 10:00 UTC; source: http://papers.example/17"
    ) in words(page(publications, "/doc/malaria"))


def test_the_page_of_a_nanopublication_has_its_graphs(publications: FlaskClient) -> None:
    text = words(page(publications, "/doc/np1")).lower()
    parts = (
        "malaria transmitted by mosquito",
        "a researcher assertion",
        "nanopublication 1 creator ada",
    )
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_a_statement_node_is_its_value_with_qualifiers_and_references(tmp_path: Path) -> None:
    text = words(page(served(tmp_path / "kept", "claims.ttl"), "/doc/entity/Q42"))
    assert "educated at St John's College" in text
    assert "end time 1974" in text
    assert "English literature" in text
    assert "2013-12-07T00:00:00Z" in text
    assert "time value" not in text


def test_the_properties_of_statement_nodes_are_called_as_what_they_stand_for(
    tmp_path: Path,
) -> None:
    text = words(page(served(tmp_path / "kept", "claims.ttl"), "/doc/entity/Q42"))
    assert "academic major English literature" in text
    assert "reference URL" in text


# --- all of it


def test_a_thing_with_all_of_this_asks_few_queries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most eight queries, besides the one for names and the one that precedes each page."""
    client = served(tmp_path / "kept", "everything.trig")
    for target in ("/", "/doc/charles"):  # reads what is the same for every page
        page(client, target)
    query_names: list[str] = []
    rows = Graph.rows

    def counted(graph: Graph, query: BoundQuery) -> Table:
        query_names.extend([] if query.is_empty else [query.query.name])
        return rows(graph, query)

    monkeypatch.setattr(Graph, "rows", counted)
    text = words(page(client, "/doc/ada"))
    for value in ("51.50", "1833", "0.90", "1815", "page 7", "Office"):
        assert value in text
    others = [name for name in query_names if name not in ("names/labels", "thing/head")]
    assert len(others) <= 8, others
    assert query_names.count("names/labels") == query_names.count("thing/head") == 1
