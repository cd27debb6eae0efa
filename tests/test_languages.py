"""The reader's languages: whose labels are shown, in which language the interface speaks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal

from graphsvc import settings, sources
from graphsvc.build import build
from graphsvc.description import describe
from graphsvc.entities.labels import best
from graphsvc.validation import validate
from graphsvc.web.app import create_app
from graphsvc.web.catalogues import FOLDER
from graphsvc.web.languages import label_languages, lookup, priority_list

if TYPE_CHECKING:
    from flask import Flask

    from graphsvc.release import Release
    from graphsvc.web.catalogues import Texts

REPOSITORY = Path(__file__).parents[1]
POT = FOLDER / "texts.pot"


@pytest.mark.parametrize(
    ("header", "ranges"),
    [
        (None, []),
        ("", []),
        ("fi", ["fi"]),
        ("da, en-GB;q=0.8, en;q=0.7", ["da", "en-gb", "en"]),
        ("en;q=0.1, FI", ["fi", "en"]),
        ("*;q=0.5, zh-Hans", ["zh-hans", "*"]),
        ("fi;q=0, en", ["en"]),
        ("ä, en;q=x, toolongforasubtag, sv", ["sv"]),
    ],
)
def test_a_header_is_a_priority_list(header: str | None, ranges: list[str]) -> None:
    assert priority_list(header) == ranges


@pytest.mark.parametrize(
    ("ranges", "tag"),
    [
        # The example of RFC 4647, section 3.4: the range is shortened from its end.
        (["zh-hant-cn-x-private1-private2"], "zh-Hant"),
        (["fr-ch", "de"], "de"),
        (["en-a-bbb"], "en"),
        (["*"], "en"),
        ([], "en"),
    ],
)
def test_lookup_shortens_ranges(ranges: list[str], tag: str) -> None:
    assert lookup(ranges, ["en", "de", "zh-Hant"], "en") == tag


@given(st.text() | st.text(alphabet="ab-*;q=0.1, "))
def test_any_header_gives_a_language(header: str) -> None:
    ranges = priority_list(header)
    assert lookup(ranges, ["en", "fi"], "en") in {"en", "fi"}
    assert label_languages(ranges, ["en", "fi"], "en").split(", ")[-1] in {"en", "fi"}


def test_labels_follow_the_whole_list() -> None:
    spoken = ["en", "fi", "zh-hans"]
    assert label_languages(["zh"], spoken, "en") == "zh-hans, en"
    assert label_languages(["fi-fi", "en"], spoken, "en") == "fi, en"
    assert label_languages(["ja"], spoken, "en") == "en"
    labels = [Literal("sea", language="en"), Literal("meri", language="fi"), Literal("mer")]
    assert best(labels, "fi, en") == "meri"
    assert best(labels, "sv, en") == "sea"
    assert best(labels, "sv") == "mer", "what has no language goes before another language"
    assert best(labels[:2], "en, fi") == "sea"


@pytest.fixture(scope="module")
def app(lights_release: Release, bracketed: Texts) -> Flask:
    made = create_app(lights_release, settings.load({}, {}))
    made.extensions["graphsvc.texts"] = bracketed
    return made


@pytest.mark.parametrize(
    "path",
    ["/", "/doc/id/light/north-rock", "/doc/passage/2", "/doc/source/ile-merrow", "/timeline"],
)
def test_the_interface_speaks_the_readers_language(app: Flask, path: str) -> None:
    client = app.test_client()
    english = client.get(path)
    other = client.get(path, headers={"Accept-Language": "de-CH, en;q=0.5"})
    assert "⟦Skip to the content⟧" in other.text
    assert "⟦" not in english.text
    assert '<html lang="de">' in other.text
    assert english.headers["Content-Language"] == "en"
    assert other.headers["Content-Language"] == "de"
    assert "Accept-Language" in other.vary
    assert other.get_etag() != english.get_etag()
    tag = other.headers["ETag"]
    again = {"Accept-Language": "de", "If-None-Match": tag}
    assert client.get(path, headers=again).status_code == 304
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_labels_speak_the_readers_language(lights_copy: Path, tmp_path: Path) -> None:
    file = lights_copy / "data" / "editorial.trig"
    label = 'light:north-rock rdfs:label "North Rock Light"@en'
    words = file.read_text("utf-8")
    assert label in words
    file.write_text(words.replace(label, label + ' , "Phare du Rocher"@fr'), "utf-8")
    shape = lights_copy / "ontology" / "shapes" / "lights.ttl"
    shape.write_text(
        shape.read_text("utf-8").replace("sh:minCount 1 ; sh:maxCount 1 ;", "sh:minCount 1 ;"),
        "utf-8",
    )
    release = build(
        sources.load(lights_copy),
        settings.load({"project": lights_copy, "releases": tmp_path / "releases"}, {}),
        validate,
        describe,
    )
    client = create_app(release, settings.load({}, {})).test_client()
    french = client.get("/doc/id/light/north-rock", headers={"Accept-Language": "fr, en;q=0.5"})
    assert '<h1 lang="fr">Phare du Rocher</h1>' in french.text
    assert '<html lang="en">' in french.text
    assert "South Spit Light" in french.text, "what has no French label keeps its own"
    english = client.get("/doc/id/light/north-rock")
    assert '<h1 lang="en">North Rock Light</h1>' in english.text


def test_the_list_of_texts_is_up_to_date(tmp_path: Path) -> None:
    fresh = tmp_path / "texts.pot"
    options = [
        "--keywords",
        "Phrase",
        "--no-location",
        "--sort-output",
        "--omit-header",
        "--output",
        str(fresh),
        ".",
    ]
    command = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract"]
    subprocess.run(
        [*command, "--mapping-file", "pyproject.toml", *options], cwd=REPOSITORY, check=True
    )
    assert fresh.read_text("utf-8") == POT.read_text("utf-8"), "run: make texts"
