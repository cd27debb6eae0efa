"""The JSON-LD context of a graph: short names for its terms, made from its own vocabulary.

The name of a property or class is the end of its IRI. If two terms have the same end, the project's
own term gets the name, and the other one keeps its prefix. The form of values in JSON follows from
the ontology (types of properties, ranges); for terms of other vocabularies, without such axioms, it
follows from their use in the graph. https://www.w3.org/TR/json-ld11/#the-context
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import NamedNode

from graphsvc.namespaces import DCTERMS, FOAF, OWL, PROV, RDF, RDFS, VOID, XSD, namespace_of
from graphsvc.views.queries import view_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph

Definition: TypeAlias = "str | dict[str, str]"

#: Other names for keywords, so that no key needs quoting in a programming language.
KEYWORDS: Mapping[str, str] = {
    "id": "@id",
    "type": "@type",
    "value": "@value",
    "language": "@language",
    "graph": "@graph",
    "included": "@included",
}

#: Names of inverse properties: the claims about a thing, the document about it.
BACKWARDS: Mapping[str, NamedNode] = {"claims": RDF.subject, "document": FOAF.primaryTopic}

INVERSE = "^"
"""The prefix of the name of an inverse property, as in SPARQL paths."""

#: The properties that every document uses.
_ALWAYS = (
    RDF.subject,
    RDF.predicate,
    RDF.object,
    RDFS.label,
    FOAF.primaryTopic,
    VOID.inDataset,
    DCTERMS.license,
    DCTERMS.modified,
    DCTERMS.isPartOf,
    OWL.versionInfo,
    PROV.hadPrimarySource,
)
_NODES = frozenset(
    {RDF.subject, FOAF.primaryTopic, VOID.inDataset, DCTERMS.isPartOf, PROV.hadPrimarySource}
)

_PROPERTIES = frozenset(
    {OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDF.Property}
)
_CLASSES = frozenset({OWL.Class, RDFS.Class})

#: The properties that have the same datatype in every document.
_TYPED: Mapping[NamedNode, NamedNode] = {DCTERMS.modified: XSD.dateTime}

#: JSON has these itself: https://www.w3.org/TR/json-ld11-api/#data-round-tripping
NATIVE = frozenset({XSD.string, XSD.integer, XSD.boolean})

OBSERVED = view_query("context/observed")

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


class Shape(Enum):
    """The form of values in JSON: a node, a name, words by language, or a plain value."""

    NODE = "@id"
    NAME = "@vocab"
    WORDS = "@language"
    PLAIN = "@none"


@dataclass(frozen=True, slots=True)
class Name:
    """The short name of a property; ``datatype`` is that of its plain values, if they share one."""

    name: str
    iri: str
    shape: Shape
    datatype: NamedNode | None = None


class Context:
    """The names of a graph's terms, and their definitions in JSON-LD."""

    def __init__(
        self, properties: Iterable[Name], classes: Mapping[str, str], prefixes: Mapping[str, str]
    ) -> None:
        self.properties = {name.iri: name for name in properties}
        self.classes = {iri: name for name, iri in classes.items()}
        reserved = {name.name for name in self.properties.values()} | classes.keys()
        self._prefixes = {
            prefix: iri
            for prefix, iri in prefixes.items()
            if _NAME.fullmatch(prefix)
            and prefix not in reserved | KEYWORDS.keys() | BACKWARDS.keys()
        }
        self._longest_first = sorted(self._prefixes.items(), key=lambda pair: -len(pair[1]))
        self.definitions = self._define()

    @classmethod
    def read(cls, graph: Graph, prefixes: Mapping[str, str]) -> Context:
        return _VocabularyReader(graph).context(prefixes)

    def compact(self, iri: str) -> str:
        """Return an IRI with its prefix, if it has one."""
        for prefix, namespace in self._longest_first:
            if iri.startswith(namespace) and not iri[len(namespace) :].startswith("//"):
                return f"{prefix}:{iri[len(namespace) :]}"
        return iri

    def definitions_for(self, keys: Iterable[str]) -> dict[str, Definition]:
        """Return the definitions of some keys, and of the keys in these definitions."""
        required: set[str] = set()
        queue = list(keys)
        while queue:
            key = queue.pop()
            definition = self.definitions.get(key)
            prefix = key.partition(":")[0]
            if definition is None and prefix != key:
                queue.append(prefix)
            elif definition is not None and key not in required:
                required.add(key)
                parts = [definition] if isinstance(definition, str) else definition.values()
                queue += [part for part in parts if not part.startswith("@")]
        return {key: each for key, each in self.definitions.items() if key in required}

    def _define(self) -> dict[str, Definition]:
        """Return the definitions: keywords, prefixes, classes, properties, inverse properties."""
        defined: dict[str, Definition] = dict(KEYWORDS)
        for prefix, iri in sorted(self._prefixes.items()):
            # https://www.w3.org/TR/json-ld11/#compact-iris: with such an end it can be a prefix.
            simple = iri[-1:] in ":/?#[]@"
            defined[prefix] = iri if simple else {"@id": iri, "@prefix": "true"}
        for iri, name in sorted(self.classes.items(), key=lambda pair: pair[1]):
            defined[name] = self.compact(iri)
        named = sorted(self.properties.values(), key=lambda each: each.name)
        for each in named:
            defined[each.name] = self._definition(each)
        for back, prop in BACKWARDS.items():
            defined[back] = {"@reverse": self.compact(prop.value)}
        for each in named:
            if each.shape in (Shape.NODE, Shape.NAME):
                defined[INVERSE + each.name] = {"@reverse": self.compact(each.iri)}
        return defined

    def _definition(self, name: Name) -> Definition:
        iri = self.compact(name.iri)
        if name.shape is Shape.WORDS:
            return {"@id": iri, "@container": "@language"}
        if name.shape in (Shape.NODE, Shape.NAME):
            return {"@id": iri, "@type": name.shape.value}
        if name.datatype is not None and name.datatype not in NATIVE:
            return {"@id": iri, "@type": self.compact(name.datatype.value)}
        return iri


class _VocabularyReader:
    """Reads the axioms about the graph's vocabulary, and its use."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._axioms = graph.ontology.axioms

    def context(self, prefixes: Mapping[str, str]) -> Context:
        used, declared = self._graph.ontology.used, self._axioms.subjects
        properties = {*_ALWAYS, *(each.term for each in used if each.kind == "property")}
        properties |= {term for term in declared if self._types(term) & _PROPERTIES}
        classes = {each.term for each in used if each.kind == "class"}
        classes |= {term for term in declared if self._types(term) & _CLASSES}
        names = self._names(
            [*self._by_priority(properties - {RDF.type}), *self._by_priority(classes)]
        )
        named = [prop for prop in properties if prop in names]
        observed = self._observed_kinds(prop for prop in named if not self._is_declared(prop))
        return Context(
            (self._property(names[prop], prop, observed.get(prop, set())) for prop in named),
            {names[cls]: cls.value for cls in classes if cls in names},
            prefixes,
        )

    def _types(self, term: NamedNode) -> set[Term]:
        return set(self._axioms.values(term, RDF.type))

    def _ranges(self, prop: NamedNode) -> set[Term]:
        ranges = self._axioms.values(prop, RDFS.range)
        return {each for each in ranges if each in XSD or each in RDF}

    def _is_declared(self, prop: NamedNode) -> bool:
        """Tell whether the form of a property's values is known without a look at them."""
        is_link = prop in _NODES or OWL.ObjectProperty in self._types(prop)
        return prop == RDF.predicate or prop in _TYPED or is_link or bool(self._ranges(prop))

    def _observed_kinds(self, properties: Iterable[NamedNode]) -> Mapping[Term, set[Term]]:
        kinds: dict[Term, set[Term]] = defaultdict(set)
        ordered = sorted(properties, key=str)
        for row in self._graph.rows(OBSERVED.bind({"property": ordered})):
            kinds[row["property"]].add(row["kind"])
        return kinds

    def _by_priority(self, terms: Iterable[NamedNode]) -> list[NamedNode]:
        """Return terms in the order in which they get their names: the project's own first."""

        def rank(term: NamedNode) -> tuple[bool, bool, str]:
            is_own = term.value.startswith(self._graph.base)
            return (not is_own, term not in _ALWAYS, term.value)

        return sorted(terms, key=rank)

    def _names(self, terms: Iterable[NamedNode]) -> Mapping[NamedNode, str]:
        names: dict[NamedNode, str] = {}
        reserved = {*KEYWORDS, *BACKWARDS}
        for term in terms:
            name = term.value.removeprefix(namespace_of(term.value))
            if name not in reserved and _NAME.fullmatch(name):
                reserved.add(name)
                names[term] = name
        return names

    def _property(self, name: str, prop: NamedNode, observed: set[Term]) -> Name:
        if prop == RDF.predicate:
            return Name(name, prop.value, Shape.NAME)
        if prop in _TYPED:
            return Name(name, prop.value, Shape.PLAIN, _TYPED[prop])
        if prop in _NODES or OWL.ObjectProperty in self._types(prop):
            return Name(name, prop.value, Shape.NODE)
        return _infer_name(name, prop.value, self._ranges(prop) or observed)


def _infer_name(name: str, iri: str, kinds: set[Term]) -> Name:
    """Return a name whose form fits the kinds of values that occur or are declared."""
    if kinds == {RDFS.Resource}:
        return Name(name, iri, Shape.NODE)
    if RDF.langString in kinds and kinds <= {RDF.langString, XSD.string}:
        return Name(name, iri, Shape.WORDS)
    (only,) = kinds if len(kinds) == 1 else (None,)
    return Name(name, iri, Shape.PLAIN, only if isinstance(only, NamedNode) else None)
