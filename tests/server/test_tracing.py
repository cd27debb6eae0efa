"""Traces: what an OpenTelemetry collector gets of the requests, if the environment names one."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from graphsvc.server.exporter_process import is_requested as wants_traces

from .conftest import starter
from .processes import ENDLESS_COUNT, LOOKUP, NAME, eventually
from .wire import query, request

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from .processes import Service

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Collector(ThreadingHTTPServer):
    """A collector of the kind that OTLP/HTTP sends to; it keeps all that comes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiver)
        self.requests: list[ExportTraceServiceRequest] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def spans(self) -> list[Span]:
        return [
            span
            for each in self.requests
            for resource in each.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def span_about(self, name: str, value: object) -> Span:
        """Wait for the span that has an attribute."""
        return eventually(
            lambda: next((s for s in self.spans() if attributes(s).get(name) == value), None)
        )


class Receiver(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        assert self.path == "/v1/traces"
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append(ExportTraceServiceRequest.FromString(content))
        answer = ExportTraceServiceResponse().SerializeToString()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def attributes(span: Span) -> dict[str, Any]:
    return {
        pair.key: getattr(pair.value, pair.value.WhichOneof("value") or "")
        for pair in span.attributes
    }


@contextmanager
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def traced(
    lights_folder: Path, releases: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Service, Collector]]:
    """Return a service, and the collector that its environment names."""
    with ExitStack() as stack:
        server = stack.enter_context(collector())
        folder = tmp_path_factory.mktemp("services")
        serve = starter(lights_folder, releases, folder, stack)
        # The other services of this session start without it.
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.address)
            patch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
            service = serve(deadline=2)
        yield service, server


def test_a_request_is_a_span_of_the_trace_of_its_client(
    traced: tuple[Service, Collector],
) -> None:
    service, server = traced
    context = f"traceparent: 00-{TRACE}-{PARENT}-01"
    answer = service.ask(LOOKUP, context, "User-Agent: a test")
    assert answer.values == [NAME]
    span = server.span_about("graphsvc.request_id", answer.fields["request-id"])
    assert span.trace_id.hex() == TRACE
    assert span.parent_span_id.hex() == PARENT
    assert (span.name, span.kind) == ("GET sparql", Span.SPAN_KIND_SERVER)
    assert 0 < span.end_time_unix_nano - span.start_time_unix_nano < 120 * 10**9
    assert span.status.code == Status.STATUS_CODE_UNSET
    fields = attributes(span)
    assert fields["http.request.method"] == "GET"
    assert fields["http.response.status_code"] == 200
    assert fields["http.response.body.size"] == len(answer.content)
    assert fields["url.path"] == "/sparql"
    assert fields["db.query.text"] == LOOKUP
    assert fields["db.operation.name"] == "SELECT"
    assert fields["user_agent.original"] == "a test"
    assert fields["server.address"] == "lights.example"
    assert fields["graphsvc.release"] == service.release()


def test_a_request_without_a_trace_begins_one(traced: tuple[Service, Collector]) -> None:
    service, server = traced
    names = [service.get("/none").fields["request-id"] for _ in range(2)]
    first, second = [server.span_about("graphsvc.request_id", name) for name in names]
    assert first.trace_id != second.trace_id
    assert not first.parent_span_id
    # What a client does wrong is no fault of the service.
    assert first.status.code == Status.STATUS_CODE_UNSET
    assert "db.query.text" not in attributes(first)


def test_a_request_whose_worker_was_ended_is_a_failed_span(
    traced: tuple[Service, Collector],
) -> None:
    service, server = traced
    answer = service.ask(ENDLESS_COUNT)
    assert answer.status == 503
    span = server.span_about("graphsvc.request_id", answer.fields["request-id"])
    assert span.status.code == Status.STATUS_CODE_ERROR
    assert attributes(span)["error.type"] == "deadline"
    assert span.end_time_unix_nano - span.start_time_unix_nano >= 2 * 10**9


def test_the_program_names_itself(traced: tuple[Service, Collector]) -> None:
    service, server = traced
    assert service.is_well()
    eventually(server.spans)
    names = {
        pair.value.string_value
        for each in server.requests
        for resource in each.resource_spans
        for pair in resource.resource.attributes
        if pair.key == "service.name"
    }
    assert names == {"graphsvc"}


def test_the_last_spans_are_exported_at_the_end(
    lights_folder: Path, releases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(collector())
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", f"{server.address}/v1/traces")
        # Nothing is exported before the end.
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "3600000")
        service = starter(lights_folder, releases, tmp_path, stack)()
        processes = service.processes()
        answers = [service.ask(LOOKUP) for _ in range(3)]
        service.process.terminate()
        assert service.wait() == 0
        names = {attributes(span)["graphsvc.request_id"] for span in server.spans()}
        assert {answer.fields["request-id"] for answer in answers} <= names
        # Without an init process that reaps them, orphans stay zombies.
        final = {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}
        eventually(
            lambda: not any(each.is_running() and each.status() not in final for each in processes)
        )


def test_a_collector_that_is_away_delays_nothing(
    lights_folder: Path, releases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as stack:
        with collector() as server:
            address = server.address
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        service = starter(lights_folder, releases, tmp_path, stack)(metrics_readers="127.0.0.1")
        with service.connect() as wire:
            for _ in range(500):
                assert wire.exchange(request(query(LOOKUP))).values == [NAME]
        # The exporter has ended: the service does not need it.
        exporters = [each for each in service.parents() if "exporter" in " ".join(each.cmdline())]
        assert len(exporters) == 1
        exporters[0].kill()
        with service.connect() as wire:
            for _ in range(2_000):
                assert wire.exchange(request(query(LOOKUP))).values == [NAME]
        eventually(lambda: b"graphsvc_spans_lost_total 0.0" not in service.get("/metrics").content)


@pytest.mark.parametrize(
    ("environment", "is_requested"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_TRACES_EXPORTER": "none"}, False),
        ({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_SDK_DISABLED": "true"}, False),
    ],
)
def test_traces_are_for_who_asks_for_them(
    environment: Mapping[str, str],
    is_requested: bool,  # noqa: FBT001 - a parameter of a test
) -> None:
    assert wants_traces(environment) is is_requested


def test_nobody_who_does_not_ask_has_an_exporter(service: Service) -> None:
    assert len(service.parents()) == 1
