"""The process that exports traces by OpenTelemetry's own library: ``-m graphsvc.server.exporter``.

It opens connections only to where the environment says, and runs only if that asks for it: see
`is_wanted`. Sampling, batches, credentials and time-outs are what the library reads there.
https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

from __future__ import annotations

import json
import os
import signal
import socket
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from graphsvc import __version__
from graphsvc.server.tracing import LONGEST_SPAN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.trace import Tracer

    from graphsvc.server.tracing import Span

_PLACES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def is_wanted(environment: Mapping[str, str]) -> bool:
    """Tell whether an environment asks for traces: by a place to send them to, or by their name."""
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    exporters = environment.get("OTEL_TRACES_EXPORTER", "")
    if exporters:
        return "otlp" in exporters.split(",")
    return any(environment.get(name) for name in _PLACES)


def is_installed() -> bool:
    """Tell whether the libraries are there that export: those of ``graphsvc[telemetry]``."""
    try:
        return find_spec("opentelemetry.exporter.otlp.proto.http") is not None
    except ModuleNotFoundError:
        return False


@click.command()
@click.argument("descriptor", type=int)
def main(descriptor: int) -> None:
    """Export the spans that come from a socket, until nobody can write to it any more."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - an extra
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # It ends after the others, which may still have something to say.
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


def _export(tracer: Tracer, span: Span) -> None:
    from opentelemetry.trace import SpanKind, StatusCode  # noqa: PLC0415
    from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415
        TraceContextTextMapPropagator,
    )

    exported = tracer.start_span(
        span["name"],
        TraceContextTextMapPropagator().extract(span["context"]),
        SpanKind.SERVER,
        span["attributes"],
        start_time=span["start"],
    )
    if span["failure"]:
        exported.set_status(StatusCode.ERROR, span["failure"])
    exported.end(span["end"])


if __name__ == "__main__":
    main()
