"""Runs a scenario, and returns its result."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from .clients import Outcome
from .stage import Stage

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Generator
    from pathlib import Path

    from .stage import Counts, Ground

#: A scenario: it starts a service, and each step of it injects a fault and waits until all is well.
Scenario: TypeAlias = "Callable[[Stage], Generator[None, None, None]]"


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a scenario."""

    name: str
    outcomes: Counter[Outcome]
    wrong_answers: list[str]
    counts: Counts

    @property
    def faults_of_ours(self) -> list[str]:
        """Return the failures: wrong answers that look right, and releases that are not served."""
        return [*self.wrong_answers, *self.counts.lost]

    def row(self) -> tuple[object, ...]:
        """Return the row of the table."""
        seconds = sorted(self.counts.seconds) or [0.0]
        return (
            self.name,
            self.counts.faults,
            self.outcomes.total(),
            *(self.outcomes[outcome] for outcome in Outcome),
            len(self.counts.lost),
            f"{seconds[len(seconds) // 2]:.2f}",
            f"{seconds[-1]:.2f}",
        )


HEADS = (
    *("scenario", "faults", "requests", *(outcome.value for outcome in Outcome)),
    *("releases lost", "seconds until well, median", "longest"),
)


def play(
    name: str, scenario: Scenario, ground: Ground, folder: Path, is_over: Callable[[Stage], bool]
) -> Result:
    """Play a scenario in a new folder until it is over or ends itself."""
    folder.mkdir(parents=True)
    with Stage(ground, folder) as stage, closing(scenario(stage)) as steps:
        try:
            for _ in steps:
                if is_over(stage):
                    break
        except AssertionError as error:
            if stage.clients is None:
                raise
            stage.counts.lost.append(f"The scenario {name} broke off: {error}")
        clients = stage.clients
    if clients is None:
        raise RuntimeError(f"The scenario {name} has started no service.")
    return Result(name, clients.outcomes, clients.wrong_answers, stage.counts)
