"""The analyst's tour: narrow down, sort, follow a passage, compare; by keyboard and on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .watching import opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

COMPARED = "/compare?iri=mechanism:crccme&iri=mechanism:bfic"


def focus(page: Page, address: str) -> None:
    """Press Tab until the focus is on a link to an address."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == address:
            return
    pytest.fail(f"The keyboard does not come to {address}.")


def test_the_tour_by_keyboard(browser: Browser, served: str) -> None:
    with opened(browser, served + "/browse?class=iwm:Secretariat") as page:
        focus(page, "/browse?class=iwm:Secretariat&iwm:side=country:finland")
        page.keyboard.press("Enter")
        page.wait_for_url("**iwm:side=country:finland")
        assert page.locator(".position[role=status]").inner_text().startswith("1 thing")
        assert "Business Finland" in page.locator("main").inner_text()
        focus(page, "/browse?class=iwm:Secretariat")
        page.keyboard.press("Enter")
        page.wait_for_url("**/browse?class=iwm:Secretariat")


def test_a_span_is_asked_for_without_a_script(browser: Browser, served: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(served + "/browse?class=iwm:Visit&iwm:year=2012..2017")
    form = page.locator("form.span", has=page.locator("[name=range][value='iwm:year']"))
    form.get_by_label("from").fill("2013")
    form.get_by_role("button").press("Enter")
    page.wait_for_url("**iwm:year=2013..")
    assert page.locator(".position[role=status]").inner_text().startswith("2 things")
    context.close()


def test_a_column_sorts_both_ways(browser: Browser, served: str) -> None:
    with opened(browser, served + "/browse?class=iwm:Visit&column=iwm:year") as page:
        page.locator("thead a", has_text="Year").click()
        page.wait_for_url("**sort=iwm:year")
        page.locator("thead a", has_text="Year").click()
        page.wait_for_url("**sort=-iwm:year")
        heading = page.locator("thead th", has_text="Year")
        assert heading.get_attribute("aria-sort") == "descending"


def test_a_marker_leads_to_its_passage(browser: Browser, served: str) -> None:
    with opened(browser, served + COMPARED) as page:
        page.locator("tr", has_text="Secretariat on the other side").locator(
            "a.source"
        ).first.click()
        page.wait_for_url("**/doc/passage/31")


def test_only_the_comparison_itself_scrolls_and_its_heads_stay(
    browser: Browser, served: str
) -> None:
    for turned in ("", "&things=rows"):
        with opened(browser, f"{served}/compare?class=iwm:Mechanism{turned}", 360) as page:
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
            head = page.locator(".matrix tbody th[scope=row]").nth(2)
            before = head.bounding_box()
            page.locator(".scroll").evaluate("box => box.scrollBy(400, 0)")
            assert page.locator(".scroll").evaluate("box => box.scrollLeft") == 400
            assert before is not None
            assert head.bounding_box() == before


def test_things_compared_stand_upright_on_a_phone(browser: Browser, served: str) -> None:
    with opened(browser, served + COMPARED, 360) as page:
        row = page.locator("tr", has_text="Instrument").first
        assert "Business Forum of China-Italy" in row.inner_text()
        box = row.bounding_box()
        assert box is not None
        assert box["width"] <= 360
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
