"""The annotations of a text for other tools: by command and over HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from pyld import jsonld  # type: ignore[import-untyped]
from rdflib import Graph as RdflibGraph
from rdflib import Namespace, URIRef
from rdflib.namespace import RDF

from graphsvc import sources
from graphsvc.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient
    from pyoxigraph import Quad

    from graphsvc.release import Release

LIGHTS = "https://example.org/lights/"
TEXT = f"{LIGHTS}source/ile-merrow"
NIF = Namespace("http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#")
OA = Namespace("http://www.w3.org/ns/oa#")
ITSRDF = Namespace("http://www.w3.org/2005/11/its/rdf#")


@pytest.fixture(scope="module")
def words(lights_folder: Path) -> str:
    return (lights_folder / "data" / "ile-merrow" / "text.txt").read_text("utf-8")


@pytest.fixture(scope="module")
def items(client: FlaskClient) -> list[dict[str, Any]]:
    response = client.get(f"/annotations?iri={TEXT}", headers={"Accept": "application/ld+json"})
    assert response.headers["Content-Type"] == "application/ld+json"
    members: list[dict[str, Any]] = json.loads(response.data)["items"]
    return members


def test_every_target_stands_where_its_selectors_say(
    items: list[dict[str, Any]], words: str
) -> None:
    assert items
    for item in items:
        quote, place = item["target"]["selector"]
        assert words[place["start"] : place["end"]] == quote["exact"]
        around = quote.get("prefix", "") + quote["exact"] + quote.get("suffix", "")
        assert words.count(around) == 1


def test_a_name_is_marked_with_the_thing_and_its_class(items: list[dict[str, Any]]) -> None:
    (item,) = (each for each in items if each["target"]["selector"][0]["exact"] == "Tobias Reed")
    assert item["body"][0]["source"] == {
        "id": f"{LIGHTS}id/person/tobias-reed",
        "type": [f"{LIGHTS}ontology#Person"],
    }


def test_a_fact_is_marked_at_its_sentence(items: list[dict[str, Any]]) -> None:
    bodies = {
        body["rdf:predicate"]["id"]: item
        for item in items
        for body in item["body"]
        if body["type"] == "rdf:Statement"
    }
    lit = bodies[f"{LIGHTS}ontology#litIn"]
    assert lit["body"][0]["rdf:object"]["@value"] == "1871"
    assert lit["target"]["selector"][0]["exact"].startswith("North Rock Light was lit in 1871")


def test_the_document_is_json_ld(client: FlaskClient, items: list[dict[str, Any]]) -> None:
    # The context of W3C is not fetched: these are its terms that are used here.
    context = {
        "@version": 1.1,
        "oa": "http://www.w3.org/ns/oa#",
        "as": "https://www.w3.org/ns/activitystreams#",
        "rdf": str(RDF),
        "id": {"@id": "@id", "@type": "@id"},
        "type": {"@id": "@type", "@type": "@vocab"},
        "Annotation": "oa:Annotation",
        "body": {"@id": "oa:hasBody", "@type": "@id"},
        "target": {"@id": "oa:hasTarget", "@type": "@id"},
        "source": {"@id": "oa:hasSource", "@type": "@id"},
        "items": {"@id": "as:items", "@type": "@id", "@container": "@list"},
    }
    document = json.loads(client.get(f"/annotations.jsonld?iri={TEXT}").data)
    assert document["@context"] == "http://www.w3.org/ns/anno.jsonld"
    quads = jsonld.to_rdf(document | {"@context": context}, {"format": "application/n-quads"})
    graph = RdflibGraph().parse(data=quads, format="nt")
    (body,) = graph.subjects(RDF.predicate, URIRef(f"{LIGHTS}ontology#litIn"))
    assert len(list(graph.subjects(OA.hasBody, body))) == 1
    assert len(list(graph.subjects(RDF.type, OA.Annotation))) == len(items)


def test_nif_has_the_same_words(client: FlaskClient, words: str) -> None:
    response = client.get(f"/annotations?iri={TEXT}", headers={"Accept": "text/turtle"})
    graph = RdflibGraph().parse(data=response.data, format="turtle")
    assert str(graph.value(URIRef(TEXT), NIF.isString)) == words
    (phrase,) = graph.subjects(ITSRDF.taIdentRef, URIRef(f"{LIGHTS}id/person/tobias-reed"))
    begin, end = (int(str(graph.value(phrase, prop))) for prop in (NIF.beginIndex, NIF.endIndex))
    assert words[begin:end] == str(graph.value(phrase, NIF.anchorOf)) == "Tobias Reed"
    assert graph.value(phrase, ITSRDF.taClassRef) == URIRef(f"{LIGHTS}ontology#Person")


def test_the_document_about_a_text_leads_to_them(client: FlaskClient) -> None:
    response = client.get("/doc/source/ile-merrow", headers={"Accept": "text/html"})
    address = f"/annotations.jsonld?iri={TEXT}"
    links = [link for link in response.headers.getlist("Link") if 'rel="related"' in link]
    assert len(links) == 2
    for link in links:
        assert client.get(link.partition("<")[2].partition(">")[0]).status_code == 200
    assert f'href="{address}"' in response.text
    other = client.get("/doc/id/light/north-rock", headers={"Accept": "text/html"})
    assert "/annotations" not in "".join(other.headers.getlist("Link"))


@pytest.mark.parametrize("text", ["ile-merrow", "lamps"])
def test_what_was_exported_brings_nothing_new(
    lights_copy: Path, tmp_path: Path, build_in: Callable[[Path, Path], Release], text: str
) -> None:
    if text == "lamps":  # A second text, whose names stand in two passages and across lines.
        folder = lights_copy / "data" / "lamps"
        folder.mkdir()
        for name, content in LAMPS.items():
            (folder / name).write_text(content, "utf-8")
    (lights_copy / "graphsvc.toml").write_text("", "utf-8")
    build_in(lights_copy, tmp_path / "releases")
    options = ["--text", text, "--project", str(lights_copy)]
    releases = ["--releases", str(tmp_path / "releases")]
    exported = CliRunner().invoke(main, ["annotations", "export", *options, *releases])
    file = tmp_path / "out.jsonld"
    file.write_text(exported.stdout, "utf-8")
    facts = lights_copy / "data" / text / "facts.trig"
    before = facts.read_bytes()
    result = CliRunner().invoke(main, ["annotations", "import", str(file), *options])
    assert result.stdout.startswith("0 facts and 0 suggestions written")
    assert facts.read_bytes() == before
    # In a project without these facts they are all new, and say the same.
    blocks = before.decode()
    facts.write_text(blocks[: blocks.index("\n#>")], "utf-8")
    CliRunner().invoke(main, ["annotations", "import", str(file), *options])
    restored = sources.load(lights_copy)
    facts.write_bytes(before)
    assert restored.findings == ()
    assert facts_of(sources.load(lights_copy)) <= facts_of(restored)


def facts_of(project: sources.Project) -> set[Quad]:
    return {quad for quad in project.quads if str(quad.graph_name)[1:-1] in project.passages}


LAMPS = {
    "text.txt": "Bell Rock has a bell.\n\nÅland saw Bell\nRock in “1903”.\n",
    "passages.tsv": (
        "name\tkind\twords\nl1\tsentence\tBell Rock has a bell.\n"
        "l2\titem\tÅland saw Bell\\nRock in “1903”.\n"
    ),
    "source.ttl": (
        "@prefix dcterms: <http://purl.org/dc/terms/> .\n"
        "<https://example.org/lights/source/lamps> dcterms:language 'en' ; "
        "dcterms:title 'Lamps'@en .\n"
    ),
    "facts.trig": """\
@prefix light: <https://example.org/lights/id/light/> .
@prefix lights: <https://example.org/lights/ontology#> .
@prefix passage: <https://example.org/lights/passage/> .
@prefix place: <https://example.org/lights/id/place/> .

#> Bell Rock has a bell.
passage:l1 {
    light:bell-rock a lights:Light ; lights:statedName "Bell Rock"@en .
}

#> Åland saw Bell Rock in “1903”.
passage:l2 {
    light:bell-rock lights:litIn 1903 ; lights:statedName "Bell Rock"@en .
    place:aland a lights:Place ; lights:statedName "Åland"@en .
    place:aland lights:partOf <https://elsewhere.example/a%20b> .
}
""",
}
