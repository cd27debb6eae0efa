"""Checks that the release to serve is complete, and built from the current files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc.errors import ReleaseError
from graphsvc.findings import Finding, Severity
from graphsvc.release import current, is_fresh

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphsvc.settings import Settings


def examine(values: Settings, inputs: Mapping[str, str] | None) -> Iterator[Finding]:
    """Yield the findings about the current release; ``inputs`` are the files of the project."""
    try:
        served = current(values.releases)
        served.verify()
    except ReleaseError as error:
        # If there is a project, serve builds a missing release.
        is_grave = inputs is None or (values.releases / "current").exists()
        severity = Severity.ERROR if is_grave else Severity.NOTE
        yield Finding("release-unusable", error.message, error.remedy, severity)
        return
    if inputs is None:
        return
    if not is_fresh(inputs, served, values.base_iri, values.label_properties):
        yield Finding(
            "release-stale",
            f"The files have changed since the release {served.id} was built, or the program has.",
            "Build it again: graphsvc build",
            Severity.WARNING,
        )
