"""What is written on the editor's page: its checks, its completion, new things, and the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graphsvc import sources
from graphsvc.editing import blocks, checking, completion, things
from graphsvc.editing.blocks import BlockError
from graphsvc.editing.desk import Desk
from graphsvc.editing.saving import ChangedMeanwhile
from graphsvc.errors import TextError, UnknownEntity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FACTS = "data/ile-merrow/facts.trig"
BASE = "https://example.org/lights/"


@pytest.fixture
def desk(lights_copy: Path) -> Desk:
    return Desk(lights_copy, "ile-merrow")


def faults_of(desk: Desk, passage: str, block: str) -> list[tuple[str, int | None]]:
    return [(each.check, each.line) for each in checking.faults(desk, passage, block)]


def test_what_the_files_have_is_not_wrong(desk: Desk) -> None:
    for name in desk.entries:
        assert faults_of(desk, name, desk.block(name)) == []


@pytest.mark.parametrize(
    ("block", "check", "line"),
    [
        ("light:a\n  lights:litIn 1871 1872 .", "syntax", 2),
        ("\n\nligt:a lights:litIn 1871 .", "syntax", 3),
        ("light:a lights:litIn 1871 .\nlight:a lights:lighted 1871 .", "undeclared-term", 2),
        (
            'light:a lights:litIn 1871 ;\n  lights:statedName "Far Light"@en .',
            "words-not-in-passage",
            2,
        ),
        (
            '\nlight:a lights:litIn "x"^^<http://www.w3.org/2001/XMLSchema#integer> .',
            "invalid-literal",
            2,
        ),
        ("light:a lights:opposite\n [] .", "blank-node", 2),
        ("} passage:9 {", "syntax", 1),
        ("light:north-rock lights:litIn 1871", None, None),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    desk: Desk, block: str, check: str | None, line: int | None
) -> None:
    assert faults_of(desk, "4", block)[:1] == ([] if check is None else [(check, line)])


def test_a_statement_without_its_end_is_told_where_it_stands(desk: Desk) -> None:
    (fault,) = checking.faults(desk, "4", "light:south-spit lights:litIn 1874 .\nlight:a lights:")
    assert (fault.message, fault.line) == ("The last statement is not complete.", 2)


def test_an_undeclared_term_says_what_was_meant(desk: Desk) -> None:
    (fault,) = checking.faults(desk, "4", "light:south-spit lights:builtby person:tobias-reed .")
    assert "Did you mean lights:builtBy?" in fault.remedy


def names(desk: Desk, typed: str) -> list[str]:
    return [option.name for option in completion.options(desk, typed)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("lights:bui", "lights:builtBy"),
        ("built", "lights:builtBy"),
        ("administ", "lights:administeredFrom"),
        ("Tobias", "person:tobias-reed"),
        ("merrow", "place:port-merrow"),
        ("Hrabour", "body:harbour-board"),
        ("person:to", "person:tobias-reed"),
    ],
)
def test_terms_and_things_are_completed_by_name_and_label(
    desk: Desk, typed: str, first: str
) -> None:
    assert first in names(desk, typed)[:2]


def test_what_is_completed_says_what_it_is(desk: Desk) -> None:
    option = completion.options(desk, "lights:builtBy")[0]
    assert (option.label, option.kind) == ("built by", "property")
    assert option.definition == "A relation to the person that built a light."


def test_a_prefix_of_nothing_completes_nothing(desk: Desk) -> None:
    assert names(desk, "nobody:light") == []


def test_a_name_without_a_prefix_in_the_file_is_written_in_full(desk: Desk) -> None:
    strait = f"<{BASE}id/note/strait>"
    assert strait in names(desk, "strait")


def test_a_thing_stands_where_those_of_its_class_do(desk: Desk) -> None:
    new = things.propose_thing(desk, f"{BASE}ontology#Light", "Île Verte Light")
    assert new.iri == f"{BASE}id/light/ile-verte-light"
    assert new.statement == "light:ile-verte-light a lights:Light ."


@pytest.mark.parametrize(
    ("label", "end"), [("North Rock", "north-rock-2"), ("灯台", "thing"), ("a / b", "a-b")]
)
def test_an_iri_is_made_of_ascii_and_is_nobody_elses(desk: Desk, label: str, end: str) -> None:
    assert things.propose_thing(desk, f"{BASE}ontology#Light", label).iri == f"{BASE}id/light/{end}"


def test_a_curator_chooses_how_an_iri_ends(desk: Desk) -> None:
    new = things.propose_thing(desk, f"{BASE}ontology#Light", "The Light of 1871", "East Rock")
    assert new.iri == f"{BASE}id/light/east-rock"


def test_a_class_without_things_gets_a_folder_of_its_name(desk: Desk) -> None:
    new = things.propose_thing(desk, f"{BASE}ontology#FogSignal", "The Horn")
    assert new.iri == f"{BASE}id/fog-signal/the-horn"


def test_a_new_thing_is_saved_with_its_label_beside_those_of_others(desk: Desk) -> None:
    block = desk.block("4")
    new = things.propose_thing(desk, f"{BASE}ontology#Light", 'The "Far" Light')
    unused = {f"{BASE}id/light/unused": "Unused"}
    editorial = (desk.root / "data/editorial.trig").read_text("utf-8")
    desk.save(
        "4", f"{block}\n    {new.statement}", desk.digest, {new.iri: 'The "Far" Light', **unused}
    )
    line = '    light:the-far-light rdfs:label "The \\"Far\\" Light"@en .\n'
    after = (desk.root / "data/editorial.trig").read_text("utf-8")
    assert after.replace(line, "") == editorial
    assert line in after
    project = sources.load(desk.root)
    assert project.findings == ()
    assert any(str(quad.object) == '"The \\"Far\\" Light"@en' for quad in project.quads)


def test_without_a_place_for_labels_the_block_has_it(lights_copy: Path) -> None:
    (lights_copy / "data/editorial.trig").unlink()
    new = things.propose_thing(
        Desk(lights_copy, "ile-merrow"), f"{BASE}ontology#Light", "Far Light"
    )
    assert new.statement.endswith('<http://www.w3.org/2000/01/rdf-schema#label> "Far Light"@en .')


def test_only_the_block_changes_in_the_file(desk: Desk) -> None:
    before = desk.file.read_bytes()
    mode = desk.file.stat().st_mode
    desk.save("4", "    light:north-rock lights:opposite light:south-spit .", desk.digest, {})
    after = Desk(desk.root, "ile-merrow")
    assert after.block("4") == "    light:north-rock lights:opposite light:south-spit ."
    start = before.index(b"passage:4 {") + len(b"passage:4 {")
    end = before.index(b"}", start)
    assert after.file.read_bytes().startswith(before[:start])
    assert after.file.read_bytes().endswith(before[end:])
    assert after.file.stat().st_mode == mode
    assert [path.name for path in desk.file.parent.iterdir() if path.name[0] == "."] == []


def test_what_another_program_has_written_is_not_overwritten(
    desk: Desk, edit: Callable[[str, str, str], Path]
) -> None:
    read = desk.digest
    edit(FACTS, "litIn 1871", "litIn 1872")
    theirs = desk.file.read_bytes()
    for each in (desk, Desk(desk.root, "ile-merrow")):
        with pytest.raises(ChangedMeanwhile):
            each.save("4", "light:a lights:litIn 1 .", read, {f"{BASE}id/light/a": "A"})
    assert desk.file.read_bytes() == theirs
    assert '"A"@en' not in (desk.root / "data/editorial.trig").read_text("utf-8")


def test_a_block_that_is_not_whole_is_not_saved(desk: Desk) -> None:
    before = desk.file.read_bytes()
    with pytest.raises(BlockError):
        desk.save("4", "} passage:9 {", desk.digest, {})
    assert desk.file.read_bytes() == before


def test_a_passage_gets_its_first_block(desk: Desk) -> None:
    desk.save("7", "    light:north-rock a lights:Light .", desk.digest, {})
    after = Desk(desk.root, "ile-merrow")
    assert blocks.spans(after.text)[-1].graph == f"{BASE}passage/7"
    assert sources.load(desk.root).findings == ()


def test_passages_without_facts_are_known(
    lights_copy: Path, edit: Callable[[str, str, str], Path]
) -> None:
    edit(FACTS, "light:north-rock lights:opposite light:south-spit .", "# nothing yet")
    edit(
        FACTS,
        'light:south-spit a lights:Lighthouse ; lights:statedName "South Spit Light"@en .',
        "",
    )
    rows = Desk(lights_copy, "ile-merrow").rows()
    assert [row.name for row in rows if row.lacks_facts] == ["4"]
    assert [row.name for row in rows if row.kind == "furniture"] == ["7"]


@pytest.mark.parametrize("slug", ["..", "../..", "ile-merrow/..", ".", "", "/etc", "nowhere"])
def test_a_folder_that_is_no_text_is_not_opened(lights_copy: Path, slug: str) -> None:
    with pytest.raises(UnknownEntity):
        Desk(lights_copy, slug)


def test_a_facts_file_that_is_not_utf_8_is_told(lights_copy: Path) -> None:
    facts = lights_copy / FACTS
    facts.write_bytes(facts.read_bytes() + b"# \xe9\n")
    with pytest.raises(TextError, match="is not UTF-8") as caught:
        Desk(lights_copy, "ile-merrow").text  # noqa: B018 - it is read when it is asked for
    assert "Save the file" in caught.value.remedy
