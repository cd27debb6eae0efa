"""`graphsvc check` reports nothing about a valid project, and each fault of a broken one.

Each file tests/invalid/projects/*.yaml breaks one file of the real project in one place, and says
which finding must name it: the check, the file, the line (that of the text ``at``), the entity, and
words of the message and of the remedy. One run reports every fault, so most faults share one copy
of the project. A fault that hides others, or changes their messages, has ``alone``: a copy of its
own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from projects import LIGHTS, copied
from projects import MECHANISMS as ROOT
from rich.console import Console

from graphsvc import settings, sources
from graphsvc.cli import main
from graphsvc.findings import Finding, Severity
from graphsvc.inference import materialise
from graphsvc.validation import ValidationContext, report, terms, usage, validate, validate_quickly

CASES = Path(__file__).parents[1] / "invalid" / "projects"


@dataclass(frozen=True)
class Case:
    name: str
    about: str
    file: str
    replace: str
    by: str
    finding: dict[str, str]
    alone: bool = False

    def __str__(self) -> str:
        return self.name

    def break_in(self, project: Path) -> Path:
        broken = project / self.file
        text = broken.read_text("utf-8")
        assert text.count(self.replace) == 1, f"{self.replace!r} must stand once in {self.file}"
        broken.write_text(text.replace(self.replace, self.by), "utf-8")
        return project


def load_case(path: Path) -> Case:
    return Case(path.stem, **yaml.safe_load(path.read_text("utf-8")))


EVERY_CASE = [load_case(path) for path in sorted(CASES.glob("*.yaml"))]


def errors_of(folder: Path) -> list[Finding]:
    project = sources.load(folder)
    demands = settings.load({"project": folder}, {}).demands
    findings = demands.weigh(validate(project, materialise(project.quads, project.base).quads))
    return [each for each in findings if each.severity is Severity.ERROR]


def findings_of(folder: Path) -> list[Finding]:
    """Return the findings, except those of the OWL tools."""
    project = sources.load(folder)
    demands = settings.load({"project": folder}, {}).demands
    return list(
        demands.weigh(validate_quickly(project, materialise(project.quads, project.base).quads))
    )


def line_of(file: Path, words: str) -> int:
    before, separator, _ = file.read_text("utf-8").partition(words)
    assert separator, f"{words!r} stands nowhere in {file}"
    return before.count("\n") + 1


def refused(project: Path) -> list[dict[str, Any]]:
    """Return the findings of a project that must be refused."""
    result = CliRunner().invoke(main, ["check", "--json", "--project", str(project)])
    assert result.exit_code == 1, result.output
    report = json.loads(result.output)
    assert report["ok"] is False
    findings: list[dict[str, Any]] = report["findings"]
    return findings


@pytest.mark.parametrize("case", [each for each in EVERY_CASE if each.alone], ids=str)
def test_a_broken_project_is_refused_with_a_message_that_helps(
    case: Case, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    project = case.break_in(copied(ROOT, tmp_path / "project"))
    findings = refused(project)
    assert any(matches(finding, case, project) for finding in findings), findings
    assert not caplog.records, "a library shows a trace where words are due"
    if case.finding["check"] == "syntax":
        checks = {finding["check"] for finding in findings}
        assert checks == {"syntax"}, "nothing follows from what could not be read"


def test_one_run_says_everything_that_is_wrong(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    project = copied(ROOT, tmp_path / "project")
    cases = [each for each in EVERY_CASE if not each.alone]
    for case in cases:
        case.break_in(project)
    findings = refused(project)
    missing = [
        case.name
        for case in cases
        if not any(matches(finding, case, project) for finding in findings)
    ]
    assert missing == []
    assert len(cases) > 9
    assert not caplog.records, "a library shows a trace where words are due"


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
    assert errors_of(ROOT) == []


def test_a_small_project_is_sound() -> None:
    assert errors_of(LIGHTS) == []


def test_an_exception_silences_its_own_check_for_its_own_term_only(tmp_path: Path) -> None:
    project = copied(ROOT, tmp_path / "project")
    ontology = project / "ontology" / "iwm.ttl"
    text = ontology.read_text("utf-8").replace("OOPS P11: ", "No code: ", 1)
    ontology.write_text(text, "utf-8")
    check = "missing-domain-or-range"
    findings = [finding for finding in findings_of(project) if finding.check == check]
    assert {finding.entity for finding in findings} == {"https://w3id.org/iwm/ontology#wording"}
    assert {finding.path for finding in findings} == {"ontology/iwm.ttl"}


def test_an_exception_that_excepts_nothing_is_told(tmp_path: Path) -> None:
    project = copied(ROOT, tmp_path / "project")
    ontology = project / "ontology" / "iwm.ttl"
    label = '    rdfs:label "mechanism"@en ;\n'
    note = '    skos:editorialNote "OOPS P07: it was two once."@en ;\n'
    ontology.write_text(ontology.read_text("utf-8").replace(label, label + note), "utf-8")
    needless = [
        finding for finding in findings_of(project) if finding.check == "needless-exception"
    ]
    assert "https://w3id.org/iwm/ontology#Mechanism" in {finding.entity for finding in needless}
    assert {finding.severity for finding in needless} == {Severity.WARNING}


def test_a_term_that_no_query_uses_is_told(tmp_path: Path) -> None:
    folder = copied(ROOT, tmp_path / "project")
    for query in (folder / "queries").glob("*.rq"):
        query.write_text(query.read_text("utf-8").replace("iwm:ordinal", "iwm:year"), "utf-8")
    project = sources.load(folder)
    unused = list(usage.findings(ValidationContext(project, project.quads)))
    assert [(item.check, item.entity) for item in unused] == [
        ("unused-term", "https://w3id.org/iwm/ontology#ordinal")
    ]
    assert unused[0].path == "ontology/iwm.ttl"


def test_a_misspelt_term_of_a_known_vocabulary_is_a_warning(tmp_path: Path) -> None:
    folder = copied(ROOT, tmp_path / "project")
    schemes = folder / "data" / "schemes.ttl"
    schemes.write_text(
        schemes.read_text("utf-8").replace("skos:prefLabel", "skos:preferredLabel", 1), "utf-8"
    )
    project = sources.load(folder)
    by_check = {
        item.check: item for item in terms.findings(ValidationContext(project, project.quads))
    }
    assert set(by_check) == {"unknown-term", "undeclared-reuse"}
    assert by_check["unknown-term"].severity is Severity.WARNING
    assert "skos:preferredLabel" in by_check["unknown-term"].message
    assert by_check["unknown-term"].path == "data/schemes.ttl"
    assert by_check["unknown-term"].line is not None


def test_the_report_is_grouped_by_check_and_says_what_to_do(tmp_path: Path) -> None:
    project = load_case(CASES / "wrong-datatype.yaml").break_in(copied(ROOT, tmp_path / "project"))
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
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "error odd (30)"
    assert [line for line in lines if "thing" in line] == [
        f"  a.ttl:{n} thing {n:02}" for n in range(10)
    ]
    assert sum("mend it" in line for line in lines) == 1
    assert "  and 20 more (--all prints them)" in lines
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
