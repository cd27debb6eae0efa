"""The quick checks of a single block, before it is saved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pyoxigraph import RdfFormat

from graphsvc import files, layout, settings
from graphsvc.editing import blocks
from graphsvc.editing.blocks import BlockError
from graphsvc.files import SourceFile
from graphsvc.findings import Finding
from graphsvc.parsing import parse_file
from graphsvc.texts.model import FACTS
from graphsvc.validation import citations, literals, numbers, terms
from graphsvc.validation.context import ValidationContext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.editing.desk import Desk

#: Lines before the block in the text that is parsed: the prefixes, and the opening brace.
_BEFORE = 2

_CHECKS = (terms.findings, literals.findings, citations.findings, numbers.findings)
_ROW = next(row for row in layout.ROWS if row.pattern.endswith(FACTS))


def faults(desk: Desk, name: str, block: str) -> list[Finding]:
    """Return the findings of a block for a passage; its first line has number 1."""
    sentence = desk.sentence(name)
    try:
        blocks.replace_block(desk.text, sentence, block)
    except BlockError as error:
        return [Finding("syntax", error.message, error.remedy, line=1)]
    file, wrong = _read(desk, name, block)
    findings = wrong or [*_check(desk, file)]
    weighed = settings.load({"project": desk.root}, {}).demands.weigh(findings)
    return [_in_block(desk, finding, block) for finding in weighed]


def _read(desk: Desk, name: str, block: str) -> tuple[SourceFile, list[Finding]]:
    """Parse a block as a separate file, with the prefixes of the facts file."""
    path = desk.place.path(FACTS)
    text = f"{desk.declarations}\n<{desk.sentence(name).iri}> {{\n{block}\n}}\n"
    data = text.encode("utf-8", "replace")
    parsed = parse_file(data, RdfFormat.TRIG, path)
    return SourceFile(path, _ROW, data, parsed.quads, parsed.prefixes), list(parsed.findings)


def _check(desk: Desk, file: SourceFile) -> Iterator[Finding]:
    project = desk.project
    others = [quad for each in project.files if each.path != file.path for quad in each.quads]
    alone = replace(project, files=(file,))
    yield from files.check(file, project.base, project.prefixes)
    for check in _CHECKS:
        yield from check(ValidationContext(alone, (*others, *file.quads)))


def _in_block(desk: Desk, finding: Finding, block: str) -> Finding:
    """Return a finding with its line in the block; without a column, the line of its entity."""
    lines = block.split("\n")
    if finding.line == len(lines) + _BEFORE + 1:
        # The parser reports the closing brace, which the user did not write.
        message, remedy = "The last statement is not complete.", "Write the rest of it."
        finding = replace(finding, message=message, remedy=remedy, column=None)
    line = 1 if finding.line is None else min(max(finding.line - _BEFORE, 1), len(lines))
    words = lines[line - 1]
    column = finding.column
    if column is None:
        name = desk.prefixes.compact(finding.entity) if finding.entity else ""
        at = words.find(name) if name else -1
        column = (at if at >= 0 else len(words) - len(words.lstrip())) + 1
    return replace(finding, line=line, column=column)
