"""What the service answers about the hostile graph: heads, fields and downloads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from foreign import built, client_of

from . import FOLDER

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
