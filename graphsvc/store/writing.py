"""A graph on its way into a format, with the prefixes that it uses.

A release has dozens of prefixes, behind which a graph of three triples could not be seen. Which
ones are used is known at the end, so a small graph is held back until then; a larger one is written
as it comes, after all prefixes.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import IO, TYPE_CHECKING

import pyoxigraph
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple

from graphsvc.namespaces import RDF, XSD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphsvc.namespaces import Prefixes
    from graphsvc.store.base import Term

#: So many triples are held back.
HELD = 256

_WITH_PREFIXES = (RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.N3, RdfFormat.RDF_XML)

#: The datatypes that no such format spells out.
_UNWRITTEN = (XSD.string, RDF.langString)


def write_graph(
    triples: Iterable[Triple], out: IO[bytes], engine: RdfFormat, prefixes: Prefixes
) -> None:
    """Write the triples; OSError if the format cannot say one of them."""
    coming = iter(triples)
    held = list(islice(coming, HELD)) if engine in _WITH_PREFIXES else []
    declared = dict(prefixes) if len(held) == HELD else _used(held, prefixes)
    pyoxigraph.serialize(chain(held, coming), out, engine, prefixes=declared)


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
