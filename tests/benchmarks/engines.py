"""The cost of serving an external engine: each question through graphsvc and directly.

    PYTHONPATH=tests python -m benchmarks.engines [--size QUADS] [--asks NUMBER] [--keep FOLDER]

One client asks; each query text is new to both. Latencies depend on how busy the machine is, so the
ratio of their medians is compared; processor time is that of all processes of a server.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from engines.servers import Engine, oxigraph, virtuoso
from server.processes import started, until_serving

from graphsvc.store.union import triples

from . import processes
from .arguments import size
from .corpus import Corpus, prepare
from .load import Target, never_sent
from .mix import QUESTIONS, Question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.processes import Service

ENGINES = {"oxigraph": oxigraph, "virtuoso": virtuoso}

_PATIENCE = 120.0
_OK = 200


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The engine's own address or that of graphsvc; ``pid`` is the process of that server."""

    target: Target
    pid: int


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a question in milliseconds: median latency, and processor time of a request."""

    waited: float
    processor: float


def main(words: Sequence[str] | None = None) -> None:
    """Measure, and print a table for each engine."""
    options = _parser().parse_args(words)
    with tempfile.TemporaryDirectory() as scratch:
        corpus = prepare(options.keep or Path(scratch), options.size, seed=1)
        for name, engine in ENGINES.items():
            folder = Path(scratch) / name
            folder.mkdir()
            with engine(folder, _data(name, corpus, folder)) as running:
                _report(name, running, corpus, folder, options.asks)


def _data(name: str, corpus: Corpus, folder: Path) -> Path:
    """Return the quads for an engine; the default graph of each is the merge of all graphs.

    Virtuoso makes the merge itself; Oxigraph has it if it is loaded.
    """
    if name != "oxigraph":
        return corpus.nquads
    quads = corpus.nquads.read_bytes()
    path = folder / "merged.nq"
    path.write_bytes(b"".join((quads, *triples(quads))))
    return path


def _report(name: str, engine: Engine, corpus: Corpus, folder: Path, asks: int) -> None:
    places = ("--project", corpus.project, "--releases", folder / "releases")
    arguments = (*places, "--store", engine.query, "--port", "0")
    with started(arguments, folder, {"deadline": _PATIENCE}) as process:
        service = until_serving(process)
        print(f"\n{name}: {corpus.population.quads:,} quads, {asks} of each question\n")  # noqa: T201
        print("| question | engine ms | through us ms | ratio | ours, processor ms |")  # noqa: T201
        print("|---|---:|---:|---:|---:|")  # noqa: T201
        for question in QUESTIONS:
            print(_row(question, engine, service, question.texts(corpus.population, asks)))  # noqa: T201


def _row(question: Question, engine: Engine, service: Service, texts: Sequence[str]) -> str:
    straight = _ask(Endpoint(_target(engine.query), engine.process.pid), question, texts)
    through = _ask(
        Endpoint(_target(f"{service.address}sparql"), service.process.pid), question, texts
    )
    ratio = through.waited / straight.waited
    return (
        f"| {question.name} | {straight.waited:.1f} | {through.waited:.1f} | {ratio:.2f} "
        f"| {through.processor:.1f} |"
    )


def _ask(endpoint: Endpoint, question: Question, texts: Sequence[str]) -> Cost:
    seconds = []
    before = processes.processor_time(endpoint.pid)
    for text in texts:
        query = text if question.repeated else never_sent(text)
        start = time.perf_counter()
        reply = endpoint.target.ask(query, question.accept, patience=_PATIENCE)
        seconds.append(time.perf_counter() - start)
        assert reply.status == _OK, reply.body
    processor_seconds = processes.processor_time(endpoint.pid) - before
    return Cost(1000 * median(seconds), 1000 * processor_seconds / len(texts))


def _target(address: str) -> Target:
    parts = urlsplit(address)
    return Target(parts.hostname or "", parts.port or 80, parts.path)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engines", description=__doc__)
    parser.add_argument("--size", type=size, default=100_000, help="how many quads")
    parser.add_argument("--asks", type=int, default=20, help="how often each question is asked")
    parser.add_argument("--keep", type=Path, help="a folder in which the data stays")
    return parser


if __name__ == "__main__":
    main()
