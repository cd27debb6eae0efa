"""``graphsvc watch``: what is saved is served, what is wrong is shown, and Ctrl-C ends it all."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from playwright.sync_api import expect
from projects import built
from server.processes import eventually, run
from server.wire import query

from .services import serving, serving_copy, started

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser
    from server.processes import Service

FACTS = "data/ile-merrow/facts.trig"
PAGE = "/doc/id/light/north-rock"
YEAR = query("SELECT ?year { light:north-rock lights:litIn ?year }")


@pytest.fixture
def service(lights_copy: Path, tmp_path: Path) -> Iterator[Service]:
    with serving("watch", lights_copy, tmp_path) as service:
        yield service


@pytest.fixture(scope="module")
def unchanged(lights_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Return a service for tests that change nothing."""
    with serving_copy("watch", lights_folder, tmp_path_factory.mktemp("watched")) as service:
        yield service


def state(service: Service) -> dict[str, object]:
    members: dict[str, object] = json.loads(service.get("/watch.json").content)
    return members


def gives(service: Service, year: str) -> Callable[[], bool]:
    return lambda: service.get(YEAR).values == [year]


def test_what_is_saved_is_served(service: Service, edit: Callable[[str, str, str], Path]) -> None:
    edit(FACTS, "litIn 1871", "litIn 1872")
    eventually(gives(service, "1872"))


def test_a_file_that_is_replaced_by_another_one_is_watched_on(
    service: Service, lights_copy: Path
) -> None:
    """Many editors write a new file and give it the name of the old one."""
    facts = lights_copy / FACTS
    for before, year in (("1871", "1872"), ("1872", "1873")):
        new = facts.with_name(".new")
        new.write_text(facts.read_text().replace(f"litIn {before}", f"litIn {year}"))
        new.replace(facts)
        eventually(gives(service, year))


def test_an_error_is_told_while_the_last_good_graph_is_served(
    service: Service, edit: Callable[[str, str, str], Path]
) -> None:
    edit(FACTS, "litIn 1871", "litIn 1872 1873")
    failed = eventually(lambda: state(service) if state(service)["failure"] else None)
    faults = failed["faults"]
    assert isinstance(faults, list)
    assert faults[0]["place"].startswith(f"{FACTS}:20")
    assert "1872 1873" in faults[0]["message"]
    assert f"{FACTS}:20" in service.log
    assert "error syntax" in service.log
    assert service.get(YEAR).values == ["1871"]
    edit(FACTS, "litIn 1872 1873", "litIn 1874")
    eventually(gives(service, "1874"))
    assert state(service)["failure"] == ""


def test_a_change_of_the_settings_counts(
    service: Service, edit: Callable[[str, str, str], Path]
) -> None:
    edit(FACTS, '"Ada Quill"@en', '"Ada Feather"@en')
    eventually(lambda: "words-not-in-passage" in service.log)
    edit("graphsvc.toml", "[checks]", '[checks]\nwords-not-in-passage = "off"')
    name = query("SELECT ?name { person:ada-quill lights:statedName ?name }")
    eventually(lambda: service.get(name).values == ["Ada Feather"])


def test_a_project_with_errors_is_served_once_they_are_mended(
    lights_copy: Path, edit: Callable[[str, str, str], Path], tmp_path: Path
) -> None:
    edit(FACTS, "litIn 1871", "litIn")
    with started("watch", lights_copy, tmp_path) as service:
        eventually(lambda: "Nothing is served yet" in service.log)
        assert service.output == ""
        edit(FACTS, "litIn", "litIn 1871")
        eventually(lambda: "Serving" in service.output)


def test_rdf_files_are_watched(tmp_path: Path) -> None:
    file = tmp_path / "my.ttl"
    file.write_text('<http://example.com/ada> <http://xmlns.com/foaf/0.1/name> "Ada" .')
    with serving("watch", file, tmp_path) as service:
        name = query("SELECT ?name { ?someone <http://xmlns.com/foaf/0.1/name> ?name }")
        assert service.get(name).values == ["Ada"]
        file.write_text('<http://example.com/ada> <http://xmlns.com/foaf/0.1/name> "Adah" .')
        eventually(lambda: service.get(name).values == ["Adah"])


def test_an_engine_is_not_watched(tmp_path: Path) -> None:
    result = run("watch", tmp_path, store="http://127.0.0.1:1/sparql")
    assert result.returncode == 2
    assert "tells of no change" in result.stderr


def test_releases_of_the_published_service_stay_as_they_are(
    unchanged: Service,
) -> None:
    assert unchanged.release()
    project = Path(unchanged.output.partition("Serving ")[2].partition(" at ")[0])
    assert project.is_dir()
    assert not (project / ".graphsvc" / "releases").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
def test_all_its_processes_end_with_it(service: Service, number: signal.Signals) -> None:
    processes = service.processes()
    os.killpg(service.process.pid, number)
    assert service.wait() == 0
    assert "Traceback" not in service.log
    _, alive = psutil.wait_procs(processes, timeout=60)
    assert alive == []


def test_a_service_that_is_not_watched_has_nothing_of_it(
    unchanged: Service, lights_copy: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    assert b"watch.js" in unchanged.get(PAGE).content
    built(lights_copy, lights_copy / ".graphsvc" / "releases")
    with serving("serve", lights_copy, own) as published:
        assert b"watch.js" not in published.get(PAGE).content
        assert published.get("/watch.json").status == 404
        assert published.get("/edit/").status == 404


def test_only_pages_of_the_service_may_read_what_is_wrong(unchanged: Service) -> None:
    fields = unchanged.get("/watch.json").fields
    assert "access-control-allow-origin" not in fields
    assert unchanged.get(PAGE).fields["access-control-allow-origin"] == "*"


def test_an_open_page_shows_errors_and_reloads(
    service: Service, edit: Callable[[str, str, str], Path], browser: Browser
) -> None:
    complaints: list[str] = []
    page = browser.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(service.address.rstrip("/") + PAGE)
    expect(page.locator("main")).to_contain_text("1871")
    edit(FACTS, "litIn 1871", "litIn 1872 <script>alert(1)</script>")
    banner = page.get_by_role("alert")
    expect(banner).to_contain_text(f"{FACTS}:20", timeout=60_000)
    expect(banner).to_contain_text("<script>")
    expect(page.locator("main")).to_contain_text("1871")
    edit(FACTS, " <script>alert(1)</script>", "")
    expect(page.locator("main")).to_contain_text("1872", timeout=60_000)
    expect(banner).to_have_count(0)
    assert complaints == []
    page.close()
