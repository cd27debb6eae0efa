"""The archive of released versions of the ontology, so that the IRI of each still works.

<releases>/ontology-versions/<version>.json   one version: its IRI, its statements, its release

<releases>/<release>/ontology-version.json    that of a release

A build writes the version of its own ontology; no build removes any. If a version is built again,
its last release is archived.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from graphsvc.namespaces import OWL, Rebase, graph_iri
from graphsvc.store import chunks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphsvc.release import Manifest, Release

_FOLDER = "ontology-versions"
_OF_RELEASE = "ontology-version.json"


@dataclass(frozen=True, slots=True)
class OntologyVersion:
    """One version of an ontology, from the release ``release``; times are ISO 8601.

    ``name`` is the part of its IRI after that of the ontology and a slash; ``info`` is the value of
    owl:versionInfo.
    """

    name: str
    iri: str
    info: str
    base: str
    release: str
    built: str
    nquads: str

    def quads(self, base: str) -> Iterator[Quad]:
        """Yield its statements, under the base of the service."""
        rebase = Rebase(self.base, base)
        for quad in parse(self.nquads, RdfFormat.N_QUADS):
            yield rebase.quad(quad) if rebase.old != rebase.new else quad

    def address(self, base: str) -> str:
        """Return its IRI under the base of the service."""
        return Rebase(self.base, base).iri(self.iri)


def write(manifest: Manifest, nquads: bytes, folder: Path) -> None:
    """Write the version of the ontology in a release's N-Quads, if it has one, into its folder.

    It has one if the ontology of the graph has an owl:versionIRI with an address under its own.
    """
    end = f" {graph_iri(manifest.base, 'ontology')} .\n".encode()
    lines = b"".join(line for line in chunks.lines(nquads) if line.endswith(end))
    ontology = NamedNode(f"{manifest.base}ontology")
    quads = parse(lines, RdfFormat.N_QUADS)
    statements = {quad.predicate: quad.object for quad in quads if quad.subject == ontology}
    version, info = statements.get(OWL.versionIRI), statements.get(OWL.versionInfo)
    if not isinstance(version, NamedNode) or not version.value.startswith(f"{ontology.value}/"):
        return
    name = version.value.removeprefix(f"{ontology.value}/")
    version_record = OntologyVersion(
        name=name,
        iri=version.value,
        info=info.value if isinstance(info, Literal) else name,
        base=manifest.base,
        release=manifest.id,
        built=manifest.built,
        nquads=lines.decode("utf-8"),
    )
    _write(version_record, folder / _OF_RELEASE)


def version_of(release: Release) -> OntologyVersion | None:
    """Return the version of a release's ontology; None if it has no version with an address."""
    file = release.path / _OF_RELEASE
    return _read(file) if file.exists() else None


def archive(release: Release, releases: Path) -> None:
    """Write the version of a release's ontology beside the releases, where no build removes it."""
    version = version_of(release)
    if version is None:
        return
    folder = releases / _FOLDER
    folder.mkdir(exist_ok=True)
    file = folder / f"{quote(version.name, safe='')}.json"
    new = folder / f".{file.name}"
    _write(version, new)
    new.replace(file)


def _write(version: OntologyVersion, file: Path) -> None:
    file.write_text(json.dumps(asdict(version), ensure_ascii=False), "utf-8")


def _read(file: Path) -> OntologyVersion:
    return OntologyVersion(**json.loads(file.read_text("utf-8")))


def released_versions(releases: Path) -> list[OntologyVersion]:
    """Return the versions that were released here, the newest first."""
    files = (releases / _FOLDER).glob("[!.]*.json")
    versions = [_read(file) for file in files]
    return sorted(versions, key=lambda version: version.built, reverse=True)
