"""What can stand in a block: classes and properties of the ontology, and things, by any name."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode
from rapidfuzz import fuzz

from graphsvc.namespaces import OWL, RDF, RDFS, SKOS
from graphsvc.naming import labels_in
from graphsvc.validation.context import TERM_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.editing.desk import Desk
    from graphsvc.sources import Project

#: How many options come at once, and how much a name has to be like what is typed, of 100.
MOST_OPTIONS = 40
_NEAR = 80
#: Fewer letters are like too much.
_LEAST_LETTERS = 4

_CLASSES = (OWL.Class, RDFS.Class)
#: What is no fact about things.
_NO_THINGS = ("ontology", "shapes", "passages", "dataset")


@dataclass(frozen=True, slots=True)
class Option:
    """What may be written: its name in the file, what it is called, and what kind it is."""

    name: str
    label: str
    kind: str
    definition: str = ""


def options(desk: Desk, typed: str) -> list[Option]:
    """Return what fits some letters, the best first: terms before things where they fit alike."""
    prefix, colon, local = typed.rpartition(":")
    ranked = (
        (rank, each)
        for each, names in _all(desk)
        if each.name.startswith(prefix + colon) and (rank := _rank(names, local)) is not None
    )
    ordered = sorted(ranked, key=lambda pair: (pair[0], pair[1].kind == "thing", pair[1].name))
    return [option for _, option in islice(ordered, MOST_OPTIONS)]


def classes(desk: Desk) -> list[Option]:
    """Return the classes of which things can be written in short, by their labels."""
    fitting = [
        option
        for option, _ in _all(desk)
        if option.kind == "class" and not option.name.startswith("<")
    ]
    return sorted(fitting, key=lambda option: option.label)


def _all(desk: Desk) -> Iterator[tuple[Option, list[str]]]:
    """Yield every option with all its names."""
    project = desk.project
    labels, definitions = _labels(project), _definitions(project)
    for iri, kind in _kinds(project).items():
        names = labels.get(iri, [])
        name = desk.prefixes.compact(iri)
        local = re.split(r"[/#:]", iri)[-1]
        option = Option(name, names[0] if names else local, kind, definitions.get(iri, ""))
        yield option, [local, *names]


def _kinds(project: Project) -> dict[str, str]:
    kinds: dict[str, str] = {}
    ontology = project.graph("ontology")
    no_things = {project.graph(name) for name in _NO_THINGS}
    for quad in project.quads:
        if not isinstance(quad.subject, NamedNode):
            continue
        if quad.graph_name == ontology:
            if quad.predicate == RDF.type and quad.object in TERM_TYPES:
                kind = "class" if quad.object in _CLASSES else "property"
                kinds.setdefault(quad.subject.value, kind)
        elif quad.graph_name not in no_things:
            kinds.setdefault(quad.subject.value, "thing")
    return kinds


def _labels(project: Project) -> dict[str, list[str]]:
    """Return all names of everything, the best first: labels, then whatever else is a text."""
    ranks = {prop: rank for rank, prop in enumerate(labels_in(project.quads))}
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for quad in project.quads:
        value = quad.object
        if isinstance(quad.subject, NamedNode) and isinstance(value, Literal):
            is_name = "name" in quad.predicate.value.lower() or quad.predicate == SKOS.altLabel
            if quad.predicate in ranks or is_name:
                rank = ranks.get(quad.predicate, len(ranks))
                found[quad.subject.value].append((rank, value.value))
    return {iri: [name for _, name in sorted(names)] for iri, names in found.items()}


def _definitions(project: Project) -> dict[str, str]:
    properties = (SKOS.definition, RDFS.comment)
    return {
        quad.subject.value: quad.object.value
        for quad in project.quads
        if quad.predicate in properties
        and isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, Literal)
    }


def _rank(names: list[str], typed: str) -> int | None:
    """Return how well names fit what is typed, the best lowest; None if not at all."""
    wanted = typed.casefold()
    lower = [name.casefold() for name in names]
    if any(name.startswith(wanted) for name in lower):
        return 0
    if any(f" {wanted}" in name for name in lower):
        return 1
    if any(wanted in name for name in lower):
        return 2
    is_long = len(wanted) >= _LEAST_LETTERS
    if is_long and any(fuzz.partial_ratio(wanted, name) >= _NEAR for name in lower):
        return 3
    return None
