"""Every IRI of a graph has an address, whatever it looks like, and links lead to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from endpoint.transports import OverHttp, free_port, running
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from graphsvc import parsing, rdf_project
from graphsvc.document_addresses import DocumentAddresses, iris_at
from graphsvc.listing import Listing, listing_of
from graphsvc.namespaces import VOID

from . import SAMPLES, served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask.testing import FlaskClient


BASE = "https://example.org/"
BUILDING = f"{BASE}sites/building"
AB = ["https://a.e/", "https://b.e/"]
PAGE = {"Accept": "text/html"}
SAFE = ":/"


def client_of(*names: str) -> Callable[[pytest.TempPathFactory], FlaskClient]:
    @pytest.fixture(scope="module")
    def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
        return served(tmp_path_factory.mktemp("kept"), *names)

    return client


building = client_of("hash.ttl")
two = client_of("two-bases.trig")
odd = client_of("odd-paths.nt")


def described(iri: str, suffix: str = "") -> str:
    return f"/describe{suffix}?iri={quote(iri, safe=SAFE)}"


# --- the list of pages


def test_a_list_is_looked_up_where_it_stands() -> None:
    listed = listing_of("urn:b", "urn:a#2", "urn:a", "urn:a#10", "urn:a1", "urn:ü")
    assert list(listed) == ["urn:a", "urn:a#10", "urn:a#2", "urn:a1", "urn:b", "urn:ü"]
    assert all(iri in listed for iri in listed)
    assert not any(
        iri in listed for iri in ("urn:", "urn:a#", "urn:a#1", "urn:c", "", "urn:\udcff")
    )
    assert list(listed.beginning_with("urn:a#")) == ["urn:a#10", "urn:a#2"]
    assert list(listed.beginning_with("urn:a#", 1)) == ["urn:a#2"]
    assert [listed.count(text) for text in ("urn:a#", "urn:", "urn:x", "urn:ü")] == [2, 6, 0, 1]
    assert "urn:a" not in Listing()
    assert list(Listing()) == []


# --- paths


@pytest.mark.parametrize(
    ("rest", "address"),
    [
        ("id/1", "/doc/id/1"),
        ("Ä/B", "/doc/%C3%84/B"),
        ("a%20b", "/doc/a%20b"),
        ("a%2520b", "/doc/a%2520b"),
        ("slash/", "/doc/slash/"),
        ("ontology", "/ontology"),
        ("browse", "/doc/browse"),
        ("a%2Fb", "/describe?iri=https://example.org/a%252Fb"),
        ("x//y", "/describe?iri=https://example.org/x//y"),
        ("x/../y", "/describe?iri=https://example.org/x/../y"),
        ("x%0D%0AY:z", "/describe?iri=https://example.org/x%250D%250AY:z"),
        ("x%00", "/describe?iri=https://example.org/x%2500"),
        ("doc/x", "/describe?iri=https://example.org/doc/x"),
        ("x?y=1&z", "/describe?iri=https://example.org/x%3Fy%3D1%26z"),
        ("x#y", "/describe?iri=https://example.org/x%23y"),
        ("", "/describe?iri=https://example.org/"),
    ],
)
def test_an_iri_under_the_base_has_its_own_path_if_a_path_can_hold_it(
    rest: str, address: str
) -> None:
    addresses = DocumentAddresses(BASE)
    assert addresses.of(BASE + rest) == address
    assert addresses.has_path(BASE + rest) is address.startswith(("/doc/", "/ontology"))
    page = address + ("&" if "?" in address else "?") + "page=2"
    assert addresses.of(BASE + rest, page=2) == page


def test_a_path_that_another_iri_takes_is_not_given_twice() -> None:
    iris = [f"{BASE}{name}" for name in ("ü", "%C3%BC", "a", "a.ttl")]
    addresses = DocumentAddresses(BASE, listing_of(*iris))
    assert len({addresses.of(iri) for iri in iris}) == len(iris)
    assert addresses.of(f"{BASE}a.ttl").startswith("/describe")
    assert DocumentAddresses(BASE).of(f"{BASE}a.ttl") == "/doc/a.ttl"


def test_only_the_path_that_was_sent_has_an_encoded_slash() -> None:
    assert list(iris_at(BASE, "a/b", "a%2Fb")) == [f"{BASE}a%2Fb", f"{BASE}a/b"]
    assert list(iris_at(BASE, "a/b")) == [f"{BASE}a/b"]
    assert f"{BASE}ü%20x" in list(iris_at(BASE, "ü x"))


def test_parts_that_a_document_shows_are_places_in_it() -> None:
    addresses = DocumentAddresses(BASE, listing_of(f"{BASE}a#it"), [f"{BASE}ontology"])
    assert addresses.link(f"{BASE}ontology#Light") == "/ontology#Light"
    assert addresses.link(f"{BASE}ontology/1.0") == "/ontology/1.0"
    assert addresses.link(f"{BASE}a#it") == described(f"{BASE}a#it")
    assert addresses.link("https://elsewhere.example/") is None
    assert DocumentAddresses(BASE).link(f"{BASE}ontology/Person") == "/doc/ontology/Person"


def test_every_odd_iri_has_a_page_a_document_and_the_same_in_each_format(odd: FlaskClient) -> None:
    labels = {
        quad.subject.value: quad.object.value
        for quad in parse(path=SAMPLES / "odd-paths.nt")
        if isinstance(quad.subject, NamedNode) and quad.predicate.value.endswith("#label")
    }
    canonical_links = set()
    for iri, label in labels.items():
        answer = odd.get(described(iri), headers=PAGE, follow_redirects=True)
        assert f">{label}</h1>" in answer.text, iri
        data = odd.get(described(iri, ".nt"), follow_redirects=True)
        assert iri in {
            quad.subject.value
            for quad in parse(data.data, RdfFormat.N_TRIPLES)
            if getattr(quad.object, "value", "") == label
        }
        location = data.headers["Content-Location"]
        assert odd.get(location).data == data.data, location
        canonical = re.search('<link rel="canonical" href="([^"]*)">', answer.text)
        assert canonical is not None
        canonical_links.add(canonical[1])
    assert len(canonical_links) == len(labels)


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/UPPER/Case", "/doc/UPPER/Case"),
        ("/static/x", "/doc/static/x"),
        ("/releases/1", "/doc/releases/1"),
        ("/queries/1", "/doc/queries/1"),
        ("/ontology/Person", "/doc/ontology/Person"),
        ("/sitemap-7.xml", "/doc/sitemap-7.xml"),
        ("/doc/x", described(f"{BASE}doc/x")),
        ("/a%2Fb", "/describe?iri=https://example.org/a%252Fb"),
    ],
)
def test_a_thing_whose_path_begins_as_one_of_the_program_is_found(
    odd: FlaskClient, path: str, leads_to: str
) -> None:
    answer = odd.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, leads_to)


# --- /describe


def test_wrong_and_unknown_iris_are_told(two: FlaskClient) -> None:
    for address, status in (
        ("/describe", 400),
        ("/describe?iri=", 400),
        ("/describe?iri=no iri", 400),
        ("/describe?iri=https://elsewhere.example/none", 404),
        ("/describe?iri=a:none", 404),
        ("/describe.png?iri=a:ada", 404),
        ("/describe?iri=foaf:Person&page=2", 404),
        ("/describe.ttl?iri=foaf:Person&page=2", 404),
    ):
        answer = two.get(address, headers={"Accept": "application/json"}, follow_redirects=True)
        assert answer.status_code == status, address


def test_what_has_a_path_is_found_there(two: FlaskClient) -> None:
    for name in ("a:ada", "<https://a.example/people/ada>", "https://a.example/people/ada"):
        answer = two.get("/describe.ttl", query_string={"iri": name})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/doc/ada.ttl")


def test_the_page_of_a_foreign_thing_links_out_and_tells_what_is_known(two: FlaskClient) -> None:
    iri = "http://www.wikidata.org/entity/Q7259"
    page = two.get(described(iri), headers=PAGE)
    assert page.status_code == 200
    assert "not a thing of this graph" in page.text
    assert f'rel="external" href="{iri}"' in page.text
    assert ">Ada Lovelace (Wikidata)</h1>" in page.text
    assert 'href="/doc/ada"' in page.text
    links = page.headers.getlist("Link")
    assert f'<{iri}>; rel="cite-as"' in links
    assert any(link.startswith(f"<{described(iri, '.ttl')}>") for link in links)
    data = two.get(described(iri), headers={"Accept": "text/turtle"})
    assert data.headers["Content-Location"] == described(iri, ".ttl")
    assert "foaf:primaryTopic" in data.text
    assert f"https://a.example/people{described(iri)}" in data.text
    linkset = two.get(described(iri, ".linkset")).get_json(force=True)
    assert linkset["linkset"][0]["anchor"] == described(iri)


def test_a_thing_that_is_no_web_address_has_a_page(two: FlaskClient) -> None:
    page = two.get(described("urn:isbn:9780262134057"), headers=PAGE)
    assert ">A book with a number</h1>" in page.text
    notes = two.get("/describe?iri=b:notes", headers=PAGE).text
    assert 'href="/describe?iri=urn:isbn:9780262134057"' in notes


def test_a_link_to_what_the_graph_describes_leads_there_and_others_lead_out(
    two: FlaskClient,
) -> None:
    page = two.get("/doc/ada", headers=PAGE).text
    assert 'href="/describe?iri=https://b.example/works/notes"' in page
    assert 'href="/describe?iri=http://www.wikidata.org/entity/Q7259"' in page
    assert 'href="/describe?iri=http://xmlns.com/foaf/0.1/Person"' in page
    assert re.search(r'<a href="http://viaf.example/1"[^>]* rel="external"', page)


def test_search_engines_are_shown_the_pages_of_all_things(two: FlaskClient) -> None:
    places = two.get("/sitemap.xml").text
    for address in (
        "/doc/ada",
        described("https://b.example/works/notes"),
        described("urn:isbn:9780262134057"),
    ):
        assert f"<loc>http://localhost{address}</loc>" in places
    assert "Allow: /describe?iri=\n" in two.get("/robots.txt").text


# --- documents with things as their fragments


def test_the_document_of_hash_iris_answers_for_all_of_them(building: FlaskClient) -> None:
    answer = building.get("/building")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/doc/building")
    page = building.get("/doc/building", headers=PAGE).text
    for name, label in (("ahu", "Air handling unit"), ("vav-1", "VAV 1"), ("room%201", "Room 1")):
        address = described(f"{BUILDING}#{name}")
        assert re.search(rf'<li id="{name}"><a href="{re.escape(address)}"[^>]*>{label}</a>', page)
    assert page.count('id="incoming"') == 0
    data = set(parse(building.get("/doc/building.nt").data, RdfFormat.N_TRIPLES))
    for quad in parse(path=SAMPLES / "hash.ttl"):
        if str(quad.subject).startswith(f"<{BUILDING}#"):
            assert quad.triple in {each.triple for each in data} or "_:" in str(quad.object)
    parts = {quad.subject for quad in data if str(quad.subject).startswith(f"<{BUILDING}#")}
    assert len(parts) == 6


def test_each_fragment_has_a_page_and_is_the_same_on_it(building: FlaskClient) -> None:
    page = building.get(described(f"{BUILDING}#ahu"), headers=PAGE).text
    assert ">Air handling unit</h1>" in page
    assert 'href="/doc/building"' in page
    assert f'href="{described(BUILDING + "#vav-1")}"' in page


def test_a_fragment_that_is_only_named_has_a_page_too(building: FlaskClient) -> None:
    page = building.get(described(f"{BUILDING}#vav-2"), headers=PAGE).text
    for name in (f"{BUILDING}#nowhere", f"{BASE}sites/plan#p1"):
        assert f'href="{described(name)}"' in page
        assert building.get(described(name), headers=PAGE).status_code == 200


def test_the_document_of_many_things_has_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphsvc.views.page_sizes.PARTS_LISTED", 50)
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    text = "".join(f"<{BASE}many#t{n:03}> {label} 'Thing {n:03}' .\n" for n in range(230))
    (tmp_path / "many.ttl").write_text(text)
    client = served(tmp_path / "kept", tmp_path / "many.ttl")
    pages = [client.get(f"/doc/many?page={n}", headers=PAGE) for n in range(1, 7)]
    assert [page.status_code for page in pages] == [200] * 5 + [404]
    assert all(f'id="t{n:03}"' in pages[n // 50].text for n in range(230))
    data = [client.get(f"/doc/many.nt?page={n}") for n in range(1, 5)]
    assert [page.status_code for page in data] == [200] * 3 + [404]
    content = b"".join(page.data for page in data[:3])
    assert all(f"Thing {n:03}".encode() in content for n in range(230))
    assert '</doc/many.nt?page=2>; rel="next"' in data[0].headers.getlist("Link")


# --- derived facts


def test_a_graph_at_two_hosts_has_two_bases(two: FlaskClient) -> None:
    data = two.get("/doc/dataset.ttl").text
    assert '"https://a.example/people/"' in data
    assert '"https://b.example/works/"' in data
    page = two.get("/describe?iri=b:notes", headers=PAGE).text
    assert "not a thing of this graph" not in page
    assert 'rel="external" href="https://b.example/works/notes"' in page


@pytest.mark.parametrize(
    ("subjects", "bases"),
    [
        (["https://a.e/x/1", "https://a.e/x/2", "https://b.e/1"], ["https://a.e/x/"]),
        (["https://b.e/1", "https://b.e/2", "https://a.e/1", "https://a.e/2"], AB),
        ([*(f"https://a.e/{n}" for n in range(20)), "https://b.e/1"], ["https://a.e/"]),
        (["https://a.e/1", "https://a.e/2", "http://xmlns.com/foaf/0.1/Person"], ["https://a.e/"]),
    ],
)
def test_many_subjects_elsewhere_make_a_base(
    tmp_path: Path, subjects: list[str], bases: list[str]
) -> None:
    path = tmp_path / "x.ttl"
    path.write_text("".join(f"<{subject}> <urn:p> 1 .\n" for subject in subjects))
    project = rdf_project.load([path], parsing.parse_file)
    objects = [quad.object for quad in project.derived if quad.predicate == VOID.uriSpace]
    assert objects == [Literal(base) for base in bases]


# --- over HTTP


@pytest.fixture(scope="module")
def running_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OverHttp, str]]:
    """Serve the odd paths with the program's own server; yield it with the output of its start."""
    folder = tmp_path_factory.mktemp("served")
    address = f"http://127.0.0.1:{free_port()}/"
    with running(address, folder, SAMPLES / "odd-paths.nt"):
        yield OverHttp(address), (folder / "server.log").read_text("utf-8")


def test_the_start_says_what_was_derived(running_service: tuple[OverHttp, str]) -> None:
    lines = running_service[1].splitlines()
    for line in ("Title: odd-paths", "Base: https://example.org/", "Language: ja", "Things: 36"):
        assert line in lines, running_service[1]


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("UPPER/Case", "Upper case"),
        ("a%20b", "A space, encoded"),
        ("a%2520b", "A per cent sign, encoded"),
        ("a%2Fb", "A slash, encoded"),
        ("a/b", "A slash"),
        ("100%25", "All of it"),
        ("x%23y", "A number sign, encoded"),
        ("latin%E4", "No UTF-8"),
        ("gr%C3%B6%C3%9Fe", "Letters beyond ASCII"),
        ("gr%C3%B6be", "Letters beyond ASCII, encoded"),
        ("slash/", "A slash at the end"),
        ("q(1)*,;=@!$'~", "Signs"),
    ],
)
def test_a_path_is_decoded_once_and_only_once(
    running_service: tuple[OverHttp, str], path: str, label: str
) -> None:
    client, _ = running_service
    thing = client.send("GET", f"/{path}")
    assert thing.status == 303
    page = client.send("GET", thing.headers["location"], [("Accept", "text/html")])
    assert f">{label}</h1>" in page.text
    data = client.send("GET", thing.headers["location"], [("Accept", "text/turtle")])
    same = client.send("GET", data.headers["content-location"])
    assert same.content == data.content
