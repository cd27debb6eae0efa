"""Tables as sources of facts: each row is cited as a sentence is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import xlsxwriter
from pyoxigraph import Literal, NamedNode, Quad

from graphsvc import settings, sources
from graphsvc.namespaces import CSVW, NIF, OA, PROV, RDF, SCHEMA
from graphsvc.texts.model import PassageKind
from graphsvc.validation import validate_quickly
from graphsvc.validation.text_coverage import Share, of_texts
from graphsvc.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graphsvc.release import Release
    from graphsvc.sources import Project

BASE = "https://example.org/lights/"
LIGHTS = f"{BASE}ontology#"
EAST = NamedNode(f"{BASE}passage/lamps-east-cape")

CSV = """\
id,Name,Lit in,Keeper
east-cape,East Cape Light,1902,Ada Quill
west-cape,"West Cape Light, ""the old one""
of the bay",1888,
"""
MAPPING = """\
#+ key: id
#+ datatypes: {Lit in: integer}
CONSTRUCT { ?light a lights:Lighthouse ; lights:statedName ?named ; lights:litIn ?year }
WHERE {
  ?row column:id ?id ; column:Name ?name .
  OPTIONAL { ?row column:Lit%20in ?year }
  BIND (STRLANG(?name, "en") AS ?named)
  BIND (IRI(CONCAT(STR(light:), ?id)) AS ?light)
}
"""
SOURCE = """\
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix lights: <https://example.org/lights/ontology#> .
@prefix source: <https://example.org/lights/source/> .

source:lamps a lights:SourceDocument ;
    dcterms:title "Register of lamps"@en ;
    dcterms:language "en" .
"""


@pytest.fixture
def lamps(lights_copy: Path) -> Path:
    """Return the folder of a table in a copy of the tiny project."""
    folder = lights_copy / "data" / "lamps"
    folder.mkdir()
    (folder / "table.csv").write_text(CSV, "utf-8")
    (folder / "table.rq").write_text(MAPPING, "utf-8")
    (folder / "source.ttl").write_text(SOURCE, "utf-8")
    return folder


def read(lamps: Path) -> Project:
    return sources.load(lamps.parents[1])


def findings(lamps: Path) -> list[tuple[str, str | None, int | None, str]]:
    """Return what is wrong as the table and its mapping are read."""
    return [
        (each.check, each.path, each.line, each.message)
        for each in read(lamps).findings
        if each.path and each.path.startswith("data/lamps")
    ]


def facts(lamps: Path) -> set[Quad]:
    """Return the facts of the rows."""
    prefix = f"{BASE}passage/lamps-"
    return {
        quad
        for quad in read(lamps).quads
        if isinstance(quad.graph_name, NamedNode) and quad.graph_name.value.startswith(prefix)
    }


def test_the_facts_of_a_row_stand_in_its_graph(lamps: Path) -> None:
    assert findings(lamps) == []
    light = NamedNode(f"{BASE}id/light/east-cape")
    name = Literal("East Cape Light", language="en")
    assert {quad for quad in facts(lamps) if quad.graph_name == EAST} == {
        Quad(light, RDF.type, NamedNode(f"{LIGHTS}Lighthouse"), EAST),
        Quad(light, NamedNode(f"{LIGHTS}statedName"), name, EAST),
        Quad(light, NamedNode(f"{LIGHTS}litIn"), Literal(1902), EAST),
    }


def test_a_row_is_a_passage_of_the_table_as_a_text(lamps: Path) -> None:
    project = read(lamps)
    (text,) = (text for text in project.texts if text.slug == "lamps")
    statements = {(q.predicate, q.object) for q in project.quads if q.subject == EAST}
    words = "id: east-cape; Name: East Cape Light; Lit in: 1902; Keeper: Ada Quill"
    assert {
        (RDF.type, CSVW.Row),
        (SCHEMA.position, Literal(1)),
        (OA.exact, Literal(words)),
        (NIF.referenceContext, NamedNode(f"{BASE}source/lamps")),
    } <= statements
    assert all(text.content[each.begin : each.end] == each.exact for each in text.passages)
    assert project.locate(EAST) == ("data/lamps/table.csv", 2)
    origin = Quad(
        NamedNode(text.document),
        PROV.wasDerivedFrom,
        NamedNode(f"{text.document}/original"),
        project.graph("passages"),
    )
    assert origin in project.quads


def test_a_row_with_a_key_keeps_its_iri_wherever_it_stands(lamps: Path) -> None:
    before = facts(lamps)
    head, *rows = CSV.split("\n", 1)[0], CSV.split("\n", 1)[1]
    (lamps / "table.csv").write_text(f"{head}\nnew,New Light,1999,\n{rows[0]}", "utf-8")
    assert before < facts(lamps)


def test_a_row_without_a_key_is_named_by_its_number(lamps: Path) -> None:
    mapping = MAPPING.replace("#+ key: id\n", "")
    (lamps / "table.rq").write_text(mapping, "utf-8")
    graphs = {quad.graph_name for quad in facts(lamps)}
    assert graphs == {NamedNode(f"{BASE}passage/lamps-{number}") for number in (1, 2)}


def write_workbook(path: Path) -> None:
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet("notes").write_row(0, 0, ["nothing", "here"])
        sheet = workbook.add_worksheet("lamps")
        for number, row in enumerate(
            [
                ("id", "Name", "Lit in", "Keeper"),
                ("east-cape", "East Cape Light", 1902, "Ada Quill"),
                ("west-cape", 'West Cape Light, "the old one" of the bay', 1888),
            ]
        ):
            sheet.write_row(number, 0, row)


def test_a_sheet_of_a_workbook_says_what_the_csv_file_says(lamps: Path) -> None:
    (lamps / "table.csv").write_text(CSV.replace("\nof", " of"), "utf-8")
    before = facts(lamps)
    (lamps / "table.csv").unlink()
    write_workbook(lamps / "table.xlsx")
    (lamps / "table.rq").write_text("#+ sheet: lamps\n" + MAPPING, "utf-8")
    assert findings(lamps) == []
    assert facts(lamps) == before


@pytest.mark.parametrize(("name", "sign"), [("table.tsv", "\t"), ("table.csv", ";")])
def test_other_signs_between_cells(lamps: Path, name: str, sign: str) -> None:
    (lamps / "table.csv").unlink()
    rows = [("id", "Name", "Lit in"), ("east-cape", "East Cape Light", "1902")]
    # As a spreadsheet program writes it: with a byte order mark and other ends of lines.
    text = "\ufeff" + "".join(f"{sign.join(row)}\r\n" for row in rows)
    (lamps / name).write_bytes(text.encode())
    header = '#+ delimiter: ";"\n' if sign == ";" else ""
    (lamps / "table.rq").write_text(header + MAPPING, "utf-8")
    assert findings(lamps) == []
    assert len(facts(lamps)) == 3


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("csv", "1888", "c. 1888"), ("table", 3, "“c. 1888” in column “Lit in” is no integer.")),
        (("csv", "west-cape,", ","), ("table", 3, "The row has no key, in column “id”.")),
        (
            ("csv", "west-cape,", "East Cape,"),
            ("table", 3, "The row has the key of line 2, in column “id”."),
        ),
        (
            ("csv", "Ada Quill", "Quill, Ada"),
            ("table", 2, "The row has 5 cells, the table 4 columns."),
        ),
        (("csv", "Keeper", "Name"), ("table", 1, "Two columns have the name “Name”.")),
        (("csv", "1902,Ada Quill", '1902,"Ada'), ("table", 2, "cannot be read")),
        (("csv", "East Cape Light", ""), ("row-without-facts", 2, "makes no fact of this row")),
        (("rq", "column:Name", "column:Nane"), ("table-mapping", 5, "no column “Nane”")),
        (("rq", "key: id", "key: ids"), ("table-mapping", 1, "the column “ids”")),
        (("rq", "integer", "int3ger"), ("table-mapping", 1, "“int3ger” is no datatype")),
        (("rq", "#+ key", "#+ keys"), ("table-mapping", 1, "an unknown key")),
        (("rq", "OPTIONAL {", "OPTIONAL"), ("table-mapping", 6, "")),
        (("rq", MAPPING, "ASK {}"), ("table-mapping", 1, "makes triples")),
        (
            ("rq", "?row column:id", "SERVICE <http://127.0.0.1:9/> {} ?row column:id"),
            ("table-mapping", 5, "SERVICE"),
        ),
        (("rq", "(light:)", '("")'), ("row-without-facts", 2, "")),
        (("rq", "?light a", "[] a"), ("table", 1, "blank node")),
    ],
)
def test_what_is_wrong_is_told_with_file_row_and_column(
    lamps: Path,
    replace_in: Callable[[Path, str, str], None],
    change: tuple[str, str, str],
    expected: tuple[str, int | None, str],
) -> None:
    file, old, new = change
    replace_in(lamps / f"table.{file}", old, new)
    check, line, words = expected
    name = "csv" if check == "row-without-facts" else file
    matches = [each for each in findings(lamps) if each[0] == check]
    assert matches
    assert matches[0][1:3] == (f"data/lamps/table.{name}", line)
    assert words in matches[0][3]


def test_a_name_that_is_not_in_its_row_is_told(
    lamps: Path, replace_in: Callable[[Path, str, str], None]
) -> None:
    replace_in(lamps / "table.rq", "STRLANG(?name,", 'STRLANG(CONCAT(?name, " at sea"),')
    matches = [f for f in validate_quickly(read(lamps)) if f.check == "words-not-in-passage"]
    assert [(f.path, f.line) for f in matches] == [("data/lamps/table.csv", n) for n in (2, 3)]


def test_coverage_counts_the_rows_that_state_something(lamps: Path) -> None:
    (lamps / "table.csv").write_text(f"{CSV}no-name,,1850,\n", "utf-8")
    (text,) = (each for each in of_texts(read(lamps)) if each.slug == "lamps")
    assert text.kinds[PassageKind.ROW] == Share(2, 3)
    assert text.facts == 6


def test_pages_show_the_row_where_they_would_quote_the_sentence(
    lamps: Path, tmp_path: Path, build_in: Callable[[Path, Path], Release]
) -> None:
    profile = lamps.parents[1] / "graphsvc.toml"
    profile.write_text('[passages]\nrow = "lights:Sentence"\n', "utf-8")
    client = create_app(
        build_in(lamps.parents[1], tmp_path / "releases"), settings.load({}, {})
    ).test_client()
    html = {"Accept": "text/html"}
    row = "Lit in: 1902; Keeper: Ada Quill"
    assert row in client.get("/doc/id/light/east-cape", headers=html).text
    page = client.get("/doc/passage/lamps-east-cape", headers=html).text
    assert row in page
    assert "Name as printed" in page
    assert "Keeper: Ada Quill" in client.get("/doc/source/lamps", headers=html).text
    stated = client.get("/doc/passage/lamps-east-cape.nq").text
    assert f'<{LIGHTS}litIn> "1902"' in stated
