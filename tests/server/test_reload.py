"""Reload: the service changes to another release; no request fails, and no answer mixes the two."""

from __future__ import annotations

import shutil
import signal
import threading
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from projects import built

from graphsvc.release import MANIFEST, Release

from .processes import Service, eventually, run, started, until_serving
from .wire import BrokenOff, query, request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAME = query("SELECT ?name { person:tobias-reed rdfs:label ?name }")
PAGE = "/doc/id/person/tobias-reed"
OLD, NEW = "Tobias Reed", "T. Reed"


class Place:
    """A project, its releases (an old and a new one), and the service of these."""

    def __init__(self, project: Path, releases: Path) -> None:
        self.project = project
        self.releases = releases
        self.old, self.new = "", ""

    @property
    def words(self) -> tuple[str | Path, ...]:
        return ("--project", self.project, "--releases", self.releases)

    @property
    def current(self) -> str:
        return (self.releases / "current").resolve().name

    def make_current(self, release: str) -> None:
        """Make a release the current one, as a build does at its end."""
        link = self.releases / "next"
        link.symlink_to(release)
        link.replace(self.releases / "current")


@pytest.fixture(scope="module")
def place(
    lights_folder: Path,
    releases: Path,
    tmp_path_factory: pytest.TempPathFactory,
    copy_to: Callable[[Path, Path], Path],
    replace_in: Callable[[Path, str, str], None],
) -> Place:
    folder = tmp_path_factory.mktemp("reloaded")
    shutil.copytree(releases, folder / "releases", symlinks=True)
    place = Place(copy_to(lights_folder, folder / "project"), folder / "releases")
    place.old = place.current
    replace_in(place.project / "data" / "editorial.trig", f'"{OLD}"@en', f'"{NEW}"@en')
    built(place.project, place.releases)
    place.new = place.current
    assert place.new != place.old
    # A service builds if the files have changed; here they have not.
    replace_in(place.project / "data" / "editorial.trig", f'"{NEW}"@en', f'"{OLD}"@en')
    return place


@pytest.fixture
def service(place: Place, tmp_path: Path) -> Iterator[Service]:
    """Serve the old release; the new one is there and is the current one."""
    place.make_current(place.old)
    settings = {"deadline": 600}
    with started([*place.words, "--port", "0"], tmp_path, settings) as service:
        until_serving(service)
        assert service.release() == place.old
        place.make_current(place.new)
        yield service


def is_all_new(service: Service, place: Place) -> bool:
    return service.release() == place.new and len(service.parents()) == 1


def test_a_build_beside_a_service_does_not_disturb_it(service: Service, place: Place) -> None:
    parents = service.parents()
    result = run("build", *place.words, "--base-iri", "http://other.example/")
    assert result.returncode == 0, result.stderr
    assert place.current not in (place.old, place.new)
    assert service.parents() == parents
    assert service.release() == place.old
    assert service.get(NAME).values == [OLD]


class Reader(threading.Thread):
    """Asks again and again, each time on a new connection or all the time on one."""

    def __init__(self, service: Service, *, keeps: bool) -> None:
        super().__init__()
        self.contents: dict[str, set[bytes]] = {NAME: set(), PAGE: set()}
        self.faults: list[object] = []
        self._service, self._keeps = service, keeps
        self._stop_asking = threading.Event()

    def run(self) -> None:
        while not self._stop_asking.is_set():
            try:
                self._ask_on_a_connection()
            except Exception as fault:  # noqa: BLE001 - any is a failure of the test
                self.faults.append(fault)

    def _ask_on_a_connection(self) -> None:
        with self._service.connect() as wire:
            number = 0
            while not self._stop_asking.is_set() and (self._keeps or number == 0):
                for target in (NAME, PAGE) if self._keeps else (NAME,):
                    try:
                        answer = wire.exchange(request(target))
                    except (BrokenOff, ConnectionError):
                        # RFC 9112, section 9.5: one that was idle may be closed at any time.
                        if number == 0:
                            raise
                        return
                    number += 1
                    assert (answer.status, answer.is_whole) == (200, True)
                    self.contents[target].add(answer.content)

    def finish(self) -> None:
        self._stop_asking.set()
        self.join(60)
        assert not self.is_alive()


def by_signal(service: Service, _place: Place) -> None:
    service.send_signal(signal.SIGHUP)


def by_command(_service: Service, place: Place) -> None:
    result = run("reload", *place.words)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("reload", [by_signal, by_command])
def test_a_new_release_is_served_without_a_gap(
    service: Service, place: Place, reload: Callable[[Service, Place], None]
) -> None:
    old = {target: service.get(target).content for target in (NAME, PAGE)}
    readers = [Reader(service, keeps=number % 2 == 0) for number in range(4)]
    for reader in readers:
        reader.start()
    try:
        eventually(lambda: all(reader.contents[NAME] for reader in readers))
        (parent,) = service.parents()
        reload(service, place)
        eventually(lambda: is_all_new(service, place))
        new = {target: service.get(target).content for target in (NAME, PAGE)}
        eventually(lambda: all(new[NAME] in reader.contents[NAME] for reader in readers))
    finally:
        for reader in readers:
            reader.finish()
    assert [fault for reader in readers for fault in reader.faults] == []
    assert service.get(NAME).values == [NEW]
    for target in (NAME, PAGE):
        assert old[target] != new[target]
        assert set.union(*(reader.contents[target] for reader in readers)) <= {
            old[target],
            new[target],
        }
    assert not parent.is_running()
    assert service.process.poll() is None
    assert "Traceback" not in service.log


def test_what_is_under_way_is_finished_by_the_old_release(service: Service, place: Place) -> None:
    long = query("SELECT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 300000", format="csv")
    with service.connect() as wire:
        wire.send(request(long))
        parts = wire.parts(wire.read_head())
        rows = next(parts).count(b"\n")
        service.send_signal(signal.SIGHUP)
        eventually(lambda: service.release() == place.new)
        assert service.get(NAME).values == [NEW]
        rows += sum(part.count(b"\n") for part in parts)
    assert rows == 300_001
    eventually(lambda: is_all_new(service, place))


def test_many_reloads_at_once_come_to_the_same_and_last(service: Service, place: Place) -> None:
    for _ in range(5):
        service.send_signal(signal.SIGHUP)
    eventually(lambda: is_all_new(service, place))
    assert service.get(NAME).values == [NEW]
    (parent,) = service.parents()
    parent.kill()
    eventually(lambda: is_well_again(service))
    assert service.release() == place.new


def is_well_again(service: Service) -> bool:
    with suppress(OSError, BrokenOff):
        return service.get("/readyz").status == 200
    return False


def test_a_release_that_cannot_be_loaded_changes_nothing_and_is_told(
    service: Service, place: Place
) -> None:
    broken = "0123456789abcdef"
    spoil(place, broken)
    place.make_current(broken)
    service.send_signal(signal.SIGHUP)
    eventually(lambda: broken in service.log)
    assert (service.release(), service.get(NAME).values) == (place.old, [OLD])
    result = run("reload", *place.words)
    assert result.returncode == 1
    assert "Error: " in result.stderr
    assert (service.release(), service.get(NAME).values) == (place.old, [OLD])
    # It was no end of reloading either.
    place.make_current(place.new)
    service.send_signal(signal.SIGHUP)
    eventually(lambda: is_all_new(service, place))
    assert "Traceback" not in service.log + result.stderr


def spoil(place: Place, name: str) -> None:
    """Make a release whose files contain only zeros but have the right sizes."""
    folder = place.releases / name
    shutil.copytree(place.releases / place.new, folder)
    replace(Release.open(folder).manifest, id=name).write(folder)
    for file in folder.rglob("*"):
        if file.is_file() and file.name != MANIFEST:
            file.write_bytes(bytes(file.stat().st_size))


def test_a_reload_without_a_service_is_an_error(place: Place) -> None:
    result = run("reload", *place.words)
    assert result.returncode == 1
    assert result.stderr.startswith("Error: ")
    assert "Traceback" not in result.stderr
