"""The page of a thing and of a passage: labels, order, evidence, notes, what points to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from graphsvc import sources
from graphsvc.build import build
from graphsvc.description import describe as describe_release
from graphsvc.errors import UnknownEntity
from graphsvc.namespaces import OA, RDF, RDFS
from graphsvc.settings import load
from graphsvc.store.oxigraph import OxigraphStore
from graphsvc.store.union import store_of
from graphsvc.views.graph import Graph
from graphsvc.views.model import Status
from graphsvc.views.passage import passage_in_text
from graphsvc.views.thing import head, is_known, thing
from graphsvc.views.thing.answers import FIRST_FACTS, MOST_FACTS, MOST_POINTING
from graphsvc.views.thing.statings import MOST_STATINGS

if TYPE_CHECKING:
    from pathlib import Path

    from graphsvc.queries import BoundQuery
    from graphsvc.release import Release
    from graphsvc.store.base import Table
    from graphsvc.views.model import Fact
    from graphsvc.views.passage import PassageInText
    from graphsvc.views.thing import Thing
    from graphsvc.views.thing.model import PropertyFacts

BASE = "https://example.org/lights/"
NORTH_ROCK = BASE + "id/light/north-rock"
ADA_QUILL = BASE + "id/person/ada-quill"
#: How many queries the page of a thing may need, with the one for its head.
MOST_QUERIES = 8


class CountingGraph(Graph):
    """A graph that counts its queries."""

    query_count = 0

    def rows(self, query: BoundQuery) -> Table:
        self.query_count += not query.is_empty
        return super().rows(query)


def read(graph: Graph, iri: str) -> PassageInText | None:
    return passage_in_text(graph, thing(graph, iri, "en"), "en")


def graph_of(*quads: Quad) -> Graph:
    return Graph(OxigraphStore(store_of(quads), {}), "urn:x:")


def node(name: str) -> NamedNode:
    return NamedNode(f"urn:x:{name}")


@pytest.fixture(scope="module")
def north_rock(graph: Graph) -> Thing:
    return thing(graph, NORTH_ROCK, "en")


def properties(entity: Thing) -> dict[str, PropertyFacts]:
    return {entry.predicate.label: entry for group in entity.groups for entry in group.properties}


def only(entity: Thing, label: str) -> Fact:
    (fact,) = properties(entity)[label].facts
    return fact


def test_a_thing_has_its_label_and_its_types(north_rock: Thing) -> None:
    assert north_rock.label == "North Rock Light"
    assert north_rock.language == "en"
    types = {fact.other.label: fact.status for fact in north_rock.types}
    assert types == {"light": Status.STATED, "lighthouse": Status.INFERRED}


def test_shapes_give_the_groups_the_names_and_the_order(north_rock: Thing) -> None:
    groups = [
        (group.label, [entry.predicate.label for entry in group.properties])
        for group in north_rock.groups
    ]
    assert groups[:2] == [
        ("Names", ["Name as printed"]),
        ("History", ["Lit in", "Ordered by", "Keepers", "Opposite"]),
    ]
    label, rest = groups[2]
    assert label == "", "the last group holds what no shape places"
    assert rest == ["administered from", "type"], "other rows say the rest"


def test_a_stated_fact_cites_its_sentence(north_rock: Thing) -> None:
    fact = only(north_rock, "Lit in")
    assert fact.status is Status.STATED
    (passage,) = fact.passages
    assert passage.number == 2
    assert passage.quote == "North Rock Light was lit in 1871 on the order of the Harbour Board."
    assert fact.other.iri is None
    assert only(north_rock, "Ordered by").other.iri == BASE + "id/body/harbour-board"


def test_a_shortcut_is_stated_where_its_steps_are(north_rock: Thing) -> None:
    fact = only(north_rock, "Keepers")
    assert fact.status is Status.STATED
    assert [passage.number for passage in fact.passages] == [3]
    (derivation,) = fact.derivations
    assert [passage.number for passage in derivation.passages] == [3]


def test_an_inferred_fact_leads_to_every_sentence_it_rests_on(north_rock: Thing) -> None:
    facts = {fact.other.label: fact for fact in properties(north_rock)["administered from"].facts}
    fact = facts["Île Merrow"]
    assert fact.status is Status.INFERRED
    assert not fact.passages
    (derivation,) = fact.derivations
    assert [passage.number for passage in derivation.passages] == [2, 5]


def test_an_editorial_fact_is_told_apart(graph: Graph) -> None:
    fact = only(thing(graph, BASE + "id/place/ile-merrow", "en"), "Part of")
    assert fact.status is Status.EDITORIAL
    assert not fact.passages


def test_notes_about_a_thing_carry_their_words(graph: Graph) -> None:
    (note,) = thing(graph, BASE + "id/place/strait", "en").notes.others
    assert note.label == "Where the island is"
    assert [kind.label for kind in note.kinds] == ["editorial note"]
    assert "takes for granted" in note.words[0][1]


def test_what_points_to_a_thing_is_counted(graph: Graph) -> None:
    by_label = {entry.predicate.label: entry for entry in thing(graph, ADA_QUILL, "en").incoming}
    assert by_label["keeper"].total == len(by_label["keeper"].facts) == 2
    assert "subject" not in by_label, "derivations vouch for facts and are no facts of the thing"
    assert "object" not in by_label
    keeper = by_label["keeper"].facts[0]
    assert keeper.other.label == "Ada Quill as keeper of North Rock Light"
    assert [passage.number for passage in keeper.passages] == [3]


def test_properties_under_a_standard_name_give_other_names(
    lights_copy: Path, tmp_path: Path
) -> None:
    for path, added in {
        "ontology/lights.ttl": "lights:statedName rdfs:subPropertyOf foaf:name .",
        "ontology/alignments.ttl": "foaf:name a owl:DatatypeProperty .",
    }.items():
        file = lights_copy / path
        file.write_text(f"{file.read_text('utf-8')}\n{added}\n", "utf-8")
    facts = lights_copy / "data/ile-merrow/facts.trig"
    stated = 'lights:statedName "North Rock Light"@en'
    text = facts.read_text("utf-8")
    assert stated in text
    facts.write_text(text.replace(stated, f'{stated} , "North Rock"@en'), "utf-8")
    settings = load({"project": lights_copy, "releases": tmp_path / "releases"}, {})

    def errors_elsewhere(*_: object) -> list[object]:
        return []

    project = sources.load(lights_copy)
    release = build(project, settings, errors_elsewhere, describe_release)  # type: ignore[arg-type]
    view = thing(Graph(release.store, release.base), NORTH_ROCK, "en")
    assert view.names == ("North Rock",)


def test_a_passage_stands_in_its_text(graph: Graph) -> None:
    passage = read(graph, BASE + "passage/2")
    assert passage is not None
    assert passage.text.label == "Lights of Île Merrow"
    assert (passage.begin, passage.end, passage.count) == (22, 89, 7)
    assert passage.previous is not None
    assert passage.next is not None
    assert (passage.previous.number, passage.next.number) == (1, 3)
    subject = passage.subjects[0]
    assert subject.subject.label == "North Rock Light"
    assert [entry.predicate.label for entry in subject.properties] == [
        "type",
        "Name as printed",
        "Lit in",
        "Ordered by",
    ]


def test_the_first_and_the_last_passage_have_one_neighbour(graph: Graph) -> None:
    first, last = read(graph, BASE + "passage/1"), read(graph, BASE + "passage/7")
    assert first is not None
    assert last is not None
    assert first.previous is None
    assert last.next is None
    assert last.subjects == ()
    assert read(graph, NORTH_ROCK) is None


def test_an_unknown_thing_is_told(graph: Graph) -> None:
    assert not is_known(graph, BASE + "id/light/none")
    assert not is_known(graph, "no IRI")
    assert head(graph, BASE + "id/light/none") is None
    with pytest.raises(UnknownEntity, match="id/light/none"):
        thing(graph, BASE + "id/light/none", "en")


def test_a_graph_is_known_even_if_nothing_speaks_of_it(graph: Graph) -> None:
    assert is_known(graph, BASE + "graph/shapes")
    assert thing(graph, BASE + "graph/shapes", "en").label == f"{BASE}graph/shapes"


@pytest.mark.parametrize(
    "path",
    ["id/mechanism/crccme", "id/country/china", "id/organization/cccme", "id/note/labels"],
)
def test_a_page_needs_few_queries(mechanisms_release: Release, path: str) -> None:
    graph = CountingGraph(
        mechanisms_release.store, mechanisms_release.base, mechanisms_release.naming
    )
    graph.warm_up()
    graph.query_count = 0
    head(graph, graph.base + path)
    thing(graph, graph.base + path, "en")
    assert graph.query_count <= MOST_QUERIES


def test_of_very_many_values_the_first_are_shown_and_the_others_counted() -> None:
    many, few = MOST_FACTS + 500, 3
    quads = [
        Quad(node("hub"), node(prop), node(f"{prop}-{number}"), node("g"))
        for prop, count in (("many", many), ("few", few))
        for number in range(count)
    ]
    (group,) = thing(graph_of(*quads), "urn:x:hub", "en").groups
    by_term = {entry.predicate.term: entry for entry in group.properties}
    assert len(by_term[node("few")].facts) == few
    assert len(by_term[node("many")].facts) == FIRST_FACTS
    assert by_term[node("many")].more == many - FIRST_FACTS


def sentences(count: int) -> list[Quad]:
    """Return a fact that so many sentences state, and their words."""
    return [
        quad
        for number in range(count)
        for quad in (
            Quad(node("hub"), node("p"), node("end"), node(f"s{number:05}")),
            Quad(node(f"s{number:05}"), OA.exact, Literal(f"Sentence {number}."), node("words")),
        )
    ]


def test_of_a_fact_that_very_many_sentences_state_the_first_are_quoted() -> None:
    many = 3000
    graph = CountingGraph(OxigraphStore(store_of(sentences(many)), {}), "urn:x:")
    graph.warm_up()
    graph.query_count = 0
    ((entry,),) = (group.properties for group in thing(graph, "urn:x:hub", "en").groups)
    (fact,) = entry.facts
    assert graph.query_count <= MOST_QUERIES, "each thousand of graphs to name is one more query"
    assert fact.status is Status.STATED
    assert [passage.iri for passage in fact.passages] == [
        f"urn:x:s{number:05}" for number in range(MOST_STATINGS)
    ]
    assert fact.left_out is not None
    assert fact.left_out.count == many - MOST_STATINGS
    assert fact.left_out.query is not None
    assert len(graph.rows(fact.left_out.query).rows) == many


def test_the_editors_word_counts_beside_very_many_graphs() -> None:
    last = NamedNode("urn:x:graph/editorial")
    quads = [Quad(node("hub"), node("p"), node("end"), node(f"a{n}")) for n in range(100)]
    graph = graph_of(*quads, Quad(node("hub"), node("p"), node("end"), last))
    ((entry,),) = (group.properties for group in thing(graph, "urn:x:hub", "en").groups)
    assert graph.editorial == last
    assert [fact.status for fact in entry.facts] == [Status.EDITORIAL]


def test_a_page_tells_that_more_graphs_state_its_facts_than_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("graphsvc.views.thing.answers.MOST_ROWS", 100)
    assert thing(graph_of(*sentences(100)), "urn:x:hub", "en").is_cut
    assert not thing(graph_of(*sentences(99)), "urn:x:hub", "en").is_cut


def test_of_very_much_that_points_to_a_thing_the_first_is_shown_and_all_is_counted() -> None:
    many = MOST_POINTING + 500
    quads = [Quad(node(f"from-{n}"), node("p"), node("hub"), node("g")) for n in range(many)]
    quads.append(Quad(node("one"), node("q"), node("hub"), node("g")))
    entries = {
        each.predicate.term: each for each in thing(graph_of(*quads), "urn:x:hub", "en").incoming
    }
    assert entries[node("p")].total == many
    assert (
        len(entries[node("p")].facts) == len({f.other.iri for f in entries[node("p")].facts}) == 5
    )
    assert [fact.other.iri for fact in entries[node("q")].facts] == ["urn:x:one"]


def test_any_graph_has_pages_without_shapes_notes_or_passages() -> None:
    quads = [
        Quad(node("a"), RDF.type, node("Class"), node("g")),
        Quad(node("a"), node("p"), Literal("1"), node("g")),
        Quad(node("a"), node("p"), Literal("1"), node("h")),
        Quad(node("Class"), RDFS.label, Literal("A class", language="en"), node("g")),
    ]
    view = thing(graph_of(*quads), "urn:x:a", "de")
    (group,) = view.groups
    entries = {entry.predicate.term: entry for entry in group.properties}
    (fact,) = entries[node("p")].facts
    assert fact.status is Status.RECORDED
    assert [each.other.label for each in view.types] == ["A class"]
    assert view.unstated is None
    assert not view.notes.others


def test_a_fact_of_a_graph_with_words_is_stated() -> None:
    quads = [
        Quad(node("a"), node("p"), Literal("1"), node("sentence")),
        Quad(node("sentence"), OA.exact, Literal("It is 1."), node("g")),
    ]
    ((entry,),) = (group.properties for group in thing(graph_of(*quads), "urn:x:a", "en").groups)
    (fact,) = entry.facts
    assert fact.status is Status.STATED
    assert [passage.quote for passage in fact.passages] == ["It is 1."]
