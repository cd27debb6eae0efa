"""Functions that the engine does not have, and what SPARQL has instead."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from graphsvc import sparql
from graphsvc.errors import QueryError
from graphsvc.sparql import TokenKind
from graphsvc.store.iri_resolution import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsvc.sparql import Token

#: What the engine says of a function that it does not have.
UNKNOWN = re.compile(r"The custom (?:aggregate )?function <(.*)> is not supported")

_LIST = "The functions of SPARQL are listed at https://www.w3.org/TR/sparql11-query/#SparqlOps."

#: The functions of XPath (https://www.w3.org/TR/xpath-functions/) that SPARQL has by another name,
#: and those of other products, by the local part of their IRIs.
_IN_SPARQL = {
    "abs": "ABS",
    "avg": "AVG",
    "ceiling": "CEIL",
    "concat": "CONCAT",
    "contains": "CONTAINS",
    "count": "COUNT",
    "current-dateTime": "NOW",
    "day-from-date": "DAY",
    "day-from-dateTime": "DAY",
    "encode-for-uri": "ENCODE_FOR_URI",
    "ends-with": "STRENDS",
    "floor": "FLOOR",
    "hours-from-dateTime": "HOURS",
    "lower-case": "LCASE",
    "matches": "REGEX",
    "max": "MAX",
    "min": "MIN",
    "minutes-from-dateTime": "MINUTES",
    "month-from-date": "MONTH",
    "month-from-dateTime": "MONTH",
    "not": "!",
    "now": "NOW",
    "replace": "REPLACE",
    "round": "ROUND",
    "seconds-from-dateTime": "SECONDS",
    "sha1sum": "SHA1",
    "starts-with": "STRSTARTS",
    "strjoin": "GROUP_CONCAT",
    "strlen": "STRLEN",
    "string": "STR",
    "string-join": "GROUP_CONCAT",
    "string-length": "STRLEN",
    "substr": "SUBSTR",
    "substring": "SUBSTR",
    "substring-after": "STRAFTER",
    "substring-before": "STRBEFORE",
    "sum": "SUM",
    "timezone-from-dateTime": "TIMEZONE",
    "upper-case": "UCASE",
    "year-from-date": "YEAR",
    "year-from-dateTime": "YEAR",
}
_OF_OTHERS = (
    "http://www.w3.org/2005/xpath-functions",
    "http://jena.apache.org/ARQ/function#",
    "http://jena.hpl.hp.com/ARQ/function#",
)


def unknown_function(
    query: str, iri: str, prefixes: Mapping[str, str], base: str | None
) -> QueryError:
    """Return the error to show for a query that calls a function with an unknown IRI."""
    token = _first_call(query, iri, prefixes, base)
    name = re.split("[#/]", iri)[-1]
    instead = _IN_SPARQL.get(name) if iri.startswith(_OF_OTHERS) else None
    return QueryError(
        f"This service has no function <{iri}>.",
        remedy=f"Use {instead}, which SPARQL has. {_LIST}" if instead else _LIST,
        position=None if token is None else sparql.position(query, token.start),
    )


def _first_call(
    query: str, iri: str, prefixes: Mapping[str, str], base: str | None
) -> Token | None:
    """Return the name of the function in its first call."""
    names = [
        name
        for name, bracket in pairwise(sparql.code(query))
        if name.kind in (TokenKind.IRI, TokenKind.NAME) and bracket.text == "("
    ]
    iris = resolve(query, [name.text for name in names], prefixes, base)
    return next((name for name, each in zip(names, iris, strict=False) if each == iri), None)
