"""The queries behind tables, comparisons and facets give what these show."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from graphsvc import settings
from graphsvc.web.app import create_app

from .elements import Element, main, query_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    from graphsvc.release import Release

TABLES = (
    "browse?class=iwm:Country",
    "browse?class=iwm:Secretariat",
    "browse?class=iwm:Secretariat&iwm:side=country:china&column=rdf:type&column=iwm:providedBy",
    "browse?iwm:date=2012..2017",
    "compare?class=iwm:Mechanism",
    "compare?iri=country:china&iri=city:shanghai",
    # What rules reach alone, and what a path of several steps does.
    "browse?class=iwm:Company",
    "browse?class=iwm:CollectiveAgent",
    "browse?class=iwm:Event",
)

#: A thing, a column, and a value; of a detail also its name and what it says.
At: TypeAlias = "tuple[str, ...]"


@pytest.mark.parametrize("address", TABLES)
def test_a_table(client: FlaskClient, address: str) -> None:
    """Each value of a property is in a row of its query, with the passages that state it."""
    page = main(client, f"/{address}")
    links = [each for nav in page.all("nav", "downloads") for each in nav.all("a", "query-this")]
    rows = [row for link in links for row in query_rows(client, Element("", {}, [link]))]
    stated = {(row["thing"], row["value"], row.get("graph") or row["source"]) for row in rows}
    listed = json.loads(client.get(f"/{address.replace('?', '.json?', 1)}").text)
    # What a path leads to is in the queries of its steps, thing by thing.
    plain = {each["name"] for each in listed["columns"] if each["id"].startswith("iwm:")}
    on_page = {row["thing"] for row in rows}
    assert on_page
    for (thing, name, value), passages in values_of(listed).items():
        if thing in on_page and name in plain:
            assert {(thing, value, passage) for passage in passages} <= stated, name


def test_every_step_of_a_way_names_its_passage(
    edit: Callable[[str, str, str], Path], build_in: Callable[[Path, Path], Release], tmp_path: Path
) -> None:
    shapes = "ontology/shapes/lights.ttl"
    edit(shapes, "shape:Light-label ,", "shape:Light-label , shape:Light-orderedFrom ,")
    project = edit(
        shapes,
        "shape:Light-label a",
        """shape:Light-orderedFrom a sh:PropertyShape ;
    sh:path ( lights:orderedBy lights:seat [ sh:zeroOrMorePath lights:partOf ] ) ;
    sh:name "Ordered from"@en ; sh:group shape:group-history ; sh:order 9 .

shape:Light-label a""",
    )
    release = build_in(project, tmp_path / "releases")
    client = create_app(release, settings.load({}, {})).test_client()
    address = "compare?class=lights:Light"
    listed = json.loads(client.get(f"/{address.replace('?', '.json?', 1)}").text)
    passages = values_of(listed)
    base = "https://example.org/lights"
    light, isle = f"{base}/id/light/north-rock", f"{base}/id/place/ile-merrow"
    # The order stands in one sentence, the seat and where that is in another.
    assert passages[light, "Ordered from", isle] == {f"{base}/passage/2", f"{base}/passage/5"}


def values_of(listed: dict[str, Any]) -> dict[At, set[str]]:
    """Return the passages that a table names for each of its values."""
    return {at: passages_of(value) for at, value in each_value(listed)}


def each_value(listed: dict[str, Any]) -> Iterator[tuple[At, dict[str, Any]]]:
    names = {each["id"]: each["name"] for each in listed["columns"]}
    for row in listed["rows"]:
        for at, values in row["values"].items():
            yield from (((row["iri"], names[at], iri_or_literal(value)), value) for value in values)


def passages_of(value: dict[str, Any]) -> set[str]:
    return {passage["iri"] for passage in value["passages"]}


def iri_or_literal(value: dict[str, Any]) -> str:
    words: str = value.get("iri") or value["value"]
    return words


@pytest.mark.parametrize("address", TABLES[:4])
def test_the_facets_of_a_table(client: FlaskClient, address: str) -> None:
    checked = 0
    for facet in main(client, f"/{address}").one("aside", "facets").all("details", "facet"):
        rows = query_rows(client, facet)
        counted = [row["things"] for row in rows]
        listed = [
            item.one("span", "count").text
            for item in facet.all("li")
            if not list(item.all("a", "absent"))
        ]
        open_to = facet.one("summary").text
        if "classes" in facet.attributes["class"] or any(
            "All" in each.text for each in facet.all("p", "all")
        ):
            assert {*listed} <= {*counted}, open_to
        else:
            assert sorted(listed) == sorted(counted), open_to
        checked += 1
    assert checked > 1
