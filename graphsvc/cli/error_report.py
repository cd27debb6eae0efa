"""Prints what went wrong: every finding, the place in a query, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from graphsvc.errors import InputError, QueryError
from graphsvc.findings import printable
from graphsvc.validation import report

if TYPE_CHECKING:
    from graphsvc.errors import GraphsvcError


def show(error: GraphsvcError) -> None:
    """Print an error to standard error."""
    tell(error, Console(stderr=True, highlight=False))


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
