"""A placeholder for an engine that has not answered yet, so that the service can start.

Its release only has what may have been read of the graph before. No page is shown: a client gets
the reason instead (`graphsvc.server.serving`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

from graphsvc import __version__, release, release_repository
from graphsvc.base_iris import NO_BASE
from graphsvc.release import Manifest, Release
from graphsvc.store.base import UNION, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphsvc.errors import StoreError
    from graphsvc.formats import Content, Format
    from graphsvc.settings import Settings
    from graphsvc.store.base import Answer, GraphSelection, Result, Term

#: The name of the release of an engine that has never been read.
_NOTHING = "0" * release.ID_LENGTH


class UnavailableStore:
    """The store of an engine that does not answer: views are empty, and queries fail."""

    def __init__(self, reason: StoreError) -> None:
        """Take the error that is the reason."""
        self._reason = reason

    def check(self) -> None:
        """Raise the error that says why it does not answer."""
        self._fail()

    def relative_to(self, base: str) -> UnavailableStore:  # noqa: ARG002 - it reads no query
        """Return the same store."""
        return self

    def answer(
        self,
        query: str,
        formats: Mapping[Content, Sequence[Format]],
        graphs: GraphSelection = UNION,
        bindings: Mapping[str, Term] | None = None,
    ) -> Answer:
        """Raise the error that says why it does not answer."""
        self._fail(query, formats, graphs, bindings)

    def read(
        self,
        query: str,
        graphs: GraphSelection = UNION,
        bindings: Mapping[str, Term] | None = None,
    ) -> Result:
        """Raise the error that says why it does not answer."""
        self._fail(query, graphs, bindings)

    def select(self, query: str, bindings: Mapping[str, Term] | None = None) -> Table:
        """Raise the error that says why it does not answer."""
        self._fail(query, bindings)

    def select_trusted(self, query: str) -> Table:  # noqa: ARG002
        """Return no rows, so that the service can start."""
        return Table((), ())

    def ask(self, query: str, bindings: Mapping[str, Term] | None = None) -> bool:
        """Raise the error that says why it does not answer."""
        self._fail(query, bindings)

    def _fail(self, *_: object) -> NoReturn:
        raise self._reason


def take_nothing(settings: Settings) -> Release:
    """Create the release of an engine that has never been read, and make it the current one.

    Errors: ReleaseError.
    """
    address = settings.store or ""
    manifest = Manifest(
        id=_NOTHING,
        hash=_NOTHING,
        format_version=release.FORMAT_VERSION,
        program=__version__,
        built=datetime.now(UTC).isoformat(timespec="microseconds"),
        base=settings.base_iri or NO_BASE,
        canonical_base=settings.base_iri or NO_BASE,
        prefixes={},
        labels=(),
        label_properties=settings.label_properties,
        derived={"title": [urlsplit(address).hostname or ""]},
        counts={},
        inputs={},
        warnings=(),
        dumps=(),
        engine=address,
    )
    with release_repository.build_folder(settings.releases) as folder:
        for name in (release.QUERIES, release.SOURCES):
            (folder / name).mkdir()
        for name in (release.PAGES, release.DOCUMENTS):
            (folder / name).touch()
        home = release_repository.put(folder, manifest, settings.releases)
        release_repository.make_current(home, settings.releases)
    return Release.open(home)
