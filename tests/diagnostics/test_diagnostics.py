"""What is said of a wrong query: the message, the place and the remedy, word for word."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphsvc import grammar
from graphsvc.diagnostics import LONGEST, diagnose, warnings
from graphsvc.diagnostics.alternatives import alternatives
from graphsvc.spelling import similar_spellings, similar_texts
from graphsvc.store import syntax
from graphsvc.store.repair import RepairedQuery, repair

if TYPE_CHECKING:
    from pathlib import Path

    from graphsvc.errors import QuerySyntaxError

PREFIXES = {
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "schema": "https://schema.org/",
    "dcterms": "http://purl.org/dc/terms/",
    "lights": "https://example.org/lights/ontology#",
}
BOOK = "https://www.w3.org/TR/sparql11-query/#SparqlOps"
ORDER = "The order is GROUP BY, HAVING, ORDER BY, LIMIT and OFFSET, VALUES."
PARTS = "A triple has three parts: subject, property, object."
NO_KEYWORD = "is not a keyword of SPARQL."
TURTLE = "SPARQL declares a prefix so: PREFIX name: <http://…>, with no @ and no dot."


class Wrong(NamedTuple):
    """A wrong query; ``¦`` marks where it is wrong, and is taken out of it."""

    query: str
    message: str
    remedy: str


GOLDEN = [
    # keywords
    Wrong("¦SELCT ?s { ?s ?p ?o }", f"SELCT {NO_KEYWORD}", "Did you mean SELECT?"),
    Wrong("SELECT ?s ¦WEHRE { ?s ?p ?o }", f"WEHRE {NO_KEYWORD}", "Did you mean WHERE?"),
    Wrong("ASK { ?s ?p ?o ¦FITLER(?o > 1) }", f"FITLER {NO_KEYWORD}", "Did you mean FILTER?"),
    Wrong("ASK { ?s ?p ?o .\n ¦OPTINAL { } }", f"OPTINAL {NO_KEYWORD}", "Did you mean OPTIONAL?"),
    Wrong("SELECT * { ?s ?p ?o } ORDER ¦YB ?s", f"YB {NO_KEYWORD}", "Did you mean BY?"),
    Wrong("SELECT * { ?s ?p ?o } ¦ODRER BY ?s", f"ODRER {NO_KEYWORD}", "Did you mean ORDER?"),
    Wrong(
        "SELECT (¦GROUP_CONTACT(?o) AS ?x) { ?s ?p ?o }",
        f"GROUP_CONTACT {NO_KEYWORD}",
        "Did you mean GROUP_CONCAT?",
    ),
    Wrong("ASK { FILTER(¦CONTIANS(?o, 'x')) }", f"CONTIANS {NO_KEYWORD}", "Did you mean CONTAINS?"),
    Wrong("ASK { FILTER NOT ¦EXIST { ?s ?p ?o } }", f"EXIST {NO_KEYWORD}", "Did you mean EXISTS?"),
    Wrong("SELECT ¦DISTINT ?s { ?s ?p ?o }", f"DISTINT {NO_KEYWORD}", "Did you mean DISTINCT?"),
    Wrong(
        "ASK { FILTER(¦foo(?o)) }",
        "SPARQL has no function foo.",
        f"The functions of SPARQL are listed at {BOOK}.",
    ),
    # prefixes
    Wrong(
        "ASK { ?s rdfs:label ?o . ?s ¦scheam:name ?x }",
        "The prefix scheam: is not declared.",
        "Did you mean schema:? Declare it at the top: PREFIX scheam: <…>",
    ),
    Wrong("PREFIX ¦a <http://a/> ASK { }", "The prefix a has no colon.", TURTLE),
    Wrong("¦@prefix a: <http://a/> . ASK { }", "@prefix is Turtle.", TURTLE),
    Wrong(
        "PREFIX a: <http://a/> ¦. ASK { }",
        "A declaration ends without a dot.",
        "Leave the dot out.",
    ),
    # operators and signs
    Wrong("ASK { FILTER(?a ¦& ?b) }", "A single & joins no conditions.", "Write &&: both."),
    Wrong("ASK { FILTER(?a ¦<> 2) }", "<> is not an operator of SPARQL.", "Unequal is written !=."),
    Wrong(
        "ASK { FILTER(?a ¦== 2) }",
        "== is not an operator of SPARQL.",
        "Equal is written with one =.",
    ),
    Wrong(
        "ASK { FILTER(?a = 2 ¦AND ?b) }", "AND is not SPARQL.", "In SPARQL && joins two conditions."
    ),
    Wrong(
        "ASK { ?s ?p ¦“hello” }",
        "“ is a typographic quotation mark.",
        "Write straight quotes: \" or '.",
    ),
    Wrong(
        "ASK {¦\u00a0?s ?p ?o }",
        "An invisible character stands here: U+00A0, no-break space.",
        "Delete it, and write a plain space if one is wanted.",
    ),
    Wrong("ASK { ?s ¦? ?o }", "This ? has no name.", "Write the variable's name after it: ?name."),
    Wrong(
        "SELECT ?first¦-name { ?s ?p ?o }",
        "The name of the variable ?first ends here: it cannot hold a hyphen.",
        "Write _ instead: ?first_name.",
    ),
    Wrong("ASK { ?s ?p ¦<http://a/b }", "This IRI is not closed.", "End it with >."),
    Wrong(
        "ASK { ?s ¦<http://a/b c> ?o }",
        "This IRI holds a space, which no IRI can hold.",
        "Close it with > where it ends, or write %20 for a space.",
    ),
    Wrong(
        "ASK { ¦http://a/b ?p ?o }",
        "This IRI is not in < >.",
        "Write it in angle brackets: <http:…>.",
    ),
    Wrong(
        "ASK { ?s ?p ¦'hello }",
        "This string is not closed.",
        'End it with the quotes it began with; only """ strings go over lines.',
    ),
    Wrong(
        'ASK { ?s ?p "say "¦hello"" }',
        "The string ends before this.",
        'Write \\" for a quote inside a string, or put the string into """ … """.',
    ),
    # what is selected
    Wrong(
        "SELECT ?s¦, ?p { ?s ?p ?o }",
        "No comma stands between the terms of SELECT.",
        "Leave it out: a space is enough.",
    ),
    Wrong(
        "SELECT (COUNT(?o) ¦= ?n) { ?s ?p ?o }",
        "= gives no name.",
        "Write AS instead: (… AS ?name).",
    ),
    Wrong(
        "SELECT (COUNT(?o)¦) { ?s ?p ?o }",
        "This expression has no name.",
        "Give it one: (… AS ?name).",
    ),
    Wrong(
        "SELECT ?s ¦COUNT(?o) AS ?n { ?s ?p ?o }",
        "COUNT(…) is an expression, and has no brackets round it.",
        "Name what you select: (COUNT(…) AS ?name).",
    ),
    Wrong(
        "SELECT ?s ¦?o (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s",
        "?o is neither grouped nor folded by an aggregate.",
        "Add it to GROUP BY, or take one of its values: (SAMPLE(?o) AS ?one).",
    ),
    Wrong(
        "SELECT ¦WHERE { ?s ?p ?o }",
        "SELECT is followed by nothing.",
        "Name the variables, or write * for all of them.",
    ),
    Wrong("SELECT ¦s WHERE { ?s ?p ?o }", f"s {NO_KEYWORD}", "?s is a variable."),
    # the order of things
    Wrong("SELECT * { ?s ?p ?o } LIMIT 1 ¦ORDER BY ?s", "ORDER BY cannot come after LIMIT.", ORDER),
    Wrong("SELECT * { ?s ?p ?o } LIMIT ¦ten", "LIMIT wants a whole number.", "Write LIMIT 10."),
    Wrong("SELECT * { ?s ?p ?o }¦;", "A query has no ; at its end.", "Leave it out."),
    # triples
    Wrong(
        "ASK { ?s ?p ?o\n¦?s ?q ?r }",
        "Between this variable and the triple before it something is missing.",
        "End a triple with a dot; ; goes on with the same subject, and , with the same property.",
    ),
    Wrong("ASK { ?s ?p ¦}", "This triple has no object.", PARTS),
    Wrong("ASK { ?s ?p ?o . ?r ¦}", "?r has no property and no object.", PARTS),
    Wrong(
        'ASK { ?s ¦"name" ?o }',
        '"name" cannot be a property.',
        "A property is an IRI, a name with a prefix, a, or a variable.",
    ),
    # brackets
    Wrong(
        "ASK ¦{ ?s ?p ?o",
        "This { has no partner.",
        "Close every bracket, the innermost first. Here } is missing.",
    ),
    Wrong("ASK { ?s ?p ?o }¦}", "This } has no partner.", "Leave it out, or open it before."),
    Wrong(
        "ASK { ?s ?p [ ?q ?r ¦}",
        "This } has no partner: the [ of line 1, column 13 is open.",
        "Close every bracket, the innermost first.",
    ),
    Wrong(
        "SELECT ?s WHERE ¦?s ?p ?o }", "The pattern of WHERE has no braces.", "Write WHERE { … }."
    ),
    Wrong(
        "ASK { OPTIONAL ¦?s ?p ?o }",
        "The pattern of OPTIONAL has no braces.",
        "Write OPTIONAL { … }.",
    ),
    Wrong(
        "ASK { FILTER ¦?o = 2 }",
        "The condition of FILTER has no brackets.",
        "Put them round it: FILTER(?o …).",
    ),
    Wrong("SELECT ?s ?p ?o¦", "The query ends without a pattern.", "Add one: WHERE { … }."),
    # rules beyond the grammar
    Wrong(
        "SELECT * { ?s ?p ?o BIND(2 AS ¦?o) }",
        "?o has a value already, and AS would give it another.",
        "Give the expression a name that is not used yet, or compare with FILTER.",
    ),
    Wrong(
        "SELECT * { VALUES (?x ?y) { (1 2) ¦(1) } }",
        "This row has 1 value for 2 variables.",
        "Give each row a value for each variable; UNDEF stands for none.",
    ),
    Wrong(
        "SELECT ¦* { ?s ?p ?o } GROUP BY ?s",
        "SELECT * cannot be grouped.",
        "Name the variables that you group by, and fold the others: (COUNT(?x) AS ?n).",
    ),
    Wrong(
        "SELECT ?s { ?s ?p ?o FILTER(¦SUM(?o) > 2) }",
        "SUM cannot stand in FILTER.",
        "Group by GROUP BY, and put the condition into HAVING.",
    ),
    Wrong(
        "ASK { _:a ?p ?o { ¦_:a ?p ?o } }",
        "_:a stands in another group already.",
        "Use a variable: it can be shared by groups.",
    ),
    Wrong(
        "ASK { ?s ¦<name> ?o }",
        "<name> is only a part of an IRI.",
        "Write the whole IRI, or declare BASE <…> at the top.",
    ),
    # no slip that is known: what could stand there, in a few words
    Wrong("ASK { VALUES ?x ¦(1 2) }", "( cannot stand here.", "Only { can stand here."),
    Wrong(
        "ASK { ?s ?p ?o ¦* }",
        "* cannot stand here.",
        "Here could stand ., ;, ,, }, FILTER or {.",
    ),
]


def syntax_error_of(query: str) -> QuerySyntaxError:
    """Return the syntax error of a query that the engine refuses."""
    with pytest.raises(SyntaxError) as caught:
        pyoxigraph.Store().query(query, prefixes=PREFIXES)
    return syntax.explain(repair(query), caught.value, PREFIXES)


@pytest.mark.parametrize("wrong", GOLDEN, ids=lambda wrong: wrong.query)
def test_what_is_said_of_a_wrong_query(wrong: Wrong) -> None:
    before, _, after = wrong.query.partition("¦")
    error = syntax_error_of(before + after)
    assert error.position is not None
    line, column = error.position.line, error.position.column
    assert (error.message, error.remedy) == (wrong.message, wrong.remedy)
    assert (line, column) == (before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)
    assert error.position.text == (before + after).split("\n")[line - 1]


@pytest.mark.parametrize("wrong", GOLDEN, ids=lambda wrong: wrong.query)
def test_a_remedy_is_short_enough_to_read(wrong: Wrong) -> None:
    assert len(wrong.message) + len(wrong.remedy) < 200


def test_of_two_faults_the_first_is_told() -> None:
    assert "nope:" in syntax_error_of("ASK { ?s nope:a ?o . FITLER(?o) }").message
    assert "FITLER" in syntax_error_of("ASK { FITLER(?o) . ?s nope:a ?o }").message


def test_what_only_the_engine_knows_is_told_in_its_words() -> None:
    error = syntax_error_of("ASK { ?s \\u003Fp ?o ] }")
    assert error.message == "The query cannot be read at about this place."
    assert error.position is not None


@pytest.mark.parametrize(
    ("query", "surprising"),
    [
        ("SELECT (SUM(?o) AS ?n) { ?s a ?c OPTIONAL { ?s ?p ?o } }", ["?o"]),
        (
            "SELECT (group_concat(distinct ?o; separator='') AS ?n) { OPTIONAL { ?s ?p ?o } }",
            ["?o"],
        ),
        ("SELECT ?s { ?s a ?c OPTIONAL { ?s ?p ?o } } GROUP BY ?s HAVING (MAX(?o) > 1)", ["?o"]),
        ("SELECT (MIN(?o) AS ?n) { VALUES ?o { 1 UNDEF } }", ["?o"]),
        ("SELECT (AVG(?o) AS ?n) { { ?s ?p ?o } UNION { ?s ?p ?q } }", ["?o"]),
        ("SELECT * { { SELECT (MAX(?o) AS ?n) { OPTIONAL { ?s ?p ?o } } } }", ["?o"]),
        ("SELECT (MAX(?o) AS ?n) { ?s ?p ?q BIND(STR(?q) AS ?o) }", []),
        ("SELECT (SUM(?o) AS ?n) { OPTIONAL { ?s ?p ?o } FILTER(BOUND(?o)) }", []),
        ("SELECT (SUM(?o) AS ?n) { ?s ?p ?o OPTIONAL { ?s ?q ?o } }", []),
        ("SELECT (AVG(?o) AS ?n) { { ?s ?p ?o } UNION { ?s ?q ?o } }", []),
        ("SELECT (COUNT(?o) AS ?n) (SAMPLE(?o) AS ?m) { OPTIONAL { ?s ?p ?o } }", []),
        ("SELECT (SUM(COALESCE(?o, 0)) AS ?n) { OPTIONAL { ?s ?p ?o } }", []),
        ("SELECT (MIN(?o) AS ?n) { VALUES ?o { 1 2 } }", []),
        ("SELECT (SUM(?o) AS ?n { OPTIONAL { ?s ?p ?o } }", []),
    ],
)
def test_an_aggregate_of_what_may_be_unbound_is_warned_of(
    query: str, surprising: list[str]
) -> None:
    diagnostics = warnings(query)
    assert [each.message.split()[1] for each in diagnostics] == surprising
    for each in diagnostics:
        assert query[each.offset :].startswith(each.message.split(",")[1].split()[0])


def test_every_set_of_alternatives_is_a_handful() -> None:
    for text in ("", "SELECT", "ASK {", "ASK { ?s", "ASK { ?s ?p ?o", "ASK { FILTER(", "ASK{} x"):
        failure = grammar.read(text).failure
        assert failure is not None
        assert 0 < len(alternatives(failure.expected)) <= 6


def test_the_grammar_reads_every_query_of_the_project(mechanisms_folder: Path) -> None:
    files = sorted((mechanisms_folder / "queries").rglob("*.rq"))
    assert len(files) > 100
    for file in files:
        reading = grammar.read(file.read_text("utf-8"))
        assert reading.failure is None, file.name
        assert list(reading.root.leaves()) == list(reading.tokens)


@pytest.mark.parametrize(
    "query",
    [
        "ASK { << ?s ?p ?o >> ?q ?r }",
        "ASK { ?s ?p ?o ~ <http://a/r> {| ?q ?r |} }",
        "ASK { BIND(<<( ?s <http://a/p> 'x'@en )>> AS ?t) }",
        "VERSION '1.2' ASK { ?s ?p 'x'@en FILTER(hasLang(?o)) }",
        "SELECT * { ?s (<http://a/p>|^<http://a/q>)+/!(a|^a) ?o VALUES () { () } } VALUES ?x { 1 }",
        "DESCRIBE <http://a/b>",
        "CONSTRUCT WHERE { ?s ?p (1 [ ?q -2.5e0 ]) } LIMIT 1 OFFSET 2",
        "ASK {} # a comment",
    ],
)
def test_the_grammar_and_the_engine_take_the_same(query: str) -> None:
    pyoxigraph.Store().query(query)
    assert grammar.read(query).failure is None


WORDS = st.sampled_from(
    (
        *("SELECT", "ASK", "WHERE", "FILTER", "OPTIONAL", "UNION", "GRAPH", "BIND", "VALUES", "AS"),
        *("ORDER", "BY", "GROUP", "LIMIT", "COUNT", "(", ")", "{", "}", "[", "]", ".", ";", ","),
        *("=", "<", ">", "&", "|", "?", "?s", "?p", "?o", "a", "rdfs:label", "x:y", "<http://a/b>"),
        *("<c>", "'x'", '"y', "1", "-2", "@en", "^^", "*", "+", "/", "_:b", "“", "\u00a0"),
        *("\\u0041", "#c"),
    )
)


@given(st.text() | st.lists(WORDS, max_size=30).map(" ".join))
def test_nothing_is_raised_whatever_the_text(text: str) -> None:
    warnings(text)
    diagnosis = diagnose(text, PREFIXES)
    if diagnosis is not None:
        assert diagnosis.message
        assert diagnosis.position is not None
        assert diagnosis.position.caret()
    reading = grammar.read(text)
    assert (reading.failure is None) <= (list(reading.root.leaves()) == list(reading.tokens))


@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_whatever_the_engine_refuses_has_a_place_and_a_remedy(text: str) -> None:
    try:
        pyoxigraph.Store().query(text, prefixes=PREFIXES)
    except SyntaxError as error:
        explanation = syntax.explain(RepairedQuery(text, text), error, PREFIXES)
        assert explanation.message
        assert explanation.remedy
        assert len(explanation.remedy) < 200


@pytest.mark.slow
@pytest.mark.parametrize(
    "part",
    ["a.", "a-", "x:y ", "?s ?p ?o . ", "{ ", "( ", "[ ", "'", "<", "SELCT ", "FILTER(?a = ", "é"],
)
def test_the_time_is_linear_in_the_length(part: str) -> None:
    def seconds(length: int) -> float:
        text = "SELECT * { " + part * (length // len(part))
        begin = time.process_time()
        diagnose(text, PREFIXES)
        return time.process_time() - begin

    seconds(1_000)
    # Square growth would make it 64 times as long, not 8; half a second is for the clock.
    assert seconds(LONGEST - 100) < 24 * seconds(LONGEST // 8) + 0.5


def test_a_text_that_nobody_reads_is_not_looked_at() -> None:
    assert diagnose("SELCT " * LONGEST, PREFIXES) is None


@pytest.mark.parametrize("word", ["fitler", "filtr", "FILTER", "fatter"])
def test_a_misspelt_word_is_recognized(word: str) -> None:
    assert similar_spellings(word, ["filter", "flutters"]) == ["filter"]


def test_texts_are_alike_that_have_most_in_common() -> None:
    assert similar_texts("keeper", ["lights", "keepers", "keep"], 0.6, 3) == ["keepers", "keep"]
    assert similar_texts("keeper", ["lights", "keepers"], 0.95) == []


def test_the_nearest_comes_first() -> None:
    assert similar_spellings("Mechanisms", ["Mechanise", "Mechanism", "Person"]) == [
        "Mechanism",
        "Mechanise",
    ]
    assert similar_spellings("x", []) == []
