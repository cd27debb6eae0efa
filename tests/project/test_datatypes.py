"""Lexical forms: those that each datatype allows, and similar ones that it does not."""

from __future__ import annotations

import pytest

from graphsvc.datatypes import DATATYPES, OWL_DATATYPES, XSD, is_absolute_iri, is_language_tag


@pytest.mark.parametrize("name", DATATYPES)
def test_the_example_of_a_datatype_is_one(name: str) -> None:
    assert DATATYPES[name].accepts(DATATYPES[name].example)


@pytest.mark.parametrize(
    ("name", "lexical", "accepted"),
    [
        ("integer", "-007", True),
        ("integer", "1_000", False),
        ("integer", "1.0", False),
        ("integer", "", False),
        ("integer", "٣", False),
        ("byte", "128", False),
        ("byte", "-128", True),
        ("nonNegativeInteger", "-0", True),
        ("nonNegativeInteger", "-1", False),
        ("positiveInteger", "0", False),
        ("boolean", "True", False),
        ("boolean", "1", True),
        ("decimal", ".5", True),
        ("decimal", "1e3", False),
        ("double", "-INF", True),
        ("double", "inf", False),
        ("gYear", "2017", True),
        ("gYear", "17", False),
        ("gYear", "02017", False),
        ("gYear", "-0044", True),
        ("gYearMonth", "2017-13", False),
        ("gYearMonth", "2017-04+02:00", True),
        ("date", "2017-02-29", False),
        ("date", "2016-02-29", True),
        ("date", "12000-02-29", True),
        ("date", "2017-4-5", False),
        ("gMonthDay", "--02-29", True),
        ("gMonthDay", "--02-30", False),
        ("dateTime", "2017-04-05T24:00:00", True),
        ("dateTime", "2017-04-05 12:00:00", False),
        ("dateTimeStamp", "2017-04-05T12:00:00", False),
        ("duration", "P", False),
        ("duration", "P1YT", False),
        ("duration", "-P1Y2M3DT4H5M6.7S", True),
        ("dayTimeDuration", "P1Y", False),
        ("anyURI", "https://example.org/a b", False),
        ("hexBinary", "0fb", False),
        ("base64Binary", "Zm9vYg==", True),
        ("base64Binary", "Zm9vYg=", False),
        ("token", "two  words", False),
        ("language", "en-GB-oed", True),
    ],
)
def test_lexical_forms(name: str, lexical: str, *, accepted: bool) -> None:
    assert DATATYPES[XSD + name].accepts(lexical) is accepted


def test_owl_has_no_calendar() -> None:
    assert XSD + "gYear" not in OWL_DATATYPES
    assert XSD + "date" not in OWL_DATATYPES
    assert XSD + "dateTime" in OWL_DATATYPES
    assert XSD + "integer" in OWL_DATATYPES


def test_iris_and_language_tags() -> None:
    assert is_absolute_iri("https://example.org/ü?a=b#c")
    assert is_absolute_iri("urn:isbn:0451450523")
    assert not is_absolute_iri("example.org/a")
    assert not is_absolute_iri("https://example.org/{a}")
    assert is_language_tag("zh-Hans-CN")
    assert not is_language_tag("english language")
