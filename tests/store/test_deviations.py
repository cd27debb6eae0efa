"""What the engine reads otherwise than SPARQL 1.1 says: repaired, refused or documented."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphsvc.errors import QueryError, QuerySyntaxError
from graphsvc.grammar import KEYWORDS
from graphsvc.store import xpath
from graphsvc.store.oxigraph import OxigraphStore
from graphsvc.store.repair import repair

FN = "http://www.w3.org/2005/xpath-functions#"
STORE = OxigraphStore(
    pyoxigraph.Store(),
    {"xsd": "http://www.w3.org/2001/XMLSchema#", "fn": FN, "ex": "http://e.org/"},
)


def value(query: str) -> str | None:
    """Return the first value of the first row as plain text, or None if it is unbound."""
    ((term, *_),) = STORE.select(query).rows
    return None if term is None else getattr(term, "value", str(term))


def refusal(query: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        STORE.select(query)
    assert caught.value.remedy
    return caught.value


def marked(query: str) -> tuple[str, tuple[int, int]]:
    """Return the query without its mark, and the line and column of the mark."""
    before, _, after = query.partition("¦")
    return before + after, (before.count("\n") + 1, len(before) - before.rfind("\n"))


# --- repaired queries ---


@pytest.mark.parametrize(
    ("call", "result"),
    [
        (r'REPLACE("2017-04", "([0-9]+)-([0-9]+)", "$2_$1")', "04_2017"),
        (r'REPLACE("abcd", "(b)", "$1x")', "abxcd"),
        (r"""REPLACE("abcd", '''(b)''', '''$1x''')""", "abxcd"),
        (r'REPLACE("abcd", "b", "\\$")', "a$cd"),
        (r'REPLACE("abcd", "b", "\\\\")', "a\\cd"),
        (r'REPLACE("abcd", "b", "[$0]")', "a[b]cd"),
        (r'REPLACE("abcd", "(b)", "$10")', "ab0cd"),
        (r'REPLACE("abcdefghijkl", "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)", "$11")', "kl"),
        (r'REPLACE("abcd", "[(]b|(c)", "<$1>")', "ab<c>d"),
        (r'REPLACE("a.b", ".", "$1\\", "q")', "a$1\\b"),
        (r'REPLACE("aXb", "x", "$0$0", "i")', "aXXb"),
        (r'REPLACE(REPLACE("ab", "(a)", "$1_"), "(b)", "$1_")', "a_b_"),
        (r'REPLACE("ab", CONCAT("a", ""), "\\$")', "$b"),
        (r'REGEX("a1", "^\\i\\c*$")', "true"),
        (r'REGEX("1a", "^\\i\\c*$")', "false"),
        (r'REGEX("- ", "^[\\c]\\C$")', "true"),
        (r'REGEX("e", "^[a-z-[aeiou]]$")', "false"),
        (r'REGEX("x", "^[a-z-[aeiou]]$")', "true"),
        (r'REGEX("-", "^[a-z-[aeiou]]$")', "false"),
        (r'REGEX("B", "^[^a-z-[A-C]]$")', "false"),
        (r'REGEX("D", "^[^a-z-[A-C]]$")', "true"),
        (r'REGEX("&", "^[a&&b]$")', "true"),
        (r'REGEX("a#b", "a # b", "x")', "true"),
        (r'REGEX("a.b", "a.b(", "q")', "false"),
        ("true = TRUE && False = false", "true"),
        ('"TRUE"', "TRUE"),
        ('LANG("x"@en-GB) = "en-GB"', "true"),
        ('LANG("x"@en-GB) != "EN-gb"', "false"),
        ('"en-GB" = LANG("x"@en-gb)', "true"),
        ('LANG("x"@en-GB) IN ("de", "en-GB")', "true"),
        ('LANG("x"@en-GB) NOT IN ("De", "en-GB")', "false"),
        ('LANG("x"@en-GB) = "en-GB x"', "false"),
        ('UCASE(LANG("x"@en-GB)) = "EN-GB"', "true"),
    ],
)
def test_an_expression_has_the_value_that_the_standard_says(call: str, result: str) -> None:
    assert value(f"SELECT ({call} AS ?x) {{}}") == result


@pytest.mark.parametrize(
    ("counted", "count"),
    [
        ("xsd:integer(?v)", 5),
        ("DISTINCT xsd:integer(?v)", 2),
        ("?v / 0", 0),
        ("DISTINCT ?v / 0", 0),
        ("distinct xsd:integer( # (\n?v # )\n)", 2),
        ("1", 7),
        ("DISTINCT TRUE", 1),
        ("*", 7),
        ("DISTINCT *", 5),
        ("?v", 6),
        ("DISTINCT ?v", 4),
        ('DISTINCT REPLACE(?v, "(.)$", "$1x")', 3),
        ("EXISTS { VALUES ?w { 1 } FILTER(?v = TRUE) }", 7),
    ],
)
def test_what_fails_is_not_counted(counted: str, count: int) -> None:
    values = 'VALUES ?v { "5" "5" "05" "abc" 7 7 UNDEF }'
    assert value(f"SELECT (COUNT({counted}) AS ?n) {{ {values} }}") == str(count)
    rows = STORE.select(f"SELECT (COUNT({counted}) AS ?n) {{ {values} }} GROUP BY ?none").rows
    assert [row[0].value for row in rows] == [str(count)]  # type: ignore[union-attr]
    assert STORE.select(
        f"SELECT ?none {{ {values} }} GROUP BY ?none HAVING (COUNT({counted}) = {count})"
    ).rows
    assert value(f"SELECT (COUNT({counted}) AS ?n) {{ FILTER(FALSE) }}") == "0"


PIECES = st.sampled_from(
    [
        *(
            "TRUE",
            "true",
            "'TRUE'",
            "# TRUE\n",
            "<http://e.org/TRUE>",
            "?TRUE",
            "ex:TRUE",
            "TRUE:x",
        ),
        *("REPLACE(", "regex(", "COUNT(", "DISTINCT", "LANG(", "IN", "NOT", "=", "!=", ",", ")"),
        *("(", "{", "}", "[", "]", "?x", '"$1x"', "'en-GB'", '"(b)"', '""', '"x"', '"""a\nb"""'),
        *('"\\\\$"', '"\\uD800"', '"unclosed', "AS", "*", "1", "\n", " "),
    ]
)


def test_a_count_in_a_count_is_left_to_the_engine() -> None:
    query = f"SELECT ({'COUNT(DISTINCT 1 + ' * 100}1{')' * 100} AS ?n) {{}}"
    assert len(repair(query).text) < 2 * len(query)


@pytest.mark.parametrize("text", [r'"\uD800("', r'"\UFFFFFFFF("'])
def test_an_escape_of_no_character_is_refused(text: str) -> None:
    for call in (f"REGEX('a', {text})", f"REPLACE('a', 'a', {text})", f"LANG('a'@en) = {text}"):
        assert refusal(f"SELECT ({call} AS ?x) {{}}").message


@given(st.lists(PIECES, max_size=25).map(" ".join) | st.lists(PIECES, max_size=25).map("".join))
def test_whatever_is_edited_can_be_found_again(query: str) -> None:
    try:
        repair_result = repair(query)
    except QueryError:
        return
    end = 0
    for edit in repair_result.edits:
        assert edit.start >= end
        assert "\n" not in edit.text or "\n" in query[edit.start : edit.end]
        end = edit.end
    offsets = [
        repair_result.original_offset(offset) for offset in range(len(repair_result.text) + 1)
    ]
    assert offsets == sorted(offsets)
    untouched = [
        (offset, place)
        for offset, place in enumerate(offsets[:-1])
        if not any(
            edit.start <= place < max(edit.end, edit.start + 1) for edit in repair_result.edits
        )
    ]
    assert all(repair_result.text[offset] == query[place] for offset, place in untouched)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?x { ?x a ex:Thing ; ex:p true . FILTER(LANG(?l) = 'en') }",
        "SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?x) AS ?m) (COUNT( ?x ) AS ?o) { ?x ?y ?z }",
        "SELECT * { ?x ?TRUE <http://e.org/TRUE> , ex:FALSE , 'TRUE' } # TRUE",
        'ASK { FILTER(REGEX(?x, "^a.*b+[c-e]\\\\.$", "i")) }',
        'SELECT (REPLACE(?x, "a", "b") AS ?y) { ?x ?p "$1x" , "en-GB" }',
        'ASK { ?x ex:lang "en-GB" FILTER(LANG(?x) = ?lang && ?y = "en-GB") }',
    ],
)
def test_nothing_else_is_touched(query: str) -> None:
    assert repair(query).text == query


@pytest.mark.parametrize(
    "changed", [str.upper, str.lower, str.title], ids=["UPPER", "lower", "Title"]
)
def test_keywords_are_read_in_any_case(changed: object) -> None:
    assert callable(changed)
    query = """PREFIX p: <x:> SELECT DISTINCT ( COUNT ( * ) AS ?n ) ( GROUP_CONCAT ( DISTINCT ?b ;
    SEPARATOR = '' ) AS ?m ) FROM p:a FROM NAMED p:b WHERE { ?a ?b TRUE OPTIONAL { GRAPH ?g { } }
    MINUS { ?a ?b FALSE } { } UNION { } VALUES ?v { UNDEF } BIND ( 1 AS ?z )
    FILTER ( ?v NOT IN ( 1 ) && NOT EXISTS { } && isIRI ( ?a ) && LANGMATCHES ( '' , '' ) ) }
    GROUP BY ?a HAVING ( MAX ( ?b ) > 0 ) ORDER BY ASC ( ?a ) DESC ( ?n ) LIMIT 1 OFFSET 1"""
    words = [changed(word) if word.upper() in KEYWORDS else word for word in query.split()]
    STORE.select(" ".join(words))


# --- refused queries ---


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (r"SELECT * {" "\n" r'FILTER(REGEX("aa", ¦"(a)\\1")) }', r"the back-reference \1"),
        (r'SELECT * { FILTER(REGEX(?x, ¦"a(?=b)")) }', "the lookahead (?=…)"),
        (r'SELECT * { FILTER(REGEX(?x, ¦"a(?!b)")) }', "the lookahead (?!…)"),
        (r'SELECT * { FILTER(REGEX(?x, ¦"(?<=b)a")) }', "the lookbehind (?<=…)"),
        (r'SELECT * { FILTER(REGEX(?x, ¦"(?<!b)a")) }', "the lookbehind (?<!…)"),
        (r'SELECT * { FILTER(REGEX(?x, ¦"\\p{IsBasicLatin}")) }', r"\p{IsBasicLatin}"),
        (r'SELECT * { FILTER(REGEX(?x, ¦"(unclosed")) }', '"(unclosed" is no regular expression'),
        (r'SELECT * { FILTER(REGEX(?x, ¦"*")) }', "is no regular expression"),
        (r'SELECT * { FILTER(REGEX(?x, "a", ¦"g")) }', "no flag 'g'"),
        (r'SELECT (REPLACE(?x, ¦"[a", "b") AS ?y) {}', "is no regular expression"),
        (r'SELECT (REPLACE(?x, "a", ¦"$b") AS ?y) {}', '"$b" is no replacement'),
        (r'SELECT (REPLACE(?x, "a", ¦"b$") AS ?y) {}', '"b$" is no replacement'),
        (r'SELECT (REPLACE(?x, "a", ¦"\\n") AS ?y) {}', "is no replacement"),
    ],
)
def test_a_constant_pattern_that_finds_nothing_is_refused(query: str, message: str) -> None:
    text, place = marked(query)
    error = refusal(text)
    assert message in error.message
    assert error.position is not None
    assert (error.position.line, error.position.column) == place


@pytest.mark.parametrize(
    ("query", "iri", "instead"),
    [
        ("SELECT *\n{ FILTER(¦fn:upper-case('a') = 'A') }", f"{FN}upper-case", "Use UCASE,"),
        (f"SELECT (¦<{FN}matches>('a', 'A') AS ?x) {{ }}", f"{FN}matches", "Use REGEX,"),
        (f"BASE <{FN}> SELECT (¦<#not>(TRUE) AS ?x) {{ }}", f"{FN}not", "Use !,"),
        ("SELECT (ex:g AS ?g) (¦ex:f(1) AS ?x) { }", "http://e.org/f", "The functions of SPARQL"),
        ("PREFIX ex: <x:> PREFIX ex: <y:> SELECT (¦ex:f(1) AS ?x) { }", "y:f", "The functions"),
    ],
)
def test_an_unknown_function_is_refused(query: str, iri: str, instead: str) -> None:
    text, place = marked(query)
    error = refusal(text)
    assert error.message == f"This service has no function <{iri}>."
    assert error.remedy.startswith(instead)
    assert error.position is not None
    assert (error.position.line, error.position.column) == place


@pytest.mark.parametrize("space", [" ", "\n"])
def test_an_error_has_its_place_in_the_query_as_it_was_written(space: str) -> None:
    # Only the engine rejects this escape; the text before it is kept or edited.
    fault = "{ ?s \\u003Fp ?o ] }"
    places = [
        refusal(f'SELECT (REPLACE("a", {by}) AS ?x){space}(COUNT({counted}) AS ?n){space}{fault}')
        for by, counted in (("'b', 'ccc'", "?xxx"), ("'a', '$1x'", "?x/1"))
    ]
    assert len({error.position and error.position.column for error in places}) == 1
    assert isinstance(places[0], QuerySyntaxError)


# --- what the docs say ---

TEXT = (Path(__file__).parents[2] / "docs" / "endpoint.md").read_text("utf-8")
ROWS = re.findall(
    r"^\| `(SELECT .*?)` \| (?:`(.*?)`|(nothing))[^|]* \| (.*?) \|", TEXT, re.MULTILINE
)


def test_the_table_of_differences_is_read_whole() -> None:
    section = TEXT.split("## Where the engine differs")[1].split("\n## ")[0]
    assert section.count("\n| `SELECT") == len(ROWS) > 12


@pytest.mark.parametrize(
    ("query", "here", "nothing", "standard"), ROWS, ids=[row[0] for row in ROWS]
)
def test_a_difference_is_as_the_docs_say(
    query: str, here: str, nothing: str, standard: str
) -> None:
    assert value(query) == (None if nothing else here)
    assert standard.split(";", 1)[0].strip("`") != here


def test_a_pattern_is_asked_for_once() -> None:
    assert xpath.is_read("a{2}") is xpath.is_read("a{2}") is True
