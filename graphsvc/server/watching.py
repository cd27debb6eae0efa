"""Waits for an engine that does not answer, in a separate process that ends when it answers.

The parent has one thread, and starts this process if the engine does not answer at its start. When
the engine answers, the keeper gets the signal for a reload: a new parent reads the data of the
engine, while the old one still sends errors.
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

#: Seconds between two requests to the engine: at first, and at most.
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 5.0


def watch() -> None:
    """Make the keeper start another parent when the engine answers; this one may end before."""
    keeper = os.getppid()
    subprocess.Popen([sys.executable, "-m", __name__, str(keeper)])  # noqa: S603


@click.command()
@click.argument("keeper", type=int)
def main(keeper: int) -> None:
    """Send the process KEEPER the signal for a reload when the engine answers."""
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
