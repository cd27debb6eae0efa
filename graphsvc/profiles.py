"""Profiles: the rules for a graph, and the severity of breaking them.

A check reports all faults. The profile in a project's ``graphsvc.toml`` decides which findings
count: ``strict`` all of them; in ``default`` only faults that prevent serving are errors. A project
can also set single checks:

    profile = "strict"

    [checks]
    missing-example = "off"
    owl-profile = "error"
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from graphsvc.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

DEFAULT = "default"
STRICT = "strict"
PROFILES = (DEFAULT, STRICT)

#: The word for a check whose findings are ignored.
OFF = "off"
WEIGHTS = (OFF, Severity.NOTE, Severity.WARNING, Severity.ERROR)

#: Errors in any profile: what cannot be served, and words that their source does not have.
ALWAYS = frozenset(
    (
        "base",
        "encoding",
        "no-rdf",
        "passage-list",
        "passage-words",
        "query-header",
        "query-parameter",
        "query-syntax",
        "remote-context",
        "syntax",
        "table",
        "table-mapping",
        "words-not-in-passage",
    )
)

#: Optional rules: the names of things and files, and that queries and terms fit together.
DEMANDS = frozenset(
    (
        "blank-node",
        "file-outside-layout",
        "invalid-iri",
        "missing-base",
        "missing-file",
        "missing-ontology-declaration",
        "prefix-table",
        "query-order",
        "query-prefix",
        "undeclared-reuse",
        "unused-term",
    )
)

#: The findings of the OWL tools, and what they cannot check. They need Java, and the result must
#: not depend on it: so these are only errors if a project says so by name.
OPTIONAL = frozenset(("owl-inconsistent", "owl-not-checked", "owl-profile", "owl-unsatisfiable"))


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile by its name, and the severities that a project sets for single ``checks``."""

    name: str
    checks: Mapping[str, str]

    @property
    def asks_for_checks(self) -> bool:
        """Tell whether checks can stop a build; else only errors of reading the files can."""
        return self.name == STRICT or Severity.ERROR in self.checks.values()

    def weigh(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return the findings that count, each once, with its severity in this profile."""
        return tuple(dict.fromkeys(self._weighed(findings)))

    def _weighed(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        for finding in findings:
            weight = self._weight(finding)
            if weight != OFF:
                yield replace(finding, severity=Severity(weight))

    def _weight(self, finding: Finding) -> str:
        if finding.check in self.checks:
            return self.checks[finding.check]
        if finding.severity is not Severity.ERROR and self.name == STRICT:
            return finding.severity
        if finding.check in OPTIONAL:
            return min(finding.severity, Severity.WARNING, key=WEIGHTS.index)
        if self.name == STRICT or finding.check in ALWAYS:
            return finding.severity
        if finding.check in DEMANDS:
            return OFF
        return min(finding.severity, Severity.WARNING, key=WEIGHTS.index)
