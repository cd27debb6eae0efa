"""What scripts write on a page is in the reader's language, too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from graphsvc import settings
from graphsvc.web.app import create_app

from .watching import opened, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from graphsvc.release import Release
    from graphsvc.web.catalogues import Catalogues

LIGHTS = "SELECT ?light ?one (1 AS ?number) WHERE { ?light lights:keptBy ?one }"
NONE = "SELECT * WHERE { ?light a lights:Nothing }"

#: The texts that stand on the page by themselves, without those of the graph and without code.
VISIBLE_TEXTS = """() => {
  const seen = [];
  const others =
    "code, pre, tbody, th, svg, .tag, .downloads a, [lang]:not(html), #chart-x, #chart-y";
  const walker = document.createTreeWalker(document.querySelector("#answer"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: element, textContent: text } = walker.currentNode;
    if (text.trim() && !element.closest(others)) seen.push(text.trim());
  }
  return seen;
}"""


@pytest.fixture(scope="module")
def address(lights_release: Release, bracketed: Catalogues) -> Iterator[str]:
    app = create_app(lights_release, settings.load({}, {}))
    app.extensions["graphsvc.texts"] = bracketed
    with serving(app) as url:
        yield url


def unmarked(texts: list[str]) -> list[str]:
    """Return the texts that are in no brackets, numbers and names of formats left out."""
    left = [re.sub("⟦.*?⟧|⟦.*|.*⟧|Turtle|\\bms\\b", "", text) for text in texts]
    return [text for text in left if re.search("[a-z]{2}", text)]


@pytest.mark.parametrize("view", ["table", "graph", "chart"])
def test_an_answer_speaks_the_readers_language(browser: Browser, address: str, view: str) -> None:
    with opened(browser, f"{address}/sparql", locale="de-DE") as page:
        page.locator("form[data-ready]").wait_for(state="attached")
        page.get_by_role("textbox", name="⟦Query⟧", exact=True).focus()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(LIGHTS)
        page.keyboard.press("Control+Enter")
        page.locator(f"#tab-{view}").click()
        expect(page.locator("#view")).to_have_attribute("aria-labelledby", f"tab-{view}")
        expect(page.locator("#view > *").first).to_be_attached()
        texts = page.evaluate(VISIBLE_TEXTS)
        assert "⟦Table⟧" in texts
        assert unmarked(texts) == []


def test_an_empty_answer_is_explained_around_english_reasons(
    browser: Browser, address: str
) -> None:
    with opened(browser, f"{address}/sparql?query={quote(NONE)}", locale="de-DE") as page:
        page.get_by_role("button", name="⟦Sort and draw⟧").click()
        expect(page.get_by_role("heading", name="⟦Why it is empty⟧")).to_be_visible()


def test_suggestions_are_told_in_the_readers_language(browser: Browser, address: str) -> None:
    with opened(browser, address, locale="de-DE") as page:
        page.keyboard.press("/")
        page.keyboard.type("rock")
        expect(page.get_by_role("listbox", name="⟦Suggestions⟧")).to_be_visible()
        expect(page.locator(".search-box [role=status]")).to_have_text(re.compile("^⟦.*⟧$"))
