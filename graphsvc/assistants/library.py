"""What an assistant can ask of a graph: each answer cites the passages that state it.

The views of the pages read the facts about things and passages; search and queries are those of the
service. This module turns them into plain values that JSON can hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from pyoxigraph import Literal, NamedNode, Triple

from graphsvc import queries, search
from graphsvc.datatypes import is_absolute_iri
from graphsvc.errors import UnknownEntity
from graphsvc.namespaces import RDF, XSD
from graphsvc.views.citation.rows import CitedRows
from graphsvc.views.hits import describe_hits
from graphsvc.views.model import Fact
from graphsvc.views.names import Names
from graphsvc.views.origins import Sources
from graphsvc.views.passage import passage_in_text
from graphsvc.views.thing import thing
from graphsvc.views.thing.evidence import graphs_of
from graphsvc.web import protocol
from graphsvc.web.problems import RequestProblem
from graphsvc.web.rows import read_answer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from graphsvc.queries import Query
    from graphsvc.views.hits import DescribedHit
    from graphsvc.views.model import Named, Nest, Passage
    from graphsvc.views.passage import PassageInText
    from graphsvc.views.thing import Thing
    from graphsvc.web.rows import AnswerTable
    from graphsvc.web.site import Site

Record: TypeAlias = dict[str, Any]

MOST_PASSAGES = 500
"""How many passages are listed as resources; any other one is read by its IRI all the same."""


class Library:
    """A release for assistants, each question a method.

    Errors: GraphsvcError, RequestProblem.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._graph = site.graph
        self._languages = site.default_language
        self._prefixes = site.release.prefixes.in_queries

    def search(self, text: str, kinds: Iterable[str], limit: int, offset: int) -> Record:
        """Return the things and sentences that a text may mean."""
        result = search.search(
            self._site.index_for(text),
            text,
            kinds=map(search.EntryKind, kinds),
            limit=limit,
            offset=offset,
            languages=self._languages,
        )
        hits = describe_hits(self._graph, result.hits, self._languages).described
        return _filled(total=result.total, hits=[*map(_hit, hits)], did_you_mean=result.suggestion)

    def describe(self, iri: str) -> Record:
        """Return every fact about a thing, each with the passages that state it."""
        entity = self._thing(iri)
        return _filled(
            iri=entity.iri,
            label=entity.label,
            other_names=entity.names,
            kinds=[kind.label for kind in entity.kinds],
            facts=[*self._facts(entity)],
            pointing=[
                {"property": _named(entry.predicate), "subject": _named(fact.other), **_cited(fact)}
                for entry in entity.incoming
                for fact in entry.facts
            ],
            notes=[
                _filled(iri=note.iri, label=note.label, words=[words for _, words in note.words])
                for note in (*entity.notes.discrepancies, *entity.notes.others)
            ],
            complete=_is_complete(entity),
        )

    def list_questions(self) -> Record:
        """Return the named queries, with their parameters."""
        return {"questions": [*map(_question, self._site.queries)]}

    def run_question(self, name: str, parameters: Mapping[str, str], limit: int) -> Record:
        """Return the answer to a named query."""
        query = queries.query_named(self._site.queries, name)
        bindings = query.bindings(parameters, self._prefixes)
        answered = read_answer(self._site.store, query.text, bindings=bindings)
        return {"question": query.summary, **self._answer(answered, limit)}

    def sparql(self, query: str, limit: int) -> Record:
        """Return the answer to a query, which is read as the endpoint reads it."""
        request = protocol.read(protocol.Parameters({"query": [query]}), None)
        return self._answer(read_answer(self._site.store, request.query), limit)

    def passage(self, iri: str) -> Record:
        """Return a passage, its text, what is beside it, and the facts that it states."""
        passage = passage_in_text(self._graph, self._thing(iri), self._languages)
        if passage is None:
            raise RequestProblem(
                "not-found",
                f"<{iri}> is no passage of a text.",
                remedy="The tool describe says what is known of it.",
            )
        return _filled(
            **_passage(passage.passage),
            source=_named(passage.text),
            begin=passage.begin,
            end=passage.end,
            number=passage.passage.number,
            previous=passage.previous and passage.previous.iri,
            next=passage.next and passage.next.iri,
            facts=[*_stated(passage)],
        )

    def passages(self) -> Record:
        """Return the first passages of the texts."""
        texts = self._graph.texts.passages.values()
        listed = [passage for passages in texts for passage in passages][:MOST_PASSAGES]
        cited = CitedRows(self._graph, [(each,) for each in listed], self._languages)
        passages = filter(None, map(cited.names.passage, listed))
        return {"passages": [*map(_passage, passages)]}

    def _thing(self, iri: str) -> Thing:
        """Return a thing by its IRI, which may be written with a prefix."""
        prefix, colon, name = iri.partition(":")
        if colon and prefix in self._prefixes and not name.startswith("//"):
            iri = self._prefixes[prefix] + name
        if not is_absolute_iri(iri):
            raise UnknownEntity(iri)
        return thing(self._graph, iri, self._languages)

    def _facts(self, entity: Thing) -> Iterator[Record]:
        """Yield the facts of a thing: those of its page, then those that its title tells there."""
        # The same fact may stand in two groups of a page.
        facts = {fact.triple: (prop, fact) for prop, fact in entity.facts}
        for prop, fact in (*facts.values(), *self._beside(entity, facts)):
            yield {"property": _named(prop), **_fact(fact)}

    def _beside(self, entity: Thing, facts: Collection[Triple]) -> Iterator[tuple[Named, Fact]]:
        """Yield the facts of a thing that are not among some, each with its property."""
        node = NamedNode(entity.iri)
        stated = {
            triple: (prop, graphs)
            for prop, value, graphs in graphs_of(self._graph.rows(entity.query), "value")
            if (triple := Triple(node, prop, value)) not in facts
        }
        origins = {graph for _, graphs in stated.values() for graph in graphs}
        terms = (term for triple in stated for term in (triple.predicate, triple.object))
        names = Names(self._graph, (*terms, *origins), self._languages)
        sources = Sources.read(self._graph, origins)
        for triple, (prop, graphs) in stated.items():
            yield (
                names[prop],
                Fact(
                    triple=triple,
                    other=names[triple.object],
                    status=self._graph.status(graphs),
                    passages=tuple(filter(None, map(names.passage, graphs))),
                    sources=sources.of(graphs, names),
                ),
            )

    def _answer(self, answered: AnswerTable, limit: int) -> Record:
        """Return the first rows of an answer, each with the passages that state what it says."""
        if answered.boolean is not None:
            return {"boolean": answered.boolean}
        rows = answered.rows[:limit]
        cited = CitedRows(self._graph, rows, self._languages)
        columns = [*map(str, answered.columns)]
        return {
            "columns": columns,
            "rows": [
                {
                    "values": {
                        name: _value(cited.names[term])
                        for name, term in zip(columns, row, strict=True)
                        if term is not None
                    },
                    "passages": [*map(_passage, cited.passages(row))],
                }
                for row in rows
            ],
            "complete": answered.complete and len(rows) == len(answered.rows),
        }


def _is_complete(entity: Thing) -> bool:
    entries = [entry for group in entity.groups for entry in group.properties]
    is_all = not any(entry.more for entry in entries)
    counted = all(each.total == len(each.facts) and not each.is_partial for each in entity.incoming)
    return is_all and counted and not entity.is_cut


def _fact(fact: Fact) -> Record:
    return {"value": _value(fact.other), **_cited(fact), **_nested(fact.nest)}


def _cited(fact: Fact) -> Record:
    """Return who says a fact: the passages that state it, or those that it follows from."""
    reasons = {each.iri: each for step in fact.derivations for each in step.passages}
    others = (each for each in reasons.values() if each not in fact.passages)
    return _filled(
        status=fact.status.value,
        passages=[*map(_passage, fact.passages)],
        follows_from=[*map(_passage, sorted(others, key=lambda passage: passage.order))],
        graphs=[source.graph.label for source in fact.sources],
    )


def _nested(nest: Nest | None) -> Record:
    """Return the facts about a value without a name."""
    if nest is None:
        return {}
    return _filled(
        members=[*map(_fact, nest.members)],
        parts=[
            {"property": _named(prop), **_fact(fact)}
            for prop, facts in nest.properties
            for fact in facts
        ],
    )


def _stated(passage: PassageInText) -> Iterable[Record]:
    for entry in passage.subjects:
        for prop in entry.properties:
            for fact in prop.facts:
                yield {
                    "subject": _named(entry.subject),
                    "property": _named(prop.predicate),
                    "value": _value(fact.other),
                }


def _hit(described: DescribedHit) -> Record:
    hit = described.hit
    stated_in = [_passage(described.passage)] if described.passage else []
    is_sentence = hit.kind is search.EntryKind.SENTENCE
    return _filled(
        iri=hit.iri,
        kind=hit.kind.value,
        label=hit.label,
        matched=hit.matched.text if hit.matched.text != hit.label else None,
        types=[kind.label for kind in described.kinds],
        description=described.description,
        passages=[{"iri": hit.iri, "words": hit.label}] if is_sentence else stated_in,
    )


def _question(query: Query) -> Record:
    return _filled(
        name=query.name,
        summary=query.summary,
        description=query.description,
        tags=query.tags,
        parameters={
            name: {"type": param.type, "example": param.example, "about": param.about}
            for name, param in query.params.items()
        },
    )


def _passage(passage: Passage) -> Record:
    return {"iri": passage.iri, "words": passage.quote}


def _named(named: Named) -> Record:
    return _filled(iri=named.iri, label=named.label)


def _value(named: Named) -> Record:
    """Return a term under its label; a literal has its datatype or its language."""
    term = named.term
    if not isinstance(term, Literal):
        return _named(named)
    datatype = None if term.datatype in (XSD.string, RDF.langString) else term.datatype.value
    return _filled(value=named.label, language=term.language, datatype=datatype)


def _filled(**members: object) -> Record:
    """Return what has a value: an empty list tells an assistant nothing."""
    return {name: value for name, value in members.items() if value not in (None, "", [], (), {})}
