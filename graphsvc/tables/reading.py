"""A table of a project: its rows are the passages of a text, and facts stand in their graphs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode, Quad

from graphsvc.datatypes import DATATYPES
from graphsvc.findings import Finding, Severity
from graphsvc.tables import cells
from graphsvc.tables.mapping import InvalidMappingError, MappingHeader, RowMapping, parse_header
from graphsvc.texts.comparing import slug
from graphsvc.texts.model import MAPPING, Passage, PassageKind, Text
from graphsvc.texts.statements import Original, TextStatements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from graphsvc.tables.cells import TableContent, TableRow
    from graphsvc.texts.model import TextLocation
    from graphsvc.texts.statements import PassageVocabulary

#: The text between two rows: an empty line, as between paragraphs.
_BETWEEN = "\n\n"


@dataclass(frozen=True, slots=True)
class ProjectTable:
    """A table: its text, its statements, and the line of each of its rows."""

    text: Text
    quads: tuple[Quad, ...]
    lines: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RowPassage:
    """A row, and its passage."""

    row: TableRow
    passage: Passage


class TableReader:
    """Reads tables, and collects ``findings``."""

    def __init__(self, vocabulary: PassageVocabulary, prefixes: Mapping[str, str]) -> None:
        self._vocabulary = vocabulary
        self._prefixes = prefixes
        self.findings: list[Finding] = []

    def read(
        self, place: TextLocation, file: Original, mapping: str | None, stated: Iterable[Quad]
    ) -> ProjectTable:
        """Return a table; ``mapping`` is the text of its mapping if there is one.

        ``stated`` are the statements of people about it.
        """
        header = self._header(mapping, place)
        grid = cells.read(place.path(file.name), file.data, header.delimiter, header.sheet)
        self.findings += grid.findings
        header = self._without_unknown_columns(header, grid, place)
        rows = list(self._rows(grid, header, place, file.name))
        facts = self._facts(mapping, header, grid, place)
        content = _BETWEEN.join(each.passage.exact for each in rows)
        statements = TextStatements(place, self._vocabulary, stated)
        passages = tuple(each.passage for each in rows)
        lines = {each.passage.iri: each.row.line for each in rows}
        facts_of_rows = [] if facts is None else self._facts_of_rows(rows, facts, place, file.name)
        for quad in facts_of_rows:
            if isinstance(quad.subject, NamedNode) and isinstance(quad.graph_name, NamedNode):
                lines.setdefault(quad.subject.value, lines[quad.graph_name.value])
        quads = (
            *statements.of_document(content.encode(), file),
            *statements.of_passages(passages),
            *facts_of_rows,
        )
        text = Text(place.slug, place.document, content, passages)
        return ProjectTable(text, quads, lines)

    def _header(self, mapping: str | None, place: TextLocation) -> MappingHeader:
        try:
            return parse_header(mapping or "")
        except InvalidMappingError as error:
            self.findings.append(_wrong_mapping(error, place))
            return MappingHeader()

    def _without_unknown_columns(
        self, header: MappingHeader, table: TableContent, place: TextLocation
    ) -> MappingHeader:
        """Return a header without columns that the table does not have; add a finding for each."""
        names = {*header.datatypes, *([header.key] if header.key else [])}
        unknown = names - {*table.columns} if table.columns else set()
        for name in sorted(unknown):
            error = InvalidMappingError(
                f"The header names the column “{name}”, which the table does not have.",
                f"It has {', '.join(table.columns)}.",
            )
            self.findings.append(_wrong_mapping(error, place))
        return replace(header, key=None) if header.key in unknown else header

    def _facts(
        self, mapping: str | None, header: MappingHeader, table: TableContent, place: TextLocation
    ) -> RowMapping | None:
        """Return the maker of the rows' facts; None if there is no valid mapping."""
        if mapping is None:
            return None
        try:
            facts = RowMapping(mapping, place.document, self._prefixes, header.datatypes)
        except InvalidMappingError as error:
            self.findings.append(_wrong_mapping(error, place))
            return None
        errors = [*facts.unknown_columns(table.columns)]
        self.findings += [_wrong_mapping(error, place) for error in errors]
        return None if errors else facts

    def _rows(
        self, table: TableContent, header: MappingHeader, place: TextLocation, file: str
    ) -> Iterator[RowPassage]:
        """Yield the rows in their order; a row without a unique name is left out."""
        lines: dict[str, int] = {}
        begin = 0
        for number, row in enumerate(table.rows, 1):
            name = slug(row.cells.get(header.key, "")) if header.key else str(number)
            if not name or name in lines:
                other = f"has the key of line {lines[name]}" if name else "has no key"
                self._add_finding(
                    place.path(file), row.line, f"The row {other}, in column “{header.key}”."
                )
                continue
            lines[name] = row.line
            words = "; ".join(
                f"{column}: {' '.join(cell.split())}" for column, cell in row.cells.items()
            )
            iri = place.passage(f"{place.slug}-{name}")
            end = begin + len(words)
            yield RowPassage(row, Passage(iri, place.document, begin, end, words, PassageKind.ROW))
            begin = end + len(_BETWEEN)

    def _facts_of_rows(
        self, rows: Iterable[RowPassage], facts: RowMapping, place: TextLocation, file: str
    ) -> list[Quad]:
        """Return the facts of all rows, each in the graph of its row."""
        return [quad for row in rows for quad in self._facts_of_row(row, facts, place, file)]

    def _facts_of_row(
        self, passage_row: RowPassage, facts: RowMapping, place: TextLocation, file: str
    ) -> Iterator[Quad]:
        """Yield the facts of a row if its cells are valid."""
        row, path = passage_row.row, place.path(file)
        wrong = [*facts.wrong_cells(row)]
        for column, datatype in wrong:
            kind = datatype.rpartition("#")[2]
            self._add_finding(
                path,
                row.line,
                f"“{row.cells[column]}” in column “{column}” is no {kind}.",
                f"Write it like {DATATYPES[datatype].example}.",
            )
        triples = [] if wrong else facts.of(passage_row.passage.iri, row)
        if not triples and not wrong:
            self._tell_of_no_facts(path, passage_row)
        graph = NamedNode(passage_row.passage.iri)
        for triple in triples:
            if isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode):
                self._add_finding(
                    place.path(MAPPING), 1, "The mapping makes a blank node.", "Make IRIs: IRI(…)."
                )
                return
            yield Quad(triple.subject, triple.predicate, triple.object, graph)

    def _tell_of_no_facts(self, path: str, passage_row: RowPassage) -> None:
        self.findings.append(
            Finding(
                "row-without-facts",
                "The mapping makes no fact of this row.",
                "Fill the cells that the mapping requires, or make them OPTIONAL.",
                severity=Severity.WARNING,
                path=path,
                line=passage_row.row.line,
                entity=passage_row.passage.iri,
            )
        )

    def _add_finding(self, path: str, line: int, message: str, remedy: str = "") -> None:
        remedy = remedy or "Give each row a value of its own in this column."
        self.findings.append(Finding("table", message, remedy, path=path, line=line))


def _wrong_mapping(error: InvalidMappingError, place: TextLocation) -> Finding:
    path = place.path(MAPPING)
    return Finding("table-mapping", str(error), error.remedy, path=path, line=error.line)
