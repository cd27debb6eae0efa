"""Search with the keyboard, with the suggestions, and without any script."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error, expect

from .watching import opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route


def options(page: Page) -> list[str]:
    page.wait_for_selector("li[role=option]")
    return [each.splitlines()[0] for each in page.locator("li[role=option]").all_inner_texts()]


def chosen(page: Page) -> str | None:
    """Return the words of the option that assistive technology is told of."""
    name = page.get_by_role("combobox").get_attribute("aria-activedescendant")
    return page.locator(f"#{name}").inner_text().splitlines()[0] if name else None


def test_a_tour_with_the_keyboard_alone(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/problems") as page:
        page.keyboard.press("/")
        box = page.get_by_role("combobox", name="Search names and sentences")
        assert box.evaluate("each => each === document.activeElement")
        page.keyboard.type("cica")
        suggestions = options(page)
        assert suggestions[0] == "CICA"
        assert box.get_attribute("aria-expanded") == "true"
        assert "suggestions" in page.get_by_role("status").inner_text()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        assert chosen(page) == suggestions[1]
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
        assert chosen(page) is None
        page.keyboard.press("ArrowUp")
        assert chosen(page) == suggestions[-1]
        page.keyboard.press("Escape")
        assert box.get_attribute("aria-expanded") == "false"
        assert box.input_value() == "cica"
        page.keyboard.type(" bus")
        # What answers the letters before stands there at once, until this comes.
        expect(page.locator("li[role=option]").first).to_contain_text("CICA Business Council")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/doc/id/mechanism/cica-business-council")


def test_enter_asks_for_all_results(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url) as page:
        page.keyboard.press("/")
        page.keyboard.type("finland")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=finland")
        assert page.locator("section.hits h2").first.inner_text().startswith("Things")
        assert page.locator("section.hits mark").first.inner_text() == "Finland"


def test_a_slash_that_is_typed_is_a_slash(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/sparql") as page:
        # The editor, once it has taken the place of the text area.
        editor = page.locator("[data-ready] .cm-content")
        editor.fill("")
        editor.press("/")
        expect(editor).to_have_text("/")


def test_a_suggestion_is_followed_with_the_mouse(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url) as page:
        page.get_by_role("combobox").fill("huwei")
        page.locator("li[role=option]").first.click()
        page.wait_for_url("**/doc/id/organization/huawei")


def test_the_last_that_was_typed_wins(browser: Browser, site_url: str) -> None:
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        # The answer to the first letters comes when that to the last ones has been shown.
        if route.request.url.endswith("prefix=hua"):
            waiting.append(route)
        else:
            route.continue_()

    with opened(browser, site_url) as page:
        page.route("**/search/suggest**", hold)
        box = page.get_by_role("combobox")
        with page.expect_request("**/search/suggest?prefix=hua"):
            box.fill("hua")
        box.fill("finland")
        assert options(page)[0] == "Finland"
        late = {
            "label": "Late",
            "matched": [["Late", True]],
            "type": "",
            "kind": "thing",
            "href": "/",
        }
        # A browser that has been told to leave a request has no ear for its answer.
        with suppress(Error):
            waiting[0].fulfill(json={"suggestions": [late], "total": 1})
        expect(page.locator("li[role=option]").first).to_contain_text("Finland")
        page.get_by_role("combobox").press("ArrowDown")
        assert chosen(page) == "Finland"


def test_enter_never_follows_what_answers_other_words(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url) as page:
        box = page.get_by_role("combobox")
        box.fill("china")
        options(page)
        page.keyboard.press("ArrowDown")
        assert chosen(page) == "China"
        page.route("**/search/suggest**", lambda _: None)
        page.keyboard.type(" italy")
        assert chosen(page) is None
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=china+italy")


def test_what_was_answered_once_is_not_asked_again(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url) as page:
        box = page.get_by_role("combobox")
        box.fill("huawei")
        assert options(page)[0] == "HUAWEI"
        box.fill("finland")
        expect(page.locator("li[role=option]").first).to_contain_text("Finland")
        page.route("**/search/suggest**", lambda route: route.abort())
        box.fill("huawei")
        expect(page.locator("li[role=option]").first).to_contain_text("HUAWEI")


def test_without_an_answer_it_says_so_and_searches(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url, expected_message="status of 503") as page:
        page.route("**/search/suggest**", lambda route: route.fulfill(status=503))
        page.get_by_role("combobox").fill("huawei")
        status = page.locator(".search-box [role=status]")
        expect(status).to_contain_text("Suggestions cannot be had now")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=huawei")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_list_stays_within_the_screen(browser: Browser, site_url: str, width: int) -> None:
    with opened(browser, site_url, width) as page:
        page.get_by_role("combobox").fill("china")
        options(page)
        box = page.get_by_role("listbox").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_works_without_a_script(browser: Browser, site_url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site_url)
    page.locator("#search-box").fill("huwei")
    page.locator("#search-box").press("Enter")
    page.wait_for_url("**/search?q=huwei")
    page.get_by_role("link", name="huawei", exact=True).first.click()
    page.wait_for_url("**/search?q=huawei")
    page.locator("main").get_by_role("link", name="HUAWEI", exact=True).click()
    page.wait_for_url("**/doc/id/organization/huawei")
    context.close()
