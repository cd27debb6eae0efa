"""Making the table of terms: from the packages of vocabularies that npm has installed.

The packages are those of https://github.com/zazuko/rdf-vocabularies: each holds one vocabulary as
N-Quads, as its authors publish it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from graphsvc.namespaces import DCTERMS, RDFS, SKOS
from graphsvc.vocabularies import DEFINITION, LABEL, TABLE, canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

#: What vocabularies say of their terms, and what the table calls it.
_PROPERTIES = {
    RDFS.label: LABEL,
    SKOS.prefLabel: LABEL,
    RDFS.comment: DEFINITION,
    SKOS.definition: DEFINITION,
}

#: What a vocabulary may say of its licence.
_LICENCES = frozenset(
    (
        DCTERMS.license,
        DCTERMS.rights,
        NamedNode("http://creativecommons.org/ns#license"),
        NamedNode("http://purl.org/dc/elements/1.1/rights"),
    )
)

#: How many characters of a definition are kept: what fits beside a term.
_LONGEST = 600


def make(folder: Path) -> int:
    """Write the table from the packages in a folder; return how many terms it has."""
    lines = {line for file in _files(folder) for line in _lines(_quads(file), _namespace(file))}
    # By bytes, as it is looked up.
    ordered = sorted(line.encode() for line in lines)
    new = TABLE.with_suffix(".new")
    new.write_bytes(b"".join(ordered))
    new.replace(TABLE)
    return len({line.partition(b"\t")[0] for line in ordered})


def licences(folder: Path) -> str:
    """Return which vocabularies went in, and under what licences, as text for people."""
    heading = (
        "The names and definitions of well-known terms come from the following vocabularies.\n"
    )
    return "".join([heading, *(f"\n{_licence(file)}\n" for file in _files(folder))])


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("node_modules/@vocabulary/*/*.nq"))


def _quads(file: Path) -> Iterator[Quad]:
    return parse(path=str(file), format=RdfFormat.N_QUADS)


def _package(file: Path) -> dict[str, Any]:
    package: dict[str, Any] = json.loads((file.parent / "package.json").read_text("utf-8"))
    return package


def _namespace(file: Path) -> str:
    return str(_package(file)["vocabulary"]["namespace"])


def _licence(file: Path) -> str:
    package, namespace = _package(file), _namespace(file)
    licences = {
        quad.object.value
        for quad in _quads(file)
        if quad.predicate in _LICENCES
        and isinstance(quad.subject, NamedNode)
        and quad.subject.value.rstrip("/#") == namespace.rstrip("/#")
        and isinstance(quad.object, NamedNode | Literal)
    }
    own = "; ".join(sorted(licences)) or "see its address"
    return f"{package['name']} {package['version']} ({package['license']}): {namespace}\n  {own}"


def _lines(quads: Iterable[Quad], namespace: str) -> Iterator[str]:
    """Yield the lines of a vocabulary's own terms: what it says of others is not for it to say."""
    for quad in quads:
        kind = _PROPERTIES.get(quad.predicate)
        term, value = quad.subject, quad.object
        if kind and isinstance(term, NamedNode) and isinstance(value, Literal):
            words = _cut(" ".join(value.value.split()))
            if words and term.value.startswith(namespace.rstrip("/#")):
                iri = canonical(term.value)
                yield f"{iri}\t{kind}\t{value.language or ''}\t{words}\n"


def _cut(words: str) -> str:
    if len(words) <= _LONGEST:
        return words
    return f"{words[:_LONGEST].rpartition(' ')[0]} …"
