"""The syntax of hosts, mount points and public addresses.

https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

#: A name, an IPv4 address, or an IPv6 address in brackets; and a port, if it is not the usual one.
_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?"
#: Segments that no client and no proxy changes, and that are not "." or "..".
_MOUNT_POINT = r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*"
_PUBLIC_URL = re.compile(rf"(?P<scheme>https?)://(?P<host>{_HOST})(?P<mount_point>{_MOUNT_POINT})/")


def is_host(text: str) -> bool:
    """Tell whether a text is a host, with or without a port, as it stands in an address.

    https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2
    """
    try:
        # This checks the address in the brackets and the range of the port.
        return re.fullmatch(_HOST, text) is not None and urlsplit(f"//{text}").port != 0
    except ValueError:
        return False


def is_mount_point(text: str) -> bool:
    """Tell whether a text is a path under which the service can be mounted; "" is the root."""
    return re.fullmatch(_MOUNT_POINT, text) is not None


def split_public_url(text: str) -> tuple[str, str, str]:
    """Return the scheme, the host and the mount point of a public address; ValueError if wrong."""
    match = _PUBLIC_URL.fullmatch(text)
    if match is None or not is_host(match["host"]):
        raise ValueError("an address such as https://example.org/ or https://example.org/kg/")
    return match["scheme"], match["host"], match["mount_point"]
