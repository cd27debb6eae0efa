"""What was measured, as Markdown to read and as JSON to keep. Ratios count, not seconds."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from statistics import geometric_mean, median
from typing import TYPE_CHECKING

from .mix import HEAVIER
from .peers import NATIVE, OURS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .compare import Difference
    from .generate import Population
    from .rounds import Cell
    from .runaway import Runaways
    from .stream import Streamed

#: From here on the load client may have been what limited the throughput.
_BUSY = 0.8


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one run found out."""

    population: Population
    versions: dict[str, str]
    plan: dict[str, object]
    settings: dict[str, str]
    machine: dict[str, str]
    cells: list[Cell]
    differences: list[Difference]
    streamed: list[Streamed]
    runaways: Runaways | None

    def json(self) -> str:
        """Return all of it, each cell of each round."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"

    def markdown(self) -> str:
        """Return the tables."""
        parts = (_head(self), _answers(self), _speed(self), _streams(self), _runaways(self))
        return "\n".join(chain.from_iterable(parts)) + "\n"


def machine() -> dict[str, str]:
    """Return what machine this is, and how much it had to do otherwise."""
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
    found = (line.partition(":")[2].strip() for line in lines if line.startswith(beginning))
    return next(found, "unknown")


def _head(report: Report) -> Iterator[str]:
    population = report.population
    yield f"# Benchmark: {population.quads:,} quads"
    yield ""
    yield ", ".join(f"{number:,} of kind {kind}" for kind, number in population.things.items())
    yield f"in {population.passages:,} passages; seed {population.seed}."
    yield ""
    yield from _table(("what", "value"), (report.machine | report.versions).items())
    settings = report.settings or {"none": "defaults"}
    plan = "; ".join(f"{name} {value}" for name, value in report.plan.items())
    yield f"Plan: {plan}. Settings: {'; '.join(f'{k} {v}' for k, v in settings.items())}."
    yield ""


def _answers(report: Report) -> Iterator[str]:
    yield "## Answers"
    yield ""
    if not report.differences:
        yield "All servers gave the same answers."
    for each in report.differences:
        yield f"- **{each.question}**, {each.peer}: {' '.join(each.what.split())}"
    yield ""


def _speed(report: Report) -> Iterator[str]:
    if not report.cells:
        return
    peers = list(dict.fromkeys(cell.peer for cell in report.cells))
    for clients in dict.fromkeys(cell.clients for cell in report.cells):
        cells = [cell for cell in report.cells if cell.clients == clients]
        yield f"## {clients} client{'s' * (clients > 1)}"
        yield ""
        heads = [f"{peer}: answers/s (median ms, 95 %)" for peer in peers]
        rows = (
            (name, *(_figures(cells, name, peer) for peer in peers), _ratio_range(cells, name))
            for name in dict.fromkeys(cell.question for cell in cells)
        )
        yield from _table(("query", *heads, "ratio (of rounds)"), rows)
        yield from _summary(cells)


def _figures(cells: Sequence[Cell], question: str, peer: str) -> str:
    mine = [cell for cell in cells if (cell.question, cell.peer) == (question, peer)]
    if not mine:
        return "-"
    failed = sum(sum(cell.failures.values()) for cell in mine)
    return (
        f"{median(cell.throughput for cell in mine):,.1f} "
        f"({median(cell.median for cell in mine):.2f}, "
        f"{median(cell.percentile_95 for cell in mine):.2f})"
        + (f", {failed} failed" if failed else "")
    )


def ratios(cells: Sequence[Cell], question: str) -> list[float]:
    """Return our throughput over the native server's, round by round."""
    found = {
        (cell.round, cell.peer): cell.throughput for cell in cells if cell.question == question
    }
    return [
        throughput / found[number, NATIVE.name]
        for (number, peer), throughput in found.items()
        if peer == OURS.name and found.get((number, NATIVE.name))
    ]


def _ratio_range(cells: Sequence[Cell], question: str) -> str:
    found = ratios(cells, question)
    if not found:
        return "-"
    return f"**{median(found):.2f}** ({min(found):.2f} to {max(found):.2f})"


def _summary(cells: Sequence[Cell]) -> Iterator[str]:
    by_name = {
        name: median(found)
        for name in dict.fromkeys(cell.question for cell in cells)
        if (found := ratios(cells, name))
    }
    heavier = [ratio for name, ratio in by_name.items() if name in HEAVIER and ratio > 0]
    if heavier:
        yield (
            f"{OURS.name} over {NATIVE.name}, geometric mean of the {len(heavier)} heavier: "
            f"**{geometric_mean(heavier):.2f}**."
        )
    if by_name:
        worst = min(by_name, key=lambda name: by_name[name])
        yield f"Worst figure: {worst}, **{by_name[worst]:.2f}**."
    busy = max(cells, key=lambda cell: cell.busy)
    if busy.busy > _BUSY:
        yield (
            f"The load client itself was at work for {busy.busy:.0%} of the time at most "
            f"({busy.question}, {busy.peer}): such figures are lower bounds."
        )
    yield ""


def _streams(report: Report) -> Iterator[str]:
    for each in report.streamed:
        yield f"## A long answer: {each.peer}"
        yield ""
        yield (
            f"{each.rows:,} rows asked for, {each.bytes / 1e6:,.1f} MB: first byte after "
            f"{1000 * each.first_byte:.1f} ms, all after {each.whole:.2f} s."
        )
        yield ""
        yield from _table(
            ("process", "resident before, MB", "peak grew", "proportional grew", "private grew"),
            (
                (
                    f"{row.process} ({row.pid})",
                    row.before,
                    row.resident,
                    row.proportional,
                    row.private,
                )
                for row in each.growth
            ),
        )


def _runaways(report: Report) -> Iterator[str]:
    found = report.runaways
    if found is None:
        return
    yield f"## Runaways, deadline {found.deadline:g} s"
    yield ""
    yield from _table(
        ("query", "status (0: broken off)", "after, s", "after the deadline, s"),
        (
            (each.query, each.status, each.seconds, round(each.seconds - found.deadline, 3))
            for each in (*found.alone, *found.together)
        ),
    )
    yield (
        f"The latest came {found.latest:+.3f} s after the deadline. A lookup takes "
        f"{found.idle_lookup:.2f} ms alone and {found.beside_runaways:.2f} ms beside eight "
        f"runaways ({found.lookups_answered} answered, failed: {found.lookups_failed or 'none'})."
    )
    yield ""


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield "| " + " | ".join(str(value) for value in row) + " |"
    yield ""
