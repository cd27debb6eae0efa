"""A crawler: it starts from one IRI and follows every link of every document that it reads."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urldefrag

from pyoxigraph import RdfFormat, serialize
from rdflib import BNode, Graph, URIRef

from graphsvc.release import current

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: As many requests at a time as a polite crawler makes.
THREADS = 4


@contextmanager
def readers() -> Iterator[ThreadPoolExecutor]:
    """Start the threads that read.

    Answers of stores that earlier tests left over can be dropped by their own thread alone.
    """
    gc.collect()
    with ThreadPoolExecutor(THREADS) as pool:
        yield pool


def merged(releases: Path, address: str) -> Graph:
    """Return the default graph of the release that is served."""
    release = current(releases)
    assert release.base == address
    triples = [quad.triple for quad in release.store.quads()]
    n_triples = serialize(triples, format=RdfFormat.N_TRIPLES) or b""
    return Graph().parse(data=n_triples, format="nt")


def read(url: str) -> Graph:
    """Return the graph at an address; a file to download counts as an empty graph."""
    return Graph() if url.endswith(".gz") else Graph().parse(url)


def crawl(start: str, base: str) -> tuple[Graph, list[str]]:
    """Follow every link from one IRI on; return all that was read, and from where.

    A link that is dead, or leads to no RDF, is an exception.
    """
    crawled_graph, visited = Graph(), {start}
    waiting = [start]
    with readers() as pool:
        while waiting:
            graphs = list(pool.map(read, waiting))
            linked = {
                urldefrag(str(term))[0]
                for graph in graphs
                for triple in graph
                for term in triple
                if isinstance(term, URIRef) and term.startswith(base)
            }
            for graph in graphs:
                crawled_graph += graph
            waiting = sorted(linked - visited)
            visited |= linked
    return crawled_graph, sorted(visited)


def missing(whole: Graph, crawled_graph: Graph) -> list[object]:
    """Return the triples that the crawler missed, without blank nodes: their names differ."""
    return [
        triple
        for triple in whole
        if triple not in crawled_graph and not {BNode} & set(map(type, triple))
    ]
