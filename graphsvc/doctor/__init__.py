"""Finds errors of a machine, a folder, a release and the settings of a service.

It may import all modules of the service, and changes nothing. Read `machine` first; `folder`,
`release` and `settings` have the same form: functions that yield findings with remedies.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from graphsvc.doctor import folder, machine, release, settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphsvc.findings import Finding
    from graphsvc.settings import Settings


def examine(
    values: Settings, environment: Mapping[str, str], inputs: Mapping[str, str] | None
) -> Iterator[Finding]:
    """Yield the findings about everything that a service with these settings needs.

    ``inputs`` are the current digests of the files of the project, None without a project.
    """
    yield from chain(
        machine.examine(values, environment),
        folder.examine(values.releases),
        release.examine(values, inputs),
        settings.examine(values, environment),
    )
