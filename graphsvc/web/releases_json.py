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
class Scene:
    """The served base and release, and the current release."""

    base: str
    served: str
    current: str


def release_json(
    release: Release, previous: Release | None, counts: Mapping[StatementKind, Count], scene: Scene
) -> dict[str, Any]:
    """Return a release, and the number of statements changed from the one before it."""
    manifest = release.manifest
    return {
        "id": release.id,
        "iri": release_iri(release, scene.base).value,
        "built": manifest.built,
        "hash": manifest.hash,
        "program": manifest.program,
        "base": release.base,
        "counts": dict(manifest.counts),
        "current": release.id == scene.current,
        "served": release.id == scene.served,
        "previous": previous and previous.id,
        "changes": _counts(counts),
    }


def comparison_json(found: Comparison, page: Page) -> dict[str, Any]:
    """Return a page of the changes between two releases."""
    return {**_head(found), "view": page.view.value, **_page(page)}


def whole_json(found: Comparison, pages: Mapping[DiffView, Page]) -> dict[str, Any]:
    """Return all changes between two releases, in every view."""
    return {**_head(found), **{view.value: _groups(page) for view, page in pages.items()}}


def _head(found: Comparison) -> dict[str, Any]:
    return {
        "from": found.before.id,
        "to": found.after.id,
        "bases": {"from": found.before.base, "to": found.after.base},
        "counts": _counts(found.diff.counts),
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
    told: dict[str, Any] = {
        "iri": group.about.iri,
        "label": group.about.label,
        "continued": group.continues,
    }
    if view is DiffView.RECORDS:
        told["kind"] = group.kind.value
    if view is DiffView.SENTENCES:
        told["before"] = _passage(group.before)
        told["after"] = _passage(group.after)
    return {**told, "changes": [_change(change) for change in group.changes]}


def _change(shown: NamedChange) -> dict[str, Any]:
    change = shown.change
    statement = change.statement
    told: dict[str, Any] = {
        "change": "added" if change.is_added else "removed",
        "kind": change.kind.value,
        "subject": {**as_json(statement.subject), "label": shown.subject.label},
        "property": {**as_json(statement.predicate), "label": shown.predicate.label},
        "value": {**as_json(statement.object), "label": shown.value.label},
        "graph": statement.graph.strip("<>"),
    }
    if shown.passage is not None:
        told["passage"] = _passage(shown.passage)
    if change.rule is not None:
        told["rule"] = change.rule.strip("<>")
    return told


def _passage(passage: Passage | None) -> dict[str, Any] | None:
    if passage is None:
        return None
    return {"iri": passage.iri, "number": passage.name, "quote": passage.quote}
