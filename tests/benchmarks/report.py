"""What was measured, as Markdown to read and as JSON to keep. Ratios count, not seconds."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from .speed import speed
from .tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .compare import Difference
    from .connections import Connections
    from .generate import Population
    from .memory import MemoryUse
    from .rounds import Cell
    from .runaway import Runaways
    from .stream import Streamed
    from .tables import Section

#: The parts of a run for which the answers of all servers are compared.
COMPARING = frozenset(("answers", "speed"))


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one run measured."""

    population: Population
    versions: dict[str, str]
    parts: Sequence[str]
    plan: dict[str, object]
    settings: dict[str, str]
    machine: dict[str, str]
    cells: list[Cell]
    differences: list[Difference]
    streamed: list[Streamed]
    runaways: list[Runaways]
    memory: list[MemoryUse]
    connections: list[Connections]

    def json(self) -> str:
        """Return all of it, each cell of each round."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"

    def markdown(self) -> str:
        """Return the tables."""
        measured: Sequence[Section] = (
            *self.streamed,
            *self.runaways,
            *self.memory,
            *self.connections,
        )
        sections = (each.section() for each in measured)
        parts = (_head(self), _answers(self), speed(self.cells), *sections)
        return "\n".join(chain.from_iterable(parts)) + "\n"


def machine() -> dict[str, str]:
    """Return a description of this machine and its other load."""
    return {
        "processor": _first_line(Path("/proc/cpuinfo"), "model name"),
        "processors": str(os.cpu_count()),
        "memory": _first_line(Path("/proc/meminfo"), "MemTotal"),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load average": " ".join(f"{load:.1f}" for load in os.getloadavg()),
    }


def _first_line(path: Path, beginning: str) -> str:
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    values = (line.partition(":")[2].strip() for line in lines if line.startswith(beginning))
    return next(values, "unknown")


def _head(report: Report) -> Iterator[str]:
    population = report.population
    yield f"# Benchmark: {population.quads:,} quads"
    yield ""
    yield ", ".join(f"{number:,} of kind {kind}" for kind, number in population.things.items())
    yield f"in {population.passages:,} passages; seed {population.seed}."
    yield ""
    yield from table(("what", "value"), (report.machine | report.versions).items())
    settings = report.settings or {"none": "defaults"}
    plan = "; ".join(f"{name} {value}" for name, value in report.plan.items())
    yield f"Plan: {plan}. Settings: {'; '.join(f'{k} {v}' for k, v in settings.items())}."
    yield ""


def _answers(report: Report) -> Iterator[str]:
    if not COMPARING & set(report.parts):
        return
    yield "## Answers"
    yield ""
    if not report.differences:
        yield "All servers gave the same answers."
    for each in report.differences:
        yield f"- **{each.question}**, {each.peer}: {' '.join(each.what.split())}"
    yield ""
