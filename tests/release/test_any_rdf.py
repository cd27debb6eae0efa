"""Any RDF can be published: in every syntax, without a project. Other files are reported."""

from __future__ import annotations

import bz2
import gzip
from typing import TYPE_CHECKING

import pytest
import zstandard
from projects import unchecked
from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    RdfFormat,
    parse,
    serialize,
)

from graphsvc import parsing, rdf_project, settings
from graphsvc.build import build
from graphsvc.description import describe
from graphsvc.errors import InputError
from graphsvc.findings import Severity
from graphsvc.release import is_fresh

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from pyoxigraph import Triple

    from graphsvc.release import Release
    from graphsvc.sources import Project

PEOPLE = """
@prefix ex: <http://example.com/people/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
ex:ada a foaf:Person ; foaf:name "Ada Lovelace"@en ; foaf:knows ex:charles, [ foaf:name "Mary" ] .
ex:charles a foaf:Person ; foaf:name "Charles Babbage"@en .
"""


def in_syntax(rdf_format: RdfFormat) -> bytes:
    content = serialize(parse(PEOPLE, RdfFormat.TURTLE), format=rdf_format)
    assert isinstance(content, bytes)
    return content


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, bytes | str], Path]:
    def write(name: str, content: bytes | str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def load(*paths: Path) -> Project:
    return rdf_project.load(paths, parsing.parse_file)


def dataset_of(project: Project) -> Dataset:
    """Return what the files say, without graphs, the names of blank nodes left out."""
    return canonical(quad.triple for file in project.files for quad in file.quads)


def canonical(triples: Iterable[Triple]) -> Dataset:
    data = serialize(triples, format=RdfFormat.N_TRIPLES)
    dataset = Dataset(parse(data, RdfFormat.N_TRIPLES))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


# --- syntaxes


@pytest.mark.parametrize(
    ("name", "rdf_format"),
    [
        ("people.ttl", RdfFormat.TURTLE),
        ("people.nt", RdfFormat.N_TRIPLES),
        ("people.nq", RdfFormat.N_QUADS),
        ("people.trig", RdfFormat.TRIG),
        ("people.rdf", RdfFormat.RDF_XML),
        ("people.owl", RdfFormat.RDF_XML),
        ("people.jsonld", RdfFormat.JSON_LD),
        ("people.n3", RdfFormat.N3),
        # The name says less than how the file begins.
        ("people.owl", RdfFormat.TURTLE),
        ("people.ttl", RdfFormat.RDF_XML),
        ("people.xml", RdfFormat.RDF_XML),
        ("people.json", RdfFormat.JSON_LD),
    ],
)
def test_every_syntax_says_the_same(
    write: Callable[[str, bytes], Path], name: str, rdf_format: RdfFormat
) -> None:
    project = load(write(name, in_syntax(rdf_format)))
    assert project.findings == ()
    expected = canonical(quad.triple for quad in parse(PEOPLE, RdfFormat.TURTLE))
    assert dataset_of(project) == expected


@pytest.mark.parametrize(
    ("ending", "pack"),
    [
        (".gz", gzip.compress),
        (".bz2", bz2.compress),
        (".zst", zstandard.compress),
    ],
)
def test_packed_files_are_unpacked(
    write: Callable[[str, bytes], Path], ending: str, pack: Callable[[bytes], bytes]
) -> None:
    project = load(write(f"people.nt{ending}", pack(in_syntax(RdfFormat.N_TRIPLES))))
    assert len(project.files[0].quads) == 7


def test_a_byte_order_mark_is_passed_over(write: Callable[[str, bytes], Path]) -> None:
    project = load(write("people.ttl", b"\xef\xbb\xbf" + PEOPLE.encode()))
    assert not project.findings
    assert len(project.files[0].quads) == 7


def test_rdf_1_2_is_kept(
    write: Callable[[str, str], Path], built: Callable[[Project], Release]
) -> None:
    text = """PREFIX ex: <http://example.com/x/>
        ex:a ex:knows ex:b ~ ex:how {| ex:since 2001 |} .
        ex:a ex:name "\u0639\u0644\u064a"@ar--rtl ; ex:has [ ex:part <<( ex:a ex:b _:c )>> ] ."""
    release = built(load(write("annotated.ttl", text)))
    assert release.store.ask("ASK { ?how <http://example.com/x/since> 2001 }")
    assert "jsonld" not in {dump.format for dump in release.manifest.dumps}


# --- files that are not RDF


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("page.ttl", "<!DOCTYPE html>\n<html></html>", "HTML"),
        ("data.nt", "version https://git-lfs.github.com/spec/v1\noid sha256:0", "Git LFS"),
        ("onto.owl", "Prefix(owl:=<http://www.w3.org/2002/07/owl#>)", "functional syntax"),
        ("onto.ttl", "# made by hand\nPrefix: ex: <http://e.com/>\nOntology: <http://e.com/>", "M"),
        ("wide.ttl", "\ufeff<http://e.com/a>".encode("utf-16-le"), "UTF-16"),
        ("cut.nt.gz", gzip.compress(b"<http://e.com/a>" * 99, mtime=0)[:-9], "unpacked"),
    ],
)
def test_what_is_no_rdf_is_told_by_what_it_is(
    write: Callable[[str, bytes | str], Path], name: str, content: bytes | str, what: str
) -> None:
    (finding,) = load(write(name, content)).findings
    assert (finding.check, finding.path) == ("no-rdf", name)
    assert what in finding.message
    assert finding.remedy


def test_an_error_of_syntax_has_its_place(write: Callable[[str, str], Path]) -> None:
    (finding,) = load(write("bad.ttl", f"{PEOPLE}\nex:x ex:y zzz .\n")).findings
    assert (finding.check, finding.path, finding.line) == ("syntax", "bad.ttl", 7)


def test_statements_that_cannot_be_read_are_left_out_and_counted(
    write: Callable[[str, str], Path],
) -> None:
    bad = "".join(f"<http://e.com/{n} <http://e.com/b> 1 .\n" for n in range(30))
    good = "<http://e.com/a> <http://e.com/b> <http://e.com/c> .\n"
    project = rdf_project.load([write("some.nt", good + bad + good)], parsing.parse_leniently)
    assert {finding.severity for finding in project.findings} == {Severity.WARNING}
    assert project.findings[-1].message.startswith("30 statements")
    assert len(project.files[0].quads) == 2


@pytest.mark.parametrize("name", ["nothing.ttl", "notes.docx", "empty"])
def test_without_a_file_of_rdf_nothing_is_published(
    write: Callable[[str, str], Path], tmp_path: Path, name: str
) -> None:
    write("notes.docx", "")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError) as raised:
        load(tmp_path / name)
    assert raised.value.remedy


# --- derived facts


@pytest.mark.parametrize(
    ("subjects", "base"),
    [
        (["http://e.com/a/1", "http://e.com/a/2", "http://other.org/x"], "http://e.com/a/"),
        (["http://e.com/a/1", "http://e.com/b/2", "http://e.com/c/3"], "http://e.com/"),
        (["http://e.com/a/1", "http://e.com/a/2", "http://e.com/b/1"], "http://e.com/"),
        ([f"http://e.com/a/{n}" for n in range(20)] + ["http://e.com/b/1"], "http://e.com/a/"),
        (["http://b.com/1", "http://a.com/1", "http://c.com/1"], "http://a.com/"),
        (["https://e.com/onto#A", "https://e.com/onto#B"], "https://e.com/"),
        (["urn:isbn:1", "tag:e.com,2026:x"], "http://localhost/"),
    ],
)
def test_the_base_is_where_most_subjects_are(
    write: Callable[[str, str], Path], subjects: list[str], base: str
) -> None:
    label = "<http://www.w3.org/2000/01/rdf-schema#label> 'x'"
    text = "".join(f"<{subject}> {label} .\n" for subject in subjects)
    assert load(write("things.ttl", text)).base == base


def test_relative_iris_are_relative_to_the_file(write: Callable[[str, str], Path]) -> None:
    text = "<#here> <http://e.com/p> <http://e.com/q> . <http://e.com/q> <http://e.com/p> <#here> ."
    project = load(write("my file.ttl", text))
    assert NamedNode("http://e.com/my%20file.ttl#here") in {
        quad.subject for quad in project.files[0].quads
    }


def test_graphs_are_kept_and_a_file_without_is_one(write: Callable[[str, str], Path]) -> None:
    one = write("one.trig", "<http://e.com/g> { <http://e.com/a> <http://e.com/p> 1 }")
    other = write("other.ttl", "<http://e.com/a> <http://e.com/p> 2 .")
    graphs = {quad.graph_name for file in load(one, other).files for quad in file.quads}
    assert graphs == {
        NamedNode("http://e.com/g"),
        NamedNode("http://e.com/graph/other.ttl"),
    }


def test_a_folder_is_its_rdf_files(write: Callable[[str, str], Path], tmp_path: Path) -> None:
    write("data/a.ttl", PEOPLE)
    write("data/deep/b.nt", "<http://e.com/a> <http://e.com/b> <http://e.com/c> .")
    write("data/.hidden/c.ttl", "no turtle")
    write("data/package.json", "{}")
    write("data/readme.md", "no RDF")
    assert [file.path for file in load(tmp_path / "data").files] == ["a.ttl", "deep/b.nt"]


@pytest.mark.parametrize(
    ("more", "title"),
    [
        ("", Literal("people")),
        ("<http://e.com/o> a owl:Ontology ; dcterms:title 'Leute'@de, 'People'@en .", None),
    ],
)
def test_the_title_is_that_of_the_graph_or_of_the_file(
    write: Callable[[str, str], Path], more: str, title: Literal | None
) -> None:
    head = (
        "@prefix owl: <http://www.w3.org/2002/07/owl#> ."
        "@prefix dcterms: <http://purl.org/dc/terms/> ."
    )
    project = load(write("people.ttl", head + PEOPLE + more))
    title = title or Literal("People", language="en")
    assert title in {quad.object for quad in project.derived}


# --- published


@pytest.fixture
def built(tmp_path: Path) -> Callable[[Project], Release]:
    def built(project: Project) -> Release:
        values = settings.load({"files": (str(project.root),), "releases": tmp_path / "kept"}, {})
        return build(project, values, unchecked, describe)

    return built


def test_a_release_of_files_is_fresh_until_one_changes(
    write: Callable[[str, str], Path], built: Callable[[Project], Release]
) -> None:
    path = write("people.ttl", PEOPLE)
    release = built(load(path))
    assert is_fresh(rdf_project.current_inputs([path]), release)
    path.write_text(PEOPLE.replace("Ada", "Augusta Ada"), "utf-8")
    assert not is_fresh(rdf_project.current_inputs([path]), release)
