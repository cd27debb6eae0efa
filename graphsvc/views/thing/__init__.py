"""The page of a thing: what it is, what is said of it and by whom, and what points to it.

The queries beside this module are asked in `answers`, in the order in which a reader would:

    head         what it is, and whether it is still to be used (see `head`)
    sizes        of which properties there is something to say, and how much
    facts        their values, and the graphs that state them
    pointing     what points to the thing
    derivations  from what its facts follow
    notes        what the editors note
    parts        what is said of things that have no page but this one, if there are some

    …            those of the blocks that things of some kinds have (see `blocks`)

where there are such those of `shortcuts`, for what stands between the thing and a far end, of
`nested` and `origins`, for what has no name and for what else vouches for facts, and one of `names`
for all that these speak of: what it is called, and which graphs are passages. The other modules
make of the rows what the page shows: `evidence` says what vouches for each fact, `redundancy` which
fact another one tells, `arrangement` puts them in the order of the shapes, and `lead` makes the
sentence with which the page begins.
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
    """Return what the page of a thing shows, in the languages of a priority list.

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
    # Only a text can leave something unsaid: a thing that none is about lacks nothing.
    is_in_text = any(fact.passages for values in own.values() for fact in values)
    groups = others if key is None else (key, *others)
    writer = LeadWriter(label.label, kinds, facts, arrangement.teller, graph.naming.prefixes)
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
    """Tell whether there is a page though no fact has the thing: for a graph, or for its parts."""
    return is_known(graph, iri) or graph.addresses.has_parts(iri)


def _facts(answers: Answers, evidence: Evidence) -> Mapping[PropertyRef, Sequence[Fact]]:
    """Return the facts of the thing, and those that point to it, by property."""
    by_property: dict[PropertyRef, list[Fact]] = defaultdict(list)
    for prop, value, graphs in graphs_of(answers.facts, "value"):
        triple = Triple(answers.thing, prop, value)
        by_property[PropertyRef(prop)].append(evidence.fact(triple, value, graphs))
    for prop, facts in pointing_facts(answers, evidence).items():
        by_property[PropertyRef(prop, incoming=True)] = facts
    return by_property


def _kinds(graph: Graph, types: Sequence[Fact]) -> tuple[Named, ...]:
    """Return the classes that say most of a thing, those that the graph is about if there are."""
    named = {fact.other.term: fact.other for fact in types}
    own = [term for term in named if _is_within(term, graph.base)]
    return tuple(named[cls] for cls in graph.terms.most_specific(own or named))


def _derivation_sources(facts: Mapping[Term, Sequence[Fact]]) -> tuple[Named, ...]:
    """Return what the thing as a whole is derived from, apart from passages, which facts name."""
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
    """Yield the classes whose things the thing can be compared with: there are others, but few."""
    own = {fact.other.term: fact.other for fact in types if _is_main(graph, fact.other.term)}
    for cls in graph.terms.most_specific(own):
        if 1 < graph.terms.members(cls) <= MOST_COMPARED:
            yield own[cls]


def _is_main(graph: Graph, cls: Term) -> bool:
    """Tell whether a graph is about things of a class."""
    if graph.classes.is_defined:
        return _is_within(cls, graph.base)
    return cls in graph.classes.counts and not is_machinery(cls)


def _is_within(term: Term, base: str) -> bool:
    return isinstance(term, NamedNode) and term.value.startswith(base)
