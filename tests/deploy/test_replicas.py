"""Two replicas behind nginx: no reader notices that releases change and replicas die.

nginx runs with deploy/nginx.conf and deploy/replicas.conf, the replicas as in a shell.
"""

from __future__ import annotations

import os
import shutil
import signal
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from endpoint.transports import free_port
from projects import built
from server.processes import Service, eventually, run, started, until_serving

from .proxy import nginx, public_site, site
from .readers import PAGE, REQUESTS, Answer, Reader, Request, answers_of, connect, differences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from graphsvc.release import Release

READERS = 4
OLD, NEW = '"Tobias Reed"@en', '"T. Reed"@en'


class Replicas:
    """Two services of one folder of releases behind nginx; the old release is current."""

    def __init__(self, folder: Path, releases: Path, stack: ExitStack) -> None:
        self.port = free_port()
        self.ports = (free_port(), free_port())
        self.folder = folder
        self._releases = releases
        self._stack = stack
        self._number = 0

    @property
    def certificate(self) -> Path:
        return self.folder / "cert.pem"

    def start(self, port: int) -> Service:
        """Start a replica at a port; wait until it serves."""
        self._number += 1
        own, empty = self.folder / f"replica-{self._number}", self.folder / "empty"
        own.mkdir()
        empty.mkdir(exist_ok=True)
        settings = {
            "public_url": f"https://127.0.0.1:{self.port}/kg/",
            "releases": self._releases,
            "project": empty,
            "port": port,
            "access_log": "on",
            "deadline": 600,
        }
        return until_serving(self._stack.enter_context(started([], own, settings)))

    def configuration(self) -> str:
        one, two = (f"127.0.0.1:{port}" for port in self.ports)
        names = site("replicas.conf", ("127.0.0.1:8081", one), ("127.0.0.1:8082", two))
        return names + public_site(self.folder, self.port)

    def reload(self) -> None:
        """Have one replica after the other serve the current release."""
        result = run("reload", "--releases", self._releases)
        assert result.returncode == 0, result.stderr


def answer_to(replicas: Replicas, request: Request, **fields: str) -> Answer:
    """Return the answer to one request on a new connection."""
    with closing(connect(replicas.port, replicas.certificate, 1)) as connection:
        return request.send(connection, **fields)


def make_current(releases: Path, name: str) -> None:
    link = releases / "next"
    link.symlink_to(name)
    link.replace(releases / "current")


@pytest.fixture(scope="module")
def releases(
    lights_folder: Path,
    lights_release: Release,
    tmp_path_factory: pytest.TempPathFactory,
    copy_to: Callable[[Path, Path], Path],
    replace_in: Callable[[Path, str, str], None],
) -> Path:
    """Return a folder with two releases: the old one is current, ``new`` leads to the other."""
    folder = tmp_path_factory.mktemp("exchanged")
    releases = folder / "releases"
    shutil.copytree(lights_release.path.parent, releases, symlinks=True)
    project = copy_to(lights_folder, folder / "project")
    replace_in(project / "data" / "editorial.trig", OLD, NEW)
    built(project, releases)
    (folder / "new").symlink_to((releases / "current").resolve())
    make_current(releases, lights_release.id)
    return releases


@pytest.fixture
def replicas(releases: Path, lights_release: Release, tmp_path: Path) -> Iterator[Replicas]:
    make_current(releases, lights_release.id)
    with ExitStack() as stack:
        yield Replicas(tmp_path, releases, stack)


@contextmanager
def readers_of(replicas: Replicas) -> Iterator[list[Reader]]:
    """Run nginx, and have readers ask, from addresses of their own, until the end of the block."""
    readers = [
        Reader(number, replicas.port, replicas.certificate) for number in range(1, 1 + READERS)
    ]
    with nginx(replicas.folder, replicas.port, replicas.configuration()):
        for reader in readers:
            reader.start()
        try:
            yield readers
        finally:
            for reader in readers:
                reader.finish()


def everybody_goes_on(readers: list[Reader]) -> None:
    """Wait until every reader has asked for everything twice more."""
    aims = [len(reader.answers) + 2 * len(REQUESTS) for reader in readers]
    eventually(
        lambda: all(len(each.answers) >= aim for each, aim in zip(readers, aims, strict=True))
    )


def last_answers(reader: Reader) -> dict[Request, Answer]:
    return dict(reader.answers[-len(REQUESTS) :])


def test_a_release_is_exchanged_and_a_replica_killed_and_no_reader_sees_it(
    replicas: Replicas, releases: Path, lights_release: Release
) -> None:
    first, second = (replicas.start(port) for port in replicas.ports)
    old = answers_of(replicas.ports[0])
    new_release = (releases.parent / "new").resolve().name
    with readers_of(replicas) as readers:
        everybody_goes_on(readers)
        make_current(releases, new_release)
        replicas.reload()
        # The one that is under way now may be of the release before.
        since = [len(reader.answers) + 1 for reader in readers]
        new = answers_of(replicas.ports[0])
        assert new == answers_of(replicas.ports[1])
        eventually(lambda: all(last_answers(reader) == new for reader in readers))

        os.killpg(first.process.pid, signal.SIGKILL)
        assert first.wait() == -signal.SIGKILL
        everybody_goes_on(readers)
        again = replicas.start(replicas.ports[0])
        eventually(again.requests)
        everybody_goes_on(readers)
    assert [fault for reader in readers for fault in reader.faults] == []
    assert differences(readers, [old, new]) == []
    for reader, number in zip(readers, since, strict=True):
        assert reader.releases()[0] == lights_release.id
        # While one replica alone had the new release, who was sent to the other one went back.
        assert reader.releases(number) == [new_release]
    assert first.requests()
    assert second.requests()


def test_the_cache_gives_what_everybody_may_have_and_nothing_else(replicas: Replicas) -> None:
    replicas.start(replicas.ports[0])
    replicas.start(replicas.ports[1])
    with nginx(replicas.folder, replicas.port, replicas.configuration()):
        page, data = REQUESTS[:2]
        assert answer_to(replicas, page).cache == "nginx; fwd=uri-miss"
        eventually(lambda: answer_to(replicas, page).cache == "nginx; hit")
        eventually(lambda: answer_to(replicas, page).cache == "nginx; fwd=stale")
        assert answer_to(replicas, data).content != answer_to(replicas, page).content
        for target in ("no/such/thing", "sparql?query=SELECT", "sparql?query=ASK{}&release=0"):
            again = [answer_to(replicas, Request(target, PAGE)) for _ in range(3)]
            assert {each.cache for each in again} == {"nginx; fwd=uri-miss"}
        dump = answer_to(replicas, Request("dump.nq.gz", "*/*"), Range="bytes=0-9")
        assert (dump.status, len(dump.content), dump.cache) == (206, 10, "nginx; fwd=bypass")
