"""What values of other people's graphs look like in pages, and that none of them does anything."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal

from graphsvc.errors import SettingsError
from graphsvc.namespaces import XSD
from graphsvc.settings import load
from graphsvc.views.markup import text_of
from graphsvc.views.model import Named
from graphsvc.web.parts import parts_of_pages

from . import page, served

if TYPE_CHECKING:
    from flask.testing import FlaskClient


ALLOWED = "commons.example.org, Pictures.example.net"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return served(tmp_path_factory.mktemp("values"), "values.ttl")


@pytest.fixture(scope="module")
def with_images(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return served(tmp_path_factory.mktemp("images"), "values.ttl", image_hosts=ALLOWED)


def tags(text: str, name: str) -> list[dict[str, str | None]]:
    """Return the attributes of the elements of a name."""
    attributes: list[dict[str, str | None]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag == name:
                attributes.append(dict(attrs))

    Reader().feed(text)
    return attributes


# --- images


def test_images_of_other_hosts_are_links_with_their_host(client: FlaskClient) -> None:
    html = page(client, "/doc/pictures")
    assert [each["src"] for each in tags(html, "img")] == [
        "http://localhost/media/Ada_Lovelace_portrait.jpg"
    ]
    assert ">Douglas Adams portrait</a> " in html
    assert '<span class="host">commons.example.org</span>' in html


def test_images_of_the_own_host_are_shown_with_words(client: FlaskClient) -> None:
    (image,) = tags(page(client, "/doc/pictures"), "img")
    assert image["alt"] == "Ada Lovelace portrait"
    assert image["loading"] == "lazy"


def test_a_setting_allows_hosts_and_the_policy_names_exactly_these(
    client: FlaskClient, with_images: FlaskClient
) -> None:
    images = tags(page(with_images, "/doc/pictures"), "img")
    assert {str(each["src"]).split("/")[2] for each in images} == {
        "localhost",
        "commons.example.org",
        "pictures.example.net",
    }
    others = [each for each in images if "localhost" not in str(each["src"])]
    assert {each["referrerpolicy"] for each in others} == {"no-referrer"}
    policy = with_images.get("/doc/pictures").headers["Content-Security-Policy"]
    assert "img-src 'self' commons.example.org pictures.example.net;" in policy
    assert "img-src 'self';" in client.get("/doc/pictures").headers["Content-Security-Policy"]


def test_a_page_is_another_one_when_other_hosts_are_allowed(
    client: FlaskClient, with_images: FlaskClient
) -> None:
    tag = client.get("/doc/pictures").headers["ETag"]
    assert with_images.get("/doc/pictures").headers["ETag"] != tag


@pytest.mark.parametrize("hosts", ["http://example.org", "a b", "example.org/x", "*.example.org;"])
def test_what_is_no_host_is_no_setting(hosts: str) -> None:
    with pytest.raises(SettingsError):
        load({"image_hosts": hosts}, {})


def test_no_page_has_an_address_with_content(with_images: FlaskClient) -> None:
    html = page(with_images, "/doc/pictures")
    assert 'src="data:' not in html
    assert 'href="data:' not in html


# --- links


def test_addresses_are_links_and_nothing_else_is(client: FlaskClient) -> None:
    html = page(client, "/doc/links")
    links = {each["href"] for each in tags(html, "a")}
    assert {
        "https://example.org/a?b=1&c=2",
        "https://example.org/also",
        "mailto:ada@example.org",
        "tel:+44-20-1234",
        "/doc/pictures",
    } <= links
    assert not [href for href in links if str(href).startswith("javascript:")]
    assert "javascript:alert(1)" in html
    assert "not an address" in html


@given(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.sampled_from(["javascript:", "data:", "vbscript:", " javascript:", "http:"]),
)
def test_no_scheme_but_the_known_ones_is_linked(
    client: FlaskClient, rest: str, scheme: str
) -> None:
    literal = Literal(scheme + rest, datatype=XSD.anyURI)
    with client.application.test_request_context():
        html = str(parts_of_pages().value(Named(literal, literal.value)))
    assert [each for each in tags(html, "a") if not str(each["href"]).startswith("http://")] == []


# --- texts


def test_html_and_xml_are_safe_text(client: FlaskClient) -> None:
    html = page(client, "/doc/texts")
    main = html[html.index("<main") : html.index("</main>")]
    assert "First bold words.\n• an item\n• another" in main
    assert "Kept &amp; safe" in main
    assert "XML text and &lt;more&gt;" in main
    assert "alert(" not in main
    assert not tags(main, "script")
    assert not tags(main, "img")


def test_lines_of_texts_and_of_markdown_are_kept(client: FlaskClient) -> None:
    html = page(client, "/doc/texts")
    assert '<span class="prose">one line\nanother line</span>' in html
    assert "# Heading\n\n* one\n* two &lt;b&gt;not bold&lt;/b&gt;" in html


PIECES = (
    *("<script>", "</script>", "<svg onload=x>", "<![CDATA[", "]]>", "<!--", "-->", "<p", ">"),
    *("<![x[", "<![", "<!", "<?", "<a "),
    *("<img src=x onerror=y>", "&#60;", "<template>", "<style>", "</style", '"', "'", "<", "&lt;"),
)


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text()), max_size=30).map("".join))
def test_no_markup_is_more_than_text(markup: str) -> None:
    # Whatever it gives is escaped by who writes it; nothing fails on the way.
    assert isinstance(text_of(markup), str)
    assert "alert" not in text_of(f"<script>alert(1){markup.replace('<', '')}</script>")


def test_very_much_markup_is_cut() -> None:
    assert text_of("<p>x" * 100_000).endswith(" …")


def test_a_long_text_is_folded_and_whole(client: FlaskClient) -> None:
    html = page(client, "/doc/long")
    assert html.count('<details class="long">') == 1
    assert re.search(r"</summary><div><span>(word ){150}end</span></div></details>", html)


def test_a_long_title_is_folded(client: FlaskClient) -> None:
    html = page(client, "/doc/long")
    heading = re.search(r"<h1>(.*?)</h1>", html)
    assert heading
    assert len(heading[1]) < 200
    title = re.search(r"<title>(.*?) · ", html)
    assert title
    assert len(title[1]) < 130


# --- forms

FORMS = {
    *("12.50", "01", "1.0E6", "NaN", "2020-02-30", "-0044", "2020-02", "P12M"),
    *("123456789012345678901234567890", "1", "not a number", "2020-01-01T24:00:00"),
    "2020-01-01+00:00",
}


def test_values_are_shown_as_they_are_written(client: FlaskClient) -> None:
    html = page(client, "/doc/forms")
    # A date is shown in words; the title attribute has its lexical form.
    matches = re.findall(r'<span>([^<]*)</span></span>|<time [^>]*title="([^"]*)"', html)
    assert {"".join(forms) for forms in matches} >= FORMS


def test_tables_have_values_as_they_are_written(client: FlaskClient) -> None:
    columns = "&".join(f"column=ex:{name}" for name in ("decimal", "integer", "double", "zoned"))
    html = page(client, f"/browse?class=ex:Kind&{columns}")
    for form in ("12.50", "01", "1.0E6"):
        assert f"<span>{form}</span>" in html
    assert ' title="2020-01-01+00:00"' in html


def test_documents_have_values_as_they_are_written(client: FlaskClient) -> None:
    document = client.get("/doc/forms.nt").text
    for form in FORMS:
        assert f'"{form}"^^' in document


def test_nested_values_are_shown_as_they_are_written(client: FlaskClient) -> None:
    html = page(client, "/doc/nested")
    for form in ("1.50", "3.6E3", "7.0", "8.00"):
        assert f"<span>{form}</span>" in html
    # Here the engine keeps one of two lexical forms, and the page shows that one.
    assert "2.50" not in html
    listed = unescape(page(client, "/browse?class=ex:Measured&column=ex:measure"))
    assert "1.50" in listed


@pytest.mark.parametrize("ending", ["ttl", "nt", "jsonld"])
def test_documents_have_nested_values_as_they_are_written(client: FlaskClient, ending: str) -> None:
    document = client.get(f"/doc/nested.{ending}").text
    for form in ("1.50", "8.00"):
        assert form in document


# --- languages and directions


def test_words_of_other_languages_say_so_and_keep_their_direction(client: FlaskClient) -> None:
    html = page(client, "/doc/arabic")
    assert '<h1 lang="ar"><bdi>القدس (مدينة)</bdi></h1>' in html
    assert '<span lang="he"><bdi>עיר (עתיקה)</bdi></span>' in html
    assert '<span lang="de">eine alte Stadt</span>' in html


def test_names_in_links_and_hits_keep_their_direction(client: FlaskClient) -> None:
    assert 'lang="ar"><bdi>القدس (مدينة)</bdi></a>' in page(client, "/doc/neighbour")
    html = page(client, "/search?q=القدس")
    assert re.search(r'lang="ar"><bdi>.*القدس', html)


def test_a_stated_direction_is_kept(tmp_path_factory: pytest.TempPathFactory) -> None:
    client = served(tmp_path_factory.mktemp("directions"), "directions.ttl")
    html = page(client, "/doc/ali")
    assert '<h1 lang="ar"><bdi dir="rtl">ABC علي</bdi></h1>' in html
    assert '<span lang="ar"><bdi dir="rtl">HTML هو لغة</bdi></span>' in html
    assert 'lang="ar"><bdi dir="rtl">ABC علي</bdi></a>' in page(client, "/doc/ada")
