"""A passage in its text: its position, its neighbours, and the facts that it states.

NIF counts offsets in code points, the end being the first after it:
https://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core/nif-core.html
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode, Triple

from graphsvc.namespaces import NIF, RDF
from graphsvc.views.layout import PropertyRef, PropertyShape
from graphsvc.views.model import Fact, Status, claim_name
from graphsvc.views.names import Names
from graphsvc.views.queries import view_query
from graphsvc.views.thing.model import PropertyFacts
from graphsvc.views.values import as_int

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Named, Passage
    from graphsvc.views.terms import Terms
    from graphsvc.views.thing.model import Thing

STATED = view_query("passage/stated")
CLASSES = view_query("passage/classes")

_FIRST = (float("-inf"), "", 0.0)


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """The facts of one thing in one passage."""

    subject: Named
    properties: tuple[PropertyFacts, ...]

    @property
    def size(self) -> int:
        """Return the number of facts."""
        return sum(len(entry.facts) for entry in self.properties)


@dataclass(frozen=True, slots=True)
class PassageInText:
    """A passage in its text, and its facts; ``count`` is the number of passages of the text.

    ``anchors`` are the fragments of facts that are not shown, by the more specific fact that is: a
    citation still leads to them.
    """

    passage: Passage
    text: Named
    begin: int | None
    end: int | None
    count: int
    previous: Passage | None
    next: Passage | None
    subjects: tuple[SubjectFacts, ...]
    anchors: Mapping[Triple, Sequence[str]]
    query: BoundQuery


def passage_in_text(graph: Graph, thing: Thing, languages: str) -> PassageInText | None:
    """Return a passage from its page as a thing; None if the thing is no passage."""
    text, begin, end = (
        next(iter(thing.values(prop)), None)
        for prop in (NIF.referenceContext, NIF.beginIndex, NIF.endIndex)
    )
    if begin is None or end is None or not isinstance(text, NamedNode):
        return None
    node = NamedNode(thing.iri)
    query = STATED.bind({"passage": node})
    stated = graph.rows(query).rows
    triples = _triples(graph.terms.most_special(stated))  # type: ignore[arg-type]
    classes: dict[Term, list[Term]] = defaultdict(list)
    for row in graph.rows(CLASSES.bind({"passage": node})):
        classes[row["thing"]].append(row["class"])
    beside = graph.texts.beside(thing.iri)
    terms = (term for each in triples for term in (each.subject, each.predicate, each.object))
    names = Names(graph, [node, text, *filter(None, beside), *terms], languages)
    passage = names.passage(node)
    if passage is None:
        return None
    before, after = map(names.passage, beside)
    return PassageInText(
        passage=passage,
        text=names[text],
        begin=as_int(begin),
        end=as_int(end),
        count=len(graph.texts.passages.get(text.value, ())),
        previous=before,
        next=after,
        subjects=_subjects(triples, classes, names, graph.terms),
        anchors=_anchors(triples, _triples(stated)),  # type: ignore[arg-type]
        query=query,
    )


def _triples(facts: Iterable[tuple[Term, Term, Term]]) -> list[Triple]:
    return [
        Triple(subject, prop, value)
        for subject, prop, value in facts
        if isinstance(subject, NamedNode | BlankNode) and isinstance(prop, NamedNode)
    ]


def _anchors(visible: Sequence[Triple], stated: Iterable[Triple]) -> Mapping[Triple, Sequence[str]]:
    """Return the fragments of the facts that are not shown, by a more specific fact that is."""
    visible_triples, first = (
        set(visible),
        {(each.subject, each.object): each for each in reversed(visible)},
    )
    anchors: dict[Triple, list[str]] = defaultdict(list)
    for each in stated:
        if each not in visible_triples:
            anchors[first[each.subject, each.object]].append(claim_name(each))
    return anchors


def _subjects(
    triples: Iterable[Triple],
    classes: Mapping[Term, Sequence[Term]],
    names: Names,
    terms: Terms,
) -> tuple[SubjectFacts, ...]:
    """Return the facts thing by thing; the thing with the most facts comes first."""
    by_subject: dict[Term, dict[NamedNode, list[Triple]]] = defaultdict(lambda: defaultdict(list))
    for triple in triples:
        by_subject[triple.subject][triple.predicate].append(triple)
    subjects = [
        SubjectFacts(
            names[subject],
            _properties(by_property, terms.layout.shapes(classes.get(subject, ())), names, terms),
        )
        for subject, by_property in by_subject.items()
    ]
    return tuple(sorted(subjects, key=lambda entry: (-entry.size, entry.subject.label)))


def _properties(
    by_property: Mapping[NamedNode, list[Triple]],
    shapes: Mapping[PropertyRef, PropertyShape],
    names: Names,
    terms: Terms,
) -> tuple[PropertyFacts, ...]:
    def order(prop: NamedNode) -> tuple[tuple[float, str, float], str]:
        rank = shapes.get(PropertyRef(prop), PropertyShape()).rank
        return (_FIRST if prop == RDF.type else rank, str(prop))

    return tuple(
        PropertyFacts(
            predicate=shapes.get(PropertyRef(prop), PropertyShape()).name(
                names[prop], names.languages
            ),
            definition=terms.definition(prop, names.languages),
            facts=tuple(
                sorted(
                    (Fact(each, names[each.object], Status.STATED) for each in by_property[prop]),
                    key=lambda fact: fact.other.label,
                )
            ),
        )
        for prop in sorted(by_property, key=order)
    )
