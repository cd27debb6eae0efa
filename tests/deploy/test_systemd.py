"""The units of systemd: it accepts them, they are hardened, and what they start answers.

https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from endpoint.transports import free_port
from server.processes import environment, eventually

from .proxy import DEPLOY, program, replaced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.release import Release

PLACE, RELEASES = "/opt/graphsvc/bin", "/var/lib/graphsvc/releases"
SERVICE, SOCKET = "graphsvc@8081.service", "graphsvc@8081.socket"

MOST_EXPOSED = 15
"""The exposure that is allowed, as `systemd-analyze security` counts it: tenths, 0 to 100."""


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """Return a folder with the units of one replica, for the program of these tests."""
    folder = tmp_path / "units"
    folder.mkdir()
    for name in (SERVICE, SOCKET):
        text = (DEPLOY / "systemd" / name.replace("8081", "")).read_text("utf-8")
        (folder / name).write_text(text.replace(PLACE, str(Path(sys.executable).parent)), "utf-8")
    return folder


def values(file: Path, name: str) -> list[str]:
    """Return the values of a setting in a unit's file, in order."""
    lines = file.read_text("utf-8").splitlines()
    return [line.partition("=")[2] for line in lines if line.startswith(f"{name}=")]


def analyze(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [program("systemd-analyze"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_systemd_accepts_the_units(units: Path) -> None:
    result = analyze("verify", units / SERVICE, units / SOCKET)
    assert (result.returncode, result.stderr) == (0, "")


def test_the_service_is_hardened(units: Path) -> None:
    result = analyze("security", "--offline=true", f"--threshold={MOST_EXPOSED}", units / SERVICE)
    assert result.returncode == 0, result.stdout


def test_what_the_units_name_is_what_the_guide_has_one_make() -> None:
    guide = (DEPLOY.parent / "docs" / "replicas.md").read_text("utf-8")
    for name in (PLACE, RELEASES, "graphsvc@8081.socket", "graphsvc@8082.socket"):
        assert name in guide


class Activated:
    """What systemd-socket-activate starts by the lines of the units, at the first connection."""

    def __init__(self, units: Path, folder: Path, releases: Path) -> None:
        (address,) = values(units / SOCKET, "ListenStream")
        self.port = free_port()
        listen = replaced(address, ("%i", str(self.port)))
        variables = [
            each.replace(RELEASES, str(releases)) for each in values(units / SERVICE, "Environment")
        ]
        settings = [f"--setenv={each}" for each in variables]
        (start,) = values(units / SERVICE, "ExecStart")
        activate = [program("systemd-socket-activate"), f"--listen={listen}", *settings]
        empty = folder / "empty"
        empty.mkdir()
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*activate, *shlex.split(start)],
                cwd=empty,
                env=environment({}),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def ready(self) -> dict[str, str]:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=120)) as connection:
            connection.request("GET", "/kg/readyz")
            answer = connection.getresponse()
            content: dict[str, str] = json.loads(answer.read())
            return content

    def listens(self) -> bool:
        assert self.process.poll() is None, self.log.read_text("utf-8")
        return "Listening on" in self.log.read_text("utf-8")


@pytest.fixture
def activated(units: Path, tmp_path: Path, lights_release: Release) -> Iterator[Activated]:
    activated = Activated(units, tmp_path, lights_release.path.parent)
    try:
        eventually(activated.listens)
        yield activated
    finally:
        os.killpg(activated.process.pid, signal.SIGKILL)
        activated.process.wait()


def test_the_first_client_starts_the_replica_and_waits_for_its_answer(
    activated: Activated, units: Path, lights_release: Release
) -> None:
    assert activated.ready() == {"status": "ready", "release": lights_release.id}
    line = f"at http://127.0.0.1:{activated.port}/"
    eventually(lambda: line in activated.log.read_text("utf-8"))
    (parent,) = psutil.Process(activated.process.pid).children()
    (reload,) = values(units / SERVICE, "ExecReload")
    subprocess.run(shlex.split(reload.replace("$MAINPID", str(activated.process.pid))), check=True)
    eventually(lambda: not parent.is_running())
    assert activated.ready()["release"] == lights_release.id
