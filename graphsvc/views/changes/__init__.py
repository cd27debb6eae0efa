"""The changes between releases, grouped by thing or by passage, with names and quotations."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from itertools import chain, groupby
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode

from graphsvc.changes import ADDED, REMOVED, DiffView, StatementKind
from graphsvc.changes.terms import term
from graphsvc.namespaces import OA
from graphsvc.views.changes.blanks import expression
from graphsvc.views.changes.names import ReleaseNames
from graphsvc.views.model import Named
from graphsvc.views.queries import view_query

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphsvc.changes import Change, Diff
    from graphsvc.queries import BoundQuery
    from graphsvc.release import Release
    from graphsvc.store.base import Term
    from graphsvc.views.changes.blanks import ExpressionPart
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Passage

ABOUT = view_query("changes/about")
STATED = view_query("passage/stated")

_WORDS = re.compile(r"\s+|[^\s]+")
_EXACT = str(OA.exact)


@dataclass(frozen=True, slots=True)
class NamedChange:
    """One change with names, and with the passage that states it in its release."""

    change: Change
    subject: Named
    predicate: Named
    value: Named
    passage: Passage | None


@dataclass(frozen=True, slots=True)
class Group:
    """Changes of one thing, or in one passage; ``continues`` if the previous page has some of them.

    ``before`` and ``after`` are the two versions of the passage, if the group has one.
    ``queries`` are for the thing in each of the two releases; none if it has no IRI.
    """

    about: Named
    kind: StatementKind
    changes: tuple[NamedChange, ...]
    continues: bool
    before: Passage | None = None
    after: Passage | None = None
    queries: tuple[BoundQuery, ...] = ()

    @property
    def words(self) -> Sequence[tuple[str, str]]:
        """Return the words in runs, each "same", "removed" or "added"; none without a change."""
        if self.before is None or self.after is None or self.before.quote == self.after.quote:
            return ()
        return tuple(_words(self.before.quote, self.after.quote))


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a view: its groups, its number, and the number of all pages and changes."""

    view: DiffView
    groups: tuple[Group, ...]
    number: int
    pages: int
    total: int


class Report:
    """The changes from one release to another, with the names from each of them.

    ``languages`` is the language priority list for the names.
    """

    def __init__(self, diff: Diff, before: Graph, after: Graph, languages: str = "en") -> None:
        self._diff = diff
        self._graphs = {REMOVED: before, ADDED: after}
        self._languages = languages

    def page(self, view: DiffView, number: int, size: int) -> Page:
        """Return a page of changes; a page after the last has no groups."""
        total = self._diff.total(view)
        offset = (number - 1) * size
        changes = self._diff.changes(view, size + 1, max(offset - 1, 0))
        last = changes.pop(0) if offset and changes else None
        groups = self._groups(view, changes[:size], last)
        return Page(view, groups, number, max(1, -(-total // size)), total)

    def _groups(
        self, view: DiffView, changes: Sequence[Change], last: Change | None
    ) -> tuple[Group, ...]:
        blanks = {
            (term_text, change.sign): tuple(expression(self._diff, term_text, change.sign))
            for change in changes
            for term_text in (change.statement.subject, change.statement.object)
            if term_text.startswith("_:")
        }
        terms = [*_terms(changes), *chain.from_iterable(blanks.values())]
        named = [each for each in terms if not isinstance(each, str)]
        names = {
            sign: ReleaseNames(graph, self._diff.base, named, self._languages)
            for sign, graph in self._graphs.items()
        }
        return tuple(_Grouping(view, names, blanks).groups(changes, last))


class _Grouping:
    """Groups changes by thing or passage; the names are already read."""

    def __init__(
        self,
        view: DiffView,
        names: Mapping[int, ReleaseNames],
        blanks: Mapping[tuple[str, int], Sequence[ExpressionPart]],
    ) -> None:
        self._view = view
        self._names = names
        self._blanks = blanks

    def groups(self, changes: Sequence[Change], last: Change | None) -> Iterator[Group]:
        """Yield the groups; ``last`` is the last change of the previous page, if there is one."""
        previous = None if last is None else _about(self._view, last)
        for about, together in groupby(changes, key=lambda change: _about(self._view, change)):
            yield self._group(about[1], list(together), continues=about == previous)

    def _group(self, about: str, changes: Sequence[Change], *, continues: bool) -> Group:
        is_passage = self._view is DiffView.SENTENCES
        before, after = (
            self._names[sign].passage(term(about)) if is_passage else None
            for sign in (REMOVED, ADDED)
        )
        return Group(
            about=self._name(about, changes[-1].sign),
            kind=changes[0].kind,
            changes=tuple(
                self._named_change(each) for each in changes if not _is_quote(self._view, each)
            ),
            continues=continues,
            before=before,
            after=after,
            queries=self._queries(term(about), is_passage=before is not None or after is not None),
        )

    def _queries(self, about: Term, *, is_passage: bool) -> tuple[BoundQuery, ...]:
        if not isinstance(about, NamedNode):
            return ()
        query, name = (STATED, "passage") if is_passage else (ABOUT, "thing")
        sides = (self._names[REMOVED], self._names[ADDED])
        return tuple(query.bind({name: names.in_release(about)}) for names in sides)

    def _named_change(self, change: Change) -> NamedChange:
        statement, sign = change.statement, change.sign
        return NamedChange(
            change=change,
            subject=self._name(statement.subject, sign),
            predicate=self._name(statement.predicate, sign),
            value=self._name(statement.object, sign),
            passage=self._names[sign].passage(term(change.place)) if change.place else None,
        )

    def _name(self, term_text: str, sign: int) -> Named:
        node = term(term_text)
        if isinstance(node, BlankNode):
            pieces = self._blanks[term_text, sign]
            names = self._names[sign]
            words = (each if isinstance(each, str) else names[each].label for each in pieces)
            return Named(node, "".join(words))
        named, other = self._names[sign][node], self._names[-sign][node]
        # A thing without a label in this release gets its label from the other one.
        return other if named.language is None and other.language is not None else named


def _terms(changes: Sequence[Change]) -> Iterator[Term]:
    for change in changes:
        each = change.statement
        yield from map(term, (each.subject, each.predicate, each.object))
        if change.place:
            yield term(change.place)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two releases, the changes between them, and the report on these."""

    before: Release
    after: Release
    diff: Diff
    report: Report

    @property
    def is_rebased(self) -> bool:
        """Tell whether the releases have different bases, so that every IRI differs."""
        return self.before.base != self.after.base


def _about(view: DiffView, change: Change) -> tuple[str, str]:
    if view is DiffView.SENTENCES:
        return "", change.place
    return (change.kind.value if view is DiffView.RECORDS else "", change.statement.subject)


def _is_quote(view: DiffView, change: Change) -> bool:
    """Tell whether a change is that of a passage's words, which are shown above the facts."""
    return (
        view is DiffView.SENTENCES
        and change.kind is StatementKind.PASSAGE
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
