"""The vocabulary of a graph: its classes and properties, their relations, and their use.

Open `ontology` first: it reads what is the same for all readers. This module makes a page of it in
the language of one reader. `writing` describes the terms, `diagram` draws them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc.errors import UnknownEntity
from graphsvc.namespaces import DCTERMS, OWL, RDFS, VANN
from graphsvc.phrases import Phrase
from graphsvc.views import page_sizes
from graphsvc.views.labels import best
from graphsvc.views.vocabulary import ontology as reading
from graphsvc.views.vocabulary.diagram import (
    MOST_DRAWN,
    linked_classes,
    network,
    tree,
    upright_tree,
)
from graphsvc.views.vocabulary.model import (
    Branch,
    Link,
    Pictures,
    Relation,
    TermList,
    TermPlace,
    TermSection,
    Vocabulary,
)
from graphsvc.views.vocabulary.use import used_terms
from graphsvc.views.vocabulary.writing import MOST_LISTED, Writer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pyoxigraph import NamedNode

    from graphsvc.namespaces import Prefixes
    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Named
    from graphsvc.views.terms import Terms
    from graphsvc.views.vocabulary.model import Questions
    from graphsvc.views.vocabulary.ontology import Ontology

_DEEPEST = 30

#: The metadata of the ontology, in the order of the page.
_METADATA: tuple[tuple[str, NamedNode], ...] = (
    (Phrase("Version"), OWL.versionInfo),
    (Phrase("This version"), OWL.versionIRI),
    (Phrase("Earlier version"), OWL.priorVersion),
    (Phrase("Earlier, compatible version"), OWL.backwardCompatibleWith),
    (Phrase("Earlier, incompatible version"), OWL.incompatibleWith),
    (Phrase("Licence"), DCTERMS.license),
    (Phrase("Creator"), DCTERMS.creator),
    (Phrase("Contributor"), DCTERMS.contributor),
    (Phrase("Publisher"), DCTERMS.publisher),
    (Phrase("Created"), DCTERMS.created),
    (Phrase("Issued"), DCTERMS.issued),
    (Phrase("Modified"), DCTERMS.modified),
    (Phrase("Preferred prefix"), VANN.preferredNamespacePrefix),
    (Phrase("Namespace"), VANN.preferredNamespaceUri),
    (Phrase("Imports"), OWL.imports),
    (Phrase("Source"), DCTERMS.source),
    (Phrase("To cite"), DCTERMS.bibliographicCitation),
    (Phrase("Remark"), RDFS.comment),
)


def vocabulary(
    graph: Graph, questions: Questions, prefixes: Prefixes, languages: str, page: int = 1
) -> Vocabulary:
    """Return a page of the vocabulary of a graph, with the queries that use its terms.

    ``prefixes`` are those of other vocabularies.

    Errors: UnknownEntity for a page after the last.
    """
    ontology = graph.ontology
    own = ontology.names(graph, languages)
    by_kind = {
        title: sorted(
            (term for term, kind in ontology.own.items() if kind == title),
            key=lambda term: (own[term].label.lower(), term.value),
        )
        for title in reading.KINDS
    }
    ordered = [term for terms in by_kind.values() for term in terms]
    size = _page_size(ordered)
    pages = max(1, -(-len(ordered) // size))
    if page > pages:
        raise UnknownEntity(f"{graph.base}ontology?page={page}", f"{graph.base}ontology")
    on_page = set(ordered[(page - 1) * size : page * size])
    writer = Writer(graph, on_page, languages)
    places = _places(ordered)
    alphabet = _Alphabet(writer.names, ordered)
    branches, left_out = _tree(ontology, alphabet)
    # The lists besides the terms are on the first page.
    is_first = page == 1
    links = tuple(_links(ontology, alphabet)) if is_first else ()
    in_use = tuple(used_terms(ontology, prefixes, graph.base)) if is_first else ()
    sections = (
        TermSection(
            title,
            tuple(writer.term(term, places[term], questions) for term in terms if term in on_page),
            len(terms),
        )
        for title, terms in by_kind.items()
    )
    return Vocabulary(
        ontology=None if ontology.node is None else writer.names[ontology.node],
        description=best(ontology.metadata.get(DCTERMS.description, ()), languages),
        about=tuple(_about(ontology, writer)),
        metadata=tuple(
            (prop, writer.names[value])
            for prop, values in ontology.metadata.items()
            for value in values
            if value in writer.names
        ),
        sections=tuple(section for section in sections if section.terms),
        tree=branches,
        more_classes=left_out,
        loose=_first_terms(alphabet.of(ontology.properties.get(None, ()))),
        alphabet=_first_terms(alphabet.of(ordered)),
        links=links,
        more_links=len(ontology.links) - len(links),
        borrowed=tuple(_borrowed_terms(ontology, prefixes, graph.terms, languages))
        if is_first
        else (),
        in_use=in_use,
        ontologies=tuple(writer.names[each] for each in ontology.ontologies) if is_first else (),
        namespaces=(
            ontology.namespaces
            or tuple((used.prefix, used.namespace) for used in in_use if used.prefix)
        )
        if is_first
        else (),
        pictures=_pictures(ontology, writer.names, branches, links) if is_first else Pictures(),
        places=places,
        page=page,
        pages=pages,
        is_partial=ontology.is_partial,
        queries=ontology.queries,
    )


class _Alphabet:
    """The names of terms, and the order of the described terms, computed once for all lists."""

    def __init__(self, names: Mapping[Term, Named], terms: Iterable[NamedNode]) -> None:
        self.names = names
        ordered = sorted(terms, key=lambda term: (names[term].label.lower(), term.value))
        self._place = {term: place for place, term in enumerate(ordered)}

    def sorted(self, terms: Iterable[NamedNode]) -> list[NamedNode]:
        """Return described terms in the order of their labels."""
        return sorted(terms, key=self._place.__getitem__)

    def of(self, terms: Iterable[NamedNode]) -> tuple[Named, ...]:
        """Return described terms with names in this order."""
        return tuple(self.names[term] for term in self.sorted(terms))


def _first_terms(terms: Sequence[Named]) -> TermList:
    return TermList(tuple(terms[:MOST_LISTED]), max(0, len(terms) - MOST_LISTED))


def _places(ordered: Sequence[NamedNode]) -> Mapping[Term, TermPlace]:
    """Return the page and fragment of each term; the fragment is the end of its IRI."""
    places: dict[Term, TermPlace] = {}
    size = _page_size(ordered)
    fragments: set[str] = set()
    for number, term in enumerate(ordered):
        end = term.value[max(map(term.value.rfind, "/#")) + 1 :] or term.value
        fragment = term.value if end in fragments else end
        fragments.add(fragment)
        places[term] = TermPlace(number // size + 1, fragment)
    return places


def _page_size(terms: Sequence[NamedNode]) -> int:
    is_one = len(terms) <= page_sizes.TERMS
    return page_sizes.TERMS if is_one else page_sizes.TERMS_OF_SEVERAL


def _about(ontology: Ontology, writer: Writer) -> Iterator[Relation]:
    for label, predicate in _METADATA:
        if values := ontology.metadata.get(predicate):
            yield Relation(label, tuple(writer.in_words(value) for value in values))


def _tree(ontology: Ontology, alphabet: _Alphabet) -> tuple[tuple[Branch, ...], int]:
    """Return the tree of classes, and the number of classes that it leaves out."""
    visited: set[NamedNode] = set()
    left = MOST_LISTED

    def branches(classes: Sequence[NamedNode], above: tuple[NamedNode, ...]) -> tuple[Branch, ...]:
        nonlocal left
        nodes = []
        for cls in alphabet.sorted(cls for cls in classes if cls not in above):
            if left and len(above) < _DEEPEST:
                left -= 1
                visited.add(cls)
                properties = alphabet.of(ontology.properties.get(cls, ()))
                below = branches(ontology.subclasses.get(cls, ()), (*above, cls))
                nodes.append(Branch(alphabet.names[cls], properties, below))
        return tuple(nodes)

    return branches(ontology.roots, ()), len(ontology.classes) - len(visited)


def _links(ontology: Ontology, alphabet: _Alphabet) -> Iterator[Link]:
    for link in ontology.links[:MOST_LISTED]:
        properties, names = alphabet.of(link.properties), alphabet.names
        yield Link(names[link.subject], properties, names[link.object])


def _borrowed_terms(
    ontology: Ontology, prefixes: Prefixes, names: Terms, languages: str
) -> Iterator[tuple[str, TermList]]:
    """Yield the other terms by the prefix of their namespace, or else by the namespace."""
    prefix = {namespace: prefix for prefix, namespace in reversed([*prefixes.items()])}
    entries = ((prefix.get(name, name), terms) for name, terms in ontology.borrowed.items())
    for name, terms in sorted(entries, key=lambda pair: pair[0]):
        yield name, _first_terms([names.named(term, languages) for term in terms])


def _pictures(
    ontology: Ontology,
    names: Mapping[Term, Named],
    branches: Sequence[Branch],
    links: Sequence[Link],
) -> Pictures:
    draws_tree = 0 < len(ontology.classes) <= MOST_DRAWN
    ends = linked_classes(ontology.links)
    return Pictures(
        tree=tree(branches) if draws_tree else None,
        upright=upright_tree(branches) if draws_tree else None,
        network=network([names[cls] for cls in ends], links, ontology.layers)
        if ontology.is_drawable
        else None,
    )
