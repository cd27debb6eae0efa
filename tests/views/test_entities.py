"""What the graph says: labels, the overview, documents."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode

from graphsvc.errors import UnknownEntity
from graphsvc.namespaces import DCTERMS, FOAF, PROV, RDF, VOID, Prefixes
from graphsvc.views.dataset import dataset
from graphsvc.views.document import Imprint, draft
from graphsvc.views.home import home
from graphsvc.views.labels import Labels, best, spell_term
from graphsvc.views.names import Names

if TYPE_CHECKING:
    from pyoxigraph import Quad

    from graphsvc.release import Release
    from graphsvc.views.graph import Graph

BASE = "https://example.org/lights/"
TERMS = BASE + "ontology#"
NORTH_ROCK = BASE + "id/light/north-rock"
ADA_QUILL = BASE + "id/person/ada-quill"
SPO2 = "http://www.w3.org/TR/owl2-profiles/#prp-spo2"


def test_unknown_things_have_no_document(graph: Graph) -> None:
    with pytest.raises(UnknownEntity):
        draft(graph, BASE + "id/light/none").document(imprint(graph))


def test_the_overview_counts(graph: Graph) -> None:
    view = home(graph, "en")
    (text,) = view.texts
    assert (text.document.label, text.passages) == ("Lights of Île Merrow", 7)
    counts = {entry.cls.label: entry for entry in view.classes}
    assert counts["person"].count == 2
    assert {sub.cls.label: sub.count for sub in counts["passage"].subclasses} == {
        "furniture": 1,
        "heading": 1,
        "sentence": 5,
    }
    both = [name for name in ("light", "lighthouse") if name in counts]
    assert len(both) == 2, "equivalent classes stand side by side"


def test_the_dataset_says_what_it_is(graph: Graph) -> None:
    view = dataset(graph, "en")
    assert view.iri == BASE + "dataset"
    assert view.licence == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert view.title


def imprint(graph: Graph) -> Imprint:
    return Imprint(dataset(graph, "en"), "0123456789abcdef", datetime(2026, 11, 24, tzinfo=UTC))


def is_named(quad: Quad) -> bool:
    return not isinstance(quad.subject, BlankNode) and not isinstance(quad.object, BlankNode)


def test_a_document_holds_every_fact_where_it_is_stated(
    lights_release: Release, graph: Graph
) -> None:
    document = draft(graph, NORTH_ROCK).document(imprint(graph))
    node = NamedNode(NORTH_ROCK)
    stored = {quad for quad in lights_release.store.quads() if node in (quad.subject, quad.object)}
    assert stored <= set(document.quads())
    own = NamedNode(BASE + "doc/id/light/north-rock")
    pairs = {(quad.predicate, quad.object) for quad in document.quads() if quad.subject == own}
    assert (FOAF.primaryTopic, node) in pairs
    assert (VOID.inDataset, NamedNode(BASE + "dataset")) in pairs
    assert any(predicate == DCTERMS.license for predicate, _ in pairs)


def test_formats_without_graphs_say_which_passage_claims_what(graph: Graph) -> None:
    document = draft(graph, NORTH_ROCK).document(imprint(graph))
    triples = document.triples()
    assert {quad.triple for quad in document.quads()} <= set(triples)
    claims = [triple for triple in triples if triple.predicate == PROV.hadPrimarySource]
    lit = next(
        triple.subject
        for triple in triples
        if triple.predicate == RDF.predicate
        and triple.object == NamedNode(TERMS + "litIn")
        and isinstance(triple.subject, NamedNode)
        and "#" in triple.subject.value
    )
    assert (lit, NamedNode(BASE + "passage/2")) in [(one.subject, one.object) for one in claims]


def test_the_document_of_a_passage_holds_what_it_states(
    lights_release: Release, graph: Graph
) -> None:
    iri = BASE + "passage/3"
    document = draft(graph, iri).document(imprint(graph))
    assert set(lights_release.store.quads(iri)) <= set(document.quads())


def test_the_ontology_document_is_the_whole_ontology(lights_release: Release, graph: Graph) -> None:
    document = draft(graph, BASE + "ontology").document(imprint(graph))
    stored = list(lights_release.store.quads(BASE + "graph/ontology"))
    assert set(filter(is_named, stored)) <= set(document.quads())
    # Blank nodes have other names here, but there are as many.
    there = [quad for quad in document.stated if quad.graph_name == stored[0].graph_name]
    assert len(there) == len(stored)


def test_labels_are_chosen_by_language_then_by_property() -> None:
    thing = NamedNode("https://example.org/x")
    labels = Labels()
    labels.add(thing, Literal("Feuer", language="de"), 0)
    labels.add(thing, Literal("light", language="en"), 1)
    labels.add(thing, Literal("lux"), 0)
    assert [labels.name(thing, language).label for language in ("de", "de-CH", "en-GB", "fr")] == [  # type: ignore[union-attr]
        "Feuer",
        "Feuer",
        "light",
        "lux",
    ]
    assert labels.name(NamedNode("https://example.org/y"), "en") is None
    assert best([], "en") == ""


@pytest.mark.parametrize(
    ("iri", "words"),
    [
        ("https://example.org/ns#initiatedBy", "ex:initiatedBy"),
        ("https://example.org/id/north-rock/", "https://example.org/id/north-rock/"),
        ("https://example.org/statement/Q42$F7E900-b8", "s:Q42$F7E900-b8"),
        ("https://example.org/ns#A0E0L2I0M1H0T-2D0", "ex:A0E0L2I0M1H0T-2D0"),
        ("https://example.org/ns#", "https://example.org/ns#"),
        ("urn:x", "urn:x"),
    ],
)
def test_a_thing_without_a_label_is_called_by_its_iri(iri: str, words: str) -> None:
    prefixes = Prefixes({"ex": "https://example.org/ns#", "s": "https://example.org/statement/"})
    assert spell_term(NamedNode(iri), prefixes).label == words


def test_whatever_has_a_label_is_called_by_it(graph: Graph) -> None:
    ada, shapes = NamedNode(ADA_QUILL), NamedNode(BASE + "graph/shapes")
    names = Names(graph, [ada, shapes], "en")
    assert (names[ada].label, names[shapes].label) == ("Ada Quill", f"{BASE}graph/shapes")
