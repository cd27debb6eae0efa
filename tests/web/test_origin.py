"""The public address: only a setting or a trusted proxy can name it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from graphsvc import settings
from graphsvc.errors import ForwardingError, SettingsError
from graphsvc.web.app import create_app
from graphsvc.web.origin import Origin, PublicAddress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from werkzeug.test import TestResponse

    from graphsvc.release import Release

PROXY, CLIENT = "10.0.0.1", "203.0.113.7"
PUBLIC = "https://kg.example.org/graph/"


def origin(
    fields: Mapping[str, str],
    peer: str = PROXY,
    trusted: str = "10.0.0.0/8, ::1, unix",
    host: str = "127.0.0.1:8080",
    **others: object,
) -> Origin:
    values = settings.load({"trusted_proxies": trusted, **others}, {})
    return PublicAddress(values).origin(peer, host, fields.get)


DIRECT = Origin("http", "127.0.0.1:8080")
HTTPS = Origin("https", "kg.example.org")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, DIRECT),
        ({"x-forwarded-proto": "https"}, Origin("https", "127.0.0.1:8080")),
        ({"x-forwarded-proto": "HTTPS", "x-forwarded-host": "KG.example.org"}, HTTPS),
        ({"x-forwarded-proto": "https", "x-forwarded-host": "kg.example.org:443"}, HTTPS),
        (
            {
                "x-forwarded-proto": "https",
                "x-forwarded-host": "kg.example.org",
                "x-forwarded-port": "443",
            },
            HTTPS,
        ),
        ({"x-forwarded-port": "8443"}, Origin("http", "127.0.0.1:8443")),
        (
            {"x-forwarded-host": "[2001:db8::1]", "x-forwarded-port": "8443"},
            Origin("http", "[2001:db8::1]:8443"),
        ),
        ({"x-forwarded-prefix": "/graph/"}, Origin("http", "127.0.0.1:8080", "/graph")),
        ({"x-forwarded-prefix": "/"}, DIRECT),
        # Each proxy appends to the list, so untrusted entries come before trusted ones.
        ({"x-forwarded-host": "evil.example, kg.example.org"}, Origin("http", "kg.example.org")),
        (
            {
                "x-forwarded-for": f"198.51.100.9, {CLIENT}, 10.0.0.2",
                "x-forwarded-proto": "gopher, https, http",
                "x-forwarded-host": "evil.example, kg.example.org, inner.example",
            },
            HTTPS,
        ),
        ({"x-forwarded-for": f"{CLIENT}, 10.0.0.2", "x-forwarded-proto": "https"}, None),
        ({"forwarded": "for=203.0.113.7;proto=https;host=kg.example.org"}, HTTPS),
        ({"forwarded": 'For="[2001:db8::7]:4711"; Host="kg.example.org";PROTO=https'}, HTTPS),
        (
            {
                "forwarded": "for=unknown;host=evil.example;proto=http, "
                'for="203.0.113.7:80";host=kg.example.org;proto=https , '
                'for="[::1]:1234";host=inner.example;proto=http'
            },
            HTTPS,
        ),
        ({"forwarded": "for=_hidden, for=_secret"}, DIRECT),
        ({"forwarded": ", for=_a;proto=https,"}, Origin("https", "127.0.0.1:8080")),
        (
            {
                "forwarded": "proto=https;host=kg.example.org",
                "x-forwarded-proto": "https",
                "x-forwarded-host": "kg.example.org:443",
                "x-forwarded-prefix": "/graph",
            },
            Origin("https", "kg.example.org", "/graph"),
        ),
    ],
)
def test_a_trusted_proxy_names_the_address(fields: dict[str, str], expected: Origin | None) -> None:
    expected = expected or Origin("https", DIRECT.host)
    assert origin(fields) == expected
    assert origin(fields, peer="::ffff:10.1.2.3") == expected
    assert origin(fields, peer="") == expected
    # These fields are ignored from all other clients.
    assert origin(fields, peer=CLIENT) == DIRECT
    assert origin(fields, peer="", trusted="10.0.0.0/8") == DIRECT
    assert origin(fields, trusted="") == DIRECT
    assert origin(fields, public_url=PUBLIC) == Origin("https", "kg.example.org", "/graph")


@pytest.mark.parametrize(
    "fields",
    [
        {"x-forwarded-proto": "javascript"},
        {"x-forwarded-host": "evil.example/path"},
        {"x-forwarded-host": "user@evil.example"},
        {"x-forwarded-host": "[::g]"},
        {"x-forwarded-host": "a\r\nSet-Cookie: b=c"},
        {"x-forwarded-host": "a.example:99999"},
        {"x-forwarded-port": "https"},
        {"x-forwarded-port": "0"},
        {"x-forwarded-port": "٤٤٣"},
        {"x-forwarded-prefix": "//evil.example"},
        {"x-forwarded-prefix": "/a/../b"},
        {"x-forwarded-prefix": "graph"},
        {"x-forwarded-prefix": '/a"><script>'},
        {"forwarded": "for=1.2.3.4;host"},
        {"forwarded": 'host="unclosed'},
        {"forwarded": "host=a b"},
        {"forwarded": 'host="evil.example/"'},
        {"forwarded": "host=evil.example", "x-forwarded-host": "kg.example.org"},
        {"forwarded": "proto=http", "x-forwarded-proto": "https"},
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(ForwardingError) as caught:
        origin(fields)
    assert caught.value.remedy
    assert origin(fields, peer=CLIENT) == DIRECT


@pytest.mark.parametrize(
    ("public_url", "expected"),
    [
        ("https://kg.example.org/", HTTPS),
        ("https://KG.example.org:443/", HTTPS),
        ("http://kg.example.org:443/", Origin("http", "kg.example.org:443")),
        ("http://[::1]:80/a/b.c/", Origin("http", "[::1]", "/a/b.c")),
    ],
)
def test_the_setting_decides(public_url: str, expected: Origin) -> None:
    assert origin({}, public_url=public_url, host="evil.example") == expected
    assert expected.url.endswith("/")


@pytest.mark.parametrize(
    "values",
    [
        {"public_url": "https://kg.example.org"},
        {"public_url": "https://kg.example.org/a"},
        {"public_url": "ftp://kg.example.org/"},
        {"public_url": "https://kg.example.org//"},
        {"public_url": "https://kg.example.org/a/../"},
        {"public_url": "https://kg.example.org/a%20b/"},
        {"public_url": "https://kg.example.org:70000/"},
        {"public_url": "https://[kg]/"},
        {"public_url": "https://kg.example.org/?a/"},
        {"trusted_proxies": "10.0.0.1/8"},
        {"trusted_proxies": "proxy.example.org"},
        {"trusted_proxies": "*"},
    ],
)
def test_a_wrong_setting_is_an_error(values: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        settings.load(values, {})


# --- through the application ---


@pytest.fixture(scope="module")
def build(
    lights_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    build_in: Callable[..., Release],
) -> Callable[..., Release]:
    return lambda **others: build_in(lights_folder, tmp_path_factory.mktemp("moved"), **others)


def get(release: Release, path: str, values: Mapping[str, str], **request: object) -> TestResponse:
    client = create_app(release, settings.load(values, {})).test_client()
    return client.get(path, **request)


#: Every kind of answer that names addresses of the service itself.
TELLING = [
    ("/doc/dataset.ttl", None),
    ("/sparql", "text/turtle"),
    ("/sparql", "text/html"),
    ("/sparql?query=SELECT*%7B%3Fs%20%3Fp%20%3Fo%7DLIMIT%201", "text/html"),
    ("/sparql/snippets.json?query=ASK%7B%7D", None),
    ("/sparql/notebook?query=ASK%7B%7D", None),
    ("/reconcile", None),
    ("/sitemap.xml", None),
    ("/robots.txt", None),
    ("/data", "text/html"),
    ("/queries/keepers", "text/html"),
    ("/releases.ttl", None),
    ("/search.json?q=rock", None),
    ("/reconcile/flyout?id=https://example.org/lights/id/light/north-rock", None),
]


@pytest.mark.parametrize(("path", "accept"), TELLING)
@pytest.mark.parametrize("prefix", ["/graph", ""], ids=["passed-on", "stripped"])
def test_every_address_is_under_the_public_one(
    lights_release: Release, path: str, accept: str | None, prefix: str
) -> None:
    headers = {"Accept": accept} if accept else {}
    answer = get(
        lights_release,
        prefix + path,
        {"public_url": PUBLIC},
        headers=headers,
        base_url="http://127.0.0.1:8080",
    )
    assert answer.status_code == 200
    text = answer.text + str(answer.headers)
    assert "127.0.0.1" not in text
    assert "localhost" not in text
    assert "http://kg" not in text
    assert not re.findall(r"https://kg\.example\.org(?!/graph/)", text)
    if path != "/search.json?q=rock":
        assert PUBLIC in text
    # Nothing leaves the prefix.
    assert not re.findall(r'(?:href|src|action|data-[a-z]+)="(/(?!graph/)[^"]*)"', text)


def test_two_addresses_have_two_tags(lights_release: Release) -> None:
    query = "/sparql?query=SELECT*%7B%3Fs%20%3Fp%20%3Fo%7DLIMIT%201"
    for path, accept in [*TELLING, (query, "text/html")]:
        tags = {
            get(
                lights_release,
                path,
                {},
                base_url=f"http://{host}",
                headers={"Accept": accept or "*/*"},
            ).headers["ETag"]
            for host in ("one.example", "two.example")
        }
        assert len(tags) == 2, path


@pytest.mark.parametrize("prefix", ["/graph", ""])
def test_a_redirect_stays_under_the_prefix(lights_release: Release, prefix: str) -> None:
    for path in ("/id/light/north-rock", "/.well-known/void", "/things?value=lights:Light"):
        answer = get(lights_release, prefix + path, {"public_url": PUBLIC})
        assert answer.status_code in (301, 302, 303)
        assert answer.headers["Location"].startswith("/graph/")


def test_a_path_that_only_begins_like_the_prefix_is_another(lights_release: Release) -> None:
    assert get(lights_release, "/graphs", {"public_url": PUBLIC}).status_code == 404
    assert get(lights_release, "/graph", {"public_url": PUBLIC}).status_code == 200


def test_a_proxy_that_says_nonsense_gets_400(lights_release: Release) -> None:
    answer = get(
        lights_release,
        "/",
        {"trusted_proxies": "127.0.0.1"},
        headers={"X-Forwarded-Host": "a/b", "Accept": "application/json"},
    )
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"


def test_a_base_with_a_path_is_where_things_are_reached(build: Callable[..., Release]) -> None:
    base = "http://127.0.0.1:8202/kg/"
    release = build(base_iri=base)
    values = {"base_iri": base}
    for path in ("/kg/id/light/north-rock", "/id/light/north-rock"):
        answer = get(release, path, values)
        assert (answer.status_code, answer.headers["Location"]) == (
            303,
            "/kg/doc/id/light/north-rock",
        )
    assert get(release, "/kg/doc/id/light/north-rock", values).status_code == 200
    assert get(release, "/kg/sparql?query=ASK%7B%7D", values).status_code == 200
    # The setting of the public address has precedence.
    answer = get(release, "/id/light/north-rock", {**values, "public_url": "https://a.example/"})
    assert answer.headers["Location"] == "/doc/id/light/north-rock"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, PROXY),
        ({"x-forwarded-for": CLIENT}, CLIENT),
        ({"forwarded": f"for={CLIENT};proto=https"}, CLIENT),
        ({"forwarded": f'for="{CLIENT}:4711"', "x-forwarded-for": CLIENT}, CLIENT),
        # The entries before the last trusted proxy were written by a client.
        ({"x-forwarded-for": f"192.0.2.1, {CLIENT}, 10.0.0.2"}, CLIENT),
        ({"forwarded": 'for=192.0.2.1, for="[2001:db8::7]:80", for=10.0.0.2'}, "2001:db8::7"),
        # A proxy may say the scheme by the one field and the client by the other.
        ({"forwarded": "proto=https", "x-forwarded-for": CLIENT}, CLIENT),
        ({"x-forwarded-for": "10.0.0.3, 10.0.0.2"}, "10.0.0.3"),
        ({"forwarded": "for=_hidden"}, "_hidden"),
    ],
)
def test_the_client_is_who_is_behind_the_trusted_proxies(
    fields: Mapping[str, str], expected: str
) -> None:
    address = PublicAddress(settings.load({"trusted_proxies": "10.0.0.0/8"}, {}))
    assert address.client(PROXY, fields.get) == expected
    # The fields of any other peer are ignored: that peer is the client.
    assert address.client("192.0.2.9", fields.get) == "192.0.2.9"


def test_proxies_that_name_two_clients_are_refused() -> None:
    address = PublicAddress(settings.load({"trusted_proxies": "10.0.0.0/8"}, {}))
    fields = {"forwarded": f"for={CLIENT}", "x-forwarded-for": "203.0.113.8"}
    with pytest.raises(ForwardingError, match=r"203\.0\.113\.7 and 203\.0\.113\.8"):
        address.client(PROXY, fields.get)
