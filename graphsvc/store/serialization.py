"""Writers of graphs and tables: NotAcceptable if a format cannot express something.

A release has dozens of prefixes, too many for a graph of three triples. So a small graph is
collected first and declares only the prefixes that it uses; a larger one is streamed, after all
prefixes.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import IO, TYPE_CHECKING, TypeVar, cast

import pyoxigraph
from pyoxigraph import (
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
)

from graphsvc.errors import NotAcceptable
from graphsvc.formats import Content, carrying
from graphsvc.namespaces import RDF, XSD
from graphsvc.store import xml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from graphsvc.formats import Format
    from graphsvc.namespaces import Prefixes
    from graphsvc.store.base import Term

#: Graphs of up to so many triples declare only the prefixes that they use.
WAITING = 256

_WITH_PREFIXES = (RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.N3, RdfFormat.RDF_XML)

#: Formats without prefixes that can hold every triple.
_PLAIN = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)

#: The datatypes that these formats do not write.
_UNWRITTEN = (XSD.string, RDF.langString)

#: What the engine says when a format cannot carry triple terms.
_OF_RDF_1_2 = "does not support RDF 1.2"

_Statement = TypeVar("_Statement", Triple, Quad)


class _NotInN3Error(Exception):
    """N3 cannot hold this; the message says what."""


def write_graph(triples: Iterable[Triple], out: IO[bytes], fmt: Format, prefixes: Prefixes) -> None:
    """Write the triples with those of the prefixes that they use. Errors: NotAcceptable."""
    if isinstance(triples, QueryTriples) and fmt.engine in _PLAIN:
        # No triple of these passes through Python.
        triples.serialize(out, cast("RdfFormat", fmt.engine))
        return
    coming = iter(triples)
    waiting = list(islice(coming, WAITING)) if fmt.engine in _WITH_PREFIXES else []
    declared = prefixes if len(waiting) == WAITING else _used(waiting, prefixes)
    write_statements(chain(waiting, coming), out, fmt, declared)


def write_statements(
    statements: Iterable[Triple] | Iterable[Quad],
    out: IO[bytes],
    fmt: Format,
    prefixes: Mapping[str, str],
) -> None:
    """Write the statements in a format for RDF, with all the prefixes.

    Errors: NotAcceptable if the format cannot express something; TypeError if it is no format for
    RDF.
    """
    engine = fmt.engine
    if not isinstance(engine, RdfFormat):
        raise TypeError(f"{fmt.label} is no format for RDF.")
    target, declared = out, dict(prefixes)
    if engine == RdfFormat.RDF_XML:
        statements = xml.nameable(cast("Iterable[Triple]", statements))
        target, declared = cast("IO[bytes]", xml.Writer(out)), xml.declarable(prefixes)
    elif engine == RdfFormat.N3:
        statements = _of_rdf_1_1(cast("Iterable[Triple]", statements))
    unfit = ""
    try:
        pyoxigraph.serialize(statements, target, engine, prefixes=declared)
    except (xml.NotInXmlError, _NotInN3Error) as error:
        unfit = str(error)
    except OSError as error:
        if _OF_RDF_1_2 not in str(error):
            raise
        unfit = "it has no triple terms"
    _refuse(fmt, Content.TRIPLES, unfit)


def write_table(result: QuerySolutions | QueryBoolean, out: IO[bytes], fmt: Format) -> None:
    """Write solutions or a boolean. Errors: NotAcceptable if XML cannot express a character."""
    if not isinstance(fmt.engine, QueryResultsFormat):
        raise TypeError(f"{fmt.label} is no format for results.")
    if fmt.engine != QueryResultsFormat.XML:
        result.serialize(out, fmt.engine)
        return
    unfit = ""
    try:
        result.serialize(cast("IO[bytes]", xml.Writer(out)), fmt.engine)
    except xml.NotInXmlError as error:
        unfit = str(error)
    _refuse(fmt, Content.SOLUTIONS, unfit)


def _refuse(fmt: Format, content: Content, unfit: str) -> None:
    """Raise NotAcceptable for an error that says what the format cannot express.

    It is raised after the original error has been dropped: that one holds the engine's results,
    which only this thread may release.
    """
    if unfit:
        others = tuple(other for other in carrying(content) if other != fmt)
        raise NotAcceptable(others, f"{fmt.label} cannot hold this answer: {unfit}.")


def _of_rdf_1_1(statements: Iterable[_Statement]) -> Iterator[_Statement]:
    """Yield the statements; _NotInN3Error before one that only RDF 1.2 has.

    https://w3c.github.io/N3/spec/#grammar
    """
    for statement in statements:
        value = statement.object
        if isinstance(value, Triple):
            raise _NotInN3Error("it has no triple terms")
        if isinstance(value, Literal) and value.direction is not None:
            raise _NotInN3Error(f"it has no base directions, and {value} has one")
        yield statement


def _used(triples: Iterable[Triple], prefixes: Prefixes) -> dict[str, str]:
    """Return the prefixes that shorten an IRI in the triples."""
    iris = {iri for triple in triples for term in triple for iri in _iris(term)}
    short = {prefixes.compact(iri) for iri in iris}
    used = {name.partition(":")[0] for name in short if not name.startswith("<")}
    return {prefix: namespace for prefix, namespace in prefixes.items() if prefix in used}


def _iris(term: Term | Triple) -> Iterator[str]:
    if isinstance(term, NamedNode):
        yield term.value
    elif isinstance(term, Literal) and term.datatype not in _UNWRITTEN:
        yield term.datatype.value
    elif isinstance(term, Triple):
        for part in term:
            yield from _iris(part)
