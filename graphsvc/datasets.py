"""The description of a dataset for catalogues and crawlers: its roots, examples and links.

This part depends only on the quads and goes into the graph. The part that depends on the files of a
release and on the host (dumps, checksums, addresses) cannot: no dump can contain its own checksum.
https://www.w3.org/TR/void/#linkset, https://www.w3.org/TR/vocab-dcat-3/#Class:Dataset
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import Literal, NamedNode, Quad

from graphsvc.namespaces import DCAT, DCTERMS, NIF, OWL, RDF, SCHEMA, SKOS, VOID, XSD, graph_iri

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphsvc.store.base import Term

    Statement: TypeAlias = tuple[NamedNode, NamedNode, Term]

#: The properties that link equal or similar things of two datasets, each with a noun for its links.
LINKS = {
    OWL.sameAs: "the same thing",
    SCHEMA.sameAs: "a page about the same thing",
    SKOS.exactMatch: "an exact match",
    SKOS.closeMatch: "a close match",
    SKOS.broadMatch: "something broader",
    SKOS.narrowMatch: "something narrower",
    SKOS.relatedMatch: "something related",
}

_MOST_EXAMPLES = 5


def describe(quads: Sequence[Quad], base: str, datasets: Sequence[NamedNode]) -> list[Quad]:
    """Return the added statements about each of the datasets, without those that exist already."""
    graph = graph_iri(base, "dataset")
    existing = {quad for quad in quads if quad.graph_name == graph}
    roots = sorted({q.object for q in quads if q.predicate == NIF.referenceContext}, key=str)
    examples, links = _examples(quads, base), _links(quads, base)
    described: dict[Quad, None] = {}
    for dataset in datasets:
        statements: list[Statement] = [(dataset, RDF.type, DCAT.Dataset)]
        statements += [(dataset, VOID.rootResource, root) for root in roots]
        statements += [(dataset, VOID.exampleResource, example) for example in examples]
        title = _title(quads, dataset)
        for (predicate, space), count in sorted(links.items(), key=str):
            words = f"What {title} links to {_short(space)} as {LINKS[predicate]}"
            statements += _linkset(dataset, predicate, space, count, words)
        described |= dict.fromkeys(Quad(*statement, graph) for statement in statements)
    return [quad for quad in described if quad not in existing]


def _examples(quads: Sequence[Quad], base: str) -> list[NamedNode]:
    """Return one thing of each of the graph's own largest classes."""
    members: defaultdict[Term, set[NamedNode]] = defaultdict(set)
    for quad in quads:
        subject, kind = quad.subject, quad.object
        if (
            quad.predicate == RDF.type
            and isinstance(kind, NamedNode)
            and isinstance(subject, NamedNode)
            and kind.value.startswith(base)
            and subject.value.startswith(f"{base}id/")
        ):
            members[kind].add(subject)
    largest = sorted(members.items(), key=lambda item: (-len(item[1]), str(item[0])))
    firsts = (min(things, key=str) for _, things in largest)
    return list(dict.fromkeys(firsts))[:_MOST_EXAMPLES]


def _links(quads: Sequence[Quad], base: str) -> Counter[tuple[NamedNode, str]]:
    """Return how many links there are by each property into each name space."""
    triples = {
        (quad.subject, quad.predicate, quad.object)
        for quad in quads
        if quad.predicate in LINKS
        and isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, NamedNode)
        and quad.subject.value.startswith(base)
        and not quad.object.value.startswith(base)
    }
    return Counter((predicate, _space(value)) for _, predicate, value in triples)


def _title(quads: Sequence[Quad], dataset: NamedNode) -> str:
    """Return the title of a dataset, in English if there is one."""
    titles = [
        quad.object
        for quad in quads
        if quad.subject == dataset
        and quad.predicate == DCTERMS.title
        and isinstance(quad.object, Literal)
    ]
    first = min(titles, key=lambda title: (title.language != "en", title.value), default=None)
    return "this dataset" if first is None else first.value


def _linkset(
    dataset: NamedNode, predicate: NamedNode, space: str, count: int, title: str
) -> Iterator[Statement]:
    name = f"{re.sub(r'^.*?://|/.*', '', space)}-{sha256(space.encode()).hexdigest()[:8]}"
    end = re.sub(r"^.*[#/]", "", predicate.value)
    links = NamedNode(f"{dataset.value}#links-{end}-{name}")
    target = NamedNode(f"{dataset.value}#target-{name}")
    yield dataset, VOID.subset, links
    yield links, RDF.type, VOID.Linkset
    yield links, DCTERMS.title, Literal(title, language="en")
    yield links, VOID.linkPredicate, predicate
    yield links, VOID.subjectsTarget, dataset
    yield links, VOID.objectsTarget, target
    yield links, VOID.triples, Literal(str(count), datatype=XSD.integer)
    yield target, RDF.type, VOID.Dataset
    yield target, DCTERMS.title, Literal(space)
    # The dataset with a void:uriSpace is the one of the base.
    yield target, VOID.uriRegexPattern, Literal("^" + re.escape(space))


def _space(term: Term) -> str:
    """Return the name space of an IRI: all but its last part, which may end in a slash itself."""
    return re.sub(r"[^#/]+[#/]?$", "", term.value) if isinstance(term, NamedNode) else ""


def _short(space: str) -> str:
    """Return a short form of a name space, for people."""
    return re.sub(r"^.*?://|[#/]$", "", space)
