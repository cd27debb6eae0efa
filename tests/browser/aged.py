"""The repository's project one release later: what a graph shows that has a past.

A sentence, a name and a fact have changed; a class and a thing are deprecated, a thing was
withdrawn, the vocabulary has a new version.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from projects import unchecked

from graphsvc import settings, sources
from graphsvc.build import build
from graphsvc.description import describe

if TYPE_CHECKING:
    from pathlib import Path

    from graphsvc.release import Release

#: What is still there and not to be used, what is there no more, and the vocabulary's versions.
DEPRECATED = "id/organization/cosco"
WITHDRAWN = "id/organization/pirelli"
FIRST, SECOND = "1.1.0", "1.2.0"

_TEXT = "data/international-working-mechanisms/text.txt"
_LISTED = "data/international-working-mechanisms/passages.tsv"
_FACTS = "data/international-working-mechanisms/facts.trig"
_EDITORIAL = "data/editorial.trig"
_ONTOLOGY = "ontology/iwm.ttl"
# Of one length, so that no passage moves.
_WORDS = ("BFIC Chinese Secretariat is in CCCME", "BFIC Chinese Secretariat is at CCCME")
_HEIR = "dcterms:isReplacedBy organization:genertec ; skos:changeNote"
_REPLACEMENTS = f"""
    organization:cosco owl:deprecated true ; {_HEIR} "The page names a group, not a company."@en .
    organization:pirelli prov:invalidatedAtTime "2026-11-20T12:00:00Z"^^xsd:dateTime ;
        {_HEIR} "It was another name of Genertec."@en .
"""
_OPENING = """
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

graph:editorial {
"""


@dataclass(frozen=True, slots=True)
class Past:
    """Two releases in one folder, the later one being served."""

    before: Release
    after: Release


def grown_older(project: Path, release: Release, folder: Path) -> Past:
    """Build a second release of the repository's project in a new folder, beside a copy of one."""
    releases = folder / "releases"
    shutil.copytree(release.path.parent, releases, symlinks=True)
    for part in ("ontology", "data", "queries"):
        shutil.copytree(project / part, folder / "project" / part)
    shutil.copy(project / "graphsvc.toml", folder / "project")
    age(folder / "project")
    values = settings.load({"project": folder / "project", "releases": releases}, {})
    after = build(sources.load(folder / "project"), values, unchecked, describe)
    return Past(type(release).open(releases / release.id), after)


def age(project: Path) -> None:
    """Change the files of a copy of the repository's project."""
    for path in (_TEXT, _LISTED, _FACTS):
        _replace(project / path, *_WORDS)
    _replace(project / _FACTS, "        iwm:manner manner:later ;\n", "")
    _replace(project / _EDITORIAL, '"HUAWEI"@en', '"Huawei"@en')
    _replace(project / _EDITORIAL, "\ngraph:editorial {\n", _OPENING + _REPLACEMENTS)
    _replace(project / _ONTOLOGY, FIRST, SECOND)
    ceremony = "iwm:Ceremony a owl:Class ;"
    heir = "\n    owl:deprecated true ;\n    dcterms:isReplacedBy iwm:Event ;"
    _replace(project / _ONTOLOGY, ceremony, ceremony + heir)


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_bytes().decode("utf-8")
    assert old in text, f"{file.name} has no {old!r}"
    file.write_bytes(text.replace(old, new).encode("utf-8"))
