"""The vocabulary as people read it: the index, the pictures, a term, on a desk and on a phone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from .watching import opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Whether the words of each box end before the box does.
_OVERFLOWS = """() => [...document.querySelectorAll('.diagram g')].flatMap(group => {
  const box = group.querySelector('rect').getBBox();
  return [...group.querySelectorAll('text')]
    .filter(text => text.getBBox().x + text.getBBox().width > box.x + box.width)
    .map(text => text.textContent);
})"""


def test_the_index_leads_to_a_term_and_stays(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/ontology") as page:
        page.locator("#index").get_by_role("link", name="secretariat", exact=True).click()
        page.wait_for_url("**/ontology#Secretariat")
        term = page.locator("article#Secretariat")
        assert "Office that is called the secretariat" in term.inner_text()
        assert term.locator("h3").is_visible()
        place = page.locator("#index").bounding_box()
        assert place is not None
        assert 0 <= place["y"] < 400


def test_on_a_phone_the_parts_stay_at_hand(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/ontology#Secretariat", 360) as page:
        bar = page.get_by_role("navigation", name="Parts of this page").bounding_box()
        heading = page.locator("#Secretariat h3").bounding_box()
        assert bar is not None
        assert heading is not None
        assert abs(bar["y"]) < 1
        assert heading["y"] >= bar["y"] + bar["height"]


def test_the_index_opens_without_a_script(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/ontology") as page:
        alphabet = page.locator("details.alphabet")
        assert not alphabet.get_by_role("link", name="initiated by", exact=True).is_visible()
        alphabet.locator("summary").click()
        alphabet.get_by_role("link", name="initiated by", exact=True).click()
        page.wait_for_url("**/ontology#initiatedBy")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_words_of_a_picture_fit_and_can_be_followed(
    browser: Browser, site_url: str, scheme: str
) -> None:
    with opened(browser, site_url + "/ontology", scheme=scheme) as page:
        assert page.evaluate(_OVERFLOWS) == []
        colours = (
            "e => [getComputedStyle(e).fill, getComputedStyle(document.documentElement).color]"
        )
        words = page.locator(".diagram text").first
        fill, _ = words.evaluate(colours)
        assert fill == ("rgb(26, 90, 74)" if scheme == "light" else "rgb(143, 208, 188)")
        page.locator(".diagram a", has_text="mechanism").first.click()
        page.wait_for_url("**/ontology#Mechanism")


def test_a_picture_scrolls_in_its_own_box(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/ontology", 360) as page:
        box = page.get_by_role("region", name="The properties that link the classes")
        moved = "e => { const at = e.scrollLeft; e.scrollBy(60, 0); return e.scrollLeft - at }"
        assert box.evaluate(moved) == 60
        box.focus()
        assert page.evaluate("document.activeElement.className") == "picture network"
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_picture_is_also_a_table(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/ontology") as page:
        page.get_by_text("The same as a table").click()
        row = page.locator(".same tr", has_text="held by")
        assert row.locator("td").all_inner_texts() == ["position", "held by", "party"]
        picture = page.locator(".network svg.diagram")
        named = picture.get_attribute("aria-labelledby") or ""
        words = [page.locator(f"#{name}").text_content() or "" for name in named.split()]
        assert "The table below says the same." in words[1]


def test_the_uses_of_a_term_lead_to_its_facts(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/ontology#hasSecretariat") as page:
        page.locator("#hasSecretariat .query-this").click()
        page.wait_for_url("**/sparql?query=**")
        assert "hasSecretariat" in page.locator(".cm-content").inner_text()


def test_a_picture_is_shown_from_its_most_linked_class(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/ontology", 360) as page:
        frame = page.locator(".picture.network").bounding_box()
        box = page.locator(".network .class", has_text=re.compile("^mechanism$")).bounding_box()
        assert frame is not None
        assert box is not None
        assert frame["x"] <= box["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"]


@pytest.mark.parametrize("key", ["0", "button"])
def test_a_picture_can_be_seen_whole(browser: Browser, site_url: str, key: str) -> None:
    with opened(browser, site_url + "/ontology") as page:
        frame = page.locator(".picture.network")
        assert frame.evaluate("e => e.scrollWidth > e.clientWidth")
        if key == "button":
            page.get_by_role("button", name="Whole").click()
        else:
            frame.focus()
            page.keyboard.press(key)
        assert frame.evaluate("e => e.scrollWidth <= e.clientWidth")


def test_the_classes_are_drawn_for_a_phone(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/ontology", 360) as page:
        picture = page.locator(".picture:visible").first
        assert "upright-tree" in (picture.get_attribute("class") or "")
        overflows = "e => e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight"
        assert not picture.evaluate(overflows)
        assert page.locator("#index li:visible").count() == 0
        page.locator(".tree-list > summary").click()
        inner = page.locator("#index")
        assert inner.evaluate("e => e.scrollHeight <= e.clientHeight + 1")
        inner.get_by_role("link", name="secretariat", exact=True).click()
        page.wait_for_url("**/ontology#Secretariat")


def test_the_index_marks_the_term_that_is_read(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/ontology#Secretariat") as page:
        marked = page.locator("#index [aria-current]")
        expect(marked).to_have_text("secretariat")
        place, frame = marked.bounding_box(), page.locator("#index").bounding_box()
        assert place is not None
        assert frame is not None
        assert frame["y"] <= place["y"] <= frame["y"] + frame["height"]
        expect(page.locator(".jump [aria-current]")).to_have_text("Classes")
        # A property that is folded away is marked where it is: at its class.
        page.evaluate("location.hash = 'hasSecretariat'")
        expect(marked).to_have_text("mechanism")
        expect(page.locator(".jump [aria-current]")).to_have_text("Object properties")


def test_the_index_is_there_without_a_script(browser: Browser, site_url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site_url + "/ontology")
    page.locator("#index").get_by_role("link", name="secretariat", exact=True).click()
    assert page.url.endswith("#Secretariat")
    context.close()
