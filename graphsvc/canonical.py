"""Canonical N-Quads: the same graph gives the same bytes, whatever the order of its files.

Blank nodes get the names of https://www.w3.org/TR/rdf-canon/. The time to find them grows with the
factorial of the number of similar blank nodes that refer to each other
(https://www.w3.org/TR/rdf-canon/#dataset-poisoning), and the memory with the square of the length
of a chain of them. So another process does it, with limits of time and memory.
"""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Quad,
    RdfFormat,
    Triple,
    parse,
    serialize,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from graphsvc.store.base import Term

_SECONDS = 20
"""How much processor time the search for names may take, and as much again per million quads."""

_BYTES = 2 * 2**30
"""How much memory the search for names may take, and as much again per million quads."""

_MILLION = 1_000_000

#: The signals of a process that has reached its limit of processor time (SIGXCPU), memory (SIGABRT)
#: or stack (SIGSEGV); the kernel sends SIGKILL if the machine has no memory left.
_EXHAUSTED = (-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGABRT, -signal.SIGSEGV)


class Canonical(NamedTuple):
    """Sorted N-Quads, each line once; ``is_named`` tells whether blank nodes have canonical names.

    If not, they are numbered in the order of the quads.
    """

    nquads: bytes
    is_named: bool


def canonical(quads: Iterable[Quad], seconds: int = _SECONDS) -> Canonical:
    """Return quads as canonical N-Quads.

    The names of blank nodes only depend on the quads with blank nodes.
    """
    ground: list[Quad] = []
    blank: list[Quad] = []
    for quad in quads:
        (blank if _is_blank(quad) else ground).append(quad)
    lines = _lines(ground)
    if not blank:
        return Canonical(_sort(lines), is_named=True)
    renamed = _with_canonical_names(blank, seconds)
    if renamed is None:
        return Canonical(_sort(chain(lines, _lines(_number_blank_nodes(blank)))), is_named=False)
    return Canonical(_sort(chain(lines, renamed.splitlines(keepends=True))), is_named=True)


def _lines(quads: Iterable[Quad]) -> list[bytes]:
    return (serialize(quads, format=RdfFormat.N_QUADS) or b"").splitlines(keepends=True)


def _sort(lines: Iterable[bytes]) -> bytes:
    return b"".join(sorted(set(lines)))


def _is_blank(part: Quad | Term | DefaultGraph) -> bool:
    """Tell whether a term is a blank node, or a quad or triple has one."""
    if isinstance(part, Quad):
        return _is_blank(part.triple) or isinstance(part.graph_name, BlankNode)
    if isinstance(part, Triple):
        return _is_blank(part.subject) or _is_blank(part.object)
    return isinstance(part, BlankNode)


def _with_canonical_names(quads: Sequence[Quad], seconds: int) -> bytes | None:
    """Return quads with the canonical names of their blank nodes; None if that takes too much."""
    times = 1 + len(quads) // _MILLION
    command = [sys.executable, "-m", __name__, str(seconds * times), str(_BYTES * times)]
    data = b"".join(_lines(quads))
    done = subprocess.run(command, input=data, capture_output=True, check=False)  # noqa: S603 - this very module
    if done.returncode in _EXHAUSTED:
        return None
    if done.returncode:
        raise RuntimeError(f"The search for names of blank nodes failed: {done.stderr.decode()}")
    return done.stdout


def _number_blank_nodes(quads: Sequence[Quad]) -> Iterator[Quad]:
    """Yield quads with blank nodes numbered in their order."""
    names: dict[BlankNode, BlankNode] = {}

    def renamed(term: Term | DefaultGraph) -> Term | DefaultGraph:
        if isinstance(term, Triple):
            return Triple(renamed(term.subject), term.predicate, renamed(term.object))  # type: ignore[arg-type]
        if isinstance(term, BlankNode):
            return names.setdefault(term, BlankNode(f"b{len(names)}"))
        return term

    for quad in quads:
        yield Quad(
            renamed(quad.subject),  # type: ignore[arg-type]
            quad.predicate,
            renamed(quad.object),  # type: ignore[arg-type]
            renamed(quad.graph_name),  # type: ignore[arg-type]
        )


def _search() -> None:
    """Write the N-Quads of standard input with canonical names; the kernel bounds the search."""
    seconds, size = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    dataset = Dataset(parse(sys.stdin.buffer.read(), RdfFormat.N_QUADS))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    serialize(dataset, sys.stdout.buffer, RdfFormat.N_QUADS)


if __name__ == "__main__":
    _search()
