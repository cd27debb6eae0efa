"""What of a text has no facts yet, and what is probably meant to be one thing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from graphsvc import sources
from graphsvc.cli import main
from graphsvc.validation import validate_quickly
from graphsvc.validation.similarity import are_iris_similar, are_names_similar, similar_pairs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

FACTS = "data/ile-merrow/facts.trig"
EDITORIAL = "data/editorial.trig"
REED = 'person:tobias-reed a lights:Person ; lights:statedName "Tobias Reed"@en .'
LABEL = 'person:tobias-reed rdfs:label "Tobias Reed"@en .'


def messages(project: Path, check: str) -> list[str]:
    """Return the messages of one check of a project."""
    return [each.message for each in validate_quickly(sources.load(project)) if each.check == check]


def run(project: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["coverage", "--project", str(project), *options])


@pytest.fixture
def with_gap(lights_copy: Path) -> Path:
    """Return the project with a sentence, an item and a heading of which nothing is stated."""
    folder = lights_copy / "data" / "ile-merrow"
    for name, words in (
        ("text.txt", "\nTides\n\nThe tide is high. A red lamp\n"),
        (
            "passages.tsv",
            "8\theading 1\tTides\n9\tsentence\tThe tide is high.\n10\titem\tA red lamp\n",
        ),
    ):
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(words)
    return lights_copy


def test_what_states_nothing_is_named_with_its_line(with_gap: Path) -> None:
    gaps = [
        f for f in validate_quickly(sources.load(with_gap)) if f.check == "passage-without-facts"
    ]
    assert [(gap.path, gap.line) for gap in gaps] == [
        ("data/ile-merrow/passages.tsv", 10),
        ("data/ile-merrow/passages.tsv", 11),
    ]
    assert "The tide is high." in gaps[0].message


def test_headings_are_counted_apart_and_furniture_is_not(with_gap: Path) -> None:
    report = json.loads(run(with_gap, "--json").stdout)
    (text,) = report["texts"]
    assert text["kinds"]["sentence"] == {"stating": 5, "total": 6}
    assert text["kinds"]["item"] == {"stating": 0, "total": 1}
    assert text["kinds"]["heading"] == {"stating": 1, "total": 2}
    assert report["percent"] == pytest.approx(100 * 5 / 7, abs=0.01)
    assert text["things_in_one_passage"] == [
        f"https://example.org/lights/id/{name}"
        for name in (
            "keepership/quill-at-north-rock",
            "keepership/quill-at-south-spit",
            "person/tobias-reed",
            "place/port-merrow",
        )
    ]


def test_too_little_coverage_fails_where_a_measure_is_set(with_gap: Path) -> None:
    assert run(with_gap).exit_code == 0
    assert run(with_gap, "--fail-under", "71").exit_code == 0
    failed = run(with_gap, "--fail-under", "72")
    assert failed.exit_code == 1
    assert failed.stdout.splitlines()[-1] == "5 of 7 sentences and items state a fact (71 %)."
    assert "passage-without-facts (2)" in failed.stdout


def test_words_that_are_not_in_their_sentence_are_shown(edit: Callable[..., Path]) -> None:
    project = edit(FACTS, '"Tobias Reed"@en', '"Tobias Read"@en')
    assert "words-not-in-passage (1)" in run(project).stdout


@pytest.mark.parametrize("name", ["Tobias Read", "Reed Tobias", "TobiasReed"])
def test_things_with_nearly_the_same_name_are_told(edit: Callable[..., Path], name: str) -> None:
    other = f'person:other a lights:Person ; rdfs:label "{name}"@en .'
    project = edit(EDITORIAL, LABEL, f"{LABEL} {other}")
    (message,) = messages(project, "near-duplicate")
    assert "person:other and person:tobias-reed" in message


def test_two_things_of_one_name_are_told_unless_their_labels_differ(
    edit: Callable[..., Path],
) -> None:
    other = 'person:other a lights:Person ; lights:statedName "Tobias Reed"@en .'
    project = edit(EDITORIAL, LABEL, f"{LABEL} {other}")
    (message,) = messages(project, "same-name")
    assert "person:other and person:tobias-reed" in message
    assert messages(project, "near-duplicate") == []
    edit(EDITORIAL, other, f'{other} person:other rdfs:label "Tobias Reed of Port Merrow"@en .')
    assert messages(project, "same-name") == []


def test_an_iri_that_is_a_letter_away_is_told(edit: Callable[..., Path]) -> None:
    project = edit(FACTS, "lights:builtBy person:tobias-reed", "lights:builtBy person:tobais-reed")
    (message,) = messages(project, "iri-typo")
    assert "person:tobais-reed" in message
    assert "person:tobias-reed" in message


def test_a_thing_that_nothing_ties_to_others_is_told(edit: Callable[..., Path]) -> None:
    lonely = 'person:lonely a lights:Person ; lights:statedName "Reed"@en .'
    project = edit(FACTS, REED, f"{REED} {lonely}")
    (message,) = messages(project, "thing-without-relation")
    assert "person:lonely" in message


def test_a_project_without_texts_says_so(tmp_path: Path) -> None:
    file = tmp_path / "some.ttl"
    file.write_text("<http://example.org/a> <http://example.org/b> 1 .", "utf-8")
    result = CliRunner().invoke(main, ["coverage", str(file)])
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "The project has no texts.")


@pytest.mark.parametrize(
    ("one", "other", "similar"),
    [
        ("harbour board", "harbuor board", True),
        ("harbour board", "harbour baord", True),
        ("harbour bord of merow", "harbour board of merrow", True),
        ("north rock light", "south rock light", False),
        ("working group 1", "working group 2", False),
        ("li wei", "li wen", False),
    ],
)
def test_only_misspelt_names_are_similar(one: str, other: str, similar: bool) -> None:  # noqa: FBT001
    assert are_names_similar(one, other) is similar


def test_near_pairs_are_found_among_many_without_comparing_all() -> None:
    words = [f"keeper {number * 7919 % 10007:05} of the light" for number in range(5000)]
    slip = words[1234].replace("keeper", "kepeer")
    comparisons = 0

    def counted(one: str, other: str) -> bool:
        nonlocal comparisons
        comparisons += 1
        return are_names_similar(one, other)

    pairs = list(similar_pairs([*words, slip], counted))
    assert pairs == [(words[1234], slip)]
    assert comparisons <= 8 * len(words) + 8


def test_a_short_iri_and_another_number_are_no_slip() -> None:
    assert not are_iris_similar("http://example.org/fi", "http://example.org/fr")
    assert not are_iris_similar("http://example.org/event-1871", "http://example.org/event-1872")
