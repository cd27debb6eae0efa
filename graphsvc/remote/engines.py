"""The table of engines: what each does in its own way, one row for each engine.

A row says how an engine is recognised, how it learns the deadline of a query, what its default
graph is, how it searches texts, and where graphs are written. The sources are the engines' own
documentations, beside each row. All else is SPARQL 1.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from graphsvc.errors import SettingsError
from graphsvc.remote import empty_graphs, fulltext, virtuoso
from graphsvc.store.repair import repair

if TYPE_CHECKING:
    from graphsvc.store.repair import Edit

#: Makes a SPARQL query with ``?thing ?property ?label ?score`` of words, languages and a limit.
FullText: TypeAlias = Callable[[Sequence[str], Sequence[str], int], str]

#: A pattern for the path of an engine's query address, and its replacement.
PathReplacement: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Deadline:
    """How a request tells an engine the deadline: parameters, fields, a pattern in the query."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    pattern: str = ""


def _no_deadline(_: float) -> Deadline:
    return Deadline()


def _no_repairs(_: str) -> Sequence[Edit]:
    return ()


@dataclass(frozen=True, slots=True)
class Engine:
    """What an engine does in its own way.

    ``marks`` is a pattern for the head of its answers and its service description, ``deadline``
    makes a `Deadline` of seconds, ``merging`` are the parameters that make its default graph the
    merge of all graphs, and ``incomplete`` are fields of a truncated answer, with their values.
    ``row_limit`` is the field that says after how many rows an answer was cut. ``repairs`` returns
    the edits of queries for which the engine deviates from the standard. ``results`` are the
    accepted formats of results, the best first, and ``spellings`` the engine's own words in them,
    with their replacements. ``update`` and ``graph_store`` lead from the path of the query address
    to those for writing, ``bulk`` to the one where N-Quads are added by one POST, if there is any.
    ``most_bytes`` is the limit of an update, in bytes of quads.
    """

    name: str
    label: str
    marks: str | None = None
    deadline: Callable[[float], Deadline] = _no_deadline
    merging: Mapping[str, str] = field(default_factory=dict)
    incomplete: Mapping[str, str] = field(default_factory=dict)
    row_limit: str | None = None
    repairs: Callable[[str], Sequence[Edit]] = _no_repairs
    results: str = "application/sparql-results+json, application/sparql-results+xml;q=0.5"
    spellings: tuple[tuple[bytes, bytes], ...] = ()
    full_text: FullText | None = None
    update: PathReplacement | None = None
    graph_store: PathReplacement | None = None
    bulk: PathReplacement | None = None
    most_bytes: int | None = None

    def update_address(self, url: str) -> str:
        """Return the address of updates; that of queries if the engine has one for both."""
        return _moved(url, self.update)

    def graph_store_address(self, url: str) -> str:
        """Return the address of the Graph Store Protocol.

        https://www.w3.org/TR/sparql11-http-rdf-update/
        """
        return _moved(url, self.graph_store)

    def bulk_address(self, url: str) -> str | None:
        """Return the address to which N-Quads are posted; None if the engine has none."""
        return None if self.bulk is None else _moved(url, self.bulk)


def _moved(url: str, place: PathReplacement | None) -> str:
    return url if place is None else re.sub(*place, url, count=1)


def _milliseconds(seconds: float) -> str:
    return str(int(seconds * 1000))


def _whole_seconds(seconds: float) -> str:
    return str(max(1, int(seconds)))


#: In the order in which they are tried when an engine is recognised.
ENGINES: tuple[Engine, ...] = (
    # https://github.com/oxigraph/oxigraph/tree/main/cli: its time-out is an option of the server.
    Engine(
        "oxigraph",
        "Oxigraph",
        marks=r"(?i)^server: oxigraph",
        merging={"union-default-graph": ""},
        update=(r"/query/?$", "/update"),
        graph_store=(r"/query/?$", "/store"),
        bulk=(r"/query/?$", "/store"),
        repairs=lambda query: repair(query).edits,
    ),
    # https://docs.openlinksw.com/virtuoso/rdfsparqlprotocolendpoint/: a query that meets its
    # time-out is answered with the rows so far, which the state S1TAT says.
    Engine(
        "virtuoso",
        "OpenLink Virtuoso",
        marks=r"(?i)^server: virtuoso",
        deadline=lambda seconds: Deadline({"timeout": _milliseconds(seconds)}),
        incomplete={"X-SQL-State": "S1TAT"},
        row_limit="X-SPARQL-MaxRows",
        repairs=virtuoso.repairs,
        spellings=virtuoso.RESULTS_IN_JSON,
        full_text=fulltext.of_virtuoso,
        update=(r"/sparql/?$", "/sparql-auth"),
        graph_store=(r"/sparql/?$", "/sparql-graph-crud-auth"),
        # Its compiler has no memory for some 5,000 triples in one update.
        most_bytes=1 << 17,
    ),
    # https://comunica.dev/docs/query/getting_started/setup_endpoint/
    # Its rows in JSON have a member that the standard does not know; yes or no in XML ends it.
    Engine(
        "comunica",
        "Comunica",
        marks=r"(?i)comunica",
        repairs=empty_graphs.repairs,
        results="application/sparql-results+xml",
    ),
    # https://graphdb.ontotext.com/documentation/ and
    # https://rdf4j.org/documentation/reference/rest-api/: the time-out is in seconds.
    Engine(
        "graphdb",
        "GraphDB",
        marks=r"(?i)^server: graphdb|ontotext",
        deadline=lambda seconds: Deadline({"timeout": _whole_seconds(seconds)}),
        full_text=fulltext.of_graphdb,
        update=(r"(/repositories/[^/]+)/?$", r"\1/statements"),
        graph_store=(r"(/repositories/[^/]+)/?$", r"\1/rdf-graphs/service"),
        bulk=(r"(/repositories/[^/]+)/?$", r"\1/statements"),
    ),
    # https://docs.aws.amazon.com/neptune/latest/userguide/sparql-query-hints-queryTimeout.html: a
    # query is refused if this is not less than the engine's own time-out.
    Engine(
        "neptune",
        "Amazon Neptune",
        marks=r"(?i)neptune",
        deadline=lambda seconds: Deadline(
            pattern="<http://aws.amazon.com/neptune/vocab/v01/QueryHints#Query> "
            "<http://aws.amazon.com/neptune/vocab/v01/QueryHints#queryTimeout> "
            f"{_milliseconds(seconds)} ."
        ),
        graph_store=(r"/sparql/?$", "/sparql/gsp/"),
    ),
    # https://docs.stardog.com/developing/http-api
    Engine(
        "stardog",
        "Stardog",
        marks=r"(?i)stardog",
        deadline=lambda seconds: Deadline({"timeout": _milliseconds(seconds)}),
        merging={
            "default-graph-uri": "tag:stardog:api:context:all",
            "named-graph-uri": "tag:stardog:api:context:named",
        },
        full_text=fulltext.of_stardog,
        update=(r"/query/?$", "/update"),
        graph_store=(r"/query/?$", ""),
    ),
    # https://github.com/ad-freiburg/qlever/wiki: it refuses a time-out above its own.
    Engine(
        "qlever",
        "QLever",
        marks=r"(?i)qlever",
        deadline=lambda seconds: Deadline({"timeout": f"{_whole_seconds(seconds)}s"}),
    ),
    # https://jena.apache.org/documentation/fuseki2/: the time-out is in seconds. No parameter makes
    # its default graph the merge and leaves the named ones: its configuration does.
    Engine(
        "fuseki",
        "Apache Jena Fuseki",
        marks=r"(?i)fuseki",
        deadline=lambda seconds: Deadline({"timeout": _whole_seconds(seconds)}),
        full_text=fulltext.of_fuseki,
        update=(r"/(?:query|sparql)/?$", "/update"),
        graph_store=(r"/(?:query|sparql)/?$", "/data"),
        bulk=(r"/(?:query|sparql)/?$", "/data"),
    ),
    # https://github.com/blazegraph/database/wiki/REST_API
    Engine(
        "blazegraph",
        "Blazegraph",
        marks=r"(?i)blazegraph|bigdata",
        deadline=lambda seconds: Deadline(
            fields={"X-BIGDATA-MAX-QUERY-MILLIS": _milliseconds(seconds)}
        ),
        full_text=fulltext.of_blazegraph,
        bulk=(r"$", ""),
    ),
    Engine("sparql", "another SPARQL 1.1 engine"),
)

_BY_NAME = {engine.name: engine for engine in ENGINES}

#: The row of an unknown engine.
GENERIC = _BY_NAME["sparql"]


def engine_named(name: str) -> Engine:
    """Return the engine of a name. SettingsError if there is none."""
    engine = _BY_NAME.get(name.lower())
    if engine is None:
        raise SettingsError(
            f"{name!r} is not the name of a known engine.",
            remedy="Name one of " + ", ".join(_BY_NAME) + ", or leave it out.",
        )
    return engine


def recognise(head: str) -> Engine:
    """Return the engine whose answer has this head: its fields, and its service description."""
    for engine in ENGINES:
        if engine.marks is not None and re.search(engine.marks, head, re.MULTILINE):
            return engine
    return GENERIC
