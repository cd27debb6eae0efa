"""A survey as a release: a folder like those of builds, without a store and without dumps."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from graphsvc import __version__, progress, release, release_repository, search
from graphsvc.build import documents
from graphsvc.errors import ReleaseError
from graphsvc.namespaces import Rebase
from graphsvc.naming import Naming
from graphsvc.release import Manifest, Release, current
from graphsvc.survey import listing, metadata, names
from graphsvc.survey.survey_queries import query_rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from graphsvc.settings import Settings
    from graphsvc.sources import Project
    from graphsvc.store.base import Store
    from graphsvc.survey.metadata import GraphMetadata

_ALONE = "The engine has no named graphs. A graph tells who states a fact, so pages show no facts."


@dataclass(frozen=True, slots=True)
class _Survey:
    """What has been read from an engine, before it is written."""

    metadata: GraphMetadata
    graphs: tuple[str, ...]
    files: Mapping[str, bytes]

    @classmethod
    def read(cls, store: Store, settings: Settings, project: Project | None) -> _Survey:
        """Read it from the engine. Errors: StoreError."""
        progress.tell("Reading what the graph is")
        graph = metadata.read(store, settings, project)
        progress.tell("Reading which things there are")
        graphs = listing.named_graphs(store)
        project_files = documents(project, Rebase(project.base, graph.base)) if project else {}
        files = {
            **project_files,
            **_texts(store),
            release.PAGES: listing.pages(store, graph.base, graphs),
            release.DOCUMENTS: listing.documents(store, graph.base, graphs),
        }
        return cls(graph, graphs, files)

    def write(self, folder: Path) -> None:
        """Write the files into a folder."""
        for name in (release.QUERIES, release.SOURCES):
            (folder / name).mkdir()
        for path, data in self.files.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(data)


def existing_release(settings: Settings) -> Release | None:
    """Return the current release if it is of the engine in the settings and of this format."""
    try:
        release = current(settings.releases)
    except ReleaseError:
        return None
    return release if release.engine == settings.store else None


def take(store: Store, settings: Settings, project: Project | None) -> Release:
    """Read a release from the engine, without an index, and make it the current one.

    ``project`` is the folder beside the engine, if there is one: it has queries, texts, the base
    and prefixes. An earlier index is kept. Errors: StoreError, ReleaseError.
    """
    survey, before = _Survey.read(store, settings, project), existing_release(settings)
    with release_repository.build_folder(settings.releases) as folder:
        survey.write(folder)
        if before is not None and before.has_index:
            # The copy has the time of the original, which is the age of the index.
            shutil.copy2(before.path / release.SEARCH, folder / release.SEARCH)
        return _publish(survey, settings, project, folder)


def take_with_index(store: Store, settings: Settings, project: Project | None) -> Release:
    """Read a release from the engine, with the index of all names and sentences.

    Errors: StoreError, ReleaseError.
    """
    survey = _Survey.read(store, settings, project)
    naming = Naming(survey.metadata.labels, survey.metadata.prefixes.in_names)
    query = names.IN_GRAPHS if survey.graphs else names.UNNAMED
    quads = names.read(store, naming, query)
    with release_repository.build_folder(settings.releases) as folder:
        survey.write(folder)
        progress.tell("Indexing")
        search.write(quads, survey.metadata.base, folder / release.SEARCH, naming)
        return _publish(survey, settings, project, folder)


def _publish(survey: _Survey, settings: Settings, project: Project | None, folder: Path) -> Release:
    manifest = _manifest(survey, settings, project, folder)
    home = release_repository.put(folder, manifest, settings.releases)
    release_repository.make_current(home, settings.releases)
    release_repository.keep_newest(settings.releases, settings.keep_releases)
    return Release.open(home)


def _texts(store: Store) -> dict[str, bytes]:
    """Return the full texts in the graph, numbered."""
    return {
        f"{release.SOURCES}/text-{number}.txt": getattr(row["words"], "value", "").encode()
        for number, row in enumerate(query_rows(store, "texts"), 1)
    }


def _manifest(
    survey: _Survey, settings: Settings, project: Project | None, folder: Path
) -> Manifest:
    graph = survey.metadata
    digest = _digest(survey, settings, folder)
    things = survey.files[release.PAGES].count(b"\n")
    return Manifest(
        id=digest[: release.ID_LENGTH],
        hash=digest,
        format_version=release.FORMAT_VERSION,
        program=__version__,
        built=datetime.now(UTC).isoformat(timespec="microseconds"),
        base=graph.base,
        canonical_base=graph.base if project is None else project.base,
        prefixes=dict(graph.prefixes),
        labels=tuple(label.value for label in graph.labels),
        label_properties=settings.label_properties,
        derived={"title": [graph.title], "base": graph.bases, "language": graph.languages},
        counts={"graphs": len(survey.graphs), "entities": things},
        inputs={} if project is None else project.inputs,
        warnings=() if survey.graphs else (_ALONE,),
        dumps=(),
        engine=settings.store or "",
    )


def _digest(survey: _Survey, settings: Settings, folder: Path) -> str:
    """Return the SHA-256 of what has been read from the engine, in hexadecimal."""
    graph = survey.metadata
    head = (settings.store, graph.bases, graph.title, graph.languages, dict(graph.prefixes))
    digest = hashlib.sha256(repr((release.FORMAT_VERSION, *head, graph.labels)).encode())
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(folder)} {len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()
