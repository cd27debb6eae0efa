"""Every valid request gets a valid answer: any batch of queries, any column.

The requests are those that OpenRefine sends, byte for byte where that matters, and others that the
schemas allow.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from graphsvc import settings as service_settings
from graphsvc.web.app import create_app

from . import schemas
from .schemas import conforms, faults

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from graphsvc.release import Release

LIGHTS = "https://example.org/lights/"
TERM = f"{LIGHTS}ontology#"
ROCK = f"{LIGHTS}id/light/north-rock"


@pytest.fixture(scope="module")
def client(lights_release: Release) -> FlaskClient:
    return create_app(lights_release, service_settings.load({}, {})).test_client()


# --- the schemas ---


@pytest.mark.parametrize("name", schemas.SCHEMAS)
def test_the_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(schemas.SCHEMAS[name])


CANDIDATE = {"id": "a", "name": "A", "score": 1}
SPACES = {"identifierSpace": "https://a.b/", "schemaSpace": "https://a.b/"}
SERVICE = {"versions": ["0.2"], "name": "N", **SPACES}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (schemas.QUERIES, {"q": {"limit": 1}}),
        (schemas.QUERIES, {"q": {"properties": []}}),
        (schemas.QUERIES, {"q": {"query": "a", "props": []}}),
        (schemas.QUERIES, {"q": {"query": "a", "limit": 0}}),
        (schemas.QUERIES, {"q": {"query": "a", "type_strict": "none"}}),
        (schemas.QUERIES, {"q": {"query": "a", "properties": [{"pid": "p"}]}}),
        (schemas.QUERIES, {"q": {"query": "a", "properties": [{"pid": "p", "v": None}]}}),
        (schemas.EXTENSION, {"ids": ["a"]}),
        (schemas.EXTENSION, {"ids": ["a"], "properties": ["p"]}),
        (schemas.RESULTS, {"q": {}}),
        (schemas.RESULTS, {"q": [CANDIDATE]}),
        (schemas.RESULTS, {"q": {"result": [{"name": "A", "score": 1}]}}),
        (schemas.RESULTS, {"q": {"result": [{**CANDIDATE, "score": "1"}]}}),
        (schemas.RESULTS, {"q": {"result": [{**CANDIDATE, "type": [{"name": "T"}]}]}}),
        (schemas.RESULTS, {"q": {"result": [{**CANDIDATE, "name": ""}]}}),
        (schemas.EXTENDED, {"rows": {}}),
        (schemas.EXTENDED, {"meta": [], "rows": {"a": {"p": [{"label": "x"}]}}}),
        (schemas.EXTENDED, {"meta": [], "rows": {"a": {"p": [{"str": "x", "label": "x"}]}}}),
        (schemas.EXTENDED, {"meta": [], "rows": {"a": {"p": [{"id": "x"}]}}}),
        (schemas.EXTENDED, {"meta": [], "rows": {"a": {"p": [{"int": 1.5}]}}}),
        (schemas.EXTENDED, {"meta": [], "rows": {"a": {"p": [{"bool": True}]}}}),
        (schemas.EXTENDED, {"meta": [], "rows": {"a": {"p": [{"date": "2014"}]}}}),
        (schemas.EXTENDED, {"meta": [], "rows": {"a": {"p": [{"date": "2014-13-01T00:00:00Z"}]}}}),
        (schemas.EXTENDED, {"meta": [{"id": "a"}], "rows": {}}),
        (schemas.SUGGESTED["entity"], {"result": [{"id": "a"}]}),
        (schemas.SUGGESTED["type"], {"result": [{**CANDIDATE, "broader": [{"id": "b"}]}]}),
        (schemas.PROPOSED, {"type": "a"}),
        (schemas.FLYOUT, {"id": "a"}),
        (schemas.PREVIEW, {"url": "https://a.b/{{id}}", "width": 1}),
        (schemas.MANIFEST, {**SERVICE, "versions": ["0.1"]}),
        (schemas.MANIFEST, {"versions": ["0.2"], "name": "N", "schemaSpace": "https://a.b/"}),
        (schemas.MANIFEST, {**SERVICE, "documentation": 1}),
        (schemas.MANIFEST, {**SERVICE, "view": {"url": "https://a.b/"}}),
        (schemas.MANIFEST, {**SERVICE, "feature_view": {"url": "https://a.b/{id}"}}),
        (schemas.MANIFEST, {**SERVICE, "suggest": {"entity": {"flyout_service_path": "/f"}}}),
        (schemas.MANIFEST, {**SERVICE, "defaultTypes": [{"name": "T"}]}),
        (schemas.MANIFEST, {**SERVICE, "extend": {"property_settings": [{"type": "list"}]}}),
    ],
)
def test_the_schemas_see_what_is_wrong(schema: schemas.Schema, value: object) -> None:
    assert faults(schema, value)


def test_the_schemas_let_pass_what_is_right() -> None:
    conforms(schemas.MANIFEST, SERVICE)
    conforms(
        schemas.RESULTS, {"q": {"result": [{**CANDIDATE, "type": ["T"]}]}, "r": {"result": []}}
    )
    conforms(
        schemas.QUERIES, {"q": {"properties": [{"pid": "p", "v": ["a", {"id": "x"}, 1, True]}]}}
    )
    cells = [{}, {"id": "a", "name": "A"}, {"float": 1}, {"date": "-0044-03-15T12:00:00+01:00"}]
    conforms(schemas.EXTENDED, {"meta": [], "rows": {"a": {"p": cells}}})


# --- any valid request ---

# Names of the graph and similar ones, IRIs of its terms, and any words at all.
_WORDS = st.sampled_from(["North Rock Light", "north", "ile merrow", "Ada", ""]) | st.text(
    max_size=20
).filter(lambda text: text.encode("utf-8", "ignore").decode() == text)
_CLASSES = st.sampled_from([f"{TERM}{name}" for name in ("Light", "Lighthouse", "Place", "None")])
_PROPERTIES = st.sampled_from(
    [f"{TERM}{name}" for name in ("litIn", "orderedBy", "partOf", "statedName", "none")]
)
_THINGS = st.sampled_from([ROCK, f"{LIGHTS}id/body/harbour-board", f"{LIGHTS}id/none"])
_VALUES = (
    _WORDS
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.fixed_dictionaries({"id": _THINGS | _WORDS}, optional={"name": _WORDS})
)
_CONDITIONS = st.fixed_dictionaries(
    {"pid": _PROPERTIES | _WORDS, "v": _VALUES | st.lists(_VALUES, max_size=3)}
)
_REST: dict[Any, st.SearchStrategy[Any]] = {
    "type": _CLASSES | _WORDS | st.lists(_CLASSES | _WORDS, max_size=3),
    "type_strict": st.sampled_from(["any", "all", "should"]),
    "limit": st.integers(1, 10**9),
}
_QUERIES = st.fixed_dictionaries(
    {"query": _WORDS | _THINGS}, optional={**_REST, "properties": st.lists(_CONDITIONS, max_size=2)}
) | st.fixed_dictionaries(
    {"properties": st.lists(_CONDITIONS, min_size=1, max_size=2)}, optional=_REST
)
_KEYS = st.text(max_size=4).filter(lambda text: text.encode("utf-8", "ignore").decode() == text)


@settings(max_examples=60)
@given(batch=st.dictionaries(_KEYS, _QUERIES, max_size=3))
def test_any_batch_is_answered(client: FlaskClient, batch: dict[str, Any]) -> None:
    conforms(schemas.QUERIES, batch)
    answer = client.post("/reconcile", data={"queries": json.dumps(batch)})
    assert answer.status_code == 200, answer.text
    results = answer.get_json()
    conforms(schemas.RESULTS, results)
    assert results.keys() == batch.keys()
    for key, query in batch.items():
        result = results[key]["result"]
        assert len(result) <= query.get("limit", 10)
        scores = [each["score"] for each in result]
        assert scores == sorted(scores, reverse=True)
        assert sum(each["match"] for each in result) <= 1


_SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "content": st.sampled_from(["value", "name", "sentence"]) | _WORDS,
        "limit": st.integers(0, 99) | st.sampled_from(["0", "1", "", "x"]),
    },
)
_COLUMNS = st.fixed_dictionaries({"id": _PROPERTIES | _WORDS}, optional={"settings": _SETTINGS})


@settings(max_examples=60)
@given(ids=st.lists(_THINGS | _WORDS, max_size=3), columns=st.lists(_COLUMNS, max_size=3))
def test_any_column_is_fetched(
    client: FlaskClient, ids: list[str], columns: list[dict[str, Any]]
) -> None:
    request_body = {"ids": ids, "properties": columns}
    conforms(schemas.EXTENSION, request_body)
    answer = client.post("/reconcile", data={"extend": json.dumps(request_body)})
    assert answer.status_code == 200, answer.text
    table = answer.get_json()
    conforms(schemas.EXTENDED, table)
    assert [meta["id"] for meta in table["meta"]] == [column["id"] for column in columns]
    assert table["rows"].keys() == set(ids)
    for row in table["rows"].values():
        assert row.keys() == {column["id"] for column in columns}


def test_every_property_of_every_thing_makes_a_column(
    client: FlaskClient, lights_release: Release
) -> None:
    pairs = lights_release.store.select(
        "SELECT DISTINCT ?thing ?property { ?thing ?property ?v FILTER(ISIRI(?thing)) }"
    )
    things = sorted({str(getattr(row["thing"], "value", "")) for row in pairs})
    columns = [{"id": iri} for iri in sorted({row["property"].value for row in pairs})]  # type: ignore[union-attr]
    keys: set[str] = set()
    for at in range(0, len(things), 100):
        request_body = {"ids": things[at : at + 100], "properties": columns[:50]}
        table = client.post("/reconcile", data={"extend": json.dumps(request_body)}).get_json()
        conforms(schemas.EXTENDED, table)
        cells = [
            cell for row in table["rows"].values() for values in row.values() for cell in values
        ]
        keys |= {member for cell in cells for member in cell}
    assert {"id", "name", "str", "int"} <= keys


@settings(max_examples=40)
@given(prefix=_WORDS, kind=st.sampled_from(["entity", "type", "property"]))
def test_any_beginning_is_answered(client: FlaskClient, prefix: str, kind: str) -> None:
    answer = client.get(f"/reconcile/suggest/{kind}", query_string={"prefix": prefix})
    assert answer.status_code == 200
    conforms(schemas.SUGGESTED[kind], answer.get_json())


@pytest.mark.parametrize("query", [{}, {"type": f"{TERM}Light"}, {"type": "none", "limit": "3"}])
def test_proposals(client: FlaskClient, query: dict[str, str]) -> None:
    conforms(schemas.PROPOSED, client.get("/reconcile/properties", query_string=query).get_json())


@pytest.mark.parametrize("iri", [ROCK, f"{TERM}Light", f"{TERM}litIn"])
def test_flyouts(client: FlaskClient, iri: str) -> None:
    flyout = client.get("/reconcile/flyout", query_string={"id": iri}).get_json()
    conforms(schemas.FLYOUT, flyout)


# --- OpenRefine ---

#: What jQuery sends along.
JQUERY = {
    "Accept": "application/json, text/javascript, */*; q=0.01",
    "Origin": "http://127.0.0.1:3333",
    "Referer": "http://127.0.0.1:3333/project?project=1",
}


def test_openrefine_adds_the_service(client: FlaskClient) -> None:
    answer = client.get("/reconcile", headers=JQUERY)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.content_type.startswith("application/json")
    manifest = answer.get_json()
    conforms(schemas.MANIFEST, manifest)
    # If that fails it calls a function of its page: the same in a script.
    script = client.get("/reconcile?callback=jQuery36006531_1732&_=1732", headers=JQUERY)
    assert script.content_type == "text/javascript; charset=utf-8"
    jsonp = re.fullmatch(r"/\*\*/jQuery36006531_1732\((.*)\);\n", script.text, re.DOTALL)
    assert jsonp
    assert json.loads(jsonp[1]) == manifest


def test_openrefine_guesses_the_type_of_a_column(client: FlaskClient) -> None:
    batch = {
        f"q{n}": {"query": name, "limit": 3} for n, name in enumerate(["North Rock Light", " "])
    }
    answer = client.post("/reconcile", data={"queries": json.dumps(batch)})
    results = answer.get_json()
    conforms(schemas.RESULTS, results)
    kinds = {kind["id"] for each in results["q0"]["result"] for kind in each["type"]}
    assert f"{TERM}Light" in kinds
    # A cell of blanks does not spoil the batch it comes in.
    assert results["q1"] == {"result": []}


def test_openrefine_reconciles_with_other_columns(client: FlaskClient) -> None:
    batch = {
        "q0": {
            "query": "North Rock Light",
            "type": f"{TERM}Light",
            "type_strict": "should",
            "properties": [
                {"pid": f"{TERM}litIn", "v": "1871"},
                {
                    "pid": f"{TERM}orderedBy",
                    "v": {"id": f"{LIGHTS}id/body/harbour-board", "name": "Harbour Board"},
                },
            ],
        }
    }
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    answer = client.post("/reconcile", data={"queries": json.dumps(batch)}, headers=form)
    conforms(schemas.RESULTS, answer.get_json())
    (best, *_) = answer.get_json()["q0"]["result"]
    assert (best["id"], best["match"], best["score"]) == (ROCK, True, 100)


def test_openrefine_suggests_and_shows(client: FlaskClient) -> None:
    service = client.get("/reconcile").get_json()["suggest"]["entity"]
    path = service["service_url"].removeprefix("http://localhost") + service["service_path"]
    parameters = {
        "prefix": "north r",
        "type": f"{TERM}Light",
        "type_strict": "any",
        "all_types": "true",
    }
    answer = client.get(path, query_string=parameters, headers=JQUERY)
    conforms(schemas.SUGGESTED["entity"], answer.get_json())
    assert answer.get_json()["result"][0]["id"] == ROCK
    script = client.get(path, query_string={**parameters, "callback": "jQuery1_2", "_": "3"})
    assert script.text.startswith("/**/jQuery1_2(")
    for path in (
        "/reconcile",
        "/reconcile/suggest/entity",
        "/reconcile/preview",
        "/reconcile/view",
    ):
        preflight = {"Origin": "http://127.0.0.1:3333", "Access-Control-Request-Method": "POST"}
        allowed = client.options(f"/reconcile{path}", headers=preflight)
        assert allowed.status_code == 200
        assert allowed.headers["Access-Control-Allow-Origin"] == "*"
        assert "POST" in allowed.headers["Access-Control-Allow-Methods"]


def test_openrefine_adds_columns(client: FlaskClient) -> None:
    request_body = {
        "ids": [ROCK],
        "properties": [
            {"id": f"{TERM}orderedBy", "name": "ordered by", "settings": {}},
            {
                "id": f"{TERM}litIn",
                "name": "lit in",
                "settings": {"limit": "1", "content": "value"},
            },
        ],
    }
    table = client.post("/reconcile", data={"extend": json.dumps(request_body)}).get_json()
    conforms(schemas.EXTENDED, table)
    row = table["rows"][ROCK]
    board = {"id": f"{LIGHTS}id/body/harbour-board", "name": "Harbour Board"}
    assert row == {f"{TERM}orderedBy": [board], f"{TERM}litIn": [{"int": 1871}]}
