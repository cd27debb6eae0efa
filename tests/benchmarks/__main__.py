"""``python -m tests.benchmarks``: make the data, start the servers, measure, report, stop."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from graphsvc.settings import SETTINGS

from .compare import compare
from .corpus import prepare
from .mix import QUESTIONS
from .peers import OURS, PEERS, running
from .report import Report, machine
from .rounds import Plan, measure
from .runaway import runaways
from .stream import stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .compare import Difference
    from .corpus import Corpus
    from .rounds import Cell
    from .runaway import Runaways
    from .stream import Streamed

PARTS = ("answers", "speed", "stream", "runaway")

#: The program's setting that ends a query, and what the runaways set it to, in seconds.
DEADLINE_SETTING, DEADLINE = "deadline", 2

#: How long an answer is waited for, in seconds. With a slow server the others wait less as well.
_PATIENCE, _PATIENCE_WITH_SLOW = 30.0, 5.0
_SUFFIXES = {"k": 1_000, "M": 1_000_000}
#: The largest data that the slow servers get unless they are named.
_SMALL = 100_000


def main(words: Sequence[str] | None = None) -> int:
    """Run the benchmark; return 1 if the answers differ, except those of slow servers."""
    options = _parser().parse_args(words)
    # Ended from outside the servers must end as well, and the temporary folder go.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options.peers = options.peers or _usual_peers(options.size)
    with tempfile.TemporaryDirectory(prefix="graphsvc-bench-") as folder:
        report = _run(options, Path(options.keep or folder))
    if options.json:
        options.json.write_text(report.json(), "utf-8")
    sys.stdout.write(report.markdown())
    wrong = [each for each in report.differences if not PEERS[each.peer].slow]
    for each in wrong:
        _tell(f"{each.question}: {each.peer} answers otherwise: {each.what}")
    return 1 if wrong else 0


def _run(options: argparse.Namespace, folder: Path) -> Report:
    _tell(f"Making {options.size:,} quads.")
    corpus = prepare(folder, options.size, options.seed)
    plan = Plan(
        questions=[each for each in QUESTIONS if each.name in options.queries],
        clients=options.clients,
        rounds=options.rounds,
        seconds=options.seconds,
        patience=_PATIENCE,
    )
    before = machine()
    differences, cells = _side_by_side(options, corpus, plan)
    return Report(
        population=corpus.population,
        versions={name: PEERS[name].version for name in options.peers},
        plan={name: getattr(options, name) for name in ("clients", "seconds", "rounds")},
        settings=dict(options.set),
        machine=before,
        cells=cells,
        differences=differences,
        streamed=_streams(options, corpus),
        runaways=_runaways(options, corpus),
    )


def _side_by_side(
    options: argparse.Namespace, corpus: Corpus, plan: Plan
) -> tuple[list[Difference], list[Cell]]:
    if not {"answers", "speed"} & set(options.parts):
        return [], []
    with ExitStack() as stack:
        servers = []
        for name in options.peers:
            _tell(f"Starting {name}.")
            servers.append(stack.enter_context(running(PEERS[name], corpus, dict(options.set))))
        _tell("Comparing answers.")
        slow = any(server.peer.slow for server in servers)
        patience = _PATIENCE_WITH_SLOW if slow else _PATIENCE
        differences = compare(servers, plan.questions, corpus.population, patience)
        for each in differences:
            _tell(f"{each.question}: {each.peer}: {each.what}")
        if "speed" not in options.parts:
            return differences, []
        left_out = {(each.question, each.peer) for each in differences}
        return differences, measure(plan, servers, corpus.population, left_out, _tell)


def _streams(options: argparse.Namespace, corpus: Corpus) -> list[Streamed]:
    """Stream from servers just started, so that what they take is what this answer takes."""
    if "stream" not in options.parts:
        return []
    found = []
    for name in options.peers:
        if not PEERS[name].slow:
            _tell(f"Streaming from {name}.")
            # What was measured before is not lost with a server that fails here.
            try:
                with running(PEERS[name], corpus, dict(options.set)) as server:
                    found.append(stream(server, corpus.population.quads))
            except (OSError, RuntimeError) as error:
                _tell(f"No figures for the stream of {name}: {error}")
    return found


def _runaways(options: argparse.Namespace, corpus: Corpus) -> Runaways | None:
    if "runaway" not in options.parts or OURS.name not in options.peers:
        return None
    if DEADLINE_SETTING not in {setting.name for setting in SETTINGS}:
        _tell(f"No runaways: the program has no setting {DEADLINE_SETTING}.")
        return None
    _tell("Letting queries run away.")
    settings = {**dict(options.set), DEADLINE_SETTING: str(DEADLINE)}
    try:
        with running(OURS, corpus, settings) as server:
            return runaways(server, corpus.population, DEADLINE)
    except (OSError, RuntimeError) as error:
        _tell(f"No figures for runaways: {error}")
        return None


def _usual_peers(size: int) -> list[str]:
    return [
        name for name, peer in PEERS.items() if peer.usual and (size <= _SMALL or not peer.slow)
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    names = [question.name for question in QUESTIONS]
    parser.add_argument("--size", type=_size, default=_SMALL, help="100k, 1M, 10M or a number")
    parser.add_argument("--clients", type=_numbers, default=[1, 4, 16], help="such as 1,4,16")
    parser.add_argument("--seconds", type=float, default=1.0, help="of each cell")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1, help="of the data")
    parser.add_argument("--keep", metavar="FOLDER", help="keep the data here and use it again")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every cell here as well")
    parser.add_argument("--parts", type=_some_of(PARTS), default=PARTS, help=", ".join(PARTS))
    parser.add_argument("--queries", type=_some_of(names), default=names, help=", ".join(names))
    parser.add_argument("--peers", type=_some_of(PEERS), default=None, help=", ".join(PEERS))
    parser.add_argument(
        "--set",
        type=_setting,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a setting of graphsvc serve; can be repeated",
    )
    return parser


def _some_of(known: Iterable[str]) -> Callable[[str], list[str]]:
    """Return what reads a list of names with commas; the order is that of ``known``."""

    def read(text: str) -> list[str]:
        wanted = text.split(",")
        if unknown := set(wanted) - set(known):
            raise argparse.ArgumentTypeError(f"{unknown} is none of: {', '.join(known)}")
        return [name for name in known if name in wanted]

    return read


def _size(text: str) -> int:
    return int(text.rstrip("kM")) * _SUFFIXES.get(text[-1], 1)


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def _setting(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
