"""Workbooks, read again by another library than the one that writes them."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from pyoxigraph import BlankNode, Literal, NamedNode

from graphsvc.namespaces import XSD
from graphsvc.web import xlsx
from graphsvc.web.problems import RequestProblem
from graphsvc.web.xlsx import Cell, CellLink, value, workbook


def read(content: bytes) -> list[list[object]]:
    """Return the values of the one sheet."""
    (sheet,) = load_workbook(BytesIO(content)).worksheets
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_cells_keep_their_kinds() -> None:
    cells: list[Cell] = ["word", 7, 2.5, True, date(2026, 11, 24), datetime(2026, 1, 2, 3, 4), None]  # noqa: DTZ001
    names = list("abcdefg")
    table = read(workbook("Kinds", names, [cells]))
    assert table[0] == names
    assert table[1][:4] == ["word", 7, 2.5, True]
    assert table[1][4:] == [datetime(2026, 11, 24), datetime(2026, 1, 2, 3, 4), None]  # noqa: DTZ001


def test_a_link_shows_its_words_and_leads_to_its_address() -> None:
    content = workbook("Links", ["thing"], [[CellLink("https://example.org/x", "The X")]])
    (sheet,) = load_workbook(BytesIO(content)).worksheets
    cell = sheet["A2"]
    assert cell.value == "The X"
    assert cell.hyperlink is not None
    assert cell.hyperlink.target == "https://example.org/x"


def test_the_names_stay_in_sight_and_can_be_filtered_by() -> None:
    (sheet,) = load_workbook(BytesIO(workbook("T", ["a", "b"], [[1, 2]]))).worksheets
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B2"
    assert sheet["A1"].font.bold


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "{=1}", "https://example.org/", "007"])
def test_text_is_text(text: str) -> None:
    content = workbook("T", ["a"], [[text]])
    (sheet,) = load_workbook(BytesIO(content)).worksheets
    assert sheet["A2"].value == text
    assert sheet["A2"].data_type == "s"


@pytest.mark.parametrize(
    ("literal", "cell"),
    [
        (Literal("42", datatype=XSD.integer), 42),
        (Literal("2.50", datatype=XSD.decimal), 2.5),
        (Literal("true", datatype=XSD.boolean), True),
        (Literal("2026-11-24", datatype=XSD.date), date(2026, 11, 24)),
        (Literal("2026-11-24T10:00:00Z", datatype=XSD.dateTime), "2026-11-24T10:00:00Z"),
        (Literal("2014", datatype=XSD.gYear), "2014"),
        (Literal("many", datatype=XSD.integer), "many"),
        (Literal("une lampe", language="fr"), "une lampe"),
        (
            NamedNode("https://example.org/x"),
            CellLink("https://example.org/x", "https://example.org/x"),
        ),
        (BlankNode("b"), "_:b"),
        (None, None),
    ],
)
def test_a_term_becomes_what_it_is(literal: Literal | None, cell: Cell) -> None:
    cell_value = value(literal)
    assert (cell_value, type(cell_value)) == (cell, type(cell))


@pytest.mark.parametrize("number", [10**18, -(10**18), float("nan"), float("inf")])
def test_a_number_that_excel_cannot_hold_is_text(number: float) -> None:
    assert read(workbook("T", ["a"], [[number]]))[1] == [str(number)]


def test_a_day_before_excel_is_text() -> None:
    assert read(workbook("T", ["a"], [[date(1871, 5, 1)]]))[1] == ["1871-05-01"]


def test_a_text_too_long_for_a_cell_says_that_it_is_cut() -> None:
    for text in ("x" * 40_000, "\U0001f6df" * 40_000):
        ((_,), (cell,)) = read(workbook("T", ["a"], [[text]]))
        assert str(cell).startswith(text[0] * 16_000)
        assert str(cell).endswith("… [cut: 40,000 characters, whole in CSV]")


def test_a_link_that_excel_cannot_follow_is_text() -> None:
    long = "https://example.org/" + "x" * 3000
    assert read(workbook("T", ["a"], [[CellLink(long, long)], [CellLink("urn:x", "urn:x")]]))[
        1:
    ] == [
        [long],
        ["urn:x"],
    ]


def test_more_rows_than_a_sheet_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "_MOST_ROWS", 3)
    assert len(read(workbook("T", ["a"], [[1]] * 3))) == 4
    with pytest.raises(RequestProblem, match="there are more"):
        workbook("T", ["a"], [[1]] * 4)


def test_the_same_rows_are_the_same_bytes() -> None:
    rows: list[list[Cell]] = [["a", 1, CellLink("https://example.org/", "x")]]
    assert workbook("T", ["a", "b", "c"], rows) == workbook("T", ["a", "b", "c"], rows)


@given(st.text(), st.text())
def test_any_words_can_be_written(title: str, text: str) -> None:
    table = read(workbook(title, ["a"], [[text], ["end"]]))
    assert table[2] == ["end"]
