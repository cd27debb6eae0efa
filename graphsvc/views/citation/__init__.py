"""The data to cite a claim or a thing of the graph: its words, its sentences, its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode, Triple

from graphsvc.errors import UnknownEntity
from graphsvc.views.labels import best_of
from graphsvc.views.model import Passage, claim_name
from graphsvc.views.names import Names
from graphsvc.views.queries import view_query
from graphsvc.views.thing import is_known
from graphsvc.views.values import as_int

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Named
    from graphsvc.views.queries import Row

DERIVED = view_query("citation/derived")
CLAIMS = view_query("citation/claims")
CLAIMS_ABOUT = view_query("citation/claims-about")
SENTENCES = view_query("citation/sentences")


@dataclass(frozen=True, slots=True)
class CitedResource:
    """The claim or thing that is cited: ``statement`` is the claim, None for a thing.

    ``passages`` state the claim, or are its premises; ``source`` is their text, and ``query``
    selects them.
    """

    iri: str
    about: Named
    statement: tuple[Named, Named, Named] | None
    passages: tuple[Passage, ...]
    source: Named | None
    query: BoundQuery

    @property
    def title(self) -> str:
        """Return the words of the claim, or the name of the thing."""
        return ": ".join(part.label for part in self.statement or (self.about,))


def thing_to_cite(graph: Graph, iri: str, languages: str) -> CitedResource:
    """Return the data to cite a thing; a derivation is cited as the fact that it derives.

    Errors: UnknownEntity.
    """
    node = NamedNode(iri)
    rows = list(graph.rows(DERIVED.bind({"step": node})))
    # A derivation occurs in the graph of derivations only.
    if not rows and not is_known(graph, iri):
        raise UnknownEntity(iri)
    derived = next((fact for row in rows if (fact := _fact(row)) is not None), None)
    sources = [row["source"] for row in rows if "source" in row] if derived else [node]
    return _cited_resource(graph, iri, derived or node, sources, languages)


def claim_to_cite(graph: Graph, claim: str, subject: str | None, languages: str) -> CitedResource:
    """Return the data to cite a claim; its IRI is a graph's IRI with the claim's name as fragment.

    ``subject`` narrows the search in a graph with many claims. Errors: UnknownEntity.
    """
    stating, _, name = claim.partition("#")
    node = NamedNode(stating)
    if subject is not None:
        query = CLAIMS_ABOUT.bind({"graph": node, "subject": NamedNode(subject)})
    elif stating in graph.texts.positions:
        query = CLAIMS.bind({"passage": node})
    else:
        raise UnknownEntity(claim)
    for fact in filter(None, map(_fact, graph.rows(query))):
        if claim_name(fact) == name:
            return _cited_resource(graph, claim, fact, [node], languages)
    raise UnknownEntity(claim)


def _fact(row: Row) -> Triple | None:
    subject, prop = row["subject"], row["property"]
    if isinstance(subject, NamedNode | BlankNode) and isinstance(prop, NamedNode):
        return Triple(subject, prop, row["value"])
    return None


def _cited_resource(
    graph: Graph, iri: str, about: NamedNode | Triple, sources: Iterable[Term], languages: str
) -> CitedResource:
    query = SENTENCES.bind({"passage": [each for each in sources if isinstance(each, NamedNode)]})
    rows = list(graph.rows(query))
    passages = tuple(_passages(rows, languages))
    texts = {row["passage"]: row["text"] for row in rows if "text" in row}
    text = next((texts[node] for each in passages if (node := NamedNode(each.iri)) in texts), None)
    parts = tuple(about) if isinstance(about, Triple) else (about,)
    names = Names(graph, parts if text is None else (*parts, text), languages)
    named = tuple(names[part] for part in parts)
    return CitedResource(
        iri=iri,
        about=named[0],
        statement=(named[0], named[1], named[2]) if isinstance(about, Triple) else None,
        passages=passages,
        source=None if text is None else names[text],
        query=query,
    )


def _passages(rows: Iterable[Row], languages: str) -> Iterator[Passage]:
    """Yield passages in the order of the text, each in the language that suits the reader best."""
    rows_by_passage: dict[Term, list[Row]] = {}
    for row in rows:
        rows_by_passage.setdefault(row["passage"], []).append(row)
    passages = []
    for node, wordings in rows_by_passage.items():
        words = best_of((row["words"] for row in wordings), languages)
        if words is not None and isinstance(node, NamedNode):
            number = as_int(wordings[0].get("number"))
            passages.append(Passage(node.value, number, words.value, words.language))
    yield from sorted(passages, key=lambda passage: passage.order)
