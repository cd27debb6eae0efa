"""The graph that views read: by queries, and with cached data that is the same for all requests."""

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
from graphsvc.views.timeline import date_properties, years
from graphsvc.views.vocabulary.ontology import Ontology

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from pyoxigraph import Triple

    from graphsvc.queries import BoundQuery
    from graphsvc.release import Release
    from graphsvc.store.base import Store, Term
    from graphsvc.views.model import Named


class Reader(Protocol):
    """A store that answers the queries of views."""

    def select_trusted(self, query: str) -> Table:
        """Answer a SELECT query from a file of the program."""
        ...


class Graph:
    """A store, the base of its IRIs, and where the documents about them are.

    ``forms`` are the literals as the source files write them. It ``is_incomplete`` if a query of
    the start was stopped at its deadline.

    The parent process makes it once and all workers share it: what it caches must not depend on a
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
        """Take a store; ``naming`` is there if the labels are not those of the usual properties."""
        self.base = base
        self.naming = naming or Naming()
        self.forms = forms or LexicalForms()
        self.addresses = addresses or DocumentAddresses(base)
        self.editorial = graph_iri(base, "editorial")
        self.inferred = graph_iri(base, "inferred")
        self._store: Reader = store
        self.is_incomplete = self._has_deadline = False
        self._derived: Mapping[str, Sequence[str]] = {}

    @classmethod
    def of(cls, release: Release, store: Store) -> Graph:
        graph = cls(store, release.base, release.naming, release.forms, release.addresses)
        graph._derived = release.derived
        return graph

    @cached_property
    def terms(self) -> Terms:
        """Return the classes and properties: their labels, definitions and shapes."""
        return Terms.read(self.rows, self.naming)

    @cached_property
    def texts(self) -> Texts:
        """Return the texts and the positions of their passages."""
        return Texts.read(self.rows)

    @cached_property
    def blanks(self) -> Blanks:
        """Return the quads with blank nodes."""
        return Blanks.read(self.rows, self.base)

    @cached_property
    def columns(self) -> Columns:
        """Return the columns that the shapes define for each class."""
        return Columns(self.terms, self.rows)

    @cached_property
    def property_sizes(self) -> Mapping[Term, int]:
        """Return the number of triples of each property, from the graph's statistics."""
        return property_sizes(self)

    @cached_property
    def origins(self) -> Origins:
        """Return which kinds of sources the graph has for its facts."""
        return Origins(self)

    @cached_property
    def classes(self) -> Classes:
        """Return the classes that have things."""
        return Classes(self)

    @cached_property
    def thesauri(self) -> Thesauri:
        """Return the concept schemes of the first page."""
        return Thesauri.read(self)

    @cached_property
    def overview(self) -> Overview:
        """Return what the graph is about."""
        return Overview.read(self.rows)

    @cached_property
    def date_properties(self) -> Sequence[Term]:
        """Return the properties that give dates."""
        return date_properties(self)

    @cached_property
    def years(self) -> Mapping[int, int]:
        """Return the number of dated facts in each year."""
        return years(self)

    @cached_property
    def places(self) -> Places:
        """Return the things that a map can show."""
        return Places.read(self.rows)

    @cached_property
    def ontology(self) -> Ontology:
        """Return the classes and properties of the graph, and the axioms about them."""
        return Ontology.read(self.rows, self.base)

    @cached_property
    def description(self) -> Description:
        """Return the description of the dataset."""
        own = Description.read(self.rows, self.base)
        return (
            Description.from_metadata(self._derived) if own.node is None and self._derived else own
        )

    @cached_property
    def languages(self) -> frozenset[str]:
        """Return the language tags of the labels."""
        return languages_of_names(self.rows, self.naming)

    @contextmanager
    def with_deadline(self, store: Reader) -> Iterator[None]:
        """Read from a store with a deadline; a query that is too slow gives no rows and is logged.

        The size of a graph in a remote engine is not known. So the start has a time limit, and
        pages lack the answers that did not come in time.
        """
        own, self._store, self._has_deadline = self._store, store, True
        try:
            yield
        finally:
            self._store, self._has_deadline = own, False

    def warm_up(self) -> None:
        """Fill the caches with what is the same for every request."""
        _ = (
            self.terms,
            self.texts,
            self.blanks,
            self.overview,
            self.date_properties,
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

    def with_written_form(self, triple: Triple, value: Named) -> Named:
        """Return the value of a fact in the lexical form of its source file."""
        form = self.forms.lexical_form(triple.subject, triple.predicate, value.term)
        return value if form is None else replace(value, label=form)

    def status(self, graphs: Collection[Term]) -> Status:
        """Return the status of a fact in some graphs; a text ranks above the editors."""
        if any(getattr(graph, "value", "") in self.texts.positions for graph in graphs):
            return Status.STATED
        if self.editorial in graphs:
            return Status.EDITORIAL
        return Status.INFERRED if self.inferred in graphs else Status.RECORDED

    def rows(self, query: BoundQuery) -> Table:
        """Return the answer to a query; no rows if one of its parameters has no terms."""
        if query.is_empty:
            return Table((), ())
        try:
            return self._store.select_trusted(query.text)
        except DeadlineExceeded:
            if not self._has_deadline:
                raise
            self.is_incomplete = True
            logging.getLogger(__name__).warning(
                "The query %s behind the pages takes too long: the pages lack its answer.",
                query.query.name,
            )
            return Table((), ())
