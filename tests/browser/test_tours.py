"""What each kind of user comes for, done from beginning to end with the keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpyxl import load_workbook
from playwright.sync_api import expect

from .hands import Hands
from .watching import opened

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

CRCCME = "China Russia Chamber of Commerce for Machinery and Electronic Products"


def test_a_reader_finds_a_thing_and_checks_its_sentence(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url) as page:
        hands = Hands(page)
        hands.press("/")
        hands.write("crccme")
        page.get_by_role("option").first.wait_for()
        hands.press("ArrowDown", "Enter")
        page.wait_for_url("**/doc/id/mechanism/crccme")
        hands.follow("Passage 16", "#p-16")
        expect(page.locator(".passage:target")).to_contain_text("The major sectors of CRCCME")
        # The next stop is in the sentence that the link led to: its number, which opens its facts.
        hands.press("Tab")
        assert page.evaluate("document.activeElement.dataset.name") == "16"
        hands.press("Enter")
        facts = page.locator("#facts-16")
        expect(facts).to_be_visible()
        hands.follow("to the sentence")
        assert page.url.endswith("#p-16")
        hands.follow("CRCCME", "/doc/id/mechanism/crccme")
        expect(page.locator("h1")).to_have_text(CRCCME)


def test_a_reader_looks_around_a_thing(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/doc/id/mechanism/crccme") as page:
        hands = Hands(page)
        hands.follow("Neighbourhood")
        nodes = page.locator("svg.around:visible .node")
        before = nodes.count()
        hands.follow("Open CCCME")
        assert nodes.count() > before
        # The focus stays where the neighbour was opened, beside its name.
        hands.press("Tab")
        assert page.evaluate("document.activeElement.href.baseVal") == "/doc/id/organization/cccme"
        hands.press("Enter")
        expect(page.locator("h1")).to_have_text("CCCME")


def test_a_sentence_is_cited(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/doc/id/mechanism/bfic") as page:
        hands = Hands(page)
        # The menu of a block opens by a key, and no script is needed.
        hands.go_to("⋯Query and cite: Names")
        hands.press("Enter")
        hands.follow("Cite a fact", "#facts")
        hands.follow("cite this fact: Business Forum of China-Italy")
        expect(page.locator("main")).to_contain_text("@misc")
        hands.go_to("Download", "/cite.bib?")


def test_an_analyst_narrows_down_compares_and_takes_along(
    browser: Browser, site_url: str, tmp_path: Path
) -> None:
    with opened(browser, site_url) as page:
        hands = Hands(page)
        hands.follow("Things")
        hands.follow("secretariat", "class=iwm:Secretariat")
        hands.follow("China", "iwm:side=country:china")
        expect(page.locator(".position[role=status]")).to_contain_text("6 things")
        hands.follow("Compare them")
        hands.follow("differences")
        expect(page.locator("table.differences").first).to_be_visible()
        hands.go_to("Download")
        hands.press("Enter")
        hands.go_to("Excel")
        with page.expect_download() as waiting:
            # The download leaves the page where it is: that is no failed request.
            page.evaluate("document.activeElement.download = ''")
            hands.press("Enter")
        waiting.value.save_as(tmp_path / "comparison.xlsx")
    sheet = load_workbook(tmp_path / "comparison.xlsx").worksheets[0]
    assert "BFIC Chinese Secretariat" in [row[0] for row in sheet.values]


def test_an_analyst_asks_a_ready_question(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url) as page:
        hands = Hands(page)
        hands.follow("Questions")
        hands.go_to("Words")
        # The list is narrowed as one types.
        hands.write("country states part")
        page.wait_for_url("**/queries?q=country+states+part")
        hands.follow("In which mechanisms does a country take part")
        hands.go_to("A country")
        hands.write("https://w3id.org/iwm/id/country/finland")
        hands.press("Enter")
        page.wait_for_url("**/mechanisms-of-a-country?country=*")
        expect(page.locator("table.rows")).to_contain_text("China-Finland Committee")
        hands.go_to("Download")
        hands.press("Enter")
        hands.go_to("Excel")


def test_a_researcher_goes_from_the_diagram_to_a_term_to_its_things(
    browser: Browser, site_url: str
) -> None:
    with opened(browser, site_url) as page:
        hands = Hands(page)
        hands.follow("Vocabulary")
        hands.go_to("The classes and their subclasses")
        hands.follow("secretariat", "#Secretariat")
        term = page.locator(".term:target")
        expect(term).to_contain_text("iwm:Secretariat")
        expect(term).to_be_in_viewport()
        hands.follow("8 things")
        expect(page.locator("h1")).to_have_text("Secretariat")


def test_a_researcher_opens_a_query_changes_it_and_leaves_the_editor(
    browser: Browser, site_url: str
) -> None:
    with opened(browser, site_url + "/doc/id/mechanism/bfic") as page:
        hands = Hands(page)
        hands.go_to("Cite, query, download")
        hands.press("Enter")
        hands.follow("Query this")
        page.locator("form[data-ready]").wait_for(state="attached")
        hands.go_to("Query")
        hands.write("SELECT ?name WHERE { mechanism:bfic rdfs:label ?name }")
        hands.press("Escape")
        hands.go_to("Run")
        hands.press("Enter")
        expect(page.locator("#answer-body")).to_contain_text("Business Forum of China-Italy")
        hands.go_to("Query", key="Shift+Tab")


def test_what_changed_between_releases_is_found(browser: Browser, site_url_with_past: str) -> None:
    with opened(browser, site_url_with_past + "/releases") as page:
        hands = Hands(page)
        hands.follow("What changed from")
        expect(page.locator("main")).to_contain_text("HUAWEI")
        hands.follow("By sentence")
        expect(page.locator(".changed ins")).to_have_text("at")
        hands.follow("Passage 31")
        expect(page.locator(".passage:target")).to_contain_text("BFIC Chinese Secretariat is at")


def test_escape_closes_what_is_suggested_and_then_clears(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url) as page:
        hands = Hands(page)
        hands.press("/")
        hands.write("china")
        options = page.get_by_role("option")
        options.first.wait_for()
        hands.press("Escape")
        expect(options.first).to_be_hidden()
        box = page.get_by_role("combobox")
        expect(box).to_have_value("china")
        hands.press("Escape")
        expect(box).to_have_value("")
        hands.go_to("Search")
