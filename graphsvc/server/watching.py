"""Waiting for an engine that does not answer, in a process of its own that ends once it does.

The parent has one thread, and starts this when it finds the engine away at its start. When the
engine answers, the keeper is sent the signal for a reload: the new parent reads what there is to
know, while this one still tells its clients what they wait for.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import click

from graphsvc import settings
from graphsvc.errors import GraphsvcError
from graphsvc.server import bounds
from graphsvc.survey.engine import open_engine

#: How long to wait before the engine is asked, in seconds: at first, and at most.
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 5.0


def watch() -> None:
    """Have the keeper start another parent once the engine answers; this parent may end before."""
    keeper = os.getppid()
    subprocess.Popen([sys.executable, "-m", __name__, str(keeper)])  # noqa: S603


@click.command()
@click.argument("keeper", type=int)
def main(keeper: int) -> None:
    """Send the process KEEPER the signal for a reload once the engine answers."""
    bounds.end_with_parent()
    store = open_engine(settings.load({}), {})
    pause = _FIRST_PAUSE
    while True:
        time.sleep(pause)
        try:
            store.check()
        except GraphsvcError:
            pause = min(2 * pause, _LONGEST_PAUSE)
        else:
            os.kill(keeper, signal.SIGHUP)
            return


if __name__ == "__main__":
    main()
