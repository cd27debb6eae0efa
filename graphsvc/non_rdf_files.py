"""Formats that are often mistaken for RDF: how they begin, their file names, and what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True)
class NonRdfFormat:
    """A format that is not RDF, and what to do."""

    name: str
    remedy: str


_CONVERT = "Convert it first: robot convert --input FILE --output FILE.ttl"
_UNPACK = "Unpack it first, and name the folder or the files."

_FUNCTIONAL = NonRdfFormat("OWL in functional syntax", _CONVERT)
_MANCHESTER = NonRdfFormat("OWL in Manchester syntax", _CONVERT)
_OWL_XML = NonRdfFormat("OWL in its own XML syntax, not RDF/XML", _CONVERT)
_OBO = NonRdfFormat("an ontology in the format of OBO", _CONVERT)
_ZIP = NonRdfFormat("a ZIP archive", _UNPACK)
_TAR = NonRdfFormat("a tar archive", _UNPACK)
_XZ = NonRdfFormat("a file packed by xz", "Unpack it first: xz --decompress FILE")
_HDT = NonRdfFormat("an HDT file", "Convert it first: hdt2rdf FILE FILE.nt")
_TRIX = NonRdfFormat("TriX", "Convert it first: rapper, riot or rdfpipe write it as N-Quads.")
_HTML = NonRdfFormat(
    "an HTML page", "Download the data itself; a web page often links to it as raw or as RDF."
)
_RESULTS = NonRdfFormat(
    "the result of a SPARQL query, a table",
    "Ask the endpoint by CONSTRUCT or DESCRIBE, which answer with RDF.",
)
_TABLE = NonRdfFormat("a table", "Convert it first, by tarql, csv2rdf or OpenRefine.")
_LFS = NonRdfFormat("a pointer of Git LFS, not the file itself", "Fetch the file: git lfs pull")
_UTF_16 = NonRdfFormat("text in UTF-16", "Save the file as UTF-8.")

# What may precede the first element of XML, and the first word of the others.
_PROLOGUE = rb"(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*+"
_COMMENTS = rb"\s*(?:#[^\n]*\n\s*)*+"

#: The formats by the beginning of a file.
_BEGINNINGS = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), non_rdf_format)
    for pattern, non_rdf_format in (
        (rb"version https://git-lfs\.github\.com/spec/", _LFS),
        (rb"PK\x03\x04", _ZIP),
        (rb"\xfd7zXZ\0", _XZ),
        (rb".{257}ustar", _TAR),
        (rb"\$HDT", _HDT),
        (rb"\xff\xfe|\xfe\xff", _UTF_16),
        (rb"\s*(?:<!--.*?-->\s*)*+<!doctype\s+html\b", _HTML),
        (_PROLOGUE + rb"<html\b", _HTML),
        (_PROLOGUE + rb"<(?:owl:)?Ontology\s[^>]*www\.w3\.org/2002/07/owl#", _OWL_XML),
        (_PROLOGUE + rb"<sparql\s[^>]*www\.w3\.org/2005/sparql-results#", _RESULTS),
        (_PROLOGUE + rb"<(?:trix:)?trix\s", _TRIX),
        (_COMMENTS + rb"(?:Prefix\s*\(|Ontology\s*\(|Declaration\s*\()", _FUNCTIONAL),
        (_COMMENTS + rb"(?:Prefix:\s|Ontology:\s)", _MANCHESTER),
        (rb"format-version:\s", _OBO),
    )
)

#: The formats by the ending of a file name.
_ENDINGS = {
    ".zip": _ZIP,
    ".tar": _TAR,
    ".tgz": _TAR,
    ".xz": _XZ,
    ".hdt": _HDT,
    ".html": _HTML,
    ".htm": _HTML,
    ".ofn": _FUNCTIONAL,
    ".omn": _MANCHESTER,
    ".owx": _OWL_XML,
    ".obo": _OBO,
    ".trix": _TRIX,
    ".srx": _RESULTS,
    ".srj": _RESULTS,
    ".csv": _TABLE,
    ".tsv": _TABLE,
    ".xlsx": _TABLE,
}


def by_beginning(beginning: bytes) -> NonRdfFormat | None:
    """Return the format of a file that begins like this, if it is not RDF."""
    formats = (format_ for pattern, format_ in _BEGINNINGS if pattern.match(beginning))
    return next(formats, None)


def by_name(name: str) -> NonRdfFormat | None:
    """Return the format of a file with this name, if it is not RDF."""
    return _ENDINGS.get(PurePosixPath(name).suffix.lower())
