"""What a release says of itself over HTTP: its dataset, its dumps, its examples, its pages."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

import pyshacl
import pytest
from pyoxigraph import Quad, RdfFormat, parse
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, RDF, RDFS, SH, VOID, XSD

from graphsvc import settings
from graphsvc.formats import Content, carrying
from graphsvc.queries import load_queries
from graphsvc.web import crawlers
from graphsvc.web.app import create_app

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from graphsvc.formats import Format
    from graphsvc.release import Release

SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
SCHEMA = Namespace("https://schema.org/")
SPEX = Namespace("https://purl.expasy.org/sparql-examples/ontology#")
HOST = "http://localhost"


@pytest.fixture(scope="module", params=["lights", "mechanisms"])
def release(request: pytest.FixtureRequest) -> Release:
    release: Release = request.getfixturevalue(f"{request.param}_release")
    return release


@pytest.fixture(scope="module")
def client(release: Release) -> FlaskClient:
    return create_app(release, settings.load({}, {})).test_client()


def path(address: object) -> str:
    whole = str(address)
    assert whole.startswith(f"{HOST}/"), whole
    return whole.removeprefix(HOST)


def described(client: FlaskClient) -> Graph:
    answer = client.get("/.well-known/void", headers={"Accept": "text/turtle"})
    assert answer.status_code == 302
    answer = client.get(answer.headers["Location"], headers={"Accept": "text/turtle"})
    assert answer.mimetype == "text/turtle"
    return Graph().parse(data=answer.data, format="turtle")


@pytest.fixture(scope="module")
def description(client: FlaskClient) -> Graph:
    return described(client)


@pytest.fixture(scope="module")
def dataset(description: Graph, release: Release) -> URIRef:
    (dataset,) = description.subjects(VOID.uriSpace, Literal(release.base))
    assert isinstance(dataset, URIRef)
    return dataset


# --- the dataset ---

#: What every catalogue, dataset, distribution and service must have to be harvested, in our words.
SHAPES = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix spdx: <http://spdx.org/rdf/terms#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
[] sh:targetClass dcat:Catalog ; sh:property
  [ sh:path dcterms:title ; sh:minCount 1 ; sh:nodeKind sh:Literal ] ,
  [ sh:path dcterms:description ; sh:minCount 1 ; sh:nodeKind sh:Literal ] ,
  [ sh:path dcterms:publisher ; sh:minCount 1 ; sh:maxCount 1 ; sh:class foaf:Agent ] ,
  [ sh:path dcat:dataset ; sh:minCount 1 ; sh:class dcat:Dataset ] ,
  [ sh:path dcat:service ; sh:class dcat:DataService ] .
[] sh:targetClass dcat:Dataset ; sh:property
  [ sh:path dcterms:title ; sh:minCount 1 ; sh:nodeKind sh:Literal ] ,
  [ sh:path dcterms:description ; sh:minCount 1 ; sh:nodeKind sh:Literal ] ,
  [ sh:path dcterms:publisher ; sh:maxCount 1 ; sh:class foaf:Agent ] ,
  [ sh:path dcterms:issued ; sh:maxCount 1 ;
    sh:or ( [ sh:datatype xsd:date ] [ sh:datatype xsd:dateTime ] ) ] ,
  [ sh:path dcterms:modified ; sh:maxCount 1 ;
    sh:or ( [ sh:datatype xsd:date ] [ sh:datatype xsd:dateTime ] ) ] ,
  [ sh:path dcat:version ; sh:maxCount 1 ; sh:nodeKind sh:Literal ] ,
  [ sh:path dcat:landingPage ; sh:nodeKind sh:IRI ] ,
  [ sh:path dcat:distribution ; sh:minCount 1 ; sh:class dcat:Distribution ] .
[] sh:targetClass dcat:Distribution ; sh:property
  [ sh:path dcat:accessURL ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
  [ sh:path dcat:downloadURL ; sh:nodeKind sh:IRI ] ,
  [ sh:path dcterms:license ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
  [ sh:path dcat:mediaType ; sh:maxCount 1 ;
    sh:pattern "^https://www.iana.org/assignments/media-types/" ] ,
  [ sh:path dcat:compressFormat ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
  [ sh:path dcat:byteSize ; sh:maxCount 1 ; sh:datatype xsd:nonNegativeInteger ] ,
  [ sh:path spdx:checksum ; sh:maxCount 1 ; sh:class spdx:Checksum ] .
[] sh:targetClass spdx:Checksum ; sh:property
  [ sh:path spdx:algorithm ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
  [ sh:path spdx:checksumValue ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:hexBinary ] .
[] sh:targetClass dcat:DataService ; sh:property
  [ sh:path dcterms:title ; sh:minCount 1 ; sh:nodeKind sh:Literal ] ,
  [ sh:path dcat:endpointURL ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
  [ sh:path dcat:endpointDescription ; sh:nodeKind sh:IRI ] ,
  [ sh:path dcat:servesDataset ; sh:class dcat:Dataset ] .
[] sh:targetClass foaf:Agent ; sh:property
  [ sh:path foaf:name ; sh:minCount 1 ; sh:nodeKind sh:Literal ] .
"""


def complaints(description: Graph) -> str:
    shapes = Graph().parse(data=SHAPES, format="turtle")
    conforms, _, text = pyshacl.validate(description, shacl_graph=shapes)
    return "" if conforms else str(text)


def test_the_description_can_be_harvested(description: Graph) -> None:
    for kind in (DCAT.Catalog, DCAT.Dataset, DCAT.Distribution, DCAT.DataService, SPDX.Checksum):
        assert list(description.subjects(RDF.type, kind)), kind
    assert complaints(description) == ""


@pytest.mark.parametrize(
    "predicate", [DCTERMS.title, DCAT.accessURL, DCAT.endpointURL, SPDX.algorithm, DCAT.byteSize]
)
def test_the_shapes_see_what_is_wrong(description: Graph, predicate: URIRef) -> None:
    spoilt = Graph() + description
    for subject, _, _ in list(description.triples((None, predicate, None))):
        spoilt.remove((subject, predicate, None))
        spoilt.add((subject, DCAT.byteSize, Literal("many")))
    assert complaints(spoilt)


def test_every_distribution_is_had_as_it_is_described(
    client: FlaskClient, description: Graph, dataset: URIRef
) -> None:
    distributions = list(description.objects(dataset, DCAT.distribution))
    dumps = set(description.objects(dataset, VOID.dataDump))
    assert len(distributions) == len(dumps) == 5
    for distribution in distributions:
        address = description.value(distribution, DCAT.downloadURL)
        assert address in dumps
        answer = client.get(path(address), buffered=True)
        assert (answer.status_code, answer.mimetype) == (200, "application/gzip")
        size = description.value(distribution, DCAT.byteSize)
        assert isinstance(size, Literal)
        assert size.datatype == XSD.nonNegativeInteger
        assert int(size) == len(answer.data)
        checksum = description.value(distribution, SPDX.checksum)
        digest = str(description.value(checksum, SPDX.checksumValue)).lower()
        assert digest == hashlib.sha256(answer.data).hexdigest()
        assert gzip.decompress(answer.data)


def test_its_endpoint_answers_and_describes_itself(
    client: FlaskClient, description: Graph, dataset: URIRef
) -> None:
    (service,) = description.subjects(DCAT.servesDataset, dataset)
    endpoint = description.value(service, DCAT.endpointURL)
    assert description.value(dataset, VOID.sparqlEndpoint) == endpoint
    answer = client.get(path(endpoint), query_string={"query": "ASK { ?s ?p ?o }"})
    assert answer.status_code == 200
    address = path(description.value(service, DCAT.endpointDescription))
    document = client.get(address, headers={"Accept": "text/turtle"})
    graph = Graph().parse(data=document.data, format="turtle")
    assert dataset in set(graph.objects()), "it refers to the dataset"


def test_it_leads_into_the_graph(
    client: FlaskClient, description: Graph, dataset: URIRef, release: Release
) -> None:
    for predicate in (VOID.rootResource, VOID.exampleResource):
        things = list(description.objects(dataset, predicate))
        assert things
        for thing in things:
            local = str(thing).removeprefix(release.base)
            assert client.get(f"/{local}").status_code == 303


def test_the_whole_graph_about_the_dataset_is_in_every_format(
    client: FlaskClient, release: Release, dataset: URIRef
) -> None:
    local = str(dataset).removeprefix(release.base)
    about = {(str(q.subject), str(q.predicate), str(q.object)) for q in stored(release)}
    for fmt in carrying(Content.TRIPLES):
        answer = client.get(f"/doc/{local}", headers={"Accept": fmt.media_type})
        assert answer.mimetype == fmt.media_type
        quads = release_parse(answer.data, fmt.name)
        assert about <= quads
        assert any("downloadURL" in predicate for _, predicate, _ in quads)


def stored(release: Release) -> list[Quad]:
    return list(release.store.quads(f"{release.base}graph/dataset"))


def release_parse(data: bytes, name: str) -> set[tuple[str, str, str]]:
    fmt = next(each for each in carrying(Content.TRIPLES) if each.name == name)
    assert isinstance(fmt.engine, RdfFormat)
    return {(str(q.subject), str(q.predicate), str(q.object)) for q in parse(data, fmt.engine)}


OUTSIDE = """
SELECT ?property (COUNT(*) AS ?n) {
  VALUES ?property { owl:sameAs schema:sameAs skos:exactMatch skos:closeMatch skos:relatedMatch
                     skos:broadMatch skos:narrowMatch }
  ?thing ?property ?other . FILTER(ISIRI(?other))
  FILTER(STRSTARTS(STR(?thing), STR(base:)) && !STRSTARTS(STR(?other), STR(base:)))
} GROUP BY ?property
"""
PREFIXES = """
PREFIX owl: <http://www.w3.org/2002/07/owl#> PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX base: <%s>
"""


def test_every_link_to_another_dataset_is_in_a_linkset(
    description: Graph, release: Release
) -> None:
    stated_counts: dict[str, int] = defaultdict(int)
    titles: list[str] = []
    for links in description.subjects(RDF.type, VOID.Linkset):
        target = description.value(links, VOID.objectsTarget)
        assert (target, RDF.type, VOID.Dataset) in description
        assert description.value(target, VOID.uriRegexPattern)
        count = int(str(description.value(links, VOID.triples)))
        stated_counts[f"<{description.value(links, VOID.linkPredicate)}>"] += count
        titles.append(str(description.value(links, DCTERMS.title)))
    rows = release.store.select(PREFIXES % release.base + OUTSIDE)
    counted = {str(row["property"]): int(row["n"].value) for row in rows if row.get("property")}  # type: ignore[union-attr]
    assert stated_counts == counted
    assert len(set(titles)) == len(titles)


def test_a_linkset_says_what_it_links(mechanisms_release: Release) -> None:
    query = "SELECT ?title { ?links a void:Linkset ; dcterms:title ?title }"
    prefixes = f"PREFIX void: <{VOID}> PREFIX dcterms: <{DCTERMS}> "
    rows = mechanisms_release.store.select(prefixes + query)
    titles = {str(row["title"]) for row in rows}
    same = (
        "What International working mechanisms links to www.wikidata.org/entity as the same thing"
    )
    assert f'"{same}"@en' in titles


def test_a_contact_is_told_if_there_is_one(lights_release: Release) -> None:
    for contact, statement in {
        "data@example.org": (VCARD.hasEmail, "mailto:data@example.org"),
        "https://example.org/ask": (VCARD.hasURL, "https://example.org/ask"),
    }.items():
        app = create_app(lights_release, settings.load({"contact": contact}, {}))
        graph = described(app.test_client())
        (node,) = graph.objects(None, DCAT.contactPoint)
        assert graph.value(node, statement[0]) == URIRef(statement[1])


def test_addresses_are_those_of_the_host_that_answers(client: FlaskClient) -> None:
    tags = set()
    for host in ("http://one.example/", "http://two.example/"):
        answer = client.get("/doc/dataset.ttl", base_url=host)
        tags.add(answer.headers["ETag"])
        graph = Graph().parse(data=answer.data, format="turtle")
        assert {urlsplit(str(each)).netloc for each in graph.objects(None, DCAT.downloadURL)} == {
            urlsplit(host).netloc
        }
    assert len(tags) == 2


# --- dumps ---


def test_a_dump_is_an_archive_with_a_name(client: FlaskClient, release: Release) -> None:
    for dump in release.manifest.dumps:
        answer = client.get(
            f"/dump.{dump.format}.gz", headers={"Accept-Encoding": "gzip"}, buffered=True
        )
        assert answer.data == (release.path / dump.file).read_bytes()
        assert "Content-Encoding" not in answer.headers
        name = f'-{release.id}.{dump.format}.gz"'
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="')
        assert answer.headers["Content-Disposition"].endswith(name)
        assert answer.headers["ETag"] == f'"{dump.sha256}"'
        head = client.head(f"/dump.{dump.format}.gz", buffered=True)
        assert (head.data, head.headers["Content-Length"]) == (b"", str(dump.size))
        again = {"If-None-Match": answer.headers["ETag"]}
        assert (
            client.get(f"/dump.{dump.format}.gz", headers=again, buffered=True).status_code == 304
        )
        again = {"If-Modified-Since": answer.headers["Last-Modified"]}
        assert (
            client.get(f"/dump.{dump.format}.gz", headers=again, buffered=True).status_code == 304
        )


def test_a_broken_download_goes_on(client: FlaskClient) -> None:
    whole = client.get("/dump.nq.gz", buffered=True)
    middle = len(whole.data) // 2
    rest = {"Range": f"bytes={middle}-", "If-Range": whole.headers["ETag"]}
    answer = client.get("/dump.nq.gz", headers=rest, buffered=True)
    assert answer.status_code == 206
    size = len(whole.data)
    assert answer.headers["Content-Range"] == f"bytes {middle}-{size - 1}/{size}"
    assert whole.data[:middle] + answer.data == whole.data
    assert (
        client.get("/dump.nq.gz", headers={"Range": "bytes=-9"}, buffered=True).data
        == whole.data[-9:]
    )
    other = client.get(
        "/dump.nq.gz", headers={**rest, "If-Range": '"another release"'}, buffered=True
    )
    assert (other.status_code, other.data) == (200, whole.data)
    beyond = client.get("/dump.nq.gz", headers={"Range": f"bytes={size}-"})
    assert beyond.status_code == 416
    assert beyond.headers["Content-Range"] == f"bytes */{size}"


@pytest.mark.parametrize("name", ["csv", "html", "nt", "", "nq.gz", "../manifest", "%00", "é"])
def test_there_are_no_other_dumps(client: FlaskClient, name: str) -> None:
    assert client.get(f"/dump.{name}.gz", buffered=True).status_code == 404
    assert client.post("/dump.nq.gz").status_code == 405


@pytest.mark.parametrize(
    ("header", "status", "positions"),
    [
        ("bytes=0-0", 206, slice(0, 1)),
        ("bytes=2-", 206, slice(2, None)),
        ("bytes=2-999999999", 206, slice(2, None)),
        ("bytes=-3", 206, slice(-3, None)),
        ("Bytes=4-5", 206, slice(4, 6)),
        ("bytes=999999999-", 416, None),
        # All of the file, since a server may ignore what it does not serve.
        ("bytes=-999999999", 200, slice(None)),
        (f"bytes=0-{'9' * 5000}", 200, slice(None)),
        ("bytes=5-4", 200, slice(None)),
        ("bytes=0-1,3-4", 200, slice(None)),
        ("lines=0-1", 200, slice(None)),
        ("bytes=-", 200, slice(None)),
        ("nonsense", 200, slice(None)),
    ],
)
def test_a_range_is_served_or_all_of_the_file(
    client: FlaskClient, header: str, status: int, positions: slice | None
) -> None:
    whole = client.get("/dump.nq.gz", buffered=True).data
    answer = client.get("/dump.nq.gz", headers={"Range": header}, buffered=True)
    assert answer.status_code == status
    if positions is not None:
        assert answer.data == whole[positions]
        assert answer.headers["Content-Length"] == str(len(answer.data))
        assert answer.headers["Accept-Ranges"] == "bytes"
    # https://www.rfc-editor.org/rfc/rfc9110#section-14.2: only GET has ranges.
    head = client.head("/dump.nq.gz", headers={"Range": header}, buffered=True)
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(whole)))


def test_a_part_is_never_of_another_release(client: FlaskClient) -> None:
    whole = client.get("/dump.nq.gz", buffered=True)
    date = whole.headers["Last-Modified"]
    expected = {
        whole.headers["ETag"]: 206,
        date: 206,
        f"W/{whole.headers['ETag']}": 200,
        "Fri, 01 Jan 2100 00:00:00 GMT": 200,
        "Thu, 01 Jan 1970 00:00:00 GMT": 200,
        '"another"': 200,
        "": 200,
    }
    for validator, status in expected.items():
        answer = client.get(
            "/dump.nq.gz", headers={"Range": "bytes=1-2", "If-Range": validator}, buffered=True
        )
        assert answer.status_code == status, validator


# --- examples ---


def test_examples_have_what_collections_of_them_ask_for(
    client: FlaskClient, release: Release
) -> None:
    answer = client.get("/.well-known/sparql-examples", headers={"Accept": "text/turtle"})
    graph = Graph().parse(data=answer.data, format="turtle")
    examples = set(graph.subjects(RDF.type, SH.SPARQLExecutable))
    assert len(examples) == release.manifest.counts["queries"]
    forms = {
        SH.select: SH.SPARQLSelectExecutable,
        SH.ask: SH.SPARQLAskExecutable,
        SH.construct: SH.SPARQLConstructExecutable,
        SPEX.describe: SPEX.SPARQLDescribeExecutable,
    }
    for example in examples:
        (form,) = [form for form in forms if (example, form, None) in graph]
        assert (example, RDF.type, forms[form]) in graph
        comment = graph.value(example, RDFS.comment)
        assert isinstance(comment, Literal)
        assert comment.language
        assert graph.value(example, SCHEMA.target) == URIRef(f"{release.base}sparql")
        declares = graph.value(example, SH.prefixes)
        declared = {
            str(graph.value(each, SH.prefix)): graph.value(each, SH.namespace)
            for each in graph.objects(declares, SH.declare)
        }
        assert declared.keys() == release.prefixes.keys()
        assert all(isinstance(each, Literal) for each in declared.values())
        # A client that copies the example puts the prefixes before it, as SHACL says.
        head = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in declared.items())
        query = {"query": head + str(graph.value(example, form))}
        assert client.post("/sparql", data=query).status_code == 200


@pytest.mark.parametrize("fmt", carrying(Content.TRIPLES), ids=lambda fmt: fmt.name)
def test_examples_come_in_every_format(client: FlaskClient, fmt: Format) -> None:
    answer = client.get("/.well-known/sparql-examples", headers={"Accept": fmt.media_type})
    assert (answer.status_code, answer.mimetype) == (200, fmt.media_type)
    again = {"Accept": fmt.media_type, "If-None-Match": answer.headers["ETag"]}
    assert client.get("/.well-known/sparql-examples", headers=again).status_code == 304
    assert client.get("/.well-known/sparql-examples", headers={"Accept": "a/b"}).status_code == 406


# --- pages ---


def listed(client: FlaskClient, address: str) -> tuple[str, list[str]]:
    """Return the kind of a site map and its addresses; check that it follows the protocol."""
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    assert len(answer.data) < 50 * 1024 * 1024
    root = ET.fromstring(answer.data)  # noqa: S314 - our own
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    kind = {f"{space}urlset": "url", f"{space}sitemapindex": "sitemap"}[root.tag]
    addresses = []
    for entry in root:
        assert entry.tag == space + kind
        assert [child.tag for child in entry] == [f"{space}loc", f"{space}lastmod"]
        address, changed = (child.text or "" for child in entry)
        assert address.startswith(f"{HOST}/")
        assert len(address) < 2048
        assert datetime.fromisoformat(changed).tzinfo is not None
        addresses.append(address)
    assert len(addresses) <= 50_000
    return kind, addresses


@pytest.mark.slow
def test_the_site_map_lists_pages_that_are_there(client: FlaskClient, release: Release) -> None:
    kind, addresses = listed(client, "/sitemap.xml")
    assert kind == "url"
    assert len(addresses) == len(set(addresses)) > 10
    # Of the hundreds of things of a graph some will do: each has its document elsewhere.
    for address in [*addresses[:40], *addresses[40::10]]:
        answer = client.get(path(address), headers={"Accept": "text/html"}, buffered=True)
        assert (answer.status_code, answer.mimetype) == (200, "text/html"), address
    iris = release.pages.read_text("utf-8").split()
    assert len(iris) > release.manifest.counts["entities"]
    assert {f"{HOST}/doc/{iri.removeprefix(release.base)}" for iri in iris} <= set(addresses)
    others = ("", "browse", "timeline", "map", "ontology", "queries", "sparql", "api", "releases")
    assert {f"{HOST}/{page}" for page in others} <= set(addresses)
    query_pages = {f"{HOST}/queries/{query.name}" for query in load_queries(release.queries)}
    assert query_pages
    assert query_pages <= set(addresses)


def test_a_long_site_map_is_an_index_of_parts(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, whole = listed(client, "/sitemap.xml")
    monkeypatch.setattr(crawlers, "MOST_ADDRESSES", 10)
    kind, parts = listed(client, "/sitemap.xml")
    assert kind == "sitemap"
    lists = [listed(client, path(each)) for each in parts]
    assert all(kind == "url" and len(each) <= 10 for kind, each in lists)
    assert [address for _, part in lists for address in part] == whole
    for number in ("0", str(len(parts) + 1), "9" * 40, "x"):
        assert client.get(f"/sitemap-{number}.xml").status_code == 404


def test_robots_find_the_site_map_and_ask_no_queries(client: FlaskClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    robots = RobotFileParser()
    robots.parse(answer.text.splitlines())
    assert robots.site_maps() == [f"{HOST}/sitemap.xml"]
    assert not robots.can_fetch("any", f"{HOST}/sparql?query=ASK%20%7B%7D")
    for _, addresses in [listed(client, "/sitemap.xml")]:
        assert all(robots.can_fetch("any", address) for address in addresses)
    assert robots.can_fetch("any", f"{HOST}/dump.nq.gz")
    assert robots.can_fetch("any", f"{HOST}/static/style.css?v=1")


def test_under_another_root_the_addresses_have_it(lights_release: Release) -> None:
    client = create_app(lights_release, settings.load({}, {})).test_client()
    answer = client.get("/sitemap.xml", environ_overrides={"SCRIPT_NAME": "/graph"})
    assert b"<loc>http://localhost/graph/doc/id/" in answer.data
    assert b"/graph/graph/" not in answer.data


IDS = re.compile(r'\bid="([^"]*)"')
LINKS = re.compile(r'<a\b[^>]*href="([^"]*)"')


def test_the_page_of_the_dataset_shows_the_parts_that_it_names(
    client: FlaskClient, release: Release, dataset: URIRef
) -> None:
    page = client.get("/doc/dataset", headers={"Accept": "text/html"}).text
    local = "/doc/" + str(dataset).removeprefix(release.base)
    ids = set(IDS.findall(page))
    linked = {each for each in LINKS.findall(page) if each.startswith((f"{local}#", "#"))}
    assert any("#passages" in each for each in linked)
    assert {each.partition("#")[2] for each in linked} <= ids
    part = page[page.index('<h3 id="passages"') :]
    assert re.search(r"<dt>number of triples</dt>\s*<dd><span[^>]*>[1-9]", part)


def test_the_home_page_leads_to_the_description(client: FlaskClient, dataset: URIRef) -> None:
    answer = client.get("/", headers={"Accept": "text/html"})
    assert '<a href="/doc/dataset">' in answer.text
    links = [link for link in answer.headers.getlist("Link") if 'rel="describedby"' in link]
    assert '</doc/dataset.ttl>; rel="describedby"; type="text/turtle"' in links
    for link in links:
        address, kind = re.findall(r'<(.*?)>.*type="(.*?)"', link)[0]
        assert f'<link rel="describedby" type="{kind}" href="{address}">' in answer.text
        assert client.get(address).mimetype == kind
    assert f'<{dataset}>; rel="cite-as"' in answer.headers.getlist("Link")


def test_the_pages_offer_the_dumps(client: FlaskClient, release: Release) -> None:
    for page in ("/data", "/doc/dataset"):
        text = client.get(page, headers={"Accept": "text/html"}).text
        assert 'id="download"' in text
        for dump in release.manifest.dumps:
            assert f'href="/dump.{dump.format}.gz"' in text
            assert dump.sha256 in text
    assert 'href="/data"' in client.get("/ontology", headers={"Accept": "text/html"}).text
