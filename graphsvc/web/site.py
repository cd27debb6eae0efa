"""The data of the served release that every page needs."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import quote, unquote, urlsplit

from cachetools import LRUCache
from flask import current_app, request
from pyoxigraph import Literal, NamedNode

from graphsvc import __version__, sparql, vocabularies
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
from graphsvc.views.thing import filter_known, head, is_known
from graphsvc.views.vocabulary.model import Question

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

    from graphsvc.release import Release
    from graphsvc.search import Index
    from graphsvc.store.base import Store, Term
    from graphsvc.survey.lookup import Lookup
    from graphsvc.views.model import Named
    from graphsvc.views.thing import Head
    from graphsvc.views.vocabulary.model import Questions

T = TypeVar("T")

_CACHED_BYTES = 8 * 1024 * 1024
"""The most bytes of expensive pages in the cache (see `web.page_cache`)."""


class Site:
    """The served release: its store, its vocabulary, and the addresses of its things.

    ``lookup`` searches instead of the index, if the release has none.
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
        """Return a value that is constant for a release; it is read at the first call with a key.

        There must be few keys, since values are never removed.
        """
        if key not in self._read:
            self._read[key] = read()
        return cast("T", self._read[key])

    def index_for(self, *texts: str) -> Index:
        """Return the index for the search of texts. Errors: StoreError, ReleaseError."""
        return self.release.search if self._lookup is None else self._lookup.index_for(texts)

    @property
    def searches_by_name(self) -> bool:
        """Tell whether there is no index, and only some names can be looked up."""
        return self._lookup is not None and self._lookup.is_by_name

    def warm_up(self) -> None:
        """Read data of the release that many pages need, so that no visitor waits for it."""
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
        """Return the title and description of the graph."""
        return dataset(self.graph, "en")

    def dataset_in(self, languages: str) -> Dataset:
        """Return the title and description of the graph, in the languages of a priority list.

        Every page needs them, also an error page: while the store fails, there is only the title.
        """
        try:
            return self.once(("dataset", languages), lambda: dataset(self.graph, languages))
        except StoreError:
            return Dataset(None, self.release.title or UNTITLED, "", None)

    @cached_property
    def languages(self) -> frozenset[str]:
        """Return the tags of the languages of the graph's labels."""
        return self.graph.languages

    @cached_property
    def default_language(self) -> str:
        """Return the language of the graph, from the description of its dataset."""
        return self.graph.description.language

    @cached_property
    def spaces(self) -> tuple[str, ...]:
        """Return the beginnings of the graph's own IRIs."""
        values = self.graph.description.values(VOID.uriSpace)
        return (self.base, *(space.value for space in values if isinstance(space, Literal)))

    @cached_property
    def texts_by_digest(self) -> Mapping[str, str]:
        """Return the texts by their SHA-256 in the graph."""
        return {sha256(text.encode()).hexdigest(): text for text in self.release.texts.values()}

    @cached_property
    def imprint(self) -> Imprint:
        """Return the imprint of every document."""
        return Imprint(self.dataset, self.release.id, self.built)

    @cached_property
    def fits_rdf_xml(self) -> bool:
        """Tell whether RDF/XML can represent every document: the dump, and each class.

        An engine has no dump; there, every property that is used must be representable.
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
        """Return the terms of schema.org for the terms of the graph."""
        return Alignments(self.graph.rows)

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """Return the prefixes for documents; the base itself is not useful as a prefix."""
        return {prefix: iri for prefix, iri in self.release.prefixes.items() if iri != self.base}

    @cached_property
    def queries(self) -> tuple[Query, ...]:
        """Return the named queries of the release."""
        return load_queries(self.release.queries)

    @cached_property
    def questions(self) -> Questions:
        """Return the index of named queries by term."""
        return questions_by_term(self.queries, self.release.prefixes.in_queries)

    @cached_property
    def graph(self) -> Graph:
        """Return the graph for the views."""
        return Graph.of(self.release, self.store)

    @cached_property
    def dataset_head(self) -> Head | None:
        """Return the head of the dataset, for typed links, if the graph describes it."""
        return None if self.dataset.iri is None else head(self.graph, self.dataset.iri)

    @cached_property
    def view_queries(self) -> tuple[Query, ...]:
        """Return the queries of the views, with examples from this graph."""
        return queries_with_examples(self.graph)

    def query_at(self, iri: str) -> Query | None:
        """Return the named query with an IRI."""
        name = iri.removeprefix(f"{self.base}query/")
        return next((query for query in self.queries if query.name == name), None)

    def named_term(self, term: Term, languages: str) -> Named:
        """Return a term with its label."""
        return Names(self.graph, [term], languages)[term]

    def etag(self, *parts: object) -> str:
        """Return the entity tag of a representation, from the release and the request."""
        images = sorted(current_app.config["IMAGE_HOSTS"])
        branding = current_app.config["BRANDING"].digest
        return etag(self.release, request.url_root, *parts, *images, branding)

    def thing(self, path: str, ending: str = "") -> str:
        """Return the IRI of the thing at a path under the base, in the form that the graph has.

        ``ending`` is the text after the path in the address.
        """
        first, *others = iris_at(self.base, path, _target(path, ending))
        if not others:
            return first
        candidates = (first, *others)
        known_iris = filter_known(self.graph, candidates)
        has_parts = self.addresses.has_parts
        return next(
            (iri for iri in candidates if iri in known_iris or has_parts(iri)), self.base + path
        )

    def knows(self, iri: str) -> bool:
        """Tell whether the graph has statements about an IRI; False for an invalid one."""
        return is_known(self.graph, iri)

    def local_href(self, iri: str | None) -> str | None:
        """Return the address of a link to an IRI: here, if the graph describes it, or elsewhere.

        The graph's IRIs may have another host than the service. An IRI that is no web address is
        not linked.
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
        """Return the address of a passage in the source reader."""
        position = self.graph.texts.positions.get(passage)
        if position is None:
            return self.local_href(passage)
        page = position.index // page_sizes.PASSAGES + 1
        return f"{self.local_doc(position.text, page=page)}#p-{quote(local_name(passage))}"

    def local_doc(self, iri: str, suffix: str = "", page: int = 1) -> str:
        """Return the path of the document about an IRI, maybe in one format, or a page of it."""
        return request.script_root + self.addresses.of(iri, suffix, page)


def local_name(iri: str) -> str:
    """Return the end of an IRI, which is the anchor of a passage within its text."""
    return re.split(r"[/#]", iri.rstrip("/#"))[-1]


def _target(path: str, ending: str) -> str | None:
    """Return the path that the client sent, if the server provides it, without ``ending``."""
    address = request.environ.get("REQUEST_URI") or request.environ.get("RAW_URI") or ""
    raw_path = urlsplit(address).path.removesuffix(ending)
    # Before the path are the mount point, and maybe the segment of documents.
    for start in (raw_path.find("/doc/") + len("/doc/"), len(request.script_root) + 1):
        if unquote(raw_path[start:], errors="replace") == path:
            return raw_path[start:]
    return None


def etag(release: Release, address: str, *parts: object) -> str:
    """Return the entity tag for a release, the public address and parts of a request."""
    key = "\x1f".join(map(str, (release.id, __version__, address, *parts)))
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def site() -> Site:
    """Return the site that the current application serves."""
    served = current_app.extensions["graphsvc"]
    if not isinstance(served, Site):
        raise TypeError("The application was not made by create_app.")
    return served


def questions_by_term(queries: Iterable[Query], prefixes: Mapping[str, str]) -> Questions:
    """Return the queries that contain an IRI, by IRI; ``prefixes`` need no declaration in them."""
    by_iri: dict[str, list[Question]] = defaultdict(list)
    for query in queries:
        for iri in sorted(sparql.named_iris(query.text, prefixes)):
            by_iri[iri].append(Question(query.name, query.summary))
    return {iri: tuple(questions) for iri, questions in by_iri.items()}
