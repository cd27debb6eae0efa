"""A table as an Excel workbook: Office Open XML with strings and numbers, and nothing else.

The least that ECMA-376 asks of a workbook with one sheet; the same table gives the same bytes.
https://ecma-international.org/publications-and-standards/standards/ecma-376/
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"

#: The format keeps no more characters in a cell.
_LONGEST = 32_767
# XML 1.0 has no way to write these, https://www.w3.org/TR/xml/#charsets
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\']")

_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
    "</Types>",
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
}


def workbook(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[str | float | None]]
) -> bytes:
    """Return a workbook with one sheet: the columns' names, then the rows.

    Words stay words: nothing that starts with an equals sign becomes a formula.
    """
    name = _NOT_IN_TITLES.sub(" ", _writable(title))[:31].strip() or "Table"
    book = (
        f'<workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>"
    )
    lines = "".join(_row(number, row) for number, row in enumerate([columns, *rows], 1))
    sheet = (
        f'<worksheet xmlns="{_SHEETS}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews><sheetData>{lines}</sheetData></worksheet>"
    )
    parts = {**_PARTS, "xl/workbook.xml": book, "xl/worksheets/sheet1.xml": sheet}
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for path, content in parts.items():
            # The date of an entry is the oldest there is: bytes depend on the table alone.
            entry = ZipInfo(path)
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, _HEAD + content)
    return packed.getvalue()


def _row(number: int, cells: Sequence[str | float | None]) -> str:
    written = (_cell(f"{_letters(column)}{number}", cell) for column, cell in enumerate(cells))
    return f'<row r="{number}">{"".join(written)}</row>'


def _cell(place: str, value: str | float | None) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        words = escape(_writable(value)[:_LONGEST])
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{words}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def _letters(column: int) -> str:
    """Return the name of a column: A to Z, then AA and so on."""
    name = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("\ufffd", text)
