"""The rows of a table file: CSV, TSV or a sheet of a workbook."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from python_calamine import CalamineError, CalamineWorkbook

from graphsvc.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WORKBOOK = ".xlsx"

#: A cell may be as long as a file, so Python's limit of a field is raised.
csv.field_size_limit(2**31 - 1)

_DELIMITERS = {".csv": ",", ".tsv": "\t"}


class _CsvError(ValueError):
    """A line of a CSV file cannot be read."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: its cells by the names of their columns, without empty ones, and its line.

    In a workbook the line is the number of the row.
    """

    cells: dict[str, str]
    line: int


@dataclass(frozen=True, slots=True)
class TableContent:
    """A table: the names of its columns, its rows, and findings about them."""

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    findings: tuple[Finding, ...]


def read(path: str, data: bytes, delimiter: str | None, sheet: str | None) -> TableContent:
    """Return the cells of a file; the first row has the names of the columns."""
    suffix = PurePosixPath(path).suffix
    try:
        if suffix == WORKBOOK:
            lines = _workbook(data, sheet)
        else:
            lines = _split_lines(data.decode("utf-8-sig"), delimiter or _DELIMITERS[suffix])
        return _cells(path, list(lines))
    except UnicodeDecodeError:  # The reader of the file reports this.
        return TableContent((), (), ())
    except CalamineError as error:
        return TableContent((), (), (_unreadable(path, str(error), None),))
    except _CsvError as error:
        return TableContent((), (), (_unreadable(path, str(error), error.line),))


def _unreadable(path: str, message: str, line: int | None) -> Finding:
    remedy = "Save it anew as CSV in UTF-8, or as .xlsx."
    return Finding("table", f"The table cannot be read: {message}.", remedy, path=path, line=line)


def _split_lines(text: str, delimiter: str) -> Iterator[tuple[int, Sequence[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise _CsvError(str(error), line) from error


def _workbook(data: bytes, sheet: str | None) -> Iterator[tuple[int, Sequence[str]]]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    worksheet = workbook.get_sheet_by_name(sheet) if sheet else workbook.get_sheet_by_index(0)
    for number, cells in enumerate(worksheet.to_python(skip_empty_area=False), 1):
        yield number, [_format_cell(cell) for cell in cells]


def _format_cell(cell: float | str | bool | date | time | timedelta) -> str:  # noqa: FBT001 - a cell
    """Return a cell of a workbook in the form of XML Schema: ISO 8601 times, whole numbers."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell)


def _cells(path: str, lines: Sequence[tuple[int, Sequence[str]]]) -> TableContent:
    if not lines:
        remedy = "Let the first row have the names of the columns."
        return TableContent((), (), (Finding("table", "The table is empty.", remedy, path=path),))
    columns = tuple(name.strip() for name in lines[0][1])
    findings = [*_wrong_columns(path, columns)]
    rows: list[TableRow] = []
    for line, values in lines[1:]:
        cells = [value.strip() for value in values]
        if len(cells) > len(columns) and any(cells[len(columns) :]):
            findings.append(_too_long(path, line, len(columns), len(cells)))
        named = {name: cell for name, cell in zip(columns, cells, strict=False) if name and cell}
        if named:
            rows.append(TableRow(named, line))
    return TableContent(columns, tuple(rows), tuple(findings))


def _wrong_columns(path: str, columns: Sequence[str]) -> Iterator[Finding]:
    for name in sorted({name for name in columns if name and columns.count(name) > 1}):
        yield Finding(
            "table",
            f"Two columns have the name “{name}”.",
            "Give each column a name of its own in the first row.",
            path=path,
            line=1,
        )
    if len(columns) == 1 and any(mark in columns[0] for mark in ";\t|"):
        yield Finding(
            "table",
            f"The table has one column, “{columns[0]}”.",
            'If another sign is between its cells, the mapping says so: #+ delimiter: ";"',
            path=path,
            line=1,
        )


def _too_long(path: str, line: int, columns: int, cells: int) -> Finding:
    return Finding(
        "table",
        f"The row has {cells} cells, the table {columns} columns.",
        "Put quotation marks around a cell that holds the sign between cells.",
        path=path,
        line=line,
    )
