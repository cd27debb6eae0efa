"""Debian's nginx with the files of deploy/, on ports of this machine."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from server.processes import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPLOY = Path(__file__).parents[2] / "deploy"

CONFIGURATION = """
daemon off;
user {user};
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
    {site}
}}
"""


def program(name: str) -> str:
    """Return the path of a program; Debian has some that only root has on its PATH."""
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    assert path is not None, f"{name} is not installed: make clients"
    return path


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
    """Replace words in a text; they must be there."""
    for old, new in pairs:
        assert old in text, f"there is no {old!r}"
        text = text.replace(old, new)
    return text


def site(name: str, *pairs: tuple[str, str]) -> str:
    """Return a file of deploy/ with some words replaced."""
    return replaced((DEPLOY / name).read_text("utf-8"), *pairs)


def public_site(folder: Path, port: int, *pairs: tuple[str, str]) -> str:
    """Return deploy/nginx.conf for a port of this machine, with a new certificate."""
    cert, key = certificate(folder)
    return site(
        "nginx.conf",
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("listen [::]:443 ssl;", ""),
        ("server_name kg.example.org;", ""),
        ("/etc/ssl/kg.example.org.pem", str(cert)),
        ("/etc/ssl/private/kg.example.org.key", str(key)),
        ("/var/cache/nginx/graphsvc", str(folder / "cache")),
        *pairs,
    )


@contextmanager
def nginx(folder: Path, port: int, configuration: str) -> Iterator[None]:
    """Run nginx with what a file in sites-enabled would hold; it listens on a port."""
    file = folder / "nginx.conf"
    text = CONFIGURATION.format(user=getpass.getuser(), folder=folder, site=configuration)
    file.write_text(text, "utf-8")
    command: list[str | Path] = [program("nginx"), "-e", folder / "nginx.log", "-c", file]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        try:
            _wait_for(process, port)
            yield
        finally:
            process.terminate()


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    """Return once nginx listens; if it ends before, what it says is the failure."""

    def listens() -> bool:
        assert process.poll() is None, (process.stderr or BytesIO()).read().decode()
        with suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port)).close()
            return True
        return False

    eventually(listens)
