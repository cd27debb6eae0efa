"""The parts of a project that matter to a text (base, prefixes, things); checks of its files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, RdfFormat

from graphsvc import layout, sources, trig
from graphsvc.authoring.suggestions import ThingNames
from graphsvc.errors import InputError, TextError
from graphsvc.layout import Role
from graphsvc.namespaces import RDF, Prefixes
from graphsvc.parsing import parse_file
from graphsvc.texts import register
from graphsvc.texts.anchoring import anchor_passages
from graphsvc.texts.blocks import check_blocks
from graphsvc.texts.model import FACTS, REGISTER, TextLocation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graphsvc.sources import Project
    from graphsvc.texts.model import PassageEntry

PASSAGE = "passage"
"""The prefix of passages if a project declares none."""


@dataclass(frozen=True)
class ProjectContext:
    """The parts of a project that matter to a text."""

    project: Project

    @classmethod
    def of(cls, root: Path) -> ProjectContext:
        """Read the project in a folder. Errors: TextError if there is none."""
        if not layout.is_project(root):
            raise TextError(
                f"{root} is not the folder of a project: it has no {layout.DATASET}.",
                remedy="Name one with --project, or begin one: graphsvc new DIR.",
            )
        return cls(sources.load(root))

    @cached_property
    def thing_names(self) -> ThingNames:
        """Return the names of the project's things."""
        return ThingNames.of(self.project)

    @cached_property
    def prefixes(self) -> Prefixes:
        """Return the prefixes that files of facts declare; without such a file, all prefixes."""
        declared: dict[str, str] = {}
        for file in self.project.files:
            if file.row.role is Role.FACTS:
                declared |= {name: iri for name, iri in file.prefixes.items() if name}
        table = declared or {**self.project.prefixes}
        passages = f"{self.project.base}passage/"
        return Prefixes(table if passages in table.values() else {**table, PASSAGE: passages})

    @cached_property
    def document_class(self) -> NamedNode | None:
        """Return the class of the project's documents if they all have the same one."""
        documents = {NamedNode(text.document) for text in self.project.texts}
        classes = {
            quad.object
            for file in self.project.files
            if file.row.role is Role.TURTLE and file.row.graph == "passages"
            for quad in file.quads
            if quad.predicate == RDF.type and quad.subject in documents
        }
        only = classes.pop() if len(classes) == 1 else None
        return only if isinstance(only, NamedNode) else None


def refuse_faults(
    entries: Sequence[PassageEntry], content: str, facts: str, place: TextLocation
) -> None:
    """Raise InputError if files that are to be written do not fit together."""
    listed, findings = register.read(register.format_register(entries), place)
    _, misplaced = anchor_passages(listed, content, place)
    parsed = parse_file(facts.encode(), RdfFormat.TRIG, place.path(FACTS))
    faults = [*findings, *misplaced, *parsed.findings]
    faults += check_blocks(trig.blocks(facts), listed, place)
    if faults:
        raise InputError(
            f"{place.path(REGISTER)} and {place.path(FACTS)} would not fit together; nothing was "
            "written.",
            faults,
            remedy="Correct the errors above in the files, and try again.",
        )
