"""Tables and comparisons as files: CSV, a workbook, JSON, and the facts themselves as RDF."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from graphsvc.errors import ParameterError
from graphsvc.formats import Content, Format, carrying
from graphsvc.namespaces import DCTERMS, FOAF, OA, RDF, RDFS, SCHEMA, VOID, XSD
from graphsvc.views.collection.address import write_ref
from graphsvc.views.document import Document, Paging
from graphsvc.web.rdf import write_rdf
from graphsvc.web.xlsx import workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphsvc.views.collection.cells import CellValue, Grid
    from graphsvc.views.collection.columns import Column
    from graphsvc.views.model import Named, Passage
    from graphsvc.web.site import Site

#: The formats of a table: the page, files for spreadsheets and programs, the facts as RDF.
OFFERED = (*carrying(Content.PAGE), *carrying(Content.ROWS), *carrying(Content.TRIPLES))

_BETWEEN = " | "
# The precision of numbers in spreadsheets.
_DIGITS = 15
# Characters at which a spreadsheet begins a formula, or which it ignores before one.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The data of an export: a title, the things in order, and their cells by column."""

    title: str
    address: str
    total: int
    columns: Sequence[Column]
    grid: Grid


def export_format(name: str) -> Format:
    """Return the format of a suffix or a ``format=``.

    Errors: ParameterError.
    """
    fmt = next((fmt for fmt in OFFERED if fmt.suffix == name), None)
    if fmt is None:
        names = ", ".join(fmt.suffix for fmt in OFFERED)
        raise ParameterError(f"There is no format {name!r} here.", remedy=f"There are {names}.")
    return fmt


def export(sheet: Sheet, fmt: Format, served: Site) -> bytes:
    """Return a sheet in a format."""
    if fmt.name == "csv":
        return _csv(sheet)
    if fmt.name == "xlsx":
        header, *rows = _lines(sheet)
        return workbook(sheet.title, [str(cell) for cell in header], rows)
    if Content.RECORDS in fmt.carries:
        return (json.dumps(_json(sheet, served), ensure_ascii=False, indent=1) + "\n").encode()
    return _rdf(sheet, fmt, served)


def escape_formula(text: str) -> str:
    """Return a text that no spreadsheet reads as a formula: an apostrophe is put before it.

    CSV has no types: https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{text}" if text.startswith(_FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).isdecimal()


def _csv(sheet: Sheet) -> bytes:
    """Write lines in the form of RFC 4180: commas, quotes where needed, CR and LF at the end."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for line in _lines(sheet):
        writer.writerow(["" if cell is None else escape_formula(str(cell)) for cell in line])
    return out.getvalue().encode("utf-8", "replace")


def _lines(sheet: Sheet) -> Iterator[list[str | float | None]]:
    """Yield the lines of a flat table: each column is followed by one with its passages."""
    header: list[str | float | None] = ["Thing", "IRI"]
    for column in sheet.columns:
        header += [column.name, f"{column.name}: passages"]
    yield header
    for row in sheet.grid.rows:
        line: list[str | float | None] = [row.thing.label, row.thing.iri]
        for cell in row.cells:
            passages = sorted(
                {passage for value in cell.values for passage in value.passages},
                key=lambda passage: passage.order,
            )
            line += [_flat(cell.values), ", ".join(passage.name for passage in passages)]
        yield line


def _flat(values: Sequence[CellValue]) -> str | float | None:
    if len(values) == 1 and isinstance(number := _number(values[0]), int):
        return number
    return _BETWEEN.join(value.named.label for value in values) or None


def _number(value: CellValue) -> int | None:
    term = value.named.term
    is_integer = isinstance(term, Literal) and term.datatype == XSD.integer
    return int(value.named.label) if is_integer and len(value.named.label) < _DIGITS else None


def _json(sheet: Sheet, served: Site) -> dict[str, object]:
    names = [_id(column, served) for column in sheet.columns]
    return {
        "title": sheet.title,
        "address": sheet.address,
        "release": served.release.id,
        "total": sheet.total,
        "columns": [
            {"id": name, "name": column.name}
            for name, column in zip(names, sheet.columns, strict=True)
        ],
        "rows": [
            {
                "iri": row.thing.iri,
                "label": row.thing.label,
                "values": {
                    name: [_value(value) for value in cell.values]
                    for name, cell in zip(names, row.cells, strict=True)
                    if cell.values
                },
            }
            for row in sheet.grid.rows
        ],
    }


def _id(column: Column, served: Site) -> str:
    return write_ref(column.id, served.release.prefixes)


def _value(value: CellValue) -> dict[str, object]:
    members: dict[str, object] = _term(value.named)
    members["status"] = value.status.value
    members["passages"] = [_passage(passage) for passage in value.passages]
    if value.details:
        members["details"] = [
            {"name": detail.name, "values": [_value(inner) for inner in detail.values]}
            for detail in value.details
        ]
    return members


def _term(named: Named) -> dict[str, object]:
    term = named.term
    if not isinstance(term, Literal):
        return {"iri": named.iri, "label": named.label}
    members: dict[str, object] = {"value": term.value}
    if term.language is not None:
        return {**members, "language": term.language}
    return members if term.datatype == XSD.string else {**members, "datatype": term.datatype.value}


def _passage(passage: Passage) -> dict[str, object]:
    return {"iri": passage.iri, "number": passage.number}


def _rdf(sheet: Sheet, fmt: Format, served: Site) -> bytes:
    quads = frozenset(_quads(sheet, served))
    stated = frozenset(quad for quad in quads if quad.graph_name != DefaultGraph())
    document = Document(
        iri=sheet.address,
        topic=sheet.address,
        paging=Paging(sheet.address, 1, 1),
        own=frozenset(quad.triple for quad in quads - stated),
        stated=stated,
        passages=sheet.grid.passages & {quad.graph_name for quad in stated},
    )
    has_graphs = Content.QUADS in fmt.carries
    return write_rdf(document.quads() if has_graphs else document.triples(), fmt, served.prefixes)


def _quads(sheet: Sheet, served: Site) -> Iterator[Quad]:
    """Yield the facts of the cells, in the graphs that have them, and the words that state them."""
    page, unnamed = NamedNode(sheet.address), DefaultGraph()
    yield Quad(page, RDF.type, FOAF.Document, unnamed)
    yield Quad(page, DCTERMS.title, Literal(sheet.title), unnamed)
    if served.dataset.iri is not None:
        yield Quad(page, VOID.inDataset, NamedNode(served.dataset.iri), unnamed)
    if served.dataset.licence is not None:
        yield Quad(page, DCTERMS.license, NamedNode(served.dataset.licence), unnamed)
    for row in sheet.grid.rows:
        yield from _label(row.thing, unnamed)
        for value in (value for cell in row.cells for value in _all(cell.values)):
            yield from _label(value.named, unnamed)
            for passage in value.passages:
                yield from _words(passage, unnamed)
            for fact in value.facts:
                for graph in sheet.grid.graphs[fact]:
                    if isinstance(graph, NamedNode):
                        yield Quad(fact.subject, fact.predicate, fact.object, graph)


def _all(values: Sequence[CellValue]) -> Iterator[CellValue]:
    for value in values:
        yield value
        for detail in value.details:
            yield from _all(detail.values)


def _label(named: Named, graph: DefaultGraph) -> Iterator[Quad]:
    if isinstance(named.term, NamedNode):
        words = Literal(named.label, language=named.language) if named.language else None
        yield Quad(named.term, RDFS.label, words or Literal(named.label), graph)


def _words(passage: Passage, graph: DefaultGraph) -> Iterator[Quad]:
    node = NamedNode(passage.iri)
    words = Literal(passage.quote, language=passage.language) if passage.language else None
    yield Quad(node, OA.exact, words or Literal(passage.quote), graph)
    if passage.number is not None:
        number = Literal(str(passage.number), datatype=XSD.integer)
        yield Quad(node, SCHEMA.position, number, graph)
