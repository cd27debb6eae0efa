"""The releases besides the served one, and the changes between them."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

from cachetools import LRUCache
from flask import current_app

from graphsvc import ontology_versions, release_repository
from graphsvc.changes import Diff
from graphsvc.errors import ReleaseError
from graphsvc.release import Release
from graphsvc.views.changes import Comparison, Report
from graphsvc.views.graph import Graph
from graphsvc.web.problems import RequestProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from graphsvc.changes import Count, StatementKind
    from graphsvc.ontology_versions import OntologyVersion
    from graphsvc.views.dataset import Description

_COMPARISONS = 8
_COUNTS = 512
_GRAPHS = 8
_DESCRIPTIONS = 64


class History:
    """The folder of releases, as a service that answers from one of them sees it."""

    def __init__(self, releases: Path, served: Release) -> None:
        self.folder = releases
        self._served = served
        self._lock = Lock()
        # Each is closed, once nobody reads it any more, when it leaves the cache.
        self._diffs = LRUCache[tuple[str, str], Diff](_COMPARISONS)
        self._counts = LRUCache[tuple[str, str], "Mapping[StatementKind, Count]"](_COUNTS)
        self._graphs = LRUCache[str, Graph](_GRAPHS)
        self._descriptions = LRUCache[str, "Description"](_DESCRIPTIONS)
        self._read: tuple[int, tuple[Sequence[Release], Sequence[OntologyVersion]]] | None = None

    @cached_property
    def served_version(self) -> OntologyVersion | None:
        """Return the version of the ontology in the release that is served."""
        return ontology_versions.version_of(self._served)

    def releases(self) -> Sequence[Release]:
        """Return the releases that are kept, the newest first; the served one is always there."""
        return self._folder_now()[0]

    def find(self, name: str) -> Release:
        """Return the release of a name; RequestProblem if it is removed (410) or unknown (404)."""
        releases = self.releases()
        release = next((each for each in releases if each.id == name), None)
        if release is not None:
            return release
        listed = ", ".join(each.id for each in releases)
        remedy = f"The one served now is {self._served.id}. Kept, the newest first: {listed}."
        if name in release_repository.removed_ids(self.folder):
            raise RequestProblem(
                "gone", f"The release {name} was here and is no longer kept.", remedy=remedy
            )
        raise RequestProblem("not-found", f"There is no release {name!r} here.", remedy=remedy)

    def changed(self) -> datetime:
        """Return when the set of the releases that are kept last changed, or may have."""
        if not self.folder.exists():
            return datetime.fromisoformat(self._served.manifest.built)
        return datetime.fromtimestamp(self.folder.stat().st_mtime, UTC)

    def ontology_versions(self) -> Sequence[OntologyVersion]:
        """Return the versions of the ontology that were released, the newest first."""
        return self._folder_now()[1]

    def _folder_now(self) -> tuple[Sequence[Release], Sequence[OntologyVersion]]:
        """Return the content of the folder; it is read again after a change."""
        state = release_repository.change_token(self.folder)
        read = self._read
        if read is None or read[0] != state:
            read = self._read = (state, (self._read_releases(), self._read_ontology_versions()))
        return read[1]

    def _read_releases(self) -> Sequence[Release]:
        # The statements of an engine are those of now, whatever release of it is kept.
        if self._served.engine:
            return [self._served]
        releases = [
            release
            for release in release_repository.available_releases(self.folder)
            if not release.engine
        ]
        if all(release.id != self._served.id for release in releases):
            releases.append(self._served)
            releases.sort(key=lambda release: release.manifest.built, reverse=True)
        return releases

    def _read_ontology_versions(self) -> Sequence[OntologyVersion]:
        served = self.served_version
        versions = ontology_versions.released_versions(self.folder)
        if served is not None:
            versions = [served, *(each for each in versions if each.name != served.name)]
            versions.sort(key=lambda version: version.built, reverse=True)
        return versions

    def description(self, release: Release) -> Description:
        """Return the description of a release's dataset.

        Errors: RequestProblem if it is gone.
        """
        with self._lock:
            description = self._descriptions.get(release.id)
        if description is None:
            with self._locked(release):
                # A release that is opened stays in memory, so that this one is opened anew.
                description = _graph(Release.open(release.path)).description
            with self._lock:
                self._descriptions[release.id] = description
        return description

    def counts(self, before: Release, after: Release) -> Mapping[StatementKind, Count]:
        """Return the number of different statements of two releases, by kind."""
        key = (before.id, after.id)
        with self._lock:
            counts = self._counts.get(key)
        if counts is not None:
            return counts
        with self.compared(before, after) as comparison:
            return comparison.diff.counts

    @contextmanager
    def compared(
        self, before: Release, after: Release, languages: str = "en"
    ) -> Iterator[Comparison]:
        """Give two releases compared; neither is removed while this is in use.

        ``languages`` is the language priority list for the names of things.

        Errors: RequestProblem if one of them is gone.
        """
        with self._locked(before), self._locked(after):
            with self._lock:
                diff = self._diff(before, after)
                graphs = self._graph(before), self._graph(after)
            yield Comparison(before, after, diff, Report(diff, *graphs, languages))

    @contextmanager
    def _locked(self, release: Release) -> Iterator[None]:
        """Keep a release from being removed; RequestProblem if it is gone."""
        try:
            lock = release_repository.ReleaseLock(release.path)
        except ReleaseError:
            self.find(release.id)
            raise
        with lock:
            yield

    def _diff(self, before: Release, after: Release) -> Diff:
        key = (before.id, after.id)
        diff = self._diffs.get(key)
        if diff is None:
            diff = self._diffs[key] = Diff(before, after, self._served.base)
        self._counts[key] = diff.counts
        return diff

    def _graph(self, release: Release) -> Graph:
        # From disk, in this process: what is asked of it is bound.
        graph = self._graphs.get(release.id)
        if graph is None:
            graph = self._graphs[release.id] = _graph(release)
        return graph


def _graph(release: Release) -> Graph:
    return Graph(release.store, release.base, release.naming, release.forms)


def history() -> History:
    """Return the history of the current application."""
    extension = current_app.extensions["graphsvc.history"]
    if not isinstance(extension, History):
        raise TypeError("The application was not made by create_app.")
    return extension
