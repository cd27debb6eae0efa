"""Profiles: what a graph has to keep, and how much it weighs if it does not.

A check finds what is wrong by the strictest measure. The profile that a project names in its
``graphsvc.toml`` says what of it counts: ``strict`` all of it; ``default`` has errors only for what
cannot be served. A project sets single checks beside it:

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

#: The word for a check whose findings nobody wants.
OFF = "off"
WEIGHTS = (OFF, Severity.NOTE, Severity.WARNING, Severity.ERROR)

#: What cannot be served, and words that their source does not have: an error in any profile.
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

#: What only a project that wants it has to keep: how it names things and files, and that its
#: questions and its terms belong together.
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

#: What the OWL tools find, and what they cannot look at. They need Java, and no verdict is to
#: depend on that: so these are errors only where a project says so by name.
OPTIONAL = frozenset(("owl-inconsistent", "owl-not-checked", "owl-profile", "owl-unsatisfiable"))


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile by its name, and what ``checks`` weigh that a project sets by their names."""

    name: str
    checks: Mapping[str, str]

    @property
    def asks_for_checks(self) -> bool:
        """Tell whether the checks can stop a build; else only reading the files can."""
        return self.name == STRICT or Severity.ERROR in self.checks.values()

    def weigh(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return the findings that count, each once, with the severity that they have here."""
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
