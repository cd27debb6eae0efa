"""The graph at a glance: what it is, what its texts are about, and which classes it has.

All of it is the same for every request, and so it is read once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.entities.evidence import iri, place
from graphsvc.namespaces import DCTERMS
from graphsvc.views.queries import view_query

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphsvc.queries import BoundQuery, Query
    from graphsvc.store.base import Table, Term
    from graphsvc.views.terms import Terms

    Rows = Callable[[BoundQuery], Table]

DATASET = view_query("overview/dataset")
LANGUAGES = view_query("overview/languages")
TEXTS = view_query("overview/texts")
SUBJECTS = view_query("overview/subjects")
ROOTS = view_query("overview/roots")
CLASSES = view_query("overview/classes")
ALL_CLASSES = view_query("overview/all-classes")


@dataclass(frozen=True, slots=True)
class Branch:
    """A class that has members, how many, and the classes under it that have some."""

    cls: NamedNode
    count: int
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class SourceText:
    """A text, how many passages it has, and what describes it, in every language."""

    document: Term
    passages: int
    descriptions: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """What the graph is, in every language; beside what came of a query stands the query.

    ``dataset`` is the void:Dataset whose IRIs are those of the graph, ``about`` what is said of it.
    ``leading`` is what the texts are about, or else the roots of the dataset.
    """

    dataset: str | None
    about: Mapping[Term, Sequence[Term]]
    languages: frozenset[str]
    texts: tuple[SourceText, ...]
    texts_query: BoundQuery
    leading: tuple[NamedNode, ...]
    leading_query: BoundQuery
    members: Mapping[Term, int]
    classes: tuple[Branch, ...]
    classes_query: BoundQuery

    @classmethod
    def read(cls, rows: Rows, base: str, terms: Terms) -> Overview:
        """Read it by what answers queries."""
        dataset, about = _dataset(rows(DATASET.bind({"space": Literal(base)})))
        texts_query = TEXTS.bind({})
        leading_query, leading = _first_answered(rows, SUBJECTS, ROOTS)
        classes_query, classes = _first_answered(rows, CLASSES, ALL_CLASSES)
        members = {row["class"]: place(row["things"]) or 0 for row in classes if "class" in row}
        return cls(
            dataset=dataset,
            about=about,
            languages=frozenset(
                row["tag"].value.lower()  # type: ignore[union-attr]
                for row in rows(LANGUAGES.bind({}))
                if row["tag"] != Literal("")
            ),
            texts=tuple(_texts(rows(texts_query))),
            texts_query=texts_query,
            leading=tuple(row["thing"] for row in leading),  # type: ignore[misc]
            leading_query=leading_query,
            members=members,
            classes=_tree(members, terms),
            classes_query=classes_query,
        )

    @property
    def written_in(self) -> str:
        """Return the language in which the graph is written, as its dataset says."""
        said = self.about.get(DCTERMS.language, ())
        return min((term.value for term in said if isinstance(term, Literal)), default="en")


def _first_answered(rows: Rows, *queries: Query) -> tuple[BoundQuery, Table]:
    """Return the first of some queries that has an answer, or else the last."""
    for query in queries:
        asked = query.bind({})
        table = rows(asked)
        if table.rows:
            break
    return asked, table


def _dataset(table: Table) -> tuple[str | None, Mapping[Term, Sequence[Term]]]:
    said: dict[Term, dict[Term, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for row in table:
        about = said[row["dataset"]]
        if "property" in row:
            about[row["property"]].append(row["value"])
    node = min(said, key=str, default=None)
    return (None, {}) if node is None else (iri(node), said[node])


def _texts(table: Table) -> list[SourceText]:
    found: dict[Term, list[Term]] = defaultdict(list)
    passages: dict[Term, int] = {}
    for row in table:
        # Without any text there is one row all the same, with the number 0.
        if "text" in row:
            passages[row["text"]] = place(row["passages"]) or 0
            found[row["text"]] += [row["description"]] if "description" in row else []
    return [SourceText(text, count, tuple(found[text])) for text, count in passages.items()]


def _tree(members: Mapping[Term, int], terms: Terms) -> tuple[Branch, ...]:
    """Return the classes that have members as the tree of their subclasses."""
    under: dict[Term | None, list[NamedNode]] = defaultdict(list)
    for cls, parent in _parents(members, terms).items():
        under[parent].append(cls)

    def branches(parent: Term | None) -> tuple[Branch, ...]:
        return tuple(Branch(cls, members[cls], branches(cls)) for cls in under[parent])

    return branches(None)


def _parents(members: Mapping[Term, int], terms: Terms) -> Mapping[NamedNode, Term | None]:
    """Return the one class under which each class stands; None is the top.

    Of several superclasses the one with the fewest members is the closest.
    """
    parents: dict[NamedNode, Term | None] = {}
    for cls in sorted((cls for cls in members if isinstance(cls, NamedNode)), key=str):
        above = (term for term in terms.above(cls) if term in members and term != cls)
        candidates = sorted(above, key=lambda term: (members[term], str(term)))
        parents[cls] = next((term for term in candidates if not _leads(term, cls, parents)), None)
    return parents


def _leads(start: Term, goal: Term, parents: Mapping[NamedNode, Term | None]) -> bool:
    """Tell whether the way up from ``start`` comes to ``goal``: equivalent classes form rings."""
    at: Term | None = start
    while at is not None:
        if at == goal:
            return True
        at = parents.get(at) if isinstance(at, NamedNode) else None
    return False
