"""The editor's page in the browser: a fact is written and saved, and its thing's page has it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from browser.axe import violations
from browser.watching import opened
from playwright.sync_api import expect
from server.processes import eventually
from server.wire import query

from .services import serving, serving_copy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page
    from server.processes import Service

FACTS = "data/ile-merrow/facts.trig"
PATIENCE = 60_000


@pytest.fixture
def service(lights_copy: Path, tmp_path: Path) -> Iterator[Service]:
    with serving("edit", lights_copy, tmp_path) as service:
        service.address = service.address.removesuffix("edit/")
        yield service


@pytest.fixture(scope="module")
def unchanged(lights_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Return a service for tests that save nothing."""
    with serving_copy("edit", lights_folder, tmp_path_factory.mktemp("edited")) as service:
        service.address = service.address.removesuffix("edit/")
        yield service


@contextmanager
def edited(service: Service, browser: Browser) -> Iterator[Page]:
    url = f"{service.address}edit/ile-merrow?passage=4"
    with opened(browser, url, 1280, expected_message="status of 409") as page:
        page.locator("#desk[data-ready]").wait_for()
        yield page


@pytest.fixture
def page(service: Service, browser: Browser) -> Iterator[Page]:
    """Return the page of a project that the test may change."""
    with edited(service, browser) as page:
        yield page


@pytest.fixture
def unsaved_page(unchanged: Service, browser: Browser) -> Iterator[Page]:
    """Return the page for a test that saves nothing."""
    with edited(unchanged, browser) as page:
        yield page


def append(page: Page, words: str) -> None:
    """Write words at the end of the facts, as hands do."""
    page.get_by_role("textbox", name="Facts").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def test_a_fact_is_saved_to_the_file_and_stands_on_the_page(lights_copy: Path, page: Page) -> None:
    expect(page.get_by_role("heading", name="It stands opposite South Spit Light.")).to_be_visible()
    append(page, "\nlight:south-spit lights:litIn 1874 .")
    page.keyboard.press("Control+s")
    expect(page.locator("#said")).to_contain_text("Saved")
    assert "light:south-spit lights:litIn 1874 .\n}\n" in (lights_copy / FACTS).read_text("utf-8")
    expect(page.locator("#said")).to_have_text("The pages are up to date.", timeout=PATIENCE)
    with page.context.expect_page() as opening:
        page.locator("#pages").get_by_role("link", name="South Spit Light").click()
    expect(opening.value.locator("main")).to_contain_text("1874")


def test_an_error_is_shown_as_one_types(unsaved_page: Page) -> None:
    page = unsaved_page
    append(page, "\nlight:south-spit lights:builtby person:tobias-reed .")
    wrong = page.locator("#wrong")
    expect(wrong).to_contain_text("lights:builtby is not declared", timeout=PATIENCE)
    expect(wrong).to_contain_text("Line 3:")
    expect(page.locator(".editor .cm-lintRange-error")).to_have_text("lights:builtby")
    append(page, '\nlight:south-spit lights:statedName "Nowhere"@en .')
    expect(wrong).to_contain_text("is not in the sentence", timeout=PATIENCE)
    append(page, "\nnobody:here")
    expect(wrong).to_contain_text("nobody: has not been declared", timeout=PATIENCE)


def test_names_are_completed(unsaved_page: Page) -> None:
    page = unsaved_page
    append(page, "\nlight:south-spit built b")
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    options = page.locator(".editor .cm-tooltip-autocomplete")
    expect(options).to_contain_text("built by · property", timeout=PATIENCE)
    page.keyboard.press("Tab")
    page.keyboard.type(" Tobias")
    expect(options).to_contain_text("Tobias Reed · thing", timeout=PATIENCE)
    page.keyboard.press("Tab")
    page.keyboard.type(" .")
    expect(page.locator(".editor .cm-content")).to_contain_text(
        "light:south-spit lights:builtBy person:tobias-reed ."
    )
    expect(page.locator("#wrong li")).to_have_count(0)


def test_a_new_thing_gets_its_iri_and_its_label(
    service: Service, lights_copy: Path, page: Page
) -> None:
    page.get_by_label("Class").select_option(label="place")
    page.get_by_label("Label").fill("the Côte Verte")
    page.get_by_label("End of its IRI").fill("Côte Verte")
    page.keyboard.press("Enter")
    expect(page.locator(".editor .cm-content")).to_contain_text("place:cote-verte a lights:Place .")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#said")).to_contain_text("Saved")
    assert "place:cote-verte a lights:Place ." in (lights_copy / FACTS).read_text("utf-8")
    editorial = (lights_copy / "data/editorial.trig").read_text("utf-8")
    assert 'place:cote-verte rdfs:label "the Côte Verte"@en .' in editorial
    label = query("SELECT ?label { place:cote-verte rdfs:label ?label }")
    eventually(lambda: service.get(label).values == ["the Côte Verte"])


def test_what_another_program_has_changed_is_shown_and_kept(
    lights_copy: Path, edit: Callable[[str, str, str], Path], page: Page
) -> None:
    append(page, "\n# mine")
    edit(FACTS, "lights:opposite light:south-spit .", "lights:opposite light:south-spit . # theirs")
    page.keyboard.press("Control+s")
    expect(page.locator("#said")).to_contain_text("Another program has changed")
    expect(page.locator("#choice pre")).to_contain_text("# theirs")
    assert "# mine" not in (lights_copy / FACTS).read_text("utf-8")
    page.get_by_role("button", name="Keep mine").click()
    expect(page.locator("#said")).to_contain_text("Saved")
    facts = (lights_copy / FACTS).read_text("utf-8")
    assert "# mine" in facts
    assert "# theirs" not in facts


def test_drafts_stay_and_nothing_of_one_sentence_gets_into_another(unsaved_page: Page) -> None:
    page = unsaved_page
    facts = page.locator(".editor .cm-content")
    append(page, "\n# not saved yet")
    page.keyboard.press("Alt+PageDown")
    expect(page.get_by_role("heading", name="The Harbour Board has its seat")).to_be_visible()
    expect(facts).not_to_contain_text("not saved yet")
    page.keyboard.press("Control+z")
    expect(facts).to_contain_text("lights:seat")
    expect(page.locator("a[data-passage='4'].unsaved")).to_have_count(1)
    page.keyboard.press("Alt+PageUp")
    expect(facts).to_contain_text("not saved yet")


@pytest.mark.parametrize("width", [820, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_keeps_to_its_width_and_to_the_rules_of_access(
    unchanged: Service, browser: Browser, width: int, scheme: str
) -> None:
    url = f"{unchanged.address}edit/ile-merrow?passage=2"
    with opened(browser, url, width, scheme) as page:
        page.locator("#desk[data-ready]").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []


def test_what_another_program_has_written_is_taken_where_nothing_is_unsaved(
    edit: Callable[[str, str, str], Path], page: Page
) -> None:
    edit(FACTS, "lights:opposite light:south-spit .", "lights:opposite light:south-spit . # theirs")
    expect(page.locator(".editor .cm-content")).to_contain_text("# theirs", timeout=PATIENCE)
    append(page, "\n# mine")
    page.keyboard.press("Control+s")
    expect(page.locator("#said")).to_contain_text("Saved")


def test_passages_without_facts_and_furniture_are_marked(lights_copy: Path, page: Page) -> None:
    expect(page.locator("a.lacking")).to_have_count(0)
    page.get_by_role("textbox", name="Facts").focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.press("Control+s")
    expect(page.locator("a.lacking")).to_have_attribute("data-passage", "4")
    assert "passage:4 {\n}\n" in (lights_copy / FACTS).read_text("utf-8")
    page.reload()
    expect(page.locator("a.lacking")).to_have_attribute("data-passage", "4")
    expect(page.get_by_role("link", name="no facts yet")).to_have_count(1)
    expect(page.locator("a.furniture .exact")).to_have_text("Share this page")
