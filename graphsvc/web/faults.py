"""The faults of a query for the editor: message, severity, position and remedy."""

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
    """Return the JSON members of a fault; one of the ``alternatives`` may be meant instead."""
    place = {} if position is None else {"line": position.line, "column": position.column}
    return {
        "severity": severity,
        "message": message,
        "remedy": remedy,
        "near": [*alternatives],
        **place,
    }
