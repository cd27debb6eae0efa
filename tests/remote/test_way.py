"""The way to an engine: credentials that nobody sees, and one host alone, from bounded processes."""

from __future__ import annotations

import logging
import os
import socket
import ssl
import subprocess
from typing import TYPE_CHECKING

import pytest

from graphsvc import settings
from graphsvc.errors import GraphsvcError, SettingsError, StoreError, StoreUnavailable
from graphsvc.remote import breaker as breakers
from graphsvc.remote.breaker import FAILURES, Breaker
from graphsvc.remote.credentials import Credentials, credentials
from graphsvc.remote.dialling import Dialler
from graphsvc.remote.store import RemoteStore
from graphsvc.server import bounds

from .naughty import YES, answer, naughty

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .naughty import Naughty

SECRET = "s3cr3t-word"
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


@pytest.mark.parametrize(
    ("variables", "shown"),
    [
        (BASIC, f"Basic {IN_BASE64}"),
        ({"GRAPHSVC_STORE_TOKEN": SECRET}, f"Bearer {SECRET}"),
        ({}, None),
    ],
)
@pytest.mark.usefixtures("no_credentials")
def test_an_engine_is_shown_what_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], shown: str | None
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with naughty(answer(YES)) as server:
        store = RemoteStore.at(server.address, {}, "comunica")
        store.ask("ASK { }")
        store.close()
        assert [each.fields.get("authorization") for each in server.received] == [shown] * 2


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
    told = []
    for status in ("401 No", "500 No", "503 No", "302 No", "400 No"):
        with naughty(answer(b"no", "text/plain", status)) as server:
            store = RemoteStore.at(server.address, {}, "comunica")
            for _ in range(FAILURES):
                with pytest.raises(GraphsvcError) as caught:
                    store.select("SELECT * { ?s ?p ?o }")
                told.append(f"{caught.value.message} {caught.value.remedy}")
            store.close()
    everything = "\n".join([*told, caplog.text, repr(store), str(vars(store))])
    assert SECRET not in everything
    assert IN_BASE64 not in everything
    assert "does not answer" in caplog.text


@pytest.mark.usefixtures("no_credentials")
def test_a_redirect_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHSVC_STORE_TOKEN", SECRET)
    with naughty(answer(YES)) as other:
        moved = answer(b"", status="307 Moved", Location=other.address)
        with naughty(moved) as server:
            store = RemoteStore.at(server.address, {}, "comunica")
            with pytest.raises(StoreError, match="another address"):
                store.ask("ASK { }")
            store.close()
        assert not other.received


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1/")
    with naughty(answer(YES)) as server:
        store = RemoteStore.at(server.address, {}, "comunica")
        assert store.ask("ASK { }")
        store.close()


def test_a_certificate_must_be_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    options = ("-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost")
    name = ("-addext", "subjectAltName=DNS:localhost")
    command = ["openssl", "req", *options, *name, "-keyout", key, "-out", certificate]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with naughty(answer(YES), tls=context) as server:
        address = server.address.replace("http://127.0.0.1", "https://localhost")
        store = RemoteStore.at(address, {}, "comunica")
        with pytest.raises(StoreUnavailable, match="certificate"):
            store.ask("ASK { }")
        assert not server.received
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        trusting = RemoteStore.at(address, {}, "comunica")
        assert trusting.ask("ASK { }")
        trusting.close()


def test_a_process_without_sockets_reaches_its_engine_and_nothing_else() -> None:
    with naughty(answer(YES)) as server, naughty(answer(YES)) as other:
        store = RemoteStore.at(server.address, {}, "comunica")
        port = int(other.address.split(":")[2].split("/")[0])

        def bounded() -> bool:
            store.open_connections_by_thread()
            dialler = Dialler("127.0.0.1", 1)
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


def test_a_host_whose_name_takes_long_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    with naughty(answer(YES)) as server, socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        # The kernel leaves unanswered what a full backlog has no room for.
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        store = RemoteStore.at(f"http://127.0.0.1:{full.getsockname()[1]}/", {}, "comunica")
        monkeypatch.setattr("graphsvc.remote.dialling.CONNECTING", 0.1)
        with pytest.raises(StoreUnavailable, match="silent"):
            store.ask("ASK { }")
        for each in waiting:
            each.close()
        assert not server.received


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

    # While this process looks, another one goes on without the engine.
    assert not breaker.lets_through(other_looks)
    assert breaker.lets_through(lambda: True)


def test_a_process_that_is_killed_while_it_looks_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(breakers, "PAUSE", 0.0)
    breaker = Breaker()
    for _ in range(FAILURES):
        breaker.fail()
    assert not in_child(lambda: breaker.lets_through(lambda: os.kill(os.getpid(), 9) is None))
    assert breaker.lets_through(lambda: True)


def test_a_forked_process_opens_its_own_connections() -> None:
    with naughty(answer(YES)) as server:
        store = RemoteStore.at(server.address, {}, "comunica")
        assert store.ask("ASK { }")
        assert in_child(lambda: store.ask("ASK { }"))
        assert store.ask("ASK { }")
        store.close()
        assert _connections(server) == 2


def _connections(server: Naughty) -> int:
    return server.connections
