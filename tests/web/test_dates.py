"""Dates in the reader's language, at the precision at which they are recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphsvc.web import languages
from graphsvc.web.dates import date_words, precision, time_element

if TYPE_CHECKING:
    from flask import Flask


@pytest.mark.parametrize(
    ("lexical", "words", "exactly"),
    [
        ("2007", "2007", "to the year"),
        ("2007Z", "2007", "to the year"),
        ("2012-02", "February 2012", "to the month"),
        ("2017-04-05", "5 April 2017", "to the day"),
        ("2026-11-20T12:00:00Z", "20 November 2026, 12:00 UTC", "to the minute"),
        ("2026-11-20T12:00:00.5+02:00", "20 November 2026, 12:00 UTC+02:00", "to the minute"),
        ("2026-11-20T09:30:00", "20 November 2026, 09:30", "to the minute"),
        ("2026-02-30", "2026-02-30", "to the day"),
        ("-0044", "-0044", "to the year"),
        ("12007", "12007", "to the year"),
        ("soon", "soon", ""),
    ],
)
def test_a_date_is_told_in_words(lexical: str, words: str, exactly: str) -> None:
    assert (date_words(lexical), precision(lexical)) == (words, exactly)


def test_a_date_is_told_in_the_language_of_its_reader(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = languages.ReaderLanguages(interface="fi", labels="fi, en")
    with app.test_request_context("/"):
        monkeypatch.setattr(languages, "reader", lambda: reader)
        assert date_words("2012-02") == "helmikuu 2012"
        assert date_words("2012-02-03") == "3. helmikuuta 2012"


def test_the_exact_value_stays_at_hand() -> None:
    assert (
        time_element("2012-02") == '<time datetime="2012-02" title="2012-02">February 2012</time>'
    )
    # HTML knows no zones of years.
    assert time_element("2007Z") == '<time datetime="2007" title="2007Z">2007</time>'
    assert time_element("2026-11-20T12:00:00Z").startswith('<time datetime="2026-11-20T12:00:00Z" ')
    assert time_element("<b>") == "<span>&lt;b&gt;</span>"


@given(st.text() | st.from_regex(r"-?[0-9]{1,6}(-[0-9]{1,3}){0,3}(T[0-9:.]*)?(Z|[+-][0-9:]*)?"))
def test_any_text_has_words(text: str) -> None:
    assert date_words(text) or not text
