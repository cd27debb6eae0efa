"""Checks the settings: which are invalid, and which contradict each other."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from graphsvc import settings
from graphsvc.findings import Finding, Severity
from graphsvc.server import bounds, exporter_process
from graphsvc.setting_values import UNIX
from graphsvc.web.origin import Peers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphsvc.settings import Settings

_MEBIBYTE = 1 << 20


def unusable(overrides: Mapping[str, object], environment: Mapping[str, str]) -> Iterator[Finding]:
    """Yield each invalid setting of the command line, the environment or the file."""
    for error in settings.errors(overrides, environment):
        yield Finding("settings-unusable", error.message, error.remedy)


def examine(values: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Yield which settings contradict each other, or the machine."""
    yield from _clients(values)
    yield from _places(values)
    yield from _amounts(values)
    if exporter_process.is_requested(environment) and not exporter_process.is_installed():
        yield Finding(
            "settings-telemetry",
            "The environment asks for traces, and the packages for them are not installed.",
            "pip install 'graphsvc[telemetry]', or unset OTEL_EXPORTER_OTLP_ENDPOINT.",
            Severity.WARNING,
        )


def _clients(values: Settings) -> Iterator[Finding]:
    is_public = values.public_url is not None or values.unix_socket is not None
    is_behind_proxy = is_public and not values.trusted_proxies
    if is_behind_proxy and values.rate_limit:
        yield Finding(
            "settings-clients",
            "rate_limit counts the requests of each client, but behind a proxy that is not trusted "
            "all clients have the proxy's address.",
            "Name the proxy in trusted_proxies, and let it set X-Forwarded-For or Forwarded.",
        )
    if is_behind_proxy and Peers(values.metrics_readers).trust("127.0.0.1"):
        yield Finding(
            "settings-metrics",
            "metrics_readers has this machine, so that a proxy on it shows /metrics to everybody.",
            "Name the proxy in trusted_proxies, or let it refuse /metrics.",
        )
    if UNIX in (values.trusted_proxies or "").split(", ") and values.unix_socket is None:
        yield Finding(
            "settings-unix",
            f"trusted_proxies has the word {UNIX}, and unix_socket is not set.",
            "Set unix_socket, unless systemd hands a Unix socket over.",
            Severity.NOTE,
        )


def _places(values: Settings) -> Iterator[Finding]:
    if values.public_url is None and not values.trusted_proxies and _is_public(values.host):
        yield Finding(
            "settings-public",
            f"The service listens at {values.host} for everybody, and without public_url its links "
            "begin with whatever host a request names.",
            "Set public_url, or listen at 127.0.0.1 behind a proxy.",
            Severity.WARNING,
        )
    if values.base_iri and values.public_url and values.base_iri != values.public_url:
        yield Finding(
            "settings-base",
            f"IRIs begin with {values.base_iri}, and clients use {values.public_url}: a client "
            "that opens an IRI gets here only if another service redirects it.",
            "Set both to the same address, or redirect from one to the other.",
            Severity.NOTE,
        )


def _is_public(host: str) -> bool:
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def _amounts(values: Settings) -> Iterator[Finding]:
    if values.long_requests > values.workers:
        yield Finding(
            "settings-long-requests",
            f"long_requests is {values.long_requests}, and there are {values.workers} workers.",
            "Lower it, so that a worker is left for quick requests.",
            Severity.WARNING,
        )
    if values.long_requests * values.request_memory * _MEBIBYTE > bounds.free_memory():
        yield Finding(
            "settings-memory",
            f"{values.long_requests} long requests with {values.request_memory} MiB each may take "
            "more memory than is free.",
            "Lower request_memory or long_requests.",
            Severity.WARNING,
        )
    if values.slow_queries >= values.deadline:
        yield Finding(
            "settings-slow-queries",
            f"slow_queries is {values.slow_queries:g} s, and no request takes longer than "
            f"{values.deadline:g} s.",
            "Lower slow_queries below deadline.",
            Severity.WARNING,
        )
