"""Query files: their headers, their parameters, and the rules for their text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from graphsvc import queries
from graphsvc.errors import InputError, ParameterError, UnknownQuery
from graphsvc.findings import Severity
from graphsvc.namespaces import XSD, Prefixes
from graphsvc.queries import Param, Query
from graphsvc.validation.lint import lint_check, lint_query, projection

if TYPE_CHECKING:
    from pathlib import Path

PREFIXES = Prefixes({"ex": "https://example.org/", "rdfs": "http://www.w3.org/2000/01/rdf-schema#"})
SOUND = """#+ summary: Which things are called so?
#+ description: >
#+   One row a thing.
#+ group: who
#+ tags: [names, start]
#+ params:
#+   name: {type: string, example: "light", about: A name}
#+   kind: {type: iri, example: "https://example.org/Light", about: A class}
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT ?name ?kind ?thing WHERE { ?thing a ?kind ; rdfs:label ?label FILTER (STR(?label) = ?name) }
ORDER BY ?thing
"""


def query(text: str) -> Query:
    return queries.from_text(text, "queries/things.rq")


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / "queries" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return folder / "queries"


def lint(text: str) -> list[tuple[str, int | None]]:
    return [(finding.check, finding.line) for finding in lint_query(query(text), PREFIXES)]


def test_a_header_is_read() -> None:
    parsed_query = query(SOUND)
    assert parsed_query.name == "things"
    assert parsed_query.summary == "Which things are called so?"
    assert parsed_query.description == "One row a thing."
    assert (parsed_query.group, parsed_query.tags) == ("who", ("names", "start"))
    assert parsed_query.params["name"] == Param("name", "string", "light", "A name")
    assert parsed_query.text == SOUND


def test_a_text_without_header_is_a_query_too() -> None:
    assert query("ASK {}").summary == ""


@pytest.mark.parametrize(
    ("header", "line", "words"),
    [
        ("#+ summary: A\n#+ sumary: B\n", 2, "“sumary” is no known key"),
        ("#+ description: A\n", 1, "no “summary”"),
        ("#+ summary: A: B\n", 1, "not YAML"),
        ("#+ summary: A\n#+ summary: B\n", 2, "stands twice"),
        ("#+ summary: [A]\n", 1, "has to be a text"),
        ("#+ summary: A\n#+ tags: names\n", 2, "has to be a list"),
        ("#+ summary: A\n#+ params:\n#+   x: {type: iri, about: B}\n", 3, "lacks example"),
        ("#+ summary: A\n#+ params:\n#+   x: {type: uri, example: B, about: C}\n", 3, "“uri”"),
        (
            "#+ summary: A\n#+ params:\n#+   x: {type: year, example: soon, about: B}\n",
            3,
            "“soon” is none",
        ),
        ("#+ summary: A\n\n#+ tags: [B]\n", 3, "below the header"),
        ("#+ just words\n", 1, "`key: value` is expected"),
    ],
)
def test_a_wrong_header_is_a_finding_with_its_line(
    tmp_path: Path, header: str, line: int, words: str
) -> None:
    folder = write(tmp_path, "things.rq", header + "ASK {}\n")
    reading = queries.read_queries(folder)
    assert reading.items == ()
    findings = [item for item in reading.findings if words in item.message]
    assert [(item.path, item.line) for item in findings] == [("queries/things.rq", line)]
    assert findings[0].remedy
    with pytest.raises(InputError) as caught:
        queries.load_queries(folder)
    assert caught.value.findings == reading.findings


def test_a_file_without_header_is_no_query(tmp_path: Path) -> None:
    folder = write(tmp_path, "things.rq", "ASK {}\n")
    assert "no header" in queries.read_queries(folder).findings[0].message


def test_a_file_that_is_not_utf_8_is_a_finding(tmp_path: Path) -> None:
    folder = write(tmp_path, "things.rq", "")
    (folder / "things.rq").write_bytes(b"#+ summary: A\n# caf\xe9\nASK {}\n")
    assert [finding.line for finding in queries.read_queries(folder).findings] == [2]


def test_a_check_has_a_header_of_its_own(tmp_path: Path) -> None:
    write(
        tmp_path,
        "checks/odd.rq",
        "#+ problem: It is odd.\n#+ remedy: Make it even.\n#+ severity: warning\n#+ code: HOUSE 1\n"
        "SELECT ?entity ?property ?value {} ORDER BY ?entity",
    )
    (check,) = queries.load_checks(tmp_path / "queries")
    assert (check.name, check.severity, check.code) == ("odd", Severity.WARNING, "HOUSE 1")
    assert check.path == "queries/checks/odd.rq"


def test_a_severity_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    folder = write(
        tmp_path, "checks/odd.rq", "#+ problem: A\n#+ remedy: B\n#+ severity: fatal\nASK {}"
    )
    assert "“fatal”" in queries.read_checks(folder).findings[0].message


@pytest.mark.parametrize(
    ("kind", "text", "term"),
    [
        ("string", "a “b”", ox.Literal("a “b”")),
        ("integer", "-7", ox.Literal("-7", datatype=XSD.integer)),
        ("year", "2012", ox.Literal("2012", datatype=XSD.gYear)),
        ("iri", "https://example.org/a", ox.NamedNode("https://example.org/a")),
        ("iri", "ex:a", ox.NamedNode("https://example.org/a")),
    ],
)
def test_an_argument_becomes_a_term(kind: str, text: str, term: ox.NamedNode | ox.Literal) -> None:
    assert Param("x", kind, "", "").term(text, PREFIXES) == term


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", "seven"),
        ("year", "12"),
        ("iri", "a b"),
        ("iri", "light"),
        ("date", "2017-02-30"),
    ],
)
def test_an_argument_of_the_wrong_kind_is_refused(kind: str, text: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Param("x", kind, "https://example.org/a", "").term(text, PREFIXES)
    assert text in caught.value.message
    assert caught.value.remedy


def test_examples_stand_in_for_arguments() -> None:
    assert query(SOUND).bindings({"name": "buoy"}) == {
        "name": ox.Literal("buoy"),
        "kind": ox.NamedNode("https://example.org/Light"),
    }


def test_an_unknown_argument_is_refused() -> None:
    with pytest.raises(ParameterError, match="no parameter “nmae”") as caught:
        query(SOUND).bindings({"nmae": "buoy"})
    assert "name, kind" in caught.value.remedy


def test_an_unknown_query_offers_the_nearest() -> None:
    with pytest.raises(UnknownQuery) as caught:
        queries.query_named([query(SOUND)], "thing")
    assert caught.value.remedy == "Did you mean things?"


def test_a_sound_query_passes() -> None:
    assert lint(SOUND) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT ?x WHERE { ?x ?y ?z }", [("query-order", 1)]),
        ("SELECT ?x {{ SELECT ?x { ?x ?y ?z } ORDER BY ?x }}", [("query-order", 1)]),
        ("SELECT ?x {\n ?x ex:y ?z } ORDER BY ?x", []),
        ("SELECT ?x {\n ?x no:y ?z } ORDER BY ?x", [("query-prefix", 2)]),
        ("PREFIX ex: <http://e/>\nSELECT ?x { ?x ex:y ?z } ORDER BY ?x", [("query-prefix", 2)]),
        ("SELECT ?x { ?x doap:name ?z } ORDER BY ?x", []),
        ("PREFIX doap: <http://e/>\nSELECT ?x { ?x doap:y ?z } ORDER BY ?x", [("query-prefix", 2)]),
        ("SELECT ?x {\n ?x ?y } ORDER BY ?x", [("query-syntax", 2)]),
        ("SELECT ?x { SERVICE <http://e/> { ?x ?y ?z } } ORDER BY ?x", [("query-syntax", 1)]),
        ("ASK { ?x ?y ?z }", []),
        ("CONSTRUCT { ?x ?y ?z } WHERE { ?x ?y ?z }", []),
        ("# ORDER BY\nSELECT ?x { ?x ?y 'ORDER BY' }", [("query-order", 2)]),
    ],
)
def test_what_is_asked_of_a_text(text: str, expected: list[tuple[str, int | None]]) -> None:
    assert lint(text) == expected


def test_a_parameter_has_to_be_projected() -> None:
    text = SOUND.replace("SELECT ?name ?kind ?thing", "SELECT ?kind ?thing")
    assert [check for check, _ in lint(text)] == ["query-parameter"]


def test_a_parameter_cannot_be_bound_in_an_ask() -> None:
    assert [check for check, _ in lint(SOUND[: SOUND.index("SELECT")] + "ASK { ?s ?p ?name }")] == [
        "query-parameter",
        "query-parameter",
    ]


def test_a_name_is_kebab_case() -> None:
    findings = list(lint_query(queries.from_text("ASK {}", "queries/Who_Chairs.rq"), PREFIXES))
    assert [item.check for item in findings] == ["query-name"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("SELECT ?a (COUNT(?b) AS ?c) (?d+?e AS ?f) WHERE { ?a ?b ?c }", ["a", "c", "f"]),
        ("SELECT DISTINCT ?a { ?a ?b ?c }", ["a"]),
        ("SELECT * { ?a ?b ?c }", []),
        ("SELECT ?a FROM <http://e/> { ?a ?b ?c }", ["a"]),
        ("ASK { ?a ?b ?c }", None),
    ],
)
def test_projection(text: str, names: list[str] | None) -> None:
    assert projection(text) == names


def test_a_check_answers_three_variables(tmp_path: Path) -> None:
    write(
        tmp_path,
        "checks/odd.rq",
        "#+ problem: A\n#+ remedy: B\nSELECT ?entity ?value { ?entity ?p ?value } ORDER BY ?entity",
    )
    (check,) = queries.load_checks(tmp_path / "queries")
    assert [finding.check for finding in lint_check(check, PREFIXES)] == ["check-projection"]
