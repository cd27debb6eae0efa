"""An engine behind a service that spoils its answers, or is killed and comes back."""

from __future__ import annotations

import gzip
from itertools import cycle
from typing import TYPE_CHECKING

from engines.servers import oxigraph
from server.processes import eventually

from graphsvc.store import union

from .spoiling import SPOILINGS, proxy_before, whole

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from .stage import Stage

#: How many answers are spoiled in a row: more than the service tries again for one request.
_SPOILED = 5

#: What the service gives a query, in seconds: so long it waits for a silent engine.
_DEADLINE = 2


class KillableEngine:
    """A real engine of a scenario; it comes back at its address with what it had."""

    def __init__(self, stage: Stage, data: Path | None = None) -> None:
        self._stage = stage
        self._folder = stage.folder / "engine"
        self._folder.mkdir(exist_ok=True)
        self._engine = stage.stack.enter_context(oxigraph(self._folder, data))
        self.query = self._engine.query

    def kill(self) -> None:
        """Kill its process."""
        self._engine.process.kill()
        self._engine.process.wait()

    def come_back(self) -> None:
        """Start it again."""
        running = oxigraph(self._folder, port=self._engine.port)
        self._engine = self._stage.stack.enter_context(running)


def spoiled(stage: Stage) -> Generator[None, None, None]:
    """Spoil the answers of an engine in each way; then it is well again, and so is the service."""
    engine = KillableEngine(stage, _quads(stage))
    proxy = stage.stack.enter_context(proxy_before(engine.query))
    stage.serve_engine(proxy.address, deadline=_DEADLINE)
    for name, spoiling in cycle(SPOILINGS.items()):
        proxy.become(spoiling)
        eventually(lambda: proxy.answers >= _SPOILED)
        proxy.become(whole)
        stage.fault(f"{name} of the engine", stage.old)
        yield


def killed(stage: Stage) -> Generator[None, None, None]:
    """Kill the engine under load: the service says that it is away, and is well once it is back."""
    engine = KillableEngine(stage, _quads(stage))
    stage.serve_engine(engine.query, deadline=_DEADLINE)
    while True:
        engine.kill()
        eventually(lambda: stage.readiness().get("code") == "503")
        engine.come_back()
        stage.fault("the kill of the engine", stage.old)
        yield


def _quads(stage: Stage) -> Path:
    """Return a file with the quads of a release, and the merge of its graphs."""
    nquads = gzip.decompress((stage.releases / stage.old / "quads.nq.gz").read_bytes())
    path = stage.folder / "quads.nq"
    path.write_bytes(b"".join(union.triples(nquads)) + nquads)
    return path
