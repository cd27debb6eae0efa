"""A graph in which one thing has 100,000 inverse facts: a body, and all who are members of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .corpus import Corpus, put_release
from .generate import Population
from .vocabulary import BASE, PREFIXES, iri, passage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MEMBERS = 100_000
_PER_PASSAGE = 20
_BORN, _YEARS = 1900, 100

HUB_IRI = iri("organization", 0)
HUB = HUB_IRI.removeprefix(BASE)


def corpus(folder: Path) -> Corpus:
    """Write the quads into a folder, and a release of them."""
    quads = list(_quads())
    result = Corpus(folder, Population(0, len(quads), MEMBERS // _PER_PASSAGE, {"person": MEMBERS}))
    result.project.mkdir()
    result.nquads.write_text("\n".join([*quads, ""]), "utf-8")
    put_release(result)
    return result


def _quads() -> Iterator[str]:
    text = f"<{PREFIXES['nif']}referenceContext> <{BASE}source/0> <{BASE}graph/passages>"
    for number in range(MEMBERS // _PER_PASSAGE):
        this = f"<{passage(number)}>"
        yield f"{this} {text} ."
        yield f'{this} <{PREFIXES["oa"]}exact> "Sentence {number}."@en <{BASE}graph/passages> .'
    label = f"<{PREFIXES['rdfs']}label>"
    kind = f"<{PREFIXES['rdf']}type>"
    yield f'<{HUB_IRI}> {label} "The hub"@en <{passage(0)}> .'
    yield f"<{HUB_IRI}> {kind} <{PREFIXES['ex']}Organization> <{passage(0)}> ."
    for number in range(MEMBERS):
        this, graph = f"<{iri('person', number)}>", f"<{passage(number // _PER_PASSAGE)}>"
        yield f"{this} {kind} <{PREFIXES['ex']}Person> {graph} ."
        yield f'{this} {label} "Member {number}"@en {graph} .'
        yield f"{this} <{PREFIXES['ex']}memberOf> <{HUB_IRI}> {graph} ."
        year = f'"{_BORN + number % _YEARS}"^^<{PREFIXES["xsd"]}integer>'
        yield f"{this} <{PREFIXES['ex']}year> {year} {graph} ."
