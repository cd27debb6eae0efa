"""Settings: four sources, one table, and messages that name the source of a bad value."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graphsvc import settings
from graphsvc.errors import SettingsError
from graphsvc.settings import SETTINGS, Settings
from graphsvc.texts.model import PassageKind

if TYPE_CHECKING:
    from collections.abc import Mapping

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"


def test_defaults() -> None:
    values = settings.load({}, {})
    assert values.project == Path.cwd()
    assert values.releases == Path.cwd() / ".graphsvc" / "releases"
    assert (values.host, values.port, values.base_iri) == ("127.0.0.1", 8080, None)


def test_later_sources_win(tmp_path: Path) -> None:
    (tmp_path / "graphsvc.toml").write_text('host = "a"\nport = 1\nworkers = 2\nkeep_releases = 3')
    environment = {"GRAPHSVC_PORT": "4", "GRAPHSVC_WORKERS": "5", "HOME": "/nowhere"}
    values = settings.load({"project": tmp_path, "workers": 6, "host": None}, environment)
    assert (values.host, values.port, values.workers, values.keep_releases) == ("a", 4, 6, 3)


def test_relative_paths_are_relative_to_where_they_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "graphsvc.toml").write_text('releases = "built"')
    monkeypatch.chdir(tmp_path)
    assert settings.load({"project": "project"}, {}).releases == project / "built"
    values = settings.load({"project": "project"}, {"GRAPHSVC_RELEASES": "elsewhere"})
    assert values.releases == tmp_path / "elsewhere"


@pytest.mark.parametrize(
    ("overrides", "environment", "toml", "parts"),
    [
        ({"port": "x"}, {}, "", ("port is set to 'x'", "on the command line")),
        ({"port": 65536}, {}, "", ("port is set to 65536",)),
        ({}, {"GRAPHSVC_WORKERS": "0"}, "", ("workers is set to '0'", "GRAPHSVC_WORKERS")),
        ({}, {"GRAPHSVC_PROT": "1"}, "", ("prot", "is not a setting", "GRAPHSVC_PROT")),
        ({}, {"GRAPHSVC_BASE_IRI": "example.org/"}, "", ("base_iri", "'example.org/'")),
        ({"base_iri": "https://example.org"}, {}, "", ("base_iri",)),
        ({"base_iri": "https://example.org/#"}, {}, "", ("base_iri",)),
        ({"log_level": "loud"}, {}, "", ("log_level", "'loud'")),
        ({}, {}, "port = true", ("port is set to True", "graphsvc.toml")),
        ({}, {}, 'host = ""', ("host is set to ''", "graphsvc.toml")),
        ({}, {}, "port 8080", ("graphsvc.toml is not TOML",)),
        ({}, {}, 'project = "x"', ("graphsvc.toml sets project",)),
        ({}, {}, "colour = 1", ("colour", "graphsvc.toml", "is not a setting")),
    ],
)
def test_a_bad_value_is_named_with_its_source(
    overrides: Mapping[str, object],
    environment: Mapping[str, str],
    toml: str,
    parts: tuple[str, ...],
    tmp_path: Path,
) -> None:
    (tmp_path / "graphsvc.toml").write_text(toml)
    with pytest.raises(SettingsError) as caught:
        settings.load({"project": tmp_path, **overrides}, environment)
    for part in parts:
        assert part in caught.value.message
    assert caught.value.remedy


def test_a_misspelt_setting_is_told_what_was_meant() -> None:
    with pytest.raises(SettingsError) as caught:
        settings.load({}, {"GRAPHSVC_PROT": "1"})
    assert "Did you mean port?" in caught.value.remedy


def test_values_are_read_into_their_types() -> None:
    values = settings.load({"port": "0", "log_level": "debug", "base_iri": ""}, {})
    assert (values.port, values.log_level, values.base_iri) == (0, "DEBUG", None)
    assert settings.load({"base_iri": "http://127.0.0.1:8080/"}, {}).base_iri is not None


def test_every_setting_is_documented() -> None:
    text = DOCUMENT.read_text("utf-8")
    for setting in SETTINGS:
        default = "" if setting.default is None else f"`{setting.default}`"
        row = f"| `{setting.name}` | `{setting.variable}` | {default} | {setting.help} |"
        assert row in text, f"docs/settings.md lacks the row: {row}"


def test_every_row_of_the_document_is_a_setting() -> None:
    rows = [line for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert len(rows) == len(SETTINGS) == len(Settings.__dataclass_fields__)


@pytest.mark.parametrize(
    "passages",
    [
        {"sentence": "iwm:Sentence", "section": "http://example.org/inSection"},
        "sentence=iwm:Sentence section=http://example.org/inSection",
        ["sentence=iwm:Sentence", "section=http://example.org/inSection"],
    ],
)
def test_the_terms_for_passages_are_a_table_or_texts(passages: object) -> None:
    terms = settings.load({"passages": passages}, {}).passages
    assert terms == ("sentence=iwm:Sentence", "section=http://example.org/inSection")


@pytest.mark.parametrize("passages", [{"paragraph": "iwm:Paragraph"}, "sentence", {"sentence": ""}])
def test_terms_for_what_is_no_passage_are_refused(passages: object) -> None:
    with pytest.raises(SettingsError, match="passages") as caught:
        settings.load({"passages": passages}, {})
    assert "furniture" in caught.value.remedy


def test_every_kind_of_passage_can_have_a_class_of_the_project() -> None:
    named = tuple(f"{kind.value}=ex:Class" for kind in PassageKind)
    assert settings.load({"passages": named}, {}).passages == named
