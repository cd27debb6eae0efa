"""How a service starts, announces its address, and stops."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sys
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import psutil
import pytest

from .launchers import read_only_mount, without_privileges
from .processes import (
    ENDLESS_ROWS,
    LOOKUP,
    NAME,
    Service,
    eventually,
    run,
    started,
    until_serving,
)
from .wire import PATIENCE, BrokenOff, Wire, query, request

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Serve

LONG = query("SELECT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 100000", format="csv")


def places(project: Path, releases: Path) -> tuple[str | Path, ...]:
    return ("--project", project, "--releases", releases)


def test_the_port_that_the_kernel_gave_is_told(service: Service, lights_folder: Path) -> None:
    port = service.address.removeprefix("http://127.0.0.1:").removesuffix("/")
    assert 0 < int(port) < 65_536
    assert f"Serving {lights_folder} at http://127.0.0.1:{port}/\n" in service.output


def test_an_ipv6_address_is_told_as_one(serve: Serve) -> None:
    """RFC 3986, section 3.2.2."""
    service = serve("--host", "::1")
    assert service.address.startswith("http://[::1]:")
    assert service.ask(LOOKUP).values == [NAME]


def over(path: Path) -> Wire:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(PATIENCE)
    connection.connect(str(path))
    return Wire(connection)


def test_a_unix_socket_is_served_even_where_one_was_left(
    lights_folder: Path, releases: Path, tmp_path: Path
) -> None:
    path = tmp_path / "socket"
    with closing(socket.socket(socket.AF_UNIX)) as stale_socket:
        stale_socket.bind(str(path))
    arguments = [*places(lights_folder, releases), "--unix-socket", path]
    with started(arguments, tmp_path, {}) as service:
        until_serving(service)
        assert f"Serving {lights_folder} at unix:{path}\n" in service.output
        with over(path) as wire:
            assert wire.exchange(request(query(LOOKUP))).values == [NAME]


#: As systemd does: sd_listen_fds(3). The descriptor is the third, whatever it was before.
ACTIVATION = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.set_inheritable(3, True)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.argv[2], sys.argv[2:])
"""


def test_a_socket_that_systemd_hands_over_is_served(
    lights_folder: Path, releases: Path, tmp_path: Path
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port, number = listener.getsockname()[1], listener.fileno()
        with Wire.to(f"http://127.0.0.1:{port}/") as early:
            # With socket activation a client may connect before the service runs.
            early.send(request(query(LOOKUP)))
            arguments = places(lights_folder, releases)
            launcher = (sys.executable, "-c", ACTIVATION, str(number))
            with started(arguments, tmp_path, {}, launcher, [number]) as service:
                until_serving(service)
                assert service.address == f"http://127.0.0.1:{port}/"
                assert early.read().values == [NAME]
                assert service.ask(LOOKUP).values == [NAME]


def test_a_port_that_is_taken_is_told_before_anything_is_built(
    service: Service, lights_folder: Path, tmp_path: Path
) -> None:
    port = service.address.rpartition(":")[2].removesuffix("/")
    result = run("serve", *places(lights_folder, tmp_path / "releases"), "--port", port)
    assert result.returncode == 2
    assert f"cannot listen at 127.0.0.1:{port}" in result.stderr
    assert "--port" in result.stderr
    assert not (tmp_path / "releases").exists()


LAUNCHERS = [read_only_mount, without_privileges]


@pytest.mark.parametrize("launcher", LAUNCHERS)
def test_a_folder_that_cannot_be_written_is_named(
    lights_copy: Path, tmp_path: Path, launcher: Callable[[Path], tuple[str, ...]]
) -> None:
    arguments: list[str | Path] = ["--project", lights_copy, "--port", "0"]
    with started(arguments, tmp_path, {}, launcher(lights_copy)) as service:
        assert service.wait() == 1
        assert "Error: " in service.log
        assert f"{lights_copy}" in service.log
        assert "cannot be written" in service.log
        assert "--releases" in service.log
        assert "Traceback" not in service.log
    lights_copy.chmod(0o755)


@pytest.mark.parametrize("launcher", LAUNCHERS)
def test_a_release_in_a_folder_that_cannot_be_written_is_served(
    lights_folder: Path,
    releases: Path,
    tmp_path: Path,
    launcher: Callable[[Path], tuple[str, ...]],
) -> None:
    copy = tmp_path / "releases"
    shutil.copytree(releases, copy, symlinks=True)
    arguments: list[str | Path] = [*places(lights_folder, copy), "--port", "0"]
    with started(arguments, tmp_path, {}, launcher(copy)) as service:
        until_serving(service)
        assert service.ask(LOOKUP).values == [NAME]
        service.send_signal(signal.SIGTERM)
        assert service.wait() == 0
    copy.chmod(0o755)


def to_the_keeper(service: Service, number: signal.Signals) -> None:
    service.send_signal(number)


def to_the_group(service: Service, number: signal.Signals) -> None:
    os.killpg(service.process.pid, number)


@pytest.mark.parametrize(
    ("send", "number"),
    [
        (to_the_keeper, signal.SIGTERM),
        (to_the_group, signal.SIGTERM),
        (to_the_group, signal.SIGINT),
    ],
)
def test_what_is_under_way_is_finished_at_the_end(
    serve: Serve, send: Callable[[Service, signal.Signals], None], number: signal.Signals
) -> None:
    # The service may wait for the rest of a request, but no longer than ``request_timeout``.
    service = serve(deadline=600, request_timeout=1)
    with ExitStack() as stack:
        idle, long, start_time = (stack.enter_context(service.connect()) for _ in range(3))
        assert idle.exchange(request(query(LOOKUP))).values == [NAME]
        start_time.send(request(query(LOOKUP))[:20])
        long.send(request(LONG))
        head = long.read_head()
        parts = long.parts(head)
        first = next(parts)
        processes = service.processes()
        send(service, number)
        # No new connection is accepted, and requests in progress go on.
        assert idle.is_closed()
        rows = first.count(b"\n") + sum(part.count(b"\n") for part in parts)
        assert rows == 100_001
        assert long.is_closed()
        assert service.wait() == 0
        assert not psutil.wait_procs(processes, PATIENCE)[1]
    with pytest.raises(ConnectionError):
        service.connect()
    assert "Traceback" not in service.log
    assert service.output.count("Serving") == 1


def test_an_answer_under_way_that_does_not_end_is_ended_by_its_deadline(serve: Serve) -> None:
    service = serve(deadline=1)
    with service.connect() as wire:
        wire.send(request(query("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")))
        parts = wire.parts(wire.read_head())
        service.send_signal(signal.SIGTERM)
        with pytest.raises(BrokenOff):
            sum(map(len, parts))
    assert service.wait() == 0


def refuses(service: Service) -> bool:
    """Return whether the service refuses new connections."""
    try:
        service.connect().socket.close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_it_at_once(serve: Serve, number: signal.Signals) -> None:
    service = serve(deadline=600)
    with service.connect() as wire:
        wire.send(request(query(ENDLESS_ROWS)))
        parts = wire.parts(wire.read_head())
        next(parts)
        processes = service.processes()
        service.send_signal(signal.SIGTERM)
        eventually(lambda: refuses(service))
        service.send_signal(number)
        assert service.wait() == 0
        assert not psutil.wait_procs(processes, PATIENCE)[1]
        with pytest.raises(BrokenOff):
            sum(map(len, parts))
    assert "Traceback" not in service.log


def test_a_connection_that_goes_on_is_told_that_it_ends(serve: Serve) -> None:
    service = serve(deadline=600)
    with service.connect() as busy, service.connect() as wire:
        busy.send(request(LONG))
        parts = busy.parts(busy.read_head())
        next(parts)
        wire.send(request(query(LOOKUP))[:-2])
        service.send_signal(signal.SIGTERM)
        eventually(lambda: refuses(service))
        answer = wire.exchange(b"\r\n")
        assert (answer.values, answer.fields["connection"]) == ([NAME], "close")
        assert wire.is_closed()
        sum(map(len, parts))
        assert service.wait() == 0


SERVING = rb"READY=1\nSTATUS=The release \w+ is served\."


@pytest.mark.parametrize("prefix", ["", "@"])
def test_a_service_manager_is_told_how_the_service_does(
    lights_folder: Path,
    releases: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    prefix: str,
) -> None:
    """sd_notify(3), by a name in the file system and by one of the kernel's own."""
    name = str(tmp_path / "notify")
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as manager:
        manager.settimeout(PATIENCE)
        manager.bind(f"\0{name}" if prefix else name)
        monkeypatch.setenv("NOTIFY_SOCKET", f"{prefix}{name}")
        with started([*places(lights_folder, releases), "--port", "0"], tmp_path, {}) as service:
            assert re.fullmatch(SERVING, manager.recv(4096))
            until_serving(service)
            service.send_signal(signal.SIGHUP)
            assert re.fullmatch(rb"RELOADING=1\nMONOTONIC_USEC=\d+", manager.recv(4096))
            assert re.fullmatch(SERVING, manager.recv(4096))
            assert service.is_well()
            service.send_signal(signal.SIGTERM)
            assert manager.recv(4096) == b"STOPPING=1"
            assert service.wait() == 0


def test_a_service_manager_is_told_that_a_reload_has_failed(
    lights_folder: Path, releases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "releases"
    shutil.copytree(releases, copy, symlinks=True)
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as manager:
        manager.settimeout(PATIENCE)
        manager.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        with started([*places(lights_folder, copy), "--port", "0"], tmp_path, {}) as service:
            manager.recv(4096)
            until_serving(service)
            (copy / "current").unlink()
            service.send_signal(signal.SIGHUP)
            assert manager.recv(4096).startswith(b"RELOADING=1\n")
            assert re.fullmatch(
                rb"READY=1\nSTATUS=.+ The release \w+ is served\.", manager.recv(4096)
            )
            assert service.is_well()
