"""The query behind a table or a comparison names the very passages that its cells do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from pyoxigraph import NamedNode

from graphsvc import settings
from graphsvc.browse.paths import Repeated, Step, steps
from graphsvc.entities.layout import Place
from graphsvc.web.app import create_app

from .elements import asked, column, main

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
    rows = asked(client, main(client, f"/{address}"))
    listed = json.loads(client.get(f"/{address.replace('?', '.json?', 1)}").text)
    assert given(rows, ("thing", "column", "value"), "passage") == values_of(listed)
    assert column(rows, "thing") == {row["iri"] for row in listed["rows"]}


def test_what_is_told_of_values_in_a_table(client: FlaskClient) -> None:
    address = "compare?class=iwm:Mechanism"
    rows = asked(client, main(client, f"/{address}"))
    listed = json.loads(client.get(f"/{address.replace('?', '.json?', 1)}").text)
    told = details_of(listed)
    assert given(rows, ("thing", "column", "value", "detail", "told"), "toldIn") == told
    assert any(told.values())


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
    rows = asked(client, main(client, f"/{address}"))
    listed = json.loads(client.get(f"/{address.replace('?', '.json?', 1)}").text)
    found = given(rows, ("thing", "column", "value"), "passage")
    assert found == values_of(listed)
    base = "https://example.org/lights"
    light, isle = f"{base}/id/light/north-rock", f"{base}/id/place/ile-merrow"
    # The order stands in one sentence, the seat and where that is in another.
    assert found[light, "Ordered from", isle] == {f"{base}/passage/2", f"{base}/passage/5"}


def test_a_step_that_is_repeated_may_be_any_of_them() -> None:
    place = Place(NamedNode("https://example.org/partOf"))
    often = Repeated(place, also_none=True)
    assert list(steps(Repeated(place, also_none=False))) == [Step((often,), place, (often,))]
    assert list(steps(Repeated(place, also_none=True, once=True))) == [Step((), place, ())]


def given(rows: list[dict[str, str]], at: tuple[str, ...], passage: str) -> dict[At, set[str]]:
    """Return the passages that the rows of a query name for each value."""
    found: dict[At, set[str]] = {}
    for row in rows:
        if at[-1] in row:
            passages = found.setdefault(tuple(row[name] for name in at), set())
            passages |= {row[passage]} if passage in row else set()
    return found


def values_of(listed: dict[str, Any]) -> dict[At, set[str]]:
    """Return the passages that a table names for each of its values."""
    return {at: passages_of(value) for at, value in each_value(listed)}


def details_of(listed: dict[str, Any]) -> dict[At, set[str]]:
    """Return the passages that a table names for all that it tells of its values."""
    return {
        (*at, detail["name"], said(inner)): passages_of(inner)
        for at, value in each_value(listed)
        for detail in value.get("details", ())
        for inner in detail["values"]
    }


def each_value(listed: dict[str, Any]) -> Iterator[tuple[At, dict[str, Any]]]:
    names = {each["id"]: each["name"] for each in listed["columns"]}
    for row in listed["rows"]:
        for at, values in row["values"].items():
            yield from (((row["iri"], names[at], said(value)), value) for value in values)


def passages_of(value: dict[str, Any]) -> set[str]:
    return {passage["iri"] for passage in value["passages"]}


def said(value: dict[str, Any]) -> str:
    words: str = value.get("iri") or value["value"]
    return words


@pytest.mark.parametrize("address", TABLES[:4])
def test_the_facets_of_a_table(client: FlaskClient, address: str) -> None:
    checked = 0
    for facet in main(client, f"/{address}").one("aside", "facets").all("details", "facet"):
        rows = asked(client, facet)
        counted = [row["things"] for row in rows]
        listed = [each.text for item in facet.all("ul") for each in item.all("span", "count")]
        open_to = facet.one("summary").text
        if "classes" in facet.attributes["class"] or any(
            "All" in each.text for each in facet.all("p", "all")
        ):
            assert {*listed} <= {*counted}, open_to
        else:
            assert sorted(listed) == sorted(counted), open_to
        checked += 1
    assert checked > 1
