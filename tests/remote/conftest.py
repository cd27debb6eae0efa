"""A real engine for the tests of the store over HTTP, and the embedded store beside it."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from engines.servers import oxigraph

from graphsvc.remote.store import RemoteStore
from graphsvc.store import union
from graphsvc.store.oxigraph import OxigraphStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engines.servers import Engine

    from graphsvc.release import Release


@pytest.fixture(scope="session")
def nquads(lights_release: Release) -> bytes:
    """Return quads without blank nodes, which each engine would call by other names."""
    lines = gzip.decompress(lights_release.dump.read_bytes()).splitlines(keepends=True)
    return b"".join(line for line in lines if b"_:" not in line)


@pytest.fixture(scope="session")
def embedded(lights_release: Release, nquads: bytes) -> OxigraphStore:
    return OxigraphStore.load(nquads, lights_release.prefixes)


@pytest.fixture(scope="session")
def engine(nquads: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Return an engine whose default graph is the merge of its graphs, as one publishes it."""
    folder: Path = tmp_path_factory.mktemp("oxigraph")
    data = folder / "quads.nq"
    data.write_bytes(b"".join(union.triples(nquads)) + nquads)
    with oxigraph(folder, data) as running:
        yield running


@pytest.fixture(scope="session")
def remote(lights_release: Release, engine: Engine) -> RemoteStore:
    return RemoteStore.at(engine.query, lights_release.prefixes)
