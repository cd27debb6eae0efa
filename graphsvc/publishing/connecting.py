"""Connects to an engine by the address of its SPARQL endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from graphsvc.errors import SettingsError
from graphsvc.publishing.engine import Addresses, WritableEngine, patiently
from graphsvc.remote.credentials import credentials, must_hold_no_credentials
from graphsvc.remote.engines import GENERIC, recognise

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The value of an option for no address.
NONE = "none"


def connect(url: str, others: Mapping[str, str | None], request_size: int) -> WritableEngine:
    """Return the engine whose SPARQL endpoint has an address.

    The addresses for ``update`` and ``upload`` come from ``others``, or else from the table of
    engines; `NONE` means that no upload is used. ``request_size`` is the most bytes of quads in
    one request, unless the engine accepts fewer.

    Errors: SettingsError for an address with a password or of another host, PublishingError if no
    engine answers.
    """
    must_hold_no_credentials(url)
    for address in filter(None, others.values()):
        must_hold_no_credentials(address)
        _must_be_of_the_same_host(address, url)
    user = credentials(url)
    row = recognise(
        patiently(WritableEngine(GENERIC, Addresses(url, url), user, request_size).head)
    )
    update = others["update"] or row.update_address(url)
    upload = others["upload"] or row.bulk_address(url)
    addresses = Addresses(url, update, None if upload == NONE else upload)
    return WritableEngine(row, addresses, user, request_size)


def _must_be_of_the_same_host(address: str, url: str) -> None:
    """Raise SettingsError for an address of another host: it must not get the credentials."""
    if address != NONE and urlsplit(address).hostname != urlsplit(url).hostname:
        raise SettingsError(
            f"{address} is at another host than {url}, and would get its credentials.",
            remedy="Give addresses of one host.",
        )
