"""The tables of throughput and of processor time: ratios to the native server, beside the aims."""

from __future__ import annotations

from operator import attrgetter
from statistics import geometric_mean, median
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from .mix import FIRST, GROUPS, REPEATED
from .peers import NATIVE, OURS
from .tables import table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from .mix import Group
    from .rounds import Cell

    Figure: TypeAlias = Callable[[Cell], float]

Value = TypeVar("Value")

#: The aim: a request may take at most so many times the processor time of the native server.
PROCESSOR_AIM = 1.3

#: From here on the load client may have been what limited the throughput.
_BUSY = 0.8

_THROUGHPUT: Figure = attrgetter("throughput")
_PROCESSOR: Figure = attrgetter("processor")


def speed(cells: Sequence[Cell]) -> Iterator[str]:
    """Yield the lines of the report; none if nothing was measured."""
    if not cells:
        return
    clients = _distinct(cell.clients for cell in cells)
    heads = ("query", *(f"{number} client{'s' * (number > 1)}" for number in clients))
    yield f"## Answers a second, {OURS.name} over {NATIVE.name}"
    yield ""
    yield "The median of the rounds, and their range."
    yield ""
    yield from table(heads, _throughput(cells, clients))
    yield f"## Processor time of all processes a request, {OURS.name} over {NATIVE.name}"
    yield ""
    yield f"The ratio, and the milliseconds of both. The aim is {PROCESSOR_AIM}."
    yield ""
    yield from table(heads, _processor(cells, clients))
    for number in clients:
        yield from _details([cell for cell in cells if cell.clients == number])


def ratios(cells: Sequence[Cell], question: str, figure: Figure) -> list[float]:
    """Return our figure over the native server's, round by round."""
    figures = {(cell.round, cell.peer): figure(cell) for cell in cells if cell.question == question}
    return [
        value / figures[number, NATIVE.name]
        for (number, peer), value in figures.items()
        if peer == OURS.name and figures.get((number, NATIVE.name))
    ]


def _throughput(cells: Sequence[Cell], clients: Sequence[int]) -> Iterator[Sequence[str]]:
    columns = [[cell for cell in cells if cell.clients == number] for number in clients]
    for group in GROUPS:
        for name in _measured(cells, group):
            yield name, *(_with_range(ratios(column, name, _THROUGHPUT)) for column in columns)
        medians = [_medians(column, group, _THROUGHPUT) for column in columns]
        yield (
            f"**{group.name}: geometric mean**",
            *(_mean(each, group.mean.get(n)) for each, n in zip(medians, clients, strict=True)),
        )
        yield (
            f"**{group.name}: least**",
            *(_least(each, group.least.get(n)) for each, n in zip(medians, clients, strict=True)),
        )
    for name in _ungrouped(cells):
        yield name, *(_with_range(ratios(column, name, _THROUGHPUT)) for column in columns)
    yield (
        f"{OURS.name} alone: {REPEATED} over {FIRST} (aim: at least 1)",
        *(_with_range(_repeated(column)) for column in columns),
    )


def _processor(cells: Sequence[Cell], clients: Sequence[int]) -> Iterator[Sequence[str]]:
    columns = [[cell for cell in cells if cell.clients == number] for number in clients]
    for group in GROUPS:
        for name in _measured(cells, group):
            yield name, *(_milliseconds(column, name) for column in columns)
        medians = [_medians(column, group, _PROCESSOR) for column in columns]
        yield f"**{group.name}: geometric mean**", *(_mean(each, None) for each in medians)
    for name in _ungrouped(cells):
        yield name, *(_milliseconds(column, name) for column in columns)


def _medians(cells: Sequence[Cell], group: Group, figure: Figure) -> dict[str, float]:
    """Return the median ratio of each question of a group that was measured."""
    by_question = {name: ratios(cells, name, figure) for name in group.questions}
    return {name: median(values) for name, values in by_question.items() if values}


def _mean(medians: Mapping[str, float], aim: float | None) -> str:
    values = [value for value in medians.values() if value > 0]
    return f"**{geometric_mean(values):.2f}**{_aim(aim)}" if values else "-"


def _least(medians: Mapping[str, float], aim: float | None) -> str:
    if not medians:
        return "-"
    worst = min(medians, key=lambda name: medians[name])
    return f"**{medians[worst]:.2f}**, {worst}{_aim(aim)}"


def _aim(aim: float | None) -> str:
    return f" (aim {aim:g})" if aim else ""


def _with_range(values: Sequence[float]) -> str:
    if not values:
        return "-"
    return f"{median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def _repeated(cells: Sequence[Cell]) -> list[float]:
    """Return our throughput of the repeated question over that of the one never repeated."""
    mine = {(c.question, c.round): c.throughput for c in cells if c.peer == OURS.name}
    return [
        value / mine[FIRST, number]
        for (name, number), value in mine.items()
        if name == REPEATED and mine.get((FIRST, number))
    ]


def _milliseconds(cells: Sequence[Cell], question: str) -> str:
    values = ratios(cells, question, _PROCESSOR)
    if not values:
        return "-"
    ours, native = (
        median(cell.processor for cell in cells if (cell.question, cell.peer) == (question, name))
        for name in (OURS.name, NATIVE.name)
    )
    return f"{median(values):.2f} ({ours:.3g}, {native:.3g})"


def _details(cells: Sequence[Cell]) -> Iterator[str]:
    number = cells[0].clients
    peers = _distinct(cell.peer for cell in cells)
    yield f"## {number} client{'s' * (number > 1)}: answers a second (median ms, 95 %)"
    yield ""
    yield from table(
        ("query", *peers),
        (
            (name, *(_figures(cells, name, peer) for peer in peers))
            for name in _distinct(cell.question for cell in cells)
        ),
    )
    busy = max(cells, key=lambda cell: cell.busy)
    if busy.busy > _BUSY:
        yield (
            f"The load client itself was at work for {busy.busy:.0%} of the time at most "
            f"({busy.question}, {busy.peer}): such figures are lower bounds."
        )
        yield ""


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


def _distinct(values: Iterable[Value]) -> list[Value]:
    """Return each value once, in their order."""
    return list(dict.fromkeys(values))


def _measured(cells: Sequence[Cell], group: Group) -> list[str]:
    """Return the questions of a group that were measured, in the order of the group."""
    names = {cell.question for cell in cells}
    return [name for name in group.questions if name in names]


def _ungrouped(cells: Sequence[Cell]) -> list[str]:
    """Return the questions that were measured and are in no group."""
    grouped = {name for group in GROUPS for name in group.questions}
    return _distinct(cell.question for cell in cells if cell.question not in grouped)
