"""Completion in a block: classes and properties of the ontology, and things, by any name."""

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

#: The most options of one answer, and the least similarity of a name to the input, of 100.
MOST_OPTIONS = 40
_LEAST_LIKENESS = 80
#: Fewer letters are similar to too many names.
_LEAST_LETTERS = 4

_CLASSES = (OWL.Class, RDFS.Class)
#: The graphs that have no facts about things.
_NO_THINGS = ("ontology", "shapes", "passages", "dataset")


@dataclass(frozen=True, slots=True)
class Option:
    """A possible completion: its name in the file, its label, and its kind."""

    name: str
    label: str
    kind: str
    definition: str = ""


def options(desk: Desk, typed: str) -> list[Option]:
    """Return the completions of some letters, the best first; terms before things if equal."""
    prefix, colon, local = typed.rpartition(":")
    ranked = (
        (rank, each)
        for each, names in _all(desk)
        if each.name.startswith(prefix + colon) and (rank := _rank(names, local)) is not None
    )
    ordered = sorted(ranked, key=lambda pair: (pair[0], pair[1].kind == "thing", pair[1].name))
    return [option for _, option in islice(ordered, MOST_OPTIONS)]


def classes(desk: Desk) -> list[Option]:
    """Return the classes whose instances have short names, in the order of their labels."""
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
    """Return all names of each entity, the best first: labels, then other names."""
    ranks = {prop: rank for rank, prop in enumerate(labels_in(project.quads))}
    ranked_names: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for quad in project.quads:
        value = quad.object
        if isinstance(quad.subject, NamedNode) and isinstance(value, Literal):
            is_name = "name" in quad.predicate.value.lower() or quad.predicate == SKOS.altLabel
            if quad.predicate in ranks or is_name:
                rank = ranks.get(quad.predicate, len(ranks))
                ranked_names[quad.subject.value].append((rank, value.value))
    return {iri: [name for _, name in sorted(names)] for iri, names in ranked_names.items()}


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
    """Return the rank of names for the input, 0 for the best; None if they do not match."""
    letters = typed.casefold()
    lower = [name.casefold() for name in names]
    if any(name.startswith(letters) for name in lower):
        return 0
    if any(f" {letters}" in name for name in lower):
        return 1
    if any(letters in name for name in lower):
        return 2
    is_long = len(letters) >= _LEAST_LETTERS
    if is_long and any(fuzz.partial_ratio(letters, name) >= _LEAST_LIKENESS for name in lower):
        return 3
    return None
