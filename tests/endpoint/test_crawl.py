"""Foreign clients against a real server: a crawler that starts from one IRI reads all facts."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from rdflib import Graph, URIRef
from rdflib.compare import isomorphic
from SPARQLWrapper import RDFXML, SPARQLWrapper

from .crawling import crawl, merged, missing
from .transports import served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from graphsvc.release import Release


@pytest.fixture(scope="module")
def address(
    lights_copy_of_an_earlier_day: Path,
    lights_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    build_in: Callable[[Path, Path], Release],
) -> Iterator[str]:
    """Serve the small graph; an earlier release has another base and version."""
    folder = tmp_path_factory.mktemp("crawled")
    build_in(lights_copy_of_an_earlier_day, folder / "releases")
    with served(lights_folder, folder) as base:
        yield base


@pytest.fixture(scope="module")
def lights_copy_of_an_earlier_day(
    lights_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    copy_to: Callable[[Path, Path], Path],
) -> Path:
    project = copy_to(lights_folder, tmp_path_factory.mktemp("earlier") / "project")
    for path, old, new in (
        ("ontology/lights.ttl", "1.0.0", "0.9.0"),
        ("data/editorial.trig", '"Tobias Reed"@en', '"T. Reed"@en'),
    ):
        file = project / path
        file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    return project


@pytest.fixture(scope="module")
def whole(address: str, tmp_path_factory: pytest.TempPathFactory) -> Graph:
    return merged(next(tmp_path_factory.getbasetemp().glob("crawled*/releases")), address)


def test_a_crawler_comes_to_the_whole_graph(address: str, whole: Graph) -> None:
    crawled_graph, visited = crawl(address + "id/light/north-rock", address)
    assert len(visited) > 180
    assert missing(whole, crawled_graph) == []
    # Also to what was there before.
    assert f"{address}ontology/0.9.0" in visited
    assert sum("/releases/" in each and not each.endswith(".gz") for each in visited) == 2


@pytest.mark.parametrize("syntax", ["guess", "rdfxml", "turtle"])
def test_raptor_reads_a_thing(address: str, syntax: str) -> None:
    thing = address + "id/light/north-rock"
    lines = rapper(syntax, thing)
    assert f"<{thing}> <{address}ontology#orderedBy> <{address}id/body/harbour-board> ." in lines


@pytest.mark.parametrize(
    ("syntax", "name"), [("turtle", "ttl"), ("ntriples", "nt"), ("rdfxml", "rdf"), ("nquads", "nq")]
)
def test_raptor_reads_what_the_others_read(address: str, syntax: str, name: str) -> None:
    read = Graph().parse(data="\n".join(rapper(syntax, document(address, name))), format="nt")
    expected = Graph().parse(document(address, "nt"), format="nt")
    assert isomorphic(read, expected)


def document(address: str, name: str) -> str:
    return f"{address}doc/id/light/north-rock.{name}"


def rapper(syntax: str, url: str) -> set[str]:
    """Return the triples that raptor finds at an address."""
    command = ["rapper", "--quiet", "--input", syntax, "--output", "ntriples", url]
    result = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    return set(result.stdout.splitlines())


def curl(url: str, *flags: str) -> str:
    command = ["curl", "--silent", "--show-error", "--fail", "--location", *flags, url]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/turtle", "turtle"),
        ("application/n-triples", "nt"),
        ("application/rdf+xml", "xml"),
        ("application/rdf+xml;q=0.9, text/turtle", "turtle"),
    ],
)
def test_curl_follows_a_thing_to_its_data(address: str, accept: str, form: str) -> None:
    thing = address + "id/light/north-rock"
    read = Graph().parse(data=curl(thing, "--header", f"Accept: {accept}"), format=form)
    assert (URIRef(thing), URIRef(address + "ontology#litIn"), None) in read


def test_curl_gets_json(address: str) -> None:
    members = json.loads(
        curl(address + "id/light/north-rock", "--header", "Accept: application/ld+json")
    )
    assert members["label"]["en"] == "North Rock Light"
    assert members["litIn"] == 1871


# SPARQLWrapper reads RDF into a class that rdflib is about to drop.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_sparqlwrapper_describes_what_the_document_says(address: str) -> None:
    thing = URIRef(address + "id/light/north-rock")
    wrapper = SPARQLWrapper(address + "sparql")
    wrapper.setQuery(f"DESCRIBE <{thing}>")
    wrapper.setReturnFormat(RDFXML)
    described = wrapper.query().convert()
    assert isinstance(described, Graph)
    description = Graph().parse(str(thing))
    own = list(described.triples((thing, None, None)))
    assert len(own) > 5
    assert [triple for triple in own if triple not in description] == []
