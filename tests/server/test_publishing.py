"""``graphsvc serve FILE``: from a file of RDF to pages and answers, by one command."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from .processes import run, started, until_serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from .processes import Service

PEOPLE = """
@prefix ex: <http://example.com/people/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
ex:ada a foaf:Person ; foaf:name "Ada Lovelace"@en ; foaf:knows ex:charles, [ foaf:name "Mary" ] .
ex:charles a foaf:Person ; foaf:name "Charles Babbage"@en .
"""
NAMES = "SELECT ?name { ?person foaf:name ?name } ORDER BY ?name"


@contextmanager
def published(folder: Path) -> Iterator[Service]:
    """Serve a file with people by one command."""
    path = folder / "people.ttl"
    path.write_text(PEOPLE, "utf-8")
    (folder / "out").mkdir()
    arguments: list[str | Path] = [path, "--port", "0", "--releases", folder / "kept"]
    with started(arguments, folder / "out", {}) as process:
        yield until_serving(process)


def test_one_command_publishes_a_file(tmp_path: Path) -> None:
    with published(tmp_path) as service:
        assert service.ask(NAMES).values == ["Ada Lovelace", "Charles Babbage", "Mary"]
        pages = ("/", "/doc/ada", "/browse", "/search?q=ada", "/doc/dataset", "/queries")
        for target in (*pages, "/releases", "/map", "/timeline", "/sparql", "/problems"):
            assert service.get(target, "Accept: text/html").status == 200, target


def test_what_was_built_anew_is_served_by_naming_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "people.ttl"
    path.write_text(PEOPLE, "utf-8")
    with started(["people.ttl", "--port", "0"], tmp_path, {}) as process:
        service = until_serving(process)
        path.write_text(f'{PEOPLE} ex:grace foaf:name "Grace Hopper" .', "utf-8")
        for command in ("build", "reload"):
            result = run(command, "people.ttl")
            assert result.returncode == 0, result.stderr
        assert "Grace Hopper" in service.ask(NAMES).values


def test_a_failing_build_tells_the_place(tmp_path: Path) -> None:
    path = tmp_path / "bad.ttl"
    path.write_text("<http://e.com/a> <http://e.com/b> zzz .", "utf-8")
    failed = run("build", path, "--releases", tmp_path / "kept")
    assert failed.returncode == 1
    assert "bad.ttl" in failed.stderr
    assert "1:35" in failed.stderr
    assert not (tmp_path / "kept" / "current").exists()
    assert run("build", path, "--releases", tmp_path / "kept", lenient="on").returncode == 1


def test_a_graph_without_texts_speaks_of_none(tmp_path: Path) -> None:
    with published(tmp_path) as service:
        page = service.get("/doc/ada", "Accept: text/html").content.decode()
        assert "Charles Babbage" in page
        assert "on record" not in page
        assert "The texts" not in service.get("/", "Accept: text/html").content.decode()
        assert service.get("/ontology", "Accept: text/html").status == 200


def test_a_machine_with_releases_alone_serves_the_current_one(tmp_path: Path) -> None:
    path = tmp_path / "people.ttl"
    path.write_text(PEOPLE, "utf-8")
    assert run("build", path, "--releases", tmp_path / "kept").returncode == 0
    for name in ("out", "empty"):
        (tmp_path / name).mkdir()
    arguments: list[str | Path] = ["--project", tmp_path / "empty", "--port", "0"]
    arguments += ["--releases", tmp_path / "kept"]
    with started(arguments, tmp_path / "out", {}) as process:
        assert until_serving(process).get("/doc/ada").status == 200
