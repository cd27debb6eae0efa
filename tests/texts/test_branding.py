"""A site's own name, picture, colour and foot: settings that every page shows."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphsvc import colours, settings
from graphsvc.errors import SettingsError
from graphsvc.web.app import create_app

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from graphsvc.release import Release

SHEET = Path(colours.__file__).with_name("web") / "static" / "css" / "00-base.css"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><circle r="4"/></svg>'


def png() -> bytes:
    """Return a picture of one point."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    )


def site(release: Release, **values: object) -> FlaskClient:
    return create_app(release, settings.load(values, {})).test_client()


def test_pages_show_the_name_and_the_foot(lights_release: Release) -> None:
    client = site(lights_release, site_name="Isles & <Lights>", site_footer="Run by\n the <Board>")
    for address in ("/", "/doc/id/light/north-rock", "/doc/nothing"):
        page = client.get(address, headers={"Accept": "text/html"}).text
        assert re.search(r"<title>.* · Isles &amp; &lt;Lights&gt;</title>", page)
        home = re.search(r'<a class="home"[^>]*>([^<]*)</a>', page)
        assert home is not None
        assert home[1].strip() == "Isles &amp; &lt;Lights&gt;"
        assert "Run by the &lt;Board&gt;<br>" in page


def test_without_settings_a_site_is_called_as_its_dataset(lights_release: Release) -> None:
    page = site(lights_release).get("/").text
    assert "Lights of Île Merrow</a>" in page
    assert 'class="logo"' not in page


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [("own.svg", SVG.encode(), "image/svg+xml"), ("own.PNG", png(), "image/png")],
)
def test_the_picture_is_served_as_what_it_is(
    lights_release: Release, tmp_path: Path, name: str, data: bytes, media_type: str
) -> None:
    (tmp_path / name).write_bytes(data)
    client = site(lights_release, site_logo=tmp_path / name)
    page = client.get("/").text
    address = re.search(r'<img class="logo" src="([^"]+)" alt="">', page)
    assert address is not None
    answer = client.get(address[1])
    assert (answer.status_code, answer.data) == (200, data)
    assert answer.mimetype == media_type
    # A drawing that is opened by itself runs no script.
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert f'<link rel="icon" type="{media_type}" href="{address[1]}">' in page


def test_the_path_of_the_picture_is_relative_to_the_project(tmp_path: Path) -> None:
    (tmp_path / "graphsvc.toml").write_text('site_logo = "own.svg"', "utf-8")
    assert settings.load({"project": tmp_path}, {}).site_logo == tmp_path / "own.svg"


def test_the_colour_is_in_the_style_sheet_and_another_address_names_it(
    lights_release: Release,
) -> None:
    def sheet(client: FlaskClient) -> tuple[str, str]:
        address = re.search(r'href="(/static/style.css[^"]*)"', client.get("/").text)
        assert address is not None
        return address[1], client.get(address[1]).text

    plain, own = sheet(site(lights_release)), sheet(site(lights_release, site_colour="#8A1538"))
    assert own[0] != plain[0]
    added = own[1].removeprefix(plain[1])
    assert ":root { --accent: #8a1538; --link: #8a1538; }" in added
    night = colours.by_night("#8a1538")
    assert re.search(rf"prefers-color-scheme: dark\).*--accent: {night};", added)


def test_a_page_is_fetched_anew_when_its_looks_have_changed(lights_release: Release) -> None:
    def tag(**values: object) -> str | None:
        return site(lights_release, **values).get("/doc/id/light/north-rock").headers.get("ETag")

    tags = {tag(), tag(site_name="A"), tag(site_footer="A"), tag(site_colour="#1a5a4a")}
    assert None not in tags
    assert len(tags) == 4


@given(st.integers(0, 0xFFFFFF).map("#{:06x}".format))
def test_whatever_colour_is_taken_can_be_read_by_day_and_by_night(colour: str) -> None:
    if colours.least_contrast(colour) < 4.5:
        with pytest.raises(SettingsError):
            settings.load({"site_colour": colour}, {})
        return
    site_colour = settings.load({"site_colour": colour}, {}).site_colour
    assert colours.least_contrast(colours.by_night(site_colour), colours.DARK_PAPERS) >= 4.5


def test_contrast_is_measured_as_the_specification_says() -> None:
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_the_papers_are_those_of_the_style_sheet() -> None:
    sheet = SHEET.read_text("utf-8")
    values = {name: re.findall(rf"--{name}: (#\w+);", sheet) for name in ("paper", "raised")}
    assert (values["paper"][0], values["raised"][0]) == colours.LIGHT_PAPERS
    assert (values["paper"][1], values["raised"][1]) == colours.DARK_PAPERS


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "#ffcc00"])
def test_what_is_no_colour_that_can_be_read_is_refused(colour: str) -> None:
    with pytest.raises(SettingsError, match="site_colour is set to"):
        settings.load({"site_colour": colour}, {})


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("own.svg", b"<html>", "is no SVG"),
        ("own.png", SVG.encode(), "is no PNG"),
        ("own.svg", SVG.encode() + b" " * 300_000, "has 300,0"),
        ("other.svg", None, "cannot be read: No such file"),
        ("own.gif", b"GIF89a", "the path of an SVG or PNG file"),
    ],
)
def test_serving_ends_at_once_with_what_is_wrong_with_the_picture(
    lights_copy: Path, name: str, data: bytes | None, message: str
) -> None:
    if data is not None:
        (lights_copy / name).write_bytes(data)
    command = ["serve", "--project", lights_copy, "--site-logo", lights_copy / name, "--port", "0"]
    result = subprocess.run(
        [sys.executable, "-m", "graphsvc", *map(str, command)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 2
    assert message in result.stderr
