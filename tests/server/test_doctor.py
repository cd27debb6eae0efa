"""``graphsvc doctor`` reports each problem with its remedy, and nothing else."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from graphsvc import settings
from graphsvc.cli import main
from graphsvc.doctor import folder, machine
from graphsvc.release import current
from graphsvc.server import bounds

from .launchers import read_only_mount
from .processes import GRAPHSVC, environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graphsvc.release import Release
    from graphsvc.settings import Settings

    from .processes import Service

MACHINE = {"machine-assets", "machine-memory-limit", "machine-disk"}
"""What depends on where the tests run."""


class Report(dict[str, dict[str, Any]]):
    """The findings by their checks, and the exit code."""

    code = 0

    @classmethod
    def of(cls, output: str, code: int) -> Report:
        document = json.loads(output)
        assert code == (0 if document["ok"] else 1)
        assert all(each["message"] and each["remedy"] for each in document["findings"])
        findings = {each["check"]: each for each in document["findings"]}
        report = cls({name: findings[name] for name in findings.keys() - MACHINE})
        report.code = code
        return report


@pytest.fixture
def own(releases: Path, tmp_path: Path) -> Path:
    """Return a folder of releases that a test may break."""
    return shutil.copytree(releases, tmp_path / "releases", symlinks=True)


@pytest.fixture
def doctor(lights_folder: Path) -> Callable[..., Report]:
    """Return a function that calls the doctor for the tiny project."""

    def call(folder: Path, *arguments: str, **others: str) -> Report:
        words = ["--project", str(lights_folder), "--releases", str(folder), "--port", "0"]
        variables: dict[str, str | None] = {
            f"GRAPHSVC_{name.upper()}": value for name, value in others.items()
        }
        result = CliRunner().invoke(main, ["doctor", "--json", *words, *arguments], env=variables)
        return Report.of(result.stdout, result.exit_code)

    return call


def test_where_all_is_well_nothing_is_told(doctor: Callable[..., Report], releases: Path) -> None:
    assert (report := doctor(releases)) == {}
    assert report.code == 0


def test_people_read_what_to_do(lights_folder: Path, own: Path) -> None:
    (own / "current").unlink()
    (own / "current").symlink_to("gone")
    words = ["--project", str(lights_folder), "--releases", str(own), "--port", "0"]
    result = CliRunner().invoke(main, ["doctor", *words])
    assert result.exit_code == 1
    assert "error folder-current" in result.stdout
    assert "→ Build a release: graphsvc build" in result.stdout


# --- settings


def test_each_setting_that_cannot_be_used_is_named(lights_folder: Path, releases: Path) -> None:
    words = ["--project", str(lights_folder), "--releases", str(releases), "--port", "many"]
    variables = {"GRAPHSVC_PROT": "1", "GRAPHSVC_RATE_LIMIT": "often"}
    result = CliRunner().invoke(main, ["doctor", "--json", *words], env=variables)
    messages = [each["message"] for each in json.loads(result.stdout)["findings"]]
    assert result.exit_code == 1
    assert len(messages) == 3
    for word in ("prot", "rate_limit", "port is set to 'many'"):
        assert any(word in message for message in messages)


def test_a_file_of_settings_that_cannot_be_read_is_named(lights_copy: Path) -> None:
    (lights_copy / "graphsvc.toml").write_text('deadline = "soon"\ncolour = 1\n')
    result = CliRunner().invoke(main, ["doctor", "--json", str(lights_copy)])
    messages = [each["message"] for each in json.loads(result.stdout)["findings"]]
    assert len(messages) == 2
    assert all("graphsvc.toml" in message for message in messages)


BEHIND = {"public_url": "https://example.org/"}


@pytest.mark.parametrize(
    ("contradicting", "check"),
    [
        (BEHIND | {"rate_limit": "9/minute"}, "settings-clients"),
        (BEHIND | {"metrics_readers": "127.0.0.0/8"}, "settings-metrics"),
        ({"trusted_proxies": "unix"}, "settings-unix"),
        ({"host": "0.0.0.0"}, "settings-public"),  # noqa: S104 - it is what is found
        (BEHIND | {"base_iri": "https://example.net/"}, "settings-base"),
        ({"long_requests": "9", "workers": "2"}, "settings-long-requests"),
        ({"long_requests": "64", "request_memory": "1000000"}, "settings-memory"),
        ({"slow_queries": "40", "deadline": "30"}, "settings-slow-queries"),
    ],
)
def test_settings_that_contradict_each_other_are_named(
    doctor: Callable[..., Report], releases: Path, contradicting: dict[str, str], check: str
) -> None:
    assert check in doctor(releases, **contradicting)


@pytest.mark.parametrize(
    "fitting",
    [
        BEHIND | {"rate_limit": "9/minute", "trusted_proxies": "127.0.0.1"},
        BEHIND | {"metrics_readers": "127.0.0.1", "trusted_proxies": "127.0.0.1"},
        BEHIND | {"host": "0.0.0.0", "slow_queries": "5"},  # noqa: S104
    ],
)
def test_settings_that_fit_are_not(
    doctor: Callable[..., Report], releases: Path, fitting: dict[str, str]
) -> None:
    assert doctor(releases, **fitting) == {}


# --- the release


def test_a_damaged_release_is_named(doctor: Callable[..., Report], own: Path) -> None:
    (current(own).path / "search.sqlite").write_bytes(b"nothing")
    report = doctor(own)
    assert report["release-unusable"]["severity"] == "error"
    assert "search.sqlite" in report["release-unusable"]["message"]


def test_a_release_of_older_files_is_named(lights_copy: Path, own: Path) -> None:
    def checks() -> set[str]:
        words = ["--project", str(lights_copy), "--releases", str(own), "--port", "0"]
        result = CliRunner().invoke(main, ["doctor", "--json", *words])
        return set(Report.of(result.stdout, result.exit_code))

    assert checks() == set()
    facts = next((lights_copy / "data").rglob("*.trig"))
    facts.write_text(facts.read_text("utf-8") + "\n# another line\n", "utf-8")
    assert checks() == {"release-stale"}


def test_what_is_not_built_yet_is_no_error(doctor: Callable[..., Report], tmp_path: Path) -> None:
    report = doctor(tmp_path / "none")
    assert {name: each["severity"] for name, each in report.items()} == {"release-unusable": "note"}
    assert report.code == 0


# --- the folder


def test_what_a_killed_build_has_left_is_named(doctor: Callable[..., Report], own: Path) -> None:
    (own / ".building-x").mkdir()
    assert ".building-x" in doctor(own)["folder-left-over"]["message"]
    with (own / ".lock").open("w") as lock:
        # A running build uses it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert doctor(own) == {}


def test_a_folder_that_cannot_be_written_is_named(lights_folder: Path, own: Path) -> None:
    words = ["--json", "--project", str(lights_folder), "--releases", str(own), "--port", "0"]
    result = subprocess.run(
        [*read_only_mount(own), GRAPHSVC, "doctor", *words],
        env=environment({}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert set(Report.of(result.stdout, result.returncode)) == {"folder-unwritable"}


def test_files_of_another_user_are_named(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: user + 1)
    assert "folder-owner" in {each.check for each in folder.examine(own)}


# --- the machine


def test_a_port_that_is_taken_is_named(doctor: Callable[..., Report], own: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        report = doctor(own, "--port", port)
    assert f"127.0.0.1:{port}" in report["machine-port"]["message"]


def test_the_port_of_a_service_that_runs_is_not(
    doctor: Callable[..., Report], service: Service, releases: Path
) -> None:
    port = service.address.rpartition(":")[2].removesuffix("/")
    assert doctor(releases, "--port", port) == {}


def test_too_few_descriptors_are_named(lights_folder: Path, releases: Path) -> None:
    words = ["--json", "--project", str(lights_folder), "--releases", str(releases), "--port", "0"]
    result = subprocess.run(
        ["prlimit", "--nofile=256:256", GRAPHSVC, "doctor", *words],
        env=environment({}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert set(Report.of(result.stdout, result.returncode)) == {"machine-descriptors"}


def refused() -> None:
    raise PermissionError


def test_a_kernel_without_a_filter_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not list(machine.kernel())
    monkeypatch.setattr(bounds, "forbid_sockets", refused)
    assert [each.check for each in machine.kernel()] == ["machine-seccomp"]


@pytest.fixture
def values(lights_folder: Path, releases: Path) -> Settings:
    return settings.load({"project": lights_folder, "releases": releases}, {})


def with_manifest(release: Release, **members: Any) -> Release:
    return replace(release, manifest=replace(release.manifest, **members))


def test_a_clock_that_is_behind_is_named(lights_release: Release) -> None:
    assert not list(machine.clock(lights_release))
    later = with_manifest(lights_release, built="2999-01-01T00:00:00+00:00")
    assert [each.check for each in machine.clock(later)] == ["machine-clock"]


def test_too_little_memory_is_named(
    lights_release: Release, values: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "memory_limit", lambda: None)
    assert not list(machine.memory(values, lights_release))
    huge = with_manifest(lights_release, counts={"quads": 10**12})
    # A release that is too large for memory is read from disk.
    assert not list(machine.memory(values, huge))
    findings = machine.memory(replace(values, memory_quads=10**13), huge)
    assert [each.check for each in findings] == ["machine-memory"]
    monkeypatch.setattr(machine, "memory_limit", lambda: 1 << 20)
    findings = machine.memory(values, lights_release)
    assert [each.check for each in findings] == ["machine-memory-limit", "machine-memory"]


def test_a_full_disk_is_named(
    lights_release: Release, releases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(releases)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=usage.total))
    assert not list(machine.disk(releases, lights_release))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1 << 20))
    assert [each.check for each in machine.disk(releases, lights_release)] == ["machine-disk"]
