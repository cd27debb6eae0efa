"""What a scenario works on: a project, two releases of it, a service under load, and counts."""

from __future__ import annotations

import json
import shutil
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from projects import LIGHTS, built, copied, replaced
from server.processes import Service, eventually, run, started, until_serving
from server.wire import BrokenOff, Wire, request

from .clients import NAME, TARGETS, TARGETS_OF_ENGINE, Clients, RightAnswers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from server.wire import Answer

    from .clients import Judge

OLD, NEW = "Tobias Reed", "T. Reed"

#: So many lookups in a row must be right for a service to be well again.
_IN_A_ROW = 5

#: How many clients ask at the same time.
_CLIENTS = 2

#: How long a service has to get well, in seconds: far more than it takes.
_PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Ground:
    """A project and its two releases, ``old`` and ``new``, with the right answers of each."""

    project: Path
    releases: Path
    old: str
    new: str
    right: RightAnswers


def prepare(folder: Path) -> Ground:
    """Build both releases in a new folder, and ask each everything while nothing is wrong."""
    project, releases = copied(LIGHTS, folder / "project"), folder / "releases"
    old = built(project, releases).id
    rename(project, OLD, NEW)
    new = built(project, releases).id
    rename(project, NEW, OLD)
    with started(_arguments(folder, releases), folder, {}) as service:
        of_new = _answers(until_serving(service), TARGETS)
        make_current(releases, old)
        result = run("reload", "--project", project, "--releases", releases)
        assert result.returncode == 0, result.stderr
        of_old = _answers(service, TARGETS)
    return Ground(project, releases, old, new, RightAnswers({old: of_old, new: of_new}))


def rename(project: Path, before: str, after: str) -> None:
    """Change the project's files so that another release is built of them."""
    replaced(project / "data" / "editorial.trig", f'"{before}"@en', f'"{after}"@en')


def make_current(releases: Path, release: str) -> None:
    """Make a release the current one, as the end of a build does."""
    link = releases / "next"
    link.symlink_to(release)
    link.replace(releases / "current")


def _arguments(folder: Path, releases: Path, port: int = 0) -> list[str | Path]:
    """Return the arguments of a service that has releases alone, so that it builds nothing."""
    empty = folder / "empty"
    empty.mkdir(exist_ok=True)
    return ["--project", empty, "--releases", releases, "--port", str(port)]


def _answers(service: Service, targets: Sequence[str]) -> dict[str, bytes]:
    """Return what a service answers while nothing is wrong."""
    return {target: _right(service.get(target)) for target in targets}


def _right(answer: Answer) -> bytes:
    assert (answer.status, answer.is_whole) == (200, True), answer
    return answer.content


@dataclass
class Counts:
    """What a scenario has done: faults, releases lost after one, seconds until well after each."""

    faults: int = 0
    lost: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


class Stage:
    """A copy of the ground for one scenario, in a folder of its own, and a service of it."""

    def __init__(self, ground: Ground, folder: Path) -> None:
        self.folder = folder
        self.old, self.new = ground.old, ground.new
        self.project = copied(ground.project, folder / "project")
        self.releases = folder / "releases"
        shutil.copytree(ground.releases, self.releases, symlinks=True)
        self.right = ground.right
        self.counts = Counts()
        self.stack = ExitStack()
        self.clients: Clients | None = None
        self._service: Service | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.clients is not None:
            self.clients.stop()
        self.stack.close()

    @property
    def service(self) -> Service:
        """Return the service that `serve` has started last."""
        assert self._service is not None
        return self._service

    @property
    def words(self) -> tuple[str | Path, ...]:
        """Return the arguments of every command."""
        return ("--project", self.project, "--releases", self.releases)

    def serve(self, launcher: Sequence[str | Path] = (), **settings: object) -> Service:
        """Start a service, at the place of the one before; the clients go on or begin."""
        port = int(self._service.address.rpartition(":")[2].strip("/")) if self._service else 0
        service = self._start(_arguments(self.folder, self.releases, port), launcher, settings)
        if self.clients is None:
            self.begin(service.address, self.right)
        return service

    def serve_engine(self, address: str, **settings: object) -> Service:
        """Start a service before an engine. What it answers now is right; the clients begin."""
        surveys = self.folder / "surveys"
        places = (self.project, "--store", address, "--releases", surveys, "--port", "0")
        service = self._start(places, (), settings)
        self.old = service.release()
        self.right = RightAnswers({self.old: _answers(service, TARGETS_OF_ENGINE)})
        self.begin(service.address, self.right)
        return service

    def begin(self, address: str, judge: Judge) -> None:
        """Let the clients begin to ask what is at an address."""
        self.clients = Clients(lambda: Wire.to(address), judge, _CLIENTS)

    def _start(
        self,
        arguments: Sequence[str | Path],
        launcher: Sequence[str | Path],
        settings: Mapping[str, object],
    ) -> Service:
        own = self.folder / f"service-{len(list(self.folder.iterdir()))}"
        own.mkdir()
        service = self.stack.enter_context(started(arguments, own, settings, launcher))
        self._service = until_serving(service)
        return service

    def make_current(self, release: str) -> None:
        """Make a release the current one, without a reload."""
        make_current(self.releases, release)

    def readiness(self) -> dict[str, str]:
        """Return what /readyz says, with its HTTP status; nothing if there is no answer."""
        with suppress(OSError, BrokenOff, ValueError):
            answer = self.service.get("/readyz")
            members = json.loads(answer.content)
            return {name: str(members[name]) for name in members} | {"code": str(answer.status)}
        return {}

    def is_well(self, release: str) -> bool:
        """Tell whether a release is served and a few lookups in a row are right."""
        if self.readiness().get("release") != release:
            return False
        with suppress(OSError, BrokenOff), self.service.connect() as wire:
            answers = [wire.exchange(request(NAME)) for _ in range(_IN_A_ROW)]
            return all(self.right.judge(NAME, each) == "right" for each in answers)
        return False

    def fault(self, description: str, then: str) -> None:
        """Count a fault that has been injected; wait until the release that is right is served."""
        self.fault_until(f"{description}: {then}", lambda: self.is_well(then))

    def fault_until(self, description: str, is_well: Callable[[], bool]) -> None:
        """Count a fault that has been injected; wait until all is well."""
        start_time = time.monotonic()
        self.counts.faults += 1
        while not is_well():
            if time.monotonic() > start_time + _PATIENCE:
                state = self.readiness() if self._service else {}
                self.counts.lost.append(f"It is not well after {description}; {state}")
                return
            time.sleep(0.02)
        self.counts.seconds.append(time.monotonic() - start_time)

    def wait_for(self, words: str) -> None:
        """Wait until the log of the service has some words."""
        eventually(lambda: words in self.service.log)
