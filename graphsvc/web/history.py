"""The releases beside the one that is served: which are kept, and what changed between them."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

from cachetools import LRUCache
from flask import current_app

from graphsvc import depot, editions
from graphsvc.changes import Ledger
from graphsvc.errors import ReleaseError
from graphsvc.release import Release
from graphsvc.views.changes import Compared, Report
from graphsvc.views.graph import Graph
from graphsvc.web.problems import RequestProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from graphsvc.changes import Count, Kind
    from graphsvc.editions import Edition
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
        # Each is closed, once nobody reads it any more, when it is let go here.
        self._ledgers = LRUCache[tuple[str, str], Ledger](_COMPARISONS)
        self._counts = LRUCache[tuple[str, str], "Mapping[Kind, Count]"](_COUNTS)
        self._graphs = LRUCache[str, Graph](_GRAPHS)
        self._descriptions = LRUCache[str, "Description"](_DESCRIPTIONS)
        self._read: tuple[int, tuple[Sequence[Release], Sequence[Edition]]] | None = None

    @cached_property
    def served_edition(self) -> Edition | None:
        """Return the version of the ontology in the release that is served."""
        return editions.of(self._served)

    def kept(self) -> Sequence[Release]:
        """Return the releases that are kept, the newest first; the served one is always there."""
        return self._folder_now()[0]

    def find(self, name: str) -> Release:
        """Return the release of a name; RequestProblem if it is removed (410) or unknown (404)."""
        kept = self.kept()
        found = next((release for release in kept if release.id == name), None)
        if found is not None:
            return found
        listed = ", ".join(release.id for release in kept)
        remedy = f"The one served now is {self._served.id}. Kept, the newest first: {listed}."
        if name in depot.removed(self.folder):
            raise RequestProblem(
                "gone", f"The release {name} was here and is no longer kept.", remedy=remedy
            )
        raise RequestProblem("not-found", f"There is no release {name!r} here.", remedy=remedy)

    def changed(self) -> datetime:
        """Return when the set of the releases that are kept last changed, or may have."""
        if not self.folder.exists():
            return datetime.fromisoformat(self._served.manifest.built)
        return datetime.fromtimestamp(self.folder.stat().st_mtime, UTC)

    def editions(self) -> Sequence[Edition]:
        """Return the versions of the ontology that were released, the newest first."""
        return self._folder_now()[1]

    def _folder_now(self) -> tuple[Sequence[Release], Sequence[Edition]]:
        """Return what is in the folder; it is read again when it has changed."""
        state = depot.state(self.folder)
        read = self._read
        if read is None or read[0] != state:
            read = self._read = (state, (self._read_releases(), self._read_editions()))
        return read[1]

    def _read_releases(self) -> Sequence[Release]:
        # The statements of an engine are those of now, whatever release of it is kept.
        if self._served.engine:
            return [self._served]
        found = [release for release in depot.kept(self.folder) if not release.engine]
        if all(release.id != self._served.id for release in found):
            found.append(self._served)
            found.sort(key=lambda release: release.manifest.built, reverse=True)
        return found

    def _read_editions(self) -> Sequence[Edition]:
        served = self.served_edition
        found = editions.known(self.folder)
        if served is not None:
            found = [served, *(each for each in found if each.name != served.name)]
            found.sort(key=lambda edition: edition.built, reverse=True)
        return found

    def description(self, release: Release) -> Description:
        """Return what a release says of its own dataset.

        Errors: RequestProblem if it is gone.
        """
        with self._lock:
            known = self._descriptions.get(release.id)
        if known is None:
            with self._held(release):
                # Opened for this once: what is open stays in memory.
                known = _graph(Release.open(release.path)).description
            with self._lock:
                self._descriptions[release.id] = known
        return known

    def counts(self, before: Release, after: Release) -> Mapping[Kind, Count]:
        """Return how many statements of each kind two releases have apart."""
        key = (before.id, after.id)
        with self._lock:
            known = self._counts.get(key)
        if known is not None:
            return known
        with self.compared(before, after) as found:
            return found.ledger.counts

    @contextmanager
    def compared(
        self, before: Release, after: Release, languages: str = "en"
    ) -> Iterator[Compared]:
        """Give two releases compared; neither is removed while this is in use.

        ``languages`` is the language priority list for the names of things.

        Errors: RequestProblem if one of them is gone.
        """
        with self._held(before), self._held(after):
            with self._lock:
                ledger = self._ledger(before, after)
                graphs = self._graph(before), self._graph(after)
            yield Compared(before, after, ledger, Report(ledger, *graphs, languages))

    @contextmanager
    def _held(self, release: Release) -> Iterator[None]:
        """Hold a release; RequestProblem if it is gone."""
        try:
            hold = depot.Hold(release.path)
        except ReleaseError:
            self.find(release.id)
            raise
        with hold:
            yield

    def _ledger(self, before: Release, after: Release) -> Ledger:
        key = (before.id, after.id)
        ledger = self._ledgers.get(key)
        if ledger is None:
            ledger = self._ledgers[key] = Ledger(before, after, self._served.base)
        self._counts[key] = ledger.counts
        return ledger

    def _graph(self, release: Release) -> Graph:
        # From disk, in this process: what is asked of it is bound.
        graph = self._graphs.get(release.id)
        if graph is None:
            graph = self._graphs[release.id] = _graph(release)
        return graph


def _graph(release: Release) -> Graph:
    return Graph(release.store, release.base, release.naming, release.forms)


def history() -> History:
    """Return the history of what the current application serves."""
    found = current_app.extensions["graphsvc.history"]
    if not isinstance(found, History):
        raise TypeError("The application was not made by create_app.")
    return found
