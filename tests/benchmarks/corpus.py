"""The data on disk: the N-Quads, and a release of it that the program serves.

The release is made by the program's own writing of releases, without the project's checks and
inference. The native server gets the same quads in a database as it would load them itself.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyoxigraph

from graphsvc import __version__, dumps, listing, release, release_repository, search
from graphsvc.naming import Naming
from graphsvc.store import lexical_forms, union

from .generate import Population, generate
from .vocabulary import BASE, PREFIXES

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Corpus:
    """Where everything is that the servers need, and what the data has."""

    folder: Path
    population: Population

    @property
    def nquads(self) -> Path:
        """Return the file with every quad."""
        return self.folder / "quads.nq"

    @property
    def project(self) -> Path:
        """Return a folder without files: what the release is fresh for."""
        return self.folder / "project"

    @property
    def releases(self) -> Path:
        """Return the folder of releases."""
        return self.folder / "releases"

    @property
    def database(self) -> Path:
        """Return the folder of the native server's database: the quads and nothing else."""
        return self.folder / "oxigraph"

    @property
    def merged(self) -> Path:
        """Return the folder of the release's database, whose default graph is the merge."""
        return release.current(self.releases).path / release.STORE


def prepare(folder: Path, quads: int, seed: int) -> Corpus:
    """Return a corpus of so many quads; make it if this program's releases do not have it yet."""
    folder = folder / f"{quads}-{seed}-{__version__}-{release.FORMAT_VERSION}"
    summary = folder / "population.json"
    if summary.exists():
        return Corpus(folder, Population.read(summary))
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "project").mkdir(parents=True)
    corpus = Corpus(folder, generate(folder / "quads.nq", quads, seed))
    _database(corpus)
    put_release(corpus)
    # This file is written last: a folder without it is incomplete.
    corpus.population.write(summary)
    return corpus


def _database(corpus: Corpus) -> None:
    store = pyoxigraph.Store(str(corpus.database))
    store.bulk_load(path=str(corpus.nquads), format=pyoxigraph.RdfFormat.N_QUADS)
    store.optimize()
    store.flush()


def put_release(corpus: Corpus) -> None:
    """Make a release of the quads of a corpus, and let it be served."""
    with release_repository.build_folder(corpus.releases) as folder:
        for name in (release.QUERIES, release.SOURCES):
            (folder / name).mkdir()
        store = pyoxigraph.Store(str(folder / release.STORE))
        union.fill(store, corpus.nquads.read_bytes())
        store.optimize()
        store.flush()
        del store  # it keeps files of the folder open, and the folder is renamed next
        quads = pyoxigraph.parse(path=str(corpus.nquads), format=pyoxigraph.RdfFormat.N_QUADS)
        search.write(list(quads), BASE, folder / release.SEARCH, Naming())
        nquads = b"".join(sorted(corpus.nquads.read_bytes().splitlines(keepends=True)))
        (folder / release.PAGES).write_bytes(listing.pages(nquads, BASE))
        (folder / release.DOCUMENTS).write_bytes(listing.documents(nquads, BASE))
        lexical_forms.write(nquads, folder / release.FORMS)
        files = dumps.write(nquads, PREFIXES, folder)
        manifest = replace(_manifest(corpus), dumps=files)
        home = release_repository.put(folder, manifest, corpus.releases)
    release_repository.make_current(home, corpus.releases)


def _manifest(corpus: Corpus) -> release.Manifest:
    with corpus.nquads.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return release.Manifest(
        id=digest[: release.ID_LENGTH],
        hash=digest,
        format_version=release.FORMAT_VERSION,
        program=__version__,
        built=datetime.now(UTC).isoformat(timespec="microseconds"),
        base=BASE,
        canonical_base=BASE,
        prefixes=PREFIXES,
        labels=tuple(label.value for label in Naming().plain),
        label_properties="",
        derived={},
        counts={"quads": corpus.population.quads},
        inputs={},
        warnings=(),
        dumps=(),
    )
