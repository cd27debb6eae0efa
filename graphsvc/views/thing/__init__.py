"""The page of a thing: its facts with their evidence, and the facts that point to it.

`answers` runs the queries beside this module, in this order:

    head         the types of the thing, and whether it is deprecated (see `head`)
    sizes        the properties of the thing, and the number of facts of each
    facts        the values, and the graphs that state them
    pointing     the facts that point to the thing
    derivations  the premises of inferred facts
    notes        the notes of the editors
    parts        the facts of parts without a page of their own, if there are any

    …            the queries of blocks for some types of things (see `blocks`)

If needed, it also runs those of `shortcuts` (the nodes between the thing and the end of a property
chain), of `nested` (blank nodes) and of `origins` (other evidence), and one of `names` for all of
these: labels, and which graphs are passages. The other modules turn the rows into the page:
`evidence` gives each fact its evidence, `redundancy` finds facts that another row contains,
`arrangement` uses the order of the shapes, and `lead` writes the first sentence.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Triple

from graphsvc.errors import UnknownEntity
from graphsvc.namespaces import PROV, RDF
from graphsvc.views.collection.classes import is_machinery
from graphsvc.views.collection.compare import MOST_COMPARED
from graphsvc.views.layout import PropertyRef
from graphsvc.views.names import Names
from graphsvc.views.thing.answers import (
    FACTS,
    MOST_FACTS,
    MOST_POINTING,
    NOTES,
    POINTING,
    Answers,
)
from graphsvc.views.thing.arrangement import Arrangement
from graphsvc.views.thing.blocks import BlocksDraft
from graphsvc.views.thing.contents import contents
from graphsvc.views.thing.evidence import Evidence, graphs_of, pointing_facts
from graphsvc.views.thing.head import Head, filter_known, head, is_known
from graphsvc.views.thing.lead import LeadWriter
from graphsvc.views.thing.model import Notes, Thing
from graphsvc.views.thing.parts import fragments
from graphsvc.views.thing.redundancy import with_evidence
from graphsvc.views.thing.within import things_within

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Fact, Named
    from graphsvc.views.thing.model import Group

__all__ = ["Head", "Thing", "filter_known", "head", "is_known", "thing", "things_within"]


def thing(graph: Graph, iri: str, languages: str) -> Thing:
    """Return the page of a thing, in the languages of a priority list.

    Errors: UnknownEntity.
    """
    node = NamedNode(iri)
    answers = Answers.read(graph, node)
    if not answers.out and not answers.into and not _is_named(graph, iri):
        raise UnknownEntity(iri)
    blocks = BlocksDraft(graph, answers)
    names = Names(graph, (*answers.terms(), *blocks.terms()), languages)
    evidence = Evidence(graph, answers, names)
    facts = with_evidence(graph.terms, _facts(answers, evidence))
    arrangement = Arrangement(graph.terms, answers, names, facts)
    omissions = evidence.omissions()
    key, others = arrangement.key(omissions), tuple(arrangement.groups(omissions))
    types = tuple(facts.get(PropertyRef(RDF.type), ()))
    kinds = _kinds(graph, types)
    label = names[node]
    own = {ref.property: each for ref, each in facts.items() if not ref.incoming}
    # Only a text can omit something: a thing that no text mentions has no omissions.
    is_in_text = any(fact.passages for values in own.values() for fact in values)
    groups = others if key is None else (key, *others)
    writer = LeadWriter(
        label.label, kinds, facts, arrangement.containing_row, graph.naming.prefixes
    )
    return Thing(
        iri=iri,
        label=label.label,
        language=label.language,
        names=_other_names(graph, own, label),
        types=types,
        kinds=kinds,
        lead=writer.lead(
            graph.terms.layout.templates((fact.other.term for fact in types), languages), languages
        ),
        key=key,
        others=others,
        fragments=tuple(fragments(answers, groups, evidence.named)),
        unstated=arrangement.unstated(omissions) if is_in_text else None,
        notes=_notes(evidence, groups, node),
        incoming=tuple(arrangement.incoming()),
        pointing=POINTING.bind(
            {"thing": node, "property": tuple(answers.into), "limit": Literal(MOST_POINTING)}
        ),
        comparable=tuple(_comparable(graph, types)),
        blocks=blocks.with_names(names),
        derived=_derivation_sources(own),
        contents=tuple(contents(answers, graph.origins, names)),
        query=FACTS.bind(
            {"thing": node, "property": tuple(answers.out), "limit": Literal(MOST_FACTS)}
        ),
        direction=label.direction,
        is_cut=answers.is_cut,
    )


def _is_named(graph: Graph, iri: str) -> bool:
    """Tell whether a thing without facts has a page: it is a graph, or has parts."""
    return is_known(graph, iri) or graph.addresses.has_parts(iri)


def _facts(answers: Answers, evidence: Evidence) -> Mapping[PropertyRef, Sequence[Fact]]:
    """Return the facts of the thing and the incoming facts, by property."""
    by_property: dict[PropertyRef, list[Fact]] = defaultdict(list)
    for prop, value, graphs in graphs_of(answers.facts, "value"):
        triple = Triple(answers.thing, prop, value)
        by_property[PropertyRef(prop)].append(evidence.fact(triple, value, graphs))
    for prop, facts in pointing_facts(answers, evidence).items():
        by_property[PropertyRef(prop, incoming=True)] = facts
    return by_property


def _kinds(graph: Graph, types: Sequence[Fact]) -> tuple[Named, ...]:
    """Return the most specific classes of a thing; those of the graph itself, if there are any."""
    named = {fact.other.term: fact.other for fact in types}
    own = [term for term in named if _is_within(term, graph.base)]
    return tuple(named[cls] for cls in graph.terms.most_specific(own or named))


def _derivation_sources(facts: Mapping[Term, Sequence[Fact]]) -> tuple[Named, ...]:
    """Return the sources that the thing as a whole is derived from."""
    sources = [fact for fact in facts.get(PROV.wasDerivedFrom, ()) if fact.nest is None]
    return tuple(fact.other for fact in sources)


def _other_names(
    graph: Graph, facts: Mapping[Term, Sequence[Fact]], label: Named
) -> tuple[str, ...]:
    names = {
        fact.other.label
        for naming in graph.terms.namings & facts.keys()
        for fact in facts[naming]
        if isinstance(fact.other.term, Literal) and fact.other.label != label.label
    }
    return tuple(sorted(names))


def _notes(evidence: Evidence, groups: Sequence[Group], node: NamedNode) -> Notes:
    beside = {
        note.iri for group in groups for entry in group.properties for note in entry.omissions
    }
    return Notes(
        discrepancies=tuple(note for note in evidence.notes if note.is_discrepancy),
        others=tuple(
            note for note in evidence.notes if not note.is_discrepancy and note.iri not in beside
        ),
        on_passages=evidence.on_passages,
        query=NOTES.bind({"target": node}),
    )


def _comparable(graph: Graph, types: Sequence[Fact]) -> Iterator[Named]:
    """Yield the classes for a comparison: those that have other things too, but not many."""
    own = {fact.other.term: fact.other for fact in types if _is_main(graph, fact.other.term)}
    for cls in graph.terms.most_specific(own):
        if 1 < graph.terms.members(cls) <= MOST_COMPARED:
            yield own[cls]


def _is_main(graph: Graph, cls: Term) -> bool:
    """Tell whether a class is one of the main classes of a graph."""
    if graph.classes.is_defined:
        return _is_within(cls, graph.base)
    return cls in graph.classes.counts and not is_machinery(cls)


def _is_within(term: Term, base: str) -> bool:
    return isinstance(term, NamedNode) and term.value.startswith(base)
