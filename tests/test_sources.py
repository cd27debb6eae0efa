"""A project is read whole, and each invariant of its files is shown failing with what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graphsvc import settings, sources, trig
from graphsvc.errors import InputError
from graphsvc.findings import Severity
from graphsvc.namespaces import OA, RDF

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graphsvc.findings import Finding
    from graphsvc.sources import Project

SOURCE = "data/ile-merrow/source.ttl"
FACTS = "data/ile-merrow/facts.trig"
TEXT = "data/ile-merrow/text.txt"
EDITORIAL = "data/editorial.trig"
BASE = "https://example.org/lights/"


def findings(folder: Path) -> list[Finding]:
    return list(sources.load(folder).findings)


def only(folder: Path) -> Finding:
    found = findings(folder)
    assert len(found) == 1, found
    return found[0]


# --- what is read ---


def test_a_good_project_has_no_findings(lights: Project) -> None:
    assert lights.findings == ()


def test_texts_and_passages(lights: Project) -> None:
    (text,) = lights.texts
    assert (text.slug, text.document) == ("ile-merrow", f"{BASE}source/ile-merrow")
    assert [passage.iri for passage in text.passages] == [
        f"{BASE}passage/{number}" for number in range(1, 8)
    ]
    for passage in text.passages:
        assert text.content[passage.begin : passage.end] == passage.exact
        assert lights.passages[passage.iri] is passage


def test_offsets_count_code_points_not_bytes(lights: Project) -> None:
    (text,) = lights.texts
    last = text.passages[-1]
    data = text.content.encode()
    assert data[last.begin : last.end].decode() != last.exact
    assert text.content[last.begin : last.end] == last.exact


def test_statements_are_in_the_graphs_of_the_layout(lights: Project) -> None:
    graphs = {str(quad.graph_name).strip("<>") for quad in lights.quads}
    named = {
        f"{BASE}graph/{name}" for name in ("ontology", "shapes", "dataset", "passages", "editorial")
    }
    assert graphs == named | {f"{BASE}passage/{number}" for number in range(1, 7)}
    exact = [quad for quad in lights.quads if quad.predicate == OA.exact]
    assert {quad.graph_name for quad in exact} == {lights.graph("passages")}


def test_the_prefix_table_is_the_ontologys(lights: Project) -> None:
    assert lights.prefixes["light"] == f"{BASE}id/light/"
    assert lights.prefixes.compact(f"{BASE}id/light/north-rock") == "light:north-rock"


def test_an_entity_is_located_where_it_is_described(lights: Project) -> None:
    path, line = lights.locate(f"{BASE}id/light/south-spit") or ("", 0)
    words = (lights.root / path).read_text("utf-8").splitlines()[line - 1]
    assert path == FACTS
    assert words.strip().startswith("light:south-spit a lights:Lighthouse")


def test_what_is_only_named_is_located_where_it_is_named(lights: Project) -> None:
    assert lights.locate(RDF.nil) is None
    path, _ = lights.locate("http://www.w3.org/2001/XMLSchema#nonNegativeInteger") or ("", 0)
    assert path == SOURCE


def test_inputs_are_the_digests_of_all_files(lights: Project, lights_copy: Path) -> None:
    assert sources.current_inputs(lights_copy) == lights.inputs
    assert {TEXT, "queries/lights.rq", "queries/checks/light-without-name.rq"} <= set(lights.inputs)
    (lights_copy / "data" / "README.md").write_text("For people.")
    (lights_copy / "data" / ".hidden").write_text("For an editor.")
    assert sources.current_inputs(lights_copy) == lights.inputs
    assert findings(lights_copy) == []


# --- what stops the reading ---


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no folder"):
        sources.load(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ('void:uriSpace "example.org/lights/" ;', "example.org/lights/"),
        ('void:uriSpace "https://example.org/lights" ;', "https://example.org/lights"),
        ('void:uriSpace "https://a.example/", "https://b.example/" ;', "a.example/ and"),
    ],
)
def test_no_base(edit: Callable[[str, str, str], Path], new: str, said: str) -> None:
    folder = edit("data/dataset.ttl", 'void:uriSpace "https://example.org/lights/" ;', new)
    with pytest.raises(InputError) as caught:
        sources.load(folder)
    (finding,) = caught.value.findings
    assert (finding.check, finding.path) == ("base", "data/dataset.ttl")
    assert said in finding.message


def test_a_base_that_is_not_stated_is_derived_where_none_is_demanded(
    edit: Callable[[str, str, str], Path], tmp_path: Path
) -> None:
    stated = 'void:uriSpace "https://example.org/lights/" ;'
    project = sources.load(edit("data/dataset.ttl", stated, ""))
    assert project.base == "https://example.org/lights/"
    (finding,) = [each for each in project.findings if each.check == "missing-base"]
    assert "https://example.org/lights/" in finding.remedy
    options = settings.load({"project": project.root, "releases": tmp_path / "kept"}, {})
    assert options.demands.weigh([finding]) == (finding,)
    relaxed = settings.load({"project": project.root, "profile": "default"}, {})
    assert relaxed.demands.weigh([finding]) == ()


# --- syntax ---


def test_every_syntax_error_has_its_line_and_column(edit: Callable[[str, str, str], Path]) -> None:
    edit(SOURCE, "schema:position 1 ;", "schema:position 1")
    folder = edit(SOURCE, "passage:3 a lights:Sentence", "passage:3 b lights:Sentence")
    found = [finding for finding in findings(folder) if finding.check == "syntax"]
    assert [(finding.path, finding.line, finding.column) for finding in found] == [
        (SOURCE, 20, 5),
        (SOURCE, 30, 11),
    ]
    assert "nif:referenceContext source:ile-merrow ;" in found[0].message
    assert "dot" in found[0].remedy


def test_an_undeclared_prefix_is_named(edit: Callable[[str, str, str], Path]) -> None:
    folder = edit(FACTS, "light:south-spit lights:builtBy", "lihgt:south-spit lights:builtBy")
    finding = only(folder)
    assert (finding.check, finding.place()) == ("syntax", f"{FACTS}:46:5")
    assert "@prefix lihgt: <…> ." in finding.remedy


def test_a_relative_iri_is_refused(edit: Callable[[str, str, str], Path]) -> None:
    finding = only(
        edit(
            FACTS,
            "lights:keeper person:ada-quill .\n    person",
            "lights:keeper <quill> .\n    person",
        )
    )
    assert finding.check == "syntax"
    assert "relative IRIs are not used" in finding.remedy


def test_a_file_full_of_errors_does_not_flood_the_report(lights_copy: Path) -> None:
    (lights_copy / "data" / "schemes.ttl").write_text("x:y x:y x:y .\n" * 1000)
    assert len(findings(lights_copy)) == 10


def test_bytes_that_are_not_utf_8(lights_copy: Path) -> None:
    path = lights_copy / "queries" / "lights.rq"
    path.write_bytes(path.read_bytes() + b"# \xe9")
    finding = only(lights_copy)
    assert (finding.check, finding.path) == ("encoding", "queries/lights.rq")
    assert "0xe9" in finding.message


# --- files ---


def test_a_file_that_nobody_reads(lights_copy: Path) -> None:
    (lights_copy / "data" / "ile-merrow" / "facts2.csv").write_text("")
    finding = only(lights_copy)
    assert (finding.check, finding.path) == ("unknown-file", "data/ile-merrow/facts2.csv")
    assert "data/*/facts.trig" in finding.remedy


def test_rdf_beyond_the_layout_is_read_and_told(lights_copy: Path) -> None:
    statement = "<https://example.org/a> <https://example.org/b> <https://example.org/c> ."
    (lights_copy / "data" / "ile-merrow" / "more.nt").write_text(statement)
    finding = only(lights_copy)
    assert (finding.check, finding.path) == ("file-outside-layout", "data/ile-merrow/more.nt")
    (quad,) = sources.load(lights_copy).files[-1].quads
    assert quad.graph_name.value == f"{BASE}graph/data/ile-merrow/more.nt"  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["text.txt", "source.ttl", "facts.trig"])
def test_a_file_that_is_missing(lights_copy: Path, name: str) -> None:
    (lights_copy / "data" / "ile-merrow" / name).unlink()
    finding = only(lights_copy)
    assert (finding.check, finding.path) == ("missing-file", f"data/ile-merrow/{name}")


def test_a_prefix_that_means_two_things(edit: Callable[[str, str, str], Path]) -> None:
    folder = edit(FACTS, "<https://example.org/lights/id/place/>", "<https://example.org/place/>")
    finding = only(folder)
    assert (finding.check, finding.path, finding.line) == ("prefix-table", FACTS, 9)
    assert finding.severity is Severity.ERROR


def test_a_prefix_that_the_table_lacks(edit: Callable[[str, str, str], Path]) -> None:
    folder = edit(FACTS, "@prefix body:", "@prefix ex: <http://example.org/> .\n@prefix body:")
    finding = only(folder)
    assert (finding.check, finding.severity) == ("prefix-table", Severity.WARNING)


# --- graphs and blank nodes ---


def test_a_fact_graph_that_is_no_passage(edit: Callable[[str, str, str], Path]) -> None:
    finding = only(edit(FACTS, "passage:5 {", "passage:55 {"))
    assert (finding.check, finding.place()) == ("fact-graph-is-no-passage", f"{FACTS}:39")
    assert finding.entity == f"{BASE}passage/55"


def test_a_fact_outside_every_passage(edit: Callable[[str, str, str], Path]) -> None:
    folder = edit(FACTS, "#> Its first keeper", "light:x a lights:Light .\n\n#> Its first keeper")
    finding = only(folder)
    assert finding.check == "wrong-graph"
    assert "outside any block" in finding.message
    assert finding.line == 25


def test_a_passage_in_two_blocks(edit: Callable[[str, str, str], Path]) -> None:
    folder = edit(
        FACTS,
        "#> It stands opposite",
        "#> Its first keeper was Ada Quill.\npassage:3 { light:x a lights:Light . }\n\n"
        "#> It stands opposite",
    )
    finding = only(folder)
    assert (finding.check, finding.entity) == ("block-twice", f"{BASE}passage/3")
    assert "line 26" in finding.message


@pytest.mark.parametrize("graph", ["graph:other", ""])
def test_an_editorial_statement_in_another_graph(
    edit: Callable[[str, str, str], Path], graph: str
) -> None:
    finding = only(edit(EDITORIAL, "graph:editorial {", f"{graph} {{"))
    assert (finding.check, finding.path) == ("wrong-graph", EDITORIAL)
    assert f"<{BASE}graph/editorial> {{" in finding.remedy


@pytest.mark.parametrize(
    ("old", "new", "mark"),
    [
        ("lights:keeper person:ada-quill .\n}", "lights:keeper [ a lights:Person ] .\n}", "["),
        ("lights:orderedBy body:harbour-board", "lights:orderedBy _:somebody", "_:somebody"),
        ("lights:opposite light:south-spit", "lights:opposite ( light:south-spit )", "("),
    ],
)
def test_a_blank_node_among_the_facts(
    edit: Callable[[str, str, str], Path], old: str, new: str, mark: str
) -> None:
    folder = edit(FACTS, old, new)
    finding = only(folder)
    assert finding.check == "blank-node"
    assert mark in finding.message
    line = (folder / FACTS).read_text("utf-8").splitlines()[(finding.line or 0) - 1]
    assert line[(finding.column or 0) - 1 :].startswith(mark)


def test_a_blank_node_where_no_grammar_demands_one(edit: Callable[[str, str, str], Path]) -> None:
    finding = only(
        edit(
            "ontology/shapes/lights.ttl",
            "sh:property shape:Keepership-label",
            "sh:property [ sh:path rdfs:label ] , shape:Keepership-label",
        )
    )
    assert finding.check == "blank-node"
    assert finding.path == "ontology/shapes/lights.ttl"
    assert "shape/Keepership" in finding.message


def test_lists_axioms_and_paths_may_be_blank(edit: Callable[[str, str, str], Path]) -> None:
    folder = edit(
        "ontology/shapes/lights.ttl",
        "sh:path lights:keeper ;",
        "sh:path [ sh:inversePath lights:keeper ] ; sh:in ( lights:a lights:b ) ;",
    )
    assert findings(folder) == []


# --- offsets, tiling, quotes, digest ---


def test_a_wrong_offset_says_what_stands_there_and_where_the_words_are(
    edit: Callable[[str, str, str], Path],
) -> None:
    finding = only(edit(SOURCE, 'nif:beginIndex "22"', 'nif:beginIndex "28"'))
    assert (finding.check, finding.place()) == ("passage-offsets", f"{SOURCE}:24")
    assert "“Rock Light was lit in 1871 on the order of the Harbour Board.”" in finding.message
    assert "“North Rock Light was" in finding.message
    assert finding.remedy == "These words stand at nif:beginIndex 22 ; nif:endIndex 89."


def test_of_several_places_the_nearest_is_proposed(edit: Callable[[str, str, str], Path]) -> None:
    folder = edit(SOURCE, 'oa:exact "Share this page"', 'oa:exact "Ada Quill"')
    finding = only(folder)
    content = (folder / TEXT).read_text("utf-8")
    begin = content.rindex("Ada Quill")
    assert f"nif:beginIndex {begin} ; nif:endIndex {begin + 9}." in finding.remedy


def test_words_that_stand_nowhere(edit: Callable[[str, str, str], Path]) -> None:
    finding = only(edit(SOURCE, '"Share this page"', '"Share this site"'))
    assert finding.check == "passage-offsets"
    assert "nowhere" in finding.remedy


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('nif:endIndex "89"', 'nif:endIndex "9999"'),
        ('nif:endIndex "89"', 'nif:endIndex "22"'),
        ('nif:endIndex "89"', 'nif:endIndex "-1"'),
        ('nif:endIndex "89"', 'nif:endIndex "89", "90"'),
        ('nif:beginIndex "22"^^xsd:nonNegativeInteger ;', ""),
    ],
)
def test_offsets_that_are_no_stretch_of_the_text(
    edit: Callable[[str, str, str], Path], old: str, new: str
) -> None:
    found = findings(edit(SOURCE, old, new))
    assert found[0].check == "passage-offsets"
    assert found[0].entity == f"{BASE}passage/2"


def test_a_gap_between_passages(edit: Callable[[str, str, str], Path]) -> None:
    source = (edit(SOURCE, "passage:7 a lights:Furniture", "passage:7 a lights:Furniture")) / SOURCE
    text = source.read_text("utf-8")
    source.write_text(text[: text.index("passage:7 a")], "utf-8")
    finding = only(source.parents[2])
    assert (finding.check, finding.path) == ("tiling", SOURCE)
    assert "“Share this page”" in finding.message
    content = (source.parents[2] / TEXT).read_text("utf-8")
    begin = content.index("Share")
    assert f"nif:beginIndex {begin} ; nif:endIndex {begin + 15}" in finding.remedy


def test_passages_that_overlap(edit: Callable[[str, str, str], Path]) -> None:
    edit(
        SOURCE,
        'oa:exact "Its first keeper was Ada Quill."',
        'oa:exact ". Its first keeper was Ada Quill."',
    )
    edit(FACTS, "#> Its first keeper", "#> . Its first keeper")
    finding = only(edit(SOURCE, 'nif:beginIndex "90"', 'nif:beginIndex "88"'))
    assert (finding.check, finding.entity) == ("tiling", f"{BASE}passage/3")
    assert f"{BASE}passage/2" in finding.message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("#> Its first keeper was Ada Quill.", "#> His first keeper was Ada Quill."),
        ("#> Its first keeper was Ada Quill.\n", ""),
        ("#> Its first keeper was Ada Quill.\n", "#> Its first keeper was Ada Quill.\n\n"),
        ("#> Its first keeper was Ada Quill.", "# Its first keeper was Ada Quill."),
    ],
)
def test_a_comment_that_does_not_quote_its_passage(
    edit: Callable[[str, str, str], Path], old: str, new: str
) -> None:
    finding = only(edit(FACTS, old, new))
    assert (finding.check, finding.entity) == ("passage-quote", f"{BASE}passage/3")
    assert "#>: Its first keeper was Ada Quill." in finding.remedy


def test_a_quote_may_go_over_lines(edit: Callable[[str, str, str], Path]) -> None:
    assert findings(edit(FACTS, "#> Its first keeper was", "#> Its  first\n#>   keeper was")) == []


def test_a_text_that_was_changed(edit: Callable[[str, str, str], Path]) -> None:
    finding = only(edit(TEXT, "Share this page\n", "Share this page\n\n"))
    assert (finding.check, finding.entity) == ("source-digest", f"{BASE}source/ile-merrow")
    assert "state schema:sha256" in finding.remedy


def test_line_breaks_are_not_translated(edit: Callable[[str, str, str], Path]) -> None:
    assert "source-digest" in {finding.check for finding in findings(edit(TEXT, "\n", "\r\n"))}


def test_a_digest_that_is_missing(edit: Callable[[str, str, str], Path]) -> None:
    assert only(edit(SOURCE, "schema:sha256 ", "schema:url ")).check == "source-digest"


def test_two_documents_in_one_folder(edit: Callable[[str, str, str], Path]) -> None:
    old = "schema:position 7 ;\n    nif:referenceContext source:ile-merrow"
    finding = only(edit(SOURCE, old, old.replace("ile-merrow", "other")))
    assert finding.check == "document"
    assert "2 documents" in finding.message


def test_all_findings_are_told_at_once(edit: Callable[[str, str, str], Path]) -> None:
    edit(SOURCE, 'nif:beginIndex "22"', 'nif:beginIndex "28"')
    edit(FACTS, "#> Its first keeper", "#> His first keeper")
    folder = edit(EDITORIAL, "graph:editorial {", "graph:other {")
    checks = {finding.check for finding in findings(folder)}
    assert checks == {"passage-offsets", "passage-quote", "wrong-graph"}


# --- a second text ---


def test_two_texts_cannot_share_a_passage(lights_copy: Path) -> None:
    first = lights_copy / "data" / "ile-merrow"
    second = lights_copy / "data" / "second"
    second.mkdir()
    for name in ("text.txt", "source.ttl", "facts.trig"):
        (second / name).write_bytes((first / name).read_bytes())
    found = findings(lights_copy)
    assert {finding.check for finding in found} == {"passage-twice"}
    assert len(found) == 7


# --- reading where things stand ---


def test_blocks_and_subjects_of_odd_but_legal_files() -> None:
    text = (
        "PREFIX a: <http://a/>\nBASE <http://b/>\n"
        "#> One\n#> two\nGRAPH a:x {\n a:s a:p 'x # {', 1. a:t a:p a:s }\n"
        "# no quote\n<http://a/y> { a:s a:p [ a:q a:r ] . }\n"
        "a:u a:p a:v .\n#> far\n\na:z { }\n"
    )
    assert trig.blocks(text) == [
        trig.Block("http://a/x", 5, "One two"),
        trig.Block("http://a/y", 8, None),
        trig.Block("http://a/z", 12, None),
    ]
    lines = trig.subjects(text)
    assert {iri: lines[iri] for iri in ("http://a/s", "http://a/t", "http://a/u")} == {
        "http://a/s": 6,
        "http://a/t": 6,
        "http://a/u": 9,
    }
    assert trig.declaration_lines(text) == {"a": 1}
