"""The generated graph's names: its IRIs, its prefixes, and what its things are called.

What a thing is called follows from its kind and number alone, so queries can draw names that
the data has without reading it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

BASE = "https://bench.example/"
ONTOLOGY = f"{BASE}ontology#"

PREFIXES = {
    "dcterms": "http://purl.org/dc/terms/",
    "ex": ONTOLOGY,
    "nif": "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#",
    "oa": "http://www.w3.org/ns/oa#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

#: What each of twenty consecutive passages introduces; the pattern then repeats.
PATTERN = (
    "place",
    "person",
    "organization",
    "mechanism",
    "person",
    "holding",
    "organization",
    "event",
    "person",
    "organization",
    "secretariat",
    "holding",
    "person",
    "mechanism",
    "organization",
    "person",
    "event",
    "holding",
    "organization",
    "person",
)

SECTORS = 40
ROLES = 24
#: Places form trees: so many roots (countries), and so many places directly in each place.
COUNTRIES = 12
BRANCHES = 6

FIRST_YEAR, LAST_YEAR = 1950, 2024


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ADJECTIVES = _words(
    "Eastern Northern Southern Western Central Joint Regional National Bilateral Coastal "
    "Maritime Inland Digital Green General United Royal Federal Alpine Baltic"
)
_TOPICS = _words(
    "Trade Investment Machinery Energy Shipping Aviation Textile Mining Finance Research "
    "Transport Standards Harvest Medicine Electronics Forestry Fisheries Education Water Steel"
)
_BODIES = _words(
    "Council Chamber Committee Association Federation Forum Institute Company Ministry Bureau"
)
_FAMILIES = _words(
    "Zhang Wang Li Brown Ivanov Rossi Virtanen Kim Tanaka Silva Novak Haddad Okafor Singh Costa"
)
_ZH_TOPICS = _words("贸易 投资 机械 能源 航运 航空 纺织 矿业 金融 研究")
_ZH_BODIES = _words("委员会 商会 协会 联盟 论坛 研究所 公司 部 局 中心")

#: Words of the passages, the most frequent first: 2,197 of three syllables each.
WORDS = tuple(
    "".join(syllables)
    for syllables in product(
        _words("ka lo min tre vu sha gor pel dra nis bo fen zu"),
        _words("ra ti mo len sa wi kor du ne pha gi ba lu"),
        _words("n s th ro k mer la x dan vi ton que p"),
    )
)


@dataclass(frozen=True, slots=True)
class Name:
    """What a thing is called, in English and in Chinese."""

    en: str
    zh: str


def iri(kind: str, number: int) -> str:
    """Return a thing's IRI."""
    return f"{BASE}id/{kind}/{number}"


def concept(scheme: str, number: int) -> str:
    """Return the IRI of a sector or a role."""
    return f"{BASE}scheme/{scheme}/{number}"


def passage(number: int) -> str:
    """Return the IRI of a passage, which is also the IRI of its graph."""
    return f"{BASE}passage/{number}"


def graph(name: str) -> str:
    """Return the IRI of one of the graphs that are not a passage's."""
    return f"{BASE}graph/{name}"


def name(kind: str, number: int) -> Name:
    """Return what a thing is called."""
    spread = number * 2_654_435_761 % 2**32
    first, second, third = spread % 997, spread // 997 % 991, spread // 988_027 % 983
    zh = _ZH_TOPICS[second % len(_ZH_TOPICS)] + _ZH_BODIES[third % len(_ZH_BODIES)]
    if kind == "person":
        first_name = WORDS[spread % len(WORDS)].capitalize()
        return Name(f"{_FAMILIES[first % len(_FAMILIES)]} {first_name} {number}", f"{zh}人{number}")
    if kind == "place":
        return Name(f"{WORDS[spread % len(WORDS)].capitalize()} {number}", f"{zh}地{number}")
    words = (
        _ADJECTIVES[first % len(_ADJECTIVES)],
        _TOPICS[second % len(_TOPICS)],
        _BODIES[third % len(_BODIES)],
    )
    return Name(f"{' '.join(words)} {number}", f"{zh}{number}")


def pattern(random: Random) -> str:
    """Return a regular expression that some two in a thousand names of bodies match."""
    adjective, topic = random.choice(_ADJECTIVES), random.choice(_TOPICS)
    return f"^{adjective[:4].lower()}.*{topic[:4].lower()}.*(council|forum|bureau)"


def skewed(random: Random, number: int) -> int:
    """Return a rank under ``number`` by Zipf's law: rank r with a chance in proportion to 1/r."""
    return min(int((number + 1) ** random.random()), number) - 1
