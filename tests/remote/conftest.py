"""A real engine for the tests of the store over HTTP, and the embedded store to compare it with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from engines.servers import oxigraph
from pyoxigraph import RdfFormat, serialize

from graphsvc.remote.store import RemoteStore
from graphsvc.store import union
from graphsvc.store.oxigraph import OxigraphStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engines.servers import Engine

    from graphsvc.sources import Project


@pytest.fixture(scope="session")
def nquads(lights: Project) -> bytes:
    """Return quads without blank nodes, which each engine would call by other names."""
    content = serialize(lights.quads, format=RdfFormat.N_QUADS) or b""
    lines = sorted(set(content.splitlines(keepends=True)))
    return b"".join(line for line in lines if b"_:" not in line)


@pytest.fixture(scope="session")
def embedded(lights: Project, nquads: bytes) -> OxigraphStore:
    return OxigraphStore.load(nquads, lights.prefixes)


@pytest.fixture(scope="session")
def engine(nquads: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Return an engine whose default graph is the merge of its graphs, as in a published engine."""
    folder: Path = tmp_path_factory.mktemp("oxigraph")
    data = folder / "quads.nq"
    data.write_bytes(b"".join(union.triples(nquads)) + nquads)
    with oxigraph(folder, data) as running:
        yield running


@pytest.fixture(scope="session")
def remote(lights: Project, engine: Engine) -> Iterator[RemoteStore]:
    store = RemoteStore.at(engine.query, lights.prefixes)
    yield store
    store.close()
