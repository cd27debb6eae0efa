"""SHACL: each result is a finding that names the thing, the path, the value and the place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from graphsvc.findings import Finding, Severity
from graphsvc.inference import materialise
from graphsvc.namespaces import graph_iri
from graphsvc.validation import ValidationContext, shapes

if TYPE_CHECKING:
    from graphsvc.sources import Project

LIGHTS = "https://example.org/lights/"
PREFIXES = f"""
@prefix : <{LIGHTS}ontology#> .
@prefix shape: <{LIGHTS}shape/> .
@prefix light: <{LIGHTS}id/light/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SHAPE = """
shape:Light a sh:NodeShape ; sh:targetClass :Light ; sh:property shape:Light-lit .
shape:Light-lit a sh:PropertyShape ; sh:path :lit ; sh:datatype xsd:nonNegativeInteger ;
    sh:message "Das Jahr als Zahl."@de , "Give the year as a number."@en .
"""


def judge(project: Project, shape: str, data: str) -> list[Finding]:
    quads = [
        ox.Quad(quad.subject, quad.predicate, quad.object, graph_iri(LIGHTS, graph))
        for graph, turtle in (("shapes", shape), ("editorial", data))
        for quad in ox.parse((PREFIXES + turtle).encode(), ox.RdfFormat.TURTLE)
    ]
    return list(shapes.findings(ValidationContext(project, quads)))


def test_data_that_fits_gives_nothing(lights: Project) -> None:
    data = 'light:north-rock a :Light ; :lit "1871"^^xsd:nonNegativeInteger .'
    assert judge(lights, SHAPE, data) == []


def test_a_violation_names_thing_path_value_and_shape(lights: Project) -> None:
    (finding,) = judge(lights, SHAPE, 'light:north-rock a :Light ; :lit "long ago"@en .')
    assert finding.check == "shacl"
    assert finding.severity is Severity.ERROR
    assert finding.entity == f"{LIGHTS}id/light/north-rock"
    assert finding.message == (
        "light:north-rock lights:lit “long ago”@en — Give the year as a number."
    )
    assert "shape:Light-lit" in finding.remedy or "Light-lit" in finding.remedy
    assert finding.path == "data/ile-merrow/facts.trig"
    assert finding.line is not None


@pytest.mark.parametrize(
    ("constraint", "value", "sentence"),
    [
        ("sh:class :Light", "rdf:nil", "Each value must be of class lights:Light."),
        ("sh:datatype xsd:date", '"x"', "Each value must have the datatype xsd:date."),
        ("sh:nodeKind sh:IRI", '"x"', "Each value must be of kind sh:IRI."),
        ("sh:maxCount 1", "1 , 2", "Values allowed: at most 1."),
        ("sh:minCount 3", "1 , 2", "Values needed: at least 3."),
        ("sh:hasValue rdf:nil", "1", "One value must be rdf:nil."),
        ("sh:minLength 3", '"x"', 'String length not >= Literal("3", datatype=xsd:integer)'),
    ],
)
def test_a_shape_without_a_message_says_what_it_demands(
    lights: Project, constraint: str, value: str, sentence: str
) -> None:
    shape = f"""
shape:Light a sh:NodeShape ; sh:targetClass :Light ; sh:property shape:Light-lit .
shape:Light-lit a sh:PropertyShape ; sh:path :lit ; {constraint} .
"""
    (finding,) = judge(lights, shape, f"light:north-rock a :Light ; :lit {value} .")
    assert finding.message.partition(" — ")[2] == sentence


def test_a_subclass_is_held_to_the_shape(lights: Project) -> None:
    data = 'light:x a :Lighthouse ; :lit "long ago" . :Lighthouse rdfs:subClassOf :Light .'
    assert len(judge(lights, SHAPE, data)) == 1


def test_a_warning_stays_a_warning(lights: Project) -> None:
    shape = SHAPE.replace("sh:path", "sh:severity sh:Warning ; sh:path")
    (finding,) = judge(lights, shape, 'light:x a :Light ; :lit "long ago" .')
    assert finding.severity is Severity.WARNING


def test_a_rule_in_sparql_knows_the_project_s_prefixes(lights: Project) -> None:
    shape = """
    shape:Light a sh:NodeShape ; sh:targetClass :Light ; sh:sparql shape:rule .
    shape:rule a sh:SPARQLConstraint ; sh:prefixes <https://example.org/lights/ontology> ;
        sh:message "It is opposite itself." ;
        sh:select "SELECT $this WHERE { $this lights:opposite ?value FILTER ($this = ?value) }" .
    """
    data = "light:x a :Light ; :opposite light:x . light:y a :Light ; :opposite light:x ."
    turtle = (
        data
        + """
    <https://example.org/lights/ontology> sh:declare shape:p .
    shape:p sh:prefix "lights" ;
        sh:namespace "https://example.org/lights/ontology#"^^xsd:anyURI .
    """
    )
    assert [finding.entity for finding in judge(lights, shape, turtle)] == [f"{LIGHTS}id/light/x"]


def test_a_shape_that_cannot_be_used_is_a_finding(lights: Project) -> None:
    shape = "shape:Light a sh:NodeShape ; sh:targetClass :Light ; sh:property shape:nothing ."
    (finding,) = judge(lights, shape, "light:x a :Light .")
    assert finding.path == "ontology/shapes"
    assert "cannot be used" in finding.message


def test_the_project_conforms(mechanisms: Project) -> None:
    followed = materialise(mechanisms.quads, mechanisms.base).quads
    evidence = ValidationContext(mechanisms, (*mechanisms.quads, *followed))
    assert [
        finding for finding in shapes.findings(evidence) if finding.severity is Severity.ERROR
    ] == []
