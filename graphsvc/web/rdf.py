"""Writes RDF in a format of the table; the same statements give the same bytes."""

from __future__ import annotations

import re
from io import BytesIO
from itertools import chain
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple

from graphsvc.store.serialization import write_statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graphsvc.formats import Format

_DECLARATIONS = re.compile(rb"(?:@prefix [^\n]*\n)+")
_ROOT = re.compile(rb"(<rdf:RDF)((?: [\w:.-]+=\"[^\"]*\")+)(>)")


def write_rdf(
    statements: Sequence[Triple] | Sequence[Quad], fmt: Format, prefixes: Mapping[str, str]
) -> bytes:
    """Return the statements in a format, with the prefixes that they need.

    Errors: NotAcceptable if the format cannot represent one of them; TypeError if it is not for
    RDF.
    """
    out = BytesIO()
    write_statements(statements, out, fmt, _needed_prefixes(statements, prefixes))
    return _announcement(fmt) + _in_order(out.getvalue())


def _announcement(fmt: Format) -> bytes:
    """Return the declaration of the version in a text, if the format has one.

    https://www.w3.org/TR/rdf12-turtle/#sec-version
    """
    announces = fmt.version is not None and fmt.engine in (RdfFormat.TURTLE, RdfFormat.TRIG)
    return f'VERSION "{fmt.version}"\n'.encode() if announces else b""


def _needed_prefixes(
    statements: Sequence[Triple] | Sequence[Quad], prefixes: Mapping[str, str]
) -> dict[str, str]:
    # A namespace ends with the last slash or hash. The set has few IRIs, even of many statements.
    iris = set(_iris(statements))
    namespaces = {iri[: max(iri.rfind("/"), iri.rfind("#")) + 1] for iri in iris}
    return {prefix: iri for prefix, iri in prefixes.items() if iri in namespaces}


def _iris(statements: Sequence[Triple] | Sequence[Quad]) -> Iterator[str]:
    for statement in statements:
        graph = (statement.graph_name,) if isinstance(statement, Quad) else ()
        for term in chain((statement.subject, statement.predicate, statement.object), graph):
            if isinstance(term, NamedNode):
                yield term.value
            elif isinstance(term, Literal):
                yield term.datatype.value


def _in_order(text: bytes) -> bytes:
    """Return the text with sorted prefixes: the engine's order differs each time.

    Otherwise one entity tag would belong to different bytes.
    """
    text = _DECLARATIONS.sub(_sorted_lines, text, count=1)
    return _ROOT.sub(_sorted_attributes, text, count=1)


def _sorted_lines(match: re.Match[bytes]) -> bytes:
    return b"".join(sorted(match.group().splitlines(keepends=True))) + b"\n"


def _sorted_attributes(match: re.Match[bytes]) -> bytes:
    attributes: Iterable[bytes] = sorted(match[2].split())
    return match[1] + b" " + b"\n  ".join(attributes) + match[3]
