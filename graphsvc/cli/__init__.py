"""The command line: ``graphsvc build``, ``check``, ``query``, ``serve`` and other commands.

Each command is a module, which is imported when the command is called, so that no command waits for
what another one needs. Errors in the user's files, queries or settings are raised as
GraphsvcError, and printed on standard error: what is wrong, where, and what to do. Exit codes:
0 success; 1 findings, or a failure; 2 a usage error.
"""

from __future__ import annotations

from importlib import import_module

import click

from graphsvc import __version__
from graphsvc.cli.failures import Failing

#: Each command: the module under this package and the function in it.
COMMANDS = {
    "annotations": "annotations:annotating",
    "assets": "assets:assets",
    "build": "build:build",
    "check": "check:check",
    "completion": "completion:completion",
    "coverage": "coverage:coverage",
    "demo": "demo:demo",
    "diff": "releases:diff",
    "doctor": "doctor:doctor",
    "edit": "watch:edit",
    "index": "index:index",
    "mcp": "mcp:mcp",
    "new": "new:new",
    "publish": "publish:publish",
    "query": "query:query",
    "releases": "releases:releases",
    "reload": "serve:reload",
    "serve": "serve:serve",
    "text": "text:text",
    "watch": "watch:watch",
}


class Commands(Failing):
    """The group of all commands; see click's documentation, "Lazily Loading Subcommands"."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click gives it
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command; return None if there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, function = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"{__name__}.{module}"), function)
        return command


@click.group("graphsvc", cls=Commands)
@click.version_option(__version__, prog_name="graphsvc", message="%(prog)s %(version)s")
def main() -> None:
    """Publish a knowledge graph in which every fact cites the sentence that states it."""
