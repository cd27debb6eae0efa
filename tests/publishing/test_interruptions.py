"""Killed runs and engines without transactions: how the next run repairs what they left behind."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import product
from typing import TYPE_CHECKING

import pytest

from graphsvc.errors import PublishingError
from graphsvc.publishing.strategies import Strategy

from .conftest import BASE
from .proxy import Gone, one_by_one
from .reading import names, quads, quads_of

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

    from graphsvc.release import Release

    from .conftest import Publishing
    from .proxy import Proxy
    from .reading import Row

#: Publishes the file of a release: its name, the engine, the folder of journals, the request size.
PROGRAM = """
import sys
from pathlib import Path
from types import SimpleNamespace
from graphsvc.publishing.connecting import connect
from graphsvc.publishing.publication import Publisher

base, name, dump, url, folder, size = sys.argv[1:]
engine = connect(url, {"update": None, "upload": None}, int(size))
release = SimpleNamespace(id=name, dump=Path(dump), base=base)
Publisher(engine, base, Path(folder), lambda strategy: None).publish(release)
"""

#: Some hundred bytes: so little in one request that each has one or two graphs.
SIZE = 300
GRAPHS = [f"{BASE}g{number}" for number in range(6)]


def nquads(value: str) -> str:
    """Return quads of six graphs, some with blank nodes."""
    lines = [f'<{BASE}a> <{BASE}p> "{value} {graph}" <{graph}> .' for graph in GRAPHS]
    lines += [f'_:c14n{i} <{BASE}p> "{value}" <{graph}> .' for i, graph in enumerate(GRAPHS[::2])]
    return "\n".join(lines)


@pytest.fixture
def old(small: Callable[[str, str], Release]) -> Release:
    return small("old", nquads("old"))


@pytest.fixture
def other(small: Callable[[str, str], Release]) -> Release:
    """Return a release of other graphs: they have other numbers when they are staged."""
    return small("other", nquads("other").replace(GRAPHS[0], f"{BASE}z"))


@pytest.fixture
def new(small: Callable[[str, str], Release]) -> Release:
    # One graph is not in it any more, and one is as it was.
    lines = nquads("new").splitlines()
    other_lines = [
        line for line in lines if not line.endswith((f"<{GRAPHS[5]}> .", f"<{GRAPHS[3]}> ."))
    ]
    return small(
        "new", "\n".join([*other_lines, f'<{BASE}a> <{BASE}p> "old {GRAPHS[3]}" <{GRAPHS[3]}> .'])
    )


def killed_at(proxy: Proxy, publishing: Publishing, release: Release, word: str, kill: str) -> None:
    """Publish in a process that is killed at the third write with a word, or the last one there is.

    ``kill`` says when: "before" the engine gets the request, or "after" it has done it.
    """
    arguments = [BASE, release.id, release.dump, publishing.url, publishing.folder, SIZE]
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, *map(str, arguments)])
    numbers: list[int] = []

    def strike(number: int) -> None:
        if word in proxy.writes[number] and number not in numbers:
            numbers.append(number)
        if len(numbers) == (1 if word == "DELETE" else 3):
            process.kill()
            process.wait()
            raise Gone

    setattr(proxy, kill, strike)
    assert process.wait(120) == -9
    setattr(proxy, kill, lambda _number: None)


def by_name(publishing: Publishing) -> Counter[Row]:
    return quads(publishing.url, GRAPHS)


@pytest.mark.parametrize("moment", list(product(["/staged/", "DELETE"], ["before", "after"])))
def test_a_run_that_is_killed_loses_nothing_and_goes_on(
    behind_proxy: Publishing, proxy: Proxy, old: Release, new: Release, moment: tuple[str, str]
) -> None:
    word, kill = moment
    publisher = behind_proxy.publisher(request_size=SIZE)
    publisher.publish(old)
    killed_at(proxy, behind_proxy, new, word, kill)
    is_switched = moment == ("DELETE", "after")
    assert by_name(behind_proxy) == quads_of((new if is_switched else old).dump)
    proxy.writes.clear()
    publisher.publish(new)
    assert behind_proxy.strategies[-1] is Strategy.STAGED
    assert by_name(behind_proxy) == quads_of(new.dump)
    assert set(names(proxy.url)) == {*GRAPHS, f"{BASE}graph/inventory"} - {GRAPHS[5]}
    if word == "DELETE":
        # The engine had everything: nothing is sent again.
        assert not any('"new http' in write for write in proxy.writes)
    publisher.undo()
    assert by_name(behind_proxy) == quads_of(old.dump)


@pytest.mark.parametrize("kill", ["before", "after"])
def test_without_transactions_a_run_that_is_killed_is_finished_or_undone(
    behind_proxy: Publishing, proxy: Proxy, old: Release, new: Release, kill: str
) -> None:
    proxy.operations = one_by_one
    publisher = behind_proxy.publisher(request_size=SIZE)
    publisher.publish(old)
    assert behind_proxy.strategies == [Strategy.IN_PLACE]
    assert "readers see some graphs as before and some as they will be" in Strategy.IN_PLACE.value
    killed_at(proxy, behind_proxy, new, '"new', kill)
    with pytest.raises(PublishingError, match="only a part of its release") as caught:
        publisher.publish(old)
    assert "--release new" in caught.value.remedy
    assert "--undo" in caught.value.remedy
    publisher.undo()
    assert by_name(behind_proxy) == quads_of(old.dump)
    publisher.publish(new)
    assert by_name(behind_proxy) == quads_of(new.dump)


@pytest.mark.parametrize("size", [SIZE, 1 << 20])
def test_another_release_follows_one_that_was_killed_before_the_switch(
    behind_proxy: Publishing,
    proxy: Proxy,
    new: Release,
    other: Release,
    size: int,
) -> None:
    killed_at(proxy, behind_proxy, new, "/staged/", "after")
    behind_proxy.publisher(request_size=size).publish(other)
    assert quads(proxy.url, [*GRAPHS, f"{BASE}z"]) == quads_of(other.dump)
    assert not [graph for graph in names(proxy.url) if "/staged/" in graph]


def test_two_at_a_time_are_refused(
    behind_proxy: Publishing, proxy: Proxy, old: Release, new: Release
) -> None:
    refusals: list[str] = []

    def publish_too(number: int) -> None:
        if number == 0:
            with pytest.raises(PublishingError) as caught:
                behind_proxy.publisher().publish(new)
            refusals.append(caught.value.message)

    proxy.before = publish_too
    behind_proxy.publisher().publish(old)
    assert refusals == ["Another process publishes to this engine."]


def test_an_engine_that_is_away_for_a_while_is_asked_again(
    behind_proxy: Publishing, proxy: Proxy, old: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)

    def be_away(number: int) -> None:
        if number % 5 == 0:
            raise Gone

    proxy.before = be_away
    behind_proxy.publisher(request_size=SIZE).publish(old)
    assert by_name(behind_proxy) == quads_of(old.dump)
