"""The classes and properties of a graph, read once for a release, for readers of any language."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from itertools import islice
from typing import TYPE_CHECKING, Literal

from pyoxigraph import NamedNode

from graphsvc.namespaces import OWL, RDF, RDFS, SKOS, graph_iri
from graphsvc.phrases import Phrase
from graphsvc.views.names import Names
from graphsvc.views.queries import view_query
from graphsvc.views.values import as_int
from graphsvc.views.vocabulary.axioms import Axioms
from graphsvc.views.vocabulary.diagram import MOST_DRAWN, linked_classes, network_layers
from graphsvc.views.vocabulary.model import CLASSES, BlockQueries
from graphsvc.views.vocabulary.relations import relations

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from graphsvc.pictures.layers import Layers
    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Table, Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.vocabulary.relations import Relations

STATEMENTS = view_query("vocabulary/statements").bind({})
SUBCLASSES = view_query("vocabulary/subclasses").bind({})
LINKS = view_query("vocabulary/links").bind({})
USES = view_query("vocabulary/uses").bind({})
NAMESPACES = view_query("vocabulary/namespaces").bind({})
DESCRIBING = view_query("vocabulary/describing")
ABOUT = view_query("vocabulary/about")

_MOST_STATEMENTS = 200_000
"""The most statements that the query returns."""

_MOST_REMEMBERED = 10_000
"""The terms in the cache of relations."""

_MOST_LANGUAGES = 4
"""The lists of languages in the cache of names."""

#: The kinds of terms in the order of the page; a term has the first one that fits.
_KINDS: tuple[tuple[NamedNode, str], ...] = (
    (OWL.Class, CLASSES),
    (RDFS.Class, CLASSES),
    (OWL.ObjectProperty, Phrase("Object properties")),
    (OWL.DatatypeProperty, Phrase("Datatype properties")),
    (OWL.AnnotationProperty, Phrase("Annotation properties")),
    (RDF.Property, Phrase("Properties")),
)
OTHER = Phrase("Other terms")
#: The titles of the kinds, in that order.
KINDS = tuple(dict.fromkeys([*(title for _, title in _KINDS), OTHER]))

#: A graph with one of these properties of a term describes the term, and does not only use it.
_DESCRIBING = frozenset(
    {RDFS.label, RDFS.comment, SKOS.prefLabel, SKOS.definition, RDFS.isDefinedBy}
)


def namespace_of(term: NamedNode) -> str:
    """Return the IRI of a term without its last part."""
    return term.value[: max(map(term.value.rfind, "/#")) + 1]


def kind_of(types: Collection[Term]) -> str:
    """Return the one of ``KINDS`` for a term of these types."""
    return next((title for kind, title in _KINDS if kind in types), OTHER)


@dataclass(frozen=True, slots=True)
class RawLink:
    """The properties from one class to another."""

    subject: NamedNode
    object: NamedNode
    properties: tuple[NamedNode, ...]


@dataclass(frozen=True, slots=True)
class TermUse:
    """A term that the graph uses as a class or a property, and its number of things or facts."""

    term: NamedNode
    kind: Literal["class", "property"]
    count: int


@dataclass(frozen=True)
class Ontology:
    """The classes and properties that a graph declares or uses.

    ``node`` is the ontology that the graph describes, if there is one: its own, or the only one;
    ``metadata`` are the facts of it, by property. ``own`` are the terms that the graph describes,
    with their kinds; ``borrowed`` all others, by namespace; ``uses`` is the number of uses of each
    term. A graph without an ontology of its own may have several ``ontologies``, and all its terms,
    ``declared`` or not, count as used.
    ``ends`` are the domain and range of each property.
    """

    node: NamedNode | None
    metadata: Mapping[Term, Sequence[Term]]
    own: Mapping[NamedNode, str]
    borrowed: Mapping[str, Sequence[NamedNode]]
    ontologies: tuple[NamedNode, ...]
    declared: frozenset[NamedNode]
    used: tuple[TermUse, ...]
    uses: Mapping[NamedNode, int]
    ends: Mapping[NamedNode, Sequence[tuple[NamedNode, NamedNode | None]]]
    namespaces: tuple[tuple[str, str], ...]
    is_partial: bool
    queries: BlockQueries
    axioms: Axioms
    _superclasses: Mapping[NamedNode, Sequence[NamedNode]]

    @classmethod
    def read(cls, rows: Callable[[BoundQuery], Table], base: str) -> Ontology:
        """Read it with a function that answers queries; ``base`` is that of the graph's IRIs."""
        statements = sorted(rows(STATEMENTS).rows, key=str)
        axioms = Axioms(statements)  # type: ignore[arg-type]
        used = tuple(_term_uses(rows(USES)))
        own_iri = NamedNode(f"{base}ontology")
        is_own = OWL.Ontology in _types(axioms, own_iri)
        if not is_own:
            described = DESCRIBING.bind({"graph": graph_iri(base, "dataset")})
            used = tuple(_subtract_uses(used, _term_uses(rows(described))))
        uses: dict[NamedNode, int] = {}
        for each in used:
            uses[each.term] = max(each.count, uses.get(each.term, 0))
        ontologies = [each for each in axioms.subjects if OWL.Ontology in _types(axioms, each)]
        # If there are several, and none is the graph's own, none of them is the main one.
        others = sorted(ontologies, key=str)
        node = own_iri if is_own else others[0] if len(others) == 1 else None
        about = ABOUT.bind({"ontology": () if node is None else node})
        own = {
            term: kind_of(_types(axioms, term))
            for term in axioms.subjects
            if term not in ontologies and _is_described(axioms, term, base)
        }
        declared = {each for each in axioms.subjects if kind_of(_types(axioms, each)) != OTHER}
        terms = {*declared, *uses}
        return cls(
            node=node,
            metadata=_values(rows(about)),
            queries=BlockQueries(STATEMENTS, about, SUBCLASSES, LINKS, USES, NAMESPACES),
            own=own,
            borrowed=_by_namespace(terms - own.keys()) if is_own else {},
            ontologies=() if is_own else tuple(others),
            declared=frozenset(declared),
            used=used,
            uses=uses,
            ends=_ends(rows(LINKS)),
            namespaces=tuple(
                (getattr(row["prefix"], "value", ""), getattr(row["namespace"], "value", ""))
                for row in rows(NAMESPACES)
            ),
            is_partial=len(statements) == _MOST_STATEMENTS,
            axioms=axioms,
            _superclasses=_superclasses(rows(SUBCLASSES)),
        )

    @cached_property
    def relations(self) -> Callable[[NamedNode], Relations]:
        """Return the cached function for the relations of a term."""
        return lru_cache(_MOST_REMEMBERED)(partial(relations, self.axioms))

    @cached_property
    def names(self) -> Callable[[Graph, str], Names]:
        """Return the cached function for the names of the described terms."""
        return lru_cache(_MOST_LANGUAGES)(
            lambda graph, languages: Names(graph, self.own, languages)
        )

    @cached_property
    def classes(self) -> tuple[NamedNode, ...]:
        """Return the classes that the graph describes."""
        return tuple(term for term, kind in self.own.items() if kind == CLASSES)

    @cached_property
    def subclasses(self) -> Mapping[NamedNode, Sequence[NamedNode]]:
        """Return the direct subclasses of each class, described ones only."""
        children: dict[NamedNode, list[NamedNode]] = defaultdict(list)
        for cls in self.classes:
            for above in self._superclasses.get(cls, ()):
                if self.own.get(above) == CLASSES and above != cls:
                    children[above].append(cls)
        return children

    @cached_property
    def roots(self) -> tuple[NamedNode, ...]:
        """Return the roots of the tree, so that every class is in it.

        In a cycle of classes the first one is a root.
        """
        below = {sub for subs in self.subclasses.values() for sub in subs}
        roots = [cls for cls in self.classes if cls not in below]
        visited = self._under(roots)
        for cls in self.classes:
            if cls not in visited:
                roots.append(cls)
                visited |= self._under([cls])
        return tuple(roots)

    @cached_property
    def properties(self) -> Mapping[NamedNode | None, Sequence[NamedNode]]:
        """Return the properties by the class of their domain; None for those without one."""
        by_class: dict[NamedNode | None, list[NamedNode]] = defaultdict(list)
        for term, kind in self.own.items():
            if kind not in (CLASSES, OTHER):
                domains = dict.fromkeys(domain for domain, _ in self.ends.get(term, ()))
                own = [each for each in domains if self.own.get(each) == CLASSES]
                for cls in own or (None,):
                    by_class[cls].append(term)
        return by_class

    @cached_property
    def links(self) -> tuple[RawLink, ...]:
        """Return the properties between classes, without those that only repeat others.

        Properties with chains are left out. Of two inverse properties, the step of a chain is kept.
        """
        steps = {step for whole, steps in self.axioms.chains if whole in self.own for step in steps}
        drawn = [
            prop
            for prop in self.own
            if OWL.ObjectProperty in _types(self.axioms, prop)
            and not self.axioms.values(prop, OWL.propertyChainAxiom)
        ]
        order = sorted(drawn, key=lambda prop: (prop not in steps, prop.value))
        by_ends: dict[tuple[NamedNode, NamedNode], list[NamedNode]] = defaultdict(list)
        before: set[Term] = set()
        for prop in order:
            if before.isdisjoint(self._inverses(prop)):
                for domain, extent in self.ends.get(prop, ()):
                    if extent is not None:
                        by_ends[domain, extent].append(prop)
            before.add(prop)
        return tuple(RawLink(*ends, tuple(by_ends[ends])) for ends in sorted(by_ends, key=str))

    @cached_property
    def layers(self) -> Layers:
        """Return the layout of the classes and the properties between them."""
        return network_layers(self.links)

    @property
    def is_drawable(self) -> bool:
        """Tell whether the links between classes are few enough for one picture."""
        return (
            len(self.links) > 0 and len(self.links) + len(linked_classes(self.links)) <= MOST_DRAWN
        )

    def warm_up(self) -> None:
        """Compute what is the same for every reader of the first page."""
        _ = self.roots, self.properties, self.is_drawable and self.layers
        for term in islice(self.own, _MOST_REMEMBERED // 10):
            self.relations(term)

    def _under(self, classes: Sequence[NamedNode]) -> set[NamedNode]:
        """Return some classes and all their subclasses."""
        queue, visited = list(classes), set(classes)
        while queue:
            new = set(self.subclasses.get(queue.pop(), ())) - visited
            queue += new
            visited |= new
        return visited

    def _inverses(self, prop: NamedNode) -> Iterator[Term]:
        yield from self.axioms.values(prop, OWL.inverseOf)
        yield from self.axioms.pointing(prop, OWL.inverseOf)


def _is_described(axioms: Axioms, term: NamedNode, base: str) -> bool:
    """Tell whether a graph describes a class or property, or another term of an ontology."""
    about = axioms.about(term)
    if kind_of(_types(axioms, term)) == OTHER:
        return RDFS.isDefinedBy in about
    return term.value.startswith(base) or not _DESCRIBING.isdisjoint(about)


def _types(axioms: Axioms, term: Term) -> Sequence[Term]:
    return axioms.values(term, RDF.type)


def _term_uses(rows: Table) -> Iterator[TermUse]:
    for row in rows:
        term = row.get("term")
        if isinstance(term, NamedNode):
            is_class = getattr(row["kind"], "value", "") == "class"
            yield TermUse(term, "class" if is_class else "property", as_int(row["uses"]) or 0)


def _subtract_uses(used: Iterable[TermUse], described: Iterable[TermUse]) -> Iterator[TermUse]:
    """Yield the uses of terms without those in the description of the dataset."""
    counts = {(each.term, each.kind): each.count for each in described}
    for each in used:
        left = each.count - counts.get((each.term, each.kind), 0)
        if left > 0:
            yield replace(each, count=left)


def _by_namespace(terms: Iterable[NamedNode]) -> Mapping[str, Sequence[NamedNode]]:
    groups: dict[str, list[NamedNode]] = defaultdict(list)
    for term in sorted(terms, key=str):
        groups[namespace_of(term)].append(term)
    return groups


def _values(rows: Table) -> Mapping[Term, Sequence[Term]]:
    values: dict[Term, list[Term]] = defaultdict(list)
    for row in rows:
        values[row["property"]].append(row["value"])
    return values


def _ends(rows: Table) -> Mapping[NamedNode, Sequence[tuple[NamedNode, NamedNode | None]]]:
    ends: dict[NamedNode, list[tuple[NamedNode, NamedNode | None]]] = defaultdict(list)
    for prop, domain, extent in rows.rows:
        if isinstance(prop, NamedNode) and isinstance(domain, NamedNode):
            ends[prop].append((domain, extent if isinstance(extent, NamedNode) else None))
    return ends


def _superclasses(rows: Table) -> Mapping[NamedNode, Sequence[NamedNode]]:
    superclasses: dict[NamedNode, list[NamedNode]] = defaultdict(list)
    for cls, above in rows.rows:
        if isinstance(cls, NamedNode) and isinstance(above, NamedNode):
            superclasses[cls].append(above)
    return superclasses
