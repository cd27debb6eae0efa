"""``python -m tests.benchmarks.pages``: how long each type of page takes, and how large it is.

The shipped project is built and served by the program itself; each page is asked for over HTTP,
first when nothing of it is kept, then again and again. ``--hub`` asks instead for the pages about
an entity with 100,000 inverse facts, in data made for it. A page type is one row of ``PAGES``.
"""

from __future__ import annotations

import argparse
import http.client
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from .hub import HUB, HUB_IRI, corpus
from .peers import HOST, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

REPOSITORY = Path(__file__).parents[2]

#: One address or more of each type of page: of several, each is asked for in turn.
PAGES: dict[str, tuple[str, ...]] = {
    "home": ("/",),
    "thing": (
        "/doc/id/mechanism/crccme",
        "/doc/id/mechanism/bfic",
        "/doc/id/organization/cccme",
        "/doc/id/country/china",
    ),
    "passage": ("/doc/passage/08", "/doc/passage/33"),
    "text": ("/doc/source/international-working-mechanisms",),
    "vocabulary": ("/ontology",),
    "browse all": ("/browse",),
    "browse a class": (
        "/browse?class=iwm:Organization",
        "/browse?class=iwm:Secretariat&iwm:side=country:china",
        "/browse?class=iwm:Event&iwm:year=2012..2017&sort=-iwm:year",
    ),
    "compare": (
        "/compare?iri=mechanism:crccme&iri=mechanism:bfic",
        "/compare?class=iwm:Mechanism",
    ),
    "workbench": ("/sparql",),
    "problems": ("/problems",),
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


@dataclass(frozen=True, slots=True)
class Timed:
    """A type of page: milliseconds when asked for the first time and later, bytes as sent."""

    name: str
    first: float
    later: float
    size: int


def main(words: Sequence[str] | None = None) -> int:
    """Measure, and print the table as Markdown."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.pages", description=__doc__)
    parser.add_argument("--hub", action="store_true", help="an entity with 100,000 inverse facts")
    parser.add_argument("--rounds", type=int, default=30, help="how often each page is asked for")
    options = parser.parse_args(words)
    pages = HUB_PAGES if options.hub else PAGES
    with tempfile.TemporaryDirectory(prefix="graphsvc-pages-") as folder:
        places = (REPOSITORY, Path(folder) / "releases")
        if options.hub:
            made = corpus(Path(folder))
            places = (made.project, made.releases)
        lines = list(_measured(*places, pages, options.rounds))
    sys.stdout.write("| page | first, ms | later, ms | kB sent |\n|---|---:|---:|---:|\n")
    for line in lines:
        cells = f"{line.first:.1f} | {line.later:.1f} | {line.size / 1000:.1f}"
        sys.stdout.write(f"| {line.name} | {cells} |\n")
    return 0


def _measured(
    served: Path, releases: Path, pages: dict[str, tuple[str, ...]], rounds: int
) -> Iterator[Timed]:
    port = free_port()
    places = ("--project", str(served), "--releases", str(releases))
    # One web process, so that what the first request finds is there for the second.
    program = "from graphsvc.cli import main; main()"
    command = (sys.executable, "-c", program, "serve", *places, "--host", HOST, "--port", str(port))
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as server:
        try:
            _wait(port, server)
            _ask(port, "/problems")
            yield from [_timed(name, port, pages[name], rounds) for name in pages]
        finally:
            server.send_signal(signal.SIGTERM)


def _timed(name: str, port: int, paths: Sequence[str], rounds: int) -> Timed:
    firsts = [_ask(port, path) for path in paths]
    laters = [_ask(port, path)[0] for _ in range(rounds) for path in paths]
    return Timed(
        name,
        first=median(seconds for seconds, _ in firsts) * 1000,
        later=median(laters) * 1000,
        size=max(size for _, size in firsts),
    )


def _ask(port: int, path: str) -> tuple[float, int]:
    """Return how many seconds an answer takes, and how many bytes its body has as it is sent."""
    start = time.perf_counter()
    connection = http.client.HTTPConnection(HOST, port)
    connection.request("GET", path, headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    size = len(answer.read())
    connection.close()
    if answer.status not in (200, 301):
        raise RuntimeError(f"{path} answers {answer.status}.")
    return time.perf_counter() - start, size


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
