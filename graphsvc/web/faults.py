"""What is wrong in a query as the editor marks it: what, how bad, where, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.errors import Position

Severity = Literal["error", "warning"]


def fault(
    severity: Severity,
    message: str,
    remedy: str,
    position: Position | None,
    alternatives: Sequence[str] = (),
) -> dict[str, object]:
    """Return a fault as its members in JSON; ``near`` may be written in place of what is wrong."""
    place = {} if position is None else {"line": position.line, "column": position.column}
    return {
        "severity": severity,
        "message": message,
        "remedy": remedy,
        "near": [*alternatives],
        **place,
    }
