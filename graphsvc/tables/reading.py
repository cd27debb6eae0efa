"""A table of a project: its rows are the passages of a text, and facts stand in their graphs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode, Quad

from graphsvc.datatypes import DATATYPES
from graphsvc.findings import Finding, Severity
from graphsvc.tables import cells
from graphsvc.tables.mapping import Facts, Header, InvalidMappingError, header
from graphsvc.texts.comparing import slug
from graphsvc.texts.model import MAPPING, Kind, Passage, Text
from graphsvc.texts.statements import Original, Statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from graphsvc.tables.cells import Cells, Row
    from graphsvc.texts.model import Place
    from graphsvc.texts.statements import Vocabulary

#: What stands between two rows in the table as a text: an empty line, as between paragraphs.
_BETWEEN = "\n\n"


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was read: as a text, what it states, and the line of each of its rows."""

    text: Text
    quads: tuple[Quad, ...]
    lines: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Named:
    """A row, and the passage that it is."""

    row: Row
    passage: Passage


class TableReader:
    """Reads tables; what is wrong with them is in ``findings``."""

    def __init__(self, vocabulary: Vocabulary, prefixes: Mapping[str, str]) -> None:
        self._vocabulary = vocabulary
        self._prefixes = prefixes
        self.findings: list[Finding] = []

    def read(
        self, place: Place, file: Original, mapping: str | None, stated: Iterable[Quad]
    ) -> Table:
        """Return a table; ``mapping`` is the text of its mapping if there is one.

        ``stated`` is what people say of it.
        """
        head = self._header(mapping, place)
        grid = cells.read(place.path(file.name), file.data, head.delimiter, head.sheet)
        self.findings += grid.findings
        head = self._known(head, grid, place)
        rows = list(self._rows(grid, head, place, file.name))
        facts = self._facts(mapping, head, grid, place)
        content = _BETWEEN.join(each.passage.exact for each in rows)
        statements = Statements(place, self._vocabulary, stated)
        passages = tuple(each.passage for each in rows)
        lines = {each.passage.iri: each.row.line for each in rows}
        made = [] if facts is None else self._made(rows, facts, place, file.name)
        for quad in made:
            if isinstance(quad.subject, NamedNode) and isinstance(quad.graph_name, NamedNode):
                lines.setdefault(quad.subject.value, lines[quad.graph_name.value])
        quads = (
            *statements.of_document(content.encode(), file),
            *statements.of_passages(passages),
            *made,
        )
        text = Text(place.slug, place.document, content, passages)
        return Table(text, quads, lines)

    def _header(self, mapping: str | None, place: Place) -> Header:
        try:
            return header(mapping or "")
        except InvalidMappingError as error:
            self.findings.append(_wrong_mapping(error, place))
            return Header()

    def _known(self, said: Header, found: Cells, place: Place) -> Header:
        """Return a header without the columns that the table does not have; these are told."""
        named = {*said.datatypes, *([said.key] if said.key else [])}
        unknown = named - {*found.columns} if found.columns else set()
        for name in sorted(unknown):
            error = InvalidMappingError(
                f"The header names the column “{name}”, which the table does not have.",
                f"It has {', '.join(found.columns)}.",
            )
            self.findings.append(_wrong_mapping(error, place))
        return replace(said, key=None) if said.key in unknown else said

    def _facts(self, mapping: str | None, said: Header, found: Cells, place: Place) -> Facts | None:
        """Return what makes facts of the rows, or None if that cannot be."""
        if mapping is None:
            return None
        try:
            facts = Facts(mapping, place.document, self._prefixes, said.datatypes)
        except InvalidMappingError as error:
            self.findings.append(_wrong_mapping(error, place))
            return None
        errors = [*facts.unknown_columns(found.columns)]
        self.findings += [_wrong_mapping(error, place) for error in errors]
        return None if errors else facts

    def _rows(self, found: Cells, said: Header, place: Place, file: str) -> Iterator[_Named]:
        """Yield the rows in their order; one that has no name of its own is left out."""
        lines: dict[str, int] = {}
        begin = 0
        for number, row in enumerate(found.rows, 1):
            name = slug(row.cells.get(said.key, "")) if said.key else str(number)
            if not name or name in lines:
                other = f"has the key of line {lines[name]}" if name else "has no key"
                self._wrong(place.path(file), row.line, f"The row {other}, in column “{said.key}”.")
                continue
            lines[name] = row.line
            words = "; ".join(
                f"{column}: {' '.join(cell.split())}" for column, cell in row.cells.items()
            )
            iri = place.passage(f"{place.slug}-{name}")
            end = begin + len(words)
            yield _Named(row, Passage(iri, place.document, begin, end, words, Kind.ROW))
            begin = end + len(_BETWEEN)

    def _made(self, rows: Iterable[_Named], facts: Facts, place: Place, file: str) -> list[Quad]:
        """Return the facts of all rows, each in the graph of its row."""
        return [quad for named in rows for quad in self._stated(named, facts, place, file)]

    def _stated(self, named: _Named, facts: Facts, place: Place, file: str) -> Iterator[Quad]:
        """Yield the facts of a row, if its cells are what they have to be."""
        row, path = named.row, place.path(file)
        wrong = [*facts.wrong_cells(row)]
        for column, datatype in wrong:
            kind = datatype.rpartition("#")[2]
            self._wrong(
                path,
                row.line,
                f"“{row.cells[column]}” in column “{column}” is no {kind}.",
                f"Write it like {DATATYPES[datatype].example}.",
            )
        made = [] if wrong else facts.of(named.passage.iri, row)
        if not made and not wrong:
            self._tell_of_no_facts(path, named)
        graph = NamedNode(named.passage.iri)
        for triple in made:
            if isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode):
                self._wrong(
                    place.path(MAPPING), 1, "The mapping makes a blank node.", "Make IRIs: IRI(…)."
                )
                return
            yield Quad(triple.subject, triple.predicate, triple.object, graph)

    def _tell_of_no_facts(self, path: str, named: _Named) -> None:
        self.findings.append(
            Finding(
                "row-without-facts",
                "The mapping makes no fact of this row.",
                "Fill the cells that it asks for, or ask for them by OPTIONAL.",
                severity=Severity.WARNING,
                path=path,
                line=named.row.line,
                entity=named.passage.iri,
            )
        )

    def _wrong(self, path: str, line: int, message: str, remedy: str = "") -> None:
        remedy = remedy or "Give each row a value of its own in this column."
        self.findings.append(Finding("table", message, remedy, path=path, line=line))


def _wrong_mapping(error: InvalidMappingError, place: Place) -> Finding:
    path = place.path(MAPPING)
    return Finding("table-mapping", str(error), error.remedy, path=path, line=error.line)
