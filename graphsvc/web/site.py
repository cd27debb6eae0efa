"""What every page needs of the release that is served."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import quote, unquote, urlsplit

from cachetools import LRUCache
from flask import current_app, request
from pyoxigraph import Literal, NamedNode

from graphsvc import __version__, vocabularies
from graphsvc.document_addresses import iris_at
from graphsvc.errors import StoreError
from graphsvc.namespaces import VOID
from graphsvc.queries import Query, load_queries
from graphsvc.store.xml import names_class, names_predicate
from graphsvc.views import page_sizes
from graphsvc.views.context import Context
from graphsvc.views.dataset import UNTITLED, dataset
from graphsvc.views.document import Imprint
from graphsvc.views.examples import queries_with_examples
from graphsvc.views.graph import Graph
from graphsvc.views.model import Dataset
from graphsvc.views.names import Names
from graphsvc.views.structured import Alignments
from graphsvc.views.thing import head, is_known, known_among
from graphsvc.views.vocabulary.questions import questions_by_term

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from graphsvc.release import Release
    from graphsvc.search import Index
    from graphsvc.store.base import Store, Term
    from graphsvc.survey.lookup import Lookup
    from graphsvc.views.model import Named
    from graphsvc.views.thing import Head
    from graphsvc.views.vocabulary.model import Questions

T = TypeVar("T")

_CACHED_BYTES = 8 * 1024 * 1024
"""How many bytes of the pages that cost most are kept in memory (see `web.page_cache`)."""


class Site:
    """A release as it is served: its store, its vocabulary, and where its things are.

    ``lookup`` searches in place of the index, if the release has none.
    """

    def __init__(self, release: Release, store: Store, lookup: Lookup | None = None) -> None:
        self.release = release
        self.store = store
        self._lookup = lookup
        self.base = release.base
        self.addresses = release.addresses
        self.ontology = NamedNode(f"{release.base}ontology")
        self.built = datetime.fromisoformat(release.manifest.built)
        self.page_cache = LRUCache[str, bytes](_CACHED_BYTES, getsizeof=len)
        self._read: dict[Hashable, object] = {}

    def once(self, key: Hashable, read: Callable[[], T]) -> T:
        """Return what is the same for a whole release, read at the first call with a key.

        There must be few keys, since nothing is forgotten.
        """
        if key not in self._read:
            self._read[key] = read()
        return cast("T", self._read[key])

    def index_for(self, *texts: str) -> Index:
        """Return the index in which texts are searched for. Errors: StoreError, ReleaseError."""
        return self.release.search if self._lookup is None else self._lookup.index_for(texts)

    @property
    def searches_by_name(self) -> bool:
        """Tell whether nothing searches but a look at some names."""
        return self._lookup is not None and self._lookup.is_by_name

    def warm_up(self) -> None:
        """Read what many pages need and a release decides, so that no visitor waits for it."""
        _ = (
            self.dataset_in(self.default_language),
            self.languages,
            self.alignments,
            self.queries,
            self.view_queries,
            self.questions,
            self.dataset_head,
            self.texts_by_digest,
            vocabularies.languages(),
        )
        self.graph.warm_up()

    @cached_property
    def dataset(self) -> Dataset:
        """Return what the graph as a whole is called."""
        return dataset(self.graph, "en")

    def dataset_in(self, languages: str) -> Dataset:
        """Return what the graph as a whole is called, in the languages of a priority list.

        Every page says it, also that of an error: while the store fails it has its title alone.
        """
        try:
            return self.once(("dataset", languages), lambda: dataset(self.graph, languages))
        except StoreError:
            return Dataset(None, self.release.title or UNTITLED, "", None)

    @cached_property
    def languages(self) -> frozenset[str]:
        """Return the tags of the languages in which the graph names things."""
        return self.graph.languages

    @cached_property
    def default_language(self) -> str:
        """Return the language in which the graph is written, as its dataset says."""
        return self.graph.description.language

    @cached_property
    def spaces(self) -> tuple[str, ...]:
        """Return the beginnings of the IRIs that the graph calls its own."""
        told = self.graph.description.values(VOID.uriSpace)
        return (self.base, *(space.value for space in told if isinstance(space, Literal)))

    @cached_property
    def texts_by_digest(self) -> Mapping[str, str]:
        """Return the texts by their SHA-256, as the documents about them state it."""
        return {sha256(text.encode()).hexdigest(): text for text in self.release.texts.values()}

    @cached_property
    def imprint(self) -> Imprint:
        """Return what every document says of itself."""
        return Imprint(self.dataset, self.release.id, self.built)

    @cached_property
    def fits_rdf_xml(self) -> bool:
        """Tell whether RDF/XML can hold every document: if it holds the dump, and each class.

        Of an engine there is no dump: there each property counts that is known to be in use.
        """
        if self.release.engine:
            properties = self.graph.property_sizes
            if not all(
                isinstance(each, NamedNode) and names_predicate(each) for each in properties
            ):
                return False
        elif all(dump.format != "rdf" for dump in self.release.manifest.dumps):
            return False
        used = self.graph.ontology.used
        return all(names_class(each.term) for each in used if each.kind == "class")

    @cached_property
    def context(self) -> Context:
        """Return the JSON-LD context."""
        return Context.read(self.graph, self.prefixes)

    @cached_property
    def alignments(self) -> Alignments:
        """Return what the terms of the graph are called in schema.org."""
        return Alignments(self.graph.rows)

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """Return the prefixes that documents use: the base alone would shorten nothing well."""
        return {prefix: iri for prefix, iri in self.release.prefixes.items() if iri != self.base}

    @cached_property
    def queries(self) -> tuple[Query, ...]:
        """Return the named queries of the release."""
        return load_queries(self.release.queries)

    @cached_property
    def questions(self) -> Questions:
        """Return which named queries use which term."""
        return questions_by_term(self.queries, self.release.prefixes.in_queries)

    @cached_property
    def graph(self) -> Graph:
        """Return the graph as the views read it."""
        return Graph.of(self.release, self.store)

    @cached_property
    def dataset_head(self) -> Head | None:
        """Return what typed links tell of the dataset, if it is described."""
        return None if self.dataset.iri is None else head(self.graph, self.dataset.iri)

    @cached_property
    def view_queries(self) -> tuple[Query, ...]:
        """Return the queries of the views, their examples taken from this graph."""
        return queries_with_examples(self.graph)

    def query_at(self, iri: str) -> Query | None:
        """Return the named query whose IRI this is."""
        name = iri.removeprefix(f"{self.base}query/")
        return next((query for query in self.queries if query.name == name), None)

    def called(self, term: Term, languages: str) -> Named:
        """Return a term under its label."""
        return Names(self.graph, [term], languages)[term]

    def etag(self, *parts: object) -> str:
        """Return the entity tag of a representation: the release and the request decide it."""
        images = sorted(current_app.config["IMAGE_HOSTS"])
        branding = current_app.config["BRANDING"].digest
        return etag(self.release, request.url_root, *parts, *images, branding)

    def thing(self, path: str, ending: str = "") -> str:
        """Return the IRI of the thing at a path under the base: what the graph knows decides.

        ``ending`` is what the address has after the path.
        """
        first, *others = iris_at(self.base, path, _target(path, ending))
        if not others:
            return first
        ways = (first, *others)
        known = known_among(self.graph, ways)
        has_parts = self.addresses.has_parts
        return next((iri for iri in ways if iri in known or has_parts(iri)), self.base + path)

    def knows(self, iri: str) -> bool:
        """Tell whether the graph says anything about an IRI; one that is none is not known."""
        return is_known(self.graph, iri)

    def local_href(self, iri: str | None) -> str | None:
        """Return where a link to an IRI leads: here, if the graph speaks of it, or elsewhere.

        The graph's IRIs may have another host than the one that serves it. What is no web
        address is not linked.
        """
        if iri is None:
            return None
        here = self.addresses.link(iri)
        if here is not None:
            return request.script_root + here
        return iri if iri.startswith(("http://", "https://")) else None

    def is_here(self, iri: str) -> bool:
        """Tell whether a link to an IRI leads to a page of this service."""
        return self.addresses.link(iri) is not None

    def in_text(self, passage: str) -> str | None:
        """Return where a passage stands in its text as the source reader shows it."""
        position = self.graph.texts.positions.get(passage)
        if position is None:
            return self.local_href(passage)
        page = position.index // page_sizes.PASSAGES + 1
        return f"{self.local_doc(position.text, page=page)}#p-{quote(local_name(passage))}"

    def local_doc(self, iri: str, suffix: str = "", page: int = 1) -> str:
        """Return the path of the document about an IRI, maybe in one format, or a page of it."""
        return request.script_root + self.addresses.of(iri, suffix, page)


def local_name(iri: str) -> str:
    """Return the end of an IRI, as an anchor names a passage within its text."""
    return re.split(r"[/#]", iri.rstrip("/#"))[-1]


def _target(path: str, ending: str) -> str | None:
    """Return a path as the client sent it, where the server tells; ``ending`` came after it."""
    told = request.environ.get("REQUEST_URI") or request.environ.get("RAW_URI") or ""
    sent = urlsplit(told).path.removesuffix(ending)
    # Before the path stands where the service is mounted, and maybe that it is a document.
    for start in (sent.find("/doc/") + len("/doc/"), len(request.script_root) + 1):
        if unquote(sent[start:], errors="replace") == path:
            return sent[start:]
    return None


def etag(release: Release, address: str, *parts: object) -> str:
    """Return the entity tag of what a release, the public address and a request decide."""
    key = "\x1f".join(map(str, (release.id, __version__, address, *parts)))
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def site() -> Site:
    """Return the site that the current application serves."""
    served = current_app.extensions["graphsvc"]
    if not isinstance(served, Site):
        raise TypeError("The application was not made by create_app.")
    return served
