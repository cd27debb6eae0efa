"""The supervisor of the query workers as a process: ``python -m graphsvc.cli.supervise FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path

from graphsvc import settings
from graphsvc.cli.workers import opener, plan
from graphsvc.release import current
from graphsvc.store.pool.supervisor import supervise


def main(folder: str) -> None:
    """Supervise the workers of the current release; the settings are in the environment."""
    values = settings.load({})
    release = current(values.releases)
    supervise(opener(values, release), Path(folder), plan(values, release))


if __name__ == "__main__":
    main(*sys.argv[1:])
