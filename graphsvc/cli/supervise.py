"""The supervisor of the query workers as a process: ``python -m graphsvc.cli.supervise FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path

from graphsvc import depot, settings
from graphsvc.cli.workers import opener, plan
from graphsvc.store.pool.supervisor import supervise


def main(folder: str) -> None:
    """Supervise the workers of the release that is served; the settings are in the environment."""
    values = settings.load({})
    release = depot.served(values.releases)
    depot.Hold(release.path)
    supervise(opener(values, release), Path(folder), plan(values, release))


if __name__ == "__main__":
    main(*sys.argv[1:])
