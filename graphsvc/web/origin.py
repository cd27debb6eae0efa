"""The public address: the scheme, the host and the mount point at which clients reach the service.

Every absolute address, link and redirect begins with it. It comes from the first of three sources:

1. the setting `public_url`, for all requests;
2. a proxy in the setting `trusted_proxies`, in each request, by `Forwarded`
   (https://www.rfc-editor.org/rfc/rfc7239) or by `X-Forwarded-Proto`, `-Host`, `-Port`, `-Prefix`;
3. the request itself: its scheme and its `Host`. The mount point is then the path of the setting
   `base_iri`, since that is the address of the things of the graph.

Each proxy appends to a list, so a list is read from its end: the last element is that of the peer,
the one before it that of the proxy from which the peer got the request, and so on while the proxies
are trusted. Elements before them come from the client, and are ignored.

Nothing here uses Flask: the server needs the origin of a request before the application is called.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from graphsvc.errors import ForwardingError
from graphsvc.hosts import is_host, is_mount_point, split_public_url
from graphsvc.setting_values import UNIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from ipaddress import IPv4Network, IPv6Network
    from typing import TypeAlias

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from graphsvc.settings import Settings

    #: Returns the value of a field of a request by its name in lower case, or None; the values of
    #: repeated fields are joined by commas.
    Fields: TypeAlias = Callable[[str], str | None]

ERROR = "graphsvc.forwarding_error"
"""The key of the WSGI environment for the `ForwardingError` of a request."""

_USUAL_PORTS = {"http": "80", "https": "443"}

# RFC 7239, section 4: a pair is a token, an equals sign, and a token or a quoted string. Many
# proxies omit the quotes of an IPv6 address or of a port, so colons are accepted, too.
_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PAIR = re.compile(rf'\s*(?:({_NAME})=([\[\]:!#$%&\'*+.^_`|~0-9A-Za-z-]+|"(?:[^"\\]|\\.)*")\s*)?')


@dataclass(frozen=True, slots=True)
class Origin:
    """The public address of a request; ``host`` includes an unusual port.

    ``root`` is the mount point: "" for the root of the host, or a path such as "/graph".
    """

    scheme: str
    host: str
    root: str = ""

    @property
    def url(self) -> str:
        """Return the address of the home page."""
        return f"{self.scheme}://{self.host}{self.root}/"

    def local_path(self, path: str) -> str:
        """Return a path without the mount point, which a proxy may have removed already."""
        if not self.root or not (path + "/").startswith(self.root + "/"):
            return path
        return path[len(self.root) :] or "/"


# Most requests to a service name the same host.
_origin = lru_cache(maxsize=256)(Origin)


class PublicAddress:
    """Determines the origin of each request from the settings and from trusted proxies."""

    def __init__(self, settings: Settings) -> None:
        self._fixed = None
        if settings.public_url is not None:
            scheme, host, root = split_public_url(settings.public_url)
            self._fixed = Origin(scheme, _without_usual_port(host.lower(), scheme), root)
        self._root = _root_of(settings.base_iri)
        self._proxies = Peers(settings.trusted_proxies)
        self.trusts_proxies = bool(settings.trusted_proxies)

    def origin(self, peer: str, host: str, field: Fields, scheme: str = "http") -> Origin:
        """Return the origin of a request.

        ``peer`` is the IP address of the other end of the connection, or empty for a Unix socket;
        ``host`` is the value of the field Host; ``scheme`` is that of the connection.

        Errors: ForwardingError if the fields of a trusted proxy are invalid.
        """
        if self._fixed is not None:
            return self._fixed
        direct = _origin(scheme, host, self._root)
        return _forwarded(direct, field, self._proxies) if self._proxies.trust(peer) else direct

    def client(self, peer: str, field: Fields) -> str:
        """Return the address of a client: the peer, or the client behind trusted proxies.

        It is empty for a Unix socket, and the name that a proxy writes if it hides the address.

        Errors: ForwardingError if a trusted proxy names two clients.
        """
        if not self._proxies.trust(peer):
            return peer
        elements = _elements(field("forwarded") or "")
        standard = [each["for"] for each in elements if "for" in each]
        lists = (standard, _list(field("x-forwarded-for")))
        clients = {_behind(nodes, self._proxies) for nodes in lists if nodes}
        if len(clients) > 1:
            raise _wrong("What Forwarded and X-Forwarded-For say", " and ".join(sorted(clients)))
        return clients.pop() if clients else peer

    def apply(self, environ: WSGIEnvironment) -> None:
        """Write the origin of a request into its WSGI environment.

        Errors: ForwardingError.
        """
        origin = self.origin(
            environ.get("REMOTE_ADDR", ""),
            environ.get("HTTP_HOST", ""),
            lambda name: environ.get("HTTP_" + name.upper().replace("-", "_")),
            environ["wsgi.url_scheme"],
        )
        environ["wsgi.url_scheme"] = origin.scheme
        if origin.host:
            environ["HTTP_HOST"] = origin.host
        if origin.root:
            environ["SCRIPT_NAME"] = origin.root
            environ["PATH_INFO"] = origin.local_path(environ.get("PATH_INFO", ""))


class MountMiddleware:
    """WSGI middleware that changes each request to the form for the public address."""

    def __init__(self, application: WSGIApplication, address: PublicAddress) -> None:
        self._application = application
        self._address = address

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; the application finds an error under ``ERROR``."""
        try:
            self._address.apply(environ)
        except ForwardingError as error:
            environ[ERROR] = error
        return self._application(environ, start_response)


class Peers:
    """A set of trusted peers: addresses, networks, and peers of a Unix socket.

    ``names`` is the value of a setting that lists them.
    """

    def __init__(self, names: str | None) -> None:
        named = {name for name in (names or "").split(", ") if name}
        self._unix = UNIX in named
        self._networks: tuple[IPv4Network | IPv6Network, ...] = tuple(
            ip_network(name) for name in named - {UNIX}
        )

    def trust(self, peer: str) -> bool:
        """Tell whether the peer of a connection is trusted."""
        if not self._unix and not self._networks:
            return False
        if not peer or peer.startswith("unix:"):
            return self._unix
        return self.trust_node(peer)

    def trust_node(self, node: str) -> bool:
        """Tell whether an address is trusted; it may be in brackets and have a port.

        https://www.rfc-editor.org/rfc/rfc7239#section-6
        """
        try:
            address = ip_address(_without_port(node))
        except ValueError:
            # The node is "unknown", or a name that hides the address.
            return False
        # A socket for both versions of IP has IPv4 addresses in the form ::ffff:192.0.2.1.
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in self._networks)


def _without_port(node: str) -> str:
    return re.sub(r"^\[(.*)\](?::\w+)?$|^([0-9.]+):\w+$", r"\1\2", node)


def _behind(nodes: Sequence[str], proxies: Peers) -> str:
    """Return the node from which the first trusted proxy got a request."""
    return _without_port(nodes[-min(_hops(nodes, proxies), len(nodes))])


def _forwarded(direct: Origin, field: Fields, proxies: Peers) -> Origin:
    """Return the origin from the fields of a trusted proxy, completed by the direct one."""
    standard, usual = _by_standard(field, proxies), _by_usage(field, proxies)
    values = usual | standard
    scheme = values.get("proto", direct.scheme)
    host = values.get("host", direct.host)
    for name in standard.keys() & usual.keys():
        texts = [_without_usual_port(each[name], scheme) for each in (standard, usual)]
        if texts[0] != texts[1]:
            # If a proxy sets one field and passes the other on, a client could choose the value.
            raise _wrong("What Forwarded and X-Forwarded-* say", " and ".join(texts))
    if host and "port" in values and "host" not in standard:
        host = f"{re.sub(':[0-9]+$', '', host)}:{values['port']}"
    return Origin(scheme, _without_usual_port(host, scheme), values.get("prefix", direct.root))


def _by_standard(field: Fields, proxies: Peers) -> dict[str, str]:
    """Return the values of Forwarded: https://www.rfc-editor.org/rfc/rfc7239#section-4."""
    value = field("forwarded")
    if value is None:
        return {}
    elements = _elements(value)
    trusted = elements[-_hops([each.get("for", "") for each in elements], proxies) :]
    values: dict[str, str] = {}
    # The first element is that of the proxy that the client used.
    for element in reversed(trusted):
        values |= {name: element[name] for name in ("proto", "host") if name in element}
    return _normalise(values)


def _by_usage(field: Fields, proxies: Peers) -> dict[str, str]:
    """Return the values of the fields X-Forwarded-*; no standard describes them."""
    hops = _hops(_list(field("x-forwarded-for")), proxies)
    result = {}
    for name in ("proto", "host", "port", "prefix"):
        values = _list(field(f"x-forwarded-{name}"))
        if values:
            result[name] = values[-min(hops, len(values))]
    return _normalise(result)


def _hops(nodes: Sequence[str], proxies: Peers) -> int:
    """Return the number of trusted proxies; ``nodes`` are the sources of their requests.

    The peer is one; if it got the request from a trusted proxy, that is the next one, and so on.
    """
    hops = 1
    for node in reversed(nodes):
        if not proxies.trust_node(node):
            break
        hops += 1
    return hops


def _elements(value: str) -> list[dict[str, str]]:
    """Return the elements of a Forwarded field; the names of their pairs are in lower case."""
    elements: list[dict[str, str]] = [{}]
    position = 0
    while True:
        match = _PAIR.match(value, position)
        if match is None:
            raise _wrong("Forwarded", value)
        if match[1]:
            text = match[2]
            quoted = re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text
            elements[-1][match[1].lower()] = quoted
        position = match.end()
        if position == len(value):
            return [element for element in elements if element]
        if value[position] == ",":
            elements.append({})
        elif value[position] != ";":
            raise _wrong("Forwarded", value)
        position += 1


def _list(value: str | None) -> list[str]:
    return [each.strip() for each in (value or "").split(",") if each.strip()]


def _normalise(values: dict[str, str]) -> dict[str, str]:
    """Return the values of a proxy in normal form. Errors: ForwardingError."""
    if "proto" in values:
        values["proto"] = values["proto"].lower()
        if values["proto"] not in _USUAL_PORTS:
            raise _wrong("The scheme", values["proto"])
    if "host" in values:
        values["host"] = values["host"].lower()
        if not is_host(values["host"]):
            raise _wrong("The host", values["host"])
    if "port" in values and not (values["port"].isascii() and is_host(f"host:{values['port']}")):
        raise _wrong("The port", values["port"])
    if "prefix" in values:
        values["prefix"] = values["prefix"].rstrip("/")
        if not is_mount_point(values["prefix"]):
            raise _wrong("The mount point", values["prefix"])
    return values


def _wrong(what: str, value: str) -> ForwardingError:
    return ForwardingError(
        f"{what}, as a proxy forwards it, cannot be used: {value!r}.",
        remedy="Correct the configuration of the proxy, or set public_url.",
    )


def _without_usual_port(host: str, scheme: str) -> str:
    return host.removesuffix(":" + _USUAL_PORTS[scheme])


def _root_of(base_iri: str | None) -> str:
    path = urlsplit(base_iri or "").path.rstrip("/")
    return path if is_mount_point(path) else ""
