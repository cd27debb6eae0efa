"""The servers that are compared, each a process of its own on a free port of this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO, TYPE_CHECKING

import psutil

from graphsvc.setting_sources import ENVIRONMENT

from . import processes
from .load import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from .corpus import Corpus

HOST = "127.0.0.1"
SCRIPTS = Path(sys.executable).parent

#: How long a server may take to load and to end, in seconds.
_STARTING = 600.0
_ENDING = 10.0
_POLLING = 0.1


@dataclass(frozen=True, slots=True)
class Peer:
    """A server: its name, the package that brings it, its endpoint, and its command line.

    A ``slow`` server is asked by one client in one round, and questions that it cannot answer in
    time are left out. A server that is not ``usual`` runs only when it is named.
    """

    name: str
    package: str
    path: str
    command: Callable[[Corpus, int], Sequence[str | Path]]
    slow: bool = False
    usual: bool = True

    @property
    def version(self) -> str:
        """Return the version of the package."""
        return version(self.package)


@dataclass(frozen=True, slots=True)
class Server:
    """A peer that runs: its process, where it answers, and the memory free before it started."""

    peer: Peer
    pid: int
    target: Target
    free_megabytes: float


def _ours(corpus: Corpus, port: int) -> Sequence[str | Path]:
    places = ("--project", corpus.project, "--releases", corpus.releases)
    return (SCRIPTS / "graphsvc", "serve", *places, "--host", HOST, "--port", str(port))


def _native(corpus: Corpus, port: int) -> Sequence[str | Path]:
    places = ("--location", corpus.database, "--bind", f"{HOST}:{port}")
    return (SCRIPTS / "oxigraph", "serve-read-only", *places, "--union-default-graph")


def _merged(corpus: Corpus, port: int) -> Sequence[str | Path]:
    places = ("--location", corpus.merged, "--bind", f"{HOST}:{port}")
    return (SCRIPTS / "oxigraph", "serve-read-only", *places)


def _rdflib(corpus: Corpus, port: int) -> Sequence[str | Path]:
    options = ("--host", HOST, "--port", str(port))
    return (SCRIPTS / "rdflib-endpoint", "serve", *options, corpus.nquads)


OURS = Peer("graphsvc", "graphsvc", "/sparql", _ours)
NATIVE = Peer("oxigraph", "oxigraph", "/query", _native)
RDFLIB = Peer("rdflib-endpoint", "rdflib-endpoint", "/", _rdflib, slow=True)

#: The native server on the very files of the release: what the merged default graph does alone.
MERGED = Peer("oxigraph-merged", "oxigraph", "/query", _merged, usual=False)

PEERS = {peer.name: peer for peer in (NATIVE, OURS, RDFLIB, MERGED)}


@contextmanager
def running(peer: Peer, corpus: Corpus, settings: Mapping[str, str]) -> Iterator[Server]:
    """Start a server, wait until it answers and is idle, and stop it with all its processes.

    ``settings`` are those of graphsvc. The output of the server goes into a file beside the data.
    """
    port = free_port()
    target = Target(HOST, port, peer.path)
    log = corpus.folder / f"{peer.name}.log"
    variables = {ENVIRONMENT + name.upper(): value for name, value in settings.items()}
    free = psutil.virtual_memory().available / 1_000_000
    with log.open("wb") as output:
        process = _start(peer.command(corpus, port), variables, output)
        try:
            _wait_until_it_answers(target, process, log)
            processes.settle(process.pid)
            yield Server(peer, process.pid, target, round(free))
        finally:
            _stop(process)


def _start(
    command: Sequence[str | Path], settings: Mapping[str, str], output: IO[bytes]
) -> subprocess.Popen[bytes]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(ENVIRONMENT)}
    return subprocess.Popen(
        [str(word) for word in command],
        env={**inherited, **settings},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
    )


def free_port() -> int:
    """Return a port of this machine that is free now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(target: Target, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _STARTING
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended at once: {log.read_text(errors='replace')}")
        # The server does not listen yet, or is not ready: ask again.
        with suppress(OSError):
            if target.ask("ASK { ?s ?p ?o }", patience=_ENDING).status == 200:
                return
        time.sleep(_POLLING)
    raise TimeoutError(f"The server did not answer within {_STARTING:g} s; see {log}.")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a process and its descendants: kindly at first, then by force."""
    family = processes.tree(process.pid)
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_ENDING)
    for each in family:
        with suppress(psutil.NoSuchProcess):
            each.kill()
    process.wait()
