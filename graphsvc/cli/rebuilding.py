"""The process that builds after each change of the files, beside the service."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from watchfiles import DefaultFilter, watch

from graphsvc import layout
from graphsvc import settings as table
from graphsvc.build import build
from graphsvc.cli.error_report import tell
from graphsvc.cli.inputs import load
from graphsvc.description import describe
from graphsvc.editing.state import BuildReport
from graphsvc.errors import GraphsvcError, StoreError
from graphsvc.release import CURRENT
from graphsvc.server import bounds
from graphsvc.server.notice import services
from graphsvc.setting_sources import FILE_NAME
from graphsvc.validation import validate_quickly

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator, Mapping, Sequence

    from watchfiles import Change
    from watchfiles.main import FileChange

    from graphsvc.editing.state import EditingState
    from graphsvc.release import Release
    from graphsvc.server.notice import RunningService
    from graphsvc.settings import Settings

#: Milliseconds without a change before a build, and between two checks for new folders and files.
_QUIET, _LOOK = 50, 50

#: Seconds between two checks whether the service has started.
_STEP = 0.05

#: The parts of a project that are watched: its folder may have other, large folders.
_PARTS = ("ontology", "data", "queries", FILE_NAME)


def settings_for_building(overrides: Mapping[str, object]) -> Settings:
    """Return the settings, with a separate folder of releases beside that of ``graphsvc build``.

    These releases have not passed all checks, and there is one for each change. Clients connect to
    the service directly, not by the public address.
    """
    settings = table.load(overrides)
    name = f"{settings.releases.name}-watched"
    return replace(settings, releases=settings.releases.with_name(name))


def in_process(builder: Builder, sockets: Sequence[socket.socket], pipe: int) -> None:
    """Run a builder in a separate process, which ends with this one.

    It closes the sockets of the service and the reading end of the pipe.
    """

    def run() -> None:
        bounds.end_with_parent()
        # Ctrl-C goes to all processes of the terminal; this process ends with the service.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for each in sockets:
            each.close()
        os.close(pipe)
        builder.run()

    multiprocessing.get_context("fork").Process(target=run, daemon=True).start()


class Builder:
    """Builds a project now and after each change, and reloads the service of its parent process.

    ``ready`` is a pipe; the builder writes a byte when there is a release to serve.
    """

    def __init__(self, overrides: Mapping[str, object], state: EditingState, ready: int) -> None:
        self._overrides = overrides
        self._state = state
        self._ready: int | None = ready
        self._console = Console(stderr=True, highlight=False)

    def run(self) -> None:
        """Build after each change, until the process ends."""
        while True:
            settings = settings_for_building(self._overrides)
            changes = _changes(settings)
            self._build()
            next(changes)

    def _build(self) -> None:
        began = time.monotonic()
        try:
            release = self._built()
            self._state.write(BuildReport(release.id))
            self._serve(release)
        except GraphsvcError as error:
            self._state.write(BuildReport.of(error))
            tell(error, self._console)
            self._serve_what_there_is()
        else:
            took = time.monotonic() - began
            self._console.print(f"Release {release.id} is served, after {took:.1f} s.")

    def _built(self) -> Release:
        """Build a release. Errors: GraphsvcError for any failure."""
        try:
            settings = settings_for_building(self._overrides)
            return build(load(settings), settings, validate_quickly, describe)
        except GraphsvcError:
            raise
        except Exception as error:
            # The service continues, and the next change may correct the failure.
            logging.getLogger(__name__).debug("The build failed.", exc_info=True)
            raise StoreError(f"The build failed: {error}", remedy="Try graphsvc build.") from error

    def _serve(self, release: Release) -> None:
        service = self._service()
        if service.status.release != release.id:
            service.reload()

    def _serve_what_there_is(self) -> None:
        """Let the service start with an earlier release; without one, wait for a good build."""
        if self._ready is not None:
            if (settings_for_building(self._overrides).releases / CURRENT).exists():
                self._service()
            else:
                self._console.print("Nothing is served yet: mend the files.")

    def _service(self) -> RunningService:
        """Return the service of this process's parent, which starts once there is a release."""
        if self._ready is not None:
            os.write(self._ready, b"1")
            os.close(self._ready)
            self._ready = None
        releases = settings_for_building(self._overrides).releases
        while True:
            for service in services(releases):
                if service.pid == os.getppid():
                    return service
            time.sleep(_STEP)


def _changes(settings: Settings) -> Iterator[None]:
    """Yield after the files have changed and then stayed unchanged for a moment.

    Changes from now on are noticed, even while the caller is busy.
    """
    watched = _paths(settings)
    changes = watch(
        *watched,
        watch_filter=_Filter(watched, settings.releases),
        step=_QUIET,
        rust_timeout=_LOOK,
        yield_on_timeout=True,
        ignore_permission_denied=True,
    )
    next(changes)
    return _first(changes, watched, settings)


def _first(
    changes: Iterator[set[FileChange]], watched: Sequence[Path], settings: Settings
) -> Iterator[None]:
    for changed in changes:
        # A missing folder cannot be watched, so the program checks whether it exists now.
        if changed or _paths(settings) != watched:
            yield


def _paths(settings: Settings) -> list[Path]:
    """Return the watched paths: the existing parts of a project, and other named files."""
    root = settings.project
    parts: list[Path] = []
    if root is not None:
        parts = [root / part for part in _PARTS] if layout.is_project(root) else [root]
    return [path for path in (*parts, *settings.files) if path.exists()]


class _Filter(DefaultFilter):
    """Ignores hidden files, files of editors, and files that a build writes."""

    def __init__(self, watched: Sequence[Path], releases: Path) -> None:
        super().__init__()
        self._watched = watched
        self._releases = releases

    def __call__(self, change: Change, path: str) -> bool:
        """Tell whether the change of a file counts."""
        file = Path(path)
        under = (file.relative_to(each) for each in self._watched if file.is_relative_to(each))
        is_hidden = any(part.startswith(".") for each in under for part in each.parts)
        is_built = file.is_relative_to(self._releases)
        return not is_hidden and not is_built and super().__call__(change, path)
