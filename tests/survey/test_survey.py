"""Surveys of a graph in an external engine; a store in this process replaces the engine here."""

from __future__ import annotations

import gzip
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph
import pytest

from graphsvc import settings, survey
from graphsvc.errors import DeadlineExceeded, SettingsError, StoreError
from graphsvc.naming import Naming
from graphsvc.search import Search
from graphsvc.store.oxigraph import OxigraphStore
from graphsvc.survey import metadata, names
from graphsvc.survey.lookup import Lookup
from graphsvc.survey.placeholder import take_nothing
from graphsvc.survey.snapshot import take, take_with_index
from graphsvc.survey.survey_queries import survey_query
from graphsvc.web.app import create_app, warm_up

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.release import Release
    from graphsvc.settings import Settings
    from graphsvc.store.base import Table

ADDRESS = "https://engine.example/sparql"

_PREFIXES = """\
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX people: <https://a.example/people/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX terms: <https://a.example/terms#>
PREFIX void: <http://rdfs.org/ns/void#>
"""


def nquads(turtle: str) -> bytes:
    """Return Turtle as N-Quads of one graph."""
    graph = pyoxigraph.NamedNode("https://a.example/g")
    parsed = pyoxigraph.parse(_PREFIXES + turtle, pyoxigraph.RdfFormat.TURTLE)
    return "".join(f"{quad.triple} {graph} .\n" for quad in parsed).encode()


PEOPLE = nquads("""\
people:ada a foaf:Person ; foaf:name "Ada Lovelace"@en .
people:bob a foaf:Person ; foaf:name "Bob"@fr ; terms:calls "B." .
terms:calls rdfs:subPropertyOf rdfs:label .
""")
TITLED = nquads("""\
people:all a void:Dataset ; dcterms:title "People" ; void:uriSpace "https://a.example/" .
""")


class Engine(OxigraphStore):
    """A store in memory that records its queries, and is too slow for some of them."""

    def __init__(self, quads: bytes, slow: tuple[str, ...] = ()) -> None:
        loaded = OxigraphStore.load(quads, {})
        super().__init__(loaded._store, {}, loaded._merge)  # noqa: SLF001 - it is one
        self.queries: list[str] = []
        self.slow = slow

    def select_trusted(self, query: str) -> Table:
        self.queries.append(query)
        if any(words in query for words in self.slow):
            raise DeadlineExceeded("The engine took too long.")
        return super().select_trusted(query)


def of(folder: Path, **others: object) -> Settings:
    return settings.load({"project": folder, "store": ADDRESS, **others}, {})


@pytest.fixture(scope="module")
def lights(lights_release: Release) -> bytes:
    return gzip.decompress(lights_release.dump.read_bytes())


def test_a_graph_without_a_description_is_sampled(tmp_path: Path) -> None:
    survey = metadata.read(Engine(PEOPLE), of(tmp_path), None)
    assert survey.bases == ("https://a.example/",)
    assert survey.title == "engine.example"
    assert sorted(survey.languages) == ["en", "fr"]
    assert [label.value for label in survey.labels] == [
        "https://a.example/terms#calls",
        "http://xmlns.com/foaf/0.1/name",
    ]


def test_what_a_graph_says_of_itself_goes_before_a_sample(tmp_path: Path) -> None:
    survey = metadata.read(Engine(PEOPLE + TITLED), of(tmp_path), None)
    assert (survey.base, survey.title) == ("https://a.example/", "People")


def test_a_setting_goes_before_what_a_graph_says(tmp_path: Path) -> None:
    base = "https://a.example/people/"
    assert metadata.read(Engine(PEOPLE + TITLED), of(tmp_path, base_iri=base), None).base == base


def test_a_release_of_an_engine_lists_what_that_of_a_build_lists(
    lights: bytes, lights_release: Release, tmp_path: Path
) -> None:
    release = take(Engine(lights), of(tmp_path), None)
    assert release.base == lights_release.base
    assert release.manifest.labels == lights_release.manifest.labels
    for name in ("pages.txt", "documents.txt"):
        assert (release.path / name).read_text() == (lights_release.path / name).read_text()


def test_an_index_is_kept_with_its_time_when_all_else_is_read_again(tmp_path: Path) -> None:
    values = of(tmp_path)
    indexed = take_with_index(Engine(PEOPLE), values, None)
    os.utime(indexed.path / "search.sqlite", (1_000_000_000, 1_000_000_000))
    again = take(Engine(PEOPLE + TITLED), values, None)
    assert again.id != indexed.id
    assert (again.has_index, again.title) == (True, "People")
    assert f"{again.index_time:%Y-%m-%d}" == "2001-09-09"
    with again.search.in_time():
        assert Search(again.search, "lovelace").hits(1)[0].label == "Ada Lovelace"


def test_a_graph_without_named_graphs_is_told_of(tmp_path: Path) -> None:
    store = pyoxigraph.Store()
    triples = PEOPLE.replace(b" <https://a.example/g> .", b" .")
    store.load(triples, pyoxigraph.RdfFormat.N_TRIPLES)
    release = take(OxigraphStore(store, {}), of(tmp_path), None)
    assert "no named graphs" in release.manifest.warnings[0]
    assert release.pages.read_text().splitlines()[:1] == ["https://a.example/people/ada"]


def test_all_pages_of_names_are_read(
    lights: bytes, lights_release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(lights)
    at_once = set(names.read(engine, lights_release.naming, names.IN_GRAPHS))
    monkeypatch.setattr(names, "PAGE", 7)
    assert set(names.read(engine, lights_release.naming, names.IN_GRAPHS)) == at_once
    assert len(at_once) > 7


def test_an_engine_that_cuts_its_rows_is_told_of(lights: bytes) -> None:
    class Cutting(Engine):
        def select_trusted(self, query: str) -> Table:
            table = super().select_trusted(query)
            is_second_page = "OFFSET" in query and "OFFSET 0" not in query
            return (
                replace(table, rows=()) if is_second_page else replace(table, rows=table.rows[:5])
            )

    with pytest.raises(StoreError, match=r"rows .* the engine gave"):
        names.read(Cutting(lights), Naming(), names.IN_GRAPHS)


def test_a_full_text_is_asked_in_place_of_names(tmp_path: Path) -> None:
    def full_text(words: Sequence[str], languages: Sequence[str], limit: int) -> str:
        assert (list(words), sorted(languages), limit) == (["lovelace"], ["en", "fr"], 200)
        return "SELECT ?thing { ?thing ?property ?label FILTER(CONTAINS(STR(?label), 'Lovelace')) }"

    engine = Engine(PEOPLE)
    lookup = Lookup(engine, take(engine, of(tmp_path), None), full_text)
    assert not lookup.is_by_name
    index = lookup.index_for(["Lovelace"])
    with index.in_time():
        assert [hit.label for hit in Search(index, "Lovelace").hits(5)] == ["Ada Lovelace"]


def test_what_takes_too_long_at_the_start_is_left_out_and_told(
    lights: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    slow = ("rdfs:isDefinedBy ?ontology", "FILTER(ISIRI(?thing))\n", "?part void:property", "LANG(")
    engine = Engine(lights, slow)
    values = of(tmp_path)
    app = create_app(take(Engine(lights), values, None), values, engine)
    warm_up(app, engine)
    assert "collection/every-class" in caplog.text
    engine.slow = ()
    page = app.test_client().get("/browse", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "more than" in page.text


def test_at_a_request_what_takes_too_long_is_an_error(lights: bytes, tmp_path: Path) -> None:
    engine, values = Engine(lights), of(tmp_path)
    app = create_app(take(engine, values, None), values, engine)
    warm_up(app, engine)
    engine.slow = ("SELECT",)
    page = app.test_client().get("/browse", headers={"Accept": "application/json"})
    assert page.json is not None
    assert page.json["type"].endswith("#deadline-exceeded")


@pytest.mark.parametrize(
    ("path", "most"),
    [("/doc/id/light/north-rock", 8), ("/ontology", 2), ("/timeline", 3), ("/map", 3)],
)
def test_a_page_asks_few_queries(lights: bytes, tmp_path: Path, path: str, most: int) -> None:
    engine, values = Engine(lights), of(tmp_path)
    app = create_app(take(engine, values, None), values, engine)
    warm_up(app)
    engine.queries.clear()
    page = app.test_client().get(path, headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert len(engine.queries) <= most


def test_every_query_of_the_survey_can_be_read() -> None:
    names_of_files = [file.stem for file in Path(survey.__file__).parent.glob("*.rq")]
    assert len(names_of_files) > 10
    assert all(survey_query(name).summary.endswith("?") for name in names_of_files)


def test_releases_of_an_engine_are_apart_from_those_of_files(tmp_path: Path) -> None:
    assert of(tmp_path).releases.parent == tmp_path / ".graphsvc" / "engines"
    assert "engine.example" in of(tmp_path).releases.name
    assert of(tmp_path, releases=tmp_path / "own").releases == tmp_path / "own"


def test_an_engine_that_was_never_read_has_a_release_too(tmp_path: Path) -> None:
    release = take_nothing(of(tmp_path))
    assert (release.engine, release.has_index, release.title) == (ADDRESS, False, "engine.example")


@pytest.mark.parametrize("address", ["ftp://a.example/", "nothing", "https://a.example/#f"])
def test_what_is_no_address_of_an_engine_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="store is set to"):
        of(tmp_path, store=address)
