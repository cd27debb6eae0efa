"""The vocabulary: every term with all that the ontology says of it, and the pictures of it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from graphsvc import settings, sparql
from graphsvc.errors import UnknownEntity
from graphsvc.namespaces import Prefixes
from graphsvc.naming import Naming
from graphsvc.pictures.layers import layer_layout
from graphsvc.queries import load_queries
from graphsvc.store.oxigraph import OxigraphStore
from graphsvc.store.union import store_of
from graphsvc.views.graph import Graph
from graphsvc.views.vocabulary import vocabulary
from graphsvc.web.app import create_app
from graphsvc.web.site import questions_by_term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.release import Release
    from graphsvc.views.model import Expression
    from graphsvc.views.vocabulary.diagram import Drawing
    from graphsvc.views.vocabulary.model import Branch, Vocabulary, VocabularyTerm

LIGHTS = "https://example.org/lights/ontology#"


def read(release: Release) -> Vocabulary:
    questions = questions_by_term(load_queries(release.queries), release.prefixes)
    return vocabulary(Graph(release.store, release.base), questions, release.prefixes, "en")


@pytest.fixture(scope="module")
def lights(lights_release: Release) -> Vocabulary:
    return read(lights_release)


@pytest.fixture(scope="module")
def mechanisms(mechanisms_release: Release) -> Vocabulary:
    return read(mechanisms_release)


def words(expression: Expression) -> str:
    return "".join(part if isinstance(part, str) else part.label for part in expression)


def relations(entry: VocabularyTerm) -> dict[str, list[str]]:
    return {row.label: [words(value) for value in row.values] for row in entry.relations}


def term(vocabulary: Vocabulary, name: str) -> VocabularyTerm:
    (match,) = (
        entry
        for section in vocabulary.sections
        for entry in section.terms
        if entry.fragment == name
    )
    return match


def test_every_term_is_there_and_defined(mechanisms_release: Release) -> None:
    vocabulary = read(mechanisms_release)
    rows = mechanisms_release.store.select(
        "SELECT DISTINCT ?ontology ?term { ?term rdfs:isDefinedBy ?ontology }",
        {"ontology": NamedNode(mechanisms_release.base + "ontology")},
    )
    listed = [entry for section in vocabulary.sections for entry in section.terms]
    assert {entry.term.term for entry in listed} == {row["term"] for row in rows}
    assert len(listed) == len({entry.iri for entry in listed}) > 100
    assert all(entry.definition and entry.examples for entry in listed)
    assert [section.title for section in vocabulary.sections] == [
        "Classes",
        "Object properties",
        "Datatype properties",
        "Annotation properties",
    ]


def test_a_term_says_what_it_is_related_to_both_ways(lights: Vocabulary) -> None:
    assert relations(term(lights, "Passage"))["Subclasses"] == ["furniture", "heading", "sentence"]
    assert relations(term(lights, "Heading"))["Superclass"] == ["passage"]
    assert relations(term(lights, "Heading"))["Disjoint with"] == ["furniture", "sentence"]
    assert relations(term(lights, "Lighthouse"))["Equivalent"] == ["light"]
    assert relations(term(lights, "keepershipOf"))["Inverse"] == ["has keepership"]
    assert relations(term(lights, "Keepership"))["In the domain of"] == ["keeper", "keepership of"]
    assert relations(term(lights, "Keepership"))["In the range of"] == ["has keepership"]
    relations_of_kept_by = relations(term(lights, "keptBy"))
    assert relations_of_kept_by["Follows"] == [
        "wherever has keepership, then keeper leads from one thing to another"
    ]
    assert relations(term(lights, "keeper"))["Step of the chain of"] == ["kept by"]


def test_what_a_property_is_stands_beside_it(lights: Vocabulary) -> None:
    assert term(lights, "partOf").characteristics == ("transitive",)
    assert term(lights, "opposite").characteristics == ("symmetric",)
    assert term(lights, "keeper").characteristics == ()


def test_uses_are_counted(lights: Vocabulary, lights_release: Release) -> None:
    count = lights_release.store.select(
        "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p",
        {"p": NamedNode(lights_release.base + "ontology#keptBy")},
    )
    ((_, number),) = count.rows
    assert term(lights, "keptBy").uses == int(getattr(number, "value", 0)) > 0
    assert (term(lights, "Light").uses or 0) > 0


def test_a_term_names_the_queries_that_use_it(lights: Vocabulary) -> None:
    names = [question.name for question in term(lights, "keptBy").questions]
    assert names == ["keepers", "what-the-terms-are-used-for"]


def test_every_term_is_in_a_query(mechanisms: Vocabulary) -> None:
    unused = [
        entry.fragment
        for section in mechanisms.sections
        for entry in section.terms
        if not entry.questions
    ]
    assert unused == []


def test_the_ontology_says_what_it_is(mechanisms: Vocabulary) -> None:
    about = {row.label: [words(value) for value in row.values] for row in mechanisms.about}
    assert about["Version"] == ["1.1.0"]
    assert about["Preferred prefix"] == ["iwm"]
    assert "Licence" in about
    assert mechanisms.description


def test_the_tree_has_every_class_with_its_properties(mechanisms: Vocabulary) -> None:
    (party,) = (branch for branch in mechanisms.tree if branch.term.label == "party")
    assert [below.term.label for below in party.branches] == [
        "body",
        "group without names",
        "person",
        "place",
    ]
    for picture in (mechanisms.pictures.tree, mechanisms.pictures.upright):
        assert picture is not None
        assert len(picture.boxes) == len(mechanisms.sections[0].terms)


def test_the_narrow_tree_has_the_width_of_a_phone(mechanisms: Vocabulary) -> None:
    picture = mechanisms.pictures.upright
    assert picture is not None
    assert picture.width <= 328
    # A class is to the right of its superclass, and below it.
    assert len(picture.lines) == sum(len(branch.branches) for branch in _all(mechanisms.tree))


def _all(branches: Sequence[Branch]) -> list[Branch]:
    return [each for branch in branches for each in (branch, *_all(branch.branches))]


ODD = f"""
@prefix : <{LIGHTS}> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
:p a owl:ObjectProperty, owl:FunctionalProperty, owl:IrreflexiveProperty ;
   rdfs:domain [ owl:unionOf ( :Light :Body ) ] ;
   rdfs:range [ owl:complementOf [ owl:intersectionOf ( :Place :Light ) ] ] ;
   skos:scopeNote "of harbours"@en , "de ports"@fr ; rdfs:comment "as defined"@en ;
   skos:closeMatch <https://example.org/other#p> .
:Light a owl:Class ; rdfs:subClassOf
   [ owl:onProperty :p ; owl:someValuesFrom :Place ] ,
   [ owl:onProperty [ owl:inverseOf :p ] ; owl:maxQualifiedCardinality 1 ; owl:onClass :Body ] ,
   [ owl:onProperty :p ] , [ :unheard :of ] ; owl:hasKey ( :p :q ) .
:Hen a owl:Class ; rdfs:subClassOf :Egg . :Egg a owl:Class ; rdfs:subClassOf :Hen .
:Loop a owl:Class ; rdfs:subClassOf _:loop . _:loop owl:complementOf _:loop .
:Ring a owl:Class ; rdfs:subClassOf [ owl:oneOf _:ring ] .
_:ring <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> :a ;
   <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> _:ring .
"""


def graph_of(text: str) -> Graph:
    quads = (
        Quad(each.subject, each.predicate, each.object, NamedNode(f"{LIGHTS}graph"))
        for each in parse(text, format=RdfFormat.TURTLE)
    )
    naming = Naming(prefixes=Prefixes({"l": LIGHTS}))
    return Graph(OxigraphStore(store_of(quads), {}), "https://example.org/lights/", naming)


def of_turtle(text: str) -> Vocabulary:
    return vocabulary(graph_of(text), {}, Prefixes(), "en")


@pytest.fixture(scope="module")
def odd() -> Vocabulary:
    return of_turtle(ODD)


def test_nameless_classes_are_told_in_words(odd: Vocabulary) -> None:
    relations_of_p = relations(term(odd, "p"))
    assert relations_of_p["Domain"] == ["l:Light or l:Body"]
    assert relations_of_p["Range"] == ["not (l:Place and l:Light)"]
    assert relations_of_p["Has close match"] == ["https://example.org/other#p"]
    light = relations(term(odd, "Light"))
    assert light["Superclass"] == [
        "[l:unheard l:of]",
        "inverse l:p max 1 l:Body",
        "l:p",
        "l:p some l:Place",
    ]
    assert light["Told apart by"] == ["l:p with l:q"]
    assert light["In the domain of"] == ["l:p"]


def test_what_runs_in_a_circle_ends(odd: Vocabulary) -> None:
    assert relations(term(odd, "Loop"))["Superclass"][0].count("something without a name") == 1
    assert relations(term(odd, "Ring"))["Superclass"] == ["{l:a}"]
    # Of two classes under each other each is in the tree.
    assert {"l:Hen", "l:Egg"} <= {branch.term.label for branch in _all(odd.tree)}


def test_notes_are_in_the_language_of_the_reader(odd: Vocabulary) -> None:
    entry = term(odd, "p")
    assert entry.definition == "as defined"
    assert [(note.label, note.text) for note in entry.notes] == [("scope note", "of harbours")]
    assert entry.characteristics == ("functional: one value at most", "irreflexive")


def test_any_graph_has_a_vocabulary() -> None:
    vocabulary = of_turtle(
        """
        @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        @prefix other: <https://other.example/> .
        other:Boat a rdfs:Class ; rdfs:label "boat" ; rdfs:comment "It floats." .
        other:owner a rdf:Property ; rdfs:label "owner" ; rdfs:domain other:Boat .
        other:name a rdf:Property .
        """
    )
    assert vocabulary.ontology is None
    assert [(each.title, each.terms[0].term.label) for each in vocabulary.sections] == [
        ("Classes", "boat"),
        ("Properties", "owner"),
    ]
    assert vocabulary.tree[0].properties == (vocabulary.sections[1].terms[0].term,)
    # Nothing has counted how often they are used.
    assert vocabulary.sections[0].terms[0].uses is None
    (used,) = vocabulary.in_use
    assert used.namespace == "https://other.example/"
    assert [term.term.value.rpartition("/")[2] for term in used.terms] == ["Boat", "name", "owner"]
    assert all(term.is_declared and not term.count for term in used.terms)


def test_a_large_vocabulary_has_pages() -> None:
    many = "".join(
        f':C{n} a owl:Class ; rdfs:label "class {n}" ; rdfs:subClassOf :C{n // 7} .\n'
        for n in range(1, 3000)
    )
    graph = graph_of(ODD[: ODD.index(":p a")] + many)
    first, last = (vocabulary(graph, {}, Prefixes(), "en", page) for page in (1, 60))
    assert first.pages == 60
    (section,) = last.sections
    assert (section.total, len(section.terms)) == (2999, 49)
    assert first.places[section.terms[0].term.term].page == 60
    assert (len(first.alphabet.terms), first.alphabet.more) == (2000, 999)
    assert first.more_classes == 999
    assert first.pictures.tree is None
    with pytest.raises(UnknownEntity):
        vocabulary(graph, {}, Prefixes(), "en", 61)


def test_a_page_that_there_is_not_is_not_found(lights_release: Release) -> None:
    client = create_app(lights_release, settings.load({}, {})).test_client()
    assert client.get("/ontology?page=2", headers={"Accept": "text/html"}).status_code == 404
    assert client.get("/ontology", headers={"Accept": "text/html"}).status_code == 200


def test_named_iris_are_those_of_the_code() -> None:
    text = (
        "PREFIX a: <https://a.example/> SELECT * { ?s a:b <https://c.example/> ; z:z 'a:d' } # a:e"
    )
    assert sparql.named_iris(text, {"z": "https://z.example/"}) == {
        "https://a.example/",
        "https://a.example/b",
        "https://c.example/",
        "https://z.example/z",
    }


GRAPHS = st.integers(1, 9).flatmap(
    lambda count: st.tuples(
        st.just(count),
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=14),
    )
)


@given(GRAPHS)
def test_a_layout_is_sound_for_any_graph(graph: tuple[int, list[tuple[int, int]]]) -> None:
    count, edges = graph
    heights = [20.0 + 5 * node for node in range(count)]
    layers = layer_layout(edges, heights)
    column = {node: at for at, nodes in enumerate(layers.columns) for node in nodes}
    assert set(range(count)) <= set(column)
    assert [(way[0], way[-1]) for way in layers.routes] == edges
    for way in layers.routes:
        steps = {abs(column[one] - column[other]) for one, other in pairwise(way)}
        assert steps <= ({1} if way[0] != way[-1] else {0})
    for nodes in layers.columns:
        _do_not_touch([(layers.middle[node], heights[node]) for node in nodes if node < count])
    assert layer_layout(edges, heights) == layers


def _do_not_touch(places: Sequence[tuple[float, float]]) -> None:
    for (one, tall), (other, small) in pairwise(places):
        assert other - one >= (tall + small) / 2 + 12 - 1e-6


def test_layers_run_from_left_to_right() -> None:
    layers = layer_layout([(0, 1), (1, 2), (0, 2)], [20.0] * 3)
    assert [nodes[0] for nodes in layers.columns] == [0, 1, 2]


def test_edges_that_need_not_cross_do_not() -> None:
    layers = layer_layout([(0, 4), (1, 3), (2, 5)], [20.0] * 6)
    left, right = layers.columns
    partner = {0: 4, 1: 3, 2: 5}
    assert [partner[node] for node in left] == right


@pytest.mark.parametrize("picture", ["tree", "upright", "network"])
def test_no_box_lies_on_another(mechanisms: Vocabulary, picture: str) -> None:
    drawing: Drawing = getattr(mechanisms.pictures, picture)
    boxes = drawing.boxes
    for number, one in enumerate(boxes):
        assert 0 <= one.x <= drawing.width - one.width
        assert 0 <= one.y <= drawing.height - one.height
        for other in boxes[:number]:
            apart_x = one.x >= other.x + other.width or other.x >= one.x + one.width
            apart_y = one.y >= other.y + other.height or other.y >= one.y + one.height
            assert apart_x or apart_y, (one, other)


def test_the_network_says_each_property_once(mechanisms: Vocabulary) -> None:
    names = [entry.iri for link in mechanisms.links for entry in link.properties]
    assert len(names) == len(set(names)) > 40
    picture = mechanisms.pictures.network
    assert picture is not None
    iris = {entry.iri for box in picture.boxes if not box.is_class for entry in box.terms}
    assert iris == set(names)
    # Of two inverses one is drawn, and no shortcut.
    ends = [str(name).rpartition("#")[2] for name in names]
    assert ("hasSecretariat" in ends) != ("secretariatOf" in ends)
    assert "secretariatProvidedBy" not in ends
