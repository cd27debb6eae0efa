"""Real SPARQL engines for the tests: processes on free loopback ports, each in its own folder.

    with virtuoso(folder, release.dump) as engine:
        …                                     # engine.query is the address of its endpoint

An engine ends with its block. Started again in the same folder without data, it still has what it
had; with the same ``port`` it comes back at its address.
"""

from __future__ import annotations

import gzip
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

HOST = "127.0.0.1"
HERE = Path(__file__).parent
OXIGRAPH = Path(sys.executable).with_name("oxigraph")

PATIENCE = 120.0
"""How many seconds an engine may take to start, to load and to end."""

_POLLING = 0.1


@dataclass(frozen=True, slots=True)
class Engine:
    """A running engine.

    ``query`` is the address of its SPARQL endpoint; ``update`` and ``graph_store`` take writes
    from ``user`` with ``password`` (by HTTP Digest; without a user from anyone), and are empty
    if it takes none. ``process`` is what was started, ``port`` where it listens.
    """

    name: str
    query: str
    update: str
    graph_store: str
    user: str
    password: str
    process: subprocess.Popen[bytes]
    port: int


def free_port() -> int:
    """Return a port on which nothing listens."""
    with closing(socket.create_server((HOST, 0))) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def oxigraph(folder: Path, data: Path | None = None, port: int = 0) -> Iterator[Engine]:
    """Run ``oxigraph serve`` on its own files, with the quads of an N-Quads file if one is given.

    Its default graph is what it is in the file: the union of graphs must be asked for.
    """
    port = port or free_port()
    location = folder / "store"
    if data is not None:
        _run([OXIGRAPH, "load", "--location", location, "--file", unpacked(data, folder)], folder)
    command: list[str | Path] = [
        OXIGRAPH,
        "serve",
        "--location",
        location,
        "--bind",
        f"{HOST}:{port}",
    ]
    address = f"http://{HOST}:{port}"
    with _running(command, folder) as process:
        _wait_for(f"{address}/query", process, folder)
        yield Engine(
            "oxigraph",
            f"{address}/query",
            f"{address}/update",
            f"{address}/store",
            "",
            "",
            process,
            port,
        )


@contextmanager
def virtuoso(folder: Path, data: Path | None = None, port: int = 0) -> Iterator[Engine]:
    """Run Virtuoso 7 on its own database, with the quads of an N-Quads file if one is given.

    It is set up as docs/engines.md says; the words of all literals are indexed.
    """
    port, sql_port = port or free_port(), free_port()
    settings = folder / "virtuoso.ini"
    is_new = not settings.exists()
    settings.write_text(_virtuoso_settings(port, sql_port), "utf-8")
    password = folder / "password"
    address = f"http://{HOST}:{port}"
    command: list[str | Path] = ["virtuoso-t", "+foreground", "+configfile", settings.name]
    with _running(command, folder) as process:
        _wait_for(f"{address}/sparql", process, folder)
        if is_new:
            password.write_text(secrets.token_hex(8), "utf-8")
            protect = f"USER_SET_PASSWORD('dba', '{password.read_text('utf-8')}');"
            _isql(folder, sql_port, "dba", f"{protect} {_INDEX_TEXTS} {_CLEAR_OWN_GRAPHS}")
        if data is not None:
            file = unpacked(data, folder).name
            load = f"DB.DBA.TTLP(file_to_string_output('{file}'), '', '{_NO_GRAPH}', {_N_QUADS});"
            _isql(folder, sql_port, password.read_text("utf-8"), f"{load} {_FINISH_TEXTS}")
        yield Engine(
            "virtuoso",
            f"{address}/sparql",
            f"{address}/sparql-auth",
            f"{address}/sparql-graph-crud-auth",
            "dba",
            password.read_text("utf-8"),
            process,
            port,
        )


@contextmanager
def comunica(folder: Path, data: Path, port: int = 0) -> Iterator[Engine]:
    """Run Comunica's HTTP endpoint over the quads of an N-Quads file, which it has in memory.

    Its default graph is the union of all graphs, and it takes no writes.
    """
    port = port or free_port()
    # One that pip brings stands beside the interpreter.
    path = os.pathsep.join([os.environ["PATH"], str(Path(sys.executable).parent)])
    node = shutil.which("node", path=path)
    assert node is not None, "There is no Node: run make assets."
    command: list[str | Path] = [
        node,
        HERE / "comunica.mjs",
        unpacked(data, folder),
        HOST,
        str(port),
    ]
    address = f"http://{HOST}:{port}/sparql"
    with _running(command, folder) as process:
        _wait_for(address, process, folder)
        yield Engine("comunica", address, "", "", "", "", process, port)


def unpacked(data: Path, folder: Path) -> Path:
    """Return an N-Quads file in the folder with the content of a file that may be gzipped."""
    plain = folder / "data.nq"
    content = data.read_bytes()
    plain.write_bytes(gzip.decompress(content) if data.suffix == ".gz" else content)
    return plain


#: Where triples without a graph go: an engine of quads has no place for them.
_NO_GRAPH = "urn:graphsvc:no-graph"
#: The flag of Virtuoso's Turtle parser with which it reads N-Quads.
_N_QUADS = 512
_INDEX_TEXTS = "DB.DBA.RDF_OBJ_FT_RULE_ADD(null, null, 'All');"
#: Small graphs of a new database: they would be seen among those of the users.
_CLEAR_OWN_GRAPHS = "".join(
    f"SPARQL CLEAR GRAPH <{graph}>;"
    for graph in ("http://www.w3.org/ns/ldp#", "http://localuriqaserver/sparql")
)
_FINISH_TEXTS = "DB.DBA.VT_INC_INDEX_DB_DBA_RDF_OBJ(); checkpoint;"


def _virtuoso_settings(port: int, sql_port: int) -> str:
    sections: Mapping[str, Mapping[str, object]] = {
        "Database": {
            "DatabaseFile": "virtuoso.db",
            "ErrorLogFile": "virtuoso.log",
            "LockFile": "virtuoso.lck",
            "TransactionFile": "virtuoso.trx",
            "xa_persistent_file": "virtuoso.pxa",
            "FileExtend": 50,
            "TempStorage": "TempDatabase",
        },
        "TempDatabase": {
            "DatabaseFile": "virtuoso-temp.db",
            "TransactionFile": "virtuoso-temp.trx",
        },
        "Parameters": {
            "ServerPort": f"{HOST}:{sql_port}",
            "DisableUnixSocket": 1,
            "CaseMode": 2,
            "DirsAllowed": ".",
            "CheckpointInterval": 0,
            "NumberOfBuffers": 4000,
            "MaxDirtyBuffers": 3000,
            "MaxSortedTopRows": 1_000_000,
            "ThreadsPerQuery": 1,
            "AsyncQueueMaxThreads": 2,
        },
        "HTTPServer": {
            "ServerPort": f"{HOST}:{port}",
            "ServerRoot": ".",
            "ServerThreads": 10,
            "MaxKeepAlives": 10,
            "KeepAliveTimeout": 10,
            "Charset": "UTF-8",
        },
        "SPARQL": {"ResultSetMaxRows": 1_000_000, "MaxQueryExecutionTime": 600},
    }
    return "\n".join(
        f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in section.items())
        for name, section in sections.items()
    )


def _isql(folder: Path, port: int, password: str, statements: str) -> None:
    options = ("VERBOSE=OFF", "ERRORS=STDOUT", f"EXEC={statements}")
    _run(["isql-vt", f"{HOST}:{port}", "dba", password, *options], folder)


def _run(command: Sequence[str | Path], folder: Path) -> None:
    """Run a command to its end; AssertionError with its words if it fails."""
    ran = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert ran.returncode == 0, f"{command[0]}: {ran.stdout}{ran.stderr}"


@contextmanager
def _running(command: Sequence[str | Path], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the end of the block, then end it with all its processes."""
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


def _wait_for(endpoint: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    """Wait until an endpoint answers a query; AssertionError with its log if it ends before."""
    # By GET, which all know: to a query that is the body Virtuoso 7 never answers.
    request = Request(  # noqa: S310 - the address is that of a server which runs here
        f"{endpoint}?query={quote('ASK {}')}", headers={"Accept": "application/sparql-results+json"}
    )
    end = time.monotonic() + PATIENCE
    pause = threading.Event()
    while time.monotonic() < end:
        assert process.poll() is None, (folder / "log").read_text("utf-8")
        with suppress(URLError, OSError), urlopen(request, timeout=PATIENCE):  # noqa: S310
            return
        pause.wait(_POLLING)
    raise AssertionError(f"{endpoint} did not answer: {(folder / 'log').read_text('utf-8')}")
