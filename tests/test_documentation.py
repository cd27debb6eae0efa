"""The documents about the program: they are pages of the service, and each link leads somewhere."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lxml import html

from graphsvc import settings
from graphsvc.web import documentation
from graphsvc.web.app import create_app

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from graphsvc.release import Release

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
NAMES = sorted(path.stem for path in (ROOT / "docs").glob("*.md"))
OTHERS = {
    "changelog": ROOT / "CHANGELOG.md",
    "contributing": ROOT / "CONTRIBUTING.md",
    "ontology-changelog": ROOT / "ontology" / "CHANGELOG.md",
    "security": ROOT / "SECURITY.md",
}


def make_documents(root: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Make the documents of a checkout."""
    command = (sys.executable, str(root / "deploy" / "documentation.py"), str(target))
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def client(lights_release: Release) -> FlaskClient:
    return create_app(lights_release, settings.load({}, {})).test_client()


def hrefs(page: html.HtmlElement) -> list[str]:
    return [str(link.get("href")) for link in page.iterfind(".//main//a[@href]")]


def test_the_pages_are_those_of_the_documents(tmp_path: Path) -> None:
    result = make_documents(ROOT, tmp_path / "pages.json")
    assert (result.returncode, result.stderr) == (0, "")
    pages = json.loads((tmp_path / "pages.json").read_text("utf-8"))
    assert set(pages) == {*NAMES, *OTHERS}
    assert pages == json.loads(documentation.FILE.read_text("utf-8")), "they are old: make assets"


@pytest.mark.parametrize("link", ["setings.md", "settings.md#no-such-section", "../deploy/none.md"])
def test_a_link_that_leads_nowhere_is_an_error(link: str, tmp_path: Path) -> None:
    for path in (*(ROOT / "docs").glob("*.md"), *OTHERS.values(), ROOT / "deploy/documentation.py"):
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(exist_ok=True)
        shutil.copy(path, target)
    with (tmp_path / "docs" / "search.md").open("a") as file:
        file.write(f"\nSee [there]({link}).\n")
    result = make_documents(tmp_path, tmp_path / "pages.json")
    assert result.returncode == 1
    assert re.match(r"search\.md:\d+: WARNING: .*(not found|nonexisting)", result.stderr)
    assert not (tmp_path / "pages.json").exists()


@pytest.mark.parametrize("name", [*NAMES, *OTHERS])
def test_a_link_of_a_page_leads_to_a_part_of_a_page(client: FlaskClient, name: str) -> None:
    page = html.fromstring(client.get(f"/docs/{name}", follow_redirects=True).text)
    ids = [each.get("id") for each in page.iterfind(".//*[@id]")]
    assert len(ids) == len(set(ids))
    for href in hrefs(page):
        path, _, fragment = href.partition("#")
        assert path.startswith(("http://", "https://", "/docs")) or not path
        if path.startswith("/docs"):
            there = client.get(path, follow_redirects=True)
            assert there.status_code == 200
            assert not fragment or f'id="{fragment}"' in there.text
        elif fragment and not path:
            assert fragment in ids


def test_the_first_page_lists_all_documents(client: FlaskClient) -> None:
    listed = {
        href.removeprefix("/docs/") for href in hrefs(html.fromstring(client.get("/docs").text))
    }
    assert listed == {*NAMES, *OTHERS} - {"index"}


def test_every_page_links_to_the_documents(client: FlaskClient) -> None:
    footer = html.fromstring(client.get("/").text).iterfind(".//footer//a")
    assert "/docs" in [link.get("href") for link in footer]


def test_behind_a_mount_point_links_stay_under_it(lights_release: Release) -> None:
    values = settings.load({"public_url": "https://example.org/kg/"}, {})
    client = create_app(lights_release, values).test_client()
    page = html.fromstring(client.get("/docs/start").text)
    assert "/kg/docs/publishing#a-graph-that-lies-in-an-engine" in hrefs(page)
    assert not [href for href in hrefs(page) if href.startswith("/docs")]


def test_without_the_documents_it_says_how_to_make_them(
    lights_release: Release, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(documentation, "FILE", tmp_path / "none.json")
    client = create_app(lights_release, settings.load({}, {})).test_client()
    answer = client.get("/docs", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "make assets" in answer.text
    assert 'href="/docs"' not in client.get("/").text


def test_the_readme_fits_a_screen() -> None:
    assert len(README.splitlines()) <= 40
    (picture,) = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert (ROOT / picture).read_bytes().startswith(b"\x89PNG")
    assert (ROOT / picture).stat().st_size < 200_000


def test_what_the_readme_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)", README)
    assert {"docs/start.md", "docs/index.md"} < set(links)
    assert all((ROOT / link).is_file() for link in links)
