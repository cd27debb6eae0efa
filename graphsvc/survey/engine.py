"""The engine of the settings as a store, and the project beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graphsvc import layout, sources
from graphsvc.errors import DeadlineExceeded
from graphsvc.remote.store import RemoteStore

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsvc.release import Release
    from graphsvc.settings import Settings
    from graphsvc.sources import Project
    from graphsvc.store.base import Store, Table

#: The deadline of each query at start-up, in seconds.
_STARTUP_SECONDS = 8.0


def open_engine(settings: Settings, prefixes: Mapping[str, str]) -> RemoteStore:
    """Return the store at the address in the settings. Errors: SettingsError."""
    return RemoteStore.at(settings.store or "", prefixes, settings.engine, settings.deadline)


class FastReader:
    """Reads from an engine, with a deadline of a few seconds for each query.

    An engine that is too slow for one query is not away, so the next query is sent nevertheless.
    """

    def __init__(self, settings: Settings, prefixes: Mapping[str, str]) -> None:
        """Take the settings, and the prefixes that queries may leave out."""
        self._settings = replace(settings, deadline=min(settings.deadline, _STARTUP_SECONDS))
        self._prefixes = prefixes
        self._store = open_engine(self._settings, prefixes)

    def select_trusted(self, query: str) -> Table:
        """Answer a SELECT that stands in a file of the program.

        Errors: DeadlineExceeded, and those of the store.
        """
        try:
            return self._store.select_trusted(query)
        except DeadlineExceeded:
            self._store = open_engine(self._settings, self._prefixes)
            raise


def store_of(release: Release, settings: Settings) -> Store:
    """Return the store with the statements of a release: its own, or that of an engine.

    Errors: StoreError, SettingsError.
    """
    return open_engine(settings, release.prefixes) if release.engine else release.store


def project_beside(settings: Settings) -> Project | None:
    """Return the project in the folder of the settings, if there is one, with queries and texts.

    Errors: InputError.
    """
    folder = settings.project
    if folder is None or not layout.is_project(folder):
        return None
    return sources.load(folder)
