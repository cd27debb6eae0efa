"""The vocabulary's page, the named queries and the description of the interface, over HTTP."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate
from openpyxl import load_workbook
from pyoxigraph import Literal, RdfFormat, parse
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from graphsvc import settings as service_settings
from graphsvc import sources, sparql
from graphsvc.build import build
from graphsvc.description import describe
from graphsvc.queries import Query, load_queries
from graphsvc.queries.binding import with_values
from graphsvc.queries.groups import BEHIND_PAGES, START, grouped, related
from graphsvc.views.queries import view_queries
from graphsvc.web.app import create_app
from graphsvc.web.highlight import highlighted
from graphsvc.web.interface import operations_of

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from graphsvc.release import Release

_PROMISES = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
HTML = {"Accept": "text/html"}
COUNTRY = "/queries/mechanisms-of-a-country"
FINLAND = "https://w3id.org/iwm/id/country/finland"
NORTH_ROCK = "https://example.org/lights/id/light/north-rock"


@pytest.fixture(scope="module")
def app(mechanisms_release: Release) -> Flask:
    return create_app(mechanisms_release, service_settings.load({}, {}))


@pytest.fixture(scope="module")
def lights_app(lights_release: Release) -> Flask:
    return create_app(lights_release, service_settings.load({}, {}))


@pytest.fixture
def lights(lights_app: Flask) -> FlaskClient:
    return lights_app.test_client()


# The vocabulary


def test_every_anchor_of_the_vocabulary_is_there_once(client: FlaskClient) -> None:
    page = client.get("/ontology", headers=HTML).text
    anchors = Counter(re.findall(r'\bid="([^"]+)"', page))
    assert [name for name, times in anchors.items() if times > 1] == []
    inside = set(re.findall(r'href="(?:/ontology)?#([^"]+)"', page))
    assert inside <= set(anchors)
    assert len(inside) > 150


def test_the_pictures_obey_the_policy(client: FlaskClient) -> None:
    page = client.get("/ontology", headers=HTML).text
    # The classes are drawn twice: for a wide screen and for a phone.
    assert page.partition("<main")[2].count("<svg") == 3
    assert page.count("<desc ") == 3
    assert not re.search(r"<[^>]+\sstyle=", page)
    assert "<style" not in page
    assert "<script" not in page.partition("<main")[2]


def test_a_term_leads_to_its_things_facts_and_queries(client: FlaskClient) -> None:
    page = client.get("/ontology", headers=HTML).text
    start = page.index('id="hasSecretariat"')
    article = page[start : page.index("</article>", start)]
    (facts,) = re.findall(r'href="(/sparql\?[^"]+)"', article)
    answer = client.get(facts.replace("&amp;", "&"), headers={"Accept": "text/csv"})
    rows = list(csv.reader(answer.text.splitlines()))[1:]
    (count,) = re.findall(r">(\d+) facts?<", article)
    assert len(rows) == int(count) > 0
    for query in re.findall(r'href="(/queries/[^"]+)"', article):
        assert client.get(query, headers=HTML).status_code == 200


def test_a_deprecated_term_is_marked(
    lights_copy: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = lights_copy / "ontology" / "lights.ttl"
    text = file.read_text("utf-8")
    assert "lights:opposite a owl:ObjectProperty ;" in text
    file.write_text(
        text.replace(
            "lights:opposite a owl:ObjectProperty ;",
            "lights:opposite a owl:ObjectProperty ; owl:deprecated true ;",
        ),
        "utf-8",
    )
    values = service_settings.load(
        {"project": lights_copy, "releases": tmp_path_factory.mktemp("deprecated")}, {}
    )
    release = build(sources.load(lights_copy), values, lambda *_: [], describe)
    page = create_app(release, values).test_client().get("/ontology", headers=HTML).text
    start = page.index('id="opposite"')
    assert "deprecated</span>" in page[start : page.index("</article>", start)]


# The queries


def test_the_gallery_lists_every_query_once(
    client: FlaskClient, mechanisms_release: Release
) -> None:
    def listed(address: str) -> Counter[str]:
        page = client.get(address, headers=HTML).text
        return Counter(re.findall(r'href="/queries/([^"?]+)"', page))

    own = {file.stem for file in mechanisms_release.queries.glob("*.rq")}
    assert listed("/queries") == Counter(own)
    behind = {query.name for query in view_queries()}
    assert listed("/queries?tag=behind the pages") == Counter(behind)
    assert "tag=behind+the+pages" in client.get("/queries", headers=HTML).text


def test_the_gallery_is_filtered_by_words_and_by_tag(client: FlaskClient) -> None:
    by_words = client.get("/queries?q=Russian+secretariat", headers=HTML).text
    assert re.findall(r'href="/queries/([^"?]+)"', by_words) == ["is-there-a-russian-secretariat"]
    by_tag = client.get("/queries?tag=fields", headers=HTML).text
    assert "/queries/fields-in-common" in by_tag
    assert "/queries/boards" not in by_tag
    nothing = client.get("/queries?q=zzzz", headers=HTML)
    assert nothing.status_code == 200
    assert "0 questions" in nothing.text


def test_a_page_has_the_form_the_answer_and_the_text(client: FlaskClient) -> None:
    page = client.get(f"{COUNTRY}?country={FINLAND}", headers=HTML).text
    assert f'<option value="{FINLAND}" selected lang="en">Finland</option>' in page
    assert "China-Finland Committee" in page
    assert '<span class="keyword">SELECT</span>' in page
    line = client.get("/queries/time-line", headers=HTML).text
    assert "<code>STR(?date)</code>" in line


def test_a_thing_that_no_answer_has_can_still_be_asked_about(client: FlaskClient) -> None:
    other = "https://example.org/nowhere"
    page = client.get(f"{COUNTRY}?country={other}", headers=HTML).text
    assert f'<option value="{other}" selected>{other}</option>' in page
    assert "0 rows" in page


def test_things_are_offered_under_the_names_that_readers_know(client: FlaskClient) -> None:
    passages = client.get("/queries/what-a-sentence-states", headers=HTML).text
    options = re.findall(r"<option [^>]*>([^<]*)</option>", passages)
    assert options[0] == "5 · International Working Mechanisms"
    assert all(len(option) <= 90 for option in options)
    # A record elsewhere has the label of the thing here.
    items = client.get("/queries/thing-of-a-wikidata-item", headers=HTML).text
    assert re.search(r'<option value="http://www.wikidata.org/entity/Q33" selected[^>]*>Fin', items)
    # Too many values to choose from: a text field, with the label of its value.
    many = client.get("/queries/inferred-about", headers=HTML).text
    assert "<option" not in many
    assert re.search(r'data-chosen="[^"]*[Cc]hairman', many)


def test_a_passage_is_its_number_and_its_words_stand_once(client: FlaskClient) -> None:
    page = client.get("/queries/secretariats", headers=HTML).text
    words = "CRCCME Chinese Secretariat is in CCCME."
    (row,) = (
        row for row in page.split("<tr>") if f"<span>{words}" in re.sub(' lang="en"', "", row)
    )
    assert 'href="/doc/source/international-working-mechanisms#p-17"' in row
    assert "Passage </span>17</a>" in row
    assert "<q" not in row
    address = "/sparql?query=SELECT+?passage+{+?passage+a+iwm:Sentence+}"
    alone = client.get(address, headers=HTML).text
    assert re.search(rf"Passage </span>17</a> <q[^>]*>{words}</q>", alone)


def test_a_graph_is_shown_as_rows_and_with_the_prefixes_it_needs(client: FlaskClient) -> None:
    page = client.get("/queries/describe-huawei", headers=HTML).text
    assert re.search(r"<b>\d+ triples</b>", page)
    assert '<td data-column="property">' in page
    turtle = page[page.index("<summary>Turtle") :].partition("</pre>")[0]
    declared = re.findall(r"@prefix (\w+):", turtle)
    assert declared
    unused = {name for name in declared if len(re.findall(rf"\b{name}:", turtle)) < 2}
    # Turtle writes rdf:type as a, and integers without their datatype.
    assert unused <= {"rdf", "xsd"}


def test_questions_stand_by_what_people_want_to_know_the_most_wanted_first(
    client: FlaskClient, mechanisms_release: Release
) -> None:
    page = client.get("/queries", headers=HTML).text
    queries = {query.name: query for query in load_queries(mechanisms_release.queries)}
    for section in page.split("<section aria-labelledby")[1:]:
        listed = [queries[name] for name in re.findall(r'href="/queries/([^"?]+)"', section)]
        assert len({query.group for query in listed}) == 1
        order = [(START not in query.tags, len(sparql.code(query.text))) for query in listed]
        assert order == sorted(order)
    bench = client.get("/sparql", headers=HTML).text
    titles = re.findall(r'<h2 id="group-\d+">([^<]*) <', page)
    assert titles == re.findall(r"<h3>([^<]*) <span", bench)


def test_the_columns_of_an_answer_have_names_in_words(client: FlaskClient) -> None:
    page = client.get("/queries/stated-counts", headers=HTML).text
    heads = re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', page)
    assert "As of" in heads
    assert all(head[0].isupper() for head in heads)


def test_groups_have_an_order_and_those_of_a_project_stand_after_the_first() -> None:
    def query(group: str, *tags: str) -> Query:
        name = f"{group}-{'-'.join(tags)}"
        return Query(name, name, "ASK { }", "", group=group, tags=tags)

    names = ["about-the-data", "", "missing", "lamp-rooms", "what-for", "where", "when", "who"]
    groups = grouped([*map(query, names), query("who", BEHIND_PAGES)])
    assert [group.title for group in groups] == [
        *("Who", "Lamp rooms", "When", "Where", "What for", "What is not said"),
        *("About the data", "Questions", BEHIND_PAGES),
    ]
    assert all(len(group.queries) == 1 for group in groups)


def test_a_page_leads_to_queries_of_its_kind_and_to_its_answer_for_good(
    client: FlaskClient, mechanisms_release: Release
) -> None:
    page = client.get("/queries/secretariats", headers=HTML).text
    links = page[page.index('<section class="related"') :].partition("</ul>")[0]
    names = re.findall(r'href="/queries/([^"]+)"', links)
    tags = {query.name: {*query.tags} for query in load_queries(mechanisms_release.queries)}
    assert names
    assert "secretariats" not in names
    # To start with is no matter that two queries share.
    assert all(tags[name] & tags["secretariats"] - {"start here"} for name in names)
    (pinned,) = re.findall(r'href="([^"]*&amp;release=[^"]*)"', page)
    answer = client.get(unescape(pinned), headers=HTML)
    assert "This answer is pinned to the release" in answer.text


def test_queries_of_a_kind_share_a_tag_and_are_no_matter_of_luck(
    mechanisms_release: Release,
) -> None:
    queries = load_queries(mechanisms_release.queries)
    for query in queries:
        own = {*query.tags} - {"start here"}
        shared = {each.name: len(own & {*each.tags}) for each in queries}
        names = [each.name for each in related(query, queries)]
        others = {name for name, count in shared.items() if count} - {query.name}
        assert {*names} == others
        counts = [shared[name] for name in names]
        assert counts == sorted(counts, reverse=True)


def test_the_workbench_starts_from_the_same_question(client: FlaskClient) -> None:
    page = client.get(f"{COUNTRY}?country={FINLAND}", headers=HTML).text
    link, _ = re.findall(r'class="query-this" href="([^"]+)"', page)
    text = parse_qs(urlsplit(link.replace("&amp;", "&")).query)["query"][0]
    there = client.get("/sparql", query_string={"query": text, "format": "csv"}).data
    assert there == client.get(f"{COUNTRY}.csv?country={FINLAND}").data


def test_every_query_answers_in_each_of_its_formats(
    client: FlaskClient, mechanisms_release: Release
) -> None:
    for file in mechanisms_release.queries.glob("*.rq"):
        address = f"/queries/{file.stem}"
        page = client.get(address, headers=HTML)
        assert page.status_code == 200, address
        for link in re.findall(r'<link rel="alternate" type="([^"]+)" href="([^"]+)">', page.text):
            answer = client.get(link[1].replace("&amp;", "&"))
            assert (answer.status_code, answer.mimetype) == (200, link[0]), link
            assert answer.data


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/json", "application/sparql-results+json"),
        ("text/csv", "text/csv"),
        ("*/*", "text/html"),
        (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    ],
)
def test_the_format_is_negotiated(client: FlaskClient, accept: str, media_type: str) -> None:
    answer = client.get(COUNTRY, headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (200, media_type)
    # A page speaks the language of its reader.
    varies = {"Accept", "Accept-Language"} if media_type == "text/html" else {"Accept"}
    assert set(answer.vary.as_set()) >= {name.lower() for name in varies}
    assert ("accept-language" in answer.vary) is (media_type == "text/html")
    again = client.get(COUNTRY, headers={"Accept": accept, "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert client.head(COUNTRY, headers={"Accept": accept}).status_code == 200


def test_answers_to_unlike_arguments_have_unlike_tags(client: FlaskClient) -> None:
    tags = {
        client.get(f"{COUNTRY}.csv{more}").headers["ETag"] for more in ("", f"?country={FINLAND}")
    }
    assert len(tags) == 2
    example = "?country=country:united-states"
    assert client.get(f"{COUNTRY}.csv{example}").data == client.get(f"{COUNTRY}.csv").data


def test_a_workbook_has_typed_cells_and_readable_names(client: FlaskClient) -> None:
    answer = client.get("/queries/passage-at-an-offset.xlsx?offset=300")
    (sheet,) = load_workbook(BytesIO(answer.data)).worksheets
    head, row = ([cell.value for cell in line] for line in sheet.iter_rows())
    offset, _, begin, end, _ = row
    assert head == ["Offset", "Passage", "Begin", "End", "Words"]
    assert offset == 300
    assert isinstance(begin, int)
    assert isinstance(end, int)
    assert begin <= 300 < end
    link = sheet["B2"].hyperlink
    assert link is not None
    assert str(link.target).startswith("https://w3id.org/iwm/passage/")
    assert "passage-at-an-offset.xlsx" in answer.headers["Content-Disposition"]


def test_a_graph_is_answered_as_rdf(client: FlaskClient) -> None:
    address = "/queries/mechanisms-in-schema-org"
    turtle = client.get(address, headers={"Accept": "text/turtle"})
    assert len(list(parse(turtle.data, format=RdfFormat.TURTLE))) > 10
    assert client.get(f"{address}.nt").mimetype == "application/n-triples"
    assert client.get(f"{address}.csv").status_code == 404


def test_yes_or_no_is_answered_in_words(client: FlaskClient) -> None:
    address = "/queries/is-there-a-russian-secretariat"
    assert re.search(r'class="boolean">(Yes|No)<', client.get(address, headers=HTML).text)
    assert client.get(f"{address}.json").json["boolean"] in (True, False)  # type: ignore[index]


@pytest.mark.parametrize(
    ("address", "status", "named"),
    [
        (f"{COUNTRY}.json?country=nonsense", 400, "country"),
        (f"{COUNTRY}.json?land=x", 400, "land"),
        (f"{COUNTRY}.json?country=a:b&country=a:b", 400, "country"),
        ("/queries/passage-at-an-offset.json?offset=many", 400, "offset"),
        ("/queries/passage-at-an-offset.json?offset=", 400, "offset"),
        ("/queries/mechanisms-of-a-land", 404, "mechanisms-of-a-country"),
        (f"{COUNTRY}.ttl", 404, "ttl"),
        (f"{COUNTRY}.exe", 404, "exe"),
    ],
)
def test_errors_have_the_one_shape_and_name_what_is_wrong(
    client: FlaskClient, address: str, status: int, named: str
) -> None:
    answer = client.get(address, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    problem = json.loads(answer.data)
    assert named in problem["detail"] + problem["remedy"]


def test_what_cannot_be_taken_lists_what_can(client: FlaskClient) -> None:
    answer = client.get(COUNTRY, headers={"Accept": "image/png"})
    assert answer.status_code == 406


def test_the_iri_of_a_query_leads_to_its_page(client: FlaskClient) -> None:
    first = client.get("/query/mechanisms-of-a-country")
    assert (first.status_code, first.location) == (303, "/doc/query/mechanisms-of-a-country")
    about = client.get(first.location, headers=HTML).text
    assert f'href="{COUNTRY}">Ask this query<' in about
    page = client.get(COUNTRY, headers=HTML).text
    assert '<link rel="describedby" href="/doc/query/mechanisms-of-a-country">' in page


@given(st.text())
def test_any_text_can_be_coloured_and_loses_nothing(text: str) -> None:
    coloured = str(highlighted(text, {"ex": "https://example.org/"}, lambda iri: iri))
    plain = unescape(
        re.sub(r'<(?:span|a) class="[^"<>]*"(?: href="[^"<>]*")?>|</(?:span|a)>', "", coloured)
    )
    assert plain == text


def test_a_value_stands_where_filters_see_it() -> None:
    text = "CONSTRUCT { ?a ?b ?c } WHERE { ?a ?b ?c }"
    text_with_value = with_values(text, {"c": Literal('"}')})
    assert text_with_value == 'CONSTRUCT { ?a ?b ?c } WHERE {\n  VALUES ?c { "\\"}" } ?a ?b ?c }'
    assert with_values(text, {}) == text


def test_the_examples_of_the_documentation_work(client: FlaskClient) -> None:
    text = (Path(__file__).parents[2] / "docs" / "queries.md").read_text("utf-8")
    addresses = re.findall(r"http://127\.0\.0\.1:8080(/[^\s']+)", text)
    assert len(addresses) == 4
    for address in addresses:
        assert client.get(address).status_code == 200, address


# The description


@pytest.mark.parametrize("which", ["app", "lights_app"])
def test_the_description_is_valid(which: str, request: pytest.FixtureRequest) -> None:
    served: Flask = request.getfixturevalue(which)
    answer = served.test_client().get("/openapi.json")
    assert answer.mimetype == "application/openapi+json"
    described = json.loads(answer.data)
    validate(described)
    assert described["openapi"].startswith("3.1")
    as_yaml = served.test_client().get("/openapi.yaml")
    assert yaml.safe_load(as_yaml.data) == described


def test_the_description_has_every_query_with_its_parameters(
    client: FlaskClient, mechanisms_folder: Path
) -> None:
    described = client.get("/openapi.json", headers={"Accept": "*/*"})
    paths = json.loads(described.data)["paths"]
    files = {f"/queries/{file.stem}" for file in mechanisms_folder.glob("queries/*.rq")}
    assert {path for path in paths if path.startswith("/queries/")} == files
    (offset,) = paths["/queries/passage-at-an-offset"]["get"]["parameters"]
    assert offset["schema"] == {"type": "integer", "default": 3650}
    page = client.get("/api", headers=HTML).text
    assert "/queries/passage-at-an-offset" in page
    assert "A place in the text" in page


#: The endpoints without a description, by why they have none.
UNDESCRIBED = {
    "it is a page for people": {
        *("api.page", "documentation.page", "pages.home", "pages.data", "pages.problems"),
        *("pictures.map_page", "pictures.neighbourhood", "pictures.timeline"),
    },
    "it sends on to another address": {
        *("browse.things", "documents.thing", "documents.describe", "releases.compare"),
    },
    "other specifications describe it, and what is served links to it": {
        *("api.as_json", "api.as_yaml", "crawlers.part", "crawlers.robots", "crawlers.sitemap"),
        *("documents.context", "well_known.sparql_examples", "well_known.void"),
        *("reconciliation.flyout", "reconciliation.preview", "reconciliation.properties"),
        *("reconciliation.suggest", "reconciliation.view"),
        *("dumps.dump", "dumps.dump_of_release", "releases.release", "versions.version"),
    },
    "only scripts of the pages ask for it": {
        *("static", "workbench.answer", "workbench.as_notebook", "workbench.check"),
        *("workbench.code", "workbench.one_example", "workbench.vocabulary"),
    },
    "it says how the service is": {"pages.healthz", "pages.readyz"},
}


def test_every_route_is_described_with_its_methods_or_is_known_not_to_be(lights_app: Flask) -> None:
    paths = json.loads(lights_app.test_client().get("/openapi.json").data)["paths"]
    described = operations_of(lights_app.view_functions)
    assert lights_app.view_functions.keys() - described.keys() == set().union(*UNDESCRIBED.values())
    for rule in lights_app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).replace("{address}", "keepers")
        is_alternate = "." in path
        if rule.endpoint in described and not is_alternate:
            methods = {method.lower() for method in rule.methods or ()} - {"head", "options"}
            assert methods <= paths[path].keys(), path
            named = {each["name"] for each in paths[path]["get"]["parameters"]}
            assert rule.arguments - {"address"} <= named, path


# schemathesis' own decorator does not go with the newest pytest: its strategies do.
@pytest.mark.slow
@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_the_interface_does_as_it_is_described(
    lights_app: Flask, mode: schemathesis.GenerationMode
) -> None:
    described = schemathesis.openapi.from_wsgi("/openapi.json", lights_app)
    labels = set()
    for result in described.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        if _can_be(operation, mode):
            _try(operation.as_strategy(generation_mode=mode))
            labels.add(operation.label)
    assert {"GET /sparql", "POST /sparql", "GET /queries/keepers", "GET /doc/{path}"} <= labels


def _can_be(operation: Any, mode: schemathesis.GenerationMode) -> bool:
    """Return whether a mode makes sense: without parameters no request can be wrong."""
    takes = bool(list(operation.iter_parameters())) or bool(operation.body)
    return takes or mode is schemathesis.GenerationMode.POSITIVE


def _try(cases: st.SearchStrategy[Any]) -> None:
    @settings(max_examples=40, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(cases)
    def does(case: Any) -> None:
        # The test client decodes no content coding.
        case.call_and_validate(checks=_PROMISES, headers={"Accept-Encoding": "identity"})

    does()
