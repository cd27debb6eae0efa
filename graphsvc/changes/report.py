"""The changes as they are shown: grouped by thing or by passage, with names and quotations."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from graphsvc.changes.kinds import Kind
from graphsvc.changes.ledger import View
from graphsvc.changes.lines import ADDED, REMOVED
from graphsvc.changes.names import term
from graphsvc.entities.model import Named
from graphsvc.namespaces import OA, RDF

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphsvc.changes.ledger import Change, Ledger
    from graphsvc.changes.names import Names
    from graphsvc.entities.model import Passage
    from graphsvc.release import Release

_WORDS = re.compile(r"\s+|[^\s]+")
_EXACT = str(OA.exact)

#: How far a blank node is written out; deeper ones are told by their names.
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One change: its names, and the passage that states it in the release it is of."""

    change: Change
    subject: Named
    predicate: Named
    value: Named
    passage: Passage | None


@dataclass(frozen=True, slots=True)
class Group:
    """Changes of one thing, or in one passage; ``begun`` if the page before has some of them.

    ``before`` and ``after`` are the passage as it was and as it is, if the group is of one.
    """

    about: Named
    kind: Kind
    changes: tuple[ShownChange, ...]
    begun: bool
    before: Passage | None = None
    after: Passage | None = None

    @property
    def words(self) -> Sequence[tuple[str, str]]:
        """Return the words, each run "same", "removed" or "added"; none if they are as before."""
        if self.before is None or self.after is None or self.before.quote == self.after.quote:
            return ()
        return tuple(_words(self.before.quote, self.after.quote))


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a view: its groups, and where it stands among all changes of the view."""

    view: View
    groups: tuple[Group, ...]
    number: int
    pages: int
    total: int


class Report:
    """The changes from one release to another, with the names that they have in each."""

    def __init__(self, ledger: Ledger, before: Names, after: Names) -> None:
        self._ledger = ledger
        self._names: Mapping[int, Names] = {REMOVED: before, ADDED: after}

    def page(self, view: View, number: int, size: int) -> Page:
        """Return a page of so many changes; it has no groups if there is no such page."""
        total = self._ledger.total(view)
        offset = (number - 1) * size
        found = self._ledger.changes(view, size + 1, max(offset - 1, 0))
        last = found.pop(0) if offset and found else None
        groups = tuple(self._groups(view, found[:size], last))
        return Page(view, groups, number, max(1, -(-total // size)), total)

    def _groups(
        self, view: View, changes: Sequence[Change], last: Change | None
    ) -> Iterator[Group]:
        begun = None if last is None else _about(view, last)
        for about, alike in groupby(changes, key=lambda change: _about(view, change)):
            listed = list(alike)
            of_passage = view is View.SENTENCES
            yield Group(
                about=self._name(about[1], listed[-1].sign),
                kind=listed[0].kind,
                changes=tuple(self._shown(each) for each in listed if not _is_quote(view, each)),
                begun=about == begun,
                before=self._names[REMOVED].passage(about[1]) if of_passage else None,
                after=self._names[ADDED].passage(about[1]) if of_passage else None,
            )

    def _shown(self, change: Change) -> ShownChange:
        statement, sign = change.statement, change.sign
        return ShownChange(
            change=change,
            subject=self._name(statement.subject, sign),
            predicate=self._name(statement.predicate, sign),
            value=self._name(statement.object, sign),
            passage=self._names[sign].passage(change.place) if change.place else None,
        )

    def _name(self, written: str, sign: int) -> Named:
        if written.startswith("_:"):
            return Named(term(written), self._expression(written, sign, _DEEPEST))
        named = self._names[sign].of(written)
        other = self._names[-sign].of(written)
        # A thing that has lost its name is called what it was called.
        return other if named.language is None and other.language is not None else named

    def _expression(self, node: str, sign: int, deepest: int) -> str:
        """Return what is said of a blank node, much as Turtle writes it."""
        said = self._ledger.blank(node, sign)
        if not said or not deepest:
            return "[ … ]"
        parts = {change.statement.predicate: change.statement.object for change in said}
        if set(parts) == {str(RDF.first), str(RDF.rest)}:
            return f"({' '.join(self._members(node, sign, deepest))})"
        inner = (
            f"{self._names[sign].of(change.statement.predicate).label} "
            f"{self._inner(change.statement.object, sign, deepest)}"
            for change in said
        )
        return f"[ {'; '.join(inner)} ]"

    def _members(self, node: str, sign: int, deepest: int) -> Iterator[str]:
        for _ in range(deepest):
            parts = {
                each.statement.predicate: each.statement.object
                for each in self._ledger.blank(node, sign)
            }
            if str(RDF.first) not in parts:
                return
            yield self._inner(parts[str(RDF.first)], sign, deepest)
            node = parts.get(str(RDF.rest), "")
        yield "…"

    def _inner(self, written: str, sign: int, deepest: int) -> str:
        if written.startswith("_:"):
            return self._expression(written, sign, deepest - 1)
        return self._names[sign].of(written).label


@dataclass(frozen=True, slots=True)
class Compared:
    """Two releases, all changes from the one to the other, and how to show them."""

    before: Release
    after: Release
    ledger: Ledger
    report: Report

    @property
    def is_rebased(self) -> bool:
        """Tell whether the releases have different bases, so that every IRI differs."""
        return self.before.base != self.after.base


def _about(view: View, change: Change) -> tuple[str, str]:
    if view is View.SENTENCES:
        return "", change.place
    return (change.kind.value if view is View.RECORDS else "", change.statement.subject)


def _is_quote(view: View, change: Change) -> bool:
    """Tell whether a change is that of a passage's words, which are shown above its facts."""
    return (
        view is View.SENTENCES
        and change.kind is Kind.PASSAGE
        and change.statement.predicate == _EXACT
    )


def _words(before: str, after: str) -> Iterator[tuple[str, str]]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for what, start, end, begin, stop in matcher.get_opcodes():
        if what == "equal":
            yield "same", "".join(old[start:end])
            continue
        if end > start:
            yield "removed", "".join(old[start:end])
        if stop > begin:
            yield "added", "".join(new[begin:stop])
