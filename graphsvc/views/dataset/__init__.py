"""The graph as a whole: its title, its languages, and its creators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from graphsvc.namespaces import DCTERMS, FOAF, RDF, RDFS, SH, VOID, graph_iri
from graphsvc.naming import LITERAL_FORM, WORDS
from graphsvc.views.labels import best
from graphsvc.views.model import Dataset
from graphsvc.views.names import Names
from graphsvc.views.queries import view_query
from graphsvc.views.values import as_iri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from graphsvc.naming import Naming
    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Table, Term
    from graphsvc.views.graph import Graph

ABOUT = view_query("dataset/about")
AGENTS = view_query("dataset/agents")
DOWNLOADS = view_query("dataset/downloads")
LANGUAGES = view_query("dataset/languages")
PREFIXES = view_query("dataset/prefixes")
STATEMENTS = view_query("dataset/statements")


#: The derived metadata of a graph: the key, the property, and the most values.
_DERIVED = (
    ("title", DCTERMS.title, 1),
    ("base", VOID.uriSpace, None),
    ("language", DCTERMS.language, 1),
)

#: The title of a graph without one.
UNTITLED = "Knowledge graph"


@dataclass(frozen=True, slots=True)
class Description:
    """The description of the dataset in the graph, in every language.

    ``language`` is the language of the graph.
    """

    node: Term | None
    _values: Mapping[Term, Sequence[Term]]

    @classmethod
    def read(cls, rows: Callable[[BoundQuery], Table], base: str) -> Description:
        """Read it with a function that answers queries."""
        own = [row for row in rows(ABOUT.bind({})) if getattr(row["space"], "value", "") == base]
        node = min((row["dataset"] for row in own), key=str, default=None)
        values: dict[Term, list[Term]] = {}
        for row in own:
            if row["dataset"] == node:
                values.setdefault(row["property"], []).append(row["value"])
        return cls(node, values)

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, Sequence[str]]) -> Description:
        """Return the description of a graph that has none, from derived metadata."""
        values: dict[Term, Sequence[Term]] = {
            prop: [Literal(value) for value in metadata.get(what, ())[:most]]
            for what, prop, most in _DERIVED
        }
        return cls(None, values)

    @property
    def language(self) -> str:
        """Return the language of the graph, or English if it has none."""
        tags = (tag for tag in self.values(DCTERMS.language) if isinstance(tag, Literal))
        return min((tag.value for tag in tags), default="en")

    def values(self, *properties: NamedNode) -> list[Term]:
        """Return the values of some properties of the dataset."""
        return [value for each in properties for value in self._values.get(each, ())]


def languages_of_names(rows: Callable[[BoundQuery], Table], naming: Naming) -> frozenset[str]:
    """Return the language tags of the labels in a graph."""
    # The words of passages are no labels.
    labels = [
        *(each for each in naming.plain if each != WORDS),
        *([LITERAL_FORM] * bool(naming.forms)),
    ]
    tags = (row.get("tag") for row in rows(LANGUAGES.bind({"labelling": labels})))
    return frozenset(tag.value.lower() for tag in tags if isinstance(tag, Literal)) - {""}


def dataset(graph: Graph, languages: str) -> Dataset:
    """Return the dataset: the void:Dataset whose IRI space is that of the graph.

    https://www.w3.org/TR/void/#pattern
    """
    description = graph.description
    licence = min(description.values(DCTERMS.license), key=as_iri, default=None)
    return Dataset(
        iri=None if description.node is None else as_iri(description.node),
        title=best(description.values(DCTERMS.title), languages) or UNTITLED,
        description=best(description.values(DCTERMS.description), languages),
        licence=None if licence is None else as_iri(licence),
        licence_name=None if licence is None else Names(graph, [licence], languages)[licence],
    )


def makers(graph: Graph, languages: str) -> list[str]:
    """Return the names of the creators and publishers; without a label, the ends of their IRIs."""
    agents = set(graph.description.values(DCTERMS.creator, DCTERMS.publisher))
    names = Names(graph, agents, languages)
    return sorted(names[maker].label for maker in agents)


def statements(graph: Graph, name: str) -> list[Quad]:
    """Return the statements of one of the project's own named graphs."""
    node = graph_iri(graph.base, name)
    return [
        Quad(subject, prop, row["value"], node)
        for row in graph.rows(STATEMENTS.bind({"graph": node}))
        if isinstance(subject := row["subject"], NamedNode | BlankNode | Triple)
        and isinstance(prop := row["property"], NamedNode)
    ]


def prefixes(graph: Graph) -> Iterator[Quad]:
    """Yield the prefix declarations in the graph of the ontology."""
    node = graph_iri(graph.base, "ontology")
    for row in graph.rows(PREFIXES.bind({"graph": node})):
        subject, declaration, prop = row["subject"], row["declaration"], row["property"]
        if (
            isinstance(subject, NamedNode)
            and isinstance(declaration, NamedNode)
            and isinstance(prop, NamedNode)
        ):
            yield Quad(subject, SH.declare, declaration, node)
            yield Quad(declaration, prop, row["value"], node)


def agents(graph: Graph) -> Iterator[Triple]:
    """Yield the creators and publishers of the dataset with their names, for catalogues."""
    rows = list(graph.rows(AGENTS.bind({"graph": graph_iri(graph.base, "dataset")})))
    named = {row["agent"] for row in rows if row["property"] == FOAF.name}
    for row in rows:
        agent, prop = row["agent"], row["property"]
        if isinstance(agent, NamedNode) and isinstance(prop, NamedNode):
            yield Triple(agent, RDF.type, FOAF.Agent)
            yield Triple(agent, prop, row["value"])
            if prop == RDFS.label and agent not in named:
                yield Triple(agent, FOAF.name, row["value"])


def downloads(graph: Graph) -> Sequence[tuple[str, str]]:
    """Return the addresses and media types of the dataset's downloads."""
    node = graph.description.node
    query = DOWNLOADS.bind({"dataset": node if isinstance(node, NamedNode) else ()})
    return [(as_iri(row["url"]), as_iri(row["type"])) for row in graph.rows(query)]
