"""What `graphsvc check` says of a project: nothing of a sound one, the right thing of a broken one.

tests/invalid/projects/*.yaml each break one file of the real project in one place, and say which
finding has to name it: the check, the file, the line (that of the text ``at``), the entity, and
words of the message and of the remedy.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from rich.console import Console

from graphsvc import settings, sources
from graphsvc.cli import main
from graphsvc.findings import Finding, Severity
from graphsvc.inference import materialise
from graphsvc.validation import ValidationContext, report, terms, usage, validate

ROOT = Path(__file__).parents[1]
CASES = Path(__file__).parent / "invalid" / "projects"
LIGHTS = Path(__file__).parent / "projects" / "lights"


@dataclass(frozen=True)
class Case:
    name: str
    about: str
    file: str
    replace: str
    by: str
    finding: dict[str, str]

    def break_copy(self, folder: Path) -> Path:
        project = copy(ROOT, folder)
        broken = project / self.file
        text = broken.read_text("utf-8")
        assert text.count(self.replace) == 1, f"{self.replace!r} must stand once in {self.file}"
        broken.write_text(text.replace(self.replace, self.by), "utf-8")
        return project


def load_case(path: Path) -> Case:
    return Case(path.stem, **yaml.safe_load(path.read_text("utf-8")))


def copy(project: Path, folder: Path) -> Path:
    for name in ("ontology", "data", "queries"):
        shutil.copytree(project / name, folder / name)
    shutil.copy(project / "graphsvc.toml", folder)
    return folder


def findings_of(project: Path) -> list[Finding]:
    read = sources.load(project)
    demands = settings.load({"project": project}, {}).demands
    return list(demands.weigh(validate(read, materialise(read.quads, read.base).quads)))


def line_of(file: Path, words: str) -> int:
    before, found, _ = file.read_text("utf-8").partition(words)
    assert found, f"{words!r} stands nowhere in {file}"
    return before.count("\n") + 1


@pytest.mark.parametrize(
    "case", [load_case(path) for path in sorted(CASES.glob("*.yaml"))], ids=lambda case: case.name
)
def test_a_broken_project_is_refused_with_a_message_that_helps(
    case: Case, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    project = case.break_copy(tmp_path)
    result = CliRunner().invoke(main, ["check", "--json", "--project", str(project)])
    assert result.exit_code == 1, result.output
    told = json.loads(result.output)
    assert told["ok"] is False
    assert any(matches(finding, case, project) for finding in told["findings"]), result.output
    assert not caplog.records, "a library shows a trace where words are due"
    if case.finding["check"] == "syntax":
        checks = {finding["check"] for finding in told["findings"]}
        assert checks == {"syntax"}, "nothing follows from what could not be read"


def matches(finding: dict[str, Any], case: Case, project: Path) -> bool:
    expected = dict(case.finding)
    words = expected.pop("at", None)
    path = expected["path"]
    return (
        finding["check"] == expected["check"]
        and finding["path"] == path
        and finding["line"] is not None
        and (words is None or finding["line"] == line_of(project / path, words))
        and (finding["entity"] or "").endswith(expected.get("entity", ""))
        and expected.get("message", "") in finding["message"]
        and expected.get("remedy", "") in finding["remedy"]
        and bool(finding["remedy"])
    )


def test_the_project_is_sound() -> None:
    errors = [found for found in findings_of(ROOT) if found.severity is Severity.ERROR]
    assert errors == []


def test_a_small_project_is_sound() -> None:
    assert [found for found in findings_of(LIGHTS) if found.severity is Severity.ERROR] == []


def test_an_exception_silences_its_own_check_for_its_own_term_only(tmp_path: Path) -> None:
    project = copy(ROOT, tmp_path)
    ontology = project / "ontology" / "iwm.ttl"
    text = ontology.read_text("utf-8").replace("OOPS P13: ", "No code: ", 1)
    ontology.write_text(text, "utf-8")
    found = [finding for finding in findings_of(project) if finding.check == "missing-inverse"]
    assert len(found) == 1
    assert found[0].path == "ontology/iwm.ttl"


def test_an_exception_that_excepts_nothing_is_told(tmp_path: Path) -> None:
    project = copy(ROOT, tmp_path)
    ontology = project / "ontology" / "iwm.ttl"
    label = '    rdfs:label "mechanism"@en ;\n'
    note = '    skos:editorialNote "OOPS P07: it was two once."@en ;\n'
    ontology.write_text(ontology.read_text("utf-8").replace(label, label + note), "utf-8")
    found = [finding for finding in findings_of(project) if finding.check == "needless-exception"]
    assert "https://w3id.org/iwm/ontology#Mechanism" in {finding.entity for finding in found}
    assert {finding.severity for finding in found} == {Severity.WARNING}


def test_a_term_that_no_query_uses_is_told(tmp_path: Path) -> None:
    project = copy(ROOT, tmp_path)
    for query in (project / "queries").glob("*.rq"):
        query.write_text(query.read_text("utf-8").replace("iwm:ordinal", "iwm:year"), "utf-8")
    read = sources.load(project)
    found = list(usage.findings(ValidationContext(read, read.quads)))
    assert [(item.check, item.entity) for item in found] == [
        ("unused-term", "https://w3id.org/iwm/ontology#ordinal")
    ]
    assert found[0].path == "ontology/iwm.ttl"


def test_a_misspelt_term_of_a_known_vocabulary_is_a_warning(tmp_path: Path) -> None:
    project = copy(ROOT, tmp_path)
    schemes = project / "data" / "schemes.ttl"
    schemes.write_text(
        schemes.read_text("utf-8").replace("skos:prefLabel", "skos:preferredLabel", 1), "utf-8"
    )
    read = sources.load(project)
    found = {item.check: item for item in terms.findings(ValidationContext(read, read.quads))}
    assert set(found) == {"unknown-term", "undeclared-reuse"}
    assert found["unknown-term"].severity is Severity.WARNING
    assert "skos:preferredLabel" in found["unknown-term"].message
    assert found["unknown-term"].path == "data/schemes.ttl"
    assert found["unknown-term"].line is not None


def test_the_report_is_grouped_by_check_and_says_what_to_do(tmp_path: Path) -> None:
    project = load_case(CASES / "wrong-datatype.yaml").break_copy(tmp_path)
    result = CliRunner().invoke(main, ["check", "--project", str(project)])
    assert result.exit_code == 1
    lines = result.output.splitlines()
    heading = lines.index("error invalid-literal (1)")
    file = "data/international-working-mechanisms/facts.trig"
    line = line_of(project / file, '"2013-13"')
    assert lines[heading + 1].startswith(f"  {file}:{line} ")
    assert lines[heading + 2].lstrip().startswith("→ Write a value like “2017-04”")
    assert "error" in lines[-1]


def test_of_each_check_ten_findings_are_printed_if_not_all_are_asked_for() -> None:
    findings = [Finding("odd", f"thing {n:02}", "mend it", path="a.ttl", line=n) for n in range(30)]
    console = Console(file=StringIO(), width=200)
    report.show(findings, console)
    told = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert told[0] == "error odd (30)"
    assert [line for line in told if "thing" in line] == [
        f"  a.ttl:{n} thing {n:02}" for n in range(10)
    ]
    assert sum("mend it" in line for line in told) == 1
    assert "  and 20 more (--all prints them)" in told
    report.show(findings, every := Console(file=StringIO(), width=200), None)
    assert every.file.getvalue().count("thing") == 30  # type: ignore[attr-defined]


def test_findings_are_counted_by_severity() -> None:
    findings = [
        Finding("one", "wrong", "mend it"),
        Finding("two", "odd", "look at it", severity=Severity.WARNING),
        Finding("three", "wrong too", "mend it"),
    ]
    assert report.summary(findings) == "2 errors, 1 warning."
    assert report.summary([]) == "No findings: all is well."
    assert not report.has_errors(findings[1:2])
