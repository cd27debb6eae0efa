"""Names: the standard vocabularies that Python relies on, graph names, prefixes, rebasing.

The project's own terms are not here. The program only relies on these vocabularies, so it can
publish any graph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from graphsvc import sparql
from graphsvc.known_prefixes import ALIASES, WELL_KNOWN

if TYPE_CHECKING:
    from graphsvc.store.base import Term


class Namespace:
    """A namespace whose terms are attributes (``SKOS.broader``) or items (``SCHEMA["name"]``)."""

    def __init__(self, iri: str) -> None:
        self._iri = iri

    def __getattr__(self, name: str) -> NamedNode:
        if name.startswith("_"):  # special attributes for copying and pickling are not terms
            raise AttributeError(name)
        # A term becomes an ordinary attribute at its first use.
        node = self.__dict__[name] = self[name]
        return node

    def __getitem__(self, name: str) -> NamedNode:
        return NamedNode(self._iri + name)

    def __contains__(self, term: object) -> bool:
        return isinstance(term, NamedNode) and term.value.startswith(self._iri)

    def __str__(self) -> str:
        return self._iri


RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
SKOSXL = Namespace("http://www.w3.org/2008/05/skos-xl#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
PROV = Namespace("http://www.w3.org/ns/prov#")
OA = Namespace("http://www.w3.org/ns/oa#")
NIF = Namespace("http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#")
SH = Namespace("http://www.w3.org/ns/shacl#")
DASH = Namespace("http://datashapes.org/dash#")
VOID = Namespace("http://rdfs.org/ns/void#")
VANN = Namespace("http://purl.org/vocab/vann/")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
SCHEMA = Namespace("https://schema.org/")
CSVW = Namespace("http://www.w3.org/ns/csvw#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
SPEX = Namespace("https://purl.expasy.org/sparql-examples/ontology#")
GEO = Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#")
GEOSPARQL = Namespace("http://www.opengis.net/ont/geosparql#")
DQV = Namespace("http://www.w3.org/ns/dqv#")
LDQD = Namespace("http://www.w3.org/2016/05/ldqd#")
DC = Namespace("http://purl.org/dc/elements/1.1/")
NP = Namespace("http://www.nanopub.org/nschema#")
PAV = Namespace("http://purl.org/pav/")
WIKIBASE = Namespace("http://wikiba.se/ontology#")

#: The classes of records and orderings: texts, notes, concepts, data.
RECORDS = frozenset(
    {
        *(OA.Annotation, NIF.Context, NIF.String, NIF.Phrase, NIF.Sentence, FOAF.Document),
        CSVW.Row,
        *(SKOS.Concept, SKOS.ConceptScheme, SKOS.Collection, VOID.Dataset, DCAT.Dataset),
        *(DCAT.Distribution, PROV.Bundle, OWL.Ontology),
    }
)

#: The rules of OWL 2 RL; an inferred statement conforms to its rule.
RULES = Namespace("http://www.w3.org/TR/owl2-profiles/#")
#: The rule for subproperties: its results are more general restatements.
GENERALISING = RULES["prp-spo1"]

#: Predicates whose objects are SPARQL text (https://www.w3.org/TR/shacl/#sparql-constraints).
QUERY_TEXTS = frozenset((SH.select, SH.ask, SH.construct, SPEX.describe))

_LOCAL_NAME = re.compile(r"(?:\w(?:[\w.-]*[\w-])?)?")
_REST = re.compile(r"[^/#?\s<>]+")
_EXAMPLE = re.compile(r"(\bexample:\s*[\"']?)([^\"'\s,}]+)")


#: The name of the graph with the derivations: it is not part of the default graph.
DERIVATIONS = "derivations"


def graph_iri(base: str, name: str) -> NamedNode:
    """Return the IRI of the graph with this name (``"passages"``, ``"inferred"``, …)."""
    return NamedNode(f"{base}graph/{name}")


#: The datatypes of dates, from the least precise to the most.
DATES = (XSD.gYear, XSD.gYearMonth, XSD.date, XSD.dateTime)


class Prefixes(Mapping[str, str]):
    """An immutable table of prefixes and their namespaces."""

    def __init__(self, namespaces: Mapping[str, str] | None = None) -> None:
        self._namespaces = dict(sorted((namespaces or {}).items()))
        # The longest matching namespace gives the shortest name.
        self._longest_first = sorted(
            self._namespaces.items(), key=lambda item: (-len(item[1]), item[0])
        )
        self._by_namespace = {
            namespace: prefix for prefix, namespace in reversed(self._longest_first)
        }
        self._all_end_at_sign = all(name[-1:] in ("/", "#") for name in self._by_namespace)

    def __getitem__(self, prefix: str) -> str:
        return self._namespaces[prefix]

    def __iter__(self) -> Iterator[str]:
        return iter(self._namespaces)

    def __len__(self) -> int:
        return len(self._namespaces)

    @cached_property
    def in_queries(self) -> Prefixes:
        """Return the table with all prefixes for queries: its own have priority."""
        return Prefixes({**ALIASES, **WELL_KNOWN, **self._namespaces})

    @cached_property
    def in_names(self) -> Prefixes:
        """Return the table with prefixes for the other well-known namespaces."""
        more = {
            prefix: namespace
            for prefix, namespace in WELL_KNOWN.items()
            if namespace not in self._by_namespace
        }
        return Prefixes({**more, **self._namespaces})

    def shorten(self, iri: str) -> str:
        """Return ``prefix:rest`` for people if a prefix fits, else the IRI.

        Nothing is escaped: it is a name for people, not a term of a query.
        """
        for prefix, namespace in self._longest_first:
            rest = iri[len(namespace) :]
            if iri.startswith(namespace) and _REST.fullmatch(rest):
                return f"{prefix}:{rest}"
        return iri

    def compact(self, iri: str) -> str:
        """Return ``prefix:local`` if a prefix fits and the rest needs no escape, else ``<iri>``."""
        if self._all_end_at_sign:
            # No local name contains such a character, so a namespace can only end at the last one.
            end = max(iri.rfind("/"), iri.rfind("#")) + 1
            prefix_found = self._by_namespace.get(iri[:end])
            fits = prefix_found is not None and _LOCAL_NAME.fullmatch(iri, end)
            return f"{prefix_found}:{iri[end:]}" if fits else f"<{iri}>"
        for prefix, namespace in self._longest_first:
            local = iri[len(namespace) :]
            if iri.startswith(namespace) and _LOCAL_NAME.fullmatch(local):
                return f"{prefix}:{local}"
        return f"<{iri}>"

    def expand(self, name: str) -> str:
        """Return the IRI of ``prefix:local`` or ``<iri>``; KeyError if the prefix is unknown."""
        if name.startswith("<") and name.endswith(">"):
            return name[1:-1]
        prefix, _, local = name.partition(":")
        return self._namespaces[prefix] + local

    def rebased(self, rebase: Rebase) -> Prefixes:
        """Return the table with its namespaces under another base."""
        return Prefixes({prefix: rebase.iri(iri) for prefix, iri in self.items()})


@dataclass(frozen=True, slots=True)
class Rebase:
    """Moves every IRI that starts with ``old`` to ``new``, wherever an IRI can stand.

    That is: in IRIs; in literals (xsd:string, xsd:anyURI) that are one such IRI and nothing else;
    in datatypes; in the SPARQL text that shapes and examples hold; in queries. A query's strings
    and comments do not change, except the examples in its header.
    """

    old: str
    new: str

    @property
    def reverse(self) -> Rebase:
        """Return the reverse rebasing."""
        return Rebase(self.new, self.old)

    def iri(self, iri: str) -> str:
        """Return the IRI under the new base; it is unchanged if it was not under the old one."""
        return self.new + iri[len(self.old) :] if iri.startswith(self.old) else iri

    def term(self, term: Term) -> Term:
        """Return the term with its IRIs moved."""
        if isinstance(term, NamedNode):
            return self._node(term)
        if isinstance(term, Literal):
            return self._literal(term)
        if isinstance(term, Triple):
            return Triple(
                self._subject(term.subject), self._node(term.predicate), self.term(term.object)
            )
        return term

    def quad(self, quad: Quad) -> Quad:
        """Return the quad with its IRIs moved, its graph's too."""
        value = quad.object
        if quad.predicate in QUERY_TEXTS and isinstance(value, Literal):
            moved: Term = Literal(self.query(value.value))
        else:
            moved = self.term(value)
        graph = quad.graph_name
        return Quad(
            self._subject(quad.subject),
            self._node(quad.predicate),
            moved,
            self._node(graph) if isinstance(graph, NamedNode) else graph,
        )

    def query(self, text: str) -> str:
        """Return the query with its IRIs moved, and the examples of its header."""
        moved = sparql.rewrite_iris(text, self.iri)
        pieces: list[str] = []
        done = 0
        for token in sparql.tokens(moved):
            if token.kind is sparql.TokenKind.COMMENT and token.text.startswith("#+"):
                pieces.append(moved[done : token.start])
                pieces.append(_EXAMPLE.sub(self._example, token.text))
                done = token.end
        return "".join([*pieces, moved[done:]])

    def _example(self, match: re.Match[str]) -> str:
        return match.group(1) + self.iri(match.group(2))

    def _node(self, node: NamedNode) -> NamedNode:
        return NamedNode(self.iri(node.value)) if node.value.startswith(self.old) else node

    def _subject(self, term: NamedNode | BlankNode | Triple) -> NamedNode | BlankNode:
        if isinstance(term, Triple):
            raise TypeError("A triple cannot be a subject in RDF 1.1.")
        return self._node(term) if isinstance(term, NamedNode) else term

    def _literal(self, literal: Literal) -> Literal:
        if literal.language is not None:
            return literal
        datatype = literal.datatype
        text = literal.value
        if datatype in (XSD.string, XSD.anyURI) and _is_iri(text):
            text = self.iri(text)
        return Literal(text, datatype=self._node(datatype))


def namespace_of(iri: str) -> str:
    """Return the namespace of an IRI: all up to its last # or /; "" if it has none of them."""
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]


def _is_iri(text: str) -> bool:
    """Tell whether a text is one IRI, without forbidden characters."""
    return re.fullmatch(r"[^\x00-\x20<>\"{}|^`\\]+", text) is not None
