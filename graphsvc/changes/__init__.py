"""What changed from one release to another: facts by thing and by sentence, and the records.

    ledger = Ledger(before, after)
    for change in ledger.changes(View.ENTITIES): ...

The releases' files of quads are read side by side, so any two releases can be compared: those of
different bases by what they would say under one.
"""

from graphsvc.changes.diff import Change, Count, Ledger, View
from graphsvc.changes.quad_diff import ADDED, REMOVED, Statement
from graphsvc.changes.statement_kinds import FACTS, RECORDS, Kind

__all__ = [
    "ADDED",
    "FACTS",
    "RECORDS",
    "REMOVED",
    "Change",
    "Count",
    "Kind",
    "Ledger",
    "Statement",
    "View",
]
