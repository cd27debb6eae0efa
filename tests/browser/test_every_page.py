"""What holds of every type of page: all can read it, on any screen, by day and by night.

Each page is opened once, and looked at in several ways.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from graphsvc import __version__, settings
from graphsvc.web.app import create_app

from .axe import violations
from .page_types import NO_PAGES, PAGES, PageType
from .watching import PAPER, WIDE_PAPER, opened, printed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from graphsvc.release import Release

    from .aged import Past

# The least is what a page of 1280 pixels is wide when it is enlarged four times:
# https://www.w3.org/TR/WCAG22/#reflow
WIDTHS = [320, 360, 768, 1280, 1920]
HEIGHT = 800

# Where nothing can hover, what shows for who hovers is there all the time.
_NAMED = {page.name: page for page in PAGES}
WITH_FACTS = [_NAMED[name] for name in ("mechanism", "thing with omissions", "passage")]
_ARE_VISIBLE = "all => all.map(one => one.checkVisibility({ opacityProperty: true }))"

# WCAG 2.2, 1.4.3: the contrast of each word with what lies behind it, worst first.
_CONTRASTS = """() => {
  const channel = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const parts = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = node => {
    for (let at = node; at; at = at.parentElement) {
      const paint = parts(getComputedStyle(at).backgroundColor);
      if (paint.length < 4 || paint[3] > 0) return paint;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !node.checkVisibility()) continue;
    const [one, two] = [light(parts(getComputedStyle(node).color)), light(behind(node))];
    const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
    found.push([Math.round(ratio * 100) / 100, walk.currentNode.data.trim().slice(0, 40)]);
  }
  return found.sort((a, b) => a[0] - b[0]);
}"""

# WCAG 2.2, 2.4.7 and 2.4.11: what cannot be seen, or seen to have the focus, when it has it. Of the
# hundreds of links of a long page some will do, from its beginning to its end.
_UNSEEN_FOCUS = """() => [...document.querySelectorAll(
  "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
)].filter(
  one => one.tabIndex >= 0 && one.checkVisibility() && one.getClientRects().length
).filter((_, number, all) => number % Math.ceil(all.length / 80) === 0).filter(one => {
  one.focus();
  const style = getComputedStyle(one);
  const [box] = one.getClientRects();
  const ringed = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const seen = one.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  if (document.activeElement !== one || !ringed || !seen || !box) return true;
  const middle = (from, to, end) => (Math.max(from, 0) + Math.min(to, end)) / 2;
  const x = middle(box.left, box.right, innerWidth), y = middle(box.top, box.bottom, innerHeight);
  const above = document.elementFromPoint(x, y);
  return !above || !(one.contains(above) || above.contains(one));
}).map(one => one.outerHTML.slice(0, 120))"""

# https://www.w3.org/TR/WCAG22/#text-spacing
_SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* {
    line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important;
  } p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets.push(sheet);
  return sheet;
}"""
#: What is of no use on paper.
_SCREEN_ONLY = "nav, button, input, select, textarea, .cite, .menu, .skip"
#: What has words to the right of the paper, where they are cut off.
_CUT_OFF = """paper => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !node.checkVisibility() || node.closest(".unseen, svg"))
      continue;
    range.selectNodeContents(walk.currentNode);
    if (range.getBoundingClientRect().right > paper + 1) found.push(walk.currentNode.data.trim());
  }
  return found;
}"""


@pytest.fixture(scope="module", params=PAGES, ids=str)
def page(
    browser: Browser, site_url_with_past: str, past: Past, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """Open a page of each type; at the end, see to it that it complained of nothing."""
    page_type: PageType = request.param
    address = site_url_with_past + page_type.address(past.before.id, past.after.id)
    with opened(browser, address, status=page_type.status) as page:
        yield page


def looked_at(page: Page, width: int, scheme: str) -> Page:
    """Return the page as it is on a screen of some width, by day or by night."""
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.emulate_media(media="screen", color_scheme="dark" if scheme == "dark" else "light")
    return page


def test_no_page_is_wider_than_the_screen(page: Page) -> None:
    assert [width for width in WIDTHS if is_wider(looked_at(page, width, "light"), width)] == []


def test_readers_may_space_the_words_as_they_like(page: Page) -> None:
    spaced = page.evaluate_handle(_SPACED)
    try:
        assert [width for width in WIDTHS if is_wider(looked_at(page, width, "light"), width)] == []
    finally:
        spaced.evaluate("sheet => { sheet.disabled = true }")


def is_wider(page: Page, width: int) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth") > width)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_axe_finds_nothing(page: Page, width: int, scheme: str) -> None:
    assert violations(looked_at(page, width, scheme)) == []


@pytest.mark.parametrize("width", [360, 820])
@pytest.mark.parametrize("page_type", WITH_FACTS, ids=str)
def test_fingers_find_how_to_cite_a_fact(
    browser: Browser, site_url: str, page_type: PageType, width: int
) -> None:
    with opened(browser, site_url + page_type.path, width, touched=True) as page:
        menus = page.locator(".menu:not(details:not([open]) > :not(summary) *)")
        if page_type.name != "passage":
            menus.first.locator("summary").tap()
            assert menus.first.get_by_text("Cite a fact").is_visible()
            assert not is_wider(page, width)
        else:
            visible = page.locator("td .cite:not(details:not([open]) *)").evaluate_all(_ARE_VISIBLE)
            assert len(visible) > 9
            assert all(visible)
        assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_can_be_read(page: Page, scheme: str) -> None:
    looked_at(page, 1280, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    contrasts = page.evaluate(_CONTRASTS)
    assert len(contrasts) > 5
    assert contrasts[0][0] >= 4.5, contrasts[:5]


@pytest.mark.parametrize("width", [360, 1280])
def test_what_has_the_focus_is_seen(page: Page, width: int) -> None:
    looked_at(page, width, "light")
    # An open menu covers what is below it, until its reader closes it.
    page.evaluate("document.querySelectorAll('.menu').forEach(one => one.open = false)")
    # Whoever has pressed a key is shown the focus wherever it goes.
    page.keyboard.press("Tab")
    assert page.evaluate(_UNSEEN_FOCUS) == []


def test_nothing_is_cut_off_on_paper(page: Page) -> None:
    paper = WIDE_PAPER if page.locator(".matrix").count() else PAPER
    printed(page, paper)
    assert page.evaluate(_CUT_OFF, paper) == []
    assert page.locator(_SCREEN_ONLY).locator("visible=true").all_inner_texts() == []
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


def test_a_page_says_what_it_is(page: Page) -> None:
    assert page.locator("h1").count() == 1
    assert page.title().split(" · ")[0]
    assert page.locator("html").get_attribute("lang") == "en"


# Firefox fetches ahead what a head names as next, which the Content-Security-Policy refuses: the
# link in the page itself says the same.
def test_no_page_is_fetched_ahead(page: Page) -> None:
    assert page.locator("head link[rel~=next], head link[rel~=prefetch]").count() == 0


# A preview stands in another site's page, and has no footer.
def test_a_page_says_what_serves_it(page: Page) -> None:
    footer = page.locator("body > footer")
    if urlsplit(page.url).path != "/reconcile/preview":
        assert f"served by graphsvc {__version__}." in footer.inner_text()


def test_every_route_that_answers_with_pages_is_listed(mechanisms_release: Release) -> None:
    app = create_app(mechanisms_release, settings.load({}, {}))
    listed = {each.route for each in PAGES}
    assert not listed & NO_PAGES
    assert listed | NO_PAGES == {rule.endpoint for rule in app.url_map.iter_rules()}
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        if rule.endpoint in NO_PAGES and not rule.arguments:
            answer = client.get(rule.rule, headers={"Accept": "text/html"})
            assert (answer.status_code, answer.mimetype) != (200, "text/html"), rule.rule
