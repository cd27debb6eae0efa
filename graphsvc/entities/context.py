"""The JSON-LD context of a graph: short names for its terms, made from its own vocabulary.

A property or class is called by the end of its IRI. Where two would have the same name the
project's own has it, and the other one is written with its prefix. What a name is in JSON follows
from the ontology (kinds of properties, ranges); for terms of other vocabularies, of which it says
little, from how the graph uses them. https://www.w3.org/TR/json-ld11/#the-context
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import Literal, NamedNode

from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import DCTERMS, FOAF, OWL, PROV, RDF, RDFS, VOID, XSD, graph_iri

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.store.base import Term

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

#: Ways back along a property: the claims about a thing, the document about it.
BACKWARDS: Mapping[str, NamedNode] = {"claims": RDF.subject, "document": FOAF.primaryTopic}

INVERSE = "^"
"""What stands before the name of a property that is followed backwards, as in SPARQL's paths."""

#: What every document uses, whatever the graph does.
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

#: What every document says with the same datatype, whatever the graph does with the property.
_TYPED: Mapping[NamedNode, NamedNode] = {DCTERMS.modified: XSD.dateTime}

#: JSON has these itself: https://www.w3.org/TR/json-ld11-api/#data-round-tripping
NATIVE = frozenset({XSD.string, XSD.integer, XSD.boolean})

# The statistics list every property and class that is used.
_USED = (
    PROLOGUE
    + """
SELECT DISTINCT ?kind ?term WHERE {
  { ?part void:property ?term BIND("property" AS ?kind) }
  UNION { ?part void:class ?term BIND("class" AS ?kind) }
}
"""
)

_DECLARED = (
    PROLOGUE
    + """
SELECT DISTINCT ?graph ?term ?type ?range WHERE {
  GRAPH ?graph { ?term a ?type OPTIONAL { ?term rdfs:range ?range } }
}
"""
)

_OBSERVED = """
SELECT DISTINCT ?property ?kind WHERE {
  ?subject ?property ?value .
  BIND(IF(isLITERAL(?value), IF(LANG(?value) = "", DATATYPE(?value), rdf:langString), rdfs:Resource)
    AS ?kind)
}
"""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_END = re.compile(r"[^/#]*$")


class Shape(Enum):
    """What a value is in JSON: a node, a name, words by language, or a plain value."""

    NODE = "@id"
    NAME = "@vocab"
    WORDS = "@language"
    PLAIN = "@none"


@dataclass(frozen=True, slots=True)
class Name:
    """The short name of a property: ``datatype`` is that of its plain values, if they share one."""

    name: str
    iri: str
    shape: Shape
    datatype: NamedNode | None = None


class Context:
    """The names of a graph's terms, and the definitions that JSON-LD wants of them."""

    def __init__(
        self, properties: Iterable[Name], classes: Mapping[str, str], prefixes: Mapping[str, str]
    ) -> None:
        self.properties = {name.iri: name for name in properties}
        self.classes = {iri: name for name, iri in classes.items()}
        taken = {name.name for name in self.properties.values()} | classes.keys()
        self._prefixes = {
            prefix: iri
            for prefix, iri in prefixes.items()
            if _NAME.fullmatch(prefix) and prefix not in taken | KEYWORDS.keys() | BACKWARDS.keys()
        }
        self._longest_first = sorted(self._prefixes.items(), key=lambda pair: -len(pair[1]))
        self.definitions = self._define()

    @classmethod
    def read(cls, catalogue: Catalogue, prefixes: Mapping[str, str]) -> Context:
        """Make the context of a graph."""
        return _Reading(catalogue).context(prefixes)

    def compact(self, iri: str) -> str:
        """Return an IRI with its prefix, if it has one."""
        for prefix, namespace in self._longest_first:
            if iri.startswith(namespace) and not iri[len(namespace) :].startswith("//"):
                return f"{prefix}:{iri[len(namespace) :]}"
        return iri

    def needed(self, keys: Iterable[str]) -> dict[str, Definition]:
        """Return the definitions of some keys, and of whatever these are defined by."""
        wanted: set[str] = set()
        waiting = list(keys)
        while waiting:
            key = waiting.pop()
            definition = self.definitions.get(key)
            prefix = key.partition(":")[0]
            if definition is None and prefix != key:
                waiting.append(prefix)
            elif definition is not None and key not in wanted:
                wanted.add(key)
                parts = [definition] if isinstance(definition, str) else definition.values()
                waiting += [part for part in parts if not part.startswith("@")]
        return {key: each for key, each in self.definitions.items() if key in wanted}

    def _define(self) -> dict[str, Definition]:
        """Return the definitions: keywords, prefixes, classes, properties, and the ways back."""
        defined: dict[str, Definition] = dict(KEYWORDS)
        for prefix, iri in sorted(self._prefixes.items()):
            # https://www.w3.org/TR/json-ld11/#compact-iris: such an end makes a prefix by itself.
            simple = iri[-1:] in ":/?#[]@"
            defined[prefix] = iri if simple else {"@id": iri, "@prefix": "true"}
        for iri, name in sorted(self.classes.items(), key=lambda pair: pair[1]):
            defined[name] = self.compact(iri)
        named = sorted(self.properties.values(), key=lambda each: each.name)
        for each in named:
            defined[each.name] = self._defined(each)
        for back, prop in BACKWARDS.items():
            defined[back] = {"@reverse": self.compact(prop.value)}
        for each in named:
            if each.shape in (Shape.NODE, Shape.NAME):
                defined[INVERSE + each.name] = {"@reverse": self.compact(each.iri)}
        return defined

    def _defined(self, name: Name) -> Definition:
        iri = self.compact(name.iri)
        if name.shape is Shape.WORDS:
            return {"@id": iri, "@container": "@language"}
        if name.shape in (Shape.NODE, Shape.NAME):
            return {"@id": iri, "@type": name.shape.value}
        if name.datatype is not None and name.datatype not in NATIVE:
            return {"@id": iri, "@type": self.compact(name.datatype.value)}
        return iri


class _Reading:
    """What the graph says of its vocabulary, and how it uses it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        store = catalogue.store
        bound = {"graph": graph_iri(catalogue.base, "ontology")}
        self._types: dict[str, set[Term]] = {}
        self._ranges: dict[str, set[Term]] = {}
        for row in store.select(_DECLARED, bound):
            if isinstance(term := row["term"], NamedNode):
                self._types.setdefault(term.value, set()).add(row["type"])
                if "range" in row:
                    self._ranges.setdefault(term.value, set()).add(row["range"])
        self._used: dict[str, set[str]] = {"property": set(), "class": set()}
        for row in store.select(_USED):
            kind, used = row["kind"], row["term"]
            if isinstance(kind, Literal) and isinstance(used, NamedNode):
                self._used[kind.value].add(used.value)

    def context(self, prefixes: Mapping[str, str]) -> Context:
        properties = self._used["property"] | {node.value for node in _ALWAYS}
        kinds = {OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDF.Property}
        properties |= {iri for iri, types in self._types.items() if types & kinds}
        classes = self._used["class"] | {
            iri for iri, types in self._types.items() if types & {OWL.Class, RDFS.Class}
        }
        names = self._names(
            [*self._ordered(properties - {RDF.type.value}), *self._ordered(classes)]
        )
        return Context(
            (self._property(names[iri], iri) for iri in properties if iri in names),
            {names[iri]: iri for iri in classes if iri in names},
            prefixes,
        )

    def _ordered(self, iris: Iterable[str]) -> list[str]:
        """Return IRIs in the order in which they choose their names: the project's own first."""
        always = {node.value for node in _ALWAYS}
        base = self._catalogue.base
        return sorted(iris, key=lambda iri: (not iri.startswith(base), iri not in always, iri))

    def _names(self, iris: Iterable[str]) -> dict[str, str]:
        names: dict[str, str] = {}
        taken = {*KEYWORDS, *BACKWARDS}
        for iri in iris:
            match = _END.search(iri)
            name = match.group() if match else ""
            if name not in taken and _NAME.fullmatch(name):
                taken.add(name)
                names[iri] = name
        return names

    def _property(self, name: str, iri: str) -> Name:
        node = NamedNode(iri)
        if node == RDF.predicate:
            return Name(name, iri, Shape.NAME)
        if node in _TYPED:
            return Name(name, iri, Shape.PLAIN, _TYPED[node])
        if node in _NODES or OWL.ObjectProperty in self._types.get(iri, ()):
            return Name(name, iri, Shape.NODE)
        ranges = {each for each in self._ranges.get(iri, ()) if each in XSD or each in RDF}
        return _shaped(name, iri, ranges or self._observed(node))

    def _observed(self, node: NamedNode) -> set[Term]:
        rows = self._catalogue.store.select(PROLOGUE + _OBSERVED, {"property": node})
        return {row["kind"] for row in rows if "kind" in row}


def _shaped(name: str, iri: str, kinds: set[Term]) -> Name:
    """Return a name whose values are of the kinds that are found, or said, to occur."""
    if kinds == {RDFS.Resource}:
        return Name(name, iri, Shape.NODE)
    if RDF.langString in kinds and kinds <= {RDF.langString, XSD.string}:
        return Name(name, iri, Shape.WORDS)
    (only,) = kinds if len(kinds) == 1 else (None,)
    return Name(name, iri, Shape.PLAIN, only if isinstance(only, NamedNode) else None)
