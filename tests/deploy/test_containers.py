"""The container and the compose file: what they name is there, and what they start answers.

An image is not built here, since its base comes from a registry. The package is: out of the files
that the Containerfile copies, and its command runs with the image's own settings.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from compose_spec import PyOptions
from endpoint.transports import free_port
from server.processes import environment, eventually

from .packages import copy_sources, install
from .proxy import DEPLOY

if TYPE_CHECKING:
    from graphsvc.release import Release

CONTAINERFILE = DEPLOY / "Containerfile"
REPLICAS = ("replica-1", "replica-2")


def instructions(name: str) -> list[str]:
    """Return the arguments of the instructions of a name, each as one line."""
    text = CONTAINERFILE.read_text("utf-8").replace("\\\n", " ")
    return [line.partition(" ")[2] for line in text.splitlines() if line.startswith(f"{name} ")]


def copied() -> list[str]:
    """Return what the image is built from: paths of the repository."""
    words = [each.split() for each in instructions("COPY") if not each.startswith("--from")]
    return [source for *sources, _ in words for source in sources]


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    """Return the services of the compose file, which the specification's own rules hold for."""
    compose = PyOptions(apply_merge=True).from_yaml((DEPLOY / "compose.yaml").read_text("utf-8"))
    compose.validate()
    by_name: dict[str, dict[str, Any]] = compose.to_dict()["services"]
    return by_name


def test_the_containerfile_keeps_the_rules_of_hadolint() -> None:
    command = [Path(sys.executable).with_name("hadolint"), CONTAINERFILE]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "")


def test_the_image_runs_without_privileges(services: dict[str, dict[str, Any]]) -> None:
    (user,) = instructions("USER")
    assert all(int(number) >= 10_000 for number in user.split(":"))
    for name in REPLICAS:
        service = services[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "user" not in service
        assert "ports" not in service
        assert all(each.endswith(":ro") for each in service["volumes"])


def test_nothing_is_ignored_that_the_image_is_built_from() -> None:
    lines = CONTAINERFILE.with_name("Containerfile.dockerignore").read_text("utf-8").splitlines()
    assert sorted(line[1:] for line in lines if line.startswith("!")) == sorted(copied())


def test_the_files_that_the_compose_file_names_are_there(
    services: dict[str, dict[str, Any]],
) -> None:
    build = services["build"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).samefile(CONTAINERFILE)
    sources = [each.partition(":")[0] for each in services["nginx"]["volumes"]]
    own = [each for each in sources if not each.endswith(".pem")]
    assert len(own) == 2
    assert all((DEPLOY / each).is_file() for each in own)


def test_both_files_of_replicas_differ_in_addresses_alone() -> None:
    def without_addresses(name: str) -> str:
        text = (DEPLOY / name).read_text("utf-8")
        return re.sub(r"server \S+:\d+|#.*\n", "", text)

    assert without_addresses("compose/replicas.conf") == without_addresses("replicas.conf")
    text = (DEPLOY / "compose" / "replicas.conf").read_text("utf-8")
    (port,) = re.findall(r"GRAPHSVC_PORT=(\d+)", instructions("ENV")[0])
    assert set(re.findall(r"server (\S+)", text)) == {f"{name}:{port}" for name in REPLICAS}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the package, installed from the files that the Containerfile copies."""
    folder = tmp_path_factory.mktemp("image")
    source, target = folder / "source", folder / "site-packages"
    copy_sources(copied(), source)
    install(source, "--target", target)
    return target


@pytest.fixture
def variables(installed: Path, lights_release: Release) -> dict[str, str]:
    """Return the environment of the image's command on this machine, with a release."""
    pairs = dict(pair.split("=", 1) for pair in shlex.split(instructions("ENV")[0]))
    own = environment({}) | {name: pairs[name] for name in pairs if name != "PATH"}
    return own | {
        "GRAPHSVC_RELEASES": str(lights_release.path.parent),
        "GRAPHSVC_PORT": str(free_port()),
        "PYTHONPATH": str(installed),
    }


def command() -> list[str]:
    """Return the command that the image runs."""
    (entry,), (default,) = instructions("ENTRYPOINT"), instructions("CMD")
    name, *words = (str(word) for part in (entry, default) for word in json.loads(part))
    return [sys.executable, "-P", "-m", name, *words]


def test_the_package_of_the_image_serves_and_its_health_is_seen(
    variables: dict[str, str], services: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    kind, _, *words = services["replica-1"]["healthcheck"]["test"]
    assert kind == "CMD"
    words[-1] = words[-1].replace(":8080/", f":{variables['GRAPHSVC_PORT']}/")

    def is_healthy() -> bool:
        check = [sys.executable, *words]
        return subprocess.run(check, capture_output=True, check=False).returncode == 0

    assert not is_healthy()
    with subprocess.Popen(command(), cwd=tmp_path, env=variables) as process:
        try:
            eventually(is_healthy)
        finally:
            process.terminate()
