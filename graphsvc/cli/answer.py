"""A web process: ``python -m graphsvc.cli.answer DESCRIPTOR`` of a listening socket."""

from __future__ import annotations

import socket
import sys

from graphsvc import settings
from graphsvc.web.server import serve


def main(descriptor: str) -> None:
    """Answer over HTTP; the settings are in the environment."""
    serve(socket.socket(fileno=int(descriptor)), settings.load({}).log_level)


if __name__ == "__main__":
    main(*sys.argv[1:])
