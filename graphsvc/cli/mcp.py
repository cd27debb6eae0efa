"""``graphsvc mcp``: the graph for assistants, by the Model Context Protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from graphsvc import release_repository
from graphsvc.cli.options import OF_ENGINES, with_settings
from graphsvc.cli.query import release_of
from graphsvc.cli.serve import export_settings
from graphsvc.errors import SettingsError

if TYPE_CHECKING:
    from graphsvc.settings import Settings


@click.command()
@with_settings(*OF_ENGINES, "deadline", "request_memory")
def mcp(settings: Settings) -> None:
    """Answer an assistant by the Model Context Protocol, over standard input and output.

    It answers from the current release, or with --store from an engine; nothing is changed. The
    assistant starts this command by itself: docs/mcp.md says how to configure it.
    """
    try:
        from graphsvc.assistants.tools import server  # noqa: PLC0415 - an extra brings the SDK
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "mcp":
            raise
        raise SettingsError(
            "The command needs the SDK of the Model Context Protocol.",
            remedy="Install it: pip install 'graphsvc[mcp]'",
        ) from error
    path = release_of(settings).path
    release_repository.ReleaseLock(path)
    export_settings(settings)
    server(path, settings.deadline).run()
