"""The datatypes of RDF: which lexical forms each allows.

RDF 1.1 Concepts, section 5.1 names the XSD datatypes that RDF systems know
(https://www.w3.org/TR/rdf11-concepts/#xsd-datatypes); their lexical spaces are those of
XSD 1.1 Part 2 (https://www.w3.org/TR/xmlschema11-2/). A datatype that is not in the table is
somebody's own, about which nothing can be said here.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

XSD = "http://www.w3.org/2001/XMLSchema#"

# BCP 47 as far as its shape goes (https://www.rfc-editor.org/rfc/rfc5646#section-2.1).
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")

# What an IRI may not hold in any RDF syntax: IRIREF of Turtle and SPARQL
# (https://www.w3.org/TR/turtle/#grammar-production-IRIREF).
_ABSOLUTE_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|^`\\]*")

_YEAR = r"-?([1-9][0-9]{3,}|0[0-9]{3})"
_MONTH = r"(0[1-9]|1[0-2])"
_DAY = r"(0[1-9]|[12][0-9]|3[01])"
_TIME = r"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)"
_ZONE = r"(Z|[+\-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_DAY_DURATION = r"([0-9]+D)?(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?"
_MONTH_DURATION = r"([0-9]+Y)?([0-9]+M)?"
_DECIMAL = r"[+\-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
_FLOAT = rf"({_DECIMAL}([eE][+\-]?[0-9]+)?|[+\-]?INF|NaN)"
_INTEGER = r"[+\-]?[0-9]+"


@dataclass(frozen=True, slots=True)
class Datatype:
    """The lexical space of one datatype: a pattern, an example, and what no pattern can say."""

    pattern: re.Pattern[str]
    example: str
    holds: Callable[[str], bool] = lambda _: True

    def accepts(self, lexical: str) -> bool:
        """Tell whether the lexical form belongs to the datatype."""
        return self.pattern.fullmatch(lexical) is not None and self.holds(lexical)


def _between(low: int | None, high: int | None) -> Callable[[str], bool]:
    def holds(lexical: str) -> bool:
        number = int(lexical)
        return (low is None or low <= number) and (high is None or number <= high)

    return holds


def _has_such_a_day(lexical: str) -> bool:
    """Tell whether the month of an ``…YYYY-MM-DD…`` has the day."""
    year, month, day = re.match(r"-?(\d+)-(\d\d)-(\d\d)", lexical).groups()  # type: ignore[union-attr]
    # The Gregorian calendar repeats every 400 years; datetime stops at the year 9999.
    return int(day) <= monthrange(2000 + int(year) % 400, int(month))[1]


def _datatype(
    pattern: str, example: str, holds: Callable[[str], bool] = lambda _: True
) -> Datatype:
    return Datatype(re.compile(pattern), example, holds)


def _integer(example: str, low: int | None, high: int | None) -> Datatype:
    return _datatype(_INTEGER, example, _between(low, high))


_TABLE: dict[str, Datatype] = {
    "boolean": _datatype("true|false|0|1", "true"),
    "decimal": _datatype(_DECIMAL, "2.50"),
    "double": _datatype(_FLOAT, "1.0e6"),
    "float": _datatype(_FLOAT, "1.0e6"),
    "integer": _datatype(_INTEGER, "42"),
    "byte": _integer("42", -(2**7), 2**7 - 1),
    "short": _integer("42", -(2**15), 2**15 - 1),
    "int": _integer("42", -(2**31), 2**31 - 1),
    "long": _integer("42", -(2**63), 2**63 - 1),
    "unsignedByte": _integer("42", 0, 2**8 - 1),
    "unsignedShort": _integer("42", 0, 2**16 - 1),
    "unsignedInt": _integer("42", 0, 2**32 - 1),
    "unsignedLong": _integer("42", 0, 2**64 - 1),
    "nonNegativeInteger": _integer("42", 0, None),
    "positiveInteger": _integer("42", 1, None),
    "nonPositiveInteger": _integer("-42", None, 0),
    "negativeInteger": _integer("-42", None, -1),
    "date": _datatype(rf"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}?", "2017-04-05", _has_such_a_day),
    "dateTime": _datatype(
        rf"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}?", "2017-04-05T12:00:00Z", _has_such_a_day
    ),
    "dateTimeStamp": _datatype(
        rf"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}", "2017-04-05T12:00:00Z", _has_such_a_day
    ),
    "time": _datatype(rf"{_TIME}{_ZONE}?", "12:00:00Z"),
    "gYear": _datatype(rf"{_YEAR}{_ZONE}?", "2017"),
    "gYearMonth": _datatype(rf"{_YEAR}-{_MONTH}{_ZONE}?", "2017-04"),
    "gMonth": _datatype(rf"--{_MONTH}{_ZONE}?", "--04"),
    "gDay": _datatype(rf"---{_DAY}{_ZONE}?", "---05"),
    "gMonthDay": _datatype(
        rf"--{_MONTH}-{_DAY}{_ZONE}?", "--04-05", lambda text: _has_such_a_day(f"0000{text[1:]}")
    ),
    "duration": _datatype(rf"-?P(?=[0-9T]){_MONTH_DURATION}{_DAY_DURATION}", "P1Y2M"),
    "yearMonthDuration": _datatype(rf"-?P(?=[0-9]){_MONTH_DURATION}", "P1Y2M"),
    "dayTimeDuration": _datatype(rf"-?P(?=[0-9T]){_DAY_DURATION}", "P3DT4H"),
    "anyURI": _datatype(r"[^\x00-\x20<>\"{}|^`\\]*", "https://example.org/"),
    "language": _datatype(_LANGUAGE_TAG.pattern, "en-GB"),
    "hexBinary": _datatype(r"([0-9A-Fa-f]{2})*", "0FB7"),
    "base64Binary": _datatype(
        r"(([A-Za-z0-9+/] ?){4})*(([A-Za-z0-9+/] ?){2}([A-Za-z0-9+/] ?=|= ?=))?", "Zm9v"
    ),
    "normalizedString": _datatype(r"[^\r\n\t]*", "one line"),
    "token": _datatype(r"([^\s]+( [^\s]+)*)?", "one line"),
    "NMTOKEN": _datatype(r"[\w.:\-]+", "name"),
    "Name": _datatype(r"[^\W\d][\w.:\-]*|:[\w.:\-]*", "name"),
    "NCName": _datatype(r"[^\W\d][\w.\-]*", "name"),
    "string": _datatype(r"[^\x00]*", "text", lambda _: True),
}

DATATYPES: dict[str, Datatype] = {XSD + name: datatype for name, datatype in _TABLE.items()}

#: The datatypes that OWL 2 knows, by the names they have in XSD
#: (https://www.w3.org/TR/owl2-syntax/#Datatype_Maps): gYear, date and their like are not there.
OWL_DATATYPES: frozenset[str] = frozenset(
    XSD + name
    for name in _TABLE
    if name
    not in {"date", "time", "gYear", "gYearMonth", "gMonth", "gDay", "gMonthDay"}
    | {"duration", "yearMonthDuration", "dayTimeDuration"}
) | {
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#PlainLiteral",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString",
    "http://www.w3.org/2000/01/rdf-schema#Literal",
    "http://www.w3.org/2002/07/owl#rational",
    "http://www.w3.org/2002/07/owl#real",
}


def is_language_tag(tag: str) -> bool:
    """Tell whether a text has the shape of a language tag (BCP 47)."""
    return _LANGUAGE_TAG.fullmatch(tag) is not None


def is_absolute_iri(text: str) -> bool:
    """Tell whether a text is an absolute IRI: a scheme, a colon, and no forbidden character."""
    return _ABSOLUTE_IRI.fullmatch(text) is not None
