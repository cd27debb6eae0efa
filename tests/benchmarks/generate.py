"""The data: linked entities and the passages that state them, as N-Quads, from a seed.

Every passage introduces one thing in a graph of its own and refers to things introduced before,
the early ones far more often than the late ones, so that some have a great many inverse facts.
The graph ``passages`` says where each passage stands in its text and quotes it.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from itertools import count
from random import Random
from typing import TYPE_CHECKING

from .vocabulary import (
    BASE,
    BRANCHES,
    COUNTRIES,
    FIRST_YEAR,
    LAST_YEAR,
    PATTERN,
    PREFIXES,
    ROLES,
    SECTORS,
    WORDS,
    concept,
    graph,
    iri,
    name,
    passage,
    skewed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

#: A subject, a predicate and an object as N-Quads writes them.
Fact = tuple[str, str, str]

_PER_SOURCE = 500
_PER_SECTION = 10


@dataclass(frozen=True, slots=True)
class Population:
    """What the data has: how many quads, and how many things of each kind, numbered from 0."""

    seed: int
    quads: int
    passages: int
    things: dict[str, int]

    @staticmethod
    def read(path: Path) -> Population:
        """Read what ``write`` wrote."""
        return Population(**json.loads(path.read_text("utf-8")))

    def write(self, path: Path) -> None:
        """Write the population beside the data."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", "utf-8")


def generate(path: Path, quads: int, seed: int = 1) -> Population:
    """Write exactly so many quads; the same seed gives the same bytes."""
    source = _Source(Random(seed))  # noqa: S311 - data, not secrets
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for lines in source.batches():
            batch = lines[: quads - count]
            file.writelines(batch)
            count += len(batch)
            if count == quads:
                break
    # The last passage may be cut short: what it introduces is drawn by no query.
    source.things[source.kind] -= 1
    return Population(seed, count, source.passages - 1, dict(source.things))


class _Source:
    """Invents passages one after the other."""

    def __init__(self, random: Random) -> None:
        self.things: Counter[str] = Counter()
        self.passages = 0
        self.kind = ""
        self._random = random
        self._offset = 0
        self._facts: dict[str, Callable[[str, int], Iterator[Fact]]] = {
            "place": self._place,
            "person": self._person,
            "organization": self._organization,
            "mechanism": self._mechanism,
            "event": self._event,
            "secretariat": self._secretariat,
            "holding": self._holding,
        }

    def batches(self) -> Iterator[list[str]]:
        """Yield the lines of the schemes, and then of one passage after the other, without end."""
        schemes = f" <{graph('schemes')}> .\n"
        yield [" ".join(fact) + schemes for fact in _schemes()]
        for number in count():
            self.kind = PATTERN[number % len(PATTERN)]
            about = f" <{graph('passages')}> .\n"
            stated = f" <{passage(number)}> .\n"
            lines = [" ".join(fact) + about for fact in self._passage(number)]
            lines += [" ".join(fact) + stated for fact in self._introduce(self.kind)]
            self.passages += 1
            yield list(dict.fromkeys(lines))

    def _passage(self, number: int) -> Iterator[Fact]:
        this, section = _ref(passage(number)), number - number % _PER_SECTION
        words = " ".join(
            WORDS[skewed(self._random, len(WORDS))] for _ in range(self._random.randint(9, 20))
        )
        end = self._offset + len(words)
        yield this, _p("rdf:type"), _p("ex:Sentence")
        yield this, _p("nif:referenceContext"), _ref(f"{BASE}source/{number // _PER_SOURCE}")
        yield this, _p("nif:beginIndex"), _whole(self._offset, "nonNegativeInteger")
        yield this, _p("nif:endIndex"), _whole(end, "nonNegativeInteger")
        yield this, _p("oa:exact"), _text(words, "en")
        yield this, _p("ex:inSection"), _ref(passage(section))
        yield this, _p("schema:position"), _whole(number)
        self._offset = 0 if (number + 1) % _PER_SOURCE == 0 else end + 1

    def _introduce(self, kind: str) -> Iterator[Fact]:
        number = self.things[kind]
        this, label = _ref(iri(kind, number)), name(kind, number)
        yield this, _p("rdf:type"), _p(f"ex:{kind.capitalize()}")
        yield this, _p("rdfs:label"), _text(label.en, "en")
        yield this, _p("rdfs:label"), _text(label.zh, "zh")
        yield this, _p("ex:statedName"), _text(label.en, "en")
        yield from self._facts[kind](this, number)
        self.things[kind] = number + 1
        # The passage also names its topic; other passages state the same in their own graphs.
        yield from self._mention("organization")

    def _mention(self, kind: str) -> Iterator[Fact]:
        if self.things[kind]:
            number = skewed(self._random, self.things[kind])
            yield (
                _ref(iri(kind, number)),
                _p("ex:statedName"),
                _text(name(kind, number).en, "en"),
            )

    def _place(self, this: str, number: int) -> Iterator[Fact]:
        if number >= COUNTRIES:
            yield this, _p("ex:within"), _ref(iri("place", (number - COUNTRIES) // BRANCHES))

    def _person(self, this: str, _: int) -> Iterator[Fact]:
        yield this, _p("ex:honorific"), _text(self._random.choice(("Mr.", "Ms.", "H.E.")), "en")
        yield this, _p("ex:citizenOf"), self._other("place")

    def _organization(self, this: str, number: int) -> Iterator[Fact]:
        yield this, _p("ex:sector"), _ref(concept("sector", skewed(self._random, SECTORS)))
        yield this, _p("ex:basedIn"), self._other("place")
        yield this, _p("ex:foundingYear"), self._year()
        yield this, _p("dcterms:description"), self._description(number)
        for _ in range(2):
            if self.things["mechanism"]:
                yield this, _p("ex:memberOf"), self._other("mechanism")

    def _mechanism(self, this: str, number: int) -> Iterator[Fact]:
        yield this, _p("ex:foundingYear"), self._year()
        yield this, _p("ex:linksParty"), self._other("place")
        yield this, _p("ex:linksParty"), self._other("place")
        yield this, _p("ex:initiatedBy"), self._other("person")
        yield this, _p("ex:field"), _ref(concept("sector", skewed(self._random, SECTORS)))
        yield this, _p("dcterms:description"), self._description(number)

    def _event(self, this: str, _: int) -> Iterator[Fact]:
        yield this, _p("ex:year"), self._year()
        yield this, _p("ex:takesPlaceIn"), self._other("place")
        yield this, _p("ex:during"), self._other("mechanism")
        for _participant in range(3):
            yield this, _p("ex:participant"), self._other("person")

    def _secretariat(self, this: str, _: int) -> Iterator[Fact]:
        yield this, _p("ex:secretariatOf"), self._other("mechanism")
        yield this, _p("ex:hostedBy"), self._other("organization")
        yield this, _p("ex:side"), self._other("place")

    def _holding(self, this: str, _: int) -> Iterator[Fact]:
        yield this, _p("ex:holder"), self._other("person")
        yield this, _p("ex:role"), _ref(concept("role", skewed(self._random, ROLES)))
        yield this, _p("ex:heldIn"), self._other("organization")
        yield this, _p("ex:sinceYear"), self._year()

    def _other(self, kind: str) -> str:
        return _ref(iri(kind, skewed(self._random, self.things[kind])))

    def _year(self) -> str:
        return _whole(self._random.randint(FIRST_YEAR, LAST_YEAR))

    def _description(self, number: int) -> str:
        words = (WORDS[skewed(self._random, len(WORDS))] for _ in range(8))
        return _text(f"Body {number} for {' '.join(words)}.", "en")


def _schemes() -> Iterator[Fact]:
    for scheme, number in (("sector", SECTORS), ("role", ROLES)):
        for each in range(number):
            this = _ref(concept(scheme, each))
            yield this, _p("rdf:type"), _p("skos:Concept")
            yield this, _p("skos:inScheme"), _ref(f"{BASE}scheme/{scheme}")
            yield this, _p("skos:prefLabel"), _text(name(scheme, each).en, "en")
            yield this, _p("skos:prefLabel"), _text(name(scheme, each).zh, "zh")


def _ref(address: str) -> str:
    return f"<{address}>"


def _p(prefixed: str) -> str:
    prefix, _, local = prefixed.partition(":")
    return f"<{PREFIXES[prefix]}{local}>"


def _text(words: str, language: str) -> str:
    return f'"{words}"@{language}'


def _whole(number: int, datatype: str = "integer") -> str:
    return f'"{number}"^^<{PREFIXES["xsd"]}{datatype}>'
