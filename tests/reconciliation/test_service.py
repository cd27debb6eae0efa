"""The Reconciliation API as a table tool uses it: a client like OpenRefine, and a real server.

Every answer is checked against the schemas: https://reconciliation-api.github.io/specs/0.2/
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from contextlib import closing, suppress
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from server.processes import started, until_serving

from graphsvc.errors import QueryError
from graphsvc.views.reconciliation import BATCH_SIZE, TooMany, read_batch, read_extension
from graphsvc.views.reconciliation.reading import ThingValue

from . import schemas
from .schemas import conforms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphsvc.release import Release

IWM = "https://w3id.org/iwm/"
TERM = f"{IWM}ontology#"
BFIC = f"{IWM}id/mechanism/bfic"

_FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}


class Refine:
    """A client of the API: what OpenRefine sends, and what it makes of the answers."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.address = f"http://127.0.0.1:{port}/reconcile"

    def get(self, address: str) -> tuple[int, dict[str, str], str]:
        """Fetch an address as a browser's page of another origin would."""
        parts = urlsplit(address)
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request("GET", target, headers={"Origin": "http://127.0.0.1:3333"})
            answer = connection.getresponse()
            fields = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, fields, answer.read().decode()

    def json(self, address: str) -> Any:
        status, fields, body = self.get(address)
        assert (status, fields["content-type"]) == (200, "application/json"), body
        assert fields["access-control-allow-origin"] == "*"
        return json.loads(body)

    def manifest(self) -> Any:
        document = self.json(self.address)
        conforms(schemas.MANIFEST, document)
        return document

    def post(self, **form: object) -> tuple[int, Any]:
        for name, value in form.items():
            conforms({"queries": schemas.QUERIES, "extend": schemas.EXTENSION}[name], value)
        body = urlencode({name: json.dumps(value) for name, value in form.items()})
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request("POST", "/reconcile", body, {**_FORM, "Accept": "*/*"})
            answer = connection.getresponse()
            document = json.loads(answer.read())
        if answer.status == 200:
            conforms(schemas.RESULTS if "queries" in form else schemas.EXTENDED, document)
        return answer.status, document

    def reconcile(self, **queries: object) -> dict[str, Any]:
        status, answer = self.post(queries=queries)
        assert status == 200, answer
        assert set(answer) == set(queries)
        for result in answer.values():
            follows_the_rules_for_candidates(result["result"])
        return {key: result["result"] for key, result in answer.items()}

    def one(self, **query: object) -> list[Any]:
        return list(self.reconcile(q0=query)["q0"])

    def suggest(self, kind: str, prefix: str, **more: str) -> list[Any]:
        service = self.manifest()["suggest"][kind]
        query = urlencode({"prefix": prefix, **more})
        document = self.json(f"{service['service_url']}{service['service_path']}?{query}")
        conforms(schemas.SUGGESTED[kind], document)
        return list(document["result"])


def follows_the_rules_for_candidates(candidates: list[Any]) -> None:
    """Check what no schema can say, and what this service promises beyond."""
    scores = [each["score"] for each in candidates]
    assert scores == sorted(scores, reverse=True)
    assert sum(each["match"] for each in candidates) <= 1
    for each in candidates:
        assert 0 <= each["score"] <= 100
        assert each["type"]
        names = [feature["id"] for feature in each["features"]]
        assert len(names) == len(set(names))


@pytest.fixture(scope="module")
def refine(
    mechanisms_folder: Path, mechanisms_release: Release, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Refine]:
    """Serve the repository's graph by the command, in processes of its own."""
    places = ("--project", mechanisms_folder, "--releases", mechanisms_release.path.parent)
    with started([*places, "--port", "0"], tmp_path_factory.mktemp("log"), {}) as service:
        yield Refine(urlsplit(until_serving(service).address).port or 0)


# --- the manifest ---


def test_the_manifest_says_what_the_service_can_do(refine: Refine) -> None:
    manifest = refine.manifest()
    assert "0.2" in manifest["versions"]
    assert manifest["name"] == "International working mechanisms"
    assert manifest["identifierSpace"] == IWM
    assert re.fullmatch(r"https?://\S+", manifest["schemaSpace"])
    assert all({"id", "name"} <= set(cls) for cls in manifest["defaultTypes"])
    assert len({cls["id"] for cls in manifest["defaultTypes"]}) == len(manifest["defaultTypes"]) > 3
    assert "{{id}}" in manifest["view"]["url"]
    assert "{{id}}" in manifest["preview"]["url"]
    assert all(isinstance(manifest["preview"][side], int) for side in ("width", "height"))
    assert set(manifest["suggest"]) == {"entity", "property", "type"}
    for service in manifest["suggest"].values():
        assert "${id}" in service["flyout_service_path"]
    for setting in manifest["extend"]["property_settings"]:
        assert setting["type"] in ("number", "text", "checkbox", "select")
        assert {"name", "label"} <= set(setting)
    assert manifest["batchSize"] == BATCH_SIZE
    for address in (manifest["documentation"], manifest["logo"]):
        assert refine.get(address)[0] == 200


# --- matching ---


def test_every_printed_name_and_abbreviation_is_reconciled(
    refine: Refine, mechanisms_release: Release
) -> None:
    rows = mechanisms_release.store.select(
        "SELECT DISTINCT ?thing ?name ?class WHERE { "
        "VALUES ?kind { iwm:statedName iwm:abbreviation iwm:shortName } "
        "?thing ?kind ?name . GRAPH ?other { ?thing a ?class } "
        f"FILTER(?other != <{IWM}graph/inferred>) }}"
    )
    named: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        thing, name, cls = (
            str(getattr(row[key], "value", "")) for key in ("thing", "name", "class")
        )
        named[name, cls].add(thing)
    assert len(named) >= 70
    pairs = sorted(named)
    for at in range(0, len(pairs), BATCH_SIZE):
        queries = {
            f"q{number}": {"query": name, "type": cls, "type_strict": "should", "limit": 5}
            for number, (name, cls) in enumerate(pairs[at : at + BATCH_SIZE])
        }
        answers = refine.reconcile(**queries)
        for number, pair in enumerate(pairs[at : at + BATCH_SIZE]):
            candidates = answers[f"q{number}"]
            things = named[pair]
            assert {each["id"] for each in candidates[: len(things)]} == things, pair
            assert candidates[0]["score"] == 100
            # Sure only where nothing else of the class is called so.
            assert candidates[0]["match"] is (len(things) == 1), pair


def test_a_misspelling_is_forgiven_but_is_no_sure_match(refine: Refine) -> None:
    candidates = refine.one(query="Xi Jinpin", limit=3)
    assert candidates[0]["id"] == f"{IWM}id/person/xi-jinping"
    assert 80 < candidates[0]["score"] < 100
    assert not any(each["match"] for each in candidates)


def test_more_words_than_the_name_has(refine: Refine) -> None:
    candidates = refine.one(query="Huawei Technologies Co., Ltd.", type=f"{TERM}Company")
    assert candidates[0]["name"] == "HUAWEI"
    assert not candidates[0]["match"]


def test_an_identifier_is_a_query_as_well(refine: Refine) -> None:
    best = refine.one(query=BFIC)[0]
    assert (best["id"], best["score"], best["match"]) == (BFIC, 100, True)


def test_types_bound_or_prefer(refine: Refine) -> None:
    country, mechanism = f"{TERM}Country", f"{TERM}Mechanism"

    def classes(**query: object) -> list[set[str]]:
        candidates = refine.one(query="china", limit=40, **query)
        return [{cls["id"] for cls in each["type"]} for each in candidates]

    assert all(country in each for each in classes(type=country))
    either = classes(type=[country, mechanism], type_strict="any")
    assert [country in each for each in either].count(True) == 1
    assert 1 < len(either) < len(classes())
    assert classes(type=[country, mechanism], type_strict="all") == []
    preferred = classes(type=country, type_strict="should")
    assert country in preferred[0]
    assert len(preferred) > 10
    assert refine.one(query="china", type="https://example.org/none") == []


def test_properties_decide_between_candidates(refine: Refine) -> None:
    holding = f"{TERM}PublicOfficeHolding"
    for role in ("President", "Vice President"):
        (first, *_) = refine.one(
            query="Xi Jinping",
            type=holding,
            properties=[
                {"pid": f"{TERM}holder", "v": {"id": f"{IWM}id/person/xi-jinping"}},
                {"pid": f"{TERM}role", "v": role},
            ],
        )
        assert first["name"].startswith(f"Xi Jinping, {role}")
    founded = {"pid": f"{TERM}foundingYear", "v": 2014}
    sure = refine.one(query="BFIC", properties=[founded])[0]
    assert (sure["id"], sure["match"], sure["score"]) == (BFIC, True, 100)
    wrong = refine.one(query="BFIC", properties=[{**founded, "v": "1999"}])[0]
    assert (wrong["id"], wrong["match"]) == (BFIC, False)
    assert wrong["score"] < 70


@pytest.mark.parametrize("value", ["", " ", ["", " "]])
@pytest.mark.parametrize("prop", [f"{TERM}statedName", f"{TERM}abbreviation"])
def test_an_empty_cell_asks_for_nothing(refine: Refine, prop: str, value: object) -> None:
    empty = {"pid": prop, "v": value}
    filled = {"pid": f"{TERM}foundingYear", "v": 2014}
    assert refine.one(query="CCCME", properties=[empty]) == refine.one(query="CCCME")
    assert refine.one(properties=[empty]) == []
    both = refine.one(query="BFIC", properties=[filled, empty])
    assert both == refine.one(query="BFIC", properties=[filled])


@pytest.mark.parametrize("value", ["BFIC", "Business Forum Italy-China", {"id": BFIC}, [7, "bfic"]])
def test_properties_alone_find_things(refine: Refine, value: object) -> None:
    candidates = refine.one(properties=[{"pid": f"{TERM}secretariatOf", "v": value}])
    assert sorted(each["name"] for each in candidates) == [
        "BFIC Chinese Secretariat",
        "BFIC Italian Secretariat",
    ]
    assert not any(each["match"] for each in candidates)


def test_a_batch_by_get_and_a_single_query(refine: Refine) -> None:
    batch = quote(json.dumps({"a": {"query": "ICE"}}))
    (first, *_) = refine.json(f"{refine.address}?queries={batch}")["a"]["result"]
    assert first["name"] == "ICE"
    for query in ("ICE", '{"query": "ICE"}'):
        candidates = refine.json(f"{refine.address}?query={quote(query)}")["result"]
        assert candidates[0]["name"] == "ICE"


def test_each_query_is_answered_on_its_own(refine: Refine) -> None:
    alone = refine.one(query="china", limit=4)
    together = refine.reconcile(a={"query": "italy"}, b={"query": "china", "limit": 4})
    assert together["b"] == alone


# --- what comes with it ---


def test_suggestions_of_things_classes_and_properties(refine: Refine) -> None:
    assert refine.suggest("entity", "bfi")[0]["id"] == BFIC
    assert refine.suggest("entity", BFIC)[0]["notable"] == [
        {"id": f"{TERM}InternationalWorkingMechanism", "name": "working mechanism"},
        {"id": f"{TERM}Mechanism", "name": "mechanism"},
    ]
    assert refine.suggest("type", "mechan")[0]["id"] == f"{TERM}Mechanism"
    assert refine.suggest("property", "initiated b")[0]["id"] == f"{TERM}initiatedBy"
    every = refine.suggest("entity", "china")
    assert refine.suggest("entity", "china", cursor="2")[:5] == every[2:7]
    assert all(
        f"{TERM}Country" == each["notable"][0]["id"]
        for each in refine.suggest("entity", "china", type=f"{TERM}Country")
    )


@pytest.mark.parametrize("iri", [BFIC, f"{TERM}Mechanism", f"{TERM}initiatedBy"])
def test_a_flyout_tells_a_little_of_each(refine: Refine, iri: str) -> None:
    service = refine.manifest()["suggest"]["entity"]
    path = service["flyout_service_path"].replace("${id}", quote(iri, safe=""))
    flyout = refine.json(service["flyout_service_url"] + path)
    assert flyout["id"] == iri
    assert "<h1>" in flyout["html"]
    assert "<script" not in flyout["html"]


def test_a_preview_shows_the_fact_and_its_sentence_in_a_frame(refine: Refine) -> None:
    address = refine.manifest()["preview"]["url"].replace("{{id}}", quote(BFIC, safe=""))
    status, fields, page = refine.get(address)
    assert status == 200
    assert fields["content-type"] == "text/html; charset=utf-8"
    assert "Business Forum of China-Italy" in page
    assert "<q" in page
    policy = fields["content-security-policy"]
    assert "frame-ancestors *" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "x-frame-options" not in fields
    other = refine.get(refine.address.replace("/reconcile", "/"))[1]["content-security-policy"]
    assert "frame-ancestors 'none'" in other


def test_a_view_leads_to_the_page(refine: Refine) -> None:
    address = refine.manifest()["view"]["url"].replace("{{id}}", quote(BFIC, safe=""))
    status, fields, _ = refine.get(address)
    assert (status, fields["location"]) == (303, "/doc/id/mechanism/bfic")
    for path in ("view", "preview", "flyout"):
        status, _, body = refine.get(f"{refine.address}/{path}?id=https://example.org/none")
        assert (status, json.loads(body)["status"]) == (404, 404)


def test_columns_are_fetched(refine: Refine) -> None:
    properties = [f"{TERM}statedName", f"{TERM}foundingYear", f"{TERM}hasSecretariat"]
    unknown = f"{IWM}id/mechanism/none"
    status, answer = refine.post(
        extend={
            "ids": [BFIC, unknown],
            "properties": [
                *({"id": prop} for prop in properties),
                {"id": f"{TERM}foundingDate", "settings": {"content": "sentence", "limit": "1"}},
            ],
        }
    )
    assert status == 200
    assert [meta["id"] for meta in answer["meta"]] == [*properties, f"{TERM}foundingDate"]
    assert answer["meta"][2]["type"] == {"id": f"{TERM}Secretariat", "name": "secretariat"}
    row = answer["rows"][BFIC]
    assert {"str": "BFIC"} in row[properties[0]]
    assert row[properties[1]] == [{"int": 2014}]
    assert {"id": f"{IWM}id/secretariat/bfic-italian", "name": "BFIC Italian Secretariat"} in row[
        properties[2]
    ]
    (sentence,) = row[f"{TERM}foundingDate"]
    assert "is founded on the basis of MOU in 2014" in sentence["str"]
    assert all(cell == [] for cell in answer["rows"][unknown].values())


@pytest.mark.parametrize("iri", ["", "no scheme", "a:[", "http://[", "\0"])
def test_what_is_no_iri_is_not_known(refine: Refine, iri: str) -> None:
    assert refine.one(query="china", type=iri or "-") == []
    assert refine.one(properties=[{"pid": iri, "v": "a"}]) == []
    assert refine.one(query="BFIC", properties=[{"pid": iri, "v": {"id": iri}}])
    request_body = {"ids": [iri], "properties": [{"id": iri}]}
    status, answer = refine.post(extend=request_body)
    assert (status, answer["rows"]) == (200, {iri: {iri: []}})
    assert refine.get(f"{refine.address}/properties?type={quote(iri)}")[0] == 200
    assert refine.get(f"{refine.address}/preview?id={quote(iri)}")[0] == 404


def test_properties_are_proposed(refine: Refine) -> None:
    service = refine.manifest()["extend"]["propose_properties"]
    query = urlencode({"type": f"{TERM}Mechanism", "limit": 4})
    answer = refine.json(f"{service['service_url']}{service['service_path']}?{query}")
    assert (answer["type"], answer["limit"], len(answer["properties"])) == (
        f"{TERM}Mechanism",
        4,
        4,
    )
    assert all({"id", "name"} <= set(each) for each in answer["properties"])


# --- errors are reported, and have no other effect ---


def test_jsonp_calls_a_name_and_nothing_else(refine: Refine) -> None:
    status, fields, body = refine.get(f"{refine.address}?callback=jQuery123.cb_1")
    assert status == 200
    assert fields["content-type"] == "text/javascript; charset=utf-8"
    assert fields["x-content-type-options"] == "nosniff"
    jsonp = re.fullmatch(r"/\*\*/jQuery123\.cb_1\((.*)\);\n", body, re.DOTALL)
    assert jsonp
    assert json.loads(jsonp[1])["name"]
    for callback in ("alert(1)//", "a.b.", "1a", "a" * 200, "<script>", "é"):
        assert refine.get(f"{refine.address}?callback={quote(callback)}")[0] == 400


@pytest.mark.parametrize(
    ("form", "status", "place"),
    [
        ({}, 400, "queries"),
        ({"queries": "["}, 400, "JSON"),
        ({"queries": "[]"}, 400, "queries"),
        ({"queries": '{"q": 1}'}, 400, "queries.q"),
        ({"queries": '{"q": {}}'}, 400, "queries.q"),
        ({"queries": '{"q": {"query": 7}}'}, 400, "queries.q.query"),
        ({"queries": '{"q": {"query": "a", "limit": -1}}'}, 400, "queries.q.limit"),
        ({"queries": '{"q": {"query": "a", "type_strict": "x"}}'}, 400, "queries.q.type_strict"),
        ({"queries": '{"q": {"properties": [{"pid": "a"}]}}'}, 400, "queries.q.properties[0]"),
        ({"queries": '{"q": {"query": "a", "limit": NaN}}'}, 400, "JSON"),
        ({"queries": '{"q": {"query": "\\ud800"}}'}, 400, "JSON"),
        ({"queries": "[" * 100_000}, 400, "JSON"),
        ({"queries": json.dumps({str(n): {"query": "a"} for n in range(51)})}, 413, "51 queries"),
        ({"extend": '{"ids": []}'}, 400, "extend.properties"),
        ({"extend": '{"ids": [1], "properties": []}'}, 400, "extend.ids[0]"),
    ],
)
def test_a_bad_request_is_told_where_it_is_bad(
    refine: Refine, form: dict[str, str], status: int, place: str
) -> None:
    with closing(HTTPConnection("127.0.0.1", refine.port, timeout=30)) as connection:
        connection.request("POST", "/reconcile", urlencode(form), _FORM)
        answer = connection.getresponse()
        assert answer.status == status
        problem = json.loads(answer.read())
    assert place in problem["detail"]
    assert problem["remedy"]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["query", "type", "limit", "properties", "pid", "v", "id", "ids", "q"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_JSON)
def test_no_request_is_taken_for_more_than_it_is(given_json: object) -> None:
    text = json.dumps(given_json)
    for reader in (read_batch, read_extension):
        with suppress(QueryError):
            reader(text)


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    for reader in (read_batch, read_extension):
        with suppress(QueryError):
            reader(text)


def test_what_a_query_says_is_read() -> None:
    query = read_batch(
        '{"q": {"query": "a", "type": {"id": "t"}, "type_strict": "all", "limit": 1e9,'
        ' "properties": [{"pid": "p", "v": [{"id": "x", "name": "X"}, null, 1.5]}]}}'
    )["q"]
    assert (query.text, query.types, query.strictness, query.limit) == ("a", ("t",), "all", 100)
    assert query.properties[0].values == (ThingValue("x"), 1.5)
    with pytest.raises(TooMany):
        read_extension(json.dumps({"ids": ["a"] * 501, "properties": []}))
