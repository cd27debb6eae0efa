"""What people do on single pages, on a phone and on a wide screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from .watching import opened, pasted

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def test_night_is_dark_and_day_is_light(browser: Browser, site_url: str) -> None:
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    with opened(browser, site_url, scheme="dark") as page:
        night = page.evaluate(paper)
    with opened(browser, site_url, scheme="light") as page:
        day = page.evaluate(paper)
    assert (night, day) == ("rgb(21, 24, 26)", "rgb(252, 252, 250)")


def test_what_colours_tell_is_told_where_the_system_chooses_them(
    browser: Browser, site_url: str
) -> None:
    with opened(browser, site_url + "/doc/source/international-working-mechanisms#p-08") as page:
        page.emulate_media(forced_colors="active")
        paint = "all => [...new Set(all.map(one => getComputedStyle(one).backgroundColor))]"
        assert len(page.locator(".coverage a").evaluate_all(paint)) == 5
        line = "one => getComputedStyle(one).outlineStyle"
        assert page.locator(".passage:target").evaluate(line) == "solid"
        page.keyboard.press("/")
        page.keyboard.type("cica")
        expect(page.get_by_role("option").first).to_be_visible()
        page.keyboard.press("ArrowDown")
        chosen = page.locator("[role=option][aria-selected=true]")
        assert chosen.evaluate(line) == "solid"


@pytest.mark.parametrize("width", [360, 1280])
def test_a_fact_stands_beside_its_sentence(browser: Browser, site_url: str, width: int) -> None:
    with opened(browser, site_url + "/doc/id/mechanism/cica-business-council", width) as page:
        row = page.locator("tr", has_text="Called").first
        assert "economic/trade cooperation promotion organization" in row.inner_text()
        assert "jointly initiated by the heads of CICA Member States" in row.inner_text()
        # What rests on the same sentence has its number.
        row = page.locator("tr", has=page.get_by_role("rowheader", name="Initiated by")).first
        assert "Heads of CICA Member States" in row.inner_text()
        row.locator("a.number").click()
        page.wait_for_url("**/doc/source/international-working-mechanisms#p-08")
        sentence = page.locator(".passage:target")
        assert sentence.inner_text().startswith("CICA Business Council is the")
        paint = "one => getComputedStyle(one).backgroundColor"
        assert sentence.evaluate(paint) == "rgb(251, 243, 226)"


def test_a_long_sentence_opens_without_a_script(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/doc/id/mechanism/crccme") as page:
        sentence = page.locator(".sentence details").first
        whole = sentence.locator("> q")
        assert not whole.is_visible()
        sentence.locator("summary").click()
        assert whole.is_visible()
        assert "in an all-around way." in whole.inner_text()
        assert sentence.locator("summary").inner_text().strip() == "shorter"


def test_a_sentence_leads_to_its_facts_and_back(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/doc/source/international-working-mechanisms") as page:
        facts = page.locator("#facts-12")
        assert not facts.is_visible()
        page.locator("#p-12 a.number").click()
        # The address alone opens them: no script is needed.
        facts.wait_for(state="visible")
        assert "nominated" in facts.inner_text()
        facts.get_by_role("link", name="nominated or appointed to chair").first.click()
        words = page.locator("#p-12 .mention:target")
        assert "ZHANG Yujing" in words.inner_text()
        assert words.evaluate("one => one.getBoundingClientRect().top < innerHeight")
        assert facts.is_visible()
        facts.get_by_role("link", name="to the sentence").click()
        assert page.url.endswith("#p-12")
        page.locator("#p-12").get_by_role("link", name="ZHANG Yujing").click()
        page.wait_for_url("**/doc/id/person/zhang-yujing")


NEIGHBOURHOOD = "/neighbourhood?iri=https://w3id.org/iwm/id/mechanism/crccme"


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])
def test_a_neighbour_opens_in_the_picture(
    browser: Browser, site_url: str, width: int, *, has_script: bool
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=has_script
    )
    page = context.new_page()
    page.goto(site_url + NEIGHBOURHOOD)
    picture = page.locator("svg.around:visible")
    before = picture.locator(".node").count()
    picture.locator("a.toggle", has_text="Open CCCME").click()
    closing = picture.locator("a.toggle", has_text="Close CCCME")
    expect(closing).to_be_visible()
    assert "open=" in page.url
    assert picture.locator(".node").count() > before
    closing.click()
    expect(picture.locator(".node")).to_have_count(before)
    page.go_back()
    expect(closing).to_be_visible()
    context.close()


def test_a_neighbour_that_is_opened_keeps_the_focus_and_its_place(
    browser: Browser, site_url: str
) -> None:
    with opened(browser, site_url + NEIGHBOURHOOD, 360) as page:
        toggle = page.locator("svg.upright a.toggle[data-of$='organization/cccme']")
        toggle.scroll_into_view_if_needed()
        before = toggle.bounding_box()
        toggle.focus()
        page.keyboard.press("Enter")
        expect(toggle).to_contain_text("Close CCCME")
        expect(toggle).to_be_focused()
        after = toggle.bounding_box()
        assert before is not None
        assert after is not None
        assert abs(after["y"] - before["y"]) <= 1


def test_a_picture_has_the_width_of_a_phone(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + NEIGHBOURHOOD, 360) as page:
        box = page.locator("svg.around:visible").bounding_box()
        assert box is not None
        assert (box["x"], box["x"] + box["width"]) == (16, 344)
        for words in page.locator("svg.around:visible text").all():
            place = words.bounding_box()
            assert place is not None
            assert place["x"] + place["width"] <= 346, words.text_content()
        table = page.locator("table.rings").first
        assert "committed to" in table.inner_text()
        assert table.locator("tr th:visible").last.bounding_box()["width"] > 300  # type: ignore[index]


def test_the_keyboard_comes_straight_to_the_content(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        assert page.locator("a.skip").bounding_box()["x"] >= 0  # type: ignore[index]
        page.keyboard.press("Enter")
        assert page.url.endswith("#main")


def test_a_query_is_asked_and_answered(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/sparql") as page:
        pasted(page, "SELECT ?name WHERE { mechanism:bfic rdfs:label ?name }")
        page.get_by_role("button", name="Run").click()
        page.wait_for_url("**/sparql?query=*")
        page.locator("#answer-body td", has_text="Business Forum of China-Italy").first.wait_for()


def test_the_way_to_a_place_on_the_map_ends_at_its_mark(browser: Browser, site_url: str) -> None:
    for width, mark in ((1280, ".spot"), (360, ".knot")):
        with opened(browser, f"{site_url}/map#at-id-city-shanghai", width) as page:
            dots = page.locator(f".world {mark} .dot")
            fills = dots.evaluate_all("dots => dots.map(dot => getComputedStyle(dot).fill)")
            # One is coloured as none of the others is.
            assert len(set(fills)) == 2
            expect(page.locator(".spot:target")).to_be_in_viewport()
