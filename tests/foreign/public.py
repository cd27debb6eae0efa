"""Serve public data sets, each by one command, and look at their pages as a visitor does.

    python -m tests.foreign.public [--only NAME…] [--folder DIR]

The data sets come from packages of the registries (``public_sets.py``), into a folder outside the
repository. Each is served by ``graphsvc serve FILES…`` in processes of its own; a browser looks at
its pages (``looking.py``). The table goes to standard output; the folder has the screenshots.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
import traceback
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from playwright.sync_api import sync_playwright

from tests.browser.conftest import ARGUMENTS
from tests.server.processes import started

from .fetching import fetched
from .looking import Site, look
from .public_sets import PUBLIC_SETS, PublicSet

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.server.processes import Service

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
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        for data_set in PUBLIC_SETS:
            if data_set.name in chosen.only:
                results.append(_tried(data_set, chosen.folder, browser))
                sys.stderr.write(_told(results[-1]))
        browser.close()
    sys.stdout.write(_table(results))
    return int(any(result.findings for result in results))


def _tried(data_set: PublicSet, folder: Path, browser: Browser) -> Result:
    """Fetch a data set, serve it, look at it."""
    result = Result(data_set.name)
    try:
        paths = fetched(data_set, folder)
        with tempfile.TemporaryDirectory() as name:
            arguments: list[str | Path] = [*paths, "--port", "0", "--releases", Path(name, "kept")]
            arguments += ["--lenient", "on"] if data_set.is_lenient else []
            with started(arguments, Path(name), {}) as service:
                result.seconds, result.processor = _first_page(service)
                site = Site(data_set.name, service.address, browser, folder / "screenshots")
                result.findings = site.findings
                look(site)
                result.triples = site.count
    except Exception as error:  # noqa: BLE001 - one data set does not spoil the others
        if not isinstance(error, RuntimeError):
            traceback.print_exc()
        result.findings.append(f"it cannot be looked at: {' '.join(str(error).split())[:400]}")
    return result


def _first_page(service: Service) -> tuple[float, float]:
    """Wait for the first page; return the seconds that it took, and those of the processors."""
    keeper = psutil.Process(service.process.pid)
    start = keeper.create_time()
    while "Serving " not in service.output:
        if service.process.poll() is not None or time.time() - start > PATIENCE:
            raise RuntimeError(
                " ".join(service.log.splitlines()[-6:]) or "it did not start in time"
            )
        time.sleep(0.02)
    service.address = service.output.strip().rpartition(" at ")[2].rstrip("/")
    request = urllib.request.Request(service.address + "/", headers={"Accept": "text/html"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
        answer.read()
    seconds = time.time() - start
    times = [each.cpu_times() for each in [keeper, *keeper.children(recursive=True)]]
    processor = sum(t.user + t.system + t.children_user + t.children_system for t in times)
    return seconds, processor


def _told(result: Result) -> str:
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
