"""A release: an immutable folder with everything that is served, named after its content.

If the statements are in an engine, the folder has neither the store nor the dumps, only what has
been read from the engine, with or without an index.

<releases>/<id>/manifest.json   what it is and what it was built from
                store/          the Oxigraph database
                queries/        the queries and, under checks/, the checks
                sources/        the texts, <slug>.txt
                quads.nq.gz     every quad, canonical and sorted: the first of the dumps
                *.gz            the other dumps
                pages.txt       which IRIs have a page worth finding
                documents.txt   which documents show their parts themselves
                search.sqlite   the index of names and sentences
                forms.sqlite    the literals that the engine does not give back as they are written
<releases>/current              a link to the release that is served
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode

from graphsvc import __version__
from graphsvc.checksums import Checksum, damaged, missing_or_resized
from graphsvc.document_addresses import DocumentAddresses
from graphsvc.dumps import Dump
from graphsvc.errors import ReleaseError
from graphsvc.listing import Listing
from graphsvc.namespaces import Prefixes
from graphsvc.naming import Naming
from graphsvc.search import Index
from graphsvc.store.lexical_forms import LexicalForms
from graphsvc.store.oxigraph import OxigraphStore

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

#: Increased whenever an older program could not serve the releases of a newer one, or the reverse.
FORMAT_VERSION = 7

MANIFEST = "manifest.json"
STORE = "store"
QUERIES = "queries"
SOURCES = "sources"
SEARCH = "search.sqlite"
FORMS = "forms.sqlite"
DUMP = "quads.nq.gz"
PAGES = "pages.txt"
DOCUMENTS = "documents.txt"
CURRENT = "current"

#: The member of a manifest's JSON that has the SHA-256 of all others.
_OWN_CHECKSUM = "checksum"

#: How many damaged files an error names.
_MOST_NAMED = 3

#: How many hexadecimal digits of the content's hash are the name of a release.
ID_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest of a release: ``hash`` is of its content, ``inputs`` are its files' digests.

    ``needs_rdf_1_2`` tells whether it has features beyond RDF 1.1: triple terms, or texts with a
    base direction. ``built`` is a UTC time in ISO 8601; ``labels`` are the properties of its
    labels, the best first, and ``label_properties`` those of the setting; ``derived`` is the
    metadata that the files did not have: titles, bases and languages, or nothing; ``counts`` says
    how many quads and other things it has; ``warnings`` are the findings that did not stop the
    build, as lines to read; ``dumps`` are the files that hold all of it. ``files`` has the checksum
    of every file but the manifest, by its path; `release_repository.put` fills it. ``engine`` is
    the address of the endpoint with the statements, if they are not in the folder.
    """

    id: str
    hash: str
    format_version: int
    program: str
    built: str
    base: str
    canonical_base: str
    prefixes: Mapping[str, str]
    labels: tuple[str, ...]
    label_properties: str
    derived: Mapping[str, Sequence[str]]
    counts: Mapping[str, int]
    inputs: Mapping[str, str]
    warnings: tuple[str, ...]
    dumps: tuple[Dump, ...]
    needs_rdf_1_2: bool = False
    files: Mapping[str, Checksum] = field(default_factory=dict)
    engine: str = ""

    def write(self, folder: Path) -> None:
        """Write the manifest into a release's folder; it replaces an existing one."""
        members = asdict(self)
        whole = members | {_OWN_CHECKSUM: _checksum_of(members)}
        text = json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
        new = folder / f".{MANIFEST}"
        new.write_text(text, "utf-8")
        new.replace(folder / MANIFEST)


@dataclass(frozen=True)
class Release:
    """A release in its folder, ready to use."""

    path: Path
    manifest: Manifest

    @staticmethod
    def open(path: Path) -> Release:
        """Open the release in a folder; a link is followed once, here.

        ReleaseError if there is none, or if a file is missing or has another size than its manifest
        says. The content of the files is not read: see `verify`.
        """
        path = path.resolve()
        manifest = _read_manifest(path)
        _refuse_damage(path, missing_or_resized(path, manifest.files))
        return Release(path, manifest)

    def verify(self) -> None:
        """Read all files of the release; ReleaseError if one differs from its manifest."""
        _refuse_damage(self.path, damaged(self.path, self.manifest.files))

    @property
    def id(self) -> str:
        """Return the release's name: the beginning of its content's hash."""
        return self.manifest.id

    @property
    def base(self) -> str:
        """Return the base of every IRI in the release."""
        return self.manifest.base

    @property
    def engine(self) -> str:
        """Return the address of the endpoint with its statements; "" if they are in the folder.

        Others can change them, so an answer does not depend only on the release and the request.
        """
        return self.manifest.engine

    @property
    def has_index(self) -> bool:
        """Tell whether there is an index of names and sentences."""
        return (self.path / SEARCH).exists()

    @property
    def index_time(self) -> datetime:
        """Return when its index was made. OSError if it has none."""
        return datetime.fromtimestamp((self.path / SEARCH).stat().st_mtime, UTC)

    @property
    def derived(self) -> Mapping[str, Sequence[str]]:
        """Return the metadata of the graph that is not in its statements.

        Metadata that is derived from files is in the statements of the release.
        """
        return self.manifest.derived if self.engine else {}

    @property
    def title(self) -> str:
        """Return the title that was derived for the graph, if one was."""
        return " · ".join(self.manifest.derived.get("title", ()))

    @cached_property
    def prefixes(self) -> Prefixes:
        """Return the prefix table."""
        return Prefixes(self.manifest.prefixes)

    @cached_property
    def naming(self) -> Naming:
        """Return the properties of the release's labels, and its prefixes."""
        labels = tuple(map(NamedNode, self.manifest.labels))
        return Naming(labels, self.prefixes.in_names)

    @cached_property
    def store(self) -> OxigraphStore:
        """Return the store in the folder, opened read-only at the first call."""
        return OxigraphStore.open(self.path / STORE, self.prefixes)

    @cached_property
    def search(self) -> Index:
        """Return the search index, opened at the first look-up."""
        return Index(self.path / SEARCH)

    @cached_property
    def forms(self) -> LexicalForms:
        """Return the lexical forms of literals that the engine changes."""
        return LexicalForms() if self.engine else LexicalForms(self.path / FORMS)

    @property
    def queries(self) -> Path:
        """Return the folder of the queries; the checks are in checks/ in it."""
        return self.path / QUERIES

    @property
    def dump(self) -> Path:
        """Return the file with every quad: N-Quads, gzipped."""
        return self.path / DUMP

    @property
    def pages(self) -> Path:
        """Return the file with the IRIs that have a page for the site map, one a line."""
        return self.path / PAGES

    @cached_property
    def addresses(self) -> DocumentAddresses:
        """Return the addresses of the documents about its IRIs."""
        parted = (self.path / DOCUMENTS).read_text("utf-8").splitlines()
        return DocumentAddresses(self.base, Listing.open(self.pages), parted)

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """Return the source texts by the names of their folders."""
        files = sorted((self.path / SOURCES).glob("*.txt"))
        # Offsets count the file's own characters: no line break is translated.
        return {file.stem: file.read_bytes().decode("utf-8") for file in files}


def current(releases: Path) -> Release:
    """Return the current release; ReleaseError if nothing has been built yet."""
    link = releases / CURRENT
    while link.exists():
        home = link.resolve()
        try:
            return Release.open(home)
        except ReleaseError:
            # The release may be removed before it is opened: then another one is current.
            if link.resolve() == home:
                raise
    raise ReleaseError(f"There is no release in {releases}.", remedy="Build one: graphsvc build")


def is_fresh(
    inputs: Mapping[str, str],
    release: Release,
    base_iri: str | None = None,
    label_properties: str = "",
) -> bool:
    """Tell whether a build now would give the same release.

    ``inputs`` are the files as they are now, with their digests; ``base_iri`` and
    ``label_properties`` are the settings: None stands for the project's own base. The program that
    built it is compared too.
    """
    manifest = release.manifest
    return (
        manifest.program == __version__
        and manifest.base == (base_iri or manifest.canonical_base)
        and manifest.inputs == inputs
        and manifest.label_properties == label_properties
    )


def _read_manifest(path: Path) -> Manifest:
    file = path / MANIFEST
    try:
        members: dict[str, Any] = json.loads(file.read_text("utf-8"))
        _must_be_of_this_format(path, members["format_version"])
        _must_be_unchanged(file, members)
        dumps = tuple(Dump(**dump) for dump in members["dumps"])
        return Manifest(
            **{
                **members,
                "labels": tuple(members["labels"]),
                "warnings": tuple(members["warnings"]),
                "dumps": dumps,
                "files": {name: Checksum(**each) for name, each in members["files"].items()},
            }
        )
    except FileNotFoundError as error:
        raise ReleaseError(
            f"There is no release in {path}.", remedy="Build one: graphsvc build"
        ) from error
    except (ValueError, TypeError, KeyError) as error:
        raise ReleaseError(
            f"{file} is not a release's manifest: {error}.", remedy="Build the release again."
        ) from error


def _must_be_unchanged(file: Path, members: dict[str, Any]) -> None:
    """Remove the checksum from a manifest's members; ReleaseError if it does not match them."""
    if members.pop(_OWN_CHECKSUM) != _checksum_of(members):
        raise ReleaseError(f"{file} has been changed.", remedy="Build the release again.")


def _checksum_of(members: Mapping[str, Any]) -> str:
    text = json.dumps(members, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _refuse_damage(path: Path, files: Sequence[str]) -> None:
    if files:
        more = len(files) - _MOST_NAMED
        names = ", ".join(files[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        raise ReleaseError(
            f"The release in {path} is damaged: {names}.",
            remedy="Build it again: graphsvc build",
        )


def _must_be_of_this_format(path: Path, version: object) -> None:
    if version != FORMAT_VERSION:
        raise ReleaseError(
            f"The release in {path} has format {version}; this program serves {FORMAT_VERSION}.",
            remedy="Build it again with this program.",
        )
