"""``python -m tests.benchmarks.pages``: how long each type of page takes, and how large it is.

The shipped project is built and served by the program itself, with one web process, so that it is
known what that process has kept. Each page is asked for over HTTP when nothing of it has been asked
for (*first*), then again and again (*later*). A page type is one row of ``PAGES``; of a type with
many pages each is asked for first once, of a type with one page once for each start of the service.
``--hub`` asks instead for the pages about an entity with 100,000 inverse facts, made for it.

What is timed is what a client on the same machine waits: from the connection to the last byte, with
what the server does to compress the answer, and with what the client does to read it. Nothing is
subtracted: the row "nothing" is an address with next to no work behind it.
"""

from __future__ import annotations

import argparse
import http.client
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from graphsvc import depot

from .hub import HUB, HUB_IRI, corpus
from .peers import HOST, free_port
from .processes import processor_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REPOSITORY = Path(__file__).parents[2]

#: What a page of the shipped graph may take, in milliseconds, and may weigh as sent, in kB.
MOST_MS, MOST_KB = 10.0, 100.0
#: What the page of a thing with 100,000 inverse facts may take, in milliseconds.
MOST_MS_OF_HUB = 300.0

Paths = tuple[str, ...]

_IWM = "https://w3id.org/iwm/"
_THINGS = (
    *(f"mechanism/{name}" for name in ("crccme", "bfic", "cica")),
    *(f"country/{name}" for name in ("china", "finland", "germany", "russia", "united-states")),
    *(f"organization/{name}" for name in ("cccme", "huawei")),
)
_QUERIES = ("secretariats", "all-mechanisms", "countries", "visits", "who-chairs-what")

#: One address or more of each type of page. ``{release}`` and ``{earlier}`` are releases' names.
PAGES: Mapping[str, Paths] = {
    "nothing": ("/healthz",),
    "home": ("/",),
    "thing": tuple(f"/doc/id/{name}" for name in _THINGS),
    "passage": tuple(f"/doc/passage/{number:02}" for number in range(2, 34, 3)),
    "source text": ("/doc/source/international-working-mechanisms",),
    "ontology": ("/ontology",),
    "ontology term": tuple(
        f"/doc/ontology%23{name}" for name in ("Mechanism", "Passage", "initiatedBy")
    ),
    "browse, all": ("/browse",),
    "browse, a class": tuple(
        f"/browse?class=iwm:{name}"
        for name in ("Organization", "Mechanism", "Person", "Event", "Secretariat")
    ),
    "browse, facets": (
        "/browse?class=iwm:Secretariat&iwm:side=country:china",
        "/browse?class=iwm:Event&iwm:year=2012..2017&sort=-iwm:year",
    ),
    "compare": (
        "/compare?iri=mechanism:crccme&iri=mechanism:bfic",
        "/compare?class=iwm:Mechanism",
    ),
    "search": ("/search?q=china+chamber", "/search?q=secretariat", "/search?q=huawey"),
    "time line": ("/timeline",),
    "map": ("/map",),
    "neighbourhood": tuple(f"/neighbourhood?iri={_IWM}id/{name}" for name in _THINGS),
    "cite": tuple(f"/cite?iri={_IWM}id/{name}" for name in _THINGS),
    "queries": ("/queries",),
    "query with its answer": tuple(f"/queries/{name}" for name in _QUERIES),
    "releases": ("/releases",),
    "release": ("/releases/{release}", "/releases/{earlier}"),
    "differences": ("/releases/{earlier}...{release}",),
    "problems": ("/problems",),
    "workbench": ("/sparql",),
    "workbench with an answer": tuple(
        f"/sparql?query=SELECT+*+WHERE+%7B+%3Fs+a+iwm%3A{name}+%7D"
        for name in ("Mechanism", "Person", "Event")
    ),
    "dataset": ("/doc/dataset",),
    "404": ("/doc/id/nothing/here", "/doc/id/nothing/there", "/nowhere"),
}

HUB_PAGES: dict[str, tuple[str, ...]] = {
    "page": (f"/doc/{HUB}",),
    "browse": (f"/browse?ex:memberOf={HUB_IRI}",),
    "browse, last page": (f"/browse?ex:memberOf={HUB_IRI}&page=4000",),
    "things": (f"/things?property=ex:memberOf&value={HUB_IRI}",),
    "Turtle": (f"/doc/{HUB}.ttl",),
    "Turtle, last page": (f"/doc/{HUB}.ttl?page=100",),
    "N-Quads": (f"/doc/{HUB}.nq",),
}


@dataclass(slots=True)
class Timed:
    """A type of page: milliseconds when asked for the first time and later, bytes as sent."""

    firsts: list[float] = field(default_factory=list)
    laters: list[float] = field(default_factory=list)
    size: int = 0

    @property
    def first(self) -> float:
        """Return the median of the first times."""
        return median(self.firsts)

    def row(self, name: str, most: float) -> str:
        """Return the row of the table; what is over its bound is marked."""
        missed = [bound for bound in (self.first > most and f"{most:g} ms",) if bound]
        missed += [f"{MOST_KB:g} kB"] if self.size > MOST_KB * 1000 else []
        cells = (
            name,
            f"{self.first:.1f}",
            f"{max(self.firsts):.1f}",
            f"{median(self.laters):.1f}",
            f"{self.size / 1000:.1f}",
            ", ".join(missed),
        )
        return f"| {' | '.join(cells)} |\n"


def main(words: Sequence[str] | None = None) -> int:
    """Measure, and print the table as Markdown."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.pages", description=__doc__)
    parser.add_argument("--hub", action="store_true", help="an entity with 100,000 inverse facts")
    parser.add_argument("--rounds", type=int, default=20, help="how often each is asked for later")
    parser.add_argument("--starts", type=int, default=5, help="how often the service is started")
    options = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="graphsvc-pages-") as folder:
        project, releases, pages = _hub(Path(folder)) if options.hub else _shipped(Path(folder))
        found = {name: Timed() for name in pages}
        for number in range(options.starts):
            _measure(project, releases, _from(pages, number), options.rounds, found)
    sys.stdout.write(
        "| page | first, ms | slowest first | later | kB sent | over |\n"
        "|---|---:|---:|---:|---:|---|\n"
    )
    most = MOST_MS_OF_HUB if options.hub else MOST_MS
    sys.stdout.writelines(timed.row(name, most) for name, timed in found.items())
    return 0


def _hub(folder: Path) -> tuple[Path, Path, Mapping[str, Paths]]:
    made = corpus(folder)
    return made.project, made.releases, HUB_PAGES


def _shipped(folder: Path) -> tuple[Path, Path, Mapping[str, Paths]]:
    """Build the shipped project, and before that one that differs in a query."""
    releases, earlier = folder / "releases", folder / "earlier"
    for part in ("ontology", "data", "queries"):
        shutil.copytree(REPOSITORY / part, earlier / part)
    (earlier / "queries" / "describe-huawei.rq").unlink()
    names = []
    for project in (earlier, REPOSITORY):
        places = ("--project", str(project), "--releases", str(releases))
        subprocess.run([*_PROGRAM, "build", *places], check=True, stdout=subprocess.DEVNULL)
        names.append(depot.kept(releases)[0].id)
    filled = {
        name: tuple(path.format(earlier=names[0], release=names[1]) for path in paths)
        for name, paths in PAGES.items()
    }
    return REPOSITORY, releases, filled


def _from(pages: Mapping[str, Paths], number: int) -> Mapping[str, Paths]:
    """Return the types in another order for each start: none is always asked for as the first."""
    names = list(pages)
    at = number * 7 % len(names)
    return {name: pages[name] for name in (*names[at:], *names[:at])}


_AT_REST = 0.5
"""For how many seconds a service takes no processor when it has read ahead; it answers before."""

_PROGRAM = (sys.executable, "-c", "from graphsvc.cli import main; main()")


def _measure(
    served: Path, releases: Path, pages: Mapping[str, Paths], rounds: int, found: dict[str, Timed]
) -> None:
    port = free_port()
    places = ("--project", str(served), "--releases", str(releases), "--port", str(port))
    command = (*_PROGRAM, "serve", *places, "--host", HOST, "--workers", "1")
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as server:
        try:
            _wait(port, server)
            # The process is warm: it has read ahead, and made a page of no type that is measured.
            _settle(server.pid)
            _ask(port, "/api")
            for name, paths in pages.items():
                _time(found[name], port, paths, rounds)
        finally:
            server.send_signal(signal.SIGTERM)


def _time(timed: Timed, port: int, paths: Paths, rounds: int) -> None:
    answers = [_ask(port, path) for path in paths]
    timed.firsts += [1000 * seconds for seconds, _ in answers]
    timed.size = max(timed.size, *(size for _, size in answers))
    again = [_ask(port, path) for _ in range(rounds) for path in paths]
    timed.laters += [1000 * seconds for seconds, _ in again]


def _ask(port: int, path: str) -> tuple[float, int]:
    """Return how many seconds an answer takes, and how many bytes its body has as it is sent."""
    start = time.perf_counter()
    connection = http.client.HTTPConnection(HOST, port)
    connection.request("GET", path, headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    size = len(answer.read())
    connection.close()
    if answer.status not in _EXPECTED:
        raise RuntimeError(f"{path} answers {answer.status}.")
    return time.perf_counter() - start, size


_EXPECTED = (200, 301, 404)


def _settle(pid: int) -> None:
    """Wait until a service has nothing more to do."""
    before, now = -1.0, processor_time(pid)
    while now - before > _AT_REST / 10:
        time.sleep(_AT_REST)
        before, now = now, processor_time(pid)


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 600
    while time.monotonic() < end and server.poll() is None:
        try:
            _ask(port, "/readyz")
        except (OSError, RuntimeError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The service did not start.")


if __name__ == "__main__":
    sys.exit(main())
