"""The service behind Debian's nginx, with TLS and a path: nothing leaves the public address.

nginx runs with deploy/nginx.conf, once as it stands there and once so that it takes the path off.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
from contextlib import contextmanager
from html import unescape
from io import BytesIO
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import urldefrag, urljoin, urlsplit
from urllib.request import Request, urlopen

import pytest
from rdflib import Graph
from rdflib.namespace import DCAT, VOID

from .crawling import crawl, merged, missing
from .transports import free_port, served

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE = Path(__file__).parents[2] / "deploy" / "nginx.conf"

CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {servers}
}}
"""


def certificate(folder: Path) -> tuple[Path, Path]:
    """Return a new certificate for 127.0.0.1, which signs itself, and its key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = (
        *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
        *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
        *("-keyout", key, "-out", cert),
    )
    subprocess.run(command, check=True, capture_output=True)
    return cert, key


def replaced(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text, f"deploy/nginx.conf has no {old!r}"
        text = text.replace(old, new)
    return text


@contextmanager
def nginx(folder: Path, port: int, upstream: str) -> Iterator[None]:
    """Run nginx on a port of this machine; ``upstream`` is the value of proxy_pass."""
    cert, key = certificate(folder)
    servers = replaced(
        EXAMPLE.read_text("utf-8"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("listen [::]:443 ssl;", ""),
        ("server_name kg.example.org;", ""),
        ("/etc/ssl/kg.example.org.pem", str(cert)),
        ("/etc/ssl/private/kg.example.org.key", str(key)),
        ("http://127.0.0.1:8080", upstream),
    )
    file = folder / "nginx.conf"
    file.write_text(CONFIGURATION.format(folder=folder, servers=servers), "utf-8")
    # Debian has it in a folder that is on the PATH of root alone.
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program is not None, "nginx is not installed: make clients"
    with subprocess.Popen([program, "-c", file], stderr=subprocess.PIPE) as process:
        try:
            _wait_for(process, port)
            yield
        finally:
            process.terminate()


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    """Return once nginx listens; if it ends before, what it says is the failure."""
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            sleep(0.02)
        else:
            return
    raise AssertionError((process.stderr or BytesIO()).read().decode())


@pytest.fixture(scope="module", params=["public_url, path passed on", "trusted_proxies, path off"])
def address(
    request: pytest.FixtureRequest, lights_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Serve the small graph behind nginx; return its public address."""
    folder = tmp_path_factory.mktemp("behind")
    port = free_port()
    public = f"https://127.0.0.1:{port}/kg/"
    if request.param.startswith("public_url"):
        flags, end = ("--public-url", public), ""
    else:
        flags, end = ("--trusted-proxies", "127.0.0.1"), "/"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(folder / "cert.pem"))
        with (
            served(lights_folder, folder, "--base-iri", public, *flags) as inner,
            nginx(folder, port, inner.removesuffix("/") + end),
        ):
            yield public


def test_a_crawler_comes_to_the_whole_graph(
    address: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    releases = max(
        tmp_path_factory.getbasetemp().glob("behind*/releases"),
        key=lambda each: each.stat().st_mtime,
    )
    gathered, seen = crawl(address + "id/light/north-rock", address)
    assert len(seen) > 200
    assert missing(merged(releases, address), gathered) == []
    described = Graph().parse(f"{address}.well-known/void", format="turtle")
    for predicate in (DCAT.downloadURL, DCAT.accessURL, DCAT.endpointURL, VOID.dataDump):
        named = {str(each) for each in described.objects(None, predicate)}
        assert named
        assert all(each.startswith(address) for each in named), predicate


LINK = re.compile(r'\b(?:href|src|action|data-(?:endpoint|things|suggest))="([^"]*)"')


def links(url: str) -> tuple[set[str], set[str]]:
    """Return where the page at an address leads to on this machine, and the ids on it."""
    with urlopen(Request(url, headers={"Accept": "text/html, */*;q=0.1"})) as answer:  # noqa: S310
        assert urlsplit(answer.url).netloc == urlsplit(url).netloc, f"{url} leads to {answer.url}"
        is_page = answer.headers.get_content_type() == "text/html"
        text = answer.read().decode("utf-8") if is_page else ""
    found = {urljoin(answer.url, unescape(each)) for each in LINK.findall(text)}
    local = {link for link in found if urlsplit(link).hostname == urlsplit(url).hostname}
    return local, set(map(unescape, re.findall(r'\bid="([^"]*)"', text)))


def test_no_page_leads_out_of_the_prefix(address: str) -> None:
    """Every link that is not dead is followed; of those that differ in their query, one."""
    waiting, paths = [address], {urlsplit(address).path}
    anchors: dict[str, set[str]] = {}
    places: set[tuple[str, str]] = set()
    while waiting:
        here = waiting.pop()
        found, anchors[here] = links(here)
        for link in sorted(found):
            assert link.startswith(address), f"{here} leads to {link}"
            page, place = urldefrag(link)
            places.add((page, place))
            if (path := urlsplit(page).path) not in paths:
                paths.add(path)
                waiting.append(page)
    lost = {(page, place) for page, place in places if place and page in anchors}
    assert {(page, place) for page, place in lost if place not in anchors[page]} == set()
    assert {"/kg/browse", "/kg/sparql", "/kg/dump.nq.gz"} < paths
    assert len(paths) > 200


def test_the_manifest_of_openrefine_names_the_public_address(address: str) -> None:
    with urlopen(f"{address}reconcile") as answer:  # noqa: S310
        manifest = json.load(answer)
    named = re.findall(r'"(https?://[^"]*)"', json.dumps(manifest))
    assert manifest["view"]["url"].startswith(f"{address}reconcile/view")
    assert all(each.startswith(address) for each in named)


def test_what_is_not_under_the_prefix_is_not_ours(address: str) -> None:
    with pytest.raises(HTTPError) as caught:
        urlopen(urljoin(address, "/sparql"))  # noqa: S310
    assert caught.value.code == 404
    assert "graphsvc" not in caught.value.read().decode()


def test_a_client_cannot_name_the_address_itself(address: str) -> None:
    hostile = {
        "Forwarded": "proto=http;host=evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Port": "1",
        "X-Forwarded-Prefix": "/evil",
        "X-Forwarded-For": "127.0.0.1",
    }
    for path in ("sitemap.xml", "doc/dataset.ttl", "reconcile"):
        with urlopen(Request(address + path, headers=hostile)) as answer:  # noqa: S310
            text = answer.read().decode()
        assert address in text
        assert "evil" not in text
