"""The state of browsing and its address: each gives the other, and wrong addresses are refused."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode

from graphsvc.errors import ParameterError
from graphsvc.namespaces import XSD, Prefixes
from graphsvc.queries.binding import serialised
from graphsvc.store.oxigraph import OxigraphStore
from graphsvc.views.collection.address import read_state, write_state
from graphsvc.views.collection.members import Members
from graphsvc.views.collection.state import BY_LABEL, Absent, Is, Present, Sort, Span, State
from graphsvc.views.layout import PropertyRef
from graphsvc.views.queries import view_query

PREFIXES = Prefixes(
    {"ex": "http://example.org/ns#", "urn": "http://example.org/urn/", "xsd": str(XSD)}
)
_STORE = OxigraphStore.load(b"", {})

# Names that prefixes shorten, those that they cannot, and those that look like prefixed names.
nodes = st.one_of(
    st.from_regex(r"http://example\.org/(ns#|urn/)[A-Za-z0-9_é.~-]{0,8}(%20)?", fullmatch=True),
    st.from_regex(r"(urn|ex|mailto|any|none):[a-z0-9:/?.~-]{1,8}", fullmatch=True),
).map(NamedNode)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
literals = st.one_of(
    words.map(Literal),
    st.builds(Literal, words, language=st.sampled_from(["en", "zh-hant", "de-ch"])),
    st.builds(Literal, words, datatype=nodes),
    st.integers(-(10**20), 10**20).map(lambda n: Literal(str(n), datatype=XSD.integer)),
    st.sampled_from(["007", "+1", "-0"]).map(lambda n: Literal(n, datatype=XSD.integer)),
)
bounds = st.from_regex(
    r"(-?[0-9]{1,6}(\.[0-9]{1,3})?|[0-9]{4}-[0-9]{2}(-[0-9]{2})?)?", fullmatch=True
)
spans = st.builds(Span, bounds, bounds).filter(lambda span: bool(span.low or span.high))
conditions = st.one_of(
    nodes.map(Is), literals.map(Is), spans, st.just(Present()), st.just(Absent())
)
refs = st.builds(PropertyRef, nodes, st.booleans())


def several(of: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(of, max_size=3, unique=True).map(tuple)


states = st.builds(
    State,
    classes=several(nodes),
    conditions=st.dictionaries(refs, several(conditions).filter(bool), max_size=3).map(
        lambda values: tuple(values.items())
    ),
    sort=st.one_of(
        st.none(), st.builds(Sort, st.one_of(refs, st.just(BY_LABEL.ref)), st.booleans())
    ),
    columns=several(refs),
    facet=st.one_of(st.none(), refs),
    page=st.integers(1, 999_999),
)


@given(states)
def test_a_state_is_what_its_address_says(state: State) -> None:
    address = urlencode(write_state(state, PREFIXES), quote_via=quote, safe=":/~,")
    assert read_state(parse_qsl(address, keep_blank_values=True), PREFIXES) == state


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), max_size=5))
def test_any_address_is_read_or_refused(pairs: list[tuple[str, str]]) -> None:
    try:
        state = read_state(pairs, PREFIXES)
    except ParameterError:
        return
    assert read_state(write_state(state, PREFIXES), PREFIXES) == state


def is_canonical(term: NamedNode | Literal) -> bool:
    """Return whether the engine, which normalises numbers, returns the term unchanged."""
    is_integer = isinstance(term, Literal) and term.datatype == XSD.integer
    return not is_integer or str(int(term.value)) == term.value


@given(st.one_of(nodes, literals).filter(is_canonical))
def test_a_term_is_in_the_query_what_it_is(term: NamedNode | Literal) -> None:
    ((value,),) = _STORE.select(f"SELECT ?x {{ VALUES ?x {{ {serialised(term)} }} }}").rows
    assert value == term


def test_only_iris_and_literals_are_written() -> None:
    with pytest.raises(TypeError):
        serialised(BlankNode("b"))


@given(states)
def test_every_state_is_a_query(state: State) -> None:
    query = Members(state).ask(view_query("collection/unordered"), {"offset": Literal(25)})
    assert _STORE.select_trusted(query.text).rows == ()


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([("colour", "red")], "colour"),
        ([("class", "no iri")], "no iri"),
        ([("class", "")], "''"),
        ([("ex:a", '"open')], "ex:a"),
        ([("ex:a", '"x"@')], "ex:a"),
        ([("ex:a", "1..x")], "1..x"),
        ([("ex:a", "..")], ".."),
        ([("page", "0")], "0"),
        ([("page", "²")], "²"),
        ([("page", "1"), ("page", "1")], "twice"),
        ([("sort", "size")], "size"),
        ([("ex:a", "1")] * 65, "65"),
    ],
)
def test_what_is_wrong_is_named(pairs: list[tuple[str, str]], message: str) -> None:
    with pytest.raises(ParameterError) as raised:
        read_state(pairs, PREFIXES)
    assert message in raised.value.message


def test_addresses_are_short() -> None:
    pairs = [
        ("class", "ex:Body"),
        ("~ex:of", "urn:a"),
        ("ex:year", "2012..2017"),
        ("ex:n", "7"),
        ("sort", "-ex:year"),
    ]
    assert write_state(read_state(pairs, PREFIXES), PREFIXES) == pairs
