"""Profiles say which checks apply to a graph, and checks need no network."""

from __future__ import annotations

import json
import os
import pty
import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from projects import without_java
from pyoxigraph import Literal, NamedNode

from graphsvc import settings, sources
from graphsvc.build import current
from graphsvc.cli import main
from graphsvc.errors import SettingsError
from graphsvc.findings import Finding, Severity
from graphsvc.namespaces import FOAF, RDFS, SCHEMA
from graphsvc.profiles import DEFAULT, STRICT, Profile
from graphsvc.validation import (
    MODULES,
    ValidationContext,
    check_names,
    citations,
    common_checks,
    validate,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PACKAGE = Path(__file__).parents[2] / "graphsvc"
PROGRAM = [sys.executable, "-m", "graphsvc"]
FACTS = "data/ile-merrow/facts.trig"

DATASET = """
@prefix void: <http://rdfs.org/ns/void#> .
<http://example.com/g/dataset> a void:Dataset ; void:uriSpace "http://example.com/g/" .
"""
#: All that a strict project would not have: blank nodes, odd IRIs, terms that nobody declares, a
#: literal of the wrong datatype.
LOOSE = """
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix o: <http://example.com/g/ontology#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<http://example.com/g/id/Person_1> a o:Person ; foaf:knows [ foaf:name "Mary" ] ;
    o:born "soon"^^xsd:date .
"""
ONTOLOGY = """
@prefix o: <http://example.com/g/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix vann: <http://purl.org/vocab/vann/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<http://example.com/g/ontology> a owl:Ontology ;
    vann:preferredNamespaceUri "http://example.com/g/ontology#" .
"""


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a project's files, each name with its text."""

    def write(**others: str) -> Path:
        files = {"data/dataset.ttl": DATASET, "data/schemes.ttl": LOOSE, **others}
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return tmp_path

    return write


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def checked(*arguments: str | Path) -> dict[str, set[str]]:
    """Return what `graphsvc check` finds: the names of the checks, by severity."""
    result = call("check", "--json", *arguments)
    report = json.loads(result.output)
    assert result.exit_code == (0 if report["ok"] else 1)
    by_severity: dict[str, set[str]] = {"error": set(), "warning": set(), "note": set()}
    for finding in report["findings"]:
        by_severity[finding["severity"]].add(finding["check"])
    return by_severity


# --- profiles


@pytest.mark.usefixtures("no_java")
def test_a_character_that_xml_cannot_hold_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "bell.ttl"
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    path.write_text(f'\n<http://example.com/a> {label} "bell \\u0007", "a\\ttab\\n" .\n', "utf-8")
    result = call("check", "--json", path)
    findings = [
        each
        for each in json.loads(result.output)["findings"]
        if each["check"] == "control-character"
    ]
    (finding,) = findings
    assert (result.exit_code, finding["severity"], finding["line"]) == (0, "warning", 2)
    assert "U+0007" in finding["message"]


@pytest.mark.usefixtures("no_java")
def test_what_can_be_served_is_no_error(project: Callable[..., Path]) -> None:
    folder = project(**{"ontology/o.ttl": ONTOLOGY})
    by_severity = checked(folder)
    assert by_severity["error"] == set()
    assert {"invalid-literal", "undeclared-term"} <= by_severity["warning"]
    assert not {"blank-node", "invalid-iri", "unused-term"} & (
        by_severity["warning"] | by_severity["note"]
    )
    result = call("build", folder)
    assert result.exit_code == 0, result.output
    assert current(folder / ".graphsvc" / "releases").store.ask(
        "ASK { ?one <http://xmlns.com/foaf/0.1/knows> ?other FILTER isBlank(?other) }"
    )


@pytest.mark.usefixtures("no_java")
def test_a_strict_project_is_held_to_all_of_it(project: Callable[..., Path]) -> None:
    folder = project(**{"ontology/o.ttl": ONTOLOGY, "graphsvc.toml": 'profile = "strict"'})
    errors = checked(folder)["error"]
    assert {"blank-node", "invalid-iri", "invalid-literal", "undeclared-term"} <= errors
    result = call("build", folder)
    assert result.exit_code == 1
    assert "nothing was built" in result.stderr
    assert call("build", "--profile", "default", folder).exit_code == 0


def test_each_check_has_the_weight_that_a_project_gives_it(project: Callable[..., Path]) -> None:
    weights = '[checks]\ninvalid-literal = "error"\nmissing-licence = "off"\nblank-node = "note"'
    folder = project(**{"graphsvc.toml": weights})
    by_severity = checked(folder)
    assert by_severity["error"] == {"invalid-literal"}
    assert "missing-licence" not in set().union(*by_severity.values())
    assert "blank-node" in by_severity["note"]
    assert call("build", folder).exit_code == 1, "what is an error stops a build"
    assert checked("--checks", "invalid-literal=off", folder)["error"] == set()


def test_a_check_that_there_is_not_is_told(project: Callable[..., Path]) -> None:
    folder = project(**{"graphsvc.toml": '[checks]\nmissing-lisence = "off"'})
    findings = json.loads(call("check", "--json", folder).output)["findings"]
    (unknown_check,) = [finding for finding in findings if finding["check"] == "unknown-check"]
    assert "missing-lisence" in unknown_check["message"]
    assert "missing-licence" in unknown_check["remedy"]


@pytest.mark.parametrize("toml", ['profile = "lax"', '[checks]\nsyntax = "loud"', "checks = 1"])
def test_profiles_and_weights_are_few(toml: str, project: Callable[..., Path]) -> None:
    folder = project(**{"graphsvc.toml": toml})
    with pytest.raises(SettingsError):
        settings.load({"project": folder}, {})


def test_settings_of_checks_are_handed_down_as_a_text() -> None:
    values = settings.load({}, {"GRAPHSVC_CHECKS": f"a=off{os.pathsep}b=error", "HOME": "/"})
    assert values.demands.checks == {"a": "off", "b": "error"}


def test_what_needs_java_is_an_error_only_by_name() -> None:
    findings = [Finding("owl-profile", "no", "mend")]
    for profile in (DEFAULT, STRICT):
        (weighed,) = Profile(profile, {}).weigh(findings)
        assert weighed.severity is Severity.WARNING
    (weighed,) = Profile(DEFAULT, {"owl-profile": "error"}).weigh(findings)
    assert weighed.severity is Severity.ERROR


def test_files_are_checked_without_a_project(tmp_path: Path) -> None:
    file = tmp_path / "loose.ttl"
    file.write_text(LOOSE)
    by_severity = checked(file)
    assert by_severity["error"] == set()
    assert "invalid-literal" in by_severity["warning"]
    findings = json.loads(call("check", "--json", file).output)["findings"]
    places = {item["check"]: (item["path"], item["line"]) for item in findings}
    assert places["invalid-literal"] == ("loose.ttl", 6)


def test_a_folder_without_anything_else_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my.ttl").write_text(LOOSE)
    (tmp_path / "graphsvc.toml").write_text("keep_releases = 1")
    monkeypatch.chdir(tmp_path)
    assert call("build").exit_code == 0
    assert call("build", tmp_path).exit_code == 0
    assert current(tmp_path / ".graphsvc" / "releases").base == "http://example.com/g/id/"


# --- a project with any RDF


def test_a_project_holds_any_rdf_and_takes_more(
    project: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    statement = "<http://example.com/g/{0}> <http://example.com/g/p> <http://example.com/g/b> .\n"
    trig = "<http://example.com/g/mine> { <#here> <http://example.com/g/p> 1 }"
    imported = "<owl:Class rdf:about='http://example.com/g/ontology#Cat'/>"
    xml = (
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
        f"xmlns:owl='http://www.w3.org/2002/07/owl#'>{imported}</rdf:RDF>"
    )
    folder = project(
        **{
            "data/more.nt": statement.format("nt"),
            "data/deep/er/more.trig": trig,
            "ontology/cats.owl": xml,
        }
    )
    other = tmp_path_factory.mktemp("other") / "other.nt"
    other.write_text(statement.format("other"))
    assert checked(folder, other)["error"] == set()
    assert call("build", folder, other).exit_code == 0
    store = current(folder / ".graphsvc" / "releases").store
    for name, triple in {
        "graph/data/more.nt": "<http://example.com/g/nt> ?p ?o",
        "mine": "<http://example.com/g/data/deep/er/more.trig#here> ?p 1",
        "graph/ontology": "<http://example.com/g/ontology#Cat> a ?class",
        "graph/other.nt": "<http://example.com/g/other> ?p ?o",
    }.items():
        ask = f"ASK {{ GRAPH <http://example.com/g/{name}> {{ {triple} }} }}"
        assert store.ask(ask), name


def test_the_same_files_give_the_same_release(project: Callable[..., Path]) -> None:
    folder = project(**{"data/more.nt": ""})
    loaded_project = sources.load(folder)
    assert sources.current_inputs(folder) == loaded_project.inputs
    assert "data/more.nt" in loaded_project.inputs


# --- nothing is fetched


@contextmanager
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """Listen on loopback; yield the address and the list of requests to it."""
    requests: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def note() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                with client:
                    requests.append(client.recv(1000))

        thread = threading.Thread(target=note, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/", requests
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def test_neither_check_nor_build_fetches_anything(project: Callable[..., Path]) -> None:
    with listener() as (address, requests):
        shape = (
            "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix owl: "
            f"<http://www.w3.org/2002/07/owl#> . <{address}shapes> owl:imports <{address}s.ttl> . "
            "<http://example.com/g/shape/x> a sh:NodeShape ; "
            "sh:targetClass <http://example.com/g/ontology#Person> ; sh:nodeKind sh:IRI ."
        )
        folder = project(
            **{
                "ontology/o.ttl": f"{ONTOLOGY} <http://example.com/g/ontology> owl:imports "
                f"<{address}probe.ttl> , <{address}probe.owl> .",
                "ontology/shapes/s.ttl": shape,
                "data/more.ttl": f"<{address}data.ttl> a <http://www.w3.org/2002/07/owl#Ontology> ;"
                f" <http://www.w3.org/2002/07/owl#imports> <{address}more.ttl> .",
            }
        )
        by_severity = checked(folder)
        assert call("build", "--profile", "strict", folder).exit_code == 1
        assert call("build", folder).exit_code == 0
        assert checked("--profile", "strict", folder / "data" / "more.ttl")
    assert "import-not-here" in by_severity["note"]
    assert by_severity["error"] == set()
    assert requests == []


def test_an_import_that_is_a_file_of_the_project_is_taken(project: Callable[..., Path]) -> None:
    folder = project(
        **{
            "ontology/o.ttl": f"{ONTOLOGY} <http://example.com/g/ontology> owl:imports "
            "<http://example.org/animals> . o:Cow a owl:Class ; rdfs:subClassOf "
            "<http://example.org/animals#Plant> , <http://example.org/animals#Animal> .",
            "data/animals.ttl": "@prefix owl: <http://www.w3.org/2002/07/owl#> . "
            "@prefix : <http://example.org/animals#> . <http://example.org/animals> a owl:Ontology "
            ". :Plant a owl:Class ; owl:disjointWith :Animal . :Animal a owl:Class .",
        }
    )
    by_severity = checked(folder)
    assert "owl-unsatisfiable" in by_severity["warning"]
    assert "import-not-here" not in by_severity["note"]


# --- Java


STRANGE = f"""{ONTOLOGY}
o:Cow a owl:Class ; rdfs:label "cow"@en , "\u0628\u0642\u0631\u0629"@ar--rtl ;
    o:code "x"^^<http://example.com/g/ontology#code> ; o:since "2001"^^xsd:gYear .
o:code a owl:DatatypeProperty ; rdfs:range <http://example.com/g/ontology#code> .
o:Milk a owl:Class ; rdfs:subClassOf [ a owl:Restriction ; owl:onProperty o:since ;
    owl:hasValue "soon"^^xsd:gYear ] .
o:since a owl:DatatypeProperty ; rdfs:range xsd:gYear .
o:p a owl:ObjectProperty , owl:TransitiveProperty , owl:FunctionalProperty .
o:bessy a o:Cow ; o:knows <<( o:Cow o:eats o:Grass )>> ; o:p o:bessy .
"""


def test_a_java_adds_findings_and_changes_no_verdict(
    project: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project(**{"ontology/o.ttl": STRANGE})
    variants = [(), ("--profile", "strict")]
    with_java = [json.loads(call("check", "--json", *more, folder).output) for more in variants]

    without_java(monkeypatch)
    without = [json.loads(call("check", "--json", *more, folder).output) for more in variants]
    for one, other in zip(with_java, without, strict=True):
        assert one["ok"] == other["ok"]
        errors = [
            [finding for finding in each["findings"] if finding["severity"] == "error"]
            for each in (one, other)
        ]
        assert errors[0] == errors[1]
        assert len(one["findings"]) > len(other["findings"])
        owl_findings = [f for f in one["findings"] if f["check"].startswith("owl-")]
        assert owl_findings
        assert all("\n" not in f["message"] and len(f["message"]) < 1000 for f in owl_findings)
        assert not any("Exception" in f["message"] or ".java" in f["message"] for f in owl_findings)


# --- citations


def cited(folder: Path) -> list[Finding]:
    read = sources.load(folder)
    return list(citations.findings(ValidationContext(read, read.quads)))


@pytest.mark.usefixtures("no_java")
def test_a_misspelling_in_a_citation_is_found_with_the_nearest_words(
    edit: Callable[[str, str, str], Path],
) -> None:
    folder = edit(FACTS, '"North Rock Light"@en', '"North Rok Light"@en')
    (finding,) = cited(folder)
    assert finding.path == FACTS
    line = (folder / FACTS).read_text("utf-8").splitlines()[(finding.line or 0) - 1]
    assert '"North Rok Light"@en' in line
    assert "North Rock Light was lit in 1871" in finding.message
    assert "“North Rock Light”" in finding.remedy
    (folder / "graphsvc.toml").unlink()
    assert checked(folder)["error"] == {"words-not-in-passage"}, "in every profile"
    assert call("build", folder).exit_code == 1


def test_what_stands_in_another_sentence_is_found_where_it_is_cited(
    edit: Callable[[str, str, str], Path],
) -> None:
    words = 'lights:statedName "Ada Quill"@en'
    folder = edit(FACTS, "passage:4 {", f"passage:4 {{ <https://example.org/lights/a> {words} .")
    (finding,) = cited(folder)
    line = (folder / FACTS).read_text("utf-8").splitlines()[(finding.line or 0) - 1]
    assert line.startswith("passage:4 {")


@pytest.mark.parametrize(
    ("literal", "is_found"),
    [
        ('schema:name "Harbour Bored"', True),
        ('<http://schema.org/name> "Siemens"', True),
        ('lights:said "a palace that cost far too much"', True),
        ('lights:said "lit in 1781"@en', True),
        ('schema:name "Arbour Board"', True),
        # Words of the text with other white space, case, or punctuation characters.
        ('lights:said "North Rock  Light WAS lit"', False),
        ('lights:said "North Rock\\u00a0Light"@en', False),
        ('lights:said "har\\u00adbour board"', False),
        # What a sentence may say in other words.
        ('lights:code "NRL-1"', False),
        ("lights:litIn 1871.0", False),
        ('lights:on "1871-04-01"^^xsd:date', False),
        ('lights:at "POINT (1 2)"^^<http://www.opengis.net/ont/geosparql#wktLiteral>', False),
    ],
)
def test_what_counts_as_cited(
    literal: str,
    is_found: bool,  # noqa: FBT001 - a parameter of the test
    edit: Callable[[str, str, str], Path],
) -> None:
    statement = f"<https://example.org/lights/id/light/x> {literal} ."
    prefixes = (
        "@prefix schema: <https://schema.org/> . "
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
    )
    edit(FACTS, "# What each passage states.", prefixes)
    folder = edit(FACTS, "passage:2 {", f"passage:2 {{ {statement}")
    assert bool(cited(folder)) is is_found


def test_what_gives_names_by_convention() -> None:
    word, other = Literal("Siemens"), Literal("azure")
    for name in (
        RDFS.label,
        FOAF.name,
        SCHEMA.legalName,
        NamedNode("https://e.org/#official_name"),
    ):
        assert citations.is_words(name, word), name
    for name in (
        SCHEMA.color,
        NamedNode("https://e.org/rename"),
        NamedNode("https://e.org/x/code"),
    ):
        assert not citations.is_words(name, other), name


# --- the checks of the program


def test_every_check_is_listed_by_its_name() -> None:
    listed = check_names.of_modules(MODULES)
    finding = re.compile(r"Finding\(\s*\"([a-z-]+)\"|\.finding\(\s*\"([a-z-]+)\"")
    # What a doctor says is of a machine and its settings: no settings weigh it.
    sources = (
        path for path in PACKAGE.rglob("*.py") if "doctor" not in {path.parent.name, path.stem}
    )
    for path in sources:
        for one, other in finding.findall(path.read_text("utf-8")):
            assert (one or other) in listed, path


def test_common_checks_are_in_the_package() -> None:
    assert len(common_checks()) > 50
    configuration = (PACKAGE.parent / "pyproject.toml").read_text("utf-8")
    assert '"validation/common/*.rq"' in configuration


def test_well_known_prefixes_need_no_declaration(project: Callable[..., Path]) -> None:
    query = (
        "#+ problem: A concept has no label.\n#+ remedy: Give it one.\n"
        "SELECT ?entity ?property ?value WHERE { ?entity a skos:Concept ; "
        "skos:notation ?value . BIND (rdf:type AS ?property) } ORDER BY ?entity ?value"
    )
    concept = "<http://example.com/g/c> a skos:Concept ; skos:notation 1 ."
    folder = project(
        **{
            "queries/checks/odd.rq": query,
            "data/more.ttl": f"PREFIX skos: <http://www.w3.org/2004/02/skos/core#> {concept}",
        }
    )
    by_severity = checked("--profile", "strict", folder)
    assert "odd" in by_severity["error"]
    assert "query-prefix" not in by_severity["error"]


# --- cost


def concepts(count: int) -> str:
    """Return concepts with eight statements each, and a wrong date in a tenth of them."""
    return "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n" + "".join(
        f"<http://example.com/g/id/c/{n}> a <http://www.w3.org/2004/02/skos/core#Concept> ;\n"
        f'  <http://www.w3.org/2004/02/skos/core#prefLabel> "concept {n}"@en ;\n'
        "  <http://www.w3.org/2004/02/skos/core#inScheme> <http://example.com/g/scheme/s> ;\n"
        f"  <http://www.w3.org/2004/02/skos/core#broader> <http://example.com/g/id/c/{n // 10}> ;\n"
        f'  <http://purl.org/dc/terms/created> "{"2001-02-03" if n % 10 else "soon"}"^^xsd:date ;\n'
        f'  <http://www.w3.org/2004/02/skos/core#note> "One.", "Two.", "Three {n}." .\n'
        for n in range(1, count + 1)
    )


@pytest.mark.usefixtures("no_java")
def test_checks_take_time_in_proportion(project: Callable[..., Path]) -> None:
    folder = project(**{"ontology/o.ttl": ONTOLOGY})
    seconds = []
    for count in (250, 2500):
        (folder / "data" / "schemes.ttl").write_text(concepts(count))
        read = sources.load(folder)
        start = time.process_time()
        validate(read)
        seconds.append(time.process_time() - start)
    # Ten times the statements: a hundred times as long where each is compared with each.
    assert seconds[1] < 30 * seconds[0], seconds


# --- progress


def test_a_terminal_is_shown_how_far_a_build_is(project: Callable[..., Path]) -> None:
    folder = project()
    control, terminal = pty.openpty()
    with subprocess.Popen(
        [*PROGRAM, "build", str(folder)], stdout=subprocess.PIPE, stderr=terminal
    ) as build:
        os.close(terminal)
        screen = b""
        while True:
            try:
                screen += os.read(control, 1000)
            except OSError:
                break
        assert build.stdout is not None
        piped = build.stdout.read()
    os.close(control)
    assert build.returncode == 0
    assert b"Reading data/schemes.ttl" in screen or b"Indexing" in screen
    assert screen.endswith(b"\r\x1b[K"), "the line goes away at the end"
    assert b"Indexing" not in piped
    quiet = subprocess.run([*PROGRAM, "build", str(folder)], capture_output=True, check=True)
    assert quiet.stderr == b""
