"""Facts from what other tools mark in a text, in the formats that these tools write."""

from __future__ import annotations

import json
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import cassis
import pytest
from click.testing import CliRunner

from graphsvc import sources
from graphsvc.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

FACTS = "data/ile-merrow/facts.trig"
LIGHTS = "https://example.org/lights/"
MEANINGS = (
    *("--class", "PER=lights:Person", "--class", "LIGHT=lights:Light"),
    *("--property", "built=lights:partOf"),
)
NAMED_ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"


def take(project: Path, file: Path, *options: str) -> Result:
    """Import a file into the text of the tiny project."""
    return CliRunner().invoke(
        main,
        [
            *("annotations", "import", str(file), "--text", "ile-merrow"),
            *("--project", str(project), *(options or MEANINGS)),
        ],
    )


def added(project: Path, before: str) -> list[str]:
    """Return the lines that are new in the facts; all old ones must be there still."""
    old = before.splitlines()
    new = (project / FACTS).read_text("utf-8").splitlines()
    rest = iter(new)
    assert all(line in rest for line in old), "a line of the file was lost"
    for line in old:
        new.remove(line)
    return [line.strip() for line in new if line.strip()]


@pytest.fixture
def words(lights_copy: Path) -> str:
    return (lights_copy / "data" / "ile-merrow" / "text.txt").read_text("utf-8")


@pytest.fixture
def before(lights_copy: Path) -> str:
    return (lights_copy / FACTS).read_text("utf-8")


def cas_of(words: str) -> Any:
    """Return a CAS as INCEpTION makes it: named entities, a relation layer of the project's own."""
    types = cassis.TypeSystem()
    entity = types.create_type(NAMED_ENTITY, "uima.tcas.Annotation")
    for feature in ("value", "identifier"):
        types.create_feature(entity, feature, "uima.cas.String")
    relation = types.create_type("custom.Relation", "uima.tcas.Annotation")
    for end in ("Governor", "Dependent"):
        types.create_feature(relation, end, entity)
    types.create_feature(relation, "label", "uima.cas.String")
    token = types.create_type(
        "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token", "uima.tcas.Annotation"
    )
    types.create_feature(token, "form", "uima.cas.String")
    cas = cassis.Cas(types)
    cas.sofa_string, cas.sofa_mime = words, "text/plain"

    def mark(what: str, at: int, **features: str) -> Any:
        annotation_of_words = entity(begin=at, end=at + len(what), **features)
        cas.add(annotation_of_words)
        return annotation_of_words

    spit, reed = words.rindex("South Spit Light"), words.index("Tobias Reed")
    light = mark("South Spit Light", spit, value="LIGHT")
    person = mark("Tobias Reed", reed, value="PER", identifier=f"{LIGHTS}id/person/tobias-reed")
    mark("last years", words.index("last years"), value="TIME")
    ada = words.index("Ada Quill")
    mark("keeper was Ada Quill", words.index("keeper was"), value="PER")
    mark("Ada Quill. It stands", ada, value="PER")
    cas.add(token(begin=0, end=6, form="Lights"))
    cas.add(relation(begin=reed, end=reed + 11, Governor=light, Dependent=person, label="built"))
    return cas


def write_zip(cas: Any, folder: Path) -> Path:
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ile-merrow.txt.xmi", cas.to_xmi())
        archive.writestr("TypeSystem.xml", cas.typesystem.to_xml())
    return path


def write_xmi(cas: Any, folder: Path) -> Path:
    path = folder / "text.xmi"
    path.write_text(cas.to_xmi(), "utf-8")
    (folder / "TypeSystem.xml").write_text(cas.typesystem.to_xml(), "utf-8")
    return path


def write_json(cas: Any, folder: Path) -> Path:
    path = folder / "text.json"
    path.write_text(cas.to_json(), "utf-8")
    return path


@pytest.mark.parametrize("write", [write_zip, write_xmi, write_json])
def test_what_inception_exports(
    lights_copy: Path, tmp_path: Path, words: str, before: str, write: Callable[[Any, Path], Path]
) -> None:
    # A letter beyond the basic plane counts twice in a CAS.
    heading = "Lights of Île Merrow"
    for name in ("text.txt", "passages.tsv", "facts.trig"):
        file = lights_copy / "data" / "ile-merrow" / name
        file.write_text(file.read_text("utf-8").replace(heading, f"🗼 {heading}"), "utf-8")
    before = before.replace(heading, f"🗼 {heading}")
    result = take(lights_copy, write(cas_of(words.replace(heading, f"🗼 {heading}")), tmp_path))
    assert result.exit_code == 0, result.output
    assert added(lights_copy, before) == [
        "person:keeper-was-ada-quill a lights:Person .",
        'person:keeper-was-ada-quill lights:statedName "keeper was Ada Quill"@en .',
        'light:south-spit lights:statedName "South Spit Light"@en .',
        "light:south-spit lights:partOf person:tobias-reed .",
        "# suggested: last years (TIME)",
    ]
    assert "“Ada Quill. It stands”: the words go across passages." in result.stderr
    project = sources.load(lights_copy)
    assert project.findings == ()


LINES = [
    {
        "id": 1,
        "text": "Its first keeper was Ada Quill.",
        "label": [[21, 30, "PER"], [4, 16, "ROLE"]],
    },
    {
        "id": 2,
        "text": "South Spit Light was built by Tobias Reed, and Ada Quill kept it",
        "entities": [
            {"id": 3, "label": "PER", "start_offset": 30, "end_offset": 41},
            {"id": 4, "label": "LIGHT", "start_offset": 0, "end_offset": 16},
        ],
        "relations": [
            {"id": 1, "from_id": 4, "to_id": 3, "type": "built"},
            {"id": 2, "from_id": 4, "to_id": 3, "type": "kept"},
        ],
    },
]


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    """Return a file as doccano exports it."""
    file = tmp_path / "all.jsonl"
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in LINES)
    file.write_text(text, "utf-8")
    return file


def test_what_doccano_exports(lights_copy: Path, lines: Path, before: str) -> None:
    result = take(lights_copy, lines)
    assert added(lights_copy, before) == [
        "# suggested: first keeper (ROLE)",
        'light:south-spit lights:statedName "South Spit Light"@en .',
        "light:south-spit lights:partOf person:tobias-reed .",
        "# suggested: South Spit Light kept Tobias Reed (kept)",
    ]
    assert result.stdout.startswith("2 facts and 2 suggestions written")


def test_what_was_taken_is_not_taken_again(lights_copy: Path, lines: Path) -> None:
    take(lights_copy, lines)
    once = (lights_copy / FACTS).read_bytes()
    assert take(lights_copy, lines).stdout.startswith("0 facts and 0 suggestions written")
    assert (lights_copy / FACTS).read_bytes() == once


def test_a_passage_without_a_block_gets_one_in_its_place(lights_copy: Path, tmp_path: Path) -> None:
    folder = lights_copy / "data" / "ile-merrow"
    text = (folder / "facts.trig").read_text("utf-8")
    start, end = text.index("#> Its first keeper"), text.index("#> It stands opposite")
    (folder / "facts.trig").write_text(text[:start] + text[end:], "utf-8")
    file = tmp_path / "one.jsonl"
    file.write_text(json.dumps(LINES[0]) + "\n", "utf-8")
    take(lights_copy, file)
    after = (folder / "facts.trig").read_text("utf-8")
    assert (
        "#> Its first keeper was Ada Quill.\npassage:3 {\n    person:ada-quill a lights:Person .\n"
        '    person:ada-quill lights:statedName "Ada Quill"@en .\n'
        "    # suggested: first keeper (ROLE)\n}"
    ) in after
    assert after.index("passage:2 {") < after.index("passage:3 {") < after.index("passage:4 {")
    assert sources.load(lights_copy).findings == ()


def annotation(exact: str, body: object, **selector: str) -> dict[str, object]:
    quote = {"type": "TextQuoteSelector", "exact": exact, **selector}
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": "https://tool.example/1",
        "type": "Annotation",
        "body": body,
        "target": {"source": "https://tool.example/text", "selector": quote},
    }


@pytest.mark.parametrize(
    ("web_annotation", "line"),
    [
        (
            annotation("Ada Quill", f"{LIGHTS}id/person/quill", prefix="Reed, and "),
            'person:quill lights:statedName "Ada Quill"@en .',
        ),
        (
            annotation("last years", {"type": "TextualBody", "value": "PER", "purpose": "tagging"}),
            "person:last-years a lights:Person .",
        ),
        (
            annotation(
                "Tobias Reed",
                {
                    "type": "rdf:Statement",
                    "rdf:subject": {"id": f"{LIGHTS}id/person/tobias-reed"},
                    "rdf:predicate": {"id": "rdfs:comment"},
                    "rdf:object": {"@value": "A builder", "@language": "en"},
                },
            ),
            'person:tobias-reed <http://www.w3.org/2000/01/rdf-schema#comment> "A builder"@en .',
        ),
    ],
)
def test_web_annotations_of_other_tools(
    lights_copy: Path, tmp_path: Path, before: str, web_annotation: dict[str, object], line: str
) -> None:
    file = tmp_path / "given.jsonld"
    file.write_text(json.dumps([web_annotation]), "utf-8")
    assert take(lights_copy, file).exit_code == 0
    assert added(lights_copy, before)[0] == line


def test_words_that_stand_in_several_places_are_told(lights_copy: Path, tmp_path: Path) -> None:
    file = tmp_path / "given.jsonld"
    file.write_text(json.dumps(annotation("Ada Quill", {"value": "PER"})), "utf-8")
    assert "stand in several places" in take(lights_copy, file).stderr


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("no json", MEANINGS, "holds no annotations"),
        ('{"a": 1}', MEANINGS, "holds no annotations"),
        ("[]", ("--class", "PER"), "does not say what a label means"),
        ("[]", ("--class", "PER=none:Person"), "does not say what a label means"),
        ("[]", ("--class", "PER=http://a b"), "does not say what a label means"),
    ],
)
def test_what_cannot_be_read_is_told(
    lights_copy: Path, tmp_path: Path, text: str, options: tuple[str, ...], words: str
) -> None:
    file = tmp_path / "given.json"
    file.write_text(text, "utf-8")
    result = take(lights_copy, file, *options)
    assert result.exit_code != 0
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_a_link_that_is_no_iri_leaves_the_file_as_it_was(
    lights_copy: Path, tmp_path: Path, before: str
) -> None:
    file = tmp_path / "given.jsonld"
    file.write_text(json.dumps(annotation("last years", "http://x/a b")), "utf-8")
    result = take(lights_copy, file)
    assert isinstance(result.exception, SystemExit)
    assert "http://x/a b" in result.stderr
    assert (lights_copy / FACTS).read_text("utf-8") == before


def test_a_cas_takes_a_library_and_says_so(
    lights_copy: Path, tmp_path: Path, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_json(cas_of(words), tmp_path)
    monkeypatch.setitem(sys.modules, "cassis", None)
    result = take(lights_copy, file)
    assert result.exit_code == 1
    assert "pip install 'graphsvc[annotations]'" in result.stderr


def test_a_text_that_is_not_there(lights_copy: Path, lines: Path) -> None:
    result = CliRunner().invoke(
        main,
        ["annotations", "import", str(lines), "--text", "no", "--project", str(lights_copy)],
    )
    assert (result.exit_code, "There are: ile-merrow" in result.stderr) == (2, True)
