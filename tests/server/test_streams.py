"""Long answers: they come as they are made, in any coding, at the reader's own speed."""

from __future__ import annotations

import csv
import io
import zlib
from itertools import islice
from time import thread_time
from typing import TYPE_CHECKING, Protocol

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard

from .processes import ENDLESS_ROWS, LOOKUP, NAME, eventually
from .wire import query, request

if TYPE_CHECKING:
    import psutil

    from .processes import Service

ENDLESS_GRAPH = "CONSTRUCT { ?a ?b ?l } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ROWS = 100_000
LONG = f"SELECT ?a ?d {{ ?a ?b ?c . ?d ?e ?f }} LIMIT {ROWS}"
CODINGS = ["identity", "gzip", "br", "zstd"]


class Decoder(Protocol):
    """Reads a coding as it comes."""

    def decode(self, data: bytes) -> bytes: ...

    def is_at_end(self) -> bool:
        """Tell if the coding's own end has come."""
        ...


class Identity:
    def decode(self, data: bytes) -> bytes:
        return data

    def is_at_end(self) -> bool:
        return False


class Gzip:
    def __init__(self) -> None:
        self._state = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def decode(self, data: bytes) -> bytes:
        return self._state.decompress(data)

    def is_at_end(self) -> bool:
        return self._state.eof


class Brotli:
    def __init__(self) -> None:
        self._state = brotli.Decompressor()

    def decode(self, data: bytes) -> bytes:
        return bytes(self._state.process(data))

    def is_at_end(self) -> bool:
        return bool(self._state.is_finished())


class Zstandard:
    def __init__(self) -> None:
        self._state = zstandard.ZstdDecompressor().decompressobj()

    def decode(self, data: bytes) -> bytes:
        return self._state.decompress(data)

    def is_at_end(self) -> bool:
        return self._state.eof


def decoder(coding: str) -> Decoder:
    kinds: dict[str, type[Decoder]] = {"gzip": Gzip, "br": Brotli, "zstd": Zstandard}
    return kinds.get(coding, Identity)()


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize(
    ("text", "fmt"),
    [(ENDLESS_ROWS, name) for name in ("json", "xml", "csv", "tsv")]
    + [(ENDLESS_GRAPH, name) for name in ("nt", "ttl", "rdf")],
)
def test_an_answer_begins_before_it_ends(
    service: Service, text: str, fmt: str, coding: str
) -> None:
    """There is no end to wait for."""
    with service.connect() as wire:
        wire.send(request(query(text, format=fmt), f"Accept-Encoding: {coding}"))
        head = wire.read_head()
        assert head.status == 200
        assert head.fields["transfer-encoding"] == "chunked"
        assert head.fields.get("content-encoding", "identity") == coding
        reader = decoder(coding)
        came = (reader.decode(part) for part in wire.parts(head))
        assert len(list(islice((part for part in came if part), 3))) == 3
        assert not reader.is_at_end()


@pytest.mark.parametrize("coding", CODINGS)
def test_a_long_answer_is_whole(service: Service, coding: str) -> None:
    answer = service.ask(LONG, f"Accept-Encoding: {coding}", format="csv")
    assert answer.is_whole
    reader = decoder(coding)
    content = reader.decode(answer.content)
    assert reader.is_at_end() is (coding != "identity")
    assert len(list(csv.reader(io.StringIO(content.decode())))) == ROWS + 1


def test_7_1_the_connection_of_a_long_answer_goes_on(service: Service) -> None:
    with service.connect() as wire:
        wire.send(request(query(LONG, format="csv")) + request(query(LOOKUP)))
        assert wire.read().is_whole
        assert wire.read().values == [NAME]


def test_a_slow_reader_costs_no_memory(service: Service) -> None:
    with service.connect() as wire:
        wire.send(request(query(ENDLESS_ROWS, format="csv")))
        parts = wire.parts(wire.read_head())
        next(parts)
        worker = service.worker_of(wire)
        before = worker.memory_full_info().uss
        # The client has stopped reading: a worker that waits for it uses no processor time.
        eventually(lambda: is_at_rest(worker))
        assert worker.memory_full_info().uss - before < 32 * 1024**2
        assert service.ask(LOOKUP).values == [NAME]
        # This is far more than the buffers of the kernel hold: so the stream goes on.
        size = sum(len(part) for part in islice(parts, 1000))
        assert size > 16 * 1024**2


def is_at_rest(process: psutil.Process) -> bool:
    """Tell if a process has taken no time of a processor while this one has taken some."""
    before, start_time = process.cpu_times(), thread_time()
    while thread_time() < start_time + 0.05:
        pass
    return bool(before == process.cpu_times())


def test_a_client_that_reads_slowly_gets_all(service: Service) -> None:
    whole = service.ask(LONG, format="csv").content
    with service.connect() as wire:
        wire.send(request(query(LONG, format="csv")))
        head = wire.read_head()
        came = bytearray()
        for number, part in enumerate(wire.parts(head)):
            came += part
            if number % 10 == 0:
                assert service.get("/readyz").status == 200
    assert bytes(came) == whole


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("text", [ENDLESS_ROWS, ENDLESS_GRAPH])
def test_an_answer_that_is_cut_has_no_end(bounded: Service, text: str, coding: str) -> None:
    """Section 8: neither the framing nor the content coding marks it as complete."""
    answer = bounded.ask(text, f"Accept-Encoding: {coding}")
    assert answer.status == 200
    assert not answer.is_whole
    reader = decoder(coding)
    assert reader.decode(answer.content)
    assert not reader.is_at_end()
