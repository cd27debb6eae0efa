"""Files as other people have them: packed, encoded and named otherwise than one would think."""

from __future__ import annotations

import bz2
import gzip
import io
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from projects import unchecked
from pyoxigraph import Literal

from graphsvc import parsing, rdf_project, settings
from graphsvc.build import build
from graphsvc.cli import main
from graphsvc.description import describe
from graphsvc.errors import InputError
from graphsvc.findings import Severity
from graphsvc.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphsvc.rdf_files import Parser
    from graphsvc.sources import Project

    Write = Callable[[str, bytes | str], Path]

ONE = b'<http://e.com/a> <http://e.com/p> "caf\xc3\xa9" .\n'
RULES = """@prefix : <http://e.com/> .
:a :b :c .
{ ?x :b ?y } => { ?y :bOf ?x } .
:d :e :f .
"""
OWL_XML = """<?xml version="1.0"?>
<!-- made by hand -->
<!DOCTYPE Ontology [ <!ENTITY xsd "http://www.w3.org/2001/XMLSchema#" > ]>
<Ontology xmlns="http://www.w3.org/2002/07/owl#" ontologyIRI="http://e.com/o"/>
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, content: bytes | str) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def load(*paths: Path) -> Project:
    return rdf_project.load(paths, parsing.parse_file)


def load_leniently(*paths: Path) -> Project:
    return rdf_project.load(paths, parsing.parse_leniently)


def values(project: Project) -> list[str]:
    quads = [quad for file in project.files for quad in file.quads]
    return sorted(quad.object.value for quad in quads if isinstance(quad.object, Literal))


def zipped(content: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("a.nt", content)
    return data.getvalue()


def in_tar(content: bytes) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        member = tarfile.TarInfo("a.nt")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return data.getvalue()


# --- reading


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("packed.nt", gzip.compress(ONE, mtime=0)),
        ("packed.ttl", bz2.compress(ONE)),
        # Browsers unpack what they download, and keep the name.
        ("unpacked.nt.gz", ONE),
        ("no-end.ttl", ONE.rstrip()),
        ("windows.ttl", ONE.replace(b"\n", b"\r\n")),
        (
            "latin.rdf",
            b"<?xml version='1.0' encoding='ISO-8859-1'?>\n"
            b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:e='http://e.com/'>"
            b"<rdf:Description rdf:about='http://e.com/a'><e:p>caf\xe9</e:p></rdf:Description></rdf:RDF>",
        ),
        (
            "entities.owl",
            '<!DOCTYPE rdf:RDF [ <!ENTITY rdf "http://www.w3.org/1999/02/22-rdf-syntax-ns#"> ]>\n'
            "<rdf:RDF xmlns:rdf='&rdf;' xmlns:e='http://e.com/'>"
            "<rdf:Description rdf:about='http://e.com/a'><e:p>café</e:p></rdf:Description></rdf:RDF>",
        ),
        ("turtle.owl", b"# Turtle\n\n<http://e.com/a>\n" + ONE.removeprefix(b"<http://e.com/a>")),
    ],
)
def test_a_file_is_read_by_what_it_holds(write: Write, name: str, content: bytes | str) -> None:
    project = load(write(name, content))
    assert project.findings == ()
    assert values(project) == ["café"]


def test_a_prefix_may_be_declared_again(write: Write) -> None:
    text = (
        "@prefix e: <http://e.com/1/> . e:a e:p 'a' . @prefix e: <http://e.com/2/> . e:a e:p 'b' ."
    )
    project = load(write("twice.ttl", text))
    assert {quad.subject.value for quad in project.files[0].quads} == {  # type: ignore[union-attr]
        "http://e.com/1/a",
        "http://e.com/2/a",
    }


# --- messages


@pytest.mark.parametrize(
    ("name", "content", "what", "remedy"),
    [
        ("onto.owl", OWL_XML, "OWL in its own XML syntax", "robot convert"),
        ("data.ttl", zipped(ONE), "a ZIP archive", "Unpack it"),
        ("data.ttl.gz", in_tar(ONE), "a tar archive", "Unpack it"),
        (
            "results.xml",
            '<?xml version="1.0"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#"/>',
            "the result of a SPARQL query",
            "CONSTRUCT",
        ),
        ("go.owl", "format-version: 1.2\n", "OBO", "robot convert"),
        ("page.ttl", '<?xml version="1.0"?>\n<html xmlns="http://x"/>', "HTML", "Download"),
        ("odd.rdf", b"<?xml version='1.0' encoding='klingon'?><a/>", "klingon", "UTF-8"),
    ],
)
def test_what_a_file_is_instead_and_what_to_do(
    write: Write, name: str, content: bytes | str, what: str, remedy: str
) -> None:
    (finding,) = load(write(name, content)).findings
    assert what in finding.message
    assert remedy in finding.remedy


@pytest.mark.parametrize(
    ("name", "what"),
    [("all.zip", "ZIP"), ("o.ofn", "functional"), ("o.omn", "Manchester"), ("t.csv", "table")],
)
def test_what_a_name_says_instead(write: Write, name: str, what: str) -> None:
    with pytest.raises(InputError, match=what) as raised:
        load(write(name, ""))
    assert raised.value.remedy


def test_an_address_is_no_file() -> None:
    with pytest.raises(InputError) as raised:
        load(Path("https://e.com/a.ttl"))
    assert "download" in raised.value.remedy


@pytest.mark.parametrize("parser", [parsing.parse_file, parsing.parse_leniently])
def test_a_context_elsewhere_is_not_fetched_and_nothing_is_guessed(
    write: Write, parser: Parser
) -> None:
    text = '{\n "@context": ["https://schema.org/"],\n "@type": "Person", "name": "Ada"}'
    project = rdf_project.load([write("ada.jsonld", text), write("one.nt", ONE)], parser)
    (finding,) = project.findings
    assert (finding.severity, finding.line) == (Severity.ERROR, 2)
    assert "https://schema.org/" in finding.message
    assert values(project) == ["café"]


def test_rules_are_no_rdf_and_may_be_left_out(write: Write) -> None:
    path = write("rules.n3", RULES)
    (finding,) = load(path).findings
    assert "Rules" in finding.message
    assert "--lenient" in finding.remedy
    project = load_leniently(path)
    assert {finding.severity for finding in project.findings} == {Severity.WARNING}
    subjects = {str(quad.subject) for quad in project.files[0].quads}
    assert {"<http://e.com/a>", "<http://e.com/d>"} <= subjects


@pytest.mark.parametrize(
    ("name", "content"), [("empty.ttl", ""), ("comment.ttl", "# none\n"), ("some.json", '{"a": 1}')]
)
def test_a_file_without_statements_is_a_warning(write: Write, name: str, content: str) -> None:
    project = load(write("one.nt", ONE), write(name, content))
    (finding,) = project.findings
    assert (finding.severity, finding.path) == (Severity.WARNING, name)
    assert values(project) == ["café"]


LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("odd.ttl", f'<http://e.com/a> <http://e.com/p> "x"^^<{LANG_STRING}> . {ONE.decode()}'),
        (
            "odd.jsonld",
            f'[{{"@id": "http://e.com/a", "http://e.com/p": '
            f'{{"@value": "x", "@type": "{LANG_STRING}"}}}},'
            '{"@id": "http://e.com/a", "http://e.com/p": "café"}]',
        ),
        ("odd.ttl", f"PREFIX e: <http://e.com/> e:\ufffd e:p 'x' . {ONE.decode()}"),
    ],
)
def test_what_no_release_can_hold_stops_no_lenient_build(
    write: Write, name: str, content: str
) -> None:
    path = write(name, content)
    (finding,) = load(path).findings
    assert (finding.check, finding.severity) == ("syntax", Severity.ERROR)
    project = load_leniently(path)
    assert project.findings[-1].message.startswith("1 statements")
    assert values(project) == ["café"]


# --- building


def test_terms_may_be_urns(write: Write, tmp_path: Path) -> None:
    text = "<http://e.com/a> a <dtmi:dtdl:class:Interface> ; <urn:x:p> 1 ; <tag:e.com,2026:q> 2 ."
    path = write("urns.ttl", text)
    chosen = settings.load({"files": (path,), "releases": tmp_path / "kept"}, {})
    release = build(load(path), chosen, unchecked, describe)
    assert release.store.ask("ASK { ?graph void:vocabulary <dtmi:dtdl:class:>, <urn:x:> }")
    client = create_app(release, chosen).test_client()
    for target in ("/", "/releases", "/releases.json", "/ontology", "/doc/a", "/doc/dataset"):
        assert client.get(target, headers={"Accept": "text/html, */*;q=0.1"}).status_code == 200
    listed = CliRunner().invoke(main, ["releases", "--releases", str(tmp_path / "kept")])
    assert release.id in listed.output


def test_a_thing_named_like_its_graph_is_no_data_set(write: Write, tmp_path: Path) -> None:
    text = "<http://e.com/ada> { <http://e.com/ada> <http://e.com/knows> <http://e.com/mary> }"
    other = "<http://e.com/g> { <http://e.com/mary> <http://e.com/knows> <http://e.com/ada> }"
    path = write("people.trig", f"{text}\n{other}")
    chosen = settings.load({"files": (path,), "releases": tmp_path / "kept"}, {})
    store = build(load(path), chosen, unchecked, describe).store
    assert not store.ask("ASK { <http://e.com/ada> a void:Dataset }")
    assert store.ask("ASK { <http://e.com/g> a void:Dataset ; void:triples 1 }")
    assert store.ask("ASK { <http://e.com/dataset> void:entities ?n FILTER(?n >= 2) }")


def test_a_build_says_as_what_the_files_are_published(write: Write, tmp_path: Path) -> None:
    text = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        <http://e.com/scheme/1> a skos:ConceptScheme ; skos:prefLabel "Waters"@en , "Wässer"@de .
        <http://e.com/scheme/2> skos:prefLabel "sea"@en .
        <http://f.org/x> skos:note "no language" . <http://f.org/y> skos:note "none" ."""
    words = ["build", str(write("waters.ttl", text)), "--releases", str(tmp_path / "kept")]
    output = CliRunner().invoke(main, words).output
    assert "Title: Waters\nBases: http://e.com/scheme/, http://f.org/\n" in output
    assert "Languages: en, de\n" in output


def test_graphs_that_are_blank_nodes_get_names(write: Write, tmp_path: Path) -> None:
    text = """@prefix e: <http://e.com/> . _:g e:saidBy e:ada .
        _:g { e:a e:says "one < two" } [] { e:b e:says _:g }"""
    path = write("said.trig", text)
    chosen = settings.load({"files": (path,), "releases": tmp_path / "kept"}, {})
    store = build(load(path), chosen, unchecked, describe).store
    assert store.ask(
        """ASK { ?g <http://e.com/saidBy> <http://e.com/ada>
        GRAPH ?g { <http://e.com/a> <http://e.com/says> "one < two" }
        GRAPH <http://e.com/graph/said.trig/2> { <http://e.com/b> <http://e.com/says> ?g }
        FILTER(ISIRI(?g)) }"""
    )
