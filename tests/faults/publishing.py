"""``kill -9`` of `graphsvc publish`, and of the engine into which it publishes."""

from __future__ import annotations

import random
import subprocess
import threading
from functools import partial
from itertools import cycle
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from publishing.proxy import proxy_before
from publishing.reading import names, quads, quads_of
from server.processes import GRAPHSVC, environment
from server.wire import PATIENCE, Wire, request

from .clients import outcome
from .engines import KillableEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from publishing.proxy import Proxy
    from server.wire import Answer

    from .clients import Outcome
    from .stage import Stage

#: Where publishing notes what is there; what it stages lies under it.
_INVENTORY = "/graph/inventory"

#: All that readers see of a release: without what is staged, and what publishing notes for itself.
_ALL = f"""SELECT ?g ?s ?p ?o {{
  GRAPH ?g {{ ?s ?p ?o }}
  FILTER (!CONTAINS(STR(?g), "{_INVENTORY}") && !isBlank(?s) && !isBlank(?o))
}}"""
_TARGET = "/query?" + urlencode({"query": _ALL})

#: The longest time from a write to a kill, in seconds: a write is under way or done then.
_LONGEST = 0.05


class _Readers:
    """What readers of the engine may see: one release or the other, whole."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self.targets: Sequence[str] = [_TARGET]
        self._contents = contents

    def judge(self, _target: str, answer: Answer) -> Outcome:
        """Return the outcome of a request."""
        return outcome(answer, [*self._contents.values()])


def killed(stage: Stage) -> Generator[None, None, None]:
    """Kill what publishes, or the engine, at random; the same command again finishes it."""
    engine = KillableEngine(stage)
    proxy = stage.stack.enter_context(proxy_before(engine.query))
    contents = {}
    for release in (stage.new, stage.old):
        proxy.writes.clear()
        process = _publish(stage, proxy, release)
        _, words = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, words
        contents[release] = _read(engine.query)
    writes = len(proxy.writes)
    stage.begin(engine.query, _Readers(contents))

    def kill_publisher(process: subprocess.Popen[str]) -> None:
        process.kill()

    def kill_engine(_: subprocess.Popen[str]) -> None:
        engine.kill()
        engine.come_back()

    strikes = {"what publishes": kill_publisher, "the engine": kill_engine}
    for (victim, strike), release in cycle(
        zip(strikes.items(), (stage.new, stage.old), strict=True)
    ):
        _publish_and_strike(stage, proxy, release, random.randrange(writes), strike)  # noqa: S311
        stage.fault_until(
            f"the kill of {victim} while {release} was published",
            partial(_is_published, stage, proxy, release),
        )
        yield


def _publish_and_strike(
    stage: Stage,
    proxy: Proxy,
    release: str,
    moment: int,
    strike: Callable[[subprocess.Popen[str]], None],
) -> None:
    """Publish, and strike soon after one of the writes has come."""
    timers: list[threading.Timer] = []

    def arm(number: int) -> None:
        if number == moment:
            after = random.uniform(0, _LONGEST)  # noqa: S311 - no secret
            timers.append(threading.Timer(after, strike, [process]))
            timers[-1].start()

    proxy.writes.clear()
    # Before the process is known nothing is written.
    process = _publish(stage, proxy, release)
    proxy.before = arm
    _, words = process.communicate(timeout=PATIENCE)
    proxy.before = lambda _number: None
    for timer in timers:
        timer.join()
    assert timers, "there was no such write"
    assert "Traceback" not in words, words


def _publish(stage: Stage, proxy: Proxy, release: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [GRAPHSVC, "publish", *stage.words, "--to", proxy.url, "--release", release],
        env=environment({}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _is_published(stage: Stage, proxy: Proxy, release: str) -> bool:
    """Publish again, and tell whether the engine has this release, and nothing else."""
    _, words = (process := _publish(stage, proxy, release)).communicate(timeout=PATIENCE)
    assert process.returncode == 0, words
    graphs = {graph for graph in names(proxy.url) if not graph.endswith(_INVENTORY)}
    return quads(proxy.url, graphs) == quads_of(stage.releases / release / "quads.nq.gz")


def _read(engine: str) -> bytes:
    with Wire.to(engine) as wire:
        answer = wire.exchange(request(_TARGET))
    assert (answer.status, answer.is_whole) == (200, True), answer
    return answer.content
