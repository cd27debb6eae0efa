"""Programs that people use: curl as it comes, and Java's HttpClient."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .processes import LOOKUP, NAME
from .wire import query

if TYPE_CHECKING:
    from .processes import Service

HERE = Path(__file__).parent


def curl(*words: str) -> str:
    result = subprocess.run(
        ["curl", "--silent", "--show-error", "--max-time", "30", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize(
    "flag", ["--http1.0", "--http1.1", "--http2", "--compressed", "--tcp-nodelay"]
)
def test_curl_posts_a_query(service: Service, flag: str) -> None:
    address = service.address + "sparql"
    form = curl(flag, "--data-urlencode", f"query={LOOKUP}", "--data", "format=csv", address)
    assert form.split() == ["name", *NAME.split()]
    content_type = "Content-Type: application/sparql-query"
    accept = "Accept: text/csv"
    body = curl(flag, "--header", content_type, "--header", accept, "--data", LOOKUP, address)
    assert body == form


def test_curl_goes_on_with_http2_offered(service: Service) -> None:
    """Case 02: each request of one connection offers h2c anew."""
    address = service.address + "sparql"
    words = ("--http2", "--data-urlencode", "query=ASK {}", "--data", "format=csv")
    output = curl(*words, "--write-out", "[%{num_connects}]", address, address, address)
    assert output.replace("\n", "").replace("\r", "") == "true[1]true[0]true[0]"


def test_curl_reconciles_with_http2_offered(service: Service) -> None:
    data = 'queries={"q0":{"query":"North Rock Light"}}'
    answer = json.loads(curl("--http2", "--data-urlencode", data, service.address + "reconcile"))
    assert answer["q0"]["result"][0]["name"] == NAME


def test_curl_posts_a_long_query(service: Service, tmp_path: Path) -> None:
    """From a megabyte on curl asks by itself whether to go on."""
    file = tmp_path / "query.rq"
    file.write_text((LOOKUP + " #").ljust(1_048_576, "x"), "ascii")
    words = ("--header", "Content-Type: application/sparql-query", "--data-binary", f"@{file}")
    assert NAME in curl(*words, service.address + "sparql")
    file.write_text("x" * 5_000_000, "ascii")
    output = curl(*words, "--write-out", "[%{http_code}]", service.address + "sparql")
    assert output.endswith("[413]")


def test_curl_sends_a_body_of_unknown_length(service: Service) -> None:
    result = subprocess.run(
        [
            *("curl", "--silent", "--show-error", "--max-time", "30", "--request", "POST"),
            *("--upload-file", "-", "--header", "Content-Type: application/sparql-query"),
            service.address + "sparql",
        ],
        input=LOOKUP,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert NAME in result.stdout


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_curl_reads_a_long_answer_in_each_coding(service: Service, coding: str) -> None:
    address = service.address[:-1] + query(
        "SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f } LIMIT 9000", format="csv"
    )
    plain = curl(address)
    assert plain.count("\n") == 9001
    assert curl("--compressed", "--header", f"Accept-Encoding: {coding}", address) == plain


def test_java_posts_then_gets(service: Service) -> None:
    """java.net.http.HttpClient offers h2c with its first requests (case 02)."""
    result = subprocess.run(
        [sys.executable, HERE / "java_client.py", service.address, LOOKUP],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    answers = json.loads(result.stdout)
    assert [status for status, _ in answers] == [200, 200, 200, 404]
    assert all(NAME in content for _, content in answers[:3])
