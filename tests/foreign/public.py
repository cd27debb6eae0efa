"""Serve public data sets, each by one command, and visit their pages in a browser.

    python -m tests.foreign.public [--only NAME…] [--folder DIR]

The data sets come from packages of the registries (``public_sets.py``), into a folder outside the
repository. Each is served by ``graphsvc serve FILES…`` in processes of its own; a browser looks at
its pages (``looking.py``). The table goes to standard output; the folder has the screenshots.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from playwright.sync_api import sync_playwright

from .fetching import fetched
from .looking import Site, look
from .public_sets import PUBLIC_SETS, PublicSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Playwright

#: How long a data set may take from the command to the first page, in seconds.
PATIENCE = 600


@dataclass(slots=True)
class Result:
    """What came of one data set."""

    name: str
    triples: int = 0
    seconds: float = 0.0
    processor: float = 0.0
    findings: list[str] = field(default_factory=list)


def main() -> int:
    """Run it; the exit code is 1 if anything was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    names = [data_set.name for data_set in PUBLIC_SETS]
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="NAME")
    default = Path(tempfile.gettempdir()) / "graphsvc-public"
    parser.add_argument("--folder", type=Path, default=default, help=f"default: {default}")
    chosen = parser.parse_args()
    pictures = chosen.folder / "screenshots"
    pictures.mkdir(parents=True, exist_ok=True)
    results: list[Result] = []
    with sync_playwright() as playwright:
        for data_set in PUBLIC_SETS:
            if data_set.name in chosen.only:
                results.append(_result_of(data_set, chosen.folder, playwright))
                sys.stderr.write(_summary(results[-1]))
    sys.stdout.write(_table(results))
    return int(any(result.findings for result in results))


def _result_of(data_set: PublicSet, folder: Path, playwright: Playwright) -> Result:
    """Fetch a data set, serve it, look at it."""
    result = Result(data_set.name)
    try:
        paths = fetched(data_set, folder)
        with tempfile.TemporaryDirectory() as name, _served(data_set, paths, Path(name)) as service:
            _wait_until_serving(service)
            address = service.words().rpartition(" at ")[2].rstrip("/")
            client = playwright.request.new_context(base_url=address, timeout=PATIENCE * 1000)
            client.get("/", headers={"Accept": "text/html"})
            result.seconds, result.processor = service.times()
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            site = Site(data_set.name, address, browser, client, folder / "screenshots")
            result.findings = site.findings
            look(site)
            result.triples = site.count
            browser.close()
    except Exception as error:  # noqa: BLE001 - one data set does not spoil the others
        if not isinstance(error, RuntimeError):
            traceback.print_exc()
        result.findings.append(f"it cannot be looked at: {' '.join(str(error).split())[:400]}")
    return result


@dataclass(frozen=True, slots=True)
class _Service:
    """A running service, and the file that it writes to."""

    process: psutil.Popen
    output: Path

    def words(self) -> str:
        return self.output.read_text("utf-8").strip()

    def times(self) -> tuple[float, float]:
        """Return the seconds since it was started, and those that its processors took."""
        seconds = 0.0
        for process in (self.process, *self.process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                seconds += times.user + times.system + times.children_user + times.children_system
        return time.time() - self.process.create_time(), seconds


@contextmanager
def _served(data_set: PublicSet, paths: list[Path], folder: Path) -> Iterator[_Service]:
    """Serve files by one command until the end of the block."""
    words: list[str | Path] = [sys.executable, "-m", "graphsvc", "serve", *paths]
    words += ["--port", "0", "--releases", folder / "kept"]
    words += ["--lenient", "on"] if data_set.is_lenient else []
    output = folder / "output"
    with output.open("wb") as file:
        process = psutil.Popen(words, stdout=file, stderr=file, start_new_session=True)
    try:
        yield _Service(process, output)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_until_serving(service: _Service) -> None:
    while "Serving " not in service.words():
        if service.process.poll() is not None or service.times()[0] > PATIENCE:
            end = " ".join(service.words().splitlines()[-6:])
            raise RuntimeError(end or "it did not start in time")
        time.sleep(0.02)


def _summary(result: Result) -> str:
    lines = [f"{result.name}: {result.triples:,} triples, {result.seconds:.1f} s\n"]
    return "".join([*lines, *(f"  {finding}\n" for finding in result.findings)])


def _table(results: list[Result]) -> str:
    """Return the results as Markdown."""
    lines = [
        "| data set | triples | seconds to the first page | of processors | findings |",
        "|---|---:|---:|---:|---|",
    ]
    for each in results:
        findings = "; ".join(each.findings).replace("|", "\\|") or "none"
        numbers = f"{each.triples:,} | {each.seconds:.1f} | {each.processor:.1f}"
        lines.append(f"| {each.name} | {numbers} | {findings} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
