"""``python -m tests.benchmarks.pages``: how long each type of page takes, and how large it is.

The shipped project is built and served by the program itself, with its default settings. The pages
of a type are all that readers can come to (``page_types.py``), or 180 evenly among them. Each is
requested over HTTP from a server just started that never sent it before (*first*), then some of
them again (*later*): a server that keeps no pages takes as long for these. The server is started
several times and each start begins with another type, so the slowest of a type is often the first
page at all that a process makes. Datasette serves the same quads in the same run: its rows tell
what the machine is like that day. ``--hub`` requests instead the pages about an entity with 100,000
inverse facts, made for it.

What is timed is what a client on the same machine waits: from the connection to the last byte, with
what the server does to compress the answer, and with what the client does to read it. Nothing is
subtracted: the row "nothing" is an address with next to no work behind it.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

from graphsvc import release_repository

from . import datasette, page_types
from .hub import corpus
from .page_server import PROGRAM, ours, served

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .page_server import Command, PageServer
    from .page_types import Paths

REPOSITORY = Path(__file__).parents[2]

#: What a page of the shipped graph may take, in milliseconds, and may weigh as sent, in kB.
MOST_MS, MOST_KB = 10.0, 100.0
#: What the page of a thing with 100,000 inverse facts may take, in milliseconds.
MOST_MS_OF_HUB = 300.0

_HEAD = (
    "| page | pages | first, ms | 19 of 20 | slowest | later | kB sent, largest | over |\n"
    "|---|---:|---:|---:|---:|---:|---:|---|\n"
)
_AGAIN = 20
"""How many pages of a type are asked for again."""


@dataclass(slots=True)
class Timed:
    """A type of page: milliseconds of first and later requests, and bytes as sent."""

    pages: int
    firsts: list[float] = field(default_factory=list)
    laters: list[float] = field(default_factory=list)
    size: int = 0

    def row(self, name: str, most: float) -> str:
        """Return the row of the table; values over their bound are marked."""
        first = median(self.firsts)
        bounds = [f"{most:g} ms"] if first > most else []
        bounds += [f"{MOST_KB:g} kB"] if self.size > MOST_KB * 1000 else []
        cells = (
            name,
            str(self.pages),
            f"{first:.1f}",
            f"{_nearly_all(self.firsts):.1f}",
            f"{max(self.firsts):.1f}",
            f"{median(self.laters):.1f}",
            f"{self.size / 1000:.1f}",
            ", ".join(bounds),
        )
        return f"| {' | '.join(cells)} |\n"


def _nearly_all(times: Sequence[float]) -> float:
    """Return what nineteen of twenty stay within."""
    return quantiles(times, n=20, method="inclusive")[-1] if times[1:] else times[0]


def main(words: Sequence[str] | None = None) -> int:
    """Measure, and print the table as Markdown."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.pages", description=__doc__)
    parser.add_argument("--hub", action="store_true", help="an entity with 100,000 inverse facts")
    parser.add_argument("--rounds", type=int, default=3, help="how often pages are asked for later")
    parser.add_argument("--starts", type=int, default=3, help="how often a server is started")
    options = parser.parse_args(words)
    sys.stdout.write(_HEAD)
    with tempfile.TemporaryDirectory(prefix="graphsvc-pages-") as folder:
        (_hub if options.hub else _shipped)(Path(folder), options.starts, options.rounds)
    return 0


def _hub(folder: Path, starts: int, rounds: int) -> None:
    hub_corpus = corpus(folder)
    command = ours(hub_corpus.project, hub_corpus.releases)
    _print(_measure(command, page_types.HUB_PAGES, starts, rounds), MOST_MS_OF_HUB)


def _shipped(folder: Path, starts: int, rounds: int) -> None:
    """Measure the pages of the shipped graph, and the peer's pages of the same quads."""
    releases, quads = folder / "releases", folder / "quads.db"
    earlier, later = _build_two(folder / "earlier", releases)
    command = ours(REPOSITORY, releases)
    with served(command) as server:
        pages = page_types.of_the_shipped_graph(server, REPOSITORY / "queries", earlier, later)
        datasette.write(quads, server.select(datasette.QUADS))
        theirs = datasette.pages(quads, *page_types.things_and_classes(server))
    _print(_measure(command, pages, starts, rounds), MOST_MS)
    _print(_measure(datasette.command(quads), theirs, starts, rounds), MOST_MS)


def _build_two(project: Path, releases: Path) -> tuple[str, str]:
    """Build the shipped project, and before that one that differs in a query; return both names."""
    for part in ("ontology", "data", "queries"):
        shutil.copytree(REPOSITORY / part, project / part)
    (project / "queries" / "describe-huawei.rq").unlink()
    return _build(project, releases), _build(REPOSITORY, releases)


def _build(project: Path, releases: Path) -> str:
    places = ("--project", str(project), "--releases", str(releases))
    subprocess.run([*PROGRAM, "build", *places], check=True, stdout=subprocess.DEVNULL)
    return release_repository.available_releases(releases)[0].id


def _measure(
    command: Command, pages: Mapping[str, Paths], starts: int, rounds: int
) -> Mapping[str, Timed]:
    timings = {name: Timed(len(paths)) for name, paths in pages.items()}
    for number in range(starts):
        with served(command) as server:
            for name, paths in _from(pages, number * len(pages) // starts).items():
                _time(timings[name], server, paths, rounds)
    return timings


def _from(pages: Mapping[str, Paths], at: int) -> Mapping[str, Paths]:
    """Return the types from one on, the others after them: none is the first at every start."""
    names = list(pages)
    return {name: pages[name] for name in (*names[at:], *names[:at])}


def _time(timed: Timed, server: PageServer, paths: Paths, rounds: int) -> None:
    answers = [server.ask(path) for path in paths]
    timed.firsts += [answer.milliseconds for answer in answers]
    timed.size = max(timed.size, *(len(answer.body) for answer in answers))
    again = [server.ask(path) for _ in range(rounds) for path in paths[-_AGAIN:]]
    timed.laters += [answer.milliseconds for answer in again]


def _print(timings: Mapping[str, Timed], most: float) -> None:
    sys.stdout.writelines(timed.row(name, most) for name, timed in timings.items())
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
