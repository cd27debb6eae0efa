"""The process that exports traces by OpenTelemetry's own library: ``-m graphsvc.server.exporter``.

It opens connections only to the addresses in the environment, where the library also reads the
settings of sampling, batches, credentials and time-outs.
https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

from __future__ import annotations

import json
import os
import signal
import socket
from typing import TYPE_CHECKING

import click
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from graphsvc import __version__
from graphsvc.server.tracing import LONGEST_SPAN

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

    from graphsvc.server.tracing import TraceSpan

_CONTEXT = TraceContextTextMapPropagator()


@click.command()
@click.argument("descriptor", type=int)
def main(descriptor: int) -> None:
    """Export the spans from a socket until all writers have closed it."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # It must end last, since other processes may still send spans.
        signal.signal(number, signal.SIG_IGN)
    if "service.name=" not in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", ""):
        os.environ.setdefault("OTEL_SERVICE_NAME", "graphsvc")
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    tracer = provider.get_tracer("graphsvc", __version__)
    with socket.socket(fileno=descriptor) as spans:
        while content := spans.recv(LONGEST_SPAN):
            _export(tracer, json.loads(content))
    provider.shutdown()


def _export(tracer: Tracer, span: TraceSpan) -> None:
    context, attributes = _CONTEXT.extract(span["context"]), span["attributes"]
    exported = tracer.start_span(
        span["name"], context, SpanKind.SERVER, attributes, start_time=span["start"]
    )
    if span["failure"]:
        exported.set_status(StatusCode.ERROR, span["failure"])
    exported.end(span["end"])


if __name__ == "__main__":
    main()
