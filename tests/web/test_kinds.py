"""The kinds of requests: each address of the application has the kind that it should."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from graphsvc.settings import Settings
from graphsvc.web.app import create_app
from graphsvc.web.kinds import RequestKind, kind_of

if TYPE_CHECKING:
    from graphsvc.release import Release

#: By the blueprint, or the view where one blueprint has several kinds.
KINDS = {
    "static": RequestKind.STATIC,
    "sparql": RequestKind.SPARQL,
    "workbench": RequestKind.SPARQL,
    "releases": RequestKind.PAGE,
    "versions": RequestKind.DOCUMENT,
    "documents": RequestKind.DOCUMENT,
    "pages": RequestKind.PAGE,
    "pages.healthz": RequestKind.HEALTH,
    "pages.readyz": RequestKind.HEALTH,
    "dumps": RequestKind.DOWNLOAD,
    "dumps.dump_of_release": RequestKind.PAGE,
    "well_known": RequestKind.DOCUMENT,
    "crawlers": RequestKind.OTHER,
    "search": RequestKind.SEARCH,
    "reconciliation": RequestKind.SEARCH,
    "queries": RequestKind.QUERY,
    "api": RequestKind.PAGE,
    "documentation": RequestKind.PAGE,
    "browse": RequestKind.PAGE,
    "annotations": RequestKind.PAGE,
    "cite": RequestKind.PAGE,
    "pictures": RequestKind.PAGE,
}


def test_every_address_has_its_kind(lights_release: Release) -> None:
    rules = list(create_app(lights_release, Settings()).url_map.iter_rules())
    for rule in rules:
        path = re.sub(r"<int:\w+>", "1", rule.rule)
        path = re.sub(r"<[^>]*>", "some", path)
        expected = KINDS.get(rule.endpoint, KINDS.get(rule.endpoint.partition(".")[0]))
        assert kind_of(path) is expected, rule


@pytest.mark.parametrize("path", ["/id/light/north-rock", "/sparqling", "/mapped", "no path"])
def test_any_other_address_is_that_of_a_document(path: str) -> None:
    assert kind_of(path) is RequestKind.DOCUMENT
