"""The supervisor of the query workers as a process: ``python -m graphsvc.cli.supervise FOLDER``."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from graphsvc import depot, settings
from graphsvc.cli.workers import opener, pinned, plan
from graphsvc.store.pool.pins import Pins
from graphsvc.store.pool.supervisor import supervise


def main(folder: str) -> None:
    """Supervise the workers of the release that is served; the settings are in the environment."""
    values = settings.load({})
    release = depot.served(values.releases)
    depot.Hold(release.path)
    pins = Pins(Path(folder), partial(pinned, values), values.deadline)
    supervise(opener(values, release), Path(folder), plan(values, release), pins)


if __name__ == "__main__":
    main(*sys.argv[1:])
