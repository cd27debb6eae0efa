"""From the address of a SPARQL endpoint to an engine that can be written to."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from graphsvc.errors import SettingsError
from graphsvc.publishing.engine import Addresses, Engine, patiently
from graphsvc.remote.credentials import credentials, must_hold_no_credentials
from graphsvc.remote.engines import GENERIC, recognise

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What stands for no address.
NONE = "none"


def connected(url: str, others: Mapping[str, str | None], request_size: int) -> Engine:
    """Return the engine whose SPARQL endpoint has an address.

    The table of engines says where else it takes what, unless ``others`` has an address for
    ``update`` or ``upload``, or `NONE` for an upload that is not to be used. ``request_size`` is
    how many bytes of quads go in one request, unless the engine reads fewer.

    Errors: SettingsError for an address with a password or of another host, PublishingError if no
    engine answers.
    """
    must_hold_no_credentials(url)
    for address in filter(None, others.values()):
        must_hold_no_credentials(address)
        _must_be_of_the_same_host(address, url)
    user = credentials(url)
    row = recognise(patiently(Engine(GENERIC, Addresses(url, url), user, request_size).head))
    update = others["update"] or row.update_address(url)
    upload = others["upload"] or row.bulk_address(url)
    addresses = Addresses(url, update, None if upload == NONE else upload)
    return Engine(row, addresses, user, request_size)


def _must_be_of_the_same_host(address: str, url: str) -> None:
    """Raise SettingsError for an address to which the credentials of the engine do not belong."""
    if address != NONE and urlsplit(address).hostname != urlsplit(url).hostname:
        raise SettingsError(
            f"{address} is at another host than {url}, whose credentials it would be shown.",
            remedy="Give addresses of one host.",
        )
