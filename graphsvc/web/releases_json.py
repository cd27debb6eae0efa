"""Releases and their changes as JSON; docs/releases.md describes every member."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphsvc.changes import DiffView
from graphsvc.changes.rdf import release_iri
from graphsvc.changes.terms import as_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsvc.changes import Count, StatementKind
    from graphsvc.release import Release
    from graphsvc.views.changes import Comparison, Group, NamedChange, Page
    from graphsvc.views.model import Passage


@dataclass(frozen=True, slots=True)
class ServedReleases:
    """The served base and release, and the current release."""

    base: str
    served: str
    current: str


def release_json(
    release: Release,
    previous: Release | None,
    counts: Mapping[StatementKind, Count],
    served: ServedReleases,
) -> dict[str, Any]:
    """Return a release, and the number of statements changed from the one before it."""
    manifest = release.manifest
    return {
        "id": release.id,
        "iri": release_iri(release, served.base).value,
        "built": manifest.built,
        "hash": manifest.hash,
        "program": manifest.program,
        "base": release.base,
        "counts": dict(manifest.counts),
        "current": release.id == served.current,
        "served": release.id == served.served,
        "previous": previous and previous.id,
        "changes": _counts(counts),
    }


def comparison_json(comparison: Comparison, page: Page) -> dict[str, Any]:
    """Return a page of the changes between two releases."""
    return {**_head(comparison), "view": page.view.value, **_page(page)}


def whole_json(comparison: Comparison, pages: Mapping[DiffView, Page]) -> dict[str, Any]:
    """Return all changes between two releases, in every view."""
    return {**_head(comparison), **{view.value: _groups(page) for view, page in pages.items()}}


def _head(comparison: Comparison) -> dict[str, Any]:
    return {
        "from": comparison.before.id,
        "to": comparison.after.id,
        "bases": {"from": comparison.before.base, "to": comparison.after.base},
        "counts": _counts(comparison.diff.counts),
    }


def _page(page: Page) -> dict[str, Any]:
    return {
        "page": page.number,
        "pages": page.pages,
        "total": page.total,
        page.view.value: _groups(page),
    }


def _groups(page: Page) -> list[dict[str, Any]]:
    return [_group(group, page.view) for group in page.groups]


def _counts(counts: Mapping[StatementKind, Count]) -> dict[str, dict[str, int]]:
    return {
        kind.value: {"added": count.added, "removed": count.removed}
        for kind, count in counts.items()
    }


def _group(group: Group, view: DiffView) -> dict[str, Any]:
    record: dict[str, Any] = {
        "iri": group.about.iri,
        "label": group.about.label,
        "continued": group.continues,
    }
    if view is DiffView.RECORDS:
        record["kind"] = group.kind.value
    if view is DiffView.SENTENCES:
        record["before"] = _passage(group.before)
        record["after"] = _passage(group.after)
    return {**record, "changes": [_change(change) for change in group.changes]}


def _change(named: NamedChange) -> dict[str, Any]:
    change = named.change
    statement = change.statement
    record: dict[str, Any] = {
        "change": "added" if change.is_added else "removed",
        "kind": change.kind.value,
        "subject": {**as_json(statement.subject), "label": named.subject.label},
        "property": {**as_json(statement.predicate), "label": named.predicate.label},
        "value": {**as_json(statement.object), "label": named.value.label},
        "graph": statement.graph.strip("<>"),
    }
    if named.passage is not None:
        record["passage"] = _passage(named.passage)
    if change.rule is not None:
        record["rule"] = change.rule.strip("<>")
    return record


def _passage(passage: Passage | None) -> dict[str, Any] | None:
    if passage is None:
        return None
    return {"iri": passage.iri, "number": passage.name, "quote": passage.quote}
