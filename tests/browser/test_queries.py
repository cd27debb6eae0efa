"""A question is found, asked with another value, and taken along."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from openpyxl import load_workbook
from playwright.sync_api import expect

from .axe import violations
from .watching import opened

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

FINLAND = "https://w3id.org/iwm/id/country/finland"


def test_the_list_is_narrowed_as_one_types(browser: Browser, site_url: str) -> None:
    visible = ".questions li:visible"
    with opened(browser, site_url + "/queries?q=secretariat", 360) as page:
        few = page.locator(visible).count()
        page.get_by_label("Words").fill("")
        expect(page.locator(visible)).not_to_have_count(few)
        every = page.locator(visible).count()
        expect(page.get_by_text(f"{every} questions", exact=True)).to_be_visible()
        assert page.url == site_url + "/queries"
        page.get_by_label("Words").fill("secretariat")
        expect(page.locator(visible)).to_have_count(few)
        expect(page.get_by_text(f"{few} questions of {every}.")).to_be_visible()
        # The address is the state: the same is there when it is opened again.
        page.reload()
        expect(page.locator(visible)).to_have_count(few)
        assert violations(page) == []


def choose(page: Page, field: str, typed: str, name: str) -> None:
    """Choose a thing by the beginning of its name, with the keyboard alone."""
    chooser = page.get_by_role("combobox", name=field)
    chooser.focus()
    page.keyboard.type(typed)
    expect(page.get_by_role("option").first).to_contain_text(name)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_contain_text(name)
    page.keyboard.press("Enter")
    expect(chooser).to_have_value(name)


def test_a_question_is_found_asked_and_taken_along(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/queries") as page:
        page.get_by_label("Words").fill("country states part")
        page.keyboard.press("Enter")
        page.wait_for_url("**/queries?q=*")
        page.get_by_role("link", name="In which mechanisms does a country take part").click()
        page.wait_for_url("**/queries/mechanisms-of-a-country")
        choose(page, "A country", "fin", "Finland")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/mechanisms-of-a-country?country={quote(FINLAND, safe='')}")
        expect(page.get_by_role("combobox", name="A country")).to_have_value("Finland")
        assert "China-Finland Committee" in page.locator("table.rows").inner_text()
        page.get_by_text("Download", exact=True).click()
        address = page.get_by_role("link", name="Excel").get_attribute("href")
        download = page.request.get(site_url + str(address))
        assert download.ok
        assert download.body()[:2] == b"PK"


def test_a_workbook_is_downloaded_under_its_name(
    browser: Browser, site_url: str, tmp_path: Path
) -> None:
    with opened(browser, site_url + "/queries/mechanisms-of-a-country") as page:
        # The download leaves the page where it is: that is no failed request.
        page.evaluate("document.querySelector('a[href$=\".xlsx\"]').download = ''")
        page.get_by_text("Download", exact=True).click()
        with page.expect_download() as waiting:
            page.get_by_role("link", name="Excel").click()
        assert waiting.value.suggested_filename == "mechanisms-of-a-country.xlsx"
        waiting.value.save_as(tmp_path / "taken.xlsx")
    (sheet,) = load_workbook(tmp_path / "taken.xlsx").worksheets
    assert sheet["A2"].value == "United States"


def test_an_answer_leads_to_the_things_in_it(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/queries/mechanisms-of-a-country", 360) as page:
        page.get_by_role("link", name="China-California Joint Working Group").first.click()
        page.wait_for_url("**/id/mechanism/*")
        assert "California" in page.locator("h1").inner_text()


def test_a_question_goes_on_at_the_workbench(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + f"/queries/mechanisms-of-a-country?country={FINLAND}") as page:
        page.get_by_text("How it is asked").click()
        page.get_by_role("link", name="Open in the editor").click()
        page.wait_for_url("**/sparql?query=**")
        assert f"VALUES ?country {{ <{FINLAND}> }}" in page.locator(".cm-content").inner_text()


def test_a_thing_is_chosen_by_its_name_or_given_by_its_address(
    browser: Browser, site_url: str
) -> None:
    address = site_url + "/queries/mechanisms-of-a-country"
    with opened(browser, address, 360) as page:
        chooser = page.get_by_role("combobox", name="A country")
        expect(chooser).to_have_value("United States")
        chooser.focus()
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("option")).to_have_count(6)
        assert violations(page) == []
        page.keyboard.press("Escape")
        chooser.fill("Atlantis")
        page.keyboard.press("Enter")
        assert "Choose one" in chooser.evaluate("field => field.validationMessage")
        assert page.url == address
        chooser.fill("italy")
        page.keyboard.press("Enter")
        page.wait_for_url("**?country=*italy")
        chooser.fill("country:china")
        page.keyboard.press("Enter")
        page.wait_for_url("**?country=country%3Achina")
        expect(chooser).to_have_value("China")


def test_where_anything_fits_a_thing_is_looked_for(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/queries/sentences-about") as page:
        expect(page.get_by_role("combobox", name="A thing")).to_have_value("Xi Jinping")
        choose(page, "A thing", "huaw", "HUAWEI")
        page.get_by_role("button", name="Ask").click()
        page.wait_for_url("**/sentences-about?thing=*huawei")
        expect(page.get_by_role("combobox", name="A thing")).to_have_value("HUAWEI")


def test_a_thing_is_chosen_without_scripts(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/queries/mechanisms-of-a-country", scripts=False) as page:
        page.get_by_label("A country").select_option("Finland")
        page.get_by_role("button", name="Ask").click()
        page.wait_for_url("**/mechanisms-of-a-country?country=*finland")


def test_on_a_phone_every_value_of_an_answer_is_in_sight(browser: Browser, site_url: str) -> None:
    for path in ("/queries/secretariats", "/queries/describe-huawei"):
        with opened(browser, site_url + path, 360) as page:
            frame = page.locator(".scroll:has(table.rows)")
            assert frame.evaluate("at => at.scrollWidth <= at.clientWidth"), path
            cell = page.locator("table.rows td").first
            name = cell.evaluate("at => getComputedStyle(at, '::before').content")
            assert name == f'"{cell.get_attribute("data-column")}"'


def test_the_lines_of_a_query_are_copied(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/queries/mechanisms-of-a-country") as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.get_by_text("How it is asked").click()
        page.get_by_role("button", name="Copy").last.click()
        page.locator("output:visible").wait_for()
        clipboard = page.evaluate("navigator.clipboard.readText()")
        assert clipboard == f"curl '{site_url}/queries/mechanisms-of-a-country.json'"


def test_a_citation_is_copied_and_saved(browser: Browser, site_url: str) -> None:
    cited = quote("https://w3id.org/iwm/id/mechanism/crccme", safe="")
    with opened(browser, f"{site_url}/cite?iri={cited}", 360) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        part = page.get_by_role("region", name="BibTeX")
        part.get_by_role("button", name="Copy").click()
        part.get_by_text("Copied.").wait_for()
        assert page.evaluate("navigator.clipboard.readText()").startswith("@misc{")
        with page.expect_download() as waiting:
            part.get_by_role("link", name="Download").click()
        assert waiting.value.suggested_filename == "id-mechanism-crccme.bib"
        # No line is longer than its frame.
        for text in page.locator("main pre").all():
            assert text.evaluate("at => at.scrollWidth <= at.clientWidth")
