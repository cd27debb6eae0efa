"""Graphs as they are written: the same triples in every format, or an error that says why not."""

from __future__ import annotations

from io import BytesIO
from xml.dom.minidom import Document, parseString

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import (
    BaseDirection,
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)

from graphsvc.errors import NotAcceptable
from graphsvc.formats import Format, named
from graphsvc.namespaces import RDF, Prefixes
from graphsvc.store.serialization import WAITING, write_graph, write_table

EX, XSD = "https://example.org/", "http://www.w3.org/2001/XMLSchema#"
PREFIXES = Prefixes(
    {"ex": EX, "id": f"{EX}id/", "odd": f"{EX}i", "other": "https://example.com/", "xsd": XSD}
    | {"rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"}
)
FORMATS = ("ttl", "trig", "n3", "rdf", "nt")


def row_of(name: str) -> Format:
    row = named(name)
    assert row is not None
    return row


def node(name: str) -> NamedNode:
    return NamedNode(EX + name)


def numbered(count: int) -> list[Triple]:
    return [Triple(node(f"id/{number}"), node("verb"), Literal("x")) for number in range(count)]


def text_of(triples: list[Triple], name: str = "ttl", prefixes: Prefixes = PREFIXES) -> str:
    out = BytesIO()
    write_graph(triples, out, row_of(name), prefixes)
    return out.getvalue().decode()


def read(text: str, name: str) -> list[Triple]:
    engine = row_of(name).engine
    assert isinstance(engine, RdfFormat)
    return [quad.triple for quad in parse(text.encode(), format=engine)]


def declared(text: str) -> set[str]:
    lines = text.splitlines()
    return {line.split()[1].rstrip(":") for line in lines if line.startswith("@prefix")}


@pytest.mark.parametrize(
    ("value", "prefixes"),
    [
        (node("b"), "ex"),
        (node("id/b"), "ex id"),
        (node("id/b/c"), "ex"),
        (NamedNode("https://example.com/"), "ex other"),
        (NamedNode("https://example.net/"), "ex"),
        (Literal("2012", datatype=NamedNode(f"{XSD}gYear")), "ex xsd"),
        (Triple(node("a"), node("p"), node("id/b")), "ex id"),
        (Literal("words"), "ex"),
        (Literal("mots", language="fr"), "ex"),
        (BlankNode("b"), "ex"),
    ],
    ids=str,
)
def test_a_small_graph_declares_what_it_uses(
    value: NamedNode | Literal | Triple | BlankNode, prefixes: str
) -> None:
    assert declared(text_of([Triple(node("a"), node("p"), value)])) == {*prefixes.split()}


@pytest.mark.parametrize("count", [0, 1, WAITING - 1, WAITING, WAITING + 1, 3 * WAITING])
@pytest.mark.parametrize("name", FORMATS)
def test_no_triple_is_lost_on_the_way(name: str, count: int) -> None:
    assert set(read(text_of(numbered(count), name), name)) == set(numbered(count))


@pytest.mark.parametrize(
    ("count", "prefixes"), [(WAITING - 1, {"ex", "id"}), (WAITING, {*PREFIXES})]
)
def test_a_large_graph_is_not_waited_for(count: int, prefixes: set[str]) -> None:
    assert declared(text_of(numbered(count))) == prefixes


# --- what XML cannot hold ---

UNFIT = [chr(number) for number in (0, 1, 8, 0x0B, 0x0C, 0x0E, 0x1F, 0xFFFE, 0xFFFF)]


@pytest.mark.parametrize("character", UNFIT, ids=ascii)
def test_no_character_that_xml_has_not_is_written(character: str) -> None:
    graph = [Triple(node("a"), node("p"), Literal(f"one{character}two"))]
    with pytest.raises(NotAcceptable, match=f"U\\+{ord(character):04X}.*one\ufffdtwo") as caught:
        text_of(graph, "rdf")
    assert [fmt.name for fmt in caught.value.formats[:2]] == ["ttl", "nt"]
    with pytest.raises(NotAcceptable, match=f"U\\+{ord(character):04X}.*one\ufffdtwo"):
        table(f"one{character}two", "xml")
    for name in ("ttl", "nt", "jsonld"):
        assert read(text_of(graph, name), name) == graph


def table(text: str, name: str) -> bytes:
    rows = Store().query(f"SELECT ?text {{ VALUES ?text {{ {Literal(text)} }} }}")
    assert isinstance(rows, QuerySolutions)
    out = BytesIO()
    write_table(rows, out, row_of(name))
    return out.getvalue()


def parsed(text: str) -> Document:
    return parseString(text)  # noqa: S318 - what this program wrote itself


@given(st.text(max_size=200))
def test_a_text_is_written_in_xml_as_it_is_or_not_at_all(text: str) -> None:
    graph = [Triple(node("a"), node("p"), Literal(text))]
    try:
        document, results = text_of(graph, "rdf"), table(text, "xml")
    except NotAcceptable:
        assert any(character in text for character in map(chr, [*range(32), 0xFFFE, 0xFFFF]))
        return
    (element,) = parsed(document).getElementsByTagName("ex:p")
    assert "".join(child.nodeValue or "" for child in element.childNodes) == text
    rows = parse_query_results(results, format=QueryResultsFormat.XML)
    assert isinstance(rows, QuerySolutions)
    assert next(rows)["text"] == Literal(text)


def test_a_character_is_seen_where_two_writes_meet() -> None:
    for length in range(8_000, 8_300):
        with pytest.raises(NotAcceptable):
            table("x" * length + "\uffff", "xml")


@pytest.mark.parametrize(
    ("predicate", "message"),
    [
        ("http://example.com/p/123", "does not end in an XML name"),
        ("http://example.com/p/", "does not end in an XML name"),
        ("http://example.com/p#a\u00b2", "does not end in an XML name"),
        ("urn:1-2", "does not end in an XML name"),
        ("http://www.w3.org/2000/xmlns/p", "does not end in an XML name"),
        *((RDF[name].value, "part of the syntax") for name in ("li", "Description", "bagID", "ID")),
    ],
)
def test_a_predicate_that_rdf_xml_cannot_name(predicate: str, message: str) -> None:
    fact = Triple(node("a"), NamedNode(predicate), Literal("x"))
    for graph in ([fact], [Triple(node("a"), node("p"), fact)], [*numbered(2 * WAITING), fact]):
        with pytest.raises(NotAcceptable, match=message) as caught:
            text_of(graph, "rdf")
        assert predicate in caught.value.message
        assert read(text_of(graph, "ttl"), "ttl") == graph


#: No character that only XML 1.0 (fifth edition) allows in names: this reader knows the fourth.
LOCAL = st.text(st.sampled_from("aZ_09.-:/?=&'\u00b7\u00b2\u00e9\u0300\u00aa"), max_size=6)


@given(LOCAL, LOCAL)
def test_rdf_xml_reads_back_as_it_was_written_or_is_not_written(first: str, second: str) -> None:
    verb, kind = NamedNode(f"http://e.org/{first}"), NamedNode(f"http://e.org/{second}")
    graph = [Triple(node("a"), RDF.type, kind), Triple(node("a"), verb, kind)]
    try:
        text = text_of(graph, "rdf", Prefixes({"e": "http://e.org/", "f": f"http://e.org/{first}"}))
    except NotAcceptable:
        assert first[-1:] not in ("a", "Z", "_", "é")
        return
    assert set(read(text, "rdf")) == set(graph)
    parsed(text)


def test_a_class_that_rdf_xml_cannot_name_is_written_as_a_property() -> None:
    kinds = [Triple(node("a"), RDF.type, node(name)) for name in ("1", "2", "Kind")]
    assert set(read(text_of(kinds, "rdf"), "rdf")) == set(kinds)
    with pytest.raises(NotAcceptable, match=r"class .* does not end in an XML name"):
        text_of(kinds[:2], "rdf")


def test_xml_keeps_its_own_prefixes() -> None:
    graph = [Triple(node("a"), node("p"), Literal("x"))]
    for prefix in ("xml", "xmlns", "XMLfoo"):
        text = text_of(graph, "rdf", Prefixes({prefix: EX}))
        assert f"{prefix}:" not in text.replace("xmlns:rdf", "").replace("xmlns:its", "")
        assert parsed(text).getElementsByTagNameNS(EX, "p")


# --- what only RDF 1.2 has ---


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("jsonld", Triple(node("a"), node("p"), node("b"))),
        ("n3", Triple(node("a"), node("p"), node("b"))),
        ("n3", Literal("x", language="ar", direction=BaseDirection.RTL)),
    ],
)
def test_a_format_of_rdf_1_1_says_that_it_cannot_hold_rdf_1_2(
    name: str, value: Triple | Literal
) -> None:
    with pytest.raises(NotAcceptable, match="cannot hold this answer") as caught:
        text_of([Triple(node("a"), node("p"), value)], name)
    assert name not in {fmt.name for fmt in caught.value.formats}
