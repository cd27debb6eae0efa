"""The tour of a researcher with the keyboard alone, and the workbench without its scripts."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from graphsvc import settings
from graphsvc.web.app import create_app

from .axe import violations
from .watching import opened, serving

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from graphsvc.release import Release

PARTIES = (
    "SELECT ?mechanism ?party (1 AS ?one) WHERE { ?mechanism iwm:linksParty ?party } "
    "ORDER BY ?mechanism ?party"
)
REFUSED = "status of 400"


def editor(page: Page) -> Locator:
    """Return the editor, once it has taken the place of the text area."""
    page.locator("form[data-ready]").wait_for(state="attached")
    return page.get_by_role("textbox", name="Query", exact=True)


def write(page: Page, query: str) -> None:
    """Write a query in place of the one that is there, as hands do."""
    editor(page).focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(query)


def tab_to(page: Page, name: str) -> None:
    """Go on by the Tab key until the element with these words has the focus."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == name:
            return
    raise AssertionError(f"The Tab key does not lead to {name}.")


def test_a_query_is_written_with_completion_and_run(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/sparql") as page:
        write(page, "SELECT ?which WHERE { ?which a ")
        page.keyboard.type("Mechan")
        expect(page.get_by_role("option").first).to_contain_text("iwm:Mechanism")
        page.keyboard.press("Enter")
        page.keyboard.type(" }")
        expect(editor(page)).to_contain_text("PREFIX iwm: <https://w3id.org/iwm/ontology#>")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".figures")).to_contain_text("9 rows")
        expect(page.get_by_role("link", name="Business Forum of China-Italy")).to_be_visible()
        assert "query=PREFIX" in page.url


def test_a_thing_is_completed_by_its_label(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/sparql") as page:
        write(page, "DESCRIBE ")
        page.keyboard.type("business forum"[:8])
        option = page.get_by_role("option").filter(has_text="mechanism:bfic")
        expect(option).to_contain_text("Business Forum of China-Italy")
        option.click()
        expect(editor(page)).to_contain_text("DESCRIBE mechanism:bfic")


def test_an_answer_is_a_table_a_graph_and_a_chart(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/sparql") as page:
        write(page, PARTIES)
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("tab", name="Table")).to_be_visible()
        tab_to(page, "Table")
        page.keyboard.press("ArrowRight")
        expect(page.locator(".graph canvas").first).to_be_attached()
        expect(page.locator(".same summary")).to_contain_text("22 links")
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("img", name="one for each mechanism, as bars")).to_be_visible()
        page.get_by_label("As", exact=True).select_option("Line")
        expect(page.get_by_role("img", name="one against mechanism, as a line")).to_be_visible()
        assert page.url.endswith("#chart")


def test_things_that_lie_somewhere_are_on_a_map(browser: Browser, site_url: str) -> None:
    query = "SELECT ?place { VALUES ?place { country:china country:italy city:chicago } }"
    # The outlines are read once, at the first look at the map.
    with urlopen(f"{site_url}/map") as answer:  # noqa: S310 -- the service is ours
        assert b"data-of" in answer.read()
    for width in (360, 1280):
        with opened(browser, f"{site_url}/sparql?query={quote(query)}", width) as page:
            page.get_by_role("button", name="Sort and draw").click()
            page.get_by_role("tab", name="Map").click()
            expect(page.locator(".mapped .named")).to_have_count(2)
            expect(page.locator(".mapped .spot a")).to_have_count(1)
            names = page.locator(".mapped text:visible").all_text_contents()
            assert names[:2] == ["China", "Italy"]
            page.locator(".mapped .spot a circle").last.click()
            page.wait_for_url("**/doc/id/city/chicago")


def test_rows_are_sorted_and_shown_a_page_at_a_time(browser: Browser, site_url: str) -> None:
    query = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT 120"
    with opened(browser, f"{site_url}/sparql?query={quote(query)}") as page:
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.get_by_role("button", name="Sort and draw").click()
        expect(page.get_by_text("Rows 1 to 50 of 120")).to_be_visible()
        page.get_by_role("button", name="Next").click()
        expect(page.get_by_text("Rows 51 to 100 of 120")).to_be_visible()
        assert not [url for url in requests if "answer.json" in url or "query=" in url]
        page.get_by_role("button", name="p", exact=True).click()
        expect(page.get_by_text("Rows 1 to 50 of 120")).to_be_visible()
        head = page.get_by_role("columnheader", name="p", exact=True)
        expect(head).to_have_attribute("aria-sort", "ascending")
        first = page.locator("tbody tr").first.inner_text()
        page.get_by_role("button", name="p", exact=True).click()
        expect(head).to_have_attribute("aria-sort", "descending")
        assert page.locator("tbody tr").first.inner_text() != first
        page.get_by_label("Names and datatypes").uncheck()
        expect(page.locator("a ~ code.address").first).to_be_hidden()


def test_on_a_phone_rows_stand_upright_and_are_sorted(browser: Browser, site_url: str) -> None:
    query = "SELECT ?passage ?words WHERE { ?passage a iwm:Sentence ; oa:exact ?words }"
    with opened(browser, f"{site_url}/sparql?query={quote(query)}", 360) as page:
        page.get_by_role("button", name="Sort and draw").click()
        page.get_by_role("button", name="words", exact=True).click()
        first = page.locator("table.rows tbody tr").first
        assert first.locator("a.number").inner_text().split() == ["Passage", "31"]
        # The words stand beside the number: they are not said twice.
        assert first.locator("q").count() == 0
        assert page.locator(".scroll:has(table.rows)").evaluate(
            "at => at.scrollWidth <= at.clientWidth"
        )


def test_on_a_phone_a_chart_is_seen_whole(browser: Browser, site_url: str) -> None:
    query = (
        "SELECT ?passage (STRLEN(?words) AS ?length) WHERE "
        "{ ?passage a iwm:Sentence ; oa:exact ?words } ORDER BY DESC(?length) LIMIT 9"
    )
    with opened(browser, f"{site_url}/sparql?query={quote(query)}", 360) as page:
        page.get_by_role("button", name="Sort and draw").click()
        page.get_by_role("tab", name="Chart").click()
        # Passages go by their numbers here as well.
        expect(page.locator(".chart text").first).to_have_text("Passage 33")
        assert page.locator(".chart").evaluate("at => at.scrollWidth <= at.clientWidth")


_WIDE = """SELECT ?name (?length * 10000000000 AS ?size) WHERE {
  VALUES (?name ?length) { ("WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW" 9) ("i" 1) }
} ORDER BY ?size"""

# Which words of a picture stick out of it.
_CUT_OFF = """picture => {
  const whole = picture.getBoundingClientRect();
  return [...picture.querySelectorAll("text")].filter((text) => {
    const { left, right } = text.getBoundingClientRect();
    return left < whole.left - 1 || right > whole.right + 1;
  }).map((text) => text.textContent);
}"""


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("kind", ["bars", "line"])
def test_no_word_of_a_chart_is_cut_off(
    browser: Browser, site_url: str, kind: str, width: int
) -> None:
    with opened(browser, f"{site_url}/sparql?query={quote(_WIDE)}", width) as page:
        page.get_by_role("button", name="Sort and draw").click()
        page.get_by_role("tab", name="Chart").click()
        page.locator("#chart-kind").select_option(kind)
        expect(page.locator(".chart text")).to_have_count(4)
        assert page.locator(".chart svg").evaluate(_CUT_OFF) == []


def test_a_graph_answer_is_drawn_and_written(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/sparql") as page:
        write(page, "DESCRIBE mechanism:bfic")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".figures")).to_contain_text("triples")
        page.get_by_role("tab", name="Graph").click()
        expect(page.locator(".graph canvas").first).to_be_attached()
        page.get_by_role("tab", name="Turtle").click()
        expect(page.locator(".view pre")).to_contain_text("mechanism:bfic")


#: Notes how far each text reaches that is drawn on a canvas.
NOTING = """() => {
  window.reach = [];
  const fill = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
    const far = x + this.measureText(text).width;
    if (this.canvas.matches(".sigma-labels")) window.reach.push([x, this.canvas.clientWidth - far]);
    return fill.call(this, text, x, y);
  };
}"""

REACHING = """() => new Promise((tell) => {
  const look = () => (window.reach.length > 5 ? tell(window.reach) : requestAnimationFrame(look));
  look();
})"""


@pytest.mark.parametrize("width", [360, 1280])
def test_no_label_of_a_graph_is_cut_off(browser: Browser, site_url: str, width: int) -> None:
    query = "CONSTRUCT { ?m iwm:secretariatProvidedBy ?p } { ?m iwm:secretariatProvidedBy ?p }"
    with opened(browser, f"{site_url}/sparql?query={quote(query)}", width) as page:
        page.evaluate(NOTING)
        page.get_by_role("button", name="Sort and draw").click()
        page.get_by_role("tab", name="Graph").click()
        # What the browser measures is no whole number of pixels.
        assert [ends for ends in page.evaluate(REACHING) if min(ends) < -1] == []


def test_a_fault_is_marked_where_it_stands(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/sparql", expected_message=REFUSED) as page:
        write(page, "SELECT ?who WHERE { ?which iwm:secretariatProvidedby ?who }")
        mark = page.locator(".cm-lintRange-warning")
        expect(mark).to_have_text("iwm:secretariatProvidedby")
        write(page, "SELECT ?who WHERE { ?who iwn:name }")
        expect(page.locator(".cm-lintRange-error")).to_be_visible()
        page.keyboard.press("Control+Enter")
        problem = page.get_by_role("alert")
        expect(problem).to_contain_text("The query cannot be read")
        expect(problem.locator("pre")).to_contain_text("^")


def test_an_empty_answer_is_explained(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/sparql") as page:
        write(page, "SELECT ?who WHERE { ?which iwm:secretariatProvidedby ?who }")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".figures")).to_contain_text("0 rows")
        explained = page.locator(".explanation")
        expect(explained).to_contain_text("iwm:secretariatProvidedby does not occur in this graph")
        expect(explained).to_contain_text("iwm:secretariatProvidedBy")


def test_the_page_of_a_wrong_query_marks_the_fault_and_sends_what_is_mended(
    browser: Browser, site_url: str
) -> None:
    wrong = f"{site_url}/sparql?query={quote('ASK { ?s ?p ?o')}"
    with opened(browser, wrong, status=400) as page:
        expect(editor(page)).to_contain_text("ASK { ?s ?p ?o")
        expect(page.locator(".cm-lintRange-error")).to_have_text("{")
        editor(page).focus()
        page.keyboard.press("Control+End")
        page.keyboard.type(" }")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".boolean")).to_have_text("Yes")
        expect(editor(page)).to_contain_text("ASK { ?s ?p ?o }")


def test_the_page_that_explains_marks_what_is_not_in_the_graph(
    browser: Browser, site_url: str
) -> None:
    query = "SELECT ?who WHERE {\n  ?which iwm:secretariatProvidedby ?who }"
    with opened(browser, f"{site_url}/sparql?query={quote(query)}&explain=empty") as page:
        marks = page.locator(".cm-lintRange-warning")
        # The pattern that matches nothing, which the editor's own look at a query does not find.
        expect(marks.filter(has_text="?which")).to_be_visible()
        marks.filter(has_text="iwm:secretariatProvidedby").hover()
        page.get_by_role("button", name="Write iwm:secretariatProvidedBy").click()
        expect(editor(page)).to_contain_text("iwm:secretariatProvidedBy ?who")
        page.get_by_role("button", name="Run").click()
        expect(page.locator(".figures")).to_contain_text("rows")


def test_the_page_of_a_wrong_query_has_a_text_area_without_scripts(
    browser: Browser, site_url: str
) -> None:
    wrong = f"{site_url}/sparql?query={quote('ASK { ?s ?p ?o')}"
    with opened(browser, wrong, scripts=False, status=400) as page:
        page.get_by_label("Query").fill("ASK { ?s ?p ?o }")
        page.get_by_role("button", name="Run").click()
        expect(page.locator(".boolean")).to_have_text("Yes")


def test_a_link_is_copied_and_opens_the_query(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/sparql") as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        write(page, PARTIES)
        page.keyboard.press("Control+Enter")
        expect(page.locator(".figures")).to_contain_text("22 rows")
        page.keyboard.press("Escape")
        tab_to(page, "Copy link")
        page.keyboard.press("Enter")
        expect(page.locator("#said")).to_have_text("The link is copied.")
        link = page.evaluate("navigator.clipboard.readText()")
    with opened(browser, link) as page:
        expect(editor(page)).to_contain_text("iwm:linksParty")
        expect(page.locator(".figures")).to_contain_text("22 rows")


def test_a_step_back_shows_the_query_before(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/sparql") as page:
        for limit in (2, 3):
            write(page, f"SELECT ?s WHERE {{ ?s ?p ?o }} LIMIT {limit}")
            page.keyboard.press("Control+Enter")
            expect(page.locator(".figures")).to_contain_text(f"{limit} rows")
        page.go_back()
        expect(page.locator(".figures")).to_contain_text("2 rows")
        expect(editor(page)).to_contain_text("LIMIT 2")


def test_a_long_query_runs_and_says_that_it_has_no_link(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/sparql") as page:
        write(page, "ASK { }\n#" + "x" * 20_000)
        page.keyboard.press("Control+Enter")
        expect(page.locator(".boolean")).to_have_text("Yes")
        expect(page.locator("#said")).to_have_text("The query is too long for a link.")


def test_an_answer_is_downloaded_as_csv(browser: Browser, site_url: str, tmp_path: Path) -> None:
    with opened(browser, site_url + "/sparql") as page:
        write(page, PARTIES)
        page.keyboard.press("Control+Enter")
        with page.expect_download() as download:
            page.get_by_role("link", name="CSV").click()
        download.value.save_as(tmp_path / "answer.csv")
    rows = list(csv.reader((tmp_path / "answer.csv").read_text("utf-8").splitlines()))
    assert rows[0] == ["mechanism", "party", "one"]
    assert len(rows) == 23


def test_examples_are_filtered_and_fill_the_editor(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/sparql") as page:
        editor(page)
        page.get_by_label("Filter").fill("secretariats provide")
        example = page.get_by_role("link", name="Which organizations provide the secretariats of")
        example.first.click()
        expect(editor(page)).to_contain_text("?secretariat a iwm:Secretariat")
        assert "example=" in page.url
        page.get_by_text("curl", exact=True).click()
        expect(page.locator("[data-snippet=curl] pre")).to_contain_text("iwm:Secretariat")


def test_the_tab_key_leaves_the_editor(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/sparql") as page:
        write(page, "SELECT ?s WHERE { ?s a iwm:Mech")
        page.keyboard.press("Escape")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Run"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, site_url: str, scheme: str) -> None:
    with opened(browser, site_url + "/sparql", scheme=scheme, expected_message=REFUSED) as page:
        editor(page)
        assert violations(page) == []
        write(page, PARTIES)
        page.keyboard.press("Control+Enter")
        for view in ("Table", "Graph", "Chart"):
            page.get_by_role("tab", name=view).click()
            assert violations(page) == []
        write(page, "SELECT ?who WHERE { ?who iwn:name }")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        assert violations(page) == []


def test_it_works_without_scripts(browser: Browser, site_url: str) -> None:
    with opened(browser, site_url + "/sparql", scripts=False) as page:
        for offer in ("Filter", "Copy link"):
            assert not page.get_by_text(offer, exact=True).is_visible()
        page.get_by_label("Query").fill("SELECT ?name WHERE { mechanism:bfic rdfs:label ?name }")
        page.get_by_role("button", name="Run").click()
        page.wait_for_url("**/sparql?query=*")
        assert "Business Forum of China-Italy" in page.locator("table").inner_text()
        page.get_by_role("link", name="Who chairs which mechanism").first.click()
        assert "iwm:" in page.get_by_label("Query").input_value()


def test_it_works_where_no_scripts_are_bundled(
    browser: Browser, mechanisms_release: Release
) -> None:
    app = create_app(mechanisms_release, settings.load({}, {}))
    bundled = app.jinja_env.globals["static_files"]
    assert isinstance(bundled, frozenset)
    app.jinja_env.globals["static_files"] = {name for name in bundled if "assets/" not in name}
    with serving(app) as address, opened(browser, address + "/sparql") as page:
        assert page.locator("script[src*='assets/']").count() == 0
        page.get_by_label("Query").fill("ASK { ?s ?p ?o }")
        page.get_by_role("button", name="Run").click()
        assert page.locator(".boolean").inner_text() == "Yes"
