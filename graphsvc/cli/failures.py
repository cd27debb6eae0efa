"""What a failed command says, and with which exit code it ends."""

from __future__ import annotations

from typing import Any

import click
from rich.console import Console
from rich.text import Text

from graphsvc.errors import (
    GraphsvcError,
    InputError,
    ParameterError,
    QueryError,
    SettingsError,
    UnknownQuery,
)
from graphsvc.findings import printable
from graphsvc.validation import report

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
            tell(error, Console(stderr=True, highlight=False))
            ctx.exit(USAGE_ERROR if isinstance(error, _USAGE_ERRORS) else FAILED)


def tell(error: GraphsvcError, console: Console) -> None:
    """Print what is wrong, every finding first, and what to do."""
    if isinstance(error, InputError) and error.findings:
        report.show(error.findings, console)
    console.print(Text.assemble(("Error: ", "bold red"), printable(error.message)), soft_wrap=True)
    if isinstance(error, QueryError) and error.position is not None:
        place = error.position
        console.print(Text(f"line {place.line}, column {place.column}:"))
        console.print(Text(printable(place.caret()), style="dim"), soft_wrap=True)
    if error.remedy:
        console.print(Text(f"→ {printable(error.remedy)}", style="green"), soft_wrap=True)
