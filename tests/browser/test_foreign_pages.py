"""Graphs of other people on a phone, and the parts of their documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from foreign import built

from graphsvc import settings
from graphsvc.web.app import create_app

from .axe import violations
from .watching import opened, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
CLASS = (
    "https://mixed-classes.example/"
    "a_class_whose_name_has_no_place_to_break_at_and_which_is_longer_than_a_phone_is_wide"
)


# A table is in a box of its own, which cuts what is too wide.
_CUT = """() => [...document.querySelectorAll(".grid td a")].map(
  one => [one.getBoundingClientRect().right, one.textContent]
).filter(([right]) => right > innerWidth)"""


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    release = built(tmp_path_factory.mktemp("mixed"), "mixed.ttl")
    with serving(create_app(release, settings.load({}, {}))) as address:
        yield address


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/browse",
        "/browse?column=rdfs:seeAlso",
        f"/browse?class={CLASS}",
        "/doc/c1",
        "/doc/dataset",
    ],
)
def test_long_names_fit_a_phone(browser: Browser, mixed: str, target: str) -> None:
    with opened(browser, mixed + target, 390) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.evaluate(_CUT) == []
        assert violations(page) == []


def test_a_part_on_another_page_of_its_document_is_found(browser: Browser, tmp_path: Path) -> None:
    parts = (f'<https://parts.example/doc#p{n}> {LABEL} "part {n}" .' for n in range(2500))
    (tmp_path / "parts.nt").write_text("\n".join(parts), "utf-8")
    release = built(tmp_path / "kept", tmp_path / "parts.nt")
    with (
        serving(create_app(release, settings.load({}, {}))) as address,
        opened(browser, f"{address}/doc/doc#p999") as page,
    ):
        page.wait_for_url("**/describe?iri=*p999")
        assert page.inner_text("h1") == "part 999"


def test_the_index_of_a_large_vocabulary_lengthens_no_page(
    browser: Browser, tmp_path: Path
) -> None:
    owl = "http://www.w3.org/2002/07/owl#"
    terms = "".join(
        f':C{n} a owl:Class ; rdfs:label "class {n}" .\n'
        f':p{n} a owl:ObjectProperty ; rdfs:label "has {n}" ; rdfs:domain :C{n} .\n'
        for n in range(1500)
    )
    prefixes = (
        "@prefix : <https://large.example/> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    )
    (tmp_path / "large.ttl").write_text(f"{prefixes}@prefix owl: <{owl}> .\n{terms}", "utf-8")
    release = built(tmp_path / "kept", tmp_path / "large.ttl")
    with (
        serving(create_app(release, settings.load({}, {}))) as address,
        opened(browser, f"{address}/ontology?page=2") as page,
    ):
        tall = page.evaluate("document.documentElement.scrollHeight - document.body.offsetHeight")
        assert tall <= 100
