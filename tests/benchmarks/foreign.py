"""Measures the processor time of a start and of the pages of another publisher's graph.

    graphsvc build FILE --releases FOLDER
    python -m tests.benchmarks.foreign FOLDER

Each page is rendered in a forked process that has rendered another page before, as in a worker.
Wall-clock time is not measured, because other programs may use the machine.
"""

from __future__ import annotations

import gc
import gzip
import os
import re
import sys
import time
from html import unescape
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import click

from graphsvc import settings
from graphsvc.release import current
from graphsvc.store.oxigraph import OxigraphStore
from graphsvc.web.app import create_app, warm_up

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask.testing import FlaskClient

_HTML = {"Accept": "text/html"}
_SINGLE = ("/", "/browse", "/timeline", "/map", "/ontology", "/doc/dataset", "/sparql")
_MOST = 12


def main(folder: str) -> None:
    """Print what the start took, and the median and the slowest of the pages of each kind."""
    release = current(Path(folder))
    # A store in memory has no threads, which no fork would copy.
    store = OxigraphStore.load(gzip.decompress(release.dump.read_bytes()), release.prefixes)
    app = create_app(release, settings.load({"releases": folder}, {}), store)
    start = time.process_time()
    warm_up(app)
    click.echo(f"warm-up: {time.process_time() - start:.2f} s")
    gc.freeze()
    client = app.test_client()
    for address in _SINGLE:
        _report(client, address, [address])
    classes = _links(client, "/browse", r"/browse\?class=[^&]*")
    _report(client, "class", classes)
    one = [each for cls in classes for each in _links(client, cls, re.escape(cls) + "&[^&]*")[:2]]
    _report(client, "class, one condition", one)
    two = [each for page in one for each in _links(client, page, re.escape(page) + "&[^&]*")[:1]]
    _report(client, "class, two conditions", two)
    things = [each for cls in classes for each in _links(client, cls, r"/doc/[^?]*")[-3:]]
    _report(client, "thing", things)


def _links(client: FlaskClient, page: str, pattern: str) -> list[str]:
    """Return the first links of a page that fit; what it leaves in caches is not kept either."""
    html = _in_child(lambda: client.get(page, headers=_HTML).text)
    targets = dict.fromkeys(map(unescape, re.findall(r'href="([^"]*)"', html)))
    return [each for each in targets if re.fullmatch(pattern, each)][:_MOST]


def _report(client: FlaskClient, kind: str, pages: Sequence[str]) -> None:
    if took := [_milliseconds(client, page) for page in pages[: 2 * _MOST]]:
        click.echo(
            f"{kind}: {len(took)} pages, median {median(took):.0f} ms, most {max(took):.0f} ms"
        )


def _milliseconds(client: FlaskClient, page: str) -> float:
    """Return what the first rendering of a page takes in a process of its own."""

    def took() -> str:
        client.get("/problems", headers=_HTML)
        start = time.process_time()
        answer = client.get(page, headers=_HTML)
        milliseconds = 1000 * (time.process_time() - start)
        return f"{answer.status_code} {milliseconds}"

    status, milliseconds = _in_child(took).split()
    if status != "200":
        raise SystemExit(f"Error: {page} was answered with {status}.")
    return float(milliseconds)


def _in_child(work: Callable[[], str]) -> str:
    """Return what a forked process makes of some work; it leaves nothing behind in this one."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        os.close(reading)
        with os.fdopen(writing, "w", encoding="utf-8") as out:
            out.write(work())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as out:
        output = out.read()
    os.waitpid(child, 0)
    return output


if __name__ == "__main__":
    main(*sys.argv[1:])
