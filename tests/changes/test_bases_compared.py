"""Releases with different bases: what differs is what would differ with one, and it is said."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
import rdflib
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse, serialize

from graphsvc import settings
from graphsvc.changes import Diff, DiffView
from graphsvc.changes.rebasing import rebase_lines
from graphsvc.cli import main
from graphsvc.namespaces import SH, XSD, Rebase
from graphsvc.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient

    from graphsvc.release import Release

OLD, NEW = "https://example.org/lights/", "http://127.0.0.1:8080/"


@pytest.fixture(scope="module")
def releases(
    lights_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    copy_to: Callable[[Path, Path], Path],
    build_in: Callable[..., Release],
) -> tuple[Release, Release, Release]:
    """Return a release, the same with another base, and with that base and another label."""
    root = tmp_path_factory.mktemp("bases")
    project = copy_to(lights_folder, root / "project")
    first = build_in(project, root / "releases")
    moved = build_in(project, root / "releases", base_iri=NEW)
    file = project / "data" / "editorial.trig"
    text = file.read_text("utf-8")
    file.write_text(text.replace('"Tobias Reed"@en', '"Tobias Reed, builder"@en'), "utf-8")
    return first, moved, build_in(project, root / "releases", base_iri=NEW)


@pytest.fixture(scope="module")
def client(releases: tuple[Release, ...]) -> FlaskClient:
    return create_app(releases[2], settings.load({}, {})).test_client()


def test_another_base_alone_changes_nothing(releases: tuple[Release, ...]) -> None:
    assert Diff(releases[0], releases[1]).counts == {}
    assert Diff(releases[1], releases[0]).counts == {}


def test_what_differs_is_what_truly_changed(releases: tuple[Release, ...]) -> None:
    first, moved, changed = releases
    across, within = Diff(first, changed), Diff(moved, changed)
    assert across.counts == within.counts != {}
    assert across.changes(DiffView.ALL) == within.changes(DiffView.ALL)


def test_changes_are_told_under_the_base_that_is_served(
    client: FlaskClient, releases: tuple[Release, ...]
) -> None:
    address = f"/releases/{releases[0].id}...{releases[2].id}"
    changes = client.get(f"{address}.json").get_json()
    assert changes["bases"] == {"from": OLD, "to": NEW}
    assert changes["counts"]["editorial"] == {"added": 1, "removed": 1}
    (person,) = [each for each in changes["entities"] if each["iri"].endswith("tobias-reed")]
    assert person["iri"] == f"{NEW}id/person/tobias-reed"
    assert [each["value"]["value"] for each in person["changes"]] == [
        "Tobias Reed",
        "Tobias Reed, builder",
    ]
    page = client.get(address, headers={"Accept": "text/html"}).text
    assert f"changed from {OLD} to {NEW}" in page
    assert 'href="/doc/id/person/tobias-reed"' in page
    text = re.sub(r'href="/sparql[^"]*"', "", page)
    assert OLD not in text.replace(f"changed from {OLD}", "")


def test_each_side_is_asked_with_its_own_base(
    client: FlaskClient, releases: tuple[Release, ...]
) -> None:
    address = f"/releases/{releases[0].id}...{releases[2].id}"
    page = client.get(address, headers={"Accept": "text/html"}).text
    queries = [unescape(each) for each in re.findall(r'href="(/sparql\?query=[^"]*)"', page)]
    assert queries
    for query in queries:
        assert (OLD in query) == (releases[0].id in query)
        assert len(client.get(query, headers={"Accept": "text/csv"}).text.splitlines()) > 1


def test_as_rdf_too(client: FlaskClient, releases: tuple[Release, ...]) -> None:
    answer = client.get(f"/releases/{releases[0].id}...{releases[2].id}.nt")
    graph = rdflib.Graph().parse(data=answer.data, format="nt")
    nodes = {str(term) for triple in graph for term in triple if isinstance(term, rdflib.URIRef)}
    assert not [node for node in nodes if node.startswith(OLD)]
    (words,) = graph.objects(None, rdflib.RDFS.comment)
    assert OLD in str(words)
    # Of the same base nothing is said.
    other = client.get(f"/releases/{releases[1].id}...{releases[2].id}.nt")
    assert not list(
        rdflib.Graph().parse(data=other.data, format="nt").objects(None, rdflib.RDFS.comment)
    )


def test_releases_of_another_base_are_had_here(
    client: FlaskClient, releases: tuple[Release, ...]
) -> None:
    listed = client.get("/releases.json").get_json()["releases"]
    assert [each["iri"] for each in listed] == [
        f"{NEW}releases/{each.id}" for each in reversed(releases)
    ]
    for each in listed:
        answer = client.get(each["iri"].removeprefix(NEW[:-1]), headers={"Accept": "text/turtle"})
        assert answer.status_code == 200
        graph = rdflib.Graph().parse(data=answer.data, format="turtle")
        (title,) = graph.objects(rdflib.URIRef(each["iri"]), rdflib.DCTERMS.title)
        assert str(title)
        assert OLD not in answer.text


def test_on_the_command_line(releases: tuple[Release, ...]) -> None:
    folder = str(releases[0].path.parent)
    arguments = ["diff", releases[0].id, releases[2].id, "--releases", folder]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert f"The base changed from <{OLD}> to <{NEW}>" in result.output
    assert "+ label: Tobias Reed, builder" in result.output
    changes = json.loads(CliRunner().invoke(main, [*arguments, "--json"]).output)
    assert changes["bases"] == {"from": OLD, "to": NEW}


# Terms that a base touches, and others; words that only look so.
_IRIS = st.sampled_from(
    [f"{OLD}a", f"{OLD}graph/b", OLD, "https://example.org/light", "urn:x", "a:b"]
)
_NODES = _IRIS.map(NamedNode)
_TEXTS = st.text(max_size=6) | _IRIS | _IRIS.map(lambda iri: f"see <{iri}> \\n")
_LITERALS = (
    _TEXTS.map(Literal)
    | _TEXTS.map(lambda text: Literal(text, language="en"))
    | _TEXTS.map(lambda text: Literal(text, datatype=XSD.anyURI))
    | st.tuples(_TEXTS, _NODES).map(lambda pair: Literal(pair[0], datatype=pair[1]))
)
_QUADS = st.builds(Quad, _NODES, _NODES, _NODES | _LITERALS, _NODES) | st.builds(
    Quad, _NODES, st.just(SH.select), _TEXTS.map(Literal), _NODES
)


@given(st.lists(_QUADS, max_size=6))
def test_lines_are_moved_as_quads_are(quads: list[Quad]) -> None:
    rebase = Rebase(OLD, NEW)
    lines = sorted({serialize([quad], format=RdfFormat.N_QUADS) or b"" for quad in quads})
    moved = list(rebase_lines(lines, rebase))
    assert moved == sorted(set(moved))
    expected = {rebase.quad(quad) for line in lines for quad in parse(line, RdfFormat.N_QUADS)}
    assert set(parse(b"".join(moved), RdfFormat.N_QUADS)) == expected
    assert moved == sorted({serialize([q], format=RdfFormat.N_QUADS) or b"" for q in expected})
