"""How to cite: each format read by a program of those who use it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
import rispy
from bibtexparser.entrypoint import parse_string as parse_bibtex
from citeproc import (
    Citation as Cluster,
)
from citeproc import (
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
from citeproc.source.json import CiteProcJSON
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import parse_string

from graphsvc.views.model import Passage
from graphsvc.web.citations import Citation, bibtex, csl_json, plain_text, ris

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from graphsvc.release import Release

QUOTE = "North Rock Light was lit in 1871 on the order of the Harbour Board."
BASE = "https://example.org/lights/"
NASTY = r"50 % of R&D_{x} cost $5 #1 ~a^b \end} “机电” {"


@pytest.fixture(scope="module")
def claim(client: FlaskClient) -> str:
    """Return the address of the page about the claim that the light was lit in 1871."""
    thing = BASE + "id/light/north-rock"
    text = client.get("/cite", query_string={"iri": thing}).get_data(as_text=True)
    link = re.search(r'<span>1871</span> <a class="cite" href="([^"]+)"', text)
    assert link, "the fact has no link to its citation"
    return link[1].replace("&amp;", "&")


def citation(words: str) -> Citation:
    return Citation(
        key="k",
        title=words,
        dataset=words,
        makers=(words,),
        iri="https://example.org/a%20b#f{1}",
        release="0123456789abcdef",
        built=datetime(2026, 11, 24, tzinfo=UTC),
        licence=None,
        source=words,
        passages=(Passage("https://example.org/p/1", 1, words),),
    )


def untex(words: str) -> str:
    """Undo what TeX undoes when it prints."""
    for macro, character in (
        (r"\textbackslash{}", "\0"),
        (r"\textasciitilde{}", "~"),
        (r"\textasciicircum{}", "^"),
        (r"\textbraceleft{}", "{"),
        (r"\textbraceright{}", "}"),
    ):
        words = words.replace(macro, character)
    return re.sub(r"\\([{}$&#%_])", r"\1", words).replace("\0", "\\")


def test_the_page_names_the_claim_the_quote_and_the_release(
    client: FlaskClient, claim: str, lights_release: Release
) -> None:
    page = client.get(claim)
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert QUOTE in text
    assert lights_release.id in text
    assert "lit in" in text
    for suffix in ("bib", "csl", "ris", "txt"):
        assert f"/cite.{suffix}?" in text


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [
        ("bib", "application/x-bibtex"),
        ("csl", "application/vnd.citationstyles.csl+json"),
        ("ris", "application/x-research-info-systems"),
        ("txt", "text/plain"),
    ],
)
def test_suffix_and_accept_give_the_same(
    client: FlaskClient, claim: str, suffix: str, media_type: str
) -> None:
    by_suffix = client.get(claim.replace("/cite?", f"/cite.{suffix}?"))
    by_accept = client.get(claim, headers={"Accept": media_type})
    assert by_suffix.status_code == by_accept.status_code == 200
    assert by_suffix.data == by_accept.data
    assert by_accept.mimetype == media_type
    assert "Accept" in by_accept.vary
    again = client.get(
        claim, headers={"Accept": media_type, "If-None-Match": by_accept.get_etag()[0] or ""}
    )
    assert again.status_code in (200, 304)


def test_bibtex_is_read_by_two_parsers(client: FlaskClient, claim: str) -> None:
    text = client.get(claim.replace("/cite?", "/cite.bib?")).get_data(as_text=True)
    library = parse_bibtex(text)
    assert not library.failed_blocks
    (entry,) = library.entries
    assert QUOTE in entry["note"]
    (other,) = parse_string(text, "bibtex").entries.values()
    assert other.fields["url"].startswith(BASE + "passage/2#f")
    assert "lit in" in other.fields["title"]
    assert "".join(other.persons["author"][0].last_names) == "{the makers of this test}"


def test_csl_json_is_set_by_a_processor(client: FlaskClient, claim: str) -> None:
    answer = client.get(claim.replace("/cite?", "/cite.csl?"))
    (item,) = answer.get_json(force=True)
    assert item["type"] == "dataset"
    assert item["URL"].startswith(BASE + "passage/2#f")
    source = CiteProcJSON([item])
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, source, formatter.plain)
    bibliography.register(Cluster([CitationItem(item["id"])]))
    (line,) = map(str, bibliography.bibliography())
    assert "lit in" in line


def test_ris_is_read(client: FlaskClient, claim: str) -> None:
    text = client.get(claim.replace("/cite?", "/cite.ris?")).get_data(as_text=True)
    (record,) = rispy.loads(text)
    assert record["type_of_reference"] == "DATA"
    assert QUOTE in record["notes"][0]
    assert record["urls"][0].startswith(BASE + "passage/2#f")


@pytest.mark.parametrize("words", [NASTY, "机电产品进出口商会", "C:\\tex", "a\nb"])
def test_nothing_in_the_words_breaks_a_format(words: str) -> None:
    text = " ".join(words.split())
    library = parse_bibtex(bibtex(citation(words)))
    assert not library.failed_blocks
    (entry,) = library.entries
    assert untex(entry["title"][1:-1]) == text
    (other,) = parse_string(bibtex(citation(words)), "bibtex").entries.values()
    assert untex(other.fields["howpublished"]) == text
    (record,) = rispy.loads(ris(citation(words)))
    assert record["title"] == text
    assert text.split()[0] in plain_text(citation(words))


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_any_words_stand_in_an_entry(words: str) -> None:
    library = parse_bibtex(bibtex(citation("x" + words)))
    assert not library.failed_blocks
    assert untex(library.entries[0]["howpublished"]) == " ".join(("x" + words).split())
    assert csl_json(citation(words))


def test_each_format_is_saved_under_a_name_of_its_own(client: FlaskClient) -> None:
    page = client.get("/cite", query_string={"iri": BASE + "id/light/north-rock"})
    links = re.findall(r'href="([^"]+)" type="[^"]+" download="([^"]+)"', page.text)
    assert [file for _, file in links] == [
        f"id-light-north-rock.{suffix}" for suffix in ("txt", "bib", "json", "ris")
    ]
    for address, file in links:
        answer = client.get(address.replace("&amp;", "&"))
        assert answer.headers["Content-Disposition"] == f'inline; filename="{file}"'


def test_a_thing_and_inferred_and_editorial_facts_are_cited(client: FlaskClient) -> None:
    page = ""
    for thing in ("id/light/north-rock", "id/place/ile-merrow"):
        cited = client.get("/cite", query_string={"iri": BASE + thing}).get_data(as_text=True)
        assert f"iri={BASE}{thing}#facts" in client.get(f"/doc/{thing}").get_data(as_text=True)
        page += cited
    assert "North Rock Light" in page
    addresses = [
        link.replace("&amp;", "&") for link in re.findall(r'class="cite" href="([^"]+)"', page)
    ]
    kinds = {urlsplit(address).query.split("=")[0] for address in addresses}
    assert kinds == {"claim", "iri"}
    assert any("/graph/editorial" in unquote(address) for address in addresses)
    for address in addresses:
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("claim=x", 400),
        ("iri=%ff%00", 400),
        ("claim=" + BASE + "passage/2%23f0", 404),
        ("claim=" + BASE + "graph/inferred%23f0", 404),
        ("iri=" + BASE + "id/nothing", 404),
    ],
)
def test_what_cannot_be_cited_is_refused(client: FlaskClient, query: str, status: int) -> None:
    assert client.get("/cite?" + query).status_code == status
    assert client.get("/cite.nothing?iri=" + BASE).status_code == 404
