"""New things: their IRIs, their first statement, and where their labels are kept."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc import sparql
from graphsvc.editing import blocks, saving
from graphsvc.namespaces import RDF, RDFS, Prefixes, namespace_of
from graphsvc.texts.comparing import slug

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from graphsvc.editing.desk import Desk
    from graphsvc.sources import Project

_EDITORIAL = "editorial.trig"
_NO_SLUG = "thing"


@dataclass(frozen=True, slots=True)
class NewThing:
    """A thing that is to be made: its IRI, and the statement that begins it in a block.

    The project ``keeps_label`` elsewhere, or the statement has it.
    """

    iri: str
    statement: str
    keeps_label: bool


def proposed(desk: Desk, kind: str, label: str, end: str = "") -> NewThing:
    """Return a new thing of a class with a label; ``end`` is that of its IRI, if not the label."""
    iri = _free(desk.project, _namespace(desk.project, kind) + (slug(end or label) or _NO_SLUG))
    name = desk.prefixes.compact
    keeps_label = _kept_in(desk) is not None
    facts = f"{name(iri)} a {name(kind)}"
    if not keeps_label:
        facts += f" ; {name(RDFS.label.value)} {_literal(label, desk.language)}"
    return NewThing(iri, f"{facts} .", keeps_label)


def keep_labels(desk: Desk, labels: Mapping[str, str]) -> None:
    """Write the labels of new things where the project has those of others."""
    file = _kept_in(desk)
    if file is None or not labels:
        return
    text = file.read_bytes().decode("utf-8")
    span = blocks.spans(text)[-1]
    newline = "\r\n" if "\r\n" in text else "\n"
    name = Prefixes(sparql.declared_prefixes(text)).compact
    lines = [
        f"    {name(iri)} {name(RDFS.label.value)} {_literal(label, desk.language)} .{newline}"
        for iri, label in labels.items()
    ]
    at = span.start + len(text[span.start : span.end].rstrip())
    rest = text[at:].removeprefix(newline)
    saving.write(file, text[:at] + newline + "".join(lines) + rest)


def _kept_in(desk: Desk) -> Path | None:
    """Return the file that has the editorial block, of the text if it has its own."""
    folders = (desk.file.parent, desk.root / "data")
    files = (folder / _EDITORIAL for folder in folders)
    return next((file for file in files if file.is_file() and _has_block(file)), None)


def _has_block(file: Path) -> bool:
    return bool(blocks.spans(file.read_bytes().decode("utf-8", "replace")))


def _namespace(project: Project, kind: str) -> str:
    """Return under what most things of a class stand; a folder named after it if there are none."""
    spaces = Counter(_spaces(project, kind))
    if spaces:
        return spaces.most_common(1)[0][0]
    local = re.split(r"[/#]", kind)[-1]
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", local)
    return f"{project.base}id/{slug(words) or _NO_SLUG}/"


def _spaces(project: Project, kind: str) -> Iterator[str]:
    for quad in project.quads:
        if quad.predicate == RDF.type and quad.object == NamedNode(kind):
            subject = quad.subject
            if isinstance(subject, NamedNode) and subject.value.startswith(project.base):
                yield namespace_of(subject.value)


def _free(project: Project, iri: str) -> str:
    """Return an IRI that nothing has, with a number after it if need be."""
    taken = {quad.subject.value for quad in project.quads if isinstance(quad.subject, NamedNode)}
    number = 1
    free = iri
    while free in taken:
        number += 1
        free = f"{iri}-{number}"
    return free


def _literal(label: str, language: str | None) -> str:
    return str(Literal(label, language=language))
