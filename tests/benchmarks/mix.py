"""The questions: named templates in SPARQL 1.1, with values drawn from what the data has.

The default graph is the union of all graphs. The text is the same for every server. Values are
drawn so that an answer stays moderate: from the middle of a skewed distribution, not its head.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from string import Template
from typing import TYPE_CHECKING

from .vocabulary import (
    BRANCHES,
    COUNTRIES,
    FIRST_YEAR,
    LAST_YEAR,
    PREFIXES,
    SECTORS,
    WORDS,
    concept,
    iri,
    pattern,
    skewed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .generate import Population

SOLUTIONS = "application/sparql-results+json"
GRAPH = "application/n-triples"


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that are judged together, and the aims of the project for them.

    The aims are ratios of our throughput to that of the native server, by the number of clients:
    ``mean`` for the geometric mean of the group, ``least`` for each of its questions.
    """

    name: str
    questions: tuple[str, ...]
    mean: Mapping[int, float]
    least: Mapping[int, float]


SMALL = Group(
    "small",
    ("lookup", "describe", "ask", "count", "construct", "union", "path"),
    mean={1: 0.85, 4: 0.8, 16: 0.65},
    least={1: 0.6, 4: 0.55, 16: 0.45},
)
#: Questions whose cost is in the engine, not in HTTP.
HEAVIER = Group(
    "heavier",
    ("star", "two-hop", "regex", "optional", "group", "top-k"),
    mean={1: 3.0, 4: 3.0, 16: 2.5},
    least={},
)
GROUPS = (SMALL, HEAVIER)
#: The question that is sent again and again, and the one that is as much work but never the same.
REPEATED, FIRST = "lookup again", "lookup"


@dataclass(frozen=True, slots=True)
class Question:
    """A query's name, its template, and the function that draws the template's values.

    ``ordered`` tells whether the order of the rows is part of the answer. ``repeated`` questions
    come with the same few texts again and again, so that a server may answer from a cache; all
    others are sent with a text that it has never seen.
    """

    name: str
    template: str
    draw: Callable[[Random, Population], Mapping[str, object]]
    accept: str = SOLUTIONS
    ordered: bool = False
    repeated: bool = False

    def texts(self, population: Population, number: int) -> list[str]:
        """Return so many texts of the query, the same ones for the same data."""
        random = Random(f"{population.seed} {self.name}")  # noqa: S311 - values, not secrets
        template = Template(self.template)
        return [
            _prologue(self.template)
            + " ".join(template.substitute(self.draw(random, population)).split())
            for _ in range(number)
        ]


def _prologue(template: str) -> str:
    used = [prefix for prefix in PREFIXES if f"{prefix}:" in template]
    return "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}> " for prefix in used)


def _any_thing(random: Random, population: Population) -> Mapping[str, object]:
    kind = random.choice(sorted(population.things))
    return {"thing": iri(kind, random.randrange(population.things[kind]))}


def _member(random: Random, population: Population) -> Mapping[str, object]:
    return {
        "body": iri("organization", random.randrange(population.things["organization"])),
        "mechanism": iri("mechanism", skewed(random, population.things["mechanism"])),
    }


def _organization(random: Random, population: Population) -> Mapping[str, object]:
    return {"body": iri("organization", random.randrange(population.things["organization"]))}


def _place(random: Random, population: Population) -> Mapping[str, object]:
    return {"place": iri("place", _middling(random, population.things["place"]))}


def _region(random: Random, population: Population) -> Mapping[str, object]:
    """Draw a place directly under a country: everything in it is a bounded tree."""
    number = COUNTRIES + random.randrange(COUNTRIES * BRANCHES)
    return {"place": iri("place", min(number, population.things["place"] - 1))}


def _sector(random: Random, population: Population) -> Mapping[str, object]:
    return {"sector": concept("sector", random.randrange(4, SECTORS)), **_year(random, population)}


def _year(random: Random, _: Population) -> Mapping[str, object]:
    year = random.randint(FIRST_YEAR + 10, LAST_YEAR - 10)
    return {"year": year, "later": year + 6}


def _pattern(random: Random, _: Population) -> Mapping[str, object]:
    return {"pattern": pattern(random)}


def _word(random: Random, _: Population) -> Mapping[str, object]:
    """Draw a rare word: some hundred passages in a million quads have it."""
    return {"word": random.choice(WORDS[len(WORDS) // 2 :])}


def _middling(random: Random, number: int) -> int:
    """Return a rank between the tenth and the two hundredth: neither a hub nor a leaf."""
    return min(10 + random.randrange(190), number - 1)


QUESTIONS: tuple[Question, ...] = (
    Question(
        FIRST,
        """SELECT ?kind ?label WHERE { <$thing> a ?kind ; rdfs:label ?label }""",
        _any_thing,
    ),
    Question(
        REPEATED,
        """SELECT ?kind ?label WHERE { <$thing> a ?kind ; rdfs:label ?label }""",
        _any_thing,
        repeated=True,
    ),
    Question("describe", """DESCRIBE <$thing>""", _any_thing, accept=GRAPH),
    Question(
        "star",
        # Many graphs state the same name: where their union is not a set, rows come repeatedly.
        """SELECT DISTINCT ?body ?en ?zh ?name ?year ?place ?about WHERE {
             ?body ex:sector <$sector> ; a ex:Organization ;
               rdfs:label ?en , ?zh ; ex:statedName ?name ; ex:foundingYear ?year ;
               ex:basedIn ?place ; dcterms:description ?about .
             FILTER (LANG(?en) = "en" && LANG(?zh) = "zh" && ?year >= $year)
           }""",
        _sector,
    ),
    Question(
        "two-hop",
        """SELECT ?event ?person ?name ?role ?body WHERE {
             ?event ex:takesPlaceIn <$place> ; ex:participant ?person .
             ?holding ex:holder ?person ; ex:role ?role ; ex:heldIn ?body .
             ?person rdfs:label ?name . FILTER (LANG(?name) = "en")
           }""",
        _place,
    ),
    Question(
        "regex",
        """SELECT ?body ?label WHERE {
             ?body a ex:Organization ; rdfs:label ?label .
             FILTER (LANG(?label) = "en" && REGEX(STR(?label), "$pattern", "i"))
           }""",
        _pattern,
    ),
    Question(
        "optional",
        """SELECT ?mechanism ?year ?secretariat ?host ?event WHERE {
             ?mechanism a ex:Mechanism ; ex:foundingYear ?year .
             FILTER (?year >= $year && ?year < $later)
             OPTIONAL { ?secretariat ex:secretariatOf ?mechanism ; ex:hostedBy ?host }
             OPTIONAL { ?event ex:during ?mechanism ; ex:year ?year }
           }""",
        _year,
    ),
    Question(
        "union",
        """SELECT DISTINCT ?thing ?label WHERE {
             { ?thing ex:basedIn <$place> } UNION { ?thing ex:linksParty <$place> }
             UNION { ?thing ex:takesPlaceIn <$place> } UNION { ?thing ex:side <$place> }
             ?thing rdfs:label ?label . FILTER (LANG(?label) = "zh")
           }""",
        _place,
    ),
    Question(
        "group",
        """SELECT ?sector (COUNT(?body) AS ?bodies) (MIN(?year) AS ?first) WHERE {
             ?body a ex:Organization ; ex:sector ?sector ; ex:foundingYear ?year .
             FILTER (?year >= $year)
           } GROUP BY ?sector ORDER BY DESC(?bodies) ?sector""",
        _year,
        ordered=True,
    ),
    Question(
        "path",
        """SELECT ?place ?body WHERE { ?place ex:within+ <$place> . ?body ex:basedIn ?place }""",
        _region,
    ),
    Question(
        "top-k",
        """SELECT ?body ?year ?label WHERE {
             ?body a ex:Organization ; ex:foundingYear ?year ; rdfs:label ?label .
             FILTER (LANG(?label) = "en" && ?year <= $year)
           } ORDER BY DESC(?year) ?body LIMIT 20""",
        _year,
        ordered=True,
    ),
    Question(
        "count",
        """SELECT (COUNT(*) AS ?people) WHERE { ?person ex:citizenOf <$place> }""",
        _place,
    ),
    Question(
        "contains",
        """SELECT ?passage ?words WHERE {
             ?passage oa:exact ?words . FILTER (CONTAINS(STR(?words), "$word"))
           }""",
        _word,
    ),
    Question(
        "construct",
        """CONSTRUCT { ?passage ex:states ?value ; oa:exact ?words } WHERE {
             GRAPH ?passage { <$body> ?property ?value } ?passage oa:exact ?words
           }""",
        _organization,
        accept=GRAPH,
    ),
    Question("ask", """ASK { <$body> ex:memberOf <$mechanism> }""", _member),
)


def question(name: str) -> Question:
    """Return a question by its name."""
    return next(each for each in QUESTIONS if each.name == name)
