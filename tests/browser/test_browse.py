"""The analyst's tour: narrow down, sort, follow a passage, compare; by keyboard and on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .axe import violations
from .watching import opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

COMPARED = "/compare?iri=mechanism:crccme&iri=mechanism:bfic"


def focus(page: Page, address: str) -> None:
    """Press Tab until the focus is on a link to an address."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == address:
            return
    pytest.fail(f"The keyboard does not come to {address}.")


def test_the_tour_by_keyboard(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/browse?class=iwm:Secretariat") as page:
        focus(page, "/browse?class=iwm:Secretariat&iwm:side=country:finland")
        page.keyboard.press("Enter")
        page.wait_for_url("**iwm:side=country:finland")
        assert page.locator(".position[role=status]").inner_text().startswith("1 thing")
        assert "Business Finland" in page.locator("main").inner_text()
        focus(page, "/browse?class=iwm:Secretariat")
        page.keyboard.press("Enter")
        page.wait_for_url("**/browse?class=iwm:Secretariat")


def test_a_span_is_asked_for_without_a_script(browser: Browser, site_url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site_url + "/browse?class=iwm:Visit&iwm:year=2012..2017")
    form = page.locator("form.span", has=page.locator("[name=range][value='iwm:year']"))
    form.get_by_label("from").fill("2013")
    form.get_by_role("button").press("Enter")
    page.wait_for_url("**iwm:year=2013..")
    assert page.locator(".position[role=status]").inner_text().startswith("2 things")
    context.close()


def test_a_column_sorts_both_ways(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/browse?class=iwm:Visit&column=iwm:year") as page:
        page.locator("thead a", has_text="Year").click()
        page.wait_for_url("**sort=iwm:year")
        page.locator("thead a", has_text="Year").click()
        page.wait_for_url("**sort=-iwm:year")
        heading = page.locator("thead th", has_text="Year")
        assert heading.get_attribute("aria-sort") == "descending"


def test_a_marker_leads_to_its_passage(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + COMPARED) as page:
        page.locator("summary", has_text="More in which they differ").click()
        page.locator("tr", has_text="Secretariat on the other side").locator(
            "a.source"
        ).first.click()
        page.wait_for_url("**/doc/passage/31")


def test_only_the_comparison_itself_scrolls_and_its_heads_stay(
    browser: Browser, site_url: str
) -> None:
    with opened(browser, f"{site_url}/compare?class=iwm:Mechanism&things=rows", 360) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        box = page.get_by_role("region", name="Comparison")
        head = page.locator(".matrix tbody th[scope=row] .stays").nth(2)
        before = head.bounding_box()
        box.evaluate("box => box.scrollBy(400, 0)")
        assert box.evaluate("box => box.scrollLeft") == 400
        assert before is not None
        assert head.bounding_box() == before


SIX = "/compare?" + "&".join(
    f"iri=mechanism:{name}"
    for name in (
        *("cica-business-council", "crccme", "china-us-joint-working-group"),
        *("chinese-german-economic-advisory-committee", "bfic", "china-finland-committee"),
    )
)


def test_six_things_fit_beside_each_other(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + SIX, 1280) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
        page.mouse.wheel(0, 600)
        page.wait_for_function("() => scrollY > 300")
        assert top(page.locator(".matrix thead").first) == 0
        page.locator("summary", has_text="More in which they differ").click()
        for box in page.locator(".scroll").all():
            assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
            assert box.evaluate("box => box.scrollHeight <= box.clientHeight")
        assert broken_words(page) == []


def test_many_things_are_read_one_property_at_a_time_on_a_phone(
    browser: Browser, site_url: str
) -> None:
    with opened(browser, site_url + SIX, 390) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        row = page.locator("tr", has=page.get_by_role("rowheader", name="Since")).first
        head, *cells = row.locator("th, td").all()
        assert bottom(head) <= top(cells[0])
        assert [top(cell) for cell in cells] == sorted({top(cell) for cell in cells})
        named = cells[0].evaluate("cell => getComputedStyle(cell, '::before').content")
        assert named == f'"{cells[0].get_attribute("data-thing")}"'
        assert violations(page) == []


def test_two_things_share_the_width_of_a_phone(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + COMPARED, 360) as page:
        box = page.get_by_role("region", name="Comparison")
        assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
        page.locator("summary", has_text="More in which they differ").click()
        row = page.locator("tr", has=page.get_by_role("rowheader", name="Abbreviation"))
        # The name of the line stands above its cells, that of a thing only in the head.
        head, first, second = row.locator("th, td").all()
        assert bottom(head) <= top(first) == top(second)
        assert first.inner_text().startswith("CRCCME")
        assert "Business Forum" not in row.inner_text()
        assert broken_words(page) == []


def test_things_as_rows_are_read_sideways_on_a_phone(browser: Browser, site_url: str) -> None:
    with opened(browser, f"{site_url}/compare?class=iwm:Mechanism&things=rows", 360) as page:
        box = page.get_by_role("region", name="Comparison")
        box.focus()
        page.keyboard.press("ArrowRight")
        # A function: the pages' policy forbids that words are evaluated again and again.
        page.wait_for_function("() => document.querySelector('.scroll').scrollLeft > 0")
        box.evaluate("box => box.scrollTo(600, 700)")
        # At one go: the keyboard's scrolling may still be on its way.
        heads, cells = page.evaluate(
            """() => ["thead tr:last-child > th + th", "tbody tr:nth-child(2) > td"].map(
              (parts) => [...document.querySelector(".matrix").querySelectorAll(parts)]
                .filter((part) => part.offsetWidth).map((part) => Math.round(part.offsetLeft))
            )"""
        )
        assert len(heads) > 8
        assert heads == cells
        assert top(page.locator(".matrix thead").first) == top(box)
        assert broken_words(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_few_things_need_no_box(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + COMPARED) as page:
        page.mouse.wheel(0, 900)
        page.wait_for_function("() => scrollY > 500")
        assert top(page.locator(".matrix thead").first) == 0
        assert page.evaluate("document.querySelector('.scroll').scrollTop") == 0


def test_a_long_text_opens_where_it_stands(browser: Browser, site_url: str) -> None:
    address = "/browse?class=iwm:EditorialNote&column=iwm:justification"
    with opened(browser, site_url + address) as page:
        long = page.locator("td .long").first
        long.locator("summary").press("Enter")
        assert long.locator(":scope > span").inner_text()
        assert not long.locator("summary > :first-child").is_visible()


def test_numbers_take_no_more_width_than_they_need(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/browse?class=iwm:Passage") as page:
        row = page.locator(".grid tbody tr").nth(9)
        name, number = row.locator("th").bounding_box(), row.locator("td").first.bounding_box()
        assert name is not None
        assert number is not None
        assert number["width"] < 110
        assert name["width"] > 300


def top(part: Locator) -> int:
    return _box(part)[0]


def bottom(part: Locator) -> int:
    return _box(part)[1]


def _box(part: Locator) -> tuple[int, int]:
    box = part.bounding_box()
    assert box is not None
    return round(box["y"]), round(box["y"] + box["height"])


def broken_words(page: Page) -> list[str]:
    """Return the words of a comparison that are broken: they stand on more than one line."""
    words: list[str] = page.evaluate(
        """() => {
          const broken = [], range = document.createRange();
          const walker = document.createTreeWalker(
            document.querySelector(".matrix"), NodeFilter.SHOW_TEXT
          );
          while (walker.nextNode()) {
            for (const word of walker.currentNode.data.matchAll(/[^\\s-]+/g)) {
              range.setStart(walker.currentNode, word.index);
              range.setEnd(walker.currentNode, word.index + word[0].length);
              const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
              if (lines.size > 1 && !word[0].includes("/")) broken.push(word[0]);
            }
          }
          return broken;
        }"""
    )
    return words
