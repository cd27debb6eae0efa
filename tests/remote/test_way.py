"""Requests to an engine: secret credentials, a single host, and one circuit breaker for all."""

from __future__ import annotations

import logging
import os
import signal
import socket
import ssl
import subprocess
import threading
from contextlib import suppress
from hashlib import md5
from typing import TYPE_CHECKING

import pytest

from graphsvc import settings
from graphsvc.errors import GraphsvcError, SettingsError, StoreError, StoreUnavailable
from graphsvc.remote import breaker as breakers
from graphsvc.remote import connection
from graphsvc.remote.breaker import FAILURES, Breaker
from graphsvc.remote.connection import Connector
from graphsvc.remote.credentials import Credentials, credentials
from graphsvc.remote.store import RemoteStore
from graphsvc.server import bounds

from .naughty import YES, answer, naughty

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET = "s3cr3t-word"  # noqa: S105 - it is a word of these tests
BASIC = {"GRAPHSVC_STORE_USER": "reader", "GRAPHSVC_STORE_PASSWORD": SECRET}
IN_BASE64 = "cmVhZGVyOnMzY3IzdC13b3Jk"


def in_child(do: Callable[[], bool]) -> bool:
    """Tell what a function tells in a forked process."""
    pid = os.fork()
    if not pid:
        status = 1
        try:
            status = 0 if do() else 1
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


@pytest.fixture
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (*BASIC, "GRAPHSVC_STORE_TOKEN", "NETRC"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


ASKS = {
    "Basic": answer(b"", status="401 Who", WWW_Authenticate='Basic realm="r"'),
    "nothing": answer(b"", status="401 Who"),
}


@pytest.mark.parametrize(
    ("variables", "asks", "credentials"),
    [
        (BASIC, [], [None]),
        (BASIC, ["Basic"], [None, f"Basic {IN_BASE64}"]),
        (BASIC, ["Basic", "Basic"], [None, f"Basic {IN_BASE64}"]),
        ({"GRAPHSVC_STORE_TOKEN": SECRET}, [], [f"Bearer {SECRET}"]),
        ({"GRAPHSVC_STORE_TOKEN": SECRET}, ["Basic"], [f"Bearer {SECRET}"]),
        ({}, ["Basic"], [None]),
    ],
)
@pytest.mark.usefixtures("no_credentials")
def test_an_engine_is_shown_what_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    asks: list[str],
    credentials: list[str | None],
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with naughty(*[ASKS[each] for each in asks], answer(YES)) as server:
        store = RemoteStore.at(server.address, {}, "sparql")
        with suppress(StoreError):
            store.check()
        store.close()
        assert [each.fields.get("authorization") for each in server.received] == credentials


@pytest.mark.parametrize("by", ["NETRC", "HOME"])
def test_an_engine_is_shown_what_a_netrc_file_has_for_its_host(tmp_path: Path, by: str) -> None:
    file = tmp_path / ".netrc"
    file.write_text(f"machine a.example login reader password {SECRET}\ndefault login x password y")
    file.chmod(0o600)
    place = {by: str(file if by == "NETRC" else tmp_path)}
    assert credentials("https://a.example:8443/q", place).password == SECRET
    assert credentials("https://b.example/q", place) == Credentials()
    assert credentials("https://a.example/q", {**place, **BASIC}).user == "reader"


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({**BASIC, "GRAPHSVC_STORE_TOKEN": SECRET}, "both set"),
        ({"GRAPHSVC_STORE_PASSWORD": SECRET}, "without GRAPHSVC_STORE_USER"),
        ({"GRAPHSVC_STORE_TOKEN": f"{SECRET}\r\nHost: x"}, "control character"),
        ({"NETRC": "/nowhere/netrc"}, "no file"),
    ],
)
def test_wrong_credentials_are_told_without_their_words(
    variables: dict[str, str], words: str
) -> None:
    with pytest.raises(SettingsError, match=words) as caught:
        credentials("https://a.example/sparql", variables)
    assert SECRET not in f"{caught.value.message} {caught.value.remedy}"


def test_a_netrc_file_that_cannot_be_read_is_told_without_its_words(tmp_path: Path) -> None:
    file = tmp_path / "netrc"
    file.write_text(f"machine a.example login reader passwort {SECRET}")
    file.chmod(0o600)
    with pytest.raises(SettingsError, match="cannot be read") as caught:
        credentials("https://a.example/sparql", {"NETRC": str(file)})
    assert SECRET not in f"{caught.value.message} {caught.value.__cause__}"


@pytest.mark.parametrize("userinfo", [f"reader:{SECRET}@", f"{SECRET}@", f":{SECRET}@"])
def test_an_address_with_a_password_is_refused_without_showing_it(userinfo: str) -> None:
    with pytest.raises(SettingsError, match=r"https://a\.example/sparql") as caught:
        RemoteStore.at(f"https://{userinfo}a.example/sparql", {})
    assert SECRET not in f"{caught.value.message} {caught.value.remedy}"
    assert "GRAPHSVC_STORE_PASSWORD" in caught.value.remedy


def test_credentials_are_no_settings() -> None:
    settings.load({}, {**BASIC, "GRAPHSVC_STORE_TOKEN": SECRET})
    assert SECRET not in repr(Credentials("reader", SECRET, SECRET))


@pytest.mark.usefixtures("no_credentials")
def test_credentials_stand_in_no_error_and_no_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name, value in BASIC.items():
        monkeypatch.setenv(name, value)
    caplog.set_level(logging.DEBUG)
    messages = []
    for status in ("401 No", "500 No", "503 No", "302 No", "400 No"):
        with naughty(answer(b"no", "text/plain", status)) as server:
            store = RemoteStore.at(server.address, {}, "sparql")
            for _ in range(FAILURES):
                with pytest.raises(GraphsvcError) as caught:
                    store.select("SELECT * { ?s ?p ?o }")
                messages.append(f"{caught.value.message} {caught.value.remedy}")
            store.close()
    everything = "\n".join([*messages, caplog.text, repr(store), str(vars(store))])
    assert SECRET not in everything
    assert IN_BASE64 not in everything
    assert "does not answer" in caplog.text


@pytest.mark.usefixtures("no_credentials")
def test_an_engine_that_asks_for_digest_is_shown_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in BASIC.items():
        monkeypatch.setenv(name, value)
    challenge = 'Digest realm="SPARQL", nonce="n0", qop="auth", algorithm=MD5, opaque="o"'
    asks = answer(b"", status="401 Who", WWW_Authenticate=challenge)
    with naughty(asks, answer(YES)) as server:
        store = RemoteStore.at(server.address, {}, "sparql")
        assert store.ask("ASK { }")
        store.close()
        credentials = [request.fields.get("authorization") for request in server.received]
    assert credentials[0] is None
    for number, each in enumerate(credentials[1:], 1):
        assert each == digest(each, number)
    assert SECRET not in str(credentials[1:])


def digest(field: str | None, number: int) -> str:
    """Return what a client must show: https://www.rfc-editor.org/rfc/rfc7616#section-3.4.1."""
    assert field is not None
    client = field.split('cnonce="')[1].split('"', maxsplit=1)[0]

    def hashed(text: str) -> str:
        return md5(text.encode(), usedforsecurity=False).hexdigest()

    secret, request = hashed(f"reader:SPARQL:{SECRET}"), hashed("POST:/sparql")
    response = hashed(f"{secret}:n0:{number:08x}:{client}:auth:{request}")
    return (
        'Digest username="reader", realm="SPARQL", nonce="n0", uri="/sparql", '
        f'response="{response}", opaque="o", algorithm="MD5", qop=auth, nc={number:08x}, '
        f'cnonce="{client}"'
    )


@pytest.mark.usefixtures("no_credentials")
def test_a_wrong_password_is_shown_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in BASIC.items():
        monkeypatch.setenv(name, value)
    asks = answer(b"", status="401 Who", WWW_Authenticate='Digest realm="r", nonce="n"')
    with naughty(asks) as server:
        store = RemoteStore.at(server.address, {}, "sparql")
        with pytest.raises(StoreError, match="does not let this service in"):
            store.ask("ASK { }")
        assert len(server.received) == 2


@pytest.mark.usefixtures("no_credentials")
def test_a_redirect_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHSVC_STORE_TOKEN", SECRET)
    with naughty(answer(YES)) as other:
        moved = answer(b"", status="307 Moved", Location=other.address)
        with naughty(moved) as server:
            store = RemoteStore.at(server.address, {}, "sparql")
            with pytest.raises(StoreError, match="another address"):
                store.ask("ASK { }")
            store.close()
        assert not other.received


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1/")
    with naughty(answer(YES)) as server:
        store = RemoteStore.at(server.address, {}, "sparql")
        assert store.ask("ASK { }")
        store.close()


@pytest.mark.usefixtures("no_credentials")
def test_a_certificate_must_be_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    options = ("-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost")
    names = ("-addext", "subjectAltName=DNS:localhost")
    files = ("-keyout", str(key), "-out", str(certificate))
    command = ["openssl", "req", *options, *names, *files]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with naughty(answer(YES), tls=context) as server:
        address = server.address.replace("http://127.0.0.1", "https://localhost")
        store = RemoteStore.at(address, {}, "sparql")
        with pytest.raises(StoreUnavailable, match="certificate"):
            store.ask("ASK { }")
        assert not server.received
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        for name, value in BASIC.items():
            monkeypatch.setenv(name, value)
        trusting = RemoteStore.at(address, {}, "sparql")
        assert trusting.ask("ASK { }")
        trusting.close()
        # TLS keeps the password secret, so the client sends it with the first request.
        assert server.received[0].fields["authorization"] == f"Basic {IN_BASE64}"


def test_a_process_without_sockets_reaches_its_engine_and_nothing_else() -> None:
    with naughty(answer(YES)) as server, naughty(answer(YES)) as other:
        store = RemoteStore.at(server.address, {}, "sparql")
        port = int(other.address.split(":")[2].split("/")[0])

        def bounded() -> bool:
            store.open_connections_by_thread()
            dialler = Connector("127.0.0.1", 1)
            bounds.forbid_sockets()
            answers = store.ask("ASK { }")
            for reach in (socket.create_connection, lambda place: dialler.dial(*place)):
                try:
                    reach(("127.0.0.1", port))
                except PermissionError:
                    continue
                return False
            return answers

        assert in_child(bounded)
        assert server.received
        assert not other.connections


def test_a_silent_host_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        # The kernel leaves unanswered what a full backlog has no room for.
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)  # noqa: FBT003 - the socket's own interface
            each.connect_ex(full.getsockname())
        store = RemoteStore.at(f"http://127.0.0.1:{full.getsockname()[1]}/", {}, "sparql")
        monkeypatch.setattr("graphsvc.remote.connection.CONNECTING", 0.1)
        with pytest.raises(StoreUnavailable, match="silent"):
            store.ask("ASK { }")
        for each in waiting:
            each.close()


def test_a_name_that_takes_long_to_be_resolved_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(connection, "dial", lambda *_: over.wait())
    monkeypatch.setattr(connection, "CONNECTING", 0.05)
    with pytest.raises(connection.SilentHostError):
        Connector("engine.example", 80).dial("engine.example", 80)
    over.set()


def test_all_processes_share_a_breaker(monkeypatch: pytest.MonkeyPatch) -> None:
    breaker = Breaker()

    def fail() -> bool:
        return breaker.fail()

    opened = [in_child(fail) for _ in range(FAILURES)]
    assert opened == [False] * (FAILURES - 1) + [True]
    assert not breaker.lets_through(lambda: True)
    monkeypatch.setattr(breakers, "PAUSE", 0.0)
    assert in_child(lambda: breaker.lets_through(lambda: True))
    assert breaker.lets_through(lambda: False)


def test_one_process_at_a_time_looks_whether_an_engine_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(breakers, "PAUSE", 0.0)
    breaker = Breaker()
    for _ in range(FAILURES):
        breaker.fail()

    def other_looks() -> bool:
        return in_child(lambda: breaker.lets_through(lambda: True))

    # While this process probes the engine, another process answers without it.
    assert not breaker.lets_through(other_looks)
    assert breaker.lets_through(lambda: True)


def test_a_process_that_is_killed_while_it_looks_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(breakers, "PAUSE", 0.0)
    breaker = Breaker()
    for _ in range(FAILURES):
        breaker.fail()

    def is_killed() -> bool:
        os.kill(os.getpid(), signal.SIGKILL)
        return True

    assert not in_child(lambda: breaker.lets_through(is_killed))
    assert breaker.lets_through(lambda: True)


def test_a_forked_process_opens_its_own_connections() -> None:
    with naughty(answer(YES)) as server:
        store = RemoteStore.at(server.address, {}, "sparql")
        assert store.ask("ASK { }")
        assert in_child(lambda: store.ask("ASK { }"))
        assert store.ask("ASK { }")
        store.close()
        assert server.connections == 2
