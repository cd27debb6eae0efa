"""Requests to a service, and the comparison of two services' answers: by value, not by form.

Blank nodes are called differently by each engine. An engine may keep how a number is written
(``xsd:nonNegativeInteger``), or only its value, as Oxigraph does.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pyoxigraph
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, QueryResultsFormat, RdfFormat
from server.wire import Answer, request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyoxigraph import Literal, NamedNode, Triple
    from server.processes import Service

RESULTS = "application/sparql-results+json"
TRIPLES = "application/n-triples"
PAGE = "text/html"

Table = list[list[str]]


def ask(service: Service, query: str, accept: str = RESULTS, target: str = "/sparql") -> Answer:
    """Send a query as the body of a request."""
    fields = (f"Accept: {accept}", "Content-Type: application/sparql-query")
    with service.connect() as wire:
        data = request(target, *fields, method="POST", body=query.encode())
        return wire.exchange(data, "POST")


def get(service: Service, target: str, accept: str) -> Answer:
    """Fetch an address; the answer must be whole."""
    answer = service.get(target, f"Accept: {accept}")
    assert answer.is_whole
    return answer


def table(content: bytes, syntax: QueryResultsFormat = QueryResultsFormat.JSON) -> Table:
    """Return results as rows of terms after their header; of yes or no, one cell."""
    results = pyoxigraph.parse_query_results(content, syntax)
    if isinstance(results, pyoxigraph.QueryBoolean):
        return [[str(bool(results)).lower()]]
    assert isinstance(results, pyoxigraph.QuerySolutions)
    header = [f"?{variable.value}" for variable in results.variables]
    return [header, *([cell(term) for term in row] for row in results)]


def cell(term: NamedNode | BlankNode | Literal | Triple | None) -> str:
    """Return a term as text; whatever integer it is, it is an xsd:integer."""
    if term is None or isinstance(term, BlankNode):
        return "" if term is None else "_"
    return str(term).replace("#nonNegativeInteger", "#integer")


def triples(content: bytes, syntax: RdfFormat = RdfFormat.N_TRIPLES) -> Dataset:
    """Return a graph in which each blank node is named after its triples."""
    # The store keeps the values of numbers alone.
    store = pyoxigraph.Store()
    store.load(content, syntax)
    dataset = Dataset(store)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return dataset


class _Words(HTMLParser):
    """Collects the texts of the main part of a page, without scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._is_main = False
        self._hidden = 0

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        self._is_main = self._is_main or tag == "main"
        self._hidden += tag in ("script", "style", "template")

    def handle_endtag(self, tag: str) -> None:
        self._is_main = self._is_main and tag != "main"
        self._hidden -= tag in ("script", "style", "template")

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and self._is_main and not self._hidden:
            self.words.append(text)


def words(page: bytes) -> Sequence[str]:
    """Return the texts of the main part of a page, each as it stands between two tags."""
    parser = _Words()
    parser.feed(page.decode("utf-8"))
    return parser.words
