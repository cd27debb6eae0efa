"""``graphsvc text update``: every passage that remains in a text keeps its name and its facts."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphsvc.authoring import updating
from texts import samples
from texts.conftest import Curator

if TYPE_CHECKING:
    from collections.abc import Callable

LIGHTS = Path(__file__).parents[1] / "projects" / "lights"
TEXT = "ile-merrow/text.txt"
FACTS = "ile-merrow/facts.trig"


@pytest.fixture
def rewrite(curator: Curator, replace_in: Callable[[Path, str, str], None]) -> Callable[..., str]:
    """Return what replaces words in the text, updates it, and returns what the command prints."""

    def rewritten(old: str, new: str) -> str:
        replace_in(curator.file(TEXT), old, new)
        return curator.does("text", "update", "ile-merrow")

    return rewritten


def block(curator: Curator, name: str) -> str:
    """Return the block of a passage with its quote, as facts.trig has it."""
    match = re.search(
        rf"(^#>.*\n)+passage:{name} \{{(.|\n)*?^\}}", curator.text(FACTS), re.MULTILINE
    )
    assert match is not None
    return str(match[0])


def test_the_shipped_text_stays_byte_for_byte(mechanisms_copy: Path) -> None:
    curator = Curator(mechanisms_copy)
    before = curator.snapshot()
    output = curator.does("text", "update", "international-working-mechanisms")
    assert "nothing changes" in output
    assert curator.snapshot() == before


def test_an_inserted_sentence_gets_a_name_and_a_block_in_its_place(
    curator: Curator, rewrite: Callable[..., str]
) -> None:
    before = {name: block(curator, name) for name in "123456"}
    output = rewrite("It stands opposite", "Ada Quill never slept. It stands opposite")
    assert [*curator.words("ile-merrow")] == ["1", "2", "3", "8", "4", "5", "6", "7"]
    assert "1 new\n  8 (sentence) “Ada Quill never slept.”" in output
    assert {name: block(curator, name) for name in "123456"} == before
    assert (
        "passage:3 {\n    light:north-rock lights:hasKeepership keepership:quill-at-north-rock ."
        in curator.text(FACTS)
    )
    assert (
        '}\n\n#> Ada Quill never slept.\npassage:8 {\n    # person:ada-quill "Ada Quill"\n}\n\n#>'
        in curator.text(FACTS)
    )
    assert curator.findings() == []


def test_a_changed_sentence_keeps_name_and_facts_and_is_told(
    curator: Curator, rewrite: Callable[..., str]
) -> None:
    output = rewrite("lit in 1871 on the order", "lit on 3 May 1871 by the order")
    words = "North Rock Light was lit on 3 May 1871 by the order of the Harbour Board."
    assert curator.words("ile-merrow")["2"] == words
    assert block(curator, "2").startswith(f"#> {words}\npassage:2 {{\n    light:north-rock a ")
    assert "1 changed\n  2 (sentence)" in output
    assert "before: “North Rock Light was lit in 1871 on the order" in output
    assert curator.findings() == []


def test_a_moved_sentence_keeps_name_and_facts(
    curator: Curator, rewrite: Callable[..., str]
) -> None:
    before = block(curator, "3")
    curator.file(TEXT).write_bytes(
        curator.file(TEXT).read_bytes().replace(b"Its first keeper was Ada Quill. ", b"")
    )
    output = rewrite("\n\nShare", " Its first keeper was Ada Quill.\n\nShare")
    assert [*curator.words("ile-merrow")] == ["1", "2", "4", "5", "6", "3", "7"]
    assert "1 moved\n  3 (sentence)" in output
    assert re.findall(r"^passage:(\d)", curator.text(FACTS), re.MULTILINE) == [
        "1",
        "2",
        "4",
        "5",
        "6",
        "3",
    ]
    assert block(curator, "3") == before
    assert curator.findings() == []


def test_facts_of_what_is_gone_stay_as_comments(
    curator: Curator, rewrite: Callable[..., str]
) -> None:
    curator.file("editorial.trig").write_bytes(
        curator.file("editorial.trig")
        .read_bytes()
        .replace(
            b"light:north-rock rdfs:label",
            b'passage:4 rdfs:label "Opposite"@en .\n    light:north-rock rdfs:label',
        )
        .replace(
            b"@prefix person:",
            b"@prefix passage: <https://example.org/lights/passage/> .\n@prefix person:",
        )
    )
    output = rewrite(" It stands opposite South Spit Light.", "")
    assert "1 gone\n  4 (sentence)" in output
    assert "still named in data/editorial.trig:" in output
    assert curator.text(FACTS).endswith(
        """\
# Gone: 4\tsentence\tIt stands opposite South Spit Light.
# passage:4 {
#     light:north-rock lights:opposite light:south-spit .
#     light:south-spit a lights:Lighthouse ; lights:statedName "South Spit Light"@en .
# }
"""
    )
    assert curator.findings() == []


def test_what_comes_back_gets_its_name_and_its_facts_again(
    curator: Curator, rewrite: Callable[..., str]
) -> None:
    before = curator.snapshot()
    rewrite(" It stands opposite South Spit Light.", "")
    rewrite("Share this page", "Print this")
    output = rewrite("Ada Quill.", "Ada Quill. It stands opposite South Spit Light.")
    assert "1 returned, with name and facts\n  4 (sentence)" in output
    assert curator.text(FACTS).startswith(before[f"data/{FACTS}"].decode().rstrip())
    rewrite("Print this", "Share this page")
    assert curator.words("ile-merrow")["7"] == "Share this page"
    assert {**curator.snapshot(), f"data/{FACTS}": b""} == {**before, f"data/{FACTS}": b""}


def test_the_name_of_what_is_gone_is_given_to_nothing_else(
    curator: Curator, rewrite: Callable[..., str]
) -> None:
    rewrite("\nShare this page", "")
    output = rewrite(
        "Ada Quill kept it in her last years.", "Ada Quill kept it in her last years. Rain fell."
    )
    assert "8 (sentence) “Rain fell.”" in output
    assert "7" not in curator.words("ile-merrow")


def test_a_kind_that_a_person_set_stays(
    curator: Curator, rewrite: Callable[..., str], replace_in: Callable[[Path, str, str], None]
) -> None:
    replace_in(curator.file("ile-merrow/passages.tsv"), "4\tsentence", "4\tfurniture")
    rewrite("It stands opposite South", "Hello. It stands right opposite South")
    kinds = {entry.name: entry.kind.value for entry in curator.entries("ile-merrow")}
    furniture = [name for name, kind in kinds.items() if kind == "furniture"]
    assert ([*kinds], furniture) == (["1", "2", "3", "8", "4", "5", "6", "7"], ["4", "7"])


def test_passages_that_a_person_divided_stay_divided(
    curator: Curator, rewrite: Callable[..., str], replace_in: Callable[[Path, str, str], None]
) -> None:
    listed = curator.file("ile-merrow/passages.tsv")
    replace_in(
        listed,
        "6\tsentence\tSouth Spit Light was built by Tobias Reed, and",
        "6\tsentence\tSouth Spit Light was built by Tobias Reed,\n61\tsentence\tand",
    )
    replace_in(curator.file(FACTS), "Reed, and Ada Quill kept it in her last years.\n", "Reed,\n")
    assert "nothing changes" in curator.does("text", "update", "ile-merrow")
    rewrite("The Harbour Board has its seat in Port Merrow, on Île Merrow. ", "A fog came. ")
    assert [*curator.words("ile-merrow")] == ["1", "2", "3", "4", "62", "6", "61", "7"]
    assert curator.findings() == []


def test_a_line_that_joins_a_list_is_an_item(curator: Curator, tmp_path: Path) -> None:
    (tmp_path / "ferries.html").write_text(samples.HTML, "utf-8")
    curator.does("text", "add", tmp_path / "ferries.html")
    text = curator.file("ferries/text.txt")
    text.write_text(text.read_text("utf-8").replace("Tern,", "Gull\n\nTern,"), "utf-8")
    curator.does("text", "update", "ferries")
    assert curator.listed("ferries")[5:8] == [
        ("heading 2", "Boats"),
        ("item", "Seal, until 1911"),
        ("item", "Gull"),
    ]


def test_a_new_original_takes_the_place_of_the_old_one(curator: Curator, tmp_path: Path) -> None:
    file = tmp_path / "ferries.html"
    file.write_text(samples.HTML, "utf-8")
    curator.does("text", "add", file)
    before = curator.words("ferries")
    new = tmp_path / "new.md"
    new.write_text(
        "# The Ferries of Île Merrow\n\n## Boats\n\n- Seal, until 1912\n- Gull\n", "utf-8"
    )
    output = curator.does("text", "update", "ferries", new)
    assert sorted(path.name for path in curator.file("ferries").iterdir()) == sorted(
        ["facts.trig", "original.md", "passages.tsv", "source.ttl", "text.txt"]
    )
    after = curator.words("ferries")
    new_names = {words: name for name, words in after.items()}
    old = {words: name for name, words in before.items()}
    assert new_names["The Ferries of Île Merrow"] == old["The Ferries of Île Merrow"]
    assert new_names["Seal, until 1912"] == old["Seal, until 1911"]
    assert int(new_names["Gull"]) > max(map(int, before))
    assert "new" in output
    assert curator.findings() == []
    assert "nothing changes" in curator.does("text", "update", "ferries", new)


def test_a_trial_tells_and_writes_nothing(
    curator: Curator, replace_in: Callable[[Path, str, str], None]
) -> None:
    replace_in(curator.file(TEXT), "Its first keeper", "Nobody came. Its second keeper")
    before = curator.snapshot()
    trial = curator.does("text", "update", "ile-merrow", "--dry-run")
    assert curator.snapshot() == before
    real = curator.does("text", "update", "ile-merrow")
    assert trial.replace("would change", "written") == real
    assert "would change: data/ile-merrow/facts.trig" in trial


def test_a_quote_that_was_mistyped_is_put_right(
    curator: Curator, replace_in: Callable[[Path, str, str], None]
) -> None:
    before = curator.snapshot()
    replace_in(curator.file(FACTS), "#> Its first keeper was Ada", "#> Its frist keeper was Ada")
    curator.does("text", "update", "ile-merrow")
    assert curator.snapshot() == before


def test_comments_between_blocks_stay(
    curator: Curator, rewrite: Callable[..., str], replace_in: Callable[[Path, str, str], None]
) -> None:
    replace_in(curator.file(FACTS), "#> It stands", "# === Places ===\n\n#> It stands")
    rewrite(" It stands opposite South Spit Light.", " Rain fell.")
    assert "# === Places ===\n\n#> The Harbour Board has" in curator.text(FACTS)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ((FACTS, "place:ile-merrow a lights:Place ;", "place:ile-merrow a ;"), "have errors"),
        ((FACTS, "passage:3 {", "passage:33 {"), "named after no passage"),
        (("ile-merrow/passages.tsv", "4\tsentence", "4\tsentense"), "This line names no passage."),
    ],
)
def test_files_that_are_wrong_are_told_and_stay(
    curator: Curator,
    replace_in: Callable[[Path, str, str], None],
    fault: tuple[str, str, str],
    message: str,
) -> None:
    replace_in(curator.file(TEXT), "Its first keeper", "Nobody came. Its first keeper")
    path, *words = fault
    replace_in(curator.file(path), *words)
    before = curator.snapshot()
    result = curator.run("text", "update", "ile-merrow")
    assert result.exit_code == 1
    assert message in " ".join(result.output.split())
    assert curator.snapshot() == before


def test_an_unknown_text_is_told_with_those_that_there_are(curator: Curator) -> None:
    result = curator.run("text", "update", "ile-merow")
    assert result.exit_code == 1
    assert "It has: ile-merrow." in result.output


# --- any text and any edits -----------------------------------------------------------------------

WORDS = st.sampled_from(
    ["ada", "light", "sea", "stone", "boat", "fog", "wind", "keeper", "harbour", "night"]
)
SENTENCES = st.lists(WORDS, min_size=2, max_size=9).map(
    lambda words: f"{' '.join(words).capitalize()}."
)
BREAKS = st.sampled_from([" ", " ", "\n", "\n\n"])
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["insert", "delete", "swap", "change"]),
        st.integers(0, 1000),
        st.integers(0, 1000),
        SENTENCES,
    ),
    max_size=6,
)


def edited(sentences: list[str], edits: list[tuple[str, int, int, str]]) -> list[str]:
    """Return sentences after edits; the places of each are taken round the text."""
    result = list(sentences)
    for what, one, other, sentence in edits:
        if what == "insert" or not result:
            result.insert(one % (len(result) + 1), sentence)
        elif what == "delete":
            del result[one % len(result)]
        elif what == "swap":
            pair = one % len(result), other % len(result)
            result[pair[0]], result[pair[1]] = result[pair[1]], result[pair[0]]
        else:
            words = result[one % len(result)].split()
            result[one % len(result)] = " ".join([*words[:-1], "indeed", words[-1]])
    return result or ["Nothing is left."]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(SENTENCES, min_size=1, max_size=12, unique=True),
    EDITS,
    st.lists(BREAKS, min_size=30, max_size=30),
)
def test_any_edits_keep_the_names_of_what_is_still_there(
    tmp_path: Path,
    sentences: list[str],
    edits: list[tuple[str, int, int, str]],
    breaks: list[str],
) -> None:
    def joined(parts: list[str]) -> str:
        return "".join(part + end for part, end in zip(parts, breaks, strict=False))

    shutil.rmtree(tmp_path / "project", ignore_errors=True)
    shutil.copytree(LIGHTS, tmp_path / "project")
    curator = Curator(tmp_path / "project")
    (tmp_path / "any.txt").write_text(joined(sentences), "utf-8")
    curator.does("text", "add", tmp_path / "any.txt")
    before = curator.words("any")
    assert [*before.values()] == sentences
    after_edits = edited(sentences, edits)
    curator.file("any/text.txt").write_text(joined(after_edits), "utf-8")
    curator.does("text", "update", "any")
    after = curator.words("any")
    assert [*after.values()] == after_edits
    still_there = {name: words for name, words in before.items() if words in after_edits}
    assert {name: after.get(name) for name in still_there} == still_there
    assert curator.findings() == []
    again = updating.update(curator.root, "any")
    assert not again.files


# --- the file of facts ----------------------------------------------------------------------------


def test_what_is_before_the_first_sentence_stays_there(
    curator: Curator, rewrite: Callable[..., str]
) -> None:
    head = curator.text(FACTS).partition("#> Lights")[0]
    rewrite("Lights of Île Merrow\n\n", "")
    assert curator.text(FACTS).startswith(f"{head}#> North Rock Light was lit")
    rewrite("North Rock Light was lit", "Fog fell. North Rock Light was lit")
    assert curator.text(FACTS).startswith(f"{head}#> Fog fell.\npassage:8 {{\n}}\n\n#> North Rock")
    assert curator.findings() == []


def test_blocks_may_be_written_in_any_way_of_the_syntax(
    curator: Curator, rewrite: Callable[..., str], replace_in: Callable[[Path, str, str], None]
) -> None:
    facts = curator.file(FACTS)
    replace_in(facts, "passage:3 {", "GRAPH passage:3\n{ # what { it } says")
    replace_in(facts, "passage:5 {", "<https://example.org/lights/passage/5> {")
    replace_in(facts, '"Port Merrow"@en ;', '"""Port Merrow"""@en ;')
    replace_in(
        facts,
        "#> It stands opposite South Spit Light.",
        "#> It stands opposite\n#> South Spit Light.",
    )
    before = curator.text(FACTS)
    rewrite("Tobias Reed, and", "Tobias Reed himself, and")
    assert curator.text(FACTS) == before.replace("Tobias Reed, and", "Tobias Reed himself, and")
    rewrite("Its first keeper was Ada Quill. ", "")
    assert (
        "# Gone: 3\tsentence\tIts first keeper was Ada Quill.\n# GRAPH passage:3\n# { # what { it"
        in curator.text(FACTS)
    )
    assert curator.findings() == []


def test_files_that_are_written_anew_keep_their_permissions(mechanisms_copy: Path) -> None:
    folder = mechanisms_copy / "data" / "international-working-mechanisms"
    facts = folder / "facts.trig"
    facts.chmod(0o600)
    text = folder / "text.txt"
    words = text.read_text("utf-8").replace(
        "CRCCME Chinese Secretariat is in", "Its Secretariat is in"
    )
    text.write_text(words, "utf-8")
    updating.update(mechanisms_copy, folder.name, None).write(mechanisms_copy)
    assert "#> Its Secretariat is in CCCME." in facts.read_text("utf-8")
    assert facts.stat().st_mode & 0o777 == 0o600
