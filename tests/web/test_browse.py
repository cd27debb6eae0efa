"""Browsing over HTTP: facets and their counts, the table, things side by side, files."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from html import escape, unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from openpyxl import load_workbook
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from graphsvc.errors import ParameterError
from graphsvc.formats import Content, carrying
from graphsvc.store.oxigraph import OxigraphStore
from graphsvc.store.union import store_of
from graphsvc.views.collection.columns import Column
from graphsvc.views.collection.facts import MOST_POINTING, Facts
from graphsvc.views.graph import Graph
from graphsvc.views.layout import PropertyRef
from graphsvc.web.exports import escape_formula
from graphsvc.web.xlsx import workbook

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse


RELEASE = "mechanisms_release"

SIX = [
    f"mechanism:{name}"
    for name in (
        *("cica-business-council", "crccme", "china-us-joint-working-group"),
        *("chinese-german-economic-advisory-committee", "bfic", "china-finland-committee"),
    )
]


def rows(client: FlaskClient, address: str) -> dict[str, dict[str, list[dict[str, Any]]]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return {row["label"]: row["values"] for row in json.loads(answer.text)["rows"]}


def total(client: FlaskClient, query: str) -> int:
    return int(json.loads(client.get(f"/browse.json?{query}").text)["total"])


def test_values_are_alternatives_and_properties_add_up(client: FlaskClient) -> None:
    of_china = total(client, "class=iwm:Secretariat&iwm:side=country:china")
    of_finland = total(client, "class=iwm:Secretariat&iwm:side=country:finland")
    either = "class=iwm:Secretariat&iwm:side=country:china&iwm:side=country:finland"
    assert (of_china, of_finland, total(client, either)) == (6, 1, 7)
    both = f"{either}&iwm:hostedBy=organization:business-finland"
    assert set(rows(client, f"/browse.json?{both}")) == {
        "Secretariat in Finland of the China-Finland Committee"
    }
    sides = total(client, "class=iwm:Secretariat&iwm:side=any")
    assert total(client, "class=iwm:Secretariat&iwm:side=none") + sides == total(
        client, "class=iwm:Secretariat"
    )


def test_the_counts_are_those_of_the_endpoint(client: FlaskClient) -> None:
    page = client.get("/browse?class=iwm:Secretariat").text
    counted = client.get(
        "/sparql",
        query_string={
            "query": "SELECT (COUNT(DISTINCT ?s) AS ?n) "
            "{ ?s a iwm:Secretariat ; iwm:side country:china }",
            "format": "csv",
        },
    ).text.split()[1]
    link = r'href="/browse\?class=iwm:Secretariat&amp;iwm:side=country:china"[^>]*>China</a>'
    assert re.search(rf'{link} <span class="count">{counted}</span>', page)


def test_a_property_is_read_backwards(client: FlaskClient) -> None:
    by_label = rows(client, "/browse.json?~iwm:hasSecretariat=mechanism:bfic")
    assert set(by_label) == {"BFIC Chinese Secretariat", "BFIC Italian Secretariat"}


def test_dates_lie_in_spans_as_precisely_as_they_are_printed(client: FlaskClient) -> None:
    dated = "class=iwm:Visit&column=iwm:date&iwm:date="
    all_dates = {
        value["value"]
        for values in rows(client, f"/browse.json?{dated}any").values()
        for value in values["iwm:date"]
    }
    assert {"2012-02", "2013-05", "2017-04"} <= all_dates
    assert total(client, f"{dated}2013-05..2013-05") == 1
    assert total(client, f"{dated}2012..2013") == 2
    assert total(client, f"{dated}2013-06..2017-03") == 0
    assert total(client, f"{dated}2017..") == 1


def test_the_form_of_a_span_leads_to_its_address(client: FlaskClient) -> None:
    answer = client.get("/browse?class=iwm:Event&range=iwm:year&from=2012&to=2013")
    assert (answer.status_code, answer.location) == (
        303,
        "/browse?class=iwm:Event&iwm:year=2012..2013",
    )
    emptied = client.get("/browse?iwm:year=1..2&range=iwm:year&from=&to=")
    assert emptied.location == "/browse"


def test_columns_sort_by_what_their_values_are(client: FlaskClient) -> None:
    query = "/browse.json?class=iwm:Event&iwm:year=any&column=iwm:year&sort="
    up = [row["iwm:year"][0]["value"] for row in rows(client, f"{query}iwm:year").values()]
    down = [row["iwm:year"][0]["value"] for row in rows(client, f"{query}-iwm:year").values()]
    assert up == sorted(up)
    assert down == sorted(down, reverse=True)
    labels = list(rows(client, "/browse.json?class=iwm:Country"))
    assert labels == sorted(labels, key=str.casefold)


def test_each_value_has_the_passages_that_state_it(client: FlaskClient) -> None:
    value = rows(client, "/browse.json?class=iwm:Country&column=iwm:statedName")["China"]
    names = {one["value"]: one["passages"] for one in value["iwm:statedName"]}
    base = "https://w3id.org/iwm/passage/"
    assert {"iri": f"{base}33", "number": 33} in names["the People's Republic of China"]
    page = client.get("/browse?class=iwm:Country&column=iwm:statedName").text
    assert 'class="source" href="/doc/passage/33"' in page


def test_what_follows_is_told_from_what_is_stated(client: FlaskClient) -> None:
    query = "/browse.json?class=iwm:Mechanism&column=iwm:secretariatProvidedBy"
    by_label = rows(client, query)
    crccme = next(values for label, values in by_label.items() if label.startswith("China Russia"))
    (value,) = crccme["iwm:secretariatProvidedBy"]
    assert value["status"] in ("stated", "inferred")
    assert value["passages"]


def test_nothing_found_says_what_empties_it(client: FlaskClient) -> None:
    page = client.get("/browse?class=iwm:Event&iwm:hostedBy=country:china").text
    assert "Nothing fits all of this" in page
    assert "there are 7" in page


def test_pages_have_true_totals(client: FlaskClient) -> None:
    first = client.get("/browse?class=iwm:Passage").text
    assert "35 things, page 1 of 2" in first
    assert 'rel="next" href="/browse?class=iwm:Passage&amp;page=2"' in first
    assert client.get("/browse?class=iwm:Passage&page=3").status_code == 404


def test_old_addresses_lead_to_the_new(client: FlaskClient) -> None:
    answer = client.get("/things?value=iwm:Country&page=1")
    assert (answer.status_code, answer.location) == (301, "/browse?class=iwm:Country&page=1")
    old = "/things?property=https://w3id.org/iwm/ontology%23side&value=country:china"
    assert client.get(old).location == "/browse?iwm:side=country:china"


def test_mechanisms_stand_side_by_side(client: FlaskClient) -> None:
    by_label = rows(client, "/compare.json?" + "&".join(f"iri={iri}" for iri in SIX))
    assert len(by_label) == 6
    bfic = by_label["Business Forum of China-Italy"]
    cells = {
        re.split("[:/]", name)[-1]: {
            str(value.get("label", value.get("value"))) for value in values
        }
        for name, values in bfic.items()
    }
    assert cells["Mechanism-dates"] == {"2014"}
    assert cells["Mechanism-instruments"] == {"MOU of BFIC"}
    assert cells["Mechanism-chineseSecretariat"] == {"BFIC Chinese Secretariat"}
    assert cells["Mechanism-otherSecretariat"] == {"BFIC Italian Secretariat"}
    assert {"technology", "tourism"} <= cells["Mechanism-fields"]
    (secretariat,) = bfic[next(name for name in bfic if name.endswith("otherSecretariat"))]
    (detail,) = secretariat["details"]
    assert {one["label"] for one in detail["values"]} == {"CONFINDUSTRIA", "ICE"}


def test_a_comparison_says_what_is_not_stated(client: FlaskClient) -> None:
    page = client.get("/compare?iri=mechanism:crccme&iri=mechanism:bfic&highlight=agreements").text
    assert "not stated" in page
    assert "shared" in page
    assert "shared" not in client.get("/compare?iri=mechanism:crccme&iri=mechanism:bfic").text


def test_a_comparison_begins_with_what_leads_and_folds_what_is_alike(client: FlaskClient) -> None:
    page = client.get("/compare?" + "&".join(f"iri={iri}" for iri in SIX)).text
    leading, *folded = page.split('<details class="rest">')
    assert ">Since<" in leading
    assert ">Secretariats of its working groups provided by<" in leading
    assert "Numbers given" in leading
    assert ">Abbreviation<" not in leading
    assert ">Abbreviation<" in folded[0]
    # A year and its printed form differ in nothing else: only one of them is shown.
    assert ">Founded<" not in folded[0] or ">Founding year<" not in folded[0]
    two = client.get("/compare?iri=mechanism:crccme&iri=mechanism:bfic").text
    alike = two.partition("In which all are alike")[2]
    assert ">Kind of cooperation<" in alike
    assert ">Kind of cooperation<" not in two.partition("In which all are alike")[0]


def test_a_comparison_is_quiet_where_nothing_is_expected(client: FlaskClient) -> None:
    nothing = '<span class="unseen">nothing</span>'
    page = client.get("/compare?iri=mechanism:crccme&iri=mechanism:bfic").text
    row = page.split("Secretariat on the other side")[1].split("</tr>")[0]
    # The path is one of the comparison; no page of a thing has it as what it lacks.
    assert nothing in row
    assert "not stated" not in row
    row = page.split(">Abbreviation")[1].split("</tr>")[0]
    assert nothing not in row
    # No text tells of a working group that the editors alone speak of.
    concepts = client.get("/compare?class=skos:ConceptScheme").text
    assert "not stated" not in concepts


def test_a_comparison_can_be_turned_round(client: FlaskClient) -> None:
    address = "/compare?iri=mechanism:crccme&iri=mechanism:bfic&highlight=differences"
    address_of_rows = f"{address}&things=rows"
    assert f'href="{escape(address_of_rows)}">Things as rows' in client.get(address).text
    page = client.get(address_of_rows).text
    assert f'href="{escape(address)}">Things as columns' in page
    tables = page.count("<table")
    assert page.count('<th scope="row">') == 2 * tables
    assert page.count("<td") - tables == client.get(address).text.count("<td")


def test_another_domain_is_browsed_alike(lights_client: FlaskClient) -> None:
    assert "2 things" in lights_client.get("/browse?class=lights:Person").text
    page = lights_client.get("/compare?class=lights:Light").text
    assert "Lit in" in page


def test_csv_is_as_rfc_4180_has_it(client: FlaskClient) -> None:
    answer = client.get("/browse.csv?class=iwm:Country&column=iwm:statedName")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data.count(b"\r\n") == 7
    header, *lines = csv.reader(io.StringIO(answer.text, newline=""))
    assert header == ["Thing", "IRI", "Name as printed", "Name as printed: passages"]
    assert lines[0][0] == "China"


@pytest.mark.parametrize("text", ["=1+1", "+A1", "-A1", "@SUM(A1)", "\tx", "\r=1"])
def test_no_cell_becomes_a_formula(text: str) -> None:
    assert escape_formula(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-1", "+2.5", "a=b", ""])
def test_what_is_no_formula_stays(text: str) -> None:
    assert escape_formula(text) == text


def test_a_workbook_opens(client: FlaskClient) -> None:
    answer = client.get("/browse.xlsx?class=iwm:Country&column=iwm:statedName")
    assert answer.data.startswith(b"PK")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    lines = list(sheet.iter_rows(values_only=True))
    assert lines[0][:2] == ("Thing", "IRI")
    assert len(lines) == 7


def test_words_stay_words_in_a_workbook() -> None:
    content = workbook("a/b", ["=x"], [["=1+1"], [None], [7], ["\x00<&"]])
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert [row[0].value for row in sheet.iter_rows()] == ["=x", "=1+1", None, 7, "\ufffd<&"]
    assert sheet["A2"].data_type == "s"


@pytest.mark.parametrize("fmt", carrying(Content.TRIPLES), ids=lambda fmt: fmt.name)
@pytest.mark.parametrize(
    "page", ["browse.{}?class=iwm:Secretariat", "compare.{}?class=iwm:Mechanism"]
)
def test_what_is_seen_can_be_had_as_rdf(client: FlaskClient, fmt, page: str) -> None:  # type: ignore[no-untyped-def]
    answer = client.get("/" + page.format(fmt.name))
    assert answer.content_type == fmt.content_type
    assert isinstance(fmt.engine, RdfFormat)
    quads = list(parse(answer.data, format=fmt.engine))
    assert any("passage/31" in f"{quad.graph_name} {quad.object}" for quad in quads)


def test_formats_are_negotiated(client: FlaskClient) -> None:
    def ask(accept: str) -> TestResponse:
        return client.get("/browse?class=iwm:Country", headers={"Accept": accept})

    assert ask("text/csv").mimetype == "text/csv"
    assert ask("application/json").mimetype == "application/json"
    assert ask("text/turtle").mimetype == "text/turtle"
    assert ask("*/*").mimetype == "text/html"
    assert ask("image/png").status_code == 406
    again = ask("text/csv")
    tag = again.headers["ETag"]
    unchanged = client.get("/browse.csv?class=iwm:Country", headers={"If-None-Match": tag})
    assert unchanged.status_code == 304


def opened(client: FlaskClient, page: str, number: int) -> list[dict[str, str]]:
    """Return the rows of a query that a page opens, the first one being 0."""
    link = unescape(page.split('class="query-this" href="')[number + 1].split('"', maxsplit=1)[0])
    query = parse_qs(urlsplit(link).query)["query"][0]
    answer = client.get("/sparql", query_string={"query": query, "format": "csv"}).text
    return list(csv.DictReader(io.StringIO(answer)))


def test_the_queries_of_a_table_give_what_it_shows(client: FlaskClient) -> None:
    page = client.get("/browse?class=iwm:Country&column=iwm:statedName").text
    listed = json.loads(client.get("/browse.json?class=iwm:Country").text)["rows"]
    assert [row["thing"] for row in opened(client, page, 0)] == [row["iri"] for row in listed]
    facts = opened(client, page, 1)
    assert {row["value"] for row in facts} >= {"the People's Republic of China", "Italy"}
    assert any(row["graph"].endswith("passage/33") for row in facts)


def test_a_column_that_reads_too_much_says_so_and_shows_no_part() -> None:
    hub, predicate = NamedNode("urn:x:hub"), NamedNode("urn:x:in")
    quads = [
        Quad(NamedNode(f"urn:x:{number}"), predicate, hub, NamedNode("urn:x:graph"))
        for number in range(MOST_POINTING + 1)
    ]

    column = Column(
        PropertyRef(predicate, incoming=True), PropertyRef(predicate, incoming=True), ""
    )

    def read(number: int) -> Facts:
        facts = Facts(Graph(OxigraphStore(store_of(quads[:number]), {}), "urn:x:"))
        facts.matches([hub], [column])
        return facts

    assert len(read(MOST_POINTING).graphs) == MOST_POINTING
    with pytest.raises(ParameterError, match="more than 5,000 facts"):
        read(MOST_POINTING + 1)
