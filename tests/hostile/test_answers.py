"""What the service answers about the hostile graph: heads, fields and downloads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from foreign import built, client_of

from . import BASE, FOLDER, LONG, built_in

if TYPE_CHECKING:
    from flask.testing import FlaskClient

UNSAFE = re.compile(r"(?:javascript|vbscript|data|blob|file):", re.IGNORECASE)
SPLIT = "x\r\nX-Made-Up: yes\r\n\r\n<script>"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return client_of(built(tmp_path_factory.mktemp("hostile"), FOLDER / "graph"))


@pytest.mark.parametrize(
    "target",
    [
        *("/doc/scripts", "/doc/graph", "/doc/links"),
        f"/describe?iri={quote('javascript:alert(' + chr(39) + 'subject' + chr(39) + ')')}",
    ],
)
def test_no_typed_link_runs(client: FlaskClient, target: str) -> None:
    answer = client.get(target, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    fields = re.findall(r"<([^>]*)>; rel=", answer.headers["Link"])
    heads = re.findall(r'<link [^>]*href="([^"]*)"', answer.text)
    assert fields
    assert [each for each in (*fields, *heads) if UNSAFE.match(each)] == []


@pytest.mark.parametrize(
    "target",
    [
        *(
            "/describe?iri={}",
            "/search?q={}",
            "/sparql?query={}",
            "/sparql?query=ASK{{}}&format={}",
        ),
        *("/doc/{}", "/{}", "/browse?class={}", "/releases/{}", "/queries/{}", "/cite?iri={}"),
        *("/sparql?query=ASK{{}}&release={}", "/reconcile?callback={}", "/reconcile/view?id={}"),
        *("/doc/scripts?language={}", "/search?q=a&download={}", "/dump.{}", "/static/{}"),
    ],
)
def test_no_parameter_makes_a_field(client: FlaskClient, target: str) -> None:
    answer = client.get(target.format(quote(SPLIT)))
    assert answer.status_code < 500
    assert "X-Made-Up" not in answer.headers
    assert not [value for _, value in answer.headers if set(value) & set("\r\n\0")]


@pytest.mark.parametrize("target", ["//elsewhere.invalid/%2e%2e", "/\\elsewhere.invalid"])
def test_no_address_leads_to_another_host(client: FlaskClient, target: str) -> None:
    place = client.get(target).headers.get("Location", "/")
    assert place.startswith(("/", "http://localhost/"))
    assert not place.startswith(("//", "/\\"))


@pytest.fixture(scope="module")
def long_values(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return client_of(built_in(tmp_path_factory.mktemp("long")))


@pytest.mark.parametrize(
    "target",
    [
        f"/browse?class={quote(BASE)}Thing&column={quote(f'<{BASE}says>')}",
        f"/compare?iri={quote(BASE)}long&iri={quote(BASE)}scripts",
        f"/sparql?query={quote(f'SELECT ?o {{ <{BASE}long> <{BASE}says> ?o }}')}",
    ],
)
def test_a_cell_has_no_more_than_the_beginning_of_a_long_value(
    long_values: FlaskClient, target: str
) -> None:
    page = long_values.get(target, headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert f"… [5,000 / {LONG:,}]" in page.text
    assert len(page.text) < 10 * LONG


def test_a_download_has_long_values_whole(long_values: FlaskClient) -> None:
    query = f"SELECT ?o {{ <{BASE}long> <{BASE}says> ?o }}"
    rows = long_values.get("/sparql", query_string={"query": query, "format": "csv"})
    assert "word " * (LONG // 5) in rows.text
