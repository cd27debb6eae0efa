"""What the graph says about a thing: labels, order, evidence, what points to it, documents."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode

from graphsvc import sources
from graphsvc.build import build
from graphsvc.description import describe as describe_release
from graphsvc.entities import (
    Catalogue,
    Imprint,
    Status,
    called,
    classes,
    dataset,
    describe,
    draft,
    incoming,
    known,
    reading,
    text_passages,
    texts,
)
from graphsvc.entities.labels import Labels, best, local_words
from graphsvc.errors import UnknownEntity
from graphsvc.namespaces import DCTERMS, FOAF, PROV, RDF, VOID
from graphsvc.settings import load

if TYPE_CHECKING:
    from pathlib import Path

    from pyoxigraph import Quad

    from graphsvc.entities import Entity, Fact, PropertyFacts
    from graphsvc.release import Release

BASE = "https://example.org/lights/"
TERMS = BASE + "ontology#"
NORTH_ROCK = BASE + "id/light/north-rock"
ADA_QUILL = BASE + "id/person/ada-quill"
SPO2 = "http://www.w3.org/TR/owl2-profiles/#prp-spo2"


@pytest.fixture(scope="module")
def catalogue(lights_release: Release) -> Catalogue:
    return Catalogue(lights_release.store, lights_release.base)


@pytest.fixture(scope="module")
def north_rock(catalogue: Catalogue) -> Entity:
    return describe(catalogue, NORTH_ROCK)


def properties(entity: Entity) -> dict[str, PropertyFacts]:
    return {entry.predicate.label: entry for group in entity.groups for entry in group.properties}


def only(entity: Entity, label: str) -> Fact:
    (fact,) = properties(entity)[label].facts
    return fact


def test_a_thing_has_its_label_and_its_types(north_rock: Entity) -> None:
    assert north_rock.label == "North Rock Light"
    assert north_rock.language == "en"
    types = {fact.other.label: fact.status for fact in north_rock.types}
    assert types == {"light": Status.STATED, "lighthouse": Status.INFERRED}


def test_shapes_give_the_groups_the_names_and_the_order(north_rock: Entity) -> None:
    shown = [
        (group.label, [entry.predicate.label for entry in group.properties])
        for group in north_rock.groups
    ]
    assert shown[:2] == [
        ("Names", ["Name as printed"]),
        ("History", ["Lit in", "Ordered by", "Keepers", "Opposite"]),
    ]
    label, rest = shown[2]
    assert label == "", "the last group holds what no shape places"
    assert rest == ["administered from", "came about through", "has keepership", "type"]


def test_a_stated_fact_cites_its_sentence(north_rock: Entity) -> None:
    fact = only(north_rock, "Lit in")
    assert fact.status is Status.STATED
    (passage,) = fact.passages
    assert passage.number == 2
    assert passage.quote == "North Rock Light was lit in 1871 on the order of the Harbour Board."
    assert fact.other.iri is None
    assert only(north_rock, "Ordered by").other.iri == BASE + "id/body/harbour-board"


def test_a_shortcut_is_stated_where_its_steps_are_and_tells_its_rule(north_rock: Entity) -> None:
    fact = only(north_rock, "Keepers")
    assert fact.status is Status.STATED
    assert [passage.number for passage in fact.passages] == [3]
    (derivation,) = fact.derivations
    assert derivation.rule == SPO2
    assert [passage.number for passage in derivation.passages] == [3]


def test_an_inferred_fact_leads_to_every_sentence_it_rests_on(north_rock: Entity) -> None:
    facts = {fact.other.label: fact for fact in properties(north_rock)["administered from"].facts}
    fact = facts["Île Merrow"]
    assert fact.status is Status.INFERRED
    assert not fact.passages
    (derivation,) = fact.derivations
    assert [passage.number for passage in derivation.passages] == [2, 5]
    assert derivation.axiom is not None
    assert derivation.axiom.label == "administered from"


def test_an_editorial_fact_is_told_apart(catalogue: Catalogue) -> None:
    fact = only(describe(catalogue, BASE + "id/place/ile-merrow"), "Part of")
    assert fact.status is Status.EDITORIAL
    assert not fact.passages


def test_notes_about_a_thing_carry_their_words(catalogue: Catalogue) -> None:
    (note,) = describe(catalogue, BASE + "id/place/strait").notes
    assert note.label == "Where the island is"
    assert [kind.label for kind in note.kinds] == ["editorial note"]
    assert "takes for granted" in note.words[0][1]


def test_what_points_to_a_thing_is_counted(catalogue: Catalogue) -> None:
    found = {entry.predicate.label: entry for entry in describe(catalogue, ADA_QUILL).incoming}
    assert found["keeper"].total == len(found["keeper"].facts) == 2
    assert "subject" not in found, "derivations vouch for facts and are no facts of the thing"
    assert "object" not in found
    keeper = found["keeper"].facts[0]
    assert keeper.other.label == "Ada Quill as keeper of North Rock Light"
    assert [passage.number for passage in keeper.passages] == [3]


def test_a_long_list_comes_in_pages_that_lose_nothing(mechanisms_release: Release) -> None:
    catalogue = Catalogue(mechanisms_release.store, mechanisms_release.base)
    cls = mechanisms_release.base + "ontology#Passage"
    first = incoming(catalogue, cls, RDF.type.value)
    listed = [
        fact.other.iri
        for page in range(1, first.pages + 1)
        for fact in incoming(catalogue, cls, RDF.type.value, page).facts
    ]
    assert first.pages == 2
    assert len(listed) == len(set(listed)) == first.total == 35
    assert not incoming(catalogue, cls, RDF.type.value, first.pages + 1).facts


def test_unknown_things_are_told(catalogue: Catalogue) -> None:
    assert not known(catalogue.store, BASE + "id/light/none")
    with pytest.raises(UnknownEntity, match="id/light/none"):
        describe(catalogue, BASE + "id/light/none")
    with pytest.raises(UnknownEntity):
        draft(catalogue, BASE + "id/light/none").document(imprint(catalogue))


def test_a_graph_is_known_even_if_nothing_speaks_of_it(catalogue: Catalogue) -> None:
    assert known(catalogue.store, BASE + "graph/shapes")


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
    shown = describe(Catalogue(release.store, release.base), NORTH_ROCK)
    assert shown.names == ("North Rock",)


def test_a_passage_stands_in_its_text(catalogue: Catalogue) -> None:
    found = reading(catalogue, BASE + "passage/2")
    assert found is not None
    assert found.text.label == "Lights of Île Merrow"
    assert (found.begin, found.end, found.count) == (22, 89, 7)
    assert found.previous is not None
    assert found.next is not None
    assert (found.previous.number, found.next.number) == (1, 3)
    subject = found.subjects[0]
    assert subject.subject.label == "North Rock Light"
    assert [entry.predicate.label for entry in subject.properties] == [
        "type",
        "Name as printed",
        "Lit in",
        "Ordered by",
    ]


def test_the_first_and_the_last_passage_have_one_neighbour(catalogue: Catalogue) -> None:
    first, last = reading(catalogue, BASE + "passage/1"), reading(catalogue, BASE + "passage/7")
    assert first is not None
    assert last is not None
    assert first.previous is None
    assert last.next is None
    assert last.subjects == ()
    assert reading(catalogue, NORTH_ROCK) is None


def test_a_text_is_read_in_paragraphs(catalogue: Catalogue) -> None:
    paragraphs = text_passages(catalogue, BASE + "source/ile-merrow")
    assert [[line.passage.number for line in lines] for lines in paragraphs] == [
        [1],
        [2, 3, 4],
        [5, 6],
        [7],
    ]
    assert paragraphs[-1][0].facts == 0
    assert paragraphs[1][0].facts == 6
    assert text_passages(catalogue, NORTH_ROCK) == []


def test_the_overview_counts(catalogue: Catalogue) -> None:
    (text,) = texts(catalogue)
    assert (text.document.label, text.passages) == ("Lights of Île Merrow", 7)
    counts = {entry.cls.label: entry for entry in classes(catalogue)}
    assert counts["person"].count == 2
    assert {sub.cls.label: sub.count for sub in counts["passage"].subclasses} == {
        "furniture": 1,
        "heading": 1,
        "sentence": 5,
    }
    both = [name for name in ("light", "lighthouse") if name in counts]
    assert len(both) == 2, "equivalent classes stand side by side"


def test_the_dataset_says_what_it_is(catalogue: Catalogue) -> None:
    found = dataset(catalogue)
    assert found.iri == BASE + "dataset"
    assert found.licence == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert found.title


def imprint(catalogue: Catalogue) -> Imprint:
    return Imprint(dataset(catalogue), "0123456789abcdef", datetime(2026, 11, 24, tzinfo=UTC))


def is_named(quad: Quad) -> bool:
    return not isinstance(quad.subject, BlankNode) and not isinstance(quad.object, BlankNode)


def test_a_document_holds_every_fact_where_it_is_stated(catalogue: Catalogue) -> None:
    written = draft(catalogue, NORTH_ROCK).document(imprint(catalogue))
    node = NamedNode(NORTH_ROCK)
    stored = {quad for quad in catalogue.store.quads() if node in (quad.subject, quad.object)}
    assert stored <= set(written.quads())
    own = NamedNode(BASE + "doc/id/light/north-rock")
    said = {(quad.predicate, quad.object) for quad in written.quads() if quad.subject == own}
    assert (FOAF.primaryTopic, node) in said
    assert (VOID.inDataset, NamedNode(BASE + "dataset")) in said
    assert any(predicate == DCTERMS.license for predicate, _ in said)


def test_formats_without_graphs_say_which_passage_claims_what(catalogue: Catalogue) -> None:
    written = draft(catalogue, NORTH_ROCK).document(imprint(catalogue))
    triples = written.triples()
    assert {quad.triple for quad in written.quads()} <= set(triples)
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


def test_the_document_of_a_passage_holds_what_it_states(catalogue: Catalogue) -> None:
    iri = BASE + "passage/3"
    written = draft(catalogue, iri).document(imprint(catalogue))
    assert set(catalogue.store.quads(iri)) <= set(written.quads())


def test_the_ontology_document_is_the_whole_ontology(catalogue: Catalogue) -> None:
    written = draft(catalogue, catalogue.ontology.value).document(imprint(catalogue))
    stored = list(catalogue.store.quads(BASE + "graph/ontology"))
    assert set(filter(is_named, stored)) <= set(written.quads())
    # Blank nodes have other names here, but there are as many.
    there = [quad for quad in written.stated if quad.graph_name == stored[0].graph_name]
    assert len(there) == len(stored)


def test_labels_are_chosen_by_language_then_by_property() -> None:
    thing = NamedNode("https://example.org/x")
    labels = Labels()
    labels.add(thing, Literal("Feuer", language="de"), 0)
    labels.add(thing, Literal("light", language="en"), 1)
    labels.add(thing, Literal("lux"), 0)
    assert [labels.name(thing, wanted).label for wanted in ("de", "de-CH", "en-GB", "fr")] == [  # type: ignore[union-attr]
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
        ("https://example.org/ns#initiatedBy", "initiated by"),
        ("https://example.org/id/north-rock/", "north rock"),
        ("https://example.org/passage/08", "08"),
        ("https://example.org/ns#URI", "URI"),
        ("urn:x", "urn:x"),
        ("#", "#"),
    ],
)
def test_a_thing_without_a_label_is_called_by_its_iri(iri: str, words: str) -> None:
    assert local_words(iri) == words


def test_whatever_has_a_label_is_called_by_it(catalogue: Catalogue) -> None:
    assert called(catalogue, ADA_QUILL).label == "Ada Quill"
    assert called(catalogue, BASE + "graph/shapes").label == "shapes"
