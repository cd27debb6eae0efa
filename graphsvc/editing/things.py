"""New things: their IRIs, their first statements, and the file of their labels."""

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
    """A new thing: its IRI, and its first statement in a block.

    The statement includes the label unless the thing ``has_label_elsewhere``.
    """

    iri: str
    statement: str
    has_label_elsewhere: bool


def propose_thing(desk: Desk, kind: str, label: str, end: str = "") -> NewThing:
    """Return a new thing of a class; its IRI ends with ``end``, or else with its label."""
    iri = _free(desk.project, _namespace(desk.project, kind) + (slug(end or label) or _NO_SLUG))
    name = desk.prefixes.compact
    has_label_elsewhere = _editorial_file(desk) is not None
    facts = f"{name(iri)} a {name(kind)}"
    if not has_label_elsewhere:
        facts += f" ; {name(RDFS.label.value)} {_literal(label, desk.language)}"
    return NewThing(iri, f"{facts} .", has_label_elsewhere)


def keep_labels(desk: Desk, labels: Mapping[str, str]) -> None:
    """Write the labels of new things into the file of labels."""
    file = _editorial_file(desk)
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


def _editorial_file(desk: Desk) -> Path | None:
    """Return the file with the editorial block: that of the text, else that of the project."""
    folders = (desk.file.parent, desk.root / "data")
    files = (folder / _EDITORIAL for folder in folders)
    return next((file for file in files if file.is_file() and _has_block(file)), None)


def _has_block(file: Path) -> bool:
    return bool(blocks.spans(file.read_bytes().decode("utf-8", "replace")))


def _namespace(project: Project, kind: str) -> str:
    """Return the namespace of most things of a class; a new one named after it if it has none."""
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
    """Return an unused IRI, with a number at its end if the given one is used."""
    used = {quad.subject.value for quad in project.quads if isinstance(quad.subject, NamedNode)}
    number = 1
    free = iri
    while free in used:
        number += 1
        free = f"{iri}-{number}"
    return free


def _literal(label: str, language: str | None) -> str:
    return str(Literal(label, language=language))
