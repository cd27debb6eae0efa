"""An answer is complete or visibly not: what a deadline does to one that has begun, and has not.

A client can tell only by the end of the chunked content (RFC 9112, section 8: incomplete
messages), and by that of the compressed stream.
"""

from __future__ import annotations

from contextlib import closing
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urlsplit

import pytest

from .transports import OverHttp, ask

ENDLESS = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
UNSTARTED = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c < ?f) }"


@pytest.mark.parametrize("coding", ["identity", "gzip", "br", "zstd"])
@pytest.mark.parametrize("name", ["csv", "tsv", "json", "xml"])
def test_a_stream_that_its_deadline_ends_is_broken_off(
    server_with_deadline: str, name: str, coding: str
) -> None:
    target = "/sparql?" + urlencode({"query": ENDLESS, "format": name})
    with closing(HTTPConnection(urlsplit(server_with_deadline).netloc, timeout=30)) as connection:
        connection.request("GET", target, headers={"Accept-Encoding": coding})
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.read(100)
        with pytest.raises((HTTPException, ConnectionError)):
            answer.read()


def test_what_has_not_begun_is_refused_at_the_deadline(server_with_deadline: str) -> None:
    answer = ask(OverHttp(server_with_deadline), UNSTARTED)
    assert answer.problem["type"] == "/problems#deadline-exceeded"
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["cache-control"] == "no-store"
