"""The graph as views read it: by queries, and with what is the same for every request."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from graphsvc.document_addresses import DocumentAddresses
from graphsvc.errors import DeadlineExceeded
from graphsvc.namespaces import graph_iri
from graphsvc.naming import Naming
from graphsvc.store.base import Table
from graphsvc.store.lexical_forms import LexicalForms
from graphsvc.views.collection.classes import Classes, property_sizes
from graphsvc.views.collection.columns import Columns
from graphsvc.views.concepts.thesauri import Thesauri
from graphsvc.views.dataset import Description, languages_of_names
from graphsvc.views.document.blanks import Blanks
from graphsvc.views.map.places import Places
from graphsvc.views.model import Status
from graphsvc.views.origins import Origins
from graphsvc.views.overview import Overview
from graphsvc.views.terms import Terms
from graphsvc.views.texts import Texts
from graphsvc.views.timeline import dating, years
from graphsvc.views.vocabulary.ontology import Ontology

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from pyoxigraph import Triple

    from graphsvc.queries import BoundQuery
    from graphsvc.release import Release
    from graphsvc.store.base import Store, Term
    from graphsvc.views.model import Named


class Reader(Protocol):
    """What answers the queries of views."""

    def select_trusted(self, query: str) -> Table:
        """Answer a SELECT that stands in a file of the program."""
        ...


class Graph:
    """A store, the base of its IRIs, and where the documents about them are.

    ``forms`` are the literals as they are written. It ``was_hurried`` if something took too long to
    be read at the start.

    It is made once, by the parent process, and shared: what it reads ahead must not depend on a
    request.
    """

    def __init__(
        self,
        store: Store,
        base: str,
        naming: Naming | None = None,
        forms: LexicalForms | None = None,
        addresses: DocumentAddresses | None = None,
    ) -> None:
        """Take a store; ``naming`` says by what its things are called, if not by convention."""
        self.base = base
        self.naming = naming or Naming()
        self.forms = forms or LexicalForms()
        self.addresses = addresses or DocumentAddresses(base)
        self.editorial = graph_iri(base, "editorial")
        self.inferred = graph_iri(base, "inferred")
        self._store: Reader = store
        self.was_hurried = self._hurries = False
        self._derived: Mapping[str, Sequence[str]] = {}

    @classmethod
    def of(cls, release: Release, store: Store) -> Graph:
        """Return the graph of a release, whose statements are in a store."""
        graph = cls(store, release.base, release.naming, release.forms, release.addresses)
        graph._derived = release.derived
        return graph

    @cached_property
    def terms(self) -> Terms:
        """Return what the graph says of its classes and properties."""
        return Terms.read(self.rows, self.naming)

    @cached_property
    def texts(self) -> Texts:
        """Return where the passages of the texts stand."""
        return Texts.read(self.rows)

    @cached_property
    def blanks(self) -> Blanks:
        """Return the parts of the graph that have no names."""
        return Blanks.read(self.rows, self.base)

    @cached_property
    def columns(self) -> Columns:
        """Return the columns that the shapes lay out for things of each class."""
        return Columns(self.terms, self.rows)

    @cached_property
    def property_sizes(self) -> Mapping[Term, int]:
        """Return how many triples each property has, as the graph's statistics say."""
        return property_sizes(self)

    @cached_property
    def origins(self) -> Origins:
        """Return which of its sources the graph tells."""
        return Origins(self)

    @cached_property
    def classes(self) -> Classes:
        """Return the classes that have things."""
        return Classes(self)

    @cached_property
    def thesauri(self) -> Thesauri:
        """Return the concept schemes with which the first page begins."""
        return Thesauri.read(self)

    @cached_property
    def overview(self) -> Overview:
        """Return what the graph is about."""
        return Overview.read(self.rows)

    @cached_property
    def dating(self) -> Sequence[Term]:
        """Return the properties that give dates."""
        return dating(self)

    @cached_property
    def years(self) -> Mapping[int, int]:
        """Return how many facts are dated in each year."""
        return years(self)

    @cached_property
    def places(self) -> Places:
        """Return what of the graph a map can show."""
        return Places.read(self.rows)

    @cached_property
    def ontology(self) -> Ontology:
        """Return the classes and properties of the graph, and how they hang together."""
        return Ontology.read(self.rows, self.base)

    @cached_property
    def description(self) -> Description:
        """Return what the graph says of itself as a whole."""
        own = Description.read(self.rows, self.base)
        return Description.derived(self._derived) if own.node is None and self._derived else own

    @cached_property
    def languages(self) -> frozenset[str]:
        """Return the tags of the languages in which the graph names things."""
        return languages_of_names(self.rows, self.naming)

    @contextmanager
    def hurrying(self, store: Reader) -> Iterator[None]:
        """Read from a store that has little time, and leave out what takes too long; it is logged.

        Of a graph that lies in an engine nobody knows how large it is: so its start is bounded, and
        pages lack what could not be read in time.
        """
        own, self._store, self._hurries = self._store, store, True
        try:
            yield
        finally:
            self._store, self._hurries = own, False

    def warm_up(self) -> None:
        """Read what is the same for every request."""
        _ = (
            self.terms,
            self.texts,
            self.blanks,
            self.overview,
            self.dating,
            self.years,
            self.places,
            self.description,
            self.languages,
            self.columns,
            self.classes.total,
            self.thesauri,
            self.property_sizes,
            self.origins,
        )
        self.ontology.warm_up()

    def as_written(self, triple: Triple, value: Named) -> Named:
        """Return the value of a fact with the words that a file has for it."""
        written = self.forms.lexical_form(triple.subject, triple.predicate, value.term)
        return value if written is None else replace(value, label=written)

    def status(self, graphs: Collection[Term]) -> Status:
        """Return the weightiest of those who say so: the text comes before the editors."""
        if any(getattr(graph, "value", "") in self.texts.positions for graph in graphs):
            return Status.STATED
        if self.editorial in graphs:
            return Status.EDITORIAL
        return Status.INFERRED if self.inferred in graphs else Status.RECORDED

    def rows(self, query: BoundQuery) -> Table:
        """Return the answer to a query; without terms for one of its parameters it has no rows."""
        if query.is_empty:
            return Table((), ())
        try:
            return self._store.select_trusted(query.text)
        except DeadlineExceeded:
            if not self._hurries:
                raise
            self.was_hurried = True
            logging.getLogger(__name__).warning(
                "Pages lack what the query behind them, %s, reads: it takes too long.",
                query.query.name,
            )
            return Table((), ())
