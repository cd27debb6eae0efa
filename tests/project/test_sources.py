"""A project is read whole, and each invariant of its files is shown failing with what to do."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode

from graphsvc import layout, settings, sources, trig
from graphsvc.errors import InputError
from graphsvc.findings import Severity
from graphsvc.namespaces import NIF, OA, PROV, RDF, SCHEMA
from graphsvc.texts import register
from graphsvc.texts.model import PassageEntry, PassageKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graphsvc.findings import Finding
    from graphsvc.sources import Project
    from graphsvc.store.base import Term

SOURCE = "data/ile-merrow/source.ttl"
LISTED = "data/ile-merrow/passages.tsv"
FACTS = "data/ile-merrow/facts.trig"
TEXT = "data/ile-merrow/text.txt"
EDITORIAL = "data/editorial.trig"
ONTOLOGY = "ontology/lights.ttl"
BASE = "https://example.org/lights/"


def findings(folder: Path) -> list[Finding]:
    return list(sources.load(folder).findings)


def only(folder: Path) -> Finding:
    all_findings = findings(folder)
    assert len(all_findings) == 1, all_findings
    return all_findings[0]


# --- reading ---


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
    licence = "https://creativecommons.org/publicdomain/zero/1.0/"
    assert lights.locate(licence) == ("ontology/lights.ttl", 22)


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
    ("new", "message"),
    [
        ('void:uriSpace "example.org/lights/" ;', "example.org/lights/"),
        ('void:uriSpace "https://example.org/lights" ;', "https://example.org/lights"),
        ('void:uriSpace "https://a.example/", "https://b.example/" ;', "a.example/ and"),
    ],
)
def test_no_base(edit: Callable[[str, str, str], Path], new: str, message: str) -> None:
    folder = edit("data/dataset.ttl", 'void:uriSpace "https://example.org/lights/" ;', new)
    with pytest.raises(InputError) as caught:
        sources.load(folder)
    (finding,) = caught.value.findings
    assert (finding.check, finding.path) == ("base", "data/dataset.ttl")
    assert message in finding.message


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
    edit(ONTOLOGY, "dcterms:creator body:makers ;", "dcterms:creator body:makers")
    folder = edit(ONTOLOGY, "lights:Heading a owl:Class", "lights:Heading b owl:Class")
    syntax_findings = [finding for finding in findings(folder) if finding.check == "syntax"]
    assert [(finding.path, finding.line, finding.column) for finding in syntax_findings] == [
        (ONTOLOGY, 21, 5),
        (ONTOLOGY, 37, 16),
    ]
    assert "dcterms:publisher body:makers ;" in syntax_findings[0].message
    assert "dot" in syntax_findings[0].remedy


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


@pytest.mark.parametrize("name", layout.TEXT_FILES)
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


# --- passages, quotes, document ---


def values_of(project: Project, iri: str, predicate: NamedNode) -> list[Term]:
    node = NamedNode(iri)
    quads = [each for each in project.quads if (each.subject, each.predicate) == (node, predicate)]
    assert {each.graph_name for each in quads} <= {project.graph("passages")}
    return [each.object for each in quads]


def test_what_follows_from_the_list_of_passages_is_said(lights: Project) -> None:
    passage = f"{BASE}passage/2"
    assert values_of(lights, passage, RDF.type) == [NamedNode(f"{BASE}ontology#Sentence")]
    whole = "http://www.w3.org/2001/XMLSchema#nonNegativeInteger"
    for offset, prop in ((22, NIF.beginIndex), (89, NIF.endIndex)):
        assert values_of(lights, passage, prop) == [Literal(str(offset), datatype=NamedNode(whole))]
    assert values_of(lights, passage, SCHEMA.position) == [Literal(2)]
    assert lights.locate(passage) == (LISTED, 3)
    digest = hashlib.sha256((lights.root / TEXT).read_bytes()).hexdigest()
    assert values_of(lights, f"{BASE}source/ile-merrow", SCHEMA.sha256) == [Literal(digest)]


def test_what_only_a_person_knows_goes_before_what_follows(mechanisms: Project) -> None:
    reading = NamedNode("https://w3id.org/iwm/ontology#readingText")
    for number, differs in (("32", False), ("33", True)):
        passage = mechanisms.passages[f"https://w3id.org/iwm/passage/{number}"]
        (value,) = values_of(mechanisms, passage.iri, reading)
        assert isinstance(value, Literal)
        assert value.language == "en"
        assert (value.value != passage.exact) is differs


def test_a_passage_stands_under_the_heading_above_it(mechanisms: Project) -> None:
    base = "https://w3id.org/iwm/passage/"
    sections = {name: mechanisms.passages[f"{base}{name}"].section for name in ("05", "07", "08")}
    assert sections == {"05": None, "07": f"{base}05", "08": f"{base}07"}
    # Navigation and other furniture of the page is under no heading of the text.
    assert mechanisms.passages[f"{base}06"].section is None


def test_the_file_that_a_text_was_taken_from_is_described(lights_copy: Path) -> None:
    data = b"%PDF-1.4 \xe9"
    (lights_copy / "data" / "ile-merrow" / "original.pdf").write_bytes(data)
    project = sources.load(lights_copy)
    assert project.findings == ()
    (original,) = values_of(project, f"{BASE}source/ile-merrow", PROV.wasDerivedFrom)
    assert isinstance(original, NamedNode)
    assert values_of(project, original.value, SCHEMA.encodingFormat) == [Literal("application/pdf")]
    digest = hashlib.sha256(data).hexdigest()
    assert values_of(project, original.value, SCHEMA.sha256) == [Literal(digest)]


@pytest.mark.parametrize(
    "line",
    [
        "8\tSentence\tIt is dark.",
        "8\theading\tIt is dark.",
        "8\theading 7\tIt is dark.",
        "8\tsentence\t",
        "8\tsentence",
        "\tsentence\tIt is dark.",
        "a/b\tsentence\tIt is dark.",
    ],
)
def test_a_line_that_names_no_passage(lights_copy: Path, line: str) -> None:
    with (lights_copy / LISTED).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    finding = only(lights_copy)
    assert (finding.check, finding.place()) == ("passage-list", f"{LISTED}:9")
    assert "heading 1" in finding.remedy


def test_a_name_for_two_passages(edit: Callable[[str, str, str], Path]) -> None:
    all_findings = findings(edit(LISTED, "3\tsentence", "2\tsentence"))
    assert all_findings[0].check == "passage-list"
    assert "line 3" in all_findings[0].message


def test_words_are_kept_to_the_letter(lights_copy: Path) -> None:
    odd = "A\ttab,\na line\r\nand a \\ back\\nslash."
    with (lights_copy / TEXT).open("ab") as text:
        text.write(f"\n{odd}".encode())
    entry = PassageEntry("8", PassageKind.SENTENCE, odd)
    with (lights_copy / LISTED).open("a", encoding="utf-8") as listed:
        listed.write(register.format_register([entry]).removeprefix(register.HEAD + "\n"))
    project = sources.load(lights_copy)
    assert project.findings == ()
    assert project.passages[f"{BASE}passage/8"].exact == odd


def test_words_that_stand_nowhere(edit: Callable[[str, str, str], Path]) -> None:
    missing, left_out = findings(edit(TEXT, "Its first keeper", "The first keeper"))
    assert (missing.check, missing.place()) == ("passage-words", f"{LISTED}:4")
    assert "“Its first keeper was Ada Quill.” stand nowhere" in missing.message
    assert "graphsvc text update ile-merrow" in missing.remedy
    assert "“The first keeper was Ada Quill.”" in left_out.message


def test_words_that_stand_elsewhere(edit: Callable[[str, str, str], Path]) -> None:
    folder = edit(LISTED, "7\tfurniture\tShare this page", "7\tfurniture\tTobias Reed")
    finding = only(folder)
    assert (finding.check, finding.entity) == ("passage-words", f"{BASE}passage/7")
    assert "do not stand here" in finding.message


def test_words_that_no_passage_has(edit: Callable[[str, str, str], Path]) -> None:
    finding = only(edit(LISTED, "7\tfurniture\tShare this page\n", ""))
    assert (finding.check, finding.path) == ("passage-words", LISTED)
    assert "“Share this page”" in finding.message
    finding = only(edit(TEXT, "Its first keeper", "Oh! Its first keeper"))
    assert "“Oh!”" in finding.message


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


def test_white_space_may_change(edit: Callable[[str, str, str], Path]) -> None:
    folder = edit(TEXT, "Share this page\n", "\r\n Share this page\n\n")
    assert findings(folder) == []
    last = sources.load(folder).passages[f"{BASE}passage/7"]
    assert last.begin == 310


def test_a_document_of_which_nothing_is_said(edit: Callable[[str, str, str], Path]) -> None:
    finding = only(edit(SOURCE, "source:ile-merrow a", "source:other a"))
    assert (finding.check, finding.entity) == ("document", f"{BASE}source/ile-merrow")


def test_all_findings_are_told_at_once(edit: Callable[[str, str, str], Path]) -> None:
    edit(TEXT, "Share this page", "Share this site")
    edit(FACTS, "#> Its first keeper", "#> His first keeper")
    folder = edit(EDITORIAL, "graph:editorial {", "graph:other {")
    checks = {finding.check for finding in findings(folder)}
    assert checks == {"passage-words", "passage-quote", "wrong-graph"}


# --- a second text ---


def test_two_texts_cannot_share_a_passage(lights_copy: Path) -> None:
    first = lights_copy / "data" / "ile-merrow"
    second = lights_copy / "data" / "second"
    second.mkdir()
    for name in layout.TEXT_FILES:
        (second / name).write_bytes((first / name).read_bytes())
    source = second / "source.ttl"
    source.write_text(source.read_text("utf-8").replace("source:ile", "source:second"), "utf-8")
    source.write_text(source.read_text("utf-8").replace("second-merrow", "second"), "utf-8")
    all_findings = findings(lights_copy)
    assert {finding.check for finding in all_findings} == {"passage-twice"}
    assert len(all_findings) == 7


# --- line numbers of terms ---


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
