"""What every page needs of the release that is served."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import quote

from flask import current_app, request
from pyoxigraph import NamedNode

from graphsvc import __version__, vocabularies
from graphsvc.lru import LruCache
from graphsvc.pictures import world
from graphsvc.queries import Query, load_queries
from graphsvc.store.xml import names_class
from graphsvc.views.context import Context
from graphsvc.views.dataset import dataset
from graphsvc.views.document import Imprint
from graphsvc.views.examples import queries_with_examples
from graphsvc.views.graph import Graph
from graphsvc.views.names import Names
from graphsvc.views.structured import Alignments
from graphsvc.views.thing import head, is_known
from graphsvc.views.vocabulary.questions import questions_by_term

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from graphsvc.release import Release
    from graphsvc.store.base import Store, Term
    from graphsvc.views.model import Dataset, Named
    from graphsvc.views.thing import Head
    from graphsvc.views.vocabulary.model import Questions

T = TypeVar("T")

READER_SIZE = 100
"""How many passages of a text stand on one page of the source reader."""

_CACHED_BYTES = 8 * 1024 * 1024
"""How many bytes of the pages that cost most are kept in memory (see `web.page_cache`)."""

_IRI_CHARACTERS = "/:@!$&'()*+,;=~-._%#?"
_PLAIN = re.compile(r"[A-Za-z0-9/_.#-]*")


class Site:
    """A release as it is served: its store, its vocabulary, and where its things are."""

    def __init__(self, release: Release, store: Store) -> None:
        self.release = release
        self.store = store
        self.base = release.base
        self.ontology = NamedNode(f"{release.base}ontology")
        self.built = datetime.fromisoformat(release.manifest.built)
        self.page_cache = LruCache[bytes](_CACHED_BYTES, _CACHED_BYTES // 2, len)
        self._read: dict[Hashable, object] = {}

    def once(self, key: Hashable, read: Callable[[], T]) -> T:
        """Return what is the same for a whole release, read at the first call with a key.

        There must be few keys, since nothing is forgotten.
        """
        if key not in self._read:
            self._read[key] = read()
        return cast("T", self._read[key])

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
            world.countries(),
            vocabularies.languages(),
        )
        self.graph.warm_up()

    @cached_property
    def dataset(self) -> Dataset:
        """Return what the graph as a whole is called."""
        return dataset(self.graph, "en")

    def dataset_in(self, languages: str) -> Dataset:
        """Return what the graph as a whole is called, in the languages of a priority list."""
        return self.once(("dataset", languages), lambda: dataset(self.graph, languages))

    @cached_property
    def languages(self) -> frozenset[str]:
        """Return the tags of the languages in which the graph names things."""
        return self.graph.languages

    @cached_property
    def default_language(self) -> str:
        """Return the language in which the graph is written, as its dataset says."""
        return self.graph.description.language

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
        """Tell whether RDF/XML can hold every document: if it holds the dump, and each class."""
        if all(dump.format != "rdf" for dump in self.release.manifest.dumps):
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
        return Graph(self.store, self.base, self.release.naming, self.release.forms)

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
        return etag(self.release, request.url_root, *parts, *images)

    def thing(self, path: str) -> str:
        """Return the IRI of the thing at a path under the base.

        A path comes percent-decoded, while an IRI may hold the encoded form: what the graph
        knows decides.
        """
        iri = self.base + path
        encoded = self.base + quote(path, safe=_IRI_CHARACTERS.replace("%", ""))
        return encoded if encoded != iri and not self.knows(iri) and self.knows(encoded) else iri

    def knows(self, iri: str) -> bool:
        """Tell whether the graph says anything about an IRI; one that is none is not known."""
        return is_known(self.graph, iri)

    def local_href(self, iri: str | None) -> str | None:
        """Return where a link to a thing leads: things of this graph are here, others elsewhere.

        The graph's IRIs may have another host than the one that serves it. What is no web
        address is not linked.
        """
        if iri is None:
            return None
        root = request.script_root
        if iri.startswith(self.base):
            rest = iri.removeprefix(self.base)
            return f"{root}{_place(rest)}{_quoted(rest)}"
        return iri if iri.startswith(("http://", "https://")) else None

    def in_text(self, passage: str) -> str | None:
        """Return where a passage stands in its text as the source reader shows it."""
        position = self.graph.texts.positions.get(passage)
        if position is None:
            return self.local_href(passage)
        page = position.index // READER_SIZE + 1
        query = f"?page={page}" if page > 1 else ""
        return f"{self.local_href(position.text)}{query}#p-{quote(local_name(passage))}"

    def local_doc(self, iri: str, suffix: str = "") -> str:
        """Return the path of the document about a thing of this graph, maybe in one format."""
        rest = quote(iri.removeprefix(self.base), safe=_IRI_CHARACTERS.replace("#", ""))
        return f"{request.script_root}{_place(rest)}{rest}{suffix}"


def local_name(iri: str) -> str:
    """Return the end of an IRI, as an anchor names a passage within its text."""
    return re.split(r"[/#]", iri.rstrip("/#"))[-1]


def _quoted(rest: str) -> str:
    # Most IRIs have nothing to quote, and to see that is ten times as fast.
    return rest if _PLAIN.fullmatch(rest) else quote(rest, safe=_IRI_CHARACTERS)


def _place(rest: str) -> str:
    """Return where the document about a thing is, given what its IRI has after the base.

    The ontology is a document itself, and so is what has the IRI of a document.
    """
    documents = ("ontology#", "ontology/", "doc/", "releases/")
    is_document = rest.startswith(documents) or rest in ("", "ontology")
    return "/" if is_document else "/doc/"


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
