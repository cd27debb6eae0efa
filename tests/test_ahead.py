"""The pages that a process makes before anybody asks: they are there, and one is of each kind."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from graphsvc import settings
from graphsvc.web.ahead import pages_ahead, read_ahead
from graphsvc.web.app import create_app
from graphsvc.web.reader import kept_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from graphsvc.release import Release

ADDRESS = "http://127.0.0.1:8080/"
OF_EACH_KIND = (
    "/doc/passage/",
    "/doc/id/",
    "/doc/ontology",
    "/browse?class=",
    "/compare?iri=",
    "/neighbourhood?iri=",
    "/cite?iri=",
    "/search?q=",
    "/queries/",
    "/sparql?query=",
)


@pytest.fixture(scope="module")
def flask(mechanisms_release: Release) -> Flask:
    return create_app(mechanisms_release, settings.load({}, {}))


@pytest.fixture(scope="module")
def paths(flask: Flask) -> list[str]:
    return pages_ahead(flask)


@pytest.fixture
def _thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_is_made_ahead_is_there(flask: Flask, paths: list[str]) -> None:
    client = flask.test_client()
    found = {path: client.get(path, headers={"Accept": "text/html"}) for path in paths}
    assert {answer.status_code for answer in found.values()} == {200}
    assert {answer.mimetype for answer in found.values()} == {"text/html"}


def test_of_many_pages_of_a_kind_one_is_made(paths: list[str]) -> None:
    without = [start for start in OF_EACH_KIND if not any(path.startswith(start) for path in paths)]
    assert not without


@pytest.mark.usefixtures("_thawed")
def test_the_first_page_is_kept_when_all_has_been_read(lights_release: Release) -> None:
    flask = create_app(lights_release, settings.load({}, {}))
    read_ahead(flask, lights_release, ADDRESS)
    with flask.test_request_context("/", base_url=ADDRESS):
        page = kept_page(("home",), lambda: pytest.fail("It is made again."))
    assert "<h1" in page
