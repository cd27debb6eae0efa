"""Files of a release that are cut, changed or missing: at a start, at a reload, while served."""

from __future__ import annotations

import os
import shutil
import signal
from itertools import cycle, product
from typing import TYPE_CHECKING

from server.processes import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from .stage import Stage


def _cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _flip(file: Path) -> None:
    """Change one bit in the middle; the size stays."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    with file.open("r+b") as out:
        out.write(content)


def _overwrite(file: Path) -> None:
    """Write zeros over all of it, into the same file."""
    size = file.stat().st_size
    with file.open("r+b") as out:
        out.write(bytes(size))


def _remove(file: Path) -> None:
    file.unlink()


_KINDS = (_flip, _cut, _overwrite, _remove)
_FILES = (
    *("search.sqlite", "pages.txt", "quads.nq.gz", "store/*.sst", "forms.sqlite"),
    *("queries/*.rq", "documents.txt", "sources/*.txt"),
)


def _damages(*files: str) -> Iterator[tuple[Callable[[Path], None], str]]:
    """Yield each kind of damage to each file, without end; the first few have every kind."""
    pairs = sorted(
        product(range(len(_KINDS)), range(len(files))), key=lambda pair: (sum(pair), pair)
    )
    return ((_KINDS[kind], files[file]) for kind, file in cycle(pairs))


class _Victim:
    """A release that is damaged and mended, with a sound copy of it."""

    def __init__(self, stage: Stage, release: str) -> None:
        self.path = stage.releases / release
        self._sound = stage.folder / "sound"
        shutil.copytree(self.path, self._sound)
        self._damaged = self.path

    def damage(self, kind: Callable[[Path], None], files: str) -> str:
        """Damage the first of some files; return a description of the damage."""
        self._damaged = min(self.path.glob(files))
        kind(self._damaged)
        return f"{kind.__name__.strip('_')} {self._damaged.name}"

    def mend(self) -> None:
        """Write the file as it was, over itself."""
        shutil.copyfile(self._sound / self._damaged.relative_to(self.path), self._damaged)


def at_start(stage: Stage) -> Generator[None, None, None]:
    """Start with a damaged release: the one before is served, and the damage is reported."""
    victim = _Victim(stage, stage.new)
    stage.make_current(stage.new)
    for kind, files in _damages(*_FILES, "manifest.json"):
        damage = victim.damage(kind, files)
        stage.serve(deadline=600)
        stage.fault(f"a start after {damage}", stage.old)
        assert stage.new in stage.readiness().get("failure", ""), "the damage is not told"
        assert stage.new in stage.service.log
        yield
        victim.mend()
        stage.service.send_signal(signal.SIGTERM)
        stage.service.wait()


def at_reload(stage: Stage) -> Generator[None, None, None]:
    """Reload a damaged release: the service keeps its release and reports the damage."""
    victim = _Victim(stage, stage.new)
    service = stage.serve(deadline=600)
    for kind, files in _damages(*_FILES, "manifest.json"):
        damage = victim.damage(kind, files)
        stage.make_current(stage.new)
        service.send_signal(signal.SIGHUP)
        eventually(lambda: stage.new in stage.readiness().get("failure", ""))
        stage.fault(f"a reload after {damage}", stage.old)
        yield
        victim.mend()
        stage.make_current(stage.old)
        service.send_signal(signal.SIGHUP)
        eventually(lambda: "failure" not in stage.readiness())


def while_served(stage: Stage) -> Generator[None, None, None]:
    """Damage the release that is served: the one before replaces it; the damage is reported."""
    victim = _Victim(stage, stage.new)
    stage.make_current(stage.new)
    service = stage.serve(deadline=600)
    for kind, files in _damages(*_FILES):
        damage = victim.damage(kind, files)
        stage.fault(f"{damage} while it was served", stage.old)
        assert stage.new in stage.readiness().get("failure", ""), "the damage is not told"
        yield
        victim.mend()
        service.send_signal(signal.SIGHUP)
        eventually(lambda: stage.is_well(stage.new))


def alone(stage: Stage) -> Generator[None, None, None]:
    """Damage the only release: the service reports it, and serves it until it is mended."""
    shutil.rmtree(stage.releases / stage.old)
    victim = _Victim(stage, stage.new)
    stage.make_current(stage.new)
    stage.serve(deadline=600)
    for kind, files in _damages(*_FILES):
        damage = victim.damage(kind, files)
        eventually(lambda: stage.readiness().get("code") == "503")
        victim.mend()
        stage.fault(f"{damage} of the only release", stage.new)
        yield
