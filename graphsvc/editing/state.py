"""The report of the building process to the answering processes, in shared memory."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from graphsvc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.errors import GraphsvcError
    from graphsvc.findings import Finding

#: Bytes of the memory. It is always written in one call, so a reader never sees half of it.
_ROOM = 65_536

#: The most findings on a page; the terminal has all.
MOST_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: what, where, and what to do about it."""

    message: str
    place: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The result of the last build: its release ``built``, or its ``failure`` and ``faults``.

    ``number`` counts the builds, because a build may result in the release that is served.
    """

    built: str = ""
    failure: str = ""
    faults: tuple[Fault, ...] = ()
    number: int = 0

    @classmethod
    def of(cls, error: GraphsvcError) -> BuildReport:
        """Return the report of a build that has failed."""
        errors = _errors(error.findings) if isinstance(error, InputError) else []
        faults = tuple(map(_fault, errors)) or (Fault(error.message, remedy=error.remedy),)
        return cls(failure=error.message, faults=faults[:MOST_FAULTS])


class EditingState:
    """The report and the token of writers, in shared memory with a ``descriptor``."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    @classmethod
    def make(cls, token: str = "") -> EditingState:
        """Return new memory; the ``token`` gives the right to write, an empty one to nobody."""
        state = cls(os.memfd_create("graphsvc-watch"))
        state._write(BuildReport(), token)
        return state

    @property
    def report(self) -> BuildReport:
        """Return the result of the last build."""
        row = self._read()["report"]
        return BuildReport(**row | {"faults": tuple(Fault(**fault) for fault in row["faults"])})

    @property
    def token(self) -> str:
        """Return the token of requests to write; an empty text if nobody may write."""
        token: str = self._read()["token"]
        return token

    def write(self, report: BuildReport) -> None:
        """Write the result of a build."""
        self._write(replace(report, number=self.report.number + 1), self.token)

    def _read(self) -> dict[str, Any]:
        row: dict[str, Any] = json.loads(os.pread(self.descriptor, _ROOM, 0))
        return row

    def _write(self, report: BuildReport, token: str) -> None:
        row = {"report": asdict(report), "token": token}
        os.pwrite(self.descriptor, json.dumps(row).encode().ljust(_ROOM), 0)


def _errors(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "error"]


def _fault(finding: Finding) -> Fault:
    return Fault(finding.message[:1000], finding.place(), finding.remedy[:1000])
