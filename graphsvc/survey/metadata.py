"""The metadata of a graph in an engine: its base, its title, its prefixes, its labels.

Settings and the project have priority over the graph's own description, and that over guesses from
a sample of the graph, as in `graphsvc.rdf_project` for files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from graphsvc.base_iris import bases_of
from graphsvc.namespaces import RDF, RDFS, Prefixes, Rebase
from graphsvc.naming import LABELS, labels_in, resolved
from graphsvc.rdf_project import TITLES, WHOLES, title_of
from graphsvc.survey.survey_queries import query_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.settings import Settings
    from graphsvc.sources import Project
    from graphsvc.store.base import Store, Term

#: The subject and object of quads of which only the property is used.
_ANY = NamedNode("urn:any")


@dataclass(frozen=True, slots=True)
class GraphMetadata:
    """The metadata of a graph; ``bases`` are the beginnings of its IRIs, its base first.

    ``labels`` are the properties of labels, the best first; ``languages`` are the language tags of
    its labels, the most frequent first.
    """

    bases: tuple[str, ...]
    title: str
    prefixes: Prefixes
    labels: tuple[NamedNode, ...]
    languages: tuple[str, ...]

    @property
    def base(self) -> str:
        """Return the base of its IRIs."""
        return self.bases[0]


def read(store: Store, settings: Settings, project: Project | None) -> GraphMetadata:
    """Read the metadata of a graph; ``project`` is the folder beside the engine, if any.

    Errors: StoreError.
    """
    bases = _bases(store, settings, project)
    prefixes = _prefixes(store, bases[0], project)
    labels = _labels(store, resolved(settings.label_properties, prefixes))
    return GraphMetadata(
        bases=bases,
        title=_title(store) or urlsplit(settings.store or "").hostname or "",
        prefixes=prefixes,
        labels=labels,
        languages=_languages(store, labels),
    )


def _bases(store: Store, settings: Settings, project: Project | None) -> tuple[str, ...]:
    if settings.base_iri is not None:
        return (settings.base_iri,)
    if project is not None:
        return (project.base,)
    spaces = [(row["dataset"], row["space"]) for row in query_rows(store, "spaces")]
    # A graph may describe other datasets too: its own has an IRI under its own base.
    own = [
        space.value
        for dataset, space in spaces
        if isinstance(dataset, NamedNode)
        and isinstance(space, Literal | NamedNode)
        and dataset.value.startswith(space.value)
    ]
    sample = bases_of(row["thing"] for row in query_rows(store, "subjects"))
    first = next((base for base in sample if base in own), min(own, default=None))
    return sample if first is None else tuple(dict.fromkeys((first, *own)))


def _prefixes(store: Store, base: str, project: Project | None) -> Prefixes:
    if project is not None:
        return project.prefixes.rebased(Rebase(project.base, base))
    table: dict[str, str] = {}
    for row in query_rows(store, "prefixes"):
        prefix, namespace = row["prefix"], row["namespace"]
        if isinstance(prefix, Literal) and isinstance(namespace, Literal | NamedNode):
            table.setdefault(prefix.value, namespace.value)
    return Prefixes(table)


def _labels(store: Store, first: Sequence[NamedNode]) -> tuple[NamedNode, ...]:
    """Return the properties of labels that the graph uses."""
    below = [
        Quad(row["property"], RDFS.subPropertyOf, row["above"])
        for row in query_rows(store, "subproperties")
        if isinstance(row["property"], NamedNode)
    ]
    properties = dict.fromkeys((*first, *LABELS, *(quad.subject for quad in below)))
    used = [
        Quad(_ANY, row["property"], _ANY)
        for row in query_rows(store, "used", {"property": tuple(properties)})
        if isinstance(row["property"], NamedNode)
    ]
    return labels_in([*below, *used], first)


def _title(store: Store) -> str:
    """Return the title of the one thing that describes the whole graph, if there is one."""
    quads: list[Quad] = []
    for row in query_rows(store, "wholes", {"kind": WHOLES, "titling": TITLES}):
        whole = row["whole"]
        if isinstance(whole, NamedNode | BlankNode):
            quads.append(Quad(whole, RDF.type, row["kind"]))
            if isinstance(titling := row.get("titling"), NamedNode):
                quads.append(Quad(whole, titling, row["title"]))
    title = title_of(quads)
    return "" if title is None else title.value


def _languages(store: Store, labels: Sequence[NamedNode]) -> tuple[str, ...]:
    counted = [(_tag(row.get("tag")), _number(row["labels"])) for row in _tags(store, labels)]
    # English comes first among languages that are equally frequent.
    ordered = sorted(counted, key=lambda pair: (-pair[1], pair[0] != "en", pair[0]))
    return tuple(tag for tag, _ in ordered if tag)


def _tags(store: Store, labels: Sequence[NamedNode]) -> list[dict[str, Term]]:
    return list(query_rows(store, "languages", {"labelling": tuple(labels)}))


def _tag(term: Term | None) -> str:
    return term.value.lower() if isinstance(term, Literal) else ""


def _number(term: Term) -> int:
    return int(term.value) if isinstance(term, Literal) and term.value.isdecimal() else 0
