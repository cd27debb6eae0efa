"""The reader's languages: the languages of labels and of the interface."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from hypothesis import given
from hypothesis import strategies as st
from projects import unchecked
from pyoxigraph import Literal

from graphsvc import settings, sources
from graphsvc.build import build
from graphsvc.description import describe
from graphsvc.errors import SettingsError
from graphsvc.views.labels import best
from graphsvc.web.app import create_app
from graphsvc.web.catalogues import FOLDER, Catalogues, is_sound
from graphsvc.web.languages import label_languages, lookup, priority_list

if TYPE_CHECKING:
    from flask import Flask

    from graphsvc.release import Release

REPOSITORY = Path(__file__).parents[2]
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
    assert label_languages(["ja"], spoken, "fi") == "fi, en"
    labels = [Literal("sea", language="en"), Literal("meri", language="fi"), Literal("mer")]
    assert best(labels, "fi, en") == "meri"
    assert best(labels, "sv, en") == "sea"
    assert best(labels, "sv") == "mer", "what has no language goes before another language"
    assert best(labels[:2], "en, fi") == "sea"


@pytest.fixture(scope="module")
def app(lights_release: Release, bracketed: Catalogues) -> Flask:
    flask_app = create_app(lights_release, settings.load({}, {}))
    flask_app.extensions["graphsvc.texts"] = bracketed
    return flask_app


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
        unchecked,
        describe,
    )
    client = create_app(release, settings.load({}, {})).test_client()
    french = client.get("/doc/id/light/north-rock", headers={"Accept-Language": "fr, en;q=0.5"})
    assert '<h1 lang="fr">Phare du Rocher</h1>' in french.text
    assert '<html lang="en">' in french.text
    assert "South Spit Light" in french.text, "what has no French label keeps its own"
    english = client.get("/doc/id/light/north-rock")
    assert '<h1 lang="en">North Rock Light</h1>' in english.text


def test_a_search_speaks_all_languages_of_its_reader(lights_copy: Path, tmp_path: Path) -> None:
    file = lights_copy / "data" / "editorial.trig"
    words = file.read_text("utf-8")
    more = {
        'light:north-rock rdfs:label "North Rock Light"@en': ' , "Phare du Rocher"@fr ; '
        'dcterms:description "A light"@en , "Un phare"@fr',
        'light:south-spit rdfs:label "South Spit Light"@en': ' , "Feuer der Nehrung"@de',
    }
    for label, others in more.items():
        assert label in words
        words = words.replace(label, label + others)
    file.write_text("PREFIX dcterms: <http://purl.org/dc/terms/>\n" + words, "utf-8")
    project = sources.load(lights_copy)
    values = {"project": lights_copy, "releases": tmp_path / "releases"}
    release = build(project, settings.load(values, {}), lambda *_: (), describe)
    client = create_app(release, settings.load({}, {})).test_client()
    languages = {"Accept-Language": "de, fr;q=0.8, en;q=0.5"}
    hits = client.get("/search.json?q=light&kind=thing", headers=languages).get_json()["hits"]
    labels = {hit["label"]: hit["description"] for hit in hits}
    assert labels["Phare du Rocher"] == "Un phare"
    assert "Feuer der Nehrung" in labels
    page = client.get("/search?q=light&kind=thing", headers=languages).text
    assert '<a href="/doc/id/light/south-spit" lang="de">Feuer der Nehrung</a>' in page
    assert "Un phare" in page
    answer = client.get("/search/suggest?prefix=south+spit", headers=languages).get_json()
    suggestions = answer["suggestions"]
    assert suggestions[0]["label"] == "Feuer der Nehrung"
    assert ["South", True] in suggestions[0]["matched"]
    tags = {
        client.get("/search?q=light", headers={"Accept-Language": header}).headers["ETag"]
        for header in ("de, fr;q=0.8, en;q=0.5", "de,fr;q=0.9", "en", "en-GB", "fi")
    }
    assert len(tags) == 2, "what is the same for two readers has the same tag"


@pytest.mark.slow
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


ENGLISH = "Skip to the content"
#: What an operator writes: two texts, one of them with forms that German has not.
TRANSLATION = f"""
msgid ""
msgstr ""
"Language: pl\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) "
"? 1 : 2);\\n"

msgid "{ENGLISH}"
msgstr "Przejdź do treści"

msgid "%(num)s passage"
msgid_plural "%(num)s passages"
msgstr[0] "%(num)s ustęp"
msgstr[1] "%(num)s ustępy"
msgstr[2] "%(num)s ustępów"
"""


def test_a_language_is_added_by_a_file(lights_release: Release, tmp_path: Path) -> None:
    (tmp_path / "pl.po").write_text(TRANSLATION, "utf-8")
    values = settings.load({"translations": tmp_path}, {})
    client = create_app(lights_release, values).test_client()
    page = client.get("/", headers={"Accept-Language": "pl-PL, en;q=0.5"})
    assert page.headers["Content-Language"] == "pl"
    assert "Przejdź do treści" in page.text
    assert re.search(r"[025-9] ustępów|[234] ustępy|>1 ustęp<", page.text)
    assert "Time line" in page.text, "what has no translation is said in English"
    # Scripts have the forms of the language with the texts: the number 0 takes form 2, 1 takes 0.
    assert f'"plural": "20111{"2" * 17}11122' in page.text


def test_the_project_has_languages_of_its_own(lights_release: Release, tmp_path: Path) -> None:
    (tmp_path / "translations").mkdir()
    (tmp_path / "translations" / "pl.po").write_text(TRANSLATION, "utf-8")
    client = create_app(lights_release, settings.load({"project": tmp_path}, {})).test_client()
    assert client.get("/", headers={"Accept-Language": "pl"}).headers["Content-Language"] == "pl"


@pytest.mark.parametrize(
    ("english", "translation"),
    [
        ("Page %(number)s", "Strona %(numer)s"),
        ("Page %(number)s", "Strona %(number)d"),
        ("Home", "100 %"),
        ("Home", "<b>Dom</b>"),
        ("Home", 'Dom" onclick="x'),
        ("%(num)s row", "%(count)s"),
    ],
)
def test_a_translation_that_would_break_a_page_is_not_taken(
    english: str, translation: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    catalogue = Catalog(locale="pl")
    catalogue.add(english, translation)
    catalogue.add(ENGLISH, "Przejdź do treści")
    with (tmp_path / "pl.po").open("wb") as file:
        write_po(file, catalogue)
    read = Catalogues.read(tmp_path).of("pl")
    assert read.gettext(english) == english
    assert read.gettext(ENGLISH) == "Przejdź do treści"
    assert english in caplog.text
    assert "pl.po" in caplog.text


def test_what_is_no_catalogue_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "pl.po").write_text("No catalogue.\n", "utf-8")
    with pytest.raises(SettingsError, match=r"pl\.po is no catalogue"):
        Catalogues.read(tmp_path)


def test_every_english_text_could_stand_for_itself() -> None:
    with POT.open("rb") as file:
        catalogue = read_po(file)
    for message in catalogue:
        message.string = message.id
        assert not message.id or is_sound(message), message.id


def test_labels_say_their_language_where_the_page_has_another(app: Flask) -> None:
    client = app.test_client()
    german = client.get("/ontology", headers={"Accept-Language": "de"}).text
    assert '#Body"><span lang="en">body</span></a>' in german
    assert '#Body">body</a>' in client.get("/ontology").text


def test_names_from_shapes_say_their_language_too(app: Flask) -> None:
    client = app.test_client()
    german = client.get("/doc/id/light/north-rock", headers={"Accept-Language": "de"}).text
    # A group and properties in it.
    english = client.get("/doc/id/light/north-rock").text
    for name in ("History", "Lit in", "Keepers"):
        assert f'<span lang="en">{name}</span>' in german, name
        assert f'<span lang="en">{name}</span>' not in english, name


def test_details_of_errors_are_marked_as_english(app: Flask) -> None:
    client = app.test_client()
    fields = {"Accept": "text/html", "Accept-Language": "de"}
    answer = client.get("/nothing", headers=fields)
    assert answer.status_code == 404
    assert '<p class="lead" lang="en">Nothing in this graph' in answer.text
    assert "<h1>⟦" in answer.text
    assert answer.headers["Content-Language"] == "de"
    assert "Accept-Language" in answer.vary
    assert '<p class="lead">' in client.get("/nothing", headers={"Accept": "text/html"}).text
    problem = client.get("/nothing", headers=fields | {"Accept": "application/problem+json"})
    assert "⟦" not in problem.text
    assert "Content-Language" not in problem.headers
