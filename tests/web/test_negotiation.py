"""Content negotiation: RFC 9110, section 12.5.1, and the two rules of the house."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphsvc.errors import NotAcceptable
from graphsvc.formats import FORMATS, Content, Format, carrying
from graphsvc.web.negotiation import acceptable, media_ranges, negotiate

DOCUMENT = (*carrying(Content.PAGE), *carrying(Content.TRIPLES))
RESULTS = (*carrying(Content.SOLUTIONS), *carrying(Content.PAGE))

CHROMIUM = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,"
    "*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
)
RDFLIB = (
    "application/rdf+xml,text/html;q=0.5,application/xhtml+xml;q=0.5,text/turtle;q=0.9,*/*;q=0.1"
)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "html"),
        ("", "html"),
        ("*/*", "html"),
        (CHROMIUM, "html"),
        (RDFLIB, "rdf"),
        ("text/turtle", "ttl"),
        ("TEXT/Turtle", "ttl"),
        ("text/html, text/turtle", "ttl"),
        ("text/turtle, text/html", "ttl"),
        ("text/turtle, */*", "ttl"),
        ("*/*, application/ld+json", "jsonld"),
        ("text/html, */*", "html"),
        ("text/html;q=0.9, text/turtle;q=0.8", "html"),
        ("text/html;q=0.8, text/turtle;q=0.9", "ttl"),
        ("text/turtle;q=0, */*", "html"),
        ("text/*;q=0.5, application/n-quads;q=0.6", "nq"),
        ("text/*, text/html;q=0.1, */*;q=0", "ttl"),
        ("application/trig; charset=utf-8", "trig"),
        ('application/ld+json; profile="http://www.w3.org/ns/json-ld#compacted, q=0"', "jsonld"),
        ("application/ld+json ; Q=0.4 , text/n3;q=0.3", "jsonld"),
        ("application/x-turtle", "ttl"),
        ("nonsense, text/turtle", "ttl"),
        ("text/turtle;q=2, application/trig", "trig"),
        ("text/turtle;q=high, application/trig", "trig"),
        (";", "html"),
        (";;, text/turtle", "ttl"),
    ],
)
def test_a_document_is_negotiated(accept: str | None, expected: str) -> None:
    assert negotiate(accept, DOCUMENT).name == expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "json"),
        ("*/*", "json"),
        (CHROMIUM, "html"),
        ("application/json", "json"),
        ("text/csv", "csv"),
        ("text/html, text/csv", "csv"),
        ("application/sparql-results+xml, application/json;q=0.9", "xml"),
        ("text/*", "csv"),
    ],
)
def test_an_answer_is_negotiated(accept: str | None, expected: str) -> None:
    assert negotiate(accept, RESULTS).name == expected


@pytest.mark.parametrize("accept", ["image/png", "*/*;q=0", "text/turtle;q=0.000", "audio/*"])
def test_what_nothing_can_carry_is_told_with_all_that_could(accept: str) -> None:
    with pytest.raises(NotAcceptable) as caught:
        negotiate(accept, DOCUMENT)
    assert caught.value.formats == DOCUMENT


def test_what_could_carry_it_is_listed_once_each() -> None:
    offered = (*DOCUMENT, *carrying(Content.CLAIMS))
    with pytest.raises(NotAcceptable) as failure:
        negotiate("image/png", offered)
    listed = (failure.value.remedy or "").removeprefix("Ask for one of: ").split(", ")
    assert len(set(listed)) == len(listed) == len(offered)


@pytest.mark.parametrize("accept", ["a/b/c", "text/tur tle", "text/", "/", "te(xt/html", "x/*/y"])
def test_what_is_no_media_range_is_passed_over(accept: str) -> None:
    assert media_ranges(accept) == ()


def test_an_alias_does_not_bring_back_what_is_refused() -> None:
    formats = acceptable("text/turtle;q=0, application/*", DOCUMENT)
    assert "ttl" not in [fmt.name for fmt in formats]


weights = st.integers(0, 1000).map(lambda thousandths: f"{thousandths / 1000:.3f}")
offers = st.lists(st.sampled_from(FORMATS), min_size=1, unique=True)


@given(accept=st.text(), offered=offers)
def test_garbage_never_raises_anything_else(accept: str, offered: list[Format]) -> None:
    with suppress(NotAcceptable):
        assert negotiate(accept, offered) in offered


@given(accept=st.text(alphabet='*/;,=q.01" \\atexhml+-', max_size=60), offered=offers)
def test_near_misses_never_raise_anything_else(accept: str, offered: list[Format]) -> None:
    for fmt in acceptable(accept, offered):
        assert fmt in offered


@given(data=st.data())
def test_the_heaviest_wins_whatever_the_order_case_and_spaces(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(DOCUMENT), min_size=1, unique=True))
    given_weights = data.draw(
        st.lists(weights, min_size=len(chosen), max_size=len(chosen), unique=True)
    )
    pairs = data.draw(st.permutations(list(zip(chosen, given_weights, strict=True))))
    space = data.draw(st.sampled_from(["", " ", "\t", "  "]))
    accept = f"{space},{space}".join(
        f"{data.draw(st.sampled_from([str.upper, str.lower]))(fmt.media_type)}{space};{space}q={q}"
        for fmt, q in pairs
    )
    heaviest, weight = max(pairs, key=lambda pair: float(pair[1]))
    if float(weight) > 0:
        assert negotiate(accept, DOCUMENT) == heaviest
    else:
        assert not acceptable(accept, DOCUMENT)


@given(fmt=st.sampled_from(DOCUMENT), broad=weights, narrow=weights)
def test_the_closest_range_decides(fmt: Format, broad: str, narrow: str) -> None:
    kind = fmt.media_type.partition("/")[0]
    accept = f"{kind}/*;q={broad}, */*;q={broad}, {fmt.media_type};q={narrow}"
    assert (fmt in acceptable(accept, [fmt])) == (float(narrow) > 0)


@given(accept=st.text(max_size=40))
def test_every_range_has_a_weight_between_nothing_and_one(accept: str) -> None:
    assert all(0 <= entry.weight <= 1 for entry in media_ranges(accept))
