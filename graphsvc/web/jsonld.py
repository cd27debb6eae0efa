"""JSON-LD that reads like plain JSON: nested from the topic outwards, with short names.

The topic is the outermost object. Its values have their names beside their IRIs. The claims of its
facts are under "claims", the record of the document under "document", and incoming facts under the
name of the property with a ^ before it. The rest, and the facts by graph, are "included". It is the
same dataset as in TriG and N-Quads. https://www.w3.org/TR/json-ld11/
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode

from graphsvc.namespaces import PROV, RDF, XSD
from graphsvc.naming import LABELS
from graphsvc.views.context import BACKWARDS, INVERSE, KEYWORDS, NATIVE, Context, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyoxigraph import Quad, Triple

    from graphsvc.store.base import Term
    from graphsvc.views.document import Document

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json]"
_Node: TypeAlias = "dict[str, Json]"

#: The properties for names of things and words of passages, which are repeated at every link.
_NAMING = frozenset(LABELS)

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}")
_BOOLEANS = {"true": True, "false": False}


def write_jsonld(document: Document, context: Context) -> bytes:
    """Return a document as JSON-LD, with the part of the context that it needs.

    So a copy can be read without the network.
    """
    tree = _Tree(context, document.topic, document.triples())
    root = tree.root()
    root |= tree.included(document.statable())
    return _dumped({"@context": context.definitions_for(tree.keys), **root})


def write_context(context: Context) -> bytes:
    """Return the whole context, as a document that others can name in their JSON-LD."""
    return _dumped({"@context": context.definitions})


def _dumped(content: Mapping[str, object]) -> bytes:
    text = json.dumps(content, indent=2, ensure_ascii=False)
    return text.replace('"@prefix": "true"', '"@prefix": true').encode() + b"\n"


class _Tree:
    """Triples as a tree: each is written once, but names are repeated."""

    def __init__(self, context: Context, topic: str, triples: Iterable[Triple]) -> None:
        self.keys: set[str] = set(KEYWORDS)
        self._context = context
        self._topic = NamedNode(topic)
        self._emitted: set[Triple] = set()
        self._from: Mapping[Term, list[Triple]] = defaultdict(list)
        self._to: Mapping[Term, list[Triple]] = defaultdict(list)
        for triple in triples:
            self._from[triple.subject].append(triple)
            self._to[triple.object].append(triple)

    def root(self) -> _Node:
        """Return the topic with everything that is connected to it."""
        node = self._whole(self._topic)
        for triple in self._to[self._topic]:
            back = self._backwards(triple.predicate)
            if back is not None and triple not in self._emitted:
                self._emitted.add(triple)
                self._append(node, back, self._whole(triple.subject))
        return node

    def included(self, stated: Iterable[Quad]) -> _Node:
        """Return the nodes that are not connected to the topic, and the named graphs."""
        rest = [
            self._whole(subject)
            for subject, triples in self._from.items()
            if any(triple not in self._emitted for triple in triples)
        ]
        graphs: dict[str, list[Quad]] = defaultdict(list)
        for quad in sorted(stated, key=str):
            if isinstance(quad.graph_name, NamedNode):
                graphs[quad.graph_name.value].append(quad)
        named = [self._graph(graph, quads) for graph, quads in sorted(graphs.items())]
        nodes: list[Json] = [*rest, *named]
        return {"included": nodes} if nodes else {}

    def _graph(self, graph: str, quads: Iterable[Quad]) -> _Node:
        nodes: dict[Term, _Node] = {}
        for quad in quads:
            node = nodes.setdefault(quad.subject, self._identified(quad.subject))
            self._put(node, quad.triple, self._bare(quad.object))
        return {"id": graph, "graph": list(nodes.values())}

    def _whole(self, subject: Term) -> _Node:
        """Return a node with all its triples that are not written yet, and the claims about it."""
        node = self._identified(subject)
        for triple in self._from[subject]:
            if triple not in self._emitted:
                self._emitted.add(triple)
                self._put(node, triple, self._value(triple))
        for triple in sorted(self._to[subject], key=self._is_derived):
            if triple.predicate == RDF.subject and triple not in self._emitted:
                self._emitted.add(triple)
                self._append(node, "claims", self._whole(triple.subject))
        return node

    def _is_derived(self, triple: Triple) -> bool:
        """Tell whether a statement is derived: stated ones are written first."""
        return any(each.predicate == PROV.wasDerivedFrom for each in self._from[triple.subject])

    def _value(self, triple: Triple) -> Json:
        """Return the value of a triple: a literal, or a node with its names."""
        term = triple.object
        value = self._bare(term)
        is_named = triple.predicate in (RDF.type, RDF.predicate)
        if not is_named and isinstance(term, NamedNode) and term != self._topic:
            for naming in self._from.get(term, ()):
                if naming.predicate in _NAMING and isinstance(value, dict):
                    self._emitted.add(naming)
                    self._put(value, naming, self._bare(naming.object))
        return value

    def _bare(self, term: Term) -> Json:
        return self._literal(term) if isinstance(term, Literal) else self._identified(term)

    def _identified(self, term: Term) -> _Node:
        return {"id": f"_:{term.value}" if isinstance(term, BlankNode) else _value_of(term)}

    def _literal(self, literal: Literal) -> Json:
        if literal.language is not None:
            return {"value": literal.value, "language": literal.language}
        datatype, text = literal.datatype, literal.value
        if datatype == XSD.integer and _INTEGER.fullmatch(text):
            return int(text)
        if datatype == XSD.boolean and text in _BOOLEANS:
            return _BOOLEANS[text]
        if datatype == XSD.string:
            return text
        return {"value": text, "type": self._compact(datatype)}

    def _put(self, node: _Node, triple: Triple, value: Json) -> None:
        """Add a value to its node, in the form that the definition of the key requires."""
        term = triple.object
        if triple.predicate == RDF.type and isinstance(term, NamedNode):
            iri = term.value
            named = self._context.classes.get(iri) or self._context.compact(iri)
            self._append(node, "type", self._used(named))
            return
        name = self._context.properties.get(triple.predicate.value)
        if name is None:
            self._append(node, self._used(self._context.compact(triple.predicate.value)), value)
        elif name.shape is Shape.WORDS and isinstance(term, Literal) and term.datatype in _WORDS:
            words = node.setdefault(self._used(name.name), {})
            if isinstance(words, dict):
                self._append(words, term.language or "@none", term.value)
        elif name.shape is Shape.WORDS:
            # A language map has only texts; the whole IRI as a key has no required form.
            self._append(node, self._used(self._context.compact(name.iri)), value)
        else:
            self._append(
                node, self._used(name.name), self._coerced(name.shape, name.datatype, term, value)
            )

    def _coerced(self, shape: Shape, datatype: NamedNode | None, term: Term, value: Json) -> Json:
        """Return a value in the form of its key's definition; others have an explicit type."""
        if shape is Shape.NAME and isinstance(term, NamedNode):
            name = self._context.properties.get(term.value)
            return value if name is None else self._used(name.name)
        if isinstance(term, Literal):
            is_coerced = datatype is not None and datatype not in NATIVE
            if is_coerced and term.datatype == datatype:
                return term.value
            if is_coerced and isinstance(value, int):
                # A number or boolean would be read with the datatype of the key.
                return {"value": term.value, "type": self._compact(term.datatype)}
            if isinstance(value, str) and (shape is not Shape.PLAIN or is_coerced):
                return {"value": value}
        return value

    def _backwards(self, predicate: NamedNode) -> str | None:
        for back, prop in BACKWARDS.items():
            if predicate == prop:
                return self._used(back)
        name = self._context.properties.get(predicate.value)
        if name is None or INVERSE + name.name not in self._context.definitions:
            return None
        return self._used(INVERSE + name.name)

    def _compact(self, node: NamedNode) -> str:
        return self._used(self._context.compact(node.value))

    def _used(self, key: str) -> str:
        self.keys.add(key)
        return key

    def _append(self, node: _Node, key: str, value: Json) -> None:
        """Add a value: a single one is not in a list, several are."""
        self.keys.add(key)
        before = node.get(key)
        if before is None:
            node[key] = value
        elif isinstance(before, list):
            before.append(value)
        elif before != value:
            node[key] = [before, value]


_WORDS = frozenset({RDF.langString, XSD.string})


def _value_of(term: Term) -> str:
    if not isinstance(term, NamedNode):
        raise TypeError(f"{term} cannot be a node in JSON-LD 1.1.")
    return term.value
