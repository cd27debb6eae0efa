"""``kill -9`` of the service's processes: under load, while it reloads, and of the keeper."""

from __future__ import annotations

import random
import signal
import time
from contextlib import suppress
from itertools import cycle
from typing import TYPE_CHECKING

import psutil
from server.processes import eventually
from server.wire import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from .stage import Stage

#: Every so often it is the parent that is killed. It has to load the release anew.
_PARENT = 0.2

#: Half of the kills hit the youngest worker, which may be about to start.
_YOUNGEST = 0.5

#: The longest pause between two kills, in seconds.
_PAUSE = 0.1


def processes(stage: Stage) -> Generator[None, None, None]:
    """Kill workers, and now and then their parent, at random moments."""
    service = stage.serve(deadline=600)
    while True:
        time.sleep(random.uniform(0, _PAUSE))  # noqa: S311 - no secret
        is_parent = random.random() < _PARENT  # noqa: S311
        victims = service.parents() if is_parent else service.workers()
        if victims:
            _kill(victims)
            stage.fault(f"the kill of {'the parent' if is_parent else 'a worker'}", stage.old)
            yield


def keeper(stage: Stage) -> Generator[None, None, None]:
    """Kill the keeper: all its processes end with it, and what starts it again gets the port."""
    while True:
        service = stage.serve(deadline=600)
        left = service.processes()
        service.process.kill()
        service.process.wait(PATIENCE)
        assert not psutil.wait_procs(left, PATIENCE)[1], "processes have outlived the keeper"
        stage.serve(deadline=600)
        stage.fault("the kill of the keeper", stage.old)
        yield
        _end(stage)


def reloads(stage: Stage) -> Generator[None, None, None]:
    """Kill either parent, or a worker, while one parent takes over from the other."""
    service = stage.serve(deadline=600)
    for release in cycle((stage.new, stage.old)):
        parents = service.parents()
        stage.make_current(release)
        service.send_signal(signal.SIGHUP)
        eventually(lambda: service.parents() != parents)  # noqa: B023 - it is called here
        time.sleep(random.uniform(0, _PAUSE))  # noqa: S311 - no secret
        _kill([*service.parents(), *service.workers()])
        service.send_signal(signal.SIGHUP)
        stage.fault("a kill while reloading", release)
        yield


def _end(stage: Stage) -> None:
    stage.service.send_signal(signal.SIGTERM)
    stage.service.wait()


def _kill(victims: Sequence[psutil.Process]) -> None:
    """Kill one of some processes, if they have not ended by themselves."""
    with suppress(psutil.NoSuchProcess):
        if random.random() < _YOUNGEST:  # noqa: S311 - no secret
            max(victims, key=lambda each: each.create_time()).kill()
        else:
            random.choice(victims).kill()  # noqa: S311
