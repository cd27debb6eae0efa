"""``kill -9`` of a build, beside a service of the release before."""

from __future__ import annotations

import shutil
import subprocess
import time
from itertools import cycle
from typing import TYPE_CHECKING

from server.processes import GRAPHSVC, environment, run

from graphsvc.release import current

from .stage import NEW, OLD, rename

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from .stage import Stage

#: A build is killed as soon as one of these is there: while it stores, indexes, writes, and ends.
_MOMENTS = (
    ".building-*/store/CURRENT",
    ".building-*/quads.nq.gz",
    ".building-*/manifest.json",
    "{release}/manifest.json",
)


def builds(stage: Stage) -> Generator[None, None, None]:
    """Kill a build; the next one is whole, and the service takes its release."""
    service = stage.serve(deadline=600)
    swaps = cycle(((stage.old, stage.new, OLD, NEW), (stage.new, stage.old, NEW, OLD)))
    moments = cycle(_MOMENTS)
    for before, after, old_name, new_name in swaps:
        rename(stage.project, old_name, new_name)
        shutil.rmtree(stage.releases / after)
        _kill_build(stage, next(moments).format(release=after))
        _check(stage, (before, after))
        result = run("build", *stage.words)
        assert result.returncode == 0, result.stderr
        result = run("reload", *stage.words)
        assert result.returncode == 0, result.stderr
        stage.fault("the kill of a build", after)
        assert service.process.poll() is None
        yield


def _kill_build(stage: Stage, moment: str) -> None:
    """Start a build, and kill it when there is a file of this name."""
    build = subprocess.Popen(
        [GRAPHSVC, "build", *stage.words],
        env=environment({}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while build.poll() is None and not list(stage.releases.glob(moment)):
        time.sleep(0.01)
    build.kill()
    build.wait()


def _check(stage: Stage, allowed: tuple[str, ...]) -> None:
    """Count a release as lost unless the current one after a fault is among some, and sound."""
    release = current(stage.releases)
    release.verify()
    if release.id not in allowed:
        stage.counts.lost.append(f"{release.id} is current after the kill of a build")


def complaint(words: tuple[str | Path, ...], launcher: tuple[str, ...]) -> str:
    """Run a build that cannot succeed; return its message."""
    result = subprocess.run(
        [*launcher, GRAPHSVC, "build", *words],
        env=environment({}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1, result
    assert result.stderr.startswith("Error: "), result.stderr
    assert "--releases" in result.stderr, "it does not say what to do"
    assert "Traceback" not in result.stderr
    return result.stderr
