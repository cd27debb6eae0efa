"""What is wrong with a machine, a folder, a release and the settings of a service.

It may import whatever a service is made of, and changes nothing. Read `machine` first; `folder`,
`release` and `settings` have the same shape: functions that yield findings, each with what to do.
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
    """Yield what is wrong with everything that a service with these settings needs.

    ``inputs`` are the files to publish with their digests as they are now, None if there are none.
    """
    yield from chain(
        machine.examine(values, environment),
        folder.examine(values.releases),
        release.examine(values, inputs),
        settings.examine(values, environment),
    )
