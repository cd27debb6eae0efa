"""All bytes get an answer, or a refusal in the one shape: never a 500, never a stack trace.

Requests are built by hand, since clients are too polite: as a WSGI environment in the process, and
as bytes on a socket to a real server. (The paths of an OpenAPI description can be fuzzed by its
own tools once there is one.)
"""

from __future__ import annotations

import io
import json
import socket
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_from_bytes, urlsplit

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from graphsvc import settings, sparql
from graphsvc.web.app import create_app

from .transports import FORM_TYPE, QUERY_TYPE, Answer, fields

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from graphsvc.release import Release

QUERY_FIELD = b"query=SELECT+*+%7B%7D"
PATHS = [
    "/sparql",
    "/browse",
    "/compare",
    "/things",
    "/doc/id/light/north-rock",
    "/ontology",
    "/id/light/none",
]
HEADERS = [
    *("Accept", "Accept-Encoding", "Accept-Language", "Content-Type", "If-None-Match"),
    *("If-Modified-Since", "If-Match", "If-Range", "Range", "Origin", "Cookie", "X-Request-Id"),
    *("Authorization", "Expect", "Prefer", "Forwarded", "X-Forwarded-For"),
]
#: What may stand in a field's value on the wire: RFC 9110, section 5.5.
VALUES = st.binary(max_size=60).map(lambda raw: bytes(b for b in raw if b > 0x1F and b != 0x7F))
NEAR_MISSES = st.text(alphabet='*/;,=q.01" \\-Wabcxml+:%\t', max_size=60).map(str.encode)
FIELDS = st.dictionaries(st.sampled_from(HEADERS), VALUES | NEAR_MISSES, max_size=4)
NAMES = ["query", "update", "default-graph-uri", "named-graph-uri", "format", "version", "explain"]
PARAMETERS = st.lists(st.tuples(st.sampled_from(NAMES), st.binary(max_size=40)), max_size=5).map(
    lambda pairs: "&".join(f"{name}={quote_from_bytes(value)}" for name, value in pairs).encode()
)
#: Bytes of an address that a server hands on: no blanks, no controls, no fragment.
ADDRESSES = st.binary(max_size=80).map(
    lambda raw: bytes(b for b in raw if b > 0x20 and b not in b"\x7f#")
)


def check(answer: Answer) -> None:
    """Fail unless this is a successful answer, or a refusal in the one shape."""
    assert answer.status in range(200, 500) or answer.status == 503, answer
    assert b"Traceback" not in answer.content
    if answer.status < 400:
        return
    kind = answer.kind.partition(";")[0]
    if kind == "application/problem+json":
        assert answer.problem["detail"]
    elif kind in ("text/html", "text/plain"):
        assert str(answer.status) in answer.text or "<h1>" in answer.text
    else:
        assert answer.content, f"a refusal says what is wrong, also as {kind}"
    if answer.status == 503:
        assert int(answer.headers["retry-after"]) > 0


@pytest.fixture(scope="module")
def app(lights_release: Release) -> Flask:
    return create_app(lights_release, settings.load({}, {}))


def call(
    app: Flask, line: tuple[str, str, bytes], headers: dict[str, bytes], body: bytes = b""
) -> Answer:
    """Call the application as a server would that passes a request on unchanged."""
    method, path, query = line
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query.decode("latin-1"),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value.decode("latin-1")
    started: list[Any] = []

    def start(status: str, pairs: list[tuple[str, str]], _: object = None) -> Any:
        started[:] = [int(status.split(maxsplit=1)[0]), fields(pairs)]
        return lambda _: None

    chunks = app.wsgi_app(environ, start)
    content = b"".join(chunks)
    if hasattr(chunks, "close"):
        chunks.close()
    return Answer(started[0], started[1], content)


@given(path=st.sampled_from(PATHS), query=ADDRESSES | PARAMETERS, headers=FIELDS)
@example(path="/sparql", query=QUERY_FIELD, headers={"Accept": b";"})
@example(path="/sparql", query=b"query=%ff", headers={})
@example(path="/sparql", query=b"\xff\xfe", headers={})
def test_any_address_and_fields(
    app: Flask, path: str, query: bytes, headers: dict[str, bytes]
) -> None:
    check(call(app, ("GET", path, query), headers))


@given(headers=FIELDS, format_name=st.binary(max_size=12))
def test_any_fields_of_a_right_query(
    app: Flask, headers: dict[str, bytes], format_name: bytes
) -> None:
    check(call(app, ("GET", "/sparql", QUERY_FIELD), headers))
    named = QUERY_FIELD + b"&format=" + quote_from_bytes(format_name).encode()
    check(call(app, ("GET", "/sparql", named), headers))


@given(
    kind=st.sampled_from(
        [QUERY_TYPE, FORM_TYPE, "application/sparql-update", "multipart/form-data"]
    ).map(str.encode)
    | VALUES,
    parameter=VALUES,
    body=st.binary(max_size=200) | PARAMETERS,
    query=PARAMETERS,
)
@example(kind=b"multipart/form-data", parameter=b"boundary=x", body=b"--x\r\n\r\n", query=b"")
@example(kind=QUERY_TYPE.encode(), parameter=b"", body=b"\xed\xa0\x80", query=b"")
@example(kind=FORM_TYPE.encode(), parameter=b"", body=b"query=ASK{}%ff", query=b"")
def test_any_body(app: Flask, kind: bytes, parameter: bytes, body: bytes, query: bytes) -> None:
    content_type = {"Content-Type": kind + b"; " + parameter}
    check(call(app, ("POST", "/sparql", query), content_type, body))


@given(
    method=st.sampled_from(["GET", "POST", "PUT", "TRACE", "QUERY", "get", "X-Y", "CONNECT"]),
    path=st.binary(max_size=40),
)
def test_any_path_and_method(app: Flask, method: str, path: bytes) -> None:
    check(call(app, (method, "/" + path.decode("latin-1"), b""), {}))


# The same on the wire, and queries that are nearly right.


def wire(address: str, request: bytes) -> Answer:
    """Send bytes, and read the answer as a client of HTTP would."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port or 80), timeout=30) as connection:
        connection.sendall(request)
        answer = HTTPResponse(connection)
        answer.begin()
        return Answer(answer.status, fields(answer.getheaders()), answer.read())


def request_of(target: bytes, headers: dict[str, bytes], body: bytes | None = None) -> bytes:
    lines = [
        (b"GET " if body is None else b"POST ") + target + b" HTTP/1.1",
        b"Host: localhost",
        b"Connection: close",
        *(name.encode() + b": " + value for name, value in headers.items()),
        *([] if body is None else [b"Content-Length: %d" % len(body)]),
    ]
    return b"\r\n".join([*lines, b"", body or b""])


FEW = examples(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(query=PARAMETERS, headers=FIELDS)
@example(
    query=QUERY_FIELD, headers={"Accept": b";", "Accept-Encoding": b";", "If-None-Match": b'"'}
)
def test_any_parameters_and_fields_on_the_wire(
    server_with_deadline: str, query: bytes, headers: dict[str, bytes]
) -> None:
    headers.pop("Expect", None)  # the server's own business, before any application
    check(wire(server_with_deadline, request_of(b"/sparql?" + query, headers)))
    check(wire(server_with_deadline, request_of(b"/sparql?" + QUERY_FIELD, headers)))


@FEW
@given(kind=st.sampled_from([QUERY_TYPE, FORM_TYPE]), body=st.binary(max_size=200) | PARAMETERS)
def test_any_body_on_the_wire(server_with_deadline: str, kind: str, body: bytes) -> None:
    check(wire(server_with_deadline, request_of(b"/sparql", {"Content-Type": kind.encode()}, body)))


@st.composite
def mutants(draw: st.DrawFn, queries: list[str]) -> str:
    """Draw a shipped query with some of its tokens lost, doubled, swapped or from another one."""
    words = [token.text for token in sparql.code(draw(st.sampled_from(queries)))]
    others = [token.text for token in sparql.code(draw(st.sampled_from(queries)))]
    for _ in range(draw(st.integers(1, 3))):
        at, other = (draw(st.integers(0, len(each) - 1)) for each in (words, others))
        change = draw(st.sampled_from(["lose", "double", "swap", "insert", "replace"]))
        if change == "lose" and len(words) > 1:
            del words[at]
        elif change == "double":
            words.insert(at, words[at])
        elif change == "swap":
            words[at], words[-1 - at] = words[-1 - at], words[at]
        elif change == "insert":
            words.insert(at, others[other])
        else:
            words[at] = others[other]
    return " ".join(words)


@FEW
@given(data=st.data())
def test_a_query_that_is_nearly_right(
    server_with_deadline: str, mechanisms_folder: Path, data: st.DataObject
) -> None:
    shipped = [path.read_text("utf-8") for path in sorted(mechanisms_folder.glob("queries/*.rq"))]
    query = data.draw(mutants(shipped))
    headers = {"Content-Type": QUERY_TYPE.encode()}
    answer = wire(server_with_deadline, request_of(b"/sparql", headers, query.encode()))
    check(answer)
    if answer.kind == "application/sparql-results+json":
        json.loads(answer.content)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?name WHERE { ?a ?b ?name } #" + "x" * 1_000_000,
        "SELECT * WHERE { VALUES ?x { " + "1 " * 100_000 + "} }",
        "'" * 20_000,
        "a:%" * 20_000,
        "\\" * 20_000,
        "SELECT * { " + "?a ?b ?c . " * 1000 + "}",
        "SELECT * { ?a " + "/".join(["rdf:type"] * 2000) + " ?b }",
        "SELECT * { FILTER(" + "!" * 5000 + "1) }",
        "SELECT * { ?s ?p " + "-" * 5000 + "1 }",
        "ASK { " + "OPTIONAL { ?a ?b ?c } " * 3000 + "}",
        "ASK { " + "{ ?a ?b ?c } UNION " * 3000 + "{} }",
        "ASK { FILTER(" + "1 + " * 20_000 + "1) }",
    ],
    ids=[
        "comment",
        "values",
        "quotes",
        "escapes",
        "backslashes",
        "join",
        "path",
        "not",
        "minus",
        "optional",
        "union",
        "sum",
    ],
)
def test_much_of_anything_is_answered_in_time(server_with_deadline: str, query: str) -> None:
    headers = {"Content-Type": QUERY_TYPE.encode()}
    check(wire(server_with_deadline, request_of(b"/sparql", headers, query.encode())))
    check(wire(server_with_deadline, request_of(b"/sparql?" + QUERY_FIELD, {})))
