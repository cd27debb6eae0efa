"""Collections: the queries of choices, the order of facets, and other graphs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode

from graphsvc.namespaces import RDF, XSD, Prefixes
from graphsvc.naming import Naming
from graphsvc.store.oxigraph import OxigraphStore
from graphsvc.views.collection import collection
from graphsvc.views.collection.address import read_state
from graphsvc.views.collection.facets import FACETS
from graphsvc.views.collection.listing import COUNTED_THINGS
from graphsvc.views.collection.members import OF_CLASS, Members, patterns
from graphsvc.views.collection.state import State
from graphsvc.views.graph import Graph
from graphsvc.views.queries import view_queries, view_query

if TYPE_CHECKING:
    from graphsvc.release import Release
    from graphsvc.views.collection import Collection

RELEASE = "mechanisms_release"

_NO_PREFIXES = Prefixes({})
OF_MEMBERS = [
    query
    for query in view_queries()
    if query.name.startswith("collection/") and "class" in query.params
]


def state_of(release: Release, query: str) -> State:
    pairs = [tuple(pair.split("=", 1)) for pair in query.split("&") if pair]
    return read_state(pairs, release.prefixes)  # type: ignore[arg-type]


@pytest.mark.parametrize("query", OF_MEMBERS, ids=lambda query: query.name)
def test_each_query_of_members_says_so_in_one_line(query) -> None:  # type: ignore[no-untyped-def]
    assert query.body.count(OF_CLASS) == 1


def test_patterns_read_as_a_researcher_would_write_them(mechanisms_release: Release) -> None:
    state = state_of(
        mechanisms_release, "class=iwm:Secretariat&iwm:side=country:china&~iwm:hasSecretariat=any"
    )
    iwm = "https://w3id.org/iwm/ontology#"
    assert [line.strip() for line in patterns(state).splitlines()] == [
        f"?thing a <{iwm}Secretariat> .",
        f"?thing <{iwm}side> <https://w3id.org/iwm/id/country/china> .",
        f"?value2 <{iwm}hasSecretariat> ?thing .",
    ]


@pytest.mark.parametrize("words", ["LIMIT 25 OFFSET 0", "VALUES ?class { }", '"} UNION { ?a ?b ?c'])
def test_words_that_look_like_a_query_stay_words(words: str) -> None:
    property_ = NamedNode("urn:x:says")
    store = OxigraphStore.load(
        f"<urn:x:one> {property_} {Literal(words)} <urn:x:graph> .\n".encode(), {}
    )
    state = read_state([("urn:x:says", f'"{words}"')], _NO_PREFIXES)
    query = Members(state).ask(
        view_query("collection/unordered"), {"limit": Literal(7), "offset": Literal(0)}
    )
    assert str(Literal(words)) in query.text
    assert [row["thing"] for row in Graph(store, "urn:x:").rows(query)] == [NamedNode("urn:x:one")]


def test_a_graph_without_an_ontology_has_collections() -> None:
    lines = [
        "<http://y.example/ada> a <http://y.example/Person> .",
        '<http://y.example/ada> <http://y.example/born> "1815"^^YEAR .',
        "<http://y.example/ada> <http://y.example/knows> <http://y.example/charles> .",
        "<http://y.example/charles> a <http://y.example/Person> .",
        '<http://y.example/charles> <http://y.example/born> "1791"^^YEAR .',
    ]
    text = "\n".join(lines).replace(" a ", f" {RDF.type} ").replace("YEAR", str(XSD.gYear))
    text = text.replace(" .", " <http://y.example/graph> .")
    store = OxigraphStore.load(f"{text}\n".encode(), {})
    graph = Graph(
        store, "https://elsewhere.example/", Naming(prefixes=Prefixes({"y": "http://y.example/"}))
    )
    view = collection(graph, State(), "en")
    assert [row.thing.label for row in view.table.rows] == ["y:ada", "y:charles"]
    assert [(entry.cls.label, entry.count) for entry in view.classes] == [("y:Person", 2)]
    assert "y:born" in {each.name for each in view.facets} | {each.name for each in view.others}
    by_birth = collection(
        graph, read_state([("sort", "http://y.example/born")], _NO_PREFIXES), "en"
    )
    assert [row.thing.label for row in by_birth.table.rows] == ["y:charles", "y:ada"]
    back = collection(graph, read_state([("sort", "-http://y.example/born")], _NO_PREFIXES), "en")
    assert [row.thing.label for row in back.table.rows] == ["y:ada", "y:charles"]


def test_very_many_things_are_listed_but_not_sorted(
    graph: Graph, mechanisms_release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphsvc.views.collection.SORTED_THINGS", 10)
    monkeypatch.setattr("graphsvc.views.collection.listing.SORTED_THINGS", 10)
    state = state_of(mechanisms_release, "class=iwm:Organization")
    view = collection(graph, state, "en")
    assert view.table.sort is None
    assert view.counted_over == view.table.total == len(view.table.rows)
    assert view.table.total < COUNTED_THINGS


def facet_names(view: Collection) -> tuple[list[str], list[str]]:
    return [str(each.name) for each in view.facets], [str(each.name) for each in view.others]


def test_records_come_after_what_is_in_the_world(graph: Graph, mechanisms_release: Release) -> None:
    listed = [
        row.thing.iri or ""
        for page in range(1, 10)
        for row in collection(graph, state_of(mechanisms_release, f"page={page}"), "en").table.rows
    ]
    records = [bool(re.search("/(passage|note|source)/", iri)) for iri in listed]
    assert any(records)
    assert records == sorted(records)
    tree = [entry.is_record for entry in graph.classes.tree("en")]
    assert any(tree)
    assert tree == sorted(tree)
    assert {cls.value.rpartition("#")[2] for cls in graph.classes.records} >= {
        *("EditorialNote", "Omission", "Passage", "Heading", "SourceDocument")
    }


def test_a_passage_is_told_from_a_thing_of_the_same_name(
    graph: Graph, mechanisms_release: Release
) -> None:
    state = state_of(mechanisms_release, "class=iwm:Heading&class=iwm:Mechanism")
    rows = collection(graph, state, "en").table.rows
    alike = [row for row in rows if row.thing.label == "Business Forum of China-Italy"]
    assert [row.passage and row.passage.number for row in alike] == [None, 27]


def test_what_narrows_well_stands_first(graph: Graph, mechanisms_release: Release) -> None:
    facets, others = facet_names(collection(graph, State(), "en"))
    # A property that few things have narrows little: it is only named, and can be opened.
    assert facets == []
    assert {"reason", "wording", "side"} <= set(others)
    passages = state_of(mechanisms_release, "class=iwm:Passage")
    facets, others = facet_names(collection(graph, passages, "en"))
    assert 0 < len(facets) <= FACETS
    secretariats = state_of(mechanisms_release, "class=iwm:Secretariat")
    facets, others = facet_names(collection(graph, secretariats, "en"))
    assert "Side" in facets
    opened = state_of(mechanisms_release, "facet=iwm:wording")
    facets, others = facet_names(collection(graph, opened, "en"))
    assert "wording" in facets
    assert "wording" not in others


def test_the_order_of_the_shapes_counts_among_equals(
    graph: Graph, mechanisms_release: Release
) -> None:
    view = collection(graph, state_of(mechanisms_release, "class=iwm:Secretariat"), "en")
    facets, _ = facet_names(view)
    order = [str(column.name) for column in view.table.choices]
    assert facets.index("Side") < facets.index("Provided by")
    assert order.index("Side") < order.index("Provided by")


@pytest.mark.parametrize(
    "query",
    [
        "class=iwm:Secretariat&iwm:side=country:china",
        "class=iwm:Secretariat&class=iwm:Country&iwm:side=country:china&iwm:side=country:finland",
        "class=iwm:Secretariat&iwm:side=none&iwm:side=country:china",
        "class=iwm:Event&iwm:year=2012..2017&sort=-iwm:year",
        "iwm:side=any&iwm:hostedBy=none",
        "~iwm:hasSecretariat=mechanism:bfic",
    ],
)
def test_a_choice_has_as_many_things_as_its_count_says(
    graph: Graph, mechanisms_release: Release, query: str
) -> None:
    state = state_of(mechanisms_release, query)
    checked = 0
    for facet in collection(graph, state, "en").facets:
        free = state.without(facet.ref)
        for choice in facet.choices:
            narrowed = free.toggle(facet.ref, choice.condition)
            assert collection(graph, narrowed, "en").table.total == choice.count, choice
            checked += 1
    assert checked
