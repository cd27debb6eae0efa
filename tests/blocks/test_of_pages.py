"""Each block of a page opens the query that gives what the block shows: run it, and compare."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from pyoxigraph import Store

from .elements import BASE, Element, column, main, query_rows, rows_at, thing, things

if TYPE_CHECKING:
    from flask.testing import FlaskClient

MECHANISM = "/doc/id/mechanism/crccme"


def values_in(cell: Element) -> set[str]:
    """Return the values that a cell of a table of facts shows: IRIs, or the words of literals."""
    values = list(cell.all("li")) or list(cell.all("span"))[:1]
    values_of_cell = set()
    for value in values:
        link = next((one for one in value.all("a") if one.attributes.get("class") != "cite"), None)
        date = next(value.all("time"), None)
        if link is not None:
            values_of_cell.add(thing(link))
        elif date is not None:
            values_of_cell.add(date.attributes["title"])
        else:
            cites = "".join(cite.text for cite in value.all("a", "cite"))
            values_of_cell.add(value.text.removesuffix(cites).strip())
    return values_of_cell


def facts(block: Element) -> set[str]:
    return {value for row in block.all("td", "value") for value in values_in(row)}


def cited(element: Element) -> set[str]:
    """Return the passages whose numbers an element shows."""
    numbers = [*element.all("a", "number"), *element.all("a", "source")]
    places = {link.attributes["href"].rpartition("/")[2] for link in numbers}
    return {f"{BASE}passage/{place.rpartition('#p-')[2]}" for place in places}


def passages(iris: set[str]) -> set[str]:
    return {iri for iri in iris if iri.startswith(f"{BASE}passage/")}


def short(words: str) -> str:
    """Return words as a page shows them, which cuts long ones."""
    return " ".join(words.split())


ENTITIES = (
    "/doc/id/mechanism/crccme",
    "/doc/id/mechanism/bfic",
    "/doc/id/mechanism/china-us-joint-working-group",
    "/doc/id/country/china",
    "/doc/id/organization/cccme",
    "/doc/id/person/xi-jinping",
    "/doc/id/city/shanghai",
    "/doc/passage/17",
    "/doc/source/international-working-mechanisms",
)


def labelled_query_rows(client: FlaskClient, block: Element, label: str) -> list[dict[str, str]]:
    """Return the rows of the query with this label in a menu, or none if there is no such query."""
    links = [link for link in block.all("a", "query-this") if link.text == label]
    return [row for link in links for row in rows_at(client, link.attributes["href"])]


@pytest.mark.parametrize("address", ENTITIES)
def test_the_groups_of_facts(client: FlaskClient, address: str) -> None:
    """A group opens the query for its properties, and the one for what others say with them."""
    tables = [
        table
        for table in main(client, address).all("table", "facts")
        if "stated" not in table.attributes["class"]
    ]
    displayed, queried = set(), set()
    for table in tables:
        rows = labelled_query_rows(client, table, "Query this")
        others = labelled_query_rows(client, table, "Query what others say of it")
        values = {short(value)[:200] for value in column(rows, "value") | column(others, "subject")}
        here = {value.removesuffix(" …")[:200] for value in facts(table)}
        assert here <= values, table.one("caption").text
        displayed |= here
        queried |= values
        said_by = set().union(*map(cited, table.all("td", "evidence")))
        follows = labelled_query_rows(client, table, "Query what they follow from")
        graphs = column([*rows, *others], "graph") | column(follows, "source")
        assert said_by <= passages(graphs) or others, "what others say may follow from more"
    assert tables
    assert displayed == queried


@pytest.mark.parametrize("address", ENTITIES)
def test_what_stands_beside_the_facts(client: FlaskClient, address: str) -> None:
    page = main(client, address)
    for block in page.all("details", "unstated"):
        names = [name.text for dd in block.all("dd") for name in dd.all("span")]
        # A shape may give a property another name than its own: their number tells.
        assert len(column(query_rows(client, block), "property")) == len(names)
    for block in page.all("section", "notes"):
        linked = {thing(link) for link in block.all("a")} - {""}
        notes = {iri for iri in linked if iri.startswith(f"{BASE}id/note/")}
        # What is noted as left out stands beside its property.
        rows = page.all("tr", "omission")
        beside = {thing(link) for row in rows for link in row.all("a")}
        others = set().union(
            *({thing(a) for a in each.all("a")} for each in page.all("section", "notes"))
        )
        assert notes <= column(query_rows(client, block), "note") <= others | beside
    pointing = next(
        (one for one in page.all("section") if one.attributes["aria-labelledby"] == "incoming"),
        Element("section", {}),
    )
    subjects: dict[str, set[str]] = defaultdict(set)
    for row in query_rows(client, pointing):
        subjects[row["property"]].add(row["subject"])
    for block in pointing.all("div", "incoming"):
        items = [item for item in block.all("li") if item.attributes.get("class") != "all"]
        listed = set().union(*map(things, items))
        count = int(block.one("span", "count").text)
        assert any(listed <= each and len(each) == count for each in subjects.values())
        assert len(listed) == count or list(block.all("li", "all"))


def test_what_a_passage_states(client: FlaskClient) -> None:
    table = main(client, "/doc/passage/17").one("table", "stated")
    rows = query_rows(client, table)
    assert {row["value"] for row in rows} == facts(table)
    assert column(rows, "subject") == set().union(*(things(head) for head in table.all("th")))


def test_what_a_text_states(client: FlaskClient) -> None:
    page = main(client, "/doc/source/international-working-mechanisms")
    reader = page.one("section", "reader")
    statements = query_rows(client, reader)
    count = sum(
        int(each.one("summary").text.split()[1]) for each in reader.all("details", "stated")
    )
    assert sum("subject" in row for row in statements) == count
    coverage = query_rows(client, next(page.all("section")))
    cells = [link.text for link in page.one("ol", "coverage").all("a")]
    assert len(cells) == len(coverage)
    for cell, row in zip(cells, coverage, strict=True):
        assert f": {row['facts']} fact" in cell
    for details in reader.all("details", "stated"):
        if list(details.all("a", "query-this")):
            assert len(query_rows(client, details)) == int(details.one("summary").text.split()[1])


def things_of_heads(table: Element) -> set[str]:
    return set().union(*(things(row.one("th")) for row in table.one("tbody").all("tr")))


def test_the_first_page(client: FlaskClient) -> None:
    blocks = {
        block.attributes["aria-labelledby"]: block for block in main(client, "/").all("section")
    }
    table = blocks["leading"].one("table", "glance")
    names = [head.text for head in table.one("thead").all("th")][1:]
    in_table = {
        (thing(row.one("th").one("a")), name, iri_or_words)
        for row in table.one("tbody").all("tr")
        for name, cell in zip(names, row.all("td"), strict=True)
        for value in cell.all("li")
        for iri_or_words in things(value) or {value.one("span", "said").text}
    }
    rows = query_rows(client, blocks["leading"])
    facts = {(row["thing"], row["value"]) for row in rows}
    # What points to a thing is not among the facts of the thing itself.
    assert {
        (each, iri_or_words) for each, _, iri_or_words in in_table if "/count/" not in iri_or_words
    } <= facts
    assert len(names) == 4
    assert len(in_table) > 20
    assert column(rows, "thing") == things_of_heads(table)
    (text,) = query_rows(client, blocks["texts"])
    assert text["passages"] == blocks["texts"].one("span", "count").text.split()[0]
    dated = query_rows(client, blocks["timeline"])
    drawn = {
        (thing(next(row.all("a"))), row.one("time").attributes["title"])
        for row in blocks["timeline"].one("tbody").all("tr")
    }
    assert drawn == {(row["thing"], row["when"]) for row in dated}
    counts = [row["things"] for row in query_rows(client, blocks["things"])]
    assert {each.text for each in blocks["things"].all("span", "count")} <= set(counts)


@pytest.mark.parametrize("query", ["", "?class=https://w3id.org/iwm/ontology%23Event"])
def test_the_time_line(client: FlaskClient, query: str) -> None:
    page = main(client, f"/timeline{query}")
    rows = {(row["thing"], row["when"]) for row in query_rows(client, page)}
    drawn = {
        (thing(next(row.all("a"))), row.one("time").attributes["title"])
        for row in page.one("table", "timeline").one("tbody").all("tr")
    }
    assert drawn == rows


def test_what_a_search_finds(client: FlaskClient) -> None:
    for words in ("secretariat", "China"):
        for block in main(client, f"/search?q={words}").all("section", "hits"):
            rows = query_rows(client, block)
            places = [next(item.all("a")) for item in block.one("ol").all("li")]
            hits = {
                BASE + each.attributes["href"].removeprefix("/doc/").removeprefix("/")
                for each in places
            }
            assert column(rows, "thing", "passage") == hits


def _section(page: Element, name: str) -> Element:
    return next(
        each for each in page.all("section") if each.attributes.get("aria-labelledby") == name
    )


def test_the_namespaces(client: FlaskClient) -> None:
    block = _section(main(client, "/ontology"), "namespaces")
    listed = {tuple(cell.text for cell in row.all("td")) for row in block.one("tbody").all("tr")}
    assert {(row["prefix"], row["namespace"]) for row in query_rows(client, block)} == listed


def test_what_a_fact_rests_on(client: FlaskClient) -> None:
    citing = main(client, "/cite?iri=https://w3id.org/iwm/id/mechanism/crccme")
    fact = next(citing.all("a", "cite")).attributes["href"]
    page = main(client, fact)
    quotes = {each.one("p").text for each in page.all("blockquote", "words")}
    assert {short(words) for words in column(query_rows(client, page), "words")} == quotes


#: Blocks that do not show what is in the graph: how to ask, how to cite, files, words about it.
NOT_OF_THE_GRAPH = {
    "questions", "data", "download", "citing", "classes-drawn", "borrowed", "namespaces", "versions"
}  # fmt: skip


@pytest.mark.parametrize(
    "address", ["/", *ENTITIES, "/timeline", "/map", "/browse?class=iwm:Secretariat", "/ontology"]
)
def test_every_block_opens_its_query(client: FlaskClient, address: str) -> None:
    page = main(client, address)
    blocks = [*page.all("section"), *page.all("table", "facts"), *page.all("details", "facet")]
    assert blocks or address in ("/timeline", "/map")
    for block in blocks:
        if block.attributes.get("aria-labelledby") not in NOT_OF_THE_GRAPH:
            assert list(block.all("a", "query-this")), block.text[:80]
    assert list(page.all("a", "query-this"))


def test_queries_are_whole_and_say_the_same_elsewhere(lights: FlaskClient) -> None:
    page = main(lights, "/doc/id/light/north-rock")
    links = list(page.all("a", "query-this"))
    assert len(links) > 3
    for link in links:
        (query,) = parse_qs(urlsplit(link.attributes["href"]).query)["query"]
        # With the prefixes that it declares and no other it can be read.
        assert Store().query(query) is not None
        assert "$" not in query


def test_the_map(client: FlaskClient) -> None:
    page = main(client, "/map")
    rows = [row for table in page.all("table", "places") for row in table.one("tbody").all("tr")]
    heads = {iri for row in rows for iri in things(row.one("th"))}
    assert column(query_rows(client, page), "thing") == heads
