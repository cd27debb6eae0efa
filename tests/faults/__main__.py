"""``python -m tests.faults``: inject faults for some minutes, and print what came of it.

The exit code is 1 if an answer was wrong or silently cut, or if a release was lost.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

# The packages of the tests are found where pytest finds them.
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.tables import table

from faults.play import HEADS, Result, play
from faults.scenarios import SCENARIOS
from faults.stage import Ground, prepare

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(words: Sequence[str] | None = None) -> int:
    """Run the scenarios and print a table."""
    options = _parser().parse_args(words)
    names = options.only or list(SCENARIOS)
    with tempfile.TemporaryDirectory(prefix="graphsvc-faults-") as name:
        folder = Path(name)
        ground = prepare(folder / "ground")
        seconds = 60 * options.minutes / len(names)
        results = [_play(name, ground, folder / name, seconds) for name in names]
    wrong = [fault for result in results for fault in result.faults_of_ours]
    lines = (*table(HEADS, (result.row() for result in results)), *wrong)
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if wrong else 0


def _play(name: str, ground: Ground, folder: Path, seconds: float) -> Result:
    end = time.monotonic() + seconds
    result = play(name, SCENARIOS[name].scenario, ground, folder, lambda _: time.monotonic() > end)
    sys.stderr.write(f"{name}: {result.counts.faults} faults\n")
    return result


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0, help="for all scenarios together")
    parser.add_argument("--only", nargs="+", choices=SCENARIOS, metavar="NAME")
    return parser


if __name__ == "__main__":
    sys.exit(main())
