"""Real engines for publishing, each empty for each test, and what publishes into them."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from engines.servers import oxigraph, virtuoso

from graphsvc.publishing.connecting import NONE, connect
from graphsvc.publishing.publication import Publisher

from .proxy import proxy_before
from .reading import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from engines.servers import Engine

    from graphsvc.publishing.strategies import Strategy
    from graphsvc.release import Release

    from .proxy import Proxy

MIB = 1 << 20
BASE = "https://example.org/lights/"


@dataclass
class Publishing:
    """A publisher for one engine, and the strategies that it has reported."""

    url: str
    folder: Path
    strategies: list[Strategy] = field(default_factory=list)

    def publisher(
        self, base: str = BASE, request_size: int = 16 * MIB, upload: str | None = None
    ) -> Publisher:
        engine = connect(self.url, {"update": None, "upload": upload}, request_size)
        return Publisher(engine, base, self.folder, self.strategies.append)


@pytest.fixture(scope="session")
def running_oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as engine:
        yield engine


@pytest.fixture(scope="session")
def running_virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with virtuoso(tmp_path_factory.mktemp("virtuoso")) as engine:
        yield engine


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Take away who writes, whatever the environment of the tests says."""
    for name in ("USER", "PASSWORD", "TOKEN"):
        monkeypatch.delenv(f"GRAPHSVC_STORE_{name}", raising=False)
    netrc = tmp_path / "netrc"
    netrc.touch()
    monkeypatch.setenv("NETRC", str(netrc))


@pytest.fixture
def on_oxigraph(running_oxigraph: Engine, tmp_path: Path) -> Iterator[Publishing]:
    publishing = Publishing(running_oxigraph.query, tmp_path / "journals")
    yield publishing
    publishing.publisher().engine.update("DROP ALL")


@pytest.fixture
def on_virtuoso(
    running_virtuoso: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Publishing]:
    monkeypatch.setenv("GRAPHSVC_STORE_USER", running_virtuoso.user)
    monkeypatch.setenv("GRAPHSVC_STORE_PASSWORD", running_virtuoso.password)
    publishing = Publishing(running_virtuoso.query, tmp_path / "journals")
    graphs = names(publishing.url)
    yield publishing
    drops = [f"DROP SILENT GRAPH <{graph}>" for graph in names(publishing.url) - graphs]
    publishing.publisher().engine.update(";".join(drops))


@pytest.fixture(params=["oxigraph", "virtuoso"])
def publishing(request: pytest.FixtureRequest) -> Publishing:
    """Return what publishes into each of the engines."""
    return cast("Publishing", request.getfixturevalue(f"on_{request.param}"))


@pytest.fixture
def proxy(on_oxigraph: Publishing) -> Iterator[Proxy]:
    """Return a proxy before Oxigraph."""
    with proxy_before(on_oxigraph.url) as proxy:
        yield proxy


@pytest.fixture
def behind_proxy(on_oxigraph: Publishing, proxy: Proxy) -> Publishing:
    """Return what publishes through the proxy, by updates alone."""
    return Publishing(proxy.url, on_oxigraph.folder)


@pytest.fixture
def small(tmp_path: Path) -> Callable[[str, str], Release]:
    """Return what makes a release of some N-Quads: all of it that publishing reads."""

    def make(name: str, nquads: str) -> Release:
        dump = tmp_path / f"{name}.nq.gz"
        lines = sorted(f"{line.strip()}\n" for line in nquads.strip().splitlines())
        dump.write_bytes(gzip.compress("".join(lines).encode()))
        return cast("Release", SimpleNamespace(id=name, dump=dump, base=BASE))

    return make


__all__ = ["BASE", "MIB", "NONE", "Publishing"]
