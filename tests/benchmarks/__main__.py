"""``python -m tests.benchmarks``: make the data, start the servers, measure, report, stop."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from . import arguments
from .compare import compare
from .connections import connections
from .corpus import prepare
from .memory import memory_use
from .mix import QUESTIONS
from .peers import OURS, PEERS, running
from .report import COMPARING, Report, machine
from .rounds import Plan, measure
from .runaway import RUNAWAYS, runaways
from .stream import stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from .compare import Difference
    from .corpus import Corpus
    from .peers import Peer, Server
    from .rounds import Cell
    from .runaway import Runaways

Measurement = TypeVar("Measurement")

PARTS = ("answers", "speed", "stream", "runaway", "memory", "connections")

#: After so many seconds the server ends a runaway query.
DEADLINE = 4

#: How long an answer is waited for, in seconds. With a slow server the others wait less as well.
_PATIENCE, _PATIENCE_WITH_SLOW = 30.0, 5.0
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
    population = corpus.population
    plan = Plan(
        questions=[each for each in QUESTIONS if each.name in options.queries],
        clients=options.clients,
        rounds=options.rounds,
        seconds=options.seconds,
        patience=_PATIENCE,
    )
    before = machine()
    differences, cells = _side_by_side(options, corpus, plan)
    peers = [PEERS[name] for name in options.peers if not PEERS[name].slow]
    ours = [peer for peer in peers if peer is OURS]
    alone = _Alone(corpus, options.parts, dict(options.set))
    return Report(
        population=population,
        versions={name: PEERS[name].version for name in options.peers},
        parts=options.parts,
        plan={name: getattr(options, name) for name in ("clients", "seconds", "rounds")},
        settings=dict(options.set),
        machine=before,
        cells=cells,
        differences=differences,
        streamed=alone.measure("stream", peers, lambda each: stream(each, population.quads)),
        runaways=_runaways(alone, peers),
        memory=alone.measure("memory", peers, lambda each: memory_use(each, population, plan)),
        connections=alone.measure(
            "connections", ours, lambda each: connections(each, population, plan)
        ),
    )


def _side_by_side(
    options: argparse.Namespace, corpus: Corpus, plan: Plan
) -> tuple[list[Difference], list[Cell]]:
    if not COMPARING & set(options.parts):
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


@dataclass(frozen=True, slots=True)
class _Alone:
    """Measures servers one by one, each just started: what it takes is what the part takes."""

    corpus: Corpus
    parts: Sequence[str]
    settings: Mapping[str, str]

    def measure(
        self, part: str, peers: Iterable[Peer], measurement: Callable[[Server], Measurement]
    ) -> list[Measurement]:
        """Return the figures of each server; one that fails is reported and left out."""
        figures: list[Measurement] = []
        for peer in peers if part in self.parts else ():
            _tell(f"Measuring {part} of {peer.name}.")
            # What was measured before is not lost with a server that fails here.
            try:
                with running(peer, self.corpus, self.settings) as server:
                    figures.append(measurement(server))
            except (OSError, RuntimeError) as error:
                _tell(f"No figures for {part} of {peer.name}: {error}")
        return figures


def _runaways(alone: _Alone, peers: Iterable[Peer]) -> list[Runaways]:
    """Let queries run away from our server, and from others only what takes no memory."""

    def measurement(server: Server) -> Runaways:
        names = RUNAWAYS if server.peer is OURS else ()
        return runaways(server, alone.corpus.population, DEADLINE, names)

    with_deadline = replace(alone, settings={**alone.settings, "deadline": str(DEADLINE)})
    return with_deadline.measure("runaway", peers, measurement)


def _usual_peers(size: int) -> list[str]:
    return [
        name for name, peer in PEERS.items() if peer.usual and (size <= _SMALL or not peer.slow)
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    names = [question.name for question in QUESTIONS]
    parser.add_argument(
        "--size", type=arguments.size, default=_SMALL, help="100k, 1M, 10M or a number"
    )
    parser.add_argument(
        "--clients", type=arguments.numbers, default=[1, 4, 16], help="such as 1,4,16"
    )
    parser.add_argument("--seconds", type=float, default=1.0, help="of each cell")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1, help="of the data")
    parser.add_argument("--keep", metavar="FOLDER", help="keep the data here and use it again")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every cell here as well")
    parser.add_argument(
        "--parts", type=arguments.some_of(PARTS), default=PARTS, help=", ".join(PARTS)
    )
    parser.add_argument(
        "--queries", type=arguments.some_of(names), default=names, help=", ".join(names)
    )
    parser.add_argument(
        "--peers", type=arguments.some_of(PEERS), default=None, help=", ".join(PEERS)
    )
    arguments.add_settings(parser)
    return parser


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
