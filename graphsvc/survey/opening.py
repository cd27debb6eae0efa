"""What the settings name: an engine as a store, and the project beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc import layout, sources
from graphsvc.remote.credentials import credentials, must_hold_no_credentials
from graphsvc.remote.engines import GENERIC, engine_named
from graphsvc.remote.store import RemoteStore

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsvc.release import Release
    from graphsvc.settings import Settings
    from graphsvc.sources import Project
    from graphsvc.store.base import Store


def open_engine(settings: Settings, prefixes: Mapping[str, str]) -> RemoteStore:
    """Return the store at the address that is set. Errors: SettingsError."""
    address = settings.store or ""
    must_hold_no_credentials(address)
    engine = engine_named(settings.engine) if settings.engine else GENERIC
    shown = credentials(address).authorization
    return RemoteStore(address, prefixes, engine, shown, settings.deadline)


def store_of(release: Release, settings: Settings) -> Store:
    """Return the store with the statements of a release: its own, or that of an engine.

    Errors: StoreError, SettingsError.
    """
    return open_engine(settings, release.prefixes) if release.engine else release.store


def project_beside(settings: Settings) -> Project | None:
    """Return the project in the folder that is set, if there is one: it brings queries and texts.

    Errors: InputError.
    """
    folder = settings.project
    if folder is None or not layout.is_project(folder):
        return None
    return sources.load(folder)
