"""What XML can express: the guard of every writer of RDF/XML and of SPARQL results in XML.

XML 1.0 has no way to write some characters, not even escaped (https://www.w3.org/TR/xml/#charsets),
and RDF/XML makes an element of each predicate, so that a predicate must end in an XML name
(https://www.w3.org/TR/rdf-syntax-grammar/#section-Serialising). The engine writes both
nevertheless, and no XML parser reads the result.
"""

from __future__ import annotations

import re
from itertools import chain, groupby
from operator import attrgetter
from typing import IO, TYPE_CHECKING, TypeVar

from pyoxigraph import NamedNode, Quad, Triple

from graphsvc.namespaces import RDF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_Statement = TypeVar("_Statement", Triple, Quad)

# https://www.w3.org/TR/xml-names/#NT-NCName
_NAME_START = (
    "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = f"{_NAME_START}0-9.\u00b7\u0300-\u036f\u203f\u2040-"
#: The name at the end of an IRI, matched backwards: a forward search would take quadratic time.
_REVERSED_NAME = re.compile(f"[{_NAME}]*[{_NAME_START}]")

#: The names that RDF/XML reserves or has withdrawn. A class may have a reserved name; nothing may
#: have a withdrawn one. https://www.w3.org/TR/rdf-syntax-grammar/#section-Infoset-Grammar-Notation
_WITHDRAWN = frozenset(RDF[name].value for name in ("aboutEach", "aboutEachPrefix", "bagID"))
_NO_PREDICATES = _WITHDRAWN | {
    RDF[name].value
    for name in (
        *("RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype"),
        *("Description", "li"),
    )
}
# https://www.w3.org/TR/xml-names/#xmlReserved
_XMLNS = "http://www.w3.org/2000/xmlns/"

_CONTROLS = bytes(byte for byte in range(0x20) if byte not in b"\t\n\r")
_ALL_ELSE = bytes(byte for byte in range(0x100) if byte not in _CONTROLS)
#: U+FFFE and U+FFFF in UTF-8, and how both begin.
_NONCHARACTERS = re.compile(b"\xef\xbf[\xbe\xbf]")
_BEGINNING = b"\xef\xbf"
#: What is not a character of XML 1.0: https://www.w3.org/TR/xml/#charsets.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

#: How many characters an error message shows on each side of the forbidden one.
_EXCERPT = 30


class NotInXmlError(Exception):
    """XML cannot express something; the message says what."""


class Writer:
    """Passes on XML in UTF-8, and raises NotInXmlError before a character that XML does not have.

    It writes a carriage return as a reference: XML parsers make a line feed of a bare one
    (https://www.w3.org/TR/xml/#sec-line-ends).
    """

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._end = b""

    def write(self, data: bytes) -> int:
        """Pass on some bytes."""
        # A character of three bytes may be split between two calls.
        if _holds_forbidden(data) or _NONCHARACTERS.search(self._end + data[:2]):
            raise NotInXmlError(_describe_forbidden(self._end + data))
        self._end = data[-2:]
        self._out.write(data.replace(b"\r", b"&#13;"))
        return len(data)

    def flush(self) -> None:
        """Flush the output."""
        self._out.flush()


def _describe_forbidden(data: bytes) -> str:
    """Return a message about the first character in the data that XML does not have."""
    text = data.decode("utf-8", "replace")
    match = FORBIDDEN.search(text)
    if match is None:
        return "XML does not have all of its characters"
    before = text[max(0, match.start() - _EXCERPT) : match.start()].rpartition(">")[2]
    after = text[match.end() : match.end() + _EXCERPT].partition("<")[0]
    words = FORBIDDEN.sub("\ufffd", f"{before}\ufffd{after}")
    return f'XML has no character U+{ord(match.group()):04X}, which stands in "{words}"'


def without_forbidden(text: str) -> str:
    """Return a text for people with U+FFFD in place of each character that XML does not have."""
    encoded = text.encode("utf-8", "surrogatepass")
    return FORBIDDEN.sub("\ufffd", text) if _holds_forbidden(encoded) else text


def _holds_forbidden(data: bytes) -> bool:
    # These methods are the fast ones for long texts.
    return bool(data.translate(None, _ALL_ELSE)) or (
        _BEGINNING in data and _NONCHARACTERS.search(data) is not None
    )


def nameable(statements: Iterable[_Statement]) -> Iterator[_Statement]:
    """Yield the statements for the engine to write in RDF/XML; NotInXmlError before one it cannot.

    If the first triple of a subject says its class, the engine makes an element of the class. So a
    class without an XML name waits for another triple of its subject.
    """
    predicates: set[NamedNode] = set()
    for _, of_subject in groupby(statements, attrgetter("subject")):
        waiting: list[_Statement] = []
        coming = iter(of_subject)
        for statement in coming:
            _check(statement, predicates)
            if not _needs_class_name(statement):
                yield statement
                break
            waiting.append(statement)
        else:
            raise NotInXmlError(f"the class {waiting[0].object} does not end in an XML name")
        for statement in chain(waiting, coming):
            _check(statement, predicates)
            yield statement


def _check(statement: Triple | Quad, predicates: set[NamedNode]) -> None:
    predicate, value = statement.predicate, statement.object
    if predicate not in predicates:
        if not _has_name(predicate, _NO_PREDICATES):
            raise NotInXmlError(
                f"the predicate {predicate} does not end in an XML name"
                if predicate.value not in _NO_PREDICATES
                else f"the predicate {predicate} is a part of the syntax of RDF/XML"
            )
        predicates.add(predicate)
    if isinstance(value, Triple):
        _check(value, predicates)


def _needs_class_name(statement: Triple | Quad) -> bool:
    value = statement.object
    return (
        statement.predicate == RDF.type and isinstance(value, NamedNode) and not names_class(value)
    )


def names_class(iri: NamedNode) -> bool:
    """Tell whether RDF/XML can make an element of a class."""
    return _has_name(iri, _WITHDRAWN)


def names_predicate(iri: NamedNode) -> bool:
    """Tell whether RDF/XML can make an element of a property."""
    return _has_name(iri, _NO_PREDICATES)


def _has_name(term: NamedNode, reserved: frozenset[str]) -> bool:
    iri = term.value
    name = _REVERSED_NAME.match(iri[::-1])
    return name is not None and iri not in reserved and iri[: -name.end()] != _XMLNS


def declarable(prefixes: Mapping[str, str]) -> dict[str, str]:
    """Return the prefixes that an XML document can declare: it keeps those in xml for itself."""
    return {
        name: namespace
        for name, namespace in prefixes.items()
        if not name.lower().startswith("xml")
    }
