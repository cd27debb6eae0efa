"""The versions of the ontology that were ever released here, so that each goes on to dereference.

<releases>/ontology-versions/<version>.json   one version: its IRI, its statements, its release

A build writes that of its own ontology; no build removes any. A version that is built again stands
as it was released last.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from graphsvc.namespaces import OWL, Rebase, graph_iri

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphsvc.release import Release

_FOLDER = "ontology-versions"


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of an ontology, as the release of that name had it; times are ISO 8601.

    ``name`` is what its IRI has after that of the ontology and a slash; ``info`` is what
    owl:versionInfo says.
    """

    name: str
    iri: str
    info: str
    base: str
    release: str
    built: str
    nquads: str

    def quads(self, base: str) -> Iterator[Quad]:
        """Yield its statements, under the base that is served."""
        rebase = Rebase(self.base, base)
        for quad in parse(self.nquads, RdfFormat.N_QUADS):
            yield rebase.quad(quad) if rebase.old != rebase.new else quad

    def address(self, base: str) -> str:
        """Return its IRI under the base that is served."""
        return Rebase(self.base, base).iri(self.iri)


def of(release: Release) -> Edition | None:
    """Return the version of a release's ontology; None if it has no version with an address."""
    end = f" {graph_iri(release.base, 'ontology')} .\n".encode()
    with gzip.open(release.dump) as dump:
        lines = b"".join(line for line in dump if line.endswith(end))
    quads = list(parse(lines, RdfFormat.N_QUADS))
    ontology = NamedNode(f"{release.base}ontology")
    said = {quad.predicate: quad.object for quad in quads if quad.subject == ontology}
    version, info = said.get(OWL.versionIRI), said.get(OWL.versionInfo)
    if not isinstance(version, NamedNode) or not version.value.startswith(f"{ontology.value}/"):
        return None
    name = version.value.removeprefix(f"{ontology.value}/")
    return Edition(
        name=name,
        iri=version.value,
        info=info.value if isinstance(info, Literal) else name,
        base=release.base,
        release=release.id,
        built=release.manifest.built,
        nquads=lines.decode("utf-8"),
    )


def archive(release: Release, releases: Path) -> None:
    """Keep the version of a release's ontology beside the releases, for good."""
    edition = of(release)
    if edition is None:
        return
    folder = releases / _FOLDER
    folder.mkdir(exist_ok=True)
    file = folder / f"{quote(edition.name, safe='')}.json"
    new = folder / f".{file.name}"
    new.write_text(json.dumps(asdict(edition), ensure_ascii=False), "utf-8")
    new.replace(file)


def known(releases: Path) -> list[Edition]:
    """Return the versions that were released here, the newest first."""
    files = (releases / _FOLDER).glob("[!.]*.json")
    found = [Edition(**json.loads(file.read_text("utf-8"))) for file in files]
    return sorted(found, key=lambda edition: edition.built, reverse=True)
