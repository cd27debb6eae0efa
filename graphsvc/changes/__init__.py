"""What changed from one release to another: facts by thing and by sentence, and the records.

    diff = Diff(before, after)
    for change in diff.changes(DiffView.ENTITIES): ...

The releases' files of quads are read side by side, so any two releases can be compared: those of
different bases as if they had the same base.
"""

from graphsvc.changes.diff import Change, Count, Diff, DiffView
from graphsvc.changes.quad_diff import ADDED, REMOVED, Statement
from graphsvc.changes.statement_kinds import FACTS, RECORDS, StatementKind

__all__ = [
    "ADDED",
    "FACTS",
    "RECORDS",
    "REMOVED",
    "Change",
    "Count",
    "Diff",
    "DiffView",
    "Statement",
    "StatementKind",
]
