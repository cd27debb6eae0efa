"""Releases: kept, compared, asked by name; by the Flask client, RDF readers and a real service."""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import closing, suppress
from html import unescape
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
import rdflib
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from projects import unchecked
from rdflib.namespace import RDF
from server.processes import eventually
from SPARQLWrapper import JSON, SPARQLWrapper

from graphsvc import ontology_versions, release_repository, settings, sources
from graphsvc.build import build
from graphsvc.changes import Diff, DiffView, StatementKind
from graphsvc.changes.answer_diff import Verdict, compare, is_ordered
from graphsvc.changes.quad_diff import ADDED, REMOVED, Statement, _differences, _with_content_names
from graphsvc.cli import main
from graphsvc.description import describe
from graphsvc.errors import ReleaseError
from graphsvc.store.base import UNION
from graphsvc.store.oxigraph import OxigraphStore
from graphsvc.views.changes import Report
from graphsvc.views.graph import Graph
from graphsvc.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from graphsvc.release import Release

# rdflib's own way to read into a dataset uses what it deprecates.
pytestmark = pytest.mark.filterwarnings(
    "ignore:(Dataset|ConjunctiveGraph)[.a-z_]* is deprecated:DeprecationWarning"
)

BASE = "https://example.org/lights/"
CS = rdflib.Namespace("http://purl.org/vocab/changeset/schema#")
NAMES = "SELECT ?name WHERE { person:tobias-reed rdfs:label ?name }"
KEEPER = (
    "SELECT ?words WHERE { ?passage oa:exact ?words . FILTER(CONTAINS(?words, 'first keeper')) }"
)


def copied(project: Path, target: Path) -> Path:
    for part in ("ontology", "data", "queries"):
        shutil.copytree(project / part, target / part)
    return target


def built(project: Path, releases: Path, **others: object) -> Release:
    values = settings.load({"project": project, "releases": releases, **others}, {})
    return build(sources.load(project), values, unchecked, describe)


def replaced(project: Path, path: str, old: str, new: str) -> None:
    file = project / path
    text = file.read_bytes().decode("utf-8")
    assert old in text, f"{path} has no {old!r}"
    file.write_bytes(text.replace(old, new).encode("utf-8"))


def change(project: Path) -> None:
    """Take a fact away, change a sentence, a label, and the ontology with its version."""
    for name in ("text.txt", "passages.tsv", "facts.trig"):
        replaced(
            project, f"data/ile-merrow/{name}", "keeper was Ada Quill.", "keeper was Ada Quill!"
        )
    replaced(project, "data/ile-merrow/facts.trig", " ; lights:partOf place:ile-merrow .", " .")
    replaced(project, "data/editorial.trig", '"Tobias Reed"@en', '"Tobias Reed, builder"@en')
    replaced(project, "ontology/lights.ttl", "1.0.0", "1.1.0")
    replaced(project, "ontology/lights.ttl", 'rdfs:label "passage"@en', 'rdfs:label "stretch"@en')


@pytest.fixture(scope="module")
def both(lights_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Release, Release]:
    """Return two releases in one folder: as it was, and after ``change``."""
    root = tmp_path_factory.mktemp("both")
    project = copied(lights_folder, root / "project")
    before = built(project, root / "releases")
    change(project)
    return before, built(project, root / "releases")


@pytest.fixture(scope="module")
def client(both: tuple[Release, Release]) -> FlaskClient:
    return create_app(both[1], settings.load({}, {})).test_client()


def address(both: tuple[Release, Release], suffix: str = "") -> str:
    return f"/releases/{both[0].id}...{both[1].id}{suffix}"


def ask(client: FlaskClient, query: str, accept: str = "*/*", **others: Any) -> TestResponse:
    parameters = {"query": query, **others}
    return client.get("/sparql", query_string=parameters, headers={"Accept": accept})


# --- kept, held, removed ---


def test_a_release_that_is_held_is_not_removed(lights_folder: Path, tmp_path: Path) -> None:
    project, releases = copied(lights_folder, tmp_path / "project"), tmp_path / "releases"
    first = built(project, releases)
    hold = release_repository.ReleaseLock(first.path)
    change(project)
    second = built(project, releases, keep_releases=1)
    assert [release.id for release in release_repository.available_releases(releases)] == [
        second.id,
        first.id,
    ]
    assert not release_repository.removed_ids(releases)
    hold.close()
    release_repository.keep_newest(releases, 1)
    assert [release.id for release in release_repository.available_releases(releases)] == [
        second.id
    ]
    assert release_repository.removed_ids(releases) == {first.id}
    with pytest.raises(ReleaseError, match="not here any more"):
        release_repository.ReleaseLock(first.path)


# --- every answer names its release ---


@pytest.mark.parametrize(
    "path",
    ["/", "/sparql", "/releases", "/ontology.ttl", "/static/style.css", "/none", "/sparql?query=x"],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_every_answer_names_its_release(
    client: FlaskClient, both: tuple[Release, Release], path: str, method: str
) -> None:
    answer = client.open(path, method=method)
    assert answer.headers["Release"] == both[1].id
    assert "Release" in answer.headers["Access-Control-Expose-Headers"]


def test_the_footer_leads_to_the_release(
    client: FlaskClient, both: tuple[Release, Release]
) -> None:
    assert f'href="/releases/{both[1].id}"' in client.get("/").text
    assert client.get(f"/releases/{both[1].id}").status_code == 200


# --- the list ---


def test_the_list_has_all_that_are_kept(client: FlaskClient, both: tuple[Release, Release]) -> None:
    answer = client.get("/releases.json").get_json()
    assert [entry["id"] for entry in answer["releases"]] == [both[1].id, both[0].id]
    newest = answer["releases"][0]
    assert (newest["current"], newest["served"], newest["previous"]) == (True, True, both[0].id)
    assert newest["changes"]["stated"] == {"added": 0, "removed": 1}
    assert newest["counts"] == both[1].manifest.counts
    page = client.get("/releases", headers={"Accept": "text/html"}).text
    assert "served here" in page
    assert address(both) in page


@pytest.mark.parametrize("suffix", ["ttl", "nt", "rdf", "jsonld", "trig", "nq"])
def test_the_list_is_rdf_that_says_what_follows_what(
    client: FlaskClient, both: tuple[Release, Release], suffix: str
) -> None:
    formats = {"nq": "nquads", "rdf": "xml", "jsonld": "json-ld", "ttl": "turtle"}
    graph = rdflib.Dataset(default_union=True)
    answer = client.get(f"/releases.{suffix}")
    graph.parse(data=answer.data, format=formats.get(suffix, suffix))
    newer, older = (rdflib.URIRef(f"{BASE}releases/{release.id}") for release in reversed(both))
    previous = rdflib.URIRef("http://www.w3.org/ns/dcat#previousVersion")
    assert (newer, previous, older) in graph
    assert (newer, rdflib.DCTERMS.replaces, older) in graph


def test_pages_of_releases_are_asked_for_again(
    client: FlaskClient, both: tuple[Release, Release]
) -> None:
    for path in ("/releases", f"/releases/{both[0].id}", address(both)):
        answer = client.get(path)
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert "Accept" in answer.headers["Vary"]
        assert client.head(path).status_code == 200


@pytest.mark.parametrize("name", ["none", "none.json", "none.ttl", "0...1", "a...b.ttl", "\x00..."])
def test_an_unknown_release_is_told_with_those_that_are_kept(
    client: FlaskClient, both: tuple[Release, Release], name: str
) -> None:
    answer = client.get(f"/releases/{name}")
    assert answer.status_code == 404
    assert both[0].id in answer.text
    assert both[1].id in answer.text
    expected = {"json": "json", "ttl": "text/turtle"}.get(name.rpartition(".")[2], "problem+json")
    assert expected in answer.content_type


def test_the_form_leads_to_the_comparison(
    client: FlaskClient, both: tuple[Release, Release]
) -> None:
    answer = client.get(f"/releases/compare?from={both[0].id}&to={both[1].id}")
    assert (answer.status_code, answer.headers["Location"]) == (303, address(both))


# --- what changed ---


def test_changes_are_told_by_thing(client: FlaskClient, both: tuple[Release, Release]) -> None:
    answer = client.get(address(both, ".json")).get_json()
    assert answer["counts"]["stated"] == {"added": 0, "removed": 1}
    assert answer["counts"]["editorial"] == {"added": 1, "removed": 1}
    changed = {entry["iri"]: entry for entry in answer["entities"]}
    port = changed[f"{BASE}id/place/port-merrow"]["changes"]
    (lost,) = [each for each in port if each["kind"] == "stated"]
    assert (lost["change"], lost["property"]["value"]) == ("removed", f"{BASE}ontology#partOf")
    assert lost["value"]["label"] == "Île Merrow"
    assert lost["passage"]["quote"].startswith("The Harbour Board has its seat")
    builder = changed[f"{BASE}id/person/tobias-reed"]
    assert builder["label"] == "Tobias Reed, builder"
    assert [each["change"] for each in builder["changes"]].count("added") == 1


def test_what_follows_is_told_apart_from_what_is_stated(
    client: FlaskClient, both: tuple[Release, Release]
) -> None:
    answer = client.get(address(both, ".json")).get_json()
    changes = [each for entry in answer["entities"] for each in entry["changes"]]
    inferred = [each for each in changes if each["kind"] == "inferred"]
    assert inferred
    assert all("rule" in each for each in inferred)
    assert not any("rule" in each for each in changes if each["kind"] != "inferred")
    page = client.get(address(both), headers={"Accept": "text/html"}).text
    assert '<span class="mark inferred">inferred</span>' in page


def test_changes_are_told_by_sentence(client: FlaskClient, both: tuple[Release, Release]) -> None:
    answer = client.get(address(both, ".json?view=sentences")).get_json()
    passages = {entry["iri"]: entry for entry in answer["sentences"]}
    words = passages[f"{BASE}passage/3"]
    assert words["before"]["quote"] == "Its first keeper was Ada Quill."
    assert words["after"]["quote"] == "Its first keeper was Ada Quill!"
    assert passages[f"{BASE}passage/5"]["changes"][0]["change"] == "removed"
    page = client.get(address(both, "?view=sentences"), headers={"Accept": "text/html"}).text
    assert "<del>Quill.</del><ins>Quill!</ins>" in page


def test_what_changed_can_be_queried_before_and_after(
    client: FlaskClient, both: tuple[Release, Release]
) -> None:
    for view in ("entities", "sentences"):
        page = client.get(address(both, f"?view={view}"), headers={"Accept": "text/html"}).text
        sections = page.split('<section class="changed">')[1:]
        assert sections
        for section in sections:
            links = [unescape(each) for each in re.findall('query-this" href="([^"]*)', section)]
            answers = (client.get(f"{link}&format=csv").text.splitlines() for link in links)
            old, new = ({tuple(row) for row in csv.reader(answer)} for answer in answers)
            gone, come = (section.count(f'class="change {sign}"') for sign in ("removed", "added"))
            # What is stated of a thing may be stated of it as a value: that is no row of its own.
            assert len(old - new) <= gone
            assert len(new - old) <= come
            if view == "sentences":
                assert (len(old - new), len(new - old)) == (gone, come)


def test_records_are_shown_apart(client: FlaskClient, both: tuple[Release, Release]) -> None:
    answer = client.get(address(both, ".json?view=records")).get_json()
    vocabulary = [entry for entry in answer["records"] if entry["kind"] == "vocabulary"]
    assert f"{BASE}ontology#Passage" in {entry["iri"] for entry in vocabulary}
    assert not {"stated", "inferred", "editorial"} & {entry["kind"] for entry in answer["records"]}


@pytest.mark.parametrize("suffix", ["ttl", "rdf", "jsonld"])
def test_the_changeset_turns_the_one_release_into_the_other(
    client: FlaskClient, both: tuple[Release, Release], suffix: str
) -> None:
    formats = {"rdf": "xml", "jsonld": "json-ld"}
    graph = rdflib.Dataset(default_union=True)
    changeset = client.get(address(both, f".{suffix}")).data
    graph.parse(data=changeset, format=formats.get(suffix, suffix))

    def reified(predicate: rdflib.URIRef) -> set[tuple[Any, ...]]:
        parts = (RDF.subject, RDF.predicate, RDF.object, rdflib.DCTERMS.isPartOf)
        nodes = {node for _, _, node in graph.triples((None, predicate, None))}
        rows = {tuple(graph.value(node, part) for part in parts) for node in nodes}
        return {row for row in rows if not any(isinstance(x, rdflib.BNode) for x in row)}

    assert reified(CS.addition) == facts(both[1]) - facts(both[0])
    assert reified(CS.removal) == facts(both[0]) - facts(both[1])
    assert set(graph.subjects(RDF.type, CS.ChangeSet)) == set(graph.subjects(CS.subjectOfChange))


def facts(release: Release) -> set[tuple[Any, ...]]:
    dataset = rdflib.Dataset()
    dataset.parse(data=gzip.decompress(release.dump.read_bytes()), format="nquads")
    return {
        (s, p, o, rdflib.URIRef(str(g)))
        for s, p, o, g in dataset.quads()
        if not isinstance(s, rdflib.BNode) and not isinstance(o, rdflib.BNode)
    }


def test_pages_of_changes_leave_nothing_out(both: tuple[Release, Release]) -> None:
    diff = Diff(*both)
    before, after = (Graph(each.store, each.base) for each in both)
    report = Report(diff, before, after)
    for view in (DiffView.ENTITIES, DiffView.SENTENCES, DiffView.RECORDS):
        whole = report.page(view, 1, 10_000)
        size = 2
        pages = [report.page(view, number + 1, size) for number in range(-(-whole.total // size))]
        assert [page.pages for page in pages] == [len(pages)] * len(pages)
        changes = [each.change for page in pages for group in page.groups for each in group.changes]
        assert changes == [each.change for group in whole.groups for each in group.changes]
        group_count = sum(not group.continues for page in pages for group in page.groups)
        assert group_count == len(whole.groups) == diff.subject_count(view)
    assert diff.total(DiffView.ALL) == sum(
        count.added + count.removed for count in diff.counts.values()
    )
    assert StatementKind.OTHER not in diff.counts


@given(st.sets(st.binary(min_size=1)), st.sets(st.binary(min_size=1)))
def test_two_sorted_files_are_told_apart_as_sets_are(old: set[bytes], new: set[bytes]) -> None:
    differences = list(_differences(iter(sorted(old)), iter(sorted(new))))
    assert {line for sign, line in differences if sign == REMOVED} == old - new
    assert {line for sign, line in differences if sign == ADDED} == new - old
    assert len(differences) == len(old ^ new)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 2), st.integers(0, 6))))
def test_the_names_of_blank_nodes_make_no_difference(edges: list[tuple[int, int, int]]) -> None:
    # Without rings: where one is, its nodes may be told to differ though they do not.
    tree = [edge for edge in edges if edge[0] < edge[2]]

    def statements(name: str) -> set[Statement]:
        nodes = [(f"_:{name}{s}", f"<urn:{p}>", f"_:{name}{o}", "<urn:g>") for s, p, o in tree]
        return set(_with_content_names([Statement(*terms) for terms in nodes]))

    assert statements("a") == statements("zz")


@pytest.mark.parametrize(
    "query", ["?view=none", "?page=0", "?page=x", "?page=9", "?view=records&page=99"]
)
def test_a_page_that_is_none_is_refused(
    client: FlaskClient, both: tuple[Release, Release], query: str
) -> None:
    assert client.get(address(both, query)).status_code in (400, 404)


# --- pinned queries ---


def test_a_pinned_query_is_answered_from_its_release(
    client: FlaskClient, both: tuple[Release, Release]
) -> None:
    old = ask(client, NAMES, "text/csv", release=both[0].id)
    assert old.text.split() == ["name", "Tobias", "Reed"]
    assert old.headers["Release"] == both[0].id
    assert old.headers["Current-Answer"] == f'different; release="{both[1].id}"; added=1; removed=1'
    assert 'rel="original latest-version"' in ", ".join(old.headers.getlist("Link"))
    assert "Memento-Datetime" in old.headers
    now = ask(client, NAMES, "text/csv", release=both[1].id)
    assert "builder" in now.text
    assert now.headers["Current-Answer"] == f'same; release="{both[1].id}"'
    again = client.get(
        "/sparql",
        query_string={"query": NAMES, "release": both[0].id},
        headers={"Accept": "text/csv", "If-None-Match": old.headers["ETag"]},
    )
    assert again.status_code == 304
    assert again.headers["Current-Answer"].startswith("different")


def test_an_answer_that_still_holds_is_told_to_be_the_same(
    client: FlaskClient, both: tuple[Release, Release]
) -> None:
    query = "SELECT ?light WHERE { ?light a lights:Light }"
    answer = ask(client, query, release=both[0].id)
    assert answer.headers["Current-Answer"].startswith("same;")
    changing = ask(client, "SELECT (RAND() AS ?r) WHERE {}", release=both[0].id)
    assert "reason=changes" in changing.headers["Current-Answer"]
    assert changing.headers["Cache-Control"] == "no-store"


def test_a_page_says_what_has_changed(client: FlaskClient, both: tuple[Release, Release]) -> None:
    page = ask(client, NAMES, "text/html", release=both[0].id).text
    assert f"release <code>{both[0].id}</code>" in page
    assert "The current release answers differently: 1 row added, 1 removed." in page
    assert address(both) in page
    plain = ask(client, NAMES, "text/html").text
    assert f"release={both[1].id}" in plain
    assert "Lasting link to this answer" in plain


def test_the_ways_to_pin_wrongly(client: FlaskClient, both: tuple[Release, Release]) -> None:
    assert ask(client, NAMES, release="0" * 16).status_code == 404
    assert ask(client, NAMES, release=[both[0].id, both[1].id]).status_code == 400
    assert ask(client, "SELECT", release=both[0].id).status_code == 400
    assert ask(client, "SELECT * { SERVICE <urn:x> {} }", release=both[0].id).status_code == 403


def test_a_removed_release_is_gone(lights_folder: Path, tmp_path: Path) -> None:
    project, releases = copied(lights_folder, tmp_path / "project"), tmp_path / "releases"
    first = built(project, releases)
    change(project)
    second = built(project, releases, keep_releases=1)
    client = create_app(second, settings.load({}, {})).test_client()
    for answer in (ask(client, NAMES, release=first.id), client.get(f"/releases/{first.id}.ttl")):
        assert answer.status_code == 410
        assert second.id in answer.text


def test_a_service_goes_on_when_its_release_is_no_longer_current(
    both: tuple[Release, Release],
) -> None:
    client = create_app(both[0], settings.load({}, {})).test_client()
    answer = client.get("/releases.json").get_json()
    assert (answer["served"], answer["current"]) == (both[0].id, both[1].id)
    assert "newest, not served yet" in client.get("/releases").text


def store(*quads: tuple[Any, Any]) -> OxigraphStore:
    lines = "".join(f"{s} <urn:p> {o} <urn:g> .\n" for s, o in quads)
    return OxigraphStore.load(lines.encode(), {})


@pytest.mark.parametrize(
    ("query", "verdict"),
    [
        ("SELECT * { ?s ?p ?o }", Verdict("same")),
        ("CONSTRUCT WHERE { ?s ?p ?o }", Verdict("same")),
        ("ASK { ?s ?p ?o }", Verdict("same")),
    ],
)
def test_blank_nodes_are_compared_by_what_they_say(query: str, verdict: Verdict) -> None:
    one = store(("_:a", "_:b"), ("_:b", '"1"'), ("<urn:x>", "_:a"))
    two = store(("_:m", "_:n"), ("_:n", '"1"'), ("<urn:x>", "_:m"))
    other = store(("_:m", "_:n"), ("_:m", '"1"'), ("<urn:x>", "_:m"))
    assert compare(one, two, query, UNION) == verdict
    if not query.startswith("ASK"):
        assert compare(one, other, query, UNION).state == "different"


def test_order_counts_where_it_is_asked_for() -> None:
    one, two = (
        store(("<urn:a>", first), ("<urn:b>", second))
        for first, second in (('"1"', '"2"'), ('"2"', '"1"'))
    )
    query = "SELECT ?s { ?s ?p ?o }"
    assert compare(one, two, query, UNION) == Verdict("same")
    ordered = compare(one, two, f"{query} ORDER BY ?o", UNION)
    assert ordered == Verdict("different", reason="order")
    assert is_ordered("SELECT * {} order by ?x")
    assert not is_ordered("SELECT * { { SELECT * {} ORDER BY ?x } } # ORDER BY ?y")


# --- versions of the ontology ---


def test_a_version_that_was_released_dereferences_for_good(
    lights_folder: Path, tmp_path: Path
) -> None:
    project, releases = copied(lights_folder, tmp_path / "project"), tmp_path / "releases"
    first = built(project, releases)
    change(project)
    second = built(project, releases, keep_releases=1)
    assert not first.path.exists()
    assert [edition.name for edition in ontology_versions.released_versions(releases)] == [
        "1.1.0",
        "1.0.0",
    ]
    client = create_app(second, settings.load({}, {})).test_client()
    old = rdflib.Graph().parse(data=client.get("/ontology/1.0.0.ttl").data, format="turtle")
    node = rdflib.URIRef(f"{BASE}ontology")
    assert old.value(node, rdflib.OWL.versionIRI) == rdflib.URIRef(f"{BASE}ontology/1.0.0")
    label = rdflib.URIRef(f"{BASE}ontology#Passage"), rdflib.RDFS.label
    assert str(old.value(*label)) == "passage"
    new = rdflib.Graph().parse(data=client.get("/ontology/1.1.0.ttl").data, format="turtle")
    assert str(new.value(*label)) == "stretch"
    page = client.get("/ontology/1.0.0", headers={"Accept": "text/html"})
    assert page.content_type.startswith("text/html")
    assert 'id="Passage"' in page.text
    assert 'href="/ontology/1.1.0"' in page.text
    unknown = client.get("/ontology/9.ttl")
    assert unknown.status_code == 404
    assert "1.1.0, 1.0.0" in unknown.text


# --- the commands ---


def run(both: tuple[Release, Release], *arguments: str) -> str:
    folder = str(both[0].path.parent)
    result = CliRunner().invoke(main, [*arguments, "--releases", folder])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_commands_tell_the_same(both: tuple[Release, Release]) -> None:
    listed = run(both, "releases")
    assert listed.index(both[1].id) < listed.index(both[0].id)
    assert [entry["id"] for entry in json.loads(run(both, "releases", "--json"))] == [
        both[1].id,
        both[0].id,
    ]
    answer = json.loads(run(both, "diff", both[0].id[:8], "--json"))
    assert {"entities", "sentences", "records"} <= set(answer)
    assert answer["to"] == both[1].id
    words = run(both, "diff", both[0].id, both[1].id)
    assert "- label: Tobias Reed" in words
    assert "+ label: Tobias Reed, builder" in words
    bad = CliRunner().invoke(main, ["diff", "zz", "--releases", str(both[0].path.parent)])
    assert bad.exit_code == 1


# --- a real service ---


@pytest.fixture(scope="module")
def service(
    lights_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[int, Path, Path, list[Release]]]:
    """Serve the later of two releases of a project; give port, folders and releases."""
    root = tmp_path_factory.mktemp("service")
    project, releases = copied(lights_folder, root / "project"), root / "releases"
    builds = [built(project, releases)]
    change(project)
    builds.append(built(project, releases))
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    log = root / "service.log"
    command = [str(Path(sys.executable).with_name("graphsvc")), "serve", "--project", str(project)]
    options = [
        "--releases",
        str(releases),
        "--port",
        str(port),
        "--deadline",
        "3",
        "--workers",
        "1",
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, *options], stdout=output, stderr=subprocess.STDOUT, env={**os.environ}
        )
    try:
        eventually(lambda: status(port, "/readyz") == 200 or process.poll() is not None)
        assert process.poll() is None, log.read_text("utf-8")
        yield port, project, releases, builds
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def fetch(port: int, path: str, accept: str = "application/json") -> tuple[int, Any, bytes]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path, headers={"Accept": accept})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


def status(port: int, path: str) -> int:
    with suppress(OSError, HTTPException):
        return fetch(port, path)[0]
    return 0


def pinned(query: str, release: str) -> str:
    return "/sparql?" + urlencode({"query": query, "release": release})


def test_the_endpoint_names_the_release_on_its_short_way(
    service: tuple[int, Path, Path, list[Release]],
) -> None:
    port, _, _, builds = service
    code, headers, _ = fetch(port, "/sparql?" + urlencode({"query": NAMES}))
    assert (code, headers["Release"]) == (200, builds[1].id)
    assert "Release" in headers["Access-Control-Expose-Headers"]


def test_a_pinned_query_by_sparqlwrapper(
    service: tuple[int, Path, Path, list[Release]],
) -> None:
    port, _, _, builds = service
    client = SPARQLWrapper(f"http://127.0.0.1:{port}/sparql", returnFormat=JSON)
    client.setQuery(NAMES)
    for release, name in zip(builds, ("Tobias Reed", "Tobias Reed, builder"), strict=True):
        client.clearParameter("release")
        client.addParameter("release", release.id)
        answer = client.query()
        results: Any = answer.convert()
        (row,) = results["results"]["bindings"]
        assert row["name"]["value"] == name
        assert {k.lower(): v for k, v in answer.info().items()}["release"] == release.id


def test_the_bounds_hold_for_pinned_queries(
    service: tuple[int, Path, Path, list[Release]],
) -> None:
    port, _, _, builds = service
    endless = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    code, headers, content = fetch(port, pinned(endless, builds[0].id))
    assert (code, "Retry-After" in headers) == (503, True)
    assert b"deadline-exceeded" in content
    assert fetch(port, pinned(NAMES, builds[0].id))[0] == 200


def test_builds_take_no_release_away_from_a_service(
    service: tuple[int, Path, Path, list[Release]],
) -> None:
    port, project, releases, builds = service
    assert fetch(port, pinned(NAMES, builds[0].id))[0] == 200
    for number in range(2):
        replaced(project, "data/editorial.trig", '"Port Merrow', f'"Port Merrow {number}')
        newest = built(project, releases, keep_releases=1)
    available = {release.id for release in release_repository.available_releases(releases)}
    assert available == {newest.id, builds[0].id, builds[1].id}, "served and pinned ones are held"
    for release in builds:
        code, headers, _ = fetch(port, pinned(f"{NAMES} # again", release.id))
        assert (code, headers["Release"]) == (200, release.id)
    (gone,) = release_repository.removed_ids(releases)
    code, _, content = fetch(port, pinned(NAMES, gone))
    assert code == 410
    assert builds[1].id.encode() in content
    listed = json.loads(fetch(port, "/releases.json")[2])
    assert listed.get("current") == newest.id, listed
    code, headers, content = fetch(port, "/sparql?" + urlencode({"query": KEEPER}))
    assert (code, headers["Release"]) == (200, builds[1].id)
    assert b"Quill!" in content


def test_a_copy_of_one_release_can_be_served_alone(
    both: tuple[Release, Release], tmp_path: Path
) -> None:
    shutil.copytree(both[1].path, tmp_path / both[1].id)
    (tmp_path / "current").symlink_to(both[1].id)
    (alone,) = release_repository.available_releases(tmp_path)
    client = create_app(alone, settings.load({}, {})).test_client()
    assert client.get("/ontology/1.1.0.ttl").status_code == 200
    assert client.get("/ontology/1.0.0.ttl").status_code == 404
    assert client.get("/releases").status_code == 200
