"""The tokenizer reads any text completely, and agrees with the engine about every query."""

from __future__ import annotations

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphsvc import sparql
from graphsvc.sparql import TokenKind

#: Pieces of queries, so that random texts come near to what the tokenizer must tell apart.
PIECES = st.sampled_from(
    [
        *"{}()[].,;*/+-=<>!|^?$&@#\\\"'",
        *(" ", "\n", "\r\n", "\t", "é", "\u0000", "\U0001f600", "\\u0041", "\\U0010FFFF"),
        *("SELECT", "WHERE", "SERVICE", "load", "GRAPH", "PREFIX", "BASE", "a", "true", "1.5e3"),
        *("<http://example.org/x>", "ex:a.b", ":", "_:b1", "?v", '"""', "'''", '"s"@en-GB', "^^"),
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES).map("".join), st.lists(PIECES).map(" ".join))


@given(TEXTS)
def test_tokens_and_white_space_are_the_whole_text(text: str) -> None:
    rebuilt, end = "", 0
    for token in sparql.tokens(text):
        gap = text[end : token.start]
        assert not gap.strip(" \t\r\n")
        rebuilt += gap + token.text
        end = token.end
    assert rebuilt + text[end:] == text
    assert not text[end:].strip(" \t\r\n")


@given(TEXTS)
def test_lines_and_columns_are_where_the_token_stands(text: str) -> None:
    lines = text.split("\n")
    for token in sparql.tokens(text):
        first_line = token.text.split("\n")[0]
        assert lines[token.line - 1][token.column - 1 :].startswith(first_line)


@given(TEXTS)
def test_nothing_raises_on_any_text(text: str) -> None:
    sparql.forbidden_operation(text)
    sparql.form(text)
    sparql.declared_prefixes(text)
    sparql.deepest(text)
    sparql.dataset_clauses(text)
    sparql.prologue(text)
    for place in sparql.used_prefixes(text).values():
        assert place.caret()


@given(TEXTS)
def test_rewriting_nothing_changes_nothing(text: str) -> None:
    assert sparql.rewrite_iris(text, lambda iri: iri) == text


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("?x < ?y", [TokenKind.VARIABLE, TokenKind.PUNCTUATION, TokenKind.VARIABLE]),
        ("<a> <b>", [TokenKind.IRI, TokenKind.IRI]),
        ("?x<?y&&?z>1", [TokenKind.VARIABLE, TokenKind.IRI, TokenKind.NUMBER]),
        ("ex:a.b.", [TokenKind.NAME, TokenKind.PUNCTUATION]),
        ("a:b%20c\\,d", [TokenKind.NAME]),
        (
            "1. 1.5 .5e-1",
            [TokenKind.NUMBER, TokenKind.PUNCTUATION, TokenKind.NUMBER, TokenKind.NUMBER],
        ),
        ('"a\\"b" \'\' """a"b""c""" ', [TokenKind.STRING, TokenKind.STRING, TokenKind.STRING]),
        ('"open\n?x', [TokenKind.UNCLOSED, TokenKind.VARIABLE]),
        ("'''open\n?x", [TokenKind.UNCLOSED]),
        ('"x"@en-GB', [TokenKind.STRING, TokenKind.LANGUAGE]),
        ('"1"^^xsd:int', [TokenKind.STRING, TokenKind.PUNCTUATION, TokenKind.NAME]),
        ("?x # rest ?y\n_:b", [TokenKind.VARIABLE, TokenKind.COMMENT, TokenKind.BLANK]),
        ("<http://example.org/#x>", [TokenKind.IRI]),
        ("é", [TokenKind.OTHER]),
    ],
)
def test_terminals(text: str, kinds: list[TokenKind]) -> None:
    assert [token.kind for token in sparql.tokens(text)] == kinds


REFUSED = [
    ("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }", "SERVICE"),
    ("SELECT * { service silent ?x {} }", "SERVICE"),
    ("SELECT * {SERVICESILENT<http://example.org/>{}}", "SERVICE"),
    ("PREFIX ex: <http://example.org/> SELECT * {SERVICEex:a {}}", "SERVICE"),
    ("PREFIX : <http://example.org/> SELECT * { ?s ?p trueSERVICE:a {} }", "SERVICE"),
    ("PREFIX : <http://example.org/> SELECT * { ?s ?p 1SERVICE:a {} }", "SERVICE"),
    ("SELECT * { SERVI\\u0043E <http://example.org/> {} }", "SERVICE"),
    ("LOAD <http://example.org/>", "LOAD"),
    ("insert data { <a> <b> <c> }", "INSERT"),
    ("DELETE WHERE { ?s ?p ?o }", "DELETE"),
    ("WITH <http://example.org/g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "WITH"),
    ("CLEAR ALL", "CLEAR"),
    ("DROP ALL", "DROP"),
    ("CREATE GRAPH <http://example.org/g>", "CREATE"),
    ("ADD DEFAULT TO <http://example.org/g>", "ADD"),
    ("MOVE DEFAULT TO <http://example.org/g>", "MOVE"),
    ("COPY DEFAULT TO <http://example.org/g>", "COPY"),
]


@pytest.mark.parametrize(("query", "word"), REFUSED)
def test_what_is_forbidden_is_found(query: str, word: str) -> None:
    operation = sparql.forbidden_operation(query)
    assert operation is not None
    assert operation.word == word


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?service { ?service ?LOAD 'SERVICE <x> {}' }",
        "SELECT * { ?s ?p ?o } # SERVICE <http://example.org/> {}",
        "SELECT * { <http://example.org/SERVICE> ?p ?o }",
        'SELECT * { ?s ?p """\nSERVICE <http://example.org/> {}\n""" }',
        "PREFIX service: <http://example.org/> SELECT * { GRAPH service:x { ?s ?p ?o } }",
        "PREFIX load: <http://example.org/> SELECT * { ?s load:delete load:insert }",
        "SELECT * { ?s ?p '\\u0022 SERVICE \\u0022' }",
    ],
)
def test_words_in_other_places_are_allowed(query: str) -> None:
    assert sparql.forbidden_operation(query) is None
    pyoxigraph.Store().query(query)  # the engine accepts the query


def test_a_forbidden_word_is_shown_in_its_line() -> None:
    operation = sparql.forbidden_operation("SELECT *\nWHERE { SERVICE <http://example.org/> {} }")
    assert operation is not None
    assert operation.position.caret() == ("WHERE { SERVICE <http://example.org/> {} }\n        ^")
    assert (operation.position.line, operation.position.column) == (2, 9)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("BASE <http://example.org/> PREFIX a: <b> select * {}", "SELECT"),
        ("# ask\nASK {}", "ASK"),
        ("PREFIX select: <http://example.org/> CONSTRUCT WHERE {}", "CONSTRUCT"),
        ("describe <x>", "DESCRIBE"),
        ("INSERT DATA {}", None),
        ("", None),
    ],
)
def test_form(text: str, form: str | None) -> None:
    assert sparql.form(text) == form


def test_prefixes() -> None:
    text = "PREFIX a: <http://a/> @prefix b: <http://b/> . SELECT * {\n a:x :y c:z . ?a ?b 'd:e' }"
    assert sparql.declared_prefixes(text) == {"a": "http://a/", "b": "http://b/"}
    used = sparql.used_prefixes(text)
    assert list(used) == ["a", "", "c"]
    assert (used["c"].line, used["c"].column) == (2, 9)


def test_of_two_declarations_of_a_prefix_the_last_one_holds() -> None:
    text = "PREFIX a: <http://a/> PREFIX b: <http://b/> PREFIX a: <http://c/> ASK {}"
    assert sparql.declared_prefixes(text) == {"a": "http://c/", "b": "http://b/"}


def test_the_prologue_ends_before_the_form() -> None:
    text = "BASE <x:> # SELECT\nPREFIX ask: <select> PREFIX a: <b> SELECT * { ?s a:PREFIX ?o }"
    assert text.startswith(sparql.prologue(text))
    assert text.removeprefix(sparql.prologue(text)).startswith("SELECT *")


def test_the_names_of_graphs_are_found() -> None:
    text = "SELECT*FROM<a>from b:c # FROM <n>\nFROMNAMED<d> FROM named :e { ?s 'FROM <n>' ?FROM }"
    assert sparql.dataset_clauses(text) == (["<a>", "b:c"], ["<d>", ":e"])


CHARACTERS = st.text(st.sampled_from("a\"'\\\n\ttunrbf0041U\u00e9\U0001f600"), max_size=12)


@given(st.sampled_from(["'", '"', "'''", '"""']), CHARACTERS)
def test_a_string_is_the_text_that_the_engine_reads(quotes: str, inside: str) -> None:
    text = f"SELECT ({quotes}{inside}{quotes} AS ?x) {{}}"
    try:
        rows = pyoxigraph.Store().query(text)
    except SyntaxError:
        return
    assert isinstance(rows, pyoxigraph.QuerySolutions)
    strings = [token for token in sparql.tokens(text) if token.kind is TokenKind.STRING]
    assert [pyoxigraph.Literal(sparql.string_of(token)) for token in strings] == list(next(rows))


def test_a_name_written_across_its_namespace_is_written_out() -> None:
    text = r"PREFIX w: <http://w/> SELECT * { w:a\/b w:c 'http://w/a/' }"
    moved = sparql.rewrite_iris(text, lambda iri: iri.replace("http://w/a/", "http://new/"))
    assert moved == "PREFIX w: <http://w/> SELECT * { <http://new/b> w:c 'http://w/a/' }"


def test_escapes_in_iris_are_resolved_before_they_are_rewritten() -> None:
    iris: list[str] = []

    def note(iri: str) -> str:
        iris.append(iri)
        return iri

    assert sparql.rewrite_iris(r"<http://w/\u0061>", note) == r"<http://w/\u0061>"
    assert iris == ["http://w/a"]


def test_brackets() -> None:
    assert sparql.deepest("{ ( [ ] ) } {}")[0] == 3
