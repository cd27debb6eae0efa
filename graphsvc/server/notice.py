"""The notice of a running service: the release that it serves, and why it serves no other one.

The keeper writes it twice. One copy is a file in the folder of releases, by which
``graphsvc reload`` and ``graphsvc releases`` find the service; it is missing if the folder cannot
be written. The other copy is memory whose descriptor the parents and workers inherit, for /readyz.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import signal
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from graphsvc.errors import StoreError

#: Seconds between two checks of a running reload.
_STEP = 0.05

#: The least bytes of a notice. They are allocated at the start, so that a service can reload when
#: the disk is full.
_ROOM = 8192


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """The id of the served release; ``failure`` is the reason why it is not the current one.

    ``is_sound`` is false if files of the release changed while it was served, and there is no other
    release.
    """

    release: str
    failure: str = ""
    is_sound: bool = True


class Notice:
    """The notice of a running keeper.

    Its file is locked while the service runs, so that a left-over file can be recognised.
    ``descriptor`` is that of the memory which `read_status` reads.
    """

    def __init__(self, releases: Path, addresses: list[str]) -> None:
        self.has_served = False
        self.descriptor = os.memfd_create("graphsvc-notice")
        self._releases = releases
        self._path = Path()
        self._addresses = addresses
        self._file: int | None = None
        self._changes = 0

    def __enter__(self) -> Self:
        with suppress(OSError):  # a read-only folder can be served, too
            self._make_file()
        return self

    def __exit__(self, *_: object) -> None:
        self._leave_file()
        os.close(self.descriptor)

    def write(self, status: ServiceStatus) -> None:
        self.has_served = True
        self._changes += 1
        _overwrite(self.descriptor, asdict(status))
        if self._file is None:
            return
        row = {
            "pid": os.getpid(),
            "addresses": self._addresses,
            "changes": self._changes,
            "status": asdict(status),
        }
        try:
            _overwrite(self._file, row)
        except OSError as error:
            logging.getLogger(__name__).warning("%s cannot be written: %s.", self._path, error)

    def _make_file(self) -> None:
        """Make and lock the file, and then give it a new name.

        It is locked first, because other programs delete a notice that is not locked.
        """
        prefix = f".service-{os.getpid()}-"
        self._file, name = tempfile.mkstemp(".new", prefix, self._releases)
        self._path = Path(name)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            os.fchmod(self._file, 0o644)
            os.posix_fallocate(self._file, 0, _ROOM)
            self._path = self._path.replace(self._path.with_suffix(".json"))
        except OSError:
            self._leave_file()
            raise

    def _leave_file(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
            os.close(self._file)
            self._file = None


def _overwrite(descriptor: int, row: dict[str, object]) -> None:
    """Overwrite a row in one call, and fill the rest with spaces, which JSON allows."""
    os.pwrite(descriptor, json.dumps(row).encode().ljust(_ROOM), 0)


def read_status(descriptor: int) -> ServiceStatus | None:
    """Return the last status of the keeper; None before its first parent is ready."""
    text = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
    return ServiceStatus(**json.loads(text)) if text else None


@dataclass(frozen=True, slots=True)
class RunningService:
    """A running service, from its notice."""

    path: Path
    pid: int
    addresses: tuple[str, ...]
    changes: int
    status: ServiceStatus

    @classmethod
    def read(cls, path: Path) -> RunningService:
        """Read a notice. Errors: ValueError if the service has not written it yet."""
        row = json.loads(path.read_bytes().rstrip(b"\0"))
        status = ServiceStatus(**row["status"])
        return cls(path, row["pid"], tuple(row["addresses"]), row["changes"], status)

    def reload(self) -> RunningService:
        """Make the service serve the current release; return its new state.

        Errors: StoreError if it cannot; it continues as before.
        """
        os.kill(self.pid, signal.SIGHUP)
        after = self
        while after.changes == self.changes:
            time.sleep(_STEP)
            try:
                os.kill(self.pid, 0)
                after = RunningService.read(self.path)
            except (ProcessLookupError, FileNotFoundError) as error:
                raise StoreError("The service has ended.") from error
            except ValueError:
                continue  # the keeper is writing it
        if after.status.failure:
            raise StoreError(
                f"{after.status.failure} The release {after.status.release} is served.",
                remedy="The log of the service says why.",
            )
        return after


def services(releases: Path) -> list[RunningService]:
    """Return the services of a folder of releases that run and answer."""
    notices = sorted(releases.glob(".service-*.json"))
    return [service for path in notices if (service := _running(path)) is not None]


def _running(path: Path) -> RunningService | None:
    """Return the service of a notice; None if it has ended or does not answer yet."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            with suppress(ValueError):
                return RunningService.read(path)
        else:
            with suppress(OSError):
                path.unlink(missing_ok=True)  # its service was killed
    return None
