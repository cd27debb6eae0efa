"""The package as a stranger has it: built from clean sources, installed elsewhere, run there."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
import sysconfig
import tarfile
import venv
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from server.processes import GRAPHSVC, running, until_serving

from .packages import REPOSITORY, build, copy_sources, environment, install, link_fetched

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from server.processes import Service

    from graphsvc.release import Release

MANUAL = "data/share/man/man1/graphsvc"


def only(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the files that a clone has, tests left out."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate"]
    result = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    names = [name for name in result.stdout.splitlines() if not name.startswith("tests/")]
    folder = tmp_path_factory.mktemp("clone")
    copy_sources((name for name in names if (REPOSITORY / name).is_file()), folder)
    return folder


@pytest.fixture(scope="module")
def wheel(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel that is built from a clone."""
    folder = tmp_path_factory.mktemp("wheel")
    printed = build("wheel", clone, folder)
    assert list(folder.iterdir()), printed
    return only(folder, "*.whl")


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a virtual environment with the wheel, in which nothing can be written.

    What the package requires is found where it is installed for these tests.
    """
    folder = tmp_path_factory.mktemp("elsewhere") / "venv"
    venv.create(folder, symlinks=True)
    packages = only(folder, "lib/python*/site-packages")
    (packages / "required.pth").write_text(sysconfig.get_path("purelib"))
    install(wheel, python=folder / "bin" / "python")
    for path in (*packages.rglob("*"), packages):
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    return folder


@pytest.fixture(scope="module")
def demo(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Return the demonstration, which is run in a folder where nothing is."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "here").mkdir()
    command = (
        *("env", "--unset=PYTHONPATH", f"--chdir={folder / 'here'}"),
        f"XDG_CACHE_HOME={folder / 'caches'}",
        *(installed / "bin" / "graphsvc", "demo", "--port", "0"),
    )
    with running(command, folder, {}) as service:
        yield until_serving(service)
    assert not list((folder / "here").iterdir())
    assert list((folder / "caches" / "graphsvc" / "demo").iterdir())


def names_in(wheel: Path) -> set[str]:
    with ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


def without_hashes(names: set[str]) -> set[str]:
    return {re.sub(r"-[0-9A-Z]{8}\.js$", ".js", name) for name in names}


def test_a_source_distribution_gives_the_same_wheel(
    clone: Path, wheel: Path, tmp_path: Path
) -> None:
    printed = build("sdist", clone, tmp_path)
    with tarfile.open(only(tmp_path, "*.tar.gz")) as archive:
        archive.extractall(tmp_path, filter="data")
    sources = only(tmp_path, "graphsvc-*[0-9]")
    assert not (sources / "graphsvc/web/static/assets").exists(), printed
    assert not (sources / "graphsvc/vocabularies/terms.txt").exists()
    assert not (sources / "graphsvc/web/documentation.json").exists()
    link_fetched(sources)
    printed = build("wheel", sources, tmp_path)
    assert list(tmp_path.glob("*.whl")), printed
    assert without_hashes(names_in(only(tmp_path, "*.whl"))) == without_hashes(names_in(wheel))


def test_the_wheel_has_what_is_made_with_the_licences(wheel: Path) -> None:
    names = names_in(wheel)
    static = "graphsvc/web/static/assets"
    assert {
        f"{static}/workbench.js",
        f"{static}/licences.txt",
        f"{static}/vocabularies.txt",
    } < names
    assert {"graphsvc/vocabularies/terms.txt", "graphsvc/web/documentation.json"} < names
    shipped = {name.removeprefix("graphsvc/demo/") for name in names if "/demo/" in name}
    project = (file for part in ("data", "ontology", "queries") for file in _files(part))
    assert shipped == {*project, "graphsvc.toml"}
    assert not [name for name in names if "node_modules" in name or name.startswith("tests/")]


def _files(part: str) -> list[str]:
    files = (REPOSITORY / part).rglob("*")
    return [file.relative_to(REPOSITORY).as_posix() for file in files if file.is_file()]


def test_a_build_that_cannot_bundle_says_so(tmp_path: Path) -> None:
    copy_sources(("pyproject.toml", "README.md", "LICENSE", "graphsvc", "deploy"), tmp_path)
    (tmp_path / "graphsvc/web/assets/node_modules").unlink()
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'no registry answers' >&2\nexit 1\n")
    npm.chmod(0o755)
    printed = build("wheel", tmp_path, tmp_path / "wheels", f"{tmp_path}:{sys.prefix}/bin:/bin")
    assert "The wheel cannot be built: npm ci failed:\nno registry answers" in printed
    assert not list(tmp_path.glob("wheels/*"))


def test_the_demonstration_has_pages_scripts_and_an_endpoint(demo: Service) -> None:
    home = demo.get("/", "Accept: text/html")
    assert home.status == 200
    assert "International working mechanisms" in home.content.decode()
    page = demo.get("/sparql", "Accept: text/html").content.decode()
    (script,) = re.findall(r'src="(/static/assets/workbench\.js[^"]*)"', page)
    assert demo.get(script).status == 200
    assert "graphsvc demo" in demo.get("/docs/install").content.decode()
    answer = demo.ask("ASK { ?mechanism iwm:foundingYear 2007 }")
    assert answer.status == 200
    assert b"true" in answer.content


def test_the_demonstration_says_where_its_releases_are(demo: Service) -> None:
    assert "caches/graphsvc/demo" in demo.output


def test_of_a_checkout_its_own_project_is_served(
    mechanisms_release: Release, tmp_path: Path
) -> None:
    releases = mechanisms_release.path.parent
    command = (GRAPHSVC, "demo", "--port", "0", "--releases", releases)
    with running(command, tmp_path, {}) as service:
        until_serving(service)
        assert f"Serving {REPOSITORY} at" in service.output
        assert service.release() == mechanisms_release.id


def test_a_folder_of_caches_that_cannot_be_written_to_is_named(
    installed: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    command = (str(installed / "bin" / "graphsvc"), "demo", "--port", "0")
    own = environment() | {"XDG_CACHE_HOME": str(tmp_path / "file")}
    result = subprocess.run(
        command, env=own, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert str(tmp_path / "file" / "graphsvc" / "demo") in result.stderr
    assert "--releases" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_manual_is_installed_and_groff_reads_it(installed: Path) -> None:
    pages = sorted((installed / "share" / "man" / "man1").iterdir())
    assert {"graphsvc.1", "graphsvc-serve.1", "graphsvc-text-add.1"} <= {
        page.name for page in pages
    }
    command = ("groff", "-K", "utf8", "-man", "-ww", "-T", "utf8", *map(str, pages))
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stderr == ""
    assert "Serve a graph: pages for people" in result.stdout


def test_the_program_that_is_installed_is_that_of_the_wheel(installed: Path) -> None:
    python = str(installed / "bin" / "python")
    command = [python, "-P", "-c", "import graphsvc; print(graphsvc.__file__)"]
    result = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    assert result.stdout.startswith(str(installed))
