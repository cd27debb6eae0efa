"""Coverage: passages without facts, and things that are probably the same.

- ``passage-without-facts`` (note) a sentence or an item of a list of which no fact is stated
- ``thing-without-relation`` (note) a thing that one passage alone names, and no fact ties to others
- ``same-name`` (warning)   two things of one class that have the same name
- ``near-duplicate`` (note) two things of one class whose names differ by a slip
- ``iri-typo`` (warning)    an IRI that is used once, and is a letter away from one used more often

These concern projects with texts. Headings need not state anything, and furniture (words of the
page around a text) does not count. `graphsvc coverage` shows the same by text.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain
from typing import TYPE_CHECKING

import pyoxigraph as ox

from graphsvc.findings import Severity
from graphsvc.namespaces import RDF
from graphsvc.naming import is_name, labels_in
from graphsvc.texts.comparing import plain
from graphsvc.texts.model import PassageKind, excerpt
from graphsvc.validation.similarity import are_iris_similar, are_names_similar, similar_pairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from graphsvc.findings import Finding
    from graphsvc.sources import Project
    from graphsvc.validation.context import ValidationContext

#: The kinds of passages that are expected to state something.
STATING = (PassageKind.SENTENCE, PassageKind.ITEM)


def findings(context: ValidationContext) -> Iterator[Finding]:
    """Yield findings about missing facts and duplicates in a project with texts."""
    project = context.project
    if not project.texts:
        return
    yield from _without_facts(context)
    yield from _without_relation(context)
    names = _names(project)
    for kind, things in sorted(_things_by_class(context).items()):
        by_name = _by_name(things, names)
        yield from _same_names(context, kind, by_name)
        yield from _near_names(context, by_name)
    yield from _typos(context)


def stating(project: Project) -> Counter[str]:
    """Return how many facts each passage states, by IRI, for passages with facts."""
    return Counter(
        quad.graph_name.value
        for quad in project.quads
        if isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value in project.passages
    )


def passages_of_things(project: Project) -> Mapping[str, set[str]]:
    """Return the passages that name each thing of the project in their facts, by its IRI."""
    places: dict[str, set[str]] = defaultdict(set)
    for quad in project.quads:
        graph = quad.graph_name
        if isinstance(graph, ox.NamedNode) and graph.value in project.passages:
            for term in (quad.subject, quad.object):
                if isinstance(term, ox.NamedNode) and _is_thing(term.value, project):
                    places[term.value].add(graph.value)
    return places


def _is_thing(iri: str, project: Project) -> bool:
    return iri.startswith(f"{project.base}id/")


def _without_facts(context: ValidationContext) -> Iterator[Finding]:
    stated = stating(context.project)
    for passage in context.project.passages.values():
        if passage.kind in STATING and passage.iri not in stated:
            yield context.finding(
                "passage-without-facts",
                f"No fact is stated of {excerpt(passage.exact)}",
                "State what it says in its block. If it belongs to the page and not to the text, "
                "call it furniture in the list of passages.",
                about=passage.iri,
                severity=Severity.NOTE,
            )


def _without_relation(context: ValidationContext) -> Iterator[Finding]:
    project = context.project
    tied: set[str] = set()
    for quad in project.quads:
        if quad.predicate != RDF.type and isinstance(quad.object, ox.NamedNode):
            tied |= {getattr(quad.subject, "value", ""), quad.object.value}
    for iri, places in passages_of_things(project).items():
        of_a_row = any(project.passages[place].kind is PassageKind.ROW for place in places)
        if len(places) == 1 and not of_a_row and iri not in tied:
            yield context.finding(
                "thing-without-relation",
                f"{context.name(ox.NamedNode(iri))} is named in one passage only, and no fact "
                "ties it to another thing.",
                "State what it has to do with the others, or take it away.",
                about=iri,
                severity=Severity.NOTE,
            )


def _names(project: Project) -> Mapping[str, set[str]]:
    """Return the names of things, by IRI: their labels, else their other names.

    Things with the same name and different labels are already distinguished.
    """
    label_properties = frozenset(labels_in(project.quads))
    labels: dict[str, set[str]] = defaultdict(set)
    names: dict[str, set[str]] = defaultdict(set)
    for quad in project.quads:
        if isinstance(quad.object, ox.Literal) and isinstance(quad.subject, ox.NamedNode):
            name = plain(quad.object.value)
            if name and quad.predicate in label_properties:
                labels[quad.subject.value].add(name)
            elif name and is_name(quad.predicate):
                names[quad.subject.value].add(name)
    return {**names, **labels}


def _things_by_class(context: ValidationContext) -> Mapping[str, list[str]]:
    """Return the things of each stated class."""
    project = context.project
    members: dict[str, dict[str, None]] = defaultdict(dict)
    for quad in project.quads:
        if quad.predicate == RDF.type and isinstance(quad.subject, ox.NamedNode):
            iri = quad.subject.value
            if _is_thing(iri, project) and isinstance(quad.object, ox.NamedNode):
                members[quad.object.value][iri] = None
    return {kind: [*things] for kind, things in members.items()}


def _by_name(things: Iterable[str], names: Mapping[str, set[str]]) -> Mapping[str, list[str]]:
    by_name: dict[str, list[str]] = defaultdict(list)
    for iri in things:
        for name in names.get(iri, ()):
            by_name[name].append(iri)
    return by_name


def _same_names(
    context: ValidationContext, kind: str, by_name: Mapping[str, list[str]]
) -> Iterator[Finding]:
    for name, things in sorted(by_name.items()):
        first, *others = sorted(things)
        for other in others:
            yield context.finding(
                "same-name",
                f"{_pair(context, first, other)} have the same name, “{name}”, and the same "
                f"class, {context.name(ox.NamedNode(kind))}.",
                "If they are one thing, give it one IRI. If not, give each a label of its own.",
                about=other,
                severity=Severity.WARNING,
            )


def _near_names(context: ValidationContext, by_name: Mapping[str, list[str]]) -> Iterator[Finding]:
    # Compared unchanged, because a space may be missing, and with sorted words.
    ordered: dict[str, list[str]] = defaultdict(list)
    for name, things in by_name.items():
        ordered[" ".join(sorted(name.split()))] += things
    pairs = dict.fromkeys(
        chain(
            _similar_pairs(by_name),
            _similar_pairs(ordered),
            sorted({*_of_one_name(ordered)} - {*_of_one_name(by_name)}),
        )
    )
    for first, other in pairs:
        yield context.finding(
            "near-duplicate",
            f"{_pair(context, first, other)} have nearly the same name.",
            "If they are one thing, give it one IRI and the spelling of each passage as a name.",
            about=other,
            severity=Severity.NOTE,
        )


def _similar_pairs(by_name: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of things with similar names."""
    for one, other in similar_pairs(by_name, are_names_similar):
        if not {*by_name[one]} & {*by_name[other]}:
            first, second = sorted((min(by_name[one]), min(by_name[other])))
            yield first, second


def _of_one_name(by_name: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Yield the first thing of each name with each other thing of that name."""
    for things in by_name.values():
        first, *others = sorted(set(things))
        yield from ((first, other) for other in others)


def _typos(context: ValidationContext) -> Iterator[Finding]:
    uses: Counter[str] = Counter()
    for quad in context.project.quads:
        uses.update(
            term.value for term in (quad.subject, quad.object) if isinstance(term, ox.NamedNode)
        )
    for pair in similar_pairs(uses, are_iris_similar):
        rare, usual = sorted(pair, key=lambda iri: uses[iri])
        if uses[rare] == 1 and uses[usual] > 1 and _may_be_wrong(rare, context):
            yield context.finding(
                "iri-typo",
                f"{context.name(ox.NamedNode(rare))} is used once, and is a letter away from "
                f"{context.name(ox.NamedNode(usual))}, which is used more often.",
                "If the second is meant, correct the IRI.",
                about=rare,
                severity=Severity.WARNING,
            )


def _may_be_wrong(iri: str, context: ValidationContext) -> bool:
    """Tell whether an IRI may be mistyped: it is not a term, namespace or passage."""
    is_namespace = iri.endswith(("#", "/"))
    return not (is_namespace or context.is_term(iri) or iri in context.project.passages)


def _pair(context: ValidationContext, first: str, other: str) -> str:
    return " and ".join(context.name(ox.NamedNode(iri)) for iri in (first, other))
