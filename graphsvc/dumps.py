"""The dumps of a release: all of it as one file, in several formats, made from its N-Quads.

N-Quads, TriG and JSON-LD carry every graph. Turtle and RDF/XML have no graphs: they carry the merge
of all, each triple once (https://www.w3.org/TR/sparql11-query/#rdfDataset). The same quads give the
same bytes. Beside the N-Quads, the memory is some bytes for each quad.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import subprocess
import sys
from array import array
from collections import defaultdict
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from pyoxigraph import RdfFormat, parse

from graphsvc.errors import NotAcceptable
from graphsvc.formats import Content, Format, named
from graphsvc.store import chunks, union
from graphsvc.store.serialization import write_statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: The formats of the dumps by name. Each is one row of the table of formats.
FORMATS: tuple[Format, ...] = tuple(
    fmt for name in ("nq", "trig", "jsonld", "ttl", "rdf") if (fmt := named(name))
)

# The usual level of gzip takes a third of the time of the best level.
_LEVEL = 6

#: From this size of the N-Quads, in bytes, another process writes the dumps.
_MANY_BYTES = 1 << 25
_BATCH = 1 << 16
_MOST_OF_A_HEAD = 1 << 20

_DECLARATIONS = re.compile(rb"(?:@prefix [^\n]*\n)+")
_ROOT = re.compile(rb"(<rdf:RDF)((?: [\w:.-]+=\"[^\"]*\")+)(>)")


@dataclass(frozen=True, slots=True)
class Dump:
    """One dump: its format's name, its file in the release, and the bytes of that file.

    ``size`` is what the file has, ``unpacked`` what it has once it is unpacked, both in bytes;
    ``sha256``, in hexadecimal, is of the file as it is.
    """

    format: str
    file: str
    size: int
    unpacked: int
    sha256: str


def file_name(fmt: Format) -> str:
    """Return the file name of the dump in a format; it says whether it has quads or triples."""
    what = "quads" if Content.QUADS in fmt.carries else "triples"
    return f"{what}.{fmt.name}.gz"


def write(nquads: bytes, prefixes: Mapping[str, str], folder: Path) -> tuple[Dump, ...]:
    """Write the dumps of sorted N-Quads, one quad a line, into a folder, and return them.

    XML cannot hold every character, nor name every predicate, and JSON-LD has no triple terms. A
    dump in a format that cannot hold all of the graph is left out. Those of a large graph are
    written by another process, so that the caller's other threads go on meanwhile.
    """
    if len(nquads) >= _MANY_BYTES:
        return _write_elsewhere(nquads, prefixes, folder)
    return _write_all(nquads, prefixes, folder)


def _write_elsewhere(nquads: bytes, prefixes: Mapping[str, str], folder: Path) -> tuple[Dump, ...]:
    command = [sys.executable, "-m", __name__, str(folder)]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process,  # noqa: S603 - this very module
        cast("IO[bytes]", process.stdin) as input_,
    ):
        input_.write(json.dumps(dict(prefixes)).encode() + b"\n")
        input_.write(nquads)
        input_.close()
        dumps = cast("IO[bytes]", process.stdout).read()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return tuple(Dump(**dump) for dump in json.loads(dumps))


def _write_all(nquads: bytes, prefixes: Mapping[str, str], folder: Path) -> tuple[Dump, ...]:
    dumps = (_write(nquads, prefixes, folder, fmt) for fmt in FORMATS)
    return tuple(dump for dump in dumps if dump is not None)


def _write(nquads: bytes, prefixes: Mapping[str, str], folder: Path, fmt: Format) -> Dump | None:
    path = folder / file_name(fmt)
    try:
        # The archive has no time and no name, so that the same quads give the same bytes.
        with (
            path.open("wb") as file,
            gzip.GzipFile("", "wb", _LEVEL, file, mtime=0) as packed,
        ):
            out = _Output(packed)
            _fill(nquads, prefixes, fmt, out)
            out.finish()
    except NotAcceptable:
        path.unlink()
        return None
    with path.open("rb") as whole:
        digest = hashlib.file_digest(whole, "sha256").hexdigest()
    return Dump(fmt.name, path.name, path.stat().st_size, out.size, digest)


def _fill(nquads: bytes, prefixes: Mapping[str, str], fmt: Format, out: _Output) -> None:
    if fmt.engine == RdfFormat.N_QUADS or not isinstance(fmt.engine, RdfFormat):
        for batch in _batches(chunks.lines(nquads)):
            out.write(batch)
        return
    if Content.QUADS in fmt.carries:
        lines: Iterable[bytes] = _by_graph(nquads)
    else:
        lines = union.triples(nquads)
    statements = parse(chunks.reader(_batches(lines)), RdfFormat.N_QUADS)
    # JSON-LD gets no prefixes: they would have to be sorted, and only programs read it.
    declared = {} if fmt.engine == RdfFormat.JSON_LD else dict(prefixes)
    write_statements(statements, cast("IO[bytes]", out), fmt, declared)


def _by_graph(nquads: bytes) -> Iterator[bytes]:
    """Yield the lines graph by graph, so that each graph is written as one block."""
    starts: defaultdict[bytes, array[int]] = defaultdict(lambda: array("Q"))
    start = 0
    for line in chunks.lines(nquads):
        starts[line[line.rindex(b" <") :]].append(start)
        start += len(line)
    for graph in sorted(starts):
        for start in starts[graph]:
            yield next(chunks.lines(nquads, start))


def _batches(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines many at a time."""
    batch: list[bytes] = []
    size = 0
    for line in chain(lines, (b"",)):
        batch.append(line)
        size += len(line)
        if size >= _BATCH or not line:
            yield b"".join(batch)
            batch, size = [], 0


class _Output:
    """Passes on the engine's output with sorted prefixes, and counts its bytes.

    The engine writes prefixes in a different order each time. They are in the first bytes, which
    are buffered until all prefixes are there.
    """

    def __init__(self, out: gzip.GzipFile) -> None:
        self.size = 0
        self._out = out
        self._head: bytearray | None = bytearray()

    def write(self, data: bytes) -> int:
        """Write some bytes."""
        if self._head is None:
            self._pass_on(data)
        else:
            self._head += data
            if len(self._head) > _MOST_OF_A_HEAD:
                self.finish()
        return len(data)

    def flush(self) -> None:
        """Do nothing: the archive is complete when it is closed."""

    def finish(self) -> None:
        """Write the buffered bytes."""
        if self._head is not None:
            head = _DECLARATIONS.sub(_sorted_lines, bytes(self._head), count=1)
            self._head = None
            self._pass_on(_ROOT.sub(_sorted_attributes, head, count=1))

    def _pass_on(self, data: bytes) -> None:
        self.size += len(data)
        self._out.write(data)


def _sorted_lines(match: re.Match[bytes]) -> bytes:
    return b"".join(sorted(match.group().splitlines(keepends=True)))


def _sorted_attributes(match: re.Match[bytes]) -> bytes:
    return match[1] + b" " + b" ".join(sorted(match[2].split())) + match[3]


def _main() -> None:
    """Write dumps of standard input: the prefixes as a line of JSON, and N-Quads."""
    prefixes = json.loads(sys.stdin.buffer.readline())
    dumps = _write_all(sys.stdin.buffer.read(), prefixes, Path(sys.argv[1]))
    json.dump([asdict(dump) for dump in dumps], sys.stdout)


if __name__ == "__main__":
    _main()
