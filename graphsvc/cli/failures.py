"""What a failed command says, and with which exit code it ends."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from graphsvc.errors import GraphsvcError, ParameterError, SettingsError, UnknownQuery

FAILED = 1
USAGE_ERROR = 2

#: Errors in what was typed after the command's name.
_USAGE_ERRORS = (SettingsError, ParameterError, UnknownQuery)


class Failing(click.Group):
    """A group whose commands may raise GraphsvcError: it is told to the user, without traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Invoke the command; end with an exit code if it fails."""
        try:
            return super().invoke(ctx)
        except GraphsvcError as error:
            # What prints an error takes long to import, and most commands succeed.
            import_module("graphsvc.cli.error_report").show(error)
            ctx.exit(USAGE_ERROR if isinstance(error, _USAGE_ERRORS) else FAILED)
