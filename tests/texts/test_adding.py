"""``graphsvc text add``: documents of each kind become a text, its passages and its blocks."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode

from graphsvc import sources
from graphsvc.authoring import plain, segments
from graphsvc.authoring.suggestions import ThingNames
from graphsvc.cli import main
from graphsvc.namespaces import PROV, SCHEMA
from graphsvc.texts import register
from graphsvc.texts.anchoring import anchor_passages
from graphsvc.texts.model import PassageEntry, PassageKind, TextLocation
from texts import samples

if TYPE_CHECKING:
    from pathlib import Path

    from texts.conftest import Curator


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """Return a folder with the samples."""
    for name, make in samples.FILES.items():
        (tmp_path / name).write_bytes(make())
    return tmp_path


def plainly(listed: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return passages without the marks of items, which plain text has in its words."""
    return [(kind, words.removeprefix("- ")) for kind, words in listed]


@pytest.mark.parametrize("ending", ["md", "html", "txt", "docx"])
def test_each_format_gives_the_same_passages(curator: Curator, document: Path, ending: str) -> None:
    curator.does("text", "add", document / f"ferries.{ending}", "--language", "en")
    of_text = [each for each in curator.listed("ferries") if each[0] != "furniture"]
    assert plainly(of_text) == samples.PASSAGES
    assert curator.findings() == []


def test_a_pdf_gives_headings_items_and_furniture(curator: Curator, document: Path) -> None:
    curator.does("text", "add", document / "ferries.pdf", "--language", "en")
    assert sorted(curator.listed("ferries")) == sorted(
        [
            ("furniture", "Merrow Museum, leaflets"),
            ("heading 1", "The Ferries of Île Merrow"),
            ("sentence", samples.PASSAGES[1][1]),
            (
                "sentence",
                "She wrote that the fare was £2.50 and that the passage was calm.",
            ),
            ("furniture", "Page 1"),
            ("furniture", "Merrow Museum, leaflets"),
            *samples.PASSAGES[3:],
            ("furniture", "Page 2"),
        ]
    )
    assert curator.findings() == []


def test_a_page_keeps_its_furniture_and_says_its_language(curator: Curator, document: Path) -> None:
    curator.does("text", "add", document / "ferries.html")
    furniture = [words for kind, words in curator.listed("ferries") if kind == "furniture"]
    assert furniture == ["Merrow Museum", "Home", "© Merrow Museum"]
    assert '"Ferries of Merrow"@en-GB' in curator.text("ferries/source.ttl")
    # Furniture states nothing, so that no block waits for its facts.
    assert "© Merrow Museum" not in curator.text("ferries/facts.trig")


def test_the_original_is_kept_and_its_digest_is_in_the_graph(
    curator: Curator, document: Path
) -> None:
    curator.does("text", "add", document / "ferries.docx", "--name", "boats")
    data = (document / "ferries.docx").read_bytes()
    assert curator.file("boats/original.docx").read_bytes() == data
    project = sources.load(curator.root)
    text = NamedNode(f"{project.base}source/boats")
    objects = {(quad.subject, quad.predicate): quad.object for quad in project.quads}
    original = objects[text, PROV.wasDerivedFrom]
    assert isinstance(original, NamedNode)
    assert objects[original, SCHEMA.sha256] == Literal(hashlib.sha256(data).hexdigest())
    assert CliRunner().invoke(main, ["check", str(curator.root)]).exit_code == 0


def test_plain_text_is_kept_byte_for_byte_and_once(curator: Curator, document: Path) -> None:
    curator.does("text", "add", document / "ferries.txt")
    assert curator.file("ferries/text.txt").read_bytes() == samples.PLAIN.encode()
    assert not list(curator.file("ferries").glob("original.*"))


def test_lines_ended_as_on_windows_are_read_and_the_file_is_kept(
    curator: Curator, tmp_path: Path
) -> None:
    file = tmp_path / "old.txt"
    file.write_bytes(samples.PLAIN.replace("\n", "\r\n").encode("utf-8-sig"))
    curator.does("text", "add", file)
    assert curator.text("old/text.txt") == samples.PLAIN
    assert curator.file("old/original.txt").read_bytes() == file.read_bytes()


def test_passages_have_the_next_names_of_the_project(curator: Curator, document: Path) -> None:
    curator.does("text", "add", document / "ferries.md")
    curator.does("text", "add", document / "ferries.txt", "--name", "again")
    assert [*curator.words("ferries")] == ["8", "9", "10", "11", "12", "13"]
    assert [*curator.words("again")] == ["14", "15", "16", "17", "18", "19"]


def test_each_passage_has_a_block_with_what_it_names(curator: Curator, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("To the keeper\n\nAda Quil has left PORT MERROW. It rained.\n", "utf-8")
    curator.does("text", "add", file, "--title", "A letter", "--language", "en")
    assert curator.text("letter/facts.trig").endswith(
        """\
#> To the keeper
passage:8 {
}

#> Ada Quil has left PORT MERROW.
passage:9 {
    # place:port-merrow "Port Merrow"
    # person:ada-quill "Ada Quill" (nearly)
}

#> It rained.
passage:10 {
}
"""
    )
    assert 'lights:SourceDocument ;\n    dcterms:title "A letter"@en' in curator.text(
        "letter/source.ttl"
    )


def test_a_name_is_suggested_only_where_it_stands_as_a_word() -> None:
    names = ThingNames({"Ada": ["a:ada"], "灯塔": ["a:light"], "Ro": ["a:ro"], "Rock": ["a:rock"]})

    def named(words: str) -> list[str]:
        return [each.iri for each in names.find_in(words)]

    assert named("Adam saw Canada.") == []
    assert named("ADA's lamp, Ada Quill") == ["a:ada"]
    assert named("这座灯塔很高。") == ["a:light"]
    assert named("Rock and Ro") == ["a:rock", "a:ro"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ["今天天气很好。", "我们去公园。"]),
        ("ar", ["مرحبا بالعالم.", "كيف حالك؟", "أنا بخير."]),
        ("de", ["Am 3. Mai 1904 kam er.", "Er ging z. B. heim."]),
    ],
)
def test_sentences_end_as_in_their_language(
    curator: Curator, tmp_path: Path, language: str, words: list[str]
) -> None:
    file = tmp_path / "text.txt"
    file.write_text(("" if language == "zh" else " ").join(words), "utf-8")
    curator.does("text", "add", file, "--language", language)
    assert [*curator.words("text").values()] == words


@given(
    st.lists(
        st.sampled_from([*"aB .!?\n\t\"'()“”。,-é😀1\u00a0\u2028\x0c\u200b", "Mr. ", "\n\n", "- "]),
        max_size=60,
    ).map("".join)
)
@example("B\u2028.")
def test_every_sign_of_any_text_is_in_a_passage(content: str) -> None:
    parts = segments.passages(content, plain.read(content).stretches, "en")
    entries = [
        PassageEntry(str(number), part.kind, content[part.begin : part.end], part.level)
        for number, part in enumerate(parts)
    ]
    place = TextLocation("any", "https://example.org/")
    listed, wrong = register.read(register.format_register(entries), place)
    passages, misplaced = anchor_passages(listed, content, place)
    assert (wrong, misplaced) == ([], [])
    assert [(each.begin, each.end) for each in passages] == [(p.begin, p.end) for p in parts]


def test_a_line_separator_within_words_ends_no_line_of_the_list() -> None:
    entry = PassageEntry("1", PassageKind.SENTENCE, "One\u2028line\x0cof\x85words.", 0, 2)
    place = TextLocation("any", "https://example.org/")
    assert register.read(register.format_register([entry]), place) == ([entry], [])


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("x.odt", b"x", ".docx"),
        ("x.txt", b"caf\xe9", "Save the file as UTF-8."),
        ("x.pdf", b"no PDF", "cannot be read as PDF"),
        ("x.docx", b"no Word document", "cannot be read as DOCX"),
        ("x.html", b"<script>1</script>", "has no words"),
        ("日本.txt", b"A.", "--name"),
        ("ile-merrow.txt", b"A.", "There is a folder data/ile-merrow already."),
    ],
)
def test_what_cannot_be_taken_in_is_told_and_nothing_is_written(
    curator: Curator, tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(data)
    before = curator.snapshot()
    result = curator.run("text", "add", tmp_path / name)
    assert result.exit_code == 1
    assert message in " ".join(result.output.split())
    assert curator.snapshot() == before
