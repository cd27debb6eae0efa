"""The pages on paper: what is said and by whom, whole, without what only a screen can use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from .page_types import PAGES
from .watching import PAPER, WIDE_PAPER, opened, printed

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from .aged import Past

_NAMED = {page.name: page for page in PAGES}
#: How many sheets the pages take that people print.
SHEETS = {
    "thing with readings": 5,
    "organization": 3,
    "passage": 4,
    "source": 5,
    "compare, differences": 4,
    "query, form": 1,
    "answer": 2,
    "differences": 2,
}


@pytest.mark.parametrize("name", SHEETS)
def test_a_page_takes_few_sheets(
    browser: Browser, site_url_with_past: str, past: Past, name: str
) -> None:
    address = site_url_with_past + _NAMED[name].address(past.before.id, past.after.id)
    with opened(browser, address) as page:
        document = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", document)) <= SHEETS[name]


def test_sentences_and_addresses_are_printed_whole(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/doc/id/mechanism/crccme") as page:
        words = printed(page, PAPER).locator("main").inner_text()
        assert "in an all-around way." in words
        assert "whole sentence" not in words
    with opened(browser, site_url + "/doc/id/country/china") as page:
        link = printed(page, PAPER).locator("a.elsewhere", has_text="Q148")
        content = link.evaluate("one => getComputedStyle(one, '::after').content")
        assert "http://www.wikidata.org/entity/Q148" in content


def test_what_is_compared_stands_side_by_side_on_paper(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/compare?iri=mechanism:crccme&iri=mechanism:bfic") as page:
        printed(page, WIDE_PAPER)
        cells = page.locator("tr", has_text="Since").first.locator("td")
        first, second = cells.nth(0).bounding_box(), cells.nth(1).bounding_box()
        assert first is not None
        assert second is not None
        assert first["y"] == second["y"]
        # What is folded on a screen is printed, whole.
        folded = page.locator("table.matrix").nth(1)
        assert "auto making" in folded.inner_text()
        assert "shipbuilding" in folded.inner_text()
