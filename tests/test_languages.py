"""The reader's languages: whose labels are shown, in which language the interface speaks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal

from graphsvc.entities.labels import best
from graphsvc.web.languages import label_languages, lookup, priority_list


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
