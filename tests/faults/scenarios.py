"""The table of scenarios: a name, the function, and how many faults a run of the tests has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import building, crowd, damage, disk, engines, killing, publishing

if TYPE_CHECKING:
    from .play import Scenario


@dataclass(frozen=True, slots=True)
class Row:
    """A scenario, and how many faults of it the tests inject."""

    scenario: Scenario
    faults: int


SCENARIOS = {
    "kill-processes": Row(killing.processes, 6),
    "kill-keeper": Row(killing.keeper, 1),
    "kill-reload": Row(killing.reloads, 1),
    "kill-build": Row(building.builds, 1),
    "damage-at-start": Row(damage.at_start, 1),
    "damage-at-reload": Row(damage.at_reload, 1),
    "damage-while-served": Row(damage.while_served, 1),
    "damage-alone": Row(damage.alone, 1),
    "full-disk": Row(disk.full, 1),
    "full-log": Row(disk.log, 3),
    "read-only": Row(disk.read_only, 1),
    "connections": Row(crowd.connections, 1),
    "spoil-engine": Row(engines.spoiled, 9),
    "kill-engine": Row(engines.killed, 1),
    "kill-publish": Row(publishing.killed, 2),
}
