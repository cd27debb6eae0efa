"""Files that a build must refuse: it reports each one, within bounds of time and memory."""

from __future__ import annotations

import bz2
import gzip
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import zstandard
from foreign import built, client_of

from graphsvc import rdf_files, sources
from graphsvc.errors import InputError
from graphsvc.parsing import parse_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BASE = "http://hostile.example/"
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:a="http://hostile.example/"'


def findings(path: Path) -> list[str]:
    """Return the names of the checks that fail for a file."""
    file = rdf_files.RdfFile(path, path.name)
    parsed = rdf_files.read(file, path.read_bytes(), BASE, parse_file)
    return [each.check for each in parsed.findings]


def xml(entities: str, text: str) -> str:
    return (
        f'<?xml version="1.0"?><!DOCTYPE rdf:RDF [{entities}]><rdf:RDF {RDF}>'
        f'<rdf:Description rdf:about="{BASE}s"><a:p>{text}</a:p></rdf:Description></rdf:RDF>'
    )


@pytest.mark.parametrize(
    ("ending", "pack"),
    [("gz", gzip.compress), ("bz2", bz2.compress), ("zst", zstandard.compress)],
)
def test_a_bomb_is_unpacked_to_its_bound_and_refused(
    tmp_path: Path, ending: str, pack: Callable[[bytes], bytes]
) -> None:
    bomb = tmp_path / f"bomb.nt.{ending}"
    bomb.write_bytes(pack(b"\n" * 80 * 2**20))
    with pytest.raises(InputError) as caught:
        built(tmp_path / "releases", bomb)
    (finding,) = caught.value.findings
    assert "more than 67,108,864 when it is unpacked" in finding.message
    assert "unpack it" in finding.remedy


def test_a_file_that_packs_well_is_read(tmp_path: Path) -> None:
    line = f'<{BASE}s> <{BASE}p> "x" .\n'.encode()
    (tmp_path / "much.nt.gz").write_bytes(gzip.compress(line * 1000))
    assert findings(tmp_path / "much.nt.gz") == []


LAUGHS = '<!ENTITY l0 "lol">' + "".join(
    f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 12)
)
SQUARE = f'<!ENTITY a "{"x" * 50_000}">'


@pytest.mark.parametrize(
    ("entities", "text"),
    [
        pytest.param(LAUGHS, "&l11;", id="billion laughs"),
        pytest.param(SQUARE, "&a;" * 20_000, id="quadratic"),
        pytest.param(LAUGHS, "", id="laughs that nothing names"),
    ],
)
def test_entities_that_swell_are_refused(tmp_path: Path, entities: str, text: str) -> None:
    (tmp_path / "laughs.rdf").write_text(xml(entities, text), "utf-8")
    assert findings(tmp_path / "laughs.rdf") == ["no-rdf"]


def test_entities_as_ontologies_have_them_are_read(tmp_path: Path) -> None:
    usual = f'<!ENTITY base "{BASE}"><!ENTITY more "&base;more#">'
    (tmp_path / "usual.rdf").write_text(xml(usual, "&more;x"), "utf-8")
    assert findings(tmp_path / "usual.rdf") == []


@pytest.mark.parametrize("entity", ['SYSTEM "file:///etc/passwd"', 'SYSTEM "http://127.0.0.1:9/"'])
def test_an_external_entity_is_refused(tmp_path: Path, entity: str) -> None:
    (tmp_path / "external.rdf").write_text(xml(f"<!ENTITY e {entity}>", "&e;"), "utf-8")
    assert findings(tmp_path / "external.rdf") == ["syntax"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"http://a/p":' * 20_000 + "1" + "}" * 20_000, id="objects"),
        pytest.param('{"http://a/p":' + "[" * 20_000 + "]" * 20_000 + "}", id="arrays"),
        pytest.param('{"a\\"":' * 20_000, id="never closed"),
    ],
)
def test_json_that_is_nested_without_end_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "deep.jsonld").write_text(text, "utf-8")
    assert findings(tmp_path / "deep.jsonld") == ["no-rdf"]


def test_brackets_in_strings_are_no_nesting(tmp_path: Path) -> None:
    (tmp_path / "flat.jsonld").write_text(
        f'{{"{BASE}p": "{"[{" * 5000}", "{BASE}q": "a\\"{"[" * 5000}"}}', "utf-8"
    )
    assert findings(tmp_path / "flat.jsonld") == []


def nested(inner: str = "") -> str:
    """Return a triple with triple terms nested 20,000 deep."""
    opening, closing = f"<<( <{BASE}s> <{BASE}p> {inner}\n", " )>>"
    return f"<{BASE}s> <{BASE}p> {opening * 20_000}<{BASE}o>{closing * 20_000} ."


@pytest.mark.parametrize("ending", ["ttl", "nt"])
@pytest.mark.parametrize("text", [nested(), nested("# )>> )>>")], ids=["plain", "comments"])
def test_triple_terms_that_are_nested_without_end_are_refused(
    tmp_path: Path, text: str, ending: str
) -> None:
    (tmp_path / f"deep.{ending}").write_text(text, "utf-8")
    assert findings(tmp_path / f"deep.{ending}") == ["no-rdf"]


@pytest.mark.parametrize("quote", ['"', "'", '"""', "'''"])
def test_angles_in_strings_are_no_nesting(tmp_path: Path, quote: str) -> None:
    text = f"<{BASE}s> <{BASE}p> {quote}{'<<(' * 5000}{quote} . # {'<<' * 5000}"
    (tmp_path / "flat.ttl").write_text(text, "utf-8")
    assert findings(tmp_path / "flat.ttl") == []


def test_blank_nodes_that_are_nested_without_end_are_built_within_bounds(tmp_path: Path) -> None:
    depth = 20_000
    text = f"<{BASE}s> <{BASE}p> {f'[ <{BASE}p> ' * depth}1{' ]' * depth} ."
    (tmp_path / "deep.ttl").write_text(text, "utf-8")
    release = built(tmp_path / "releases", tmp_path / "deep.ttl")
    assert [each for each in release.manifest.warnings if "in one chain" in each]
    assert client_of(release).get("/doc/s").status_code == 200


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    data, outside = tmp_path / "data", tmp_path / "outside.ttl"
    data.mkdir()
    outside.write_text(f'<{BASE}s> <{BASE}p> "secret" .', "utf-8")
    (data / "own.ttl").write_text(f'<{BASE}s> <{BASE}p> "own" .', "utf-8")
    (data / "again.ttl").symlink_to("own.ttl")
    assert len(rdf_files.find([data])) == 2
    (data / "out.ttl").symlink_to(outside)
    with pytest.raises(InputError, match="leads out of"):
        rdf_files.find([data])


def test_a_link_out_of_a_project_is_refused(lights_copy: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.ttl").write_text("", "utf-8")
    (lights_copy / "data" / "out.ttl").symlink_to(tmp_path / "outside.ttl")
    with pytest.raises(InputError, match="leads out of"):
        sources.load(lights_copy)


@pytest.mark.parametrize("command", ["build", "check"])
def test_no_file_writes_to_the_terminal(tmp_path: Path, command: str) -> None:
    """Neither the name nor the content of a file can send control characters to the terminal."""
    file = tmp_path / "bad\x1b[31m\nname.ttl"
    file.write_text("a:\x1b]0;title\x07\x1b[2J\u202e x .\n", "utf-8")
    releases = str(tmp_path / "releases")
    words = ["-m", "graphsvc", command, str(file), "--releases", releases]
    result = subprocess.run([sys.executable, *words], capture_output=True, timeout=120, check=False)
    assert result.returncode == 1
    output = result.stdout + result.stderr
    assert b"\\x1b[31m\\nname.ttl" in output
    assert not set(output) & (set(range(32)) - {10})
    assert "\u202e" not in output.decode()
