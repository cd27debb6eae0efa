"""What each process of a server takes of the memory, after it has answered all questions."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import psutil

from . import processes
from .load import Span, load
from .rounds import TEXTS
from .tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .generate import Population
    from .peers import Server
    from .processes import Memory
    from .rounds import Plan

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class MemoryUse:
    """Memory in megabytes: of each process, and free in the machine before and after.

    The processes are by role: ``workers`` answer requests, ``others`` started them.
    """

    peer: str
    clients: int
    free_before: float
    free_after: float
    others: dict[str, Memory]
    workers: list[Memory]

    def section(self) -> Iterator[str]:
        """Yield the lines of the report."""
        yield f"## Memory after every question with {self.clients} clients: {self.peer}"
        yield ""
        rows = [(name, *_figures([each])) for name, each in self.others.items()]
        if self.workers:
            number = len(self.workers)
            rows.append((f"{number} workers, each: median (largest)", *_figures(self.workers)))
            whole = sum(each.private for each in self.workers)
            rows.append((f"{number} workers, together", f"{whole:,.1f}", "", "", ""))
        yield from table(("process", "private, MB", "shared", "proportional", "resident"), rows)
        everything = (*self.others.values(), *self.workers)
        yield (
            f"All processes, what they share once: "
            f"{sum(each.proportional for each in everything):,.0f} MB. Free in the machine: "
            f"{self.free_before:,.0f} MB before the start, {self.free_after:,.0f} MB at the end."
        )
        yield ""


def memory_use(server: Server, population: Population, plan: Plan) -> MemoryUse:
    """Ask every question with the most clients of the plan, then look at the processes."""
    clients = max(plan.clients)
    for question in plan.questions:
        texts = question.texts(population, TEXTS)
        requests = server.target.requests(texts, question.accept, repeated=question.repeated)
        load(server.target, requests, clients, Span(plan.seconds, plan.patience))
    workers = processes.workers(server.pid)
    others = [each for each in processes.tree(server.pid) if each not in workers]
    return MemoryUse(
        peer=server.peer.name,
        clients=clients,
        free_before=server.free_megabytes,
        free_after=round(psutil.virtual_memory().available / _MEGABYTE),
        others={
            f"{each.name()} ({'first' if each.pid == server.pid else each.pid})": memory
            for each in others
            if (memory := processes.memory(each))
        },
        workers=[memory for each in workers if (memory := processes.memory(each))],
    )


def _figures(memories: Sequence[Memory]) -> Iterator[str]:
    columns = (
        [each.private for each in memories],
        [each.resident - each.private for each in memories],
        [each.proportional for each in memories],
        [each.resident for each in memories],
    )
    for values in columns:
        largest = f" ({max(values):,.1f})" if len(values) > 1 else ""
        yield f"{median(values):,.1f}{largest}"
