"""RDF files in any syntax: finds them in folders, and reads their statements.

The name of a file decides its syntax, and its beginning confirms it; a file that is not RDF is
refused with its probable format. There are no rules for the statements.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

import zstandard
from pyoxigraph import RdfFormat

from graphsvc import file_limits, non_rdf_files
from graphsvc.errors import InputError
from graphsvc.findings import Finding, Severity
from graphsvc.parsing import Parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

#: The syntaxes by the last part of a file's name. A file .owl or .xml is RDF/XML unless it begins
#: as something else.
SYNTAXES = {
    ".ttl": RdfFormat.TURTLE,
    ".turtle": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
    ".rdf": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
    ".rdfs": RdfFormat.RDF_XML,
    ".xml": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
    ".json": RdfFormat.JSON_LD,
    ".n3": RdfFormat.N3,
}
#: Endings that often mean something else: read if the file itself is named, ignored in a folder.
_AMBIGUOUS = (".xml", ".json")

#: Parses bytes in a syntax, with a file name and a base for relative IRIs.
Parser: TypeAlias = "Callable[[bytes, RdfFormat, str, str], Parsed]"

_PACKED = (".gz", ".bz2", ".zst")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

#: How many bytes of a file decide its format.
_BEGINNING = 16384

#: The encodings by the beginning of a file.
_RDF_XML = re.compile(rb"\s*(?:<\?xml\b|<rdf:RDF\b|<!DOCTYPE rdf:RDF\b)", re.IGNORECASE)
_ENCODED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*+=\s*+["']([\w.-]++)["']""")
_JSON = re.compile(rb"\s*[{\[]\s*[\"{\]}]")
_TURTLE = re.compile(
    rb"\s*(?:#[^\n]*\n\s*)*(?:@prefix|@base|prefix\s|base\s|<[a-z][a-z0-9+.-]*:[^<>\s]*>\s)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class RdfFile:
    """A file: its path, and its name in messages, relative to the given path."""

    path: Path
    name: str


def find(paths: Sequence[Path]) -> tuple[RdfFile, ...]:
    """Return the RDF files that some paths name: files themselves, and those in folders.

    Hidden files and files that are not RDF by their names are ignored in folders. Errors:
    InputError for a missing path, a named file that is not RDF by its name, and if there is no file
    at all.
    """
    files: list[RdfFile] = []
    for path in paths:
        if path.is_dir():
            files.extend(_in_folder(path))
        elif not path.is_file():
            raise _no_file(path)
        elif syntax(path.name) is None:
            raise _no_rdf(path)
        else:
            files.append(RdfFile(path, path.name))
    if not files:
        raise InputError(
            "There is no RDF file in " + ", ".join(map(str, paths)) + ".",
            (),
            remedy=f"RDF files are known by their names: {file_endings()}.",
        )
    return tuple(files)


def _no_file(path: Path) -> InputError:
    """Return the error for a missing path."""
    remedy = "Mend the path, or its spelling."
    if path.parts[0] in ("http:", "https:"):
        remedy = "Nothing is fetched from the network: download it first, and name the file."
    return InputError(f"There is no file or folder {path}.", (), remedy=remedy)


def _no_rdf(path: Path) -> InputError:
    """Return the error for a file that is not RDF by its name."""
    if non_rdf := non_rdf_files.by_name(path.name):
        return InputError(f"{path.name} is {non_rdf.name}.", (), remedy=non_rdf.remedy)
    remedy = f"Name it as one of {file_endings()}."
    return InputError(f"{path.name} is no RDF by its name.", (), remedy=remedy)


def is_in(folder: Path) -> bool:
    """Tell whether a folder contains an RDF file."""
    return next(_in_folder(folder), None) is not None


def _in_folder(folder: Path) -> Iterator[RdfFile]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        refuse_link_out(path, folder)
        is_hidden = any(part.startswith(".") for part in PurePosixPath(name).parts)
        if path.is_file() and is_rdf_in_folder(name) and not is_hidden:
            yield RdfFile(path, name)


def refuse_link_out(path: Path, folder: Path) -> None:
    """Raise InputError if a file in a folder is a link out of the folder.

    Else a person who can write into the folder could publish any file that the program can read.
    """
    if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
        raise InputError(
            f"{path} is a link that leads out of {folder}.",
            (),
            remedy="Put the file itself there, or name it beside the folder.",
        )


def is_rdf_in_folder(name: str) -> bool:
    """Tell whether a file in a folder is RDF by its name."""
    return syntax(name) is not None and not _bare(name).endswith(_AMBIGUOUS)


def file_endings() -> str:
    """Return the endings of RDF files, for people."""
    return ", ".join(f"*{ending}" for ending in SYNTAXES) + ", each also with .gz, .bz2 or .zst"


def syntax(name: str) -> RdfFormat | None:
    """Return the syntax for the name of a file; None if it is not RDF."""
    return SYNTAXES.get(PurePosixPath(_bare(name)).suffix.lower())


def _bare(name: str) -> str:
    """Return a file name without the ending for its compression."""
    packed = PurePosixPath(name).suffix.lower()
    return name[: -len(packed)] if packed in _PACKED else name


def read(file: RdfFile, data: bytes, base: str, parser: Parser) -> Parsed:
    """Parse the bytes of a file; relative IRIs are relative to ``base``."""
    try:
        text = file_limits.unpack(data).removeprefix(_BYTE_ORDER_MARK)
    except InputError as error:
        return _refusal(file, error.message, error.remedy)
    except (OSError, EOFError, zstandard.ZstdError) as error:
        remedy = "Copy or download the file again."
        return _refusal(file, f"The file cannot be unpacked: {error}.", remedy)
    beginning = text[:_BEGINNING]
    if non_rdf := non_rdf_files.by_beginning(beginning):
        return _refusal(file, f"This is {non_rdf.name}.", non_rdf.remedy)
    try:
        text = _in_utf_8(text)
    except (LookupError, UnicodeDecodeError) as error:
        return _refusal(
            file, f"The encoding is not the declared one: {error}.", "Save it as UTF-8."
        )
    syntax_of_file = _syntax_of(file, beginning)
    try:
        _refuse_excess(text, syntax_of_file)
    except InputError as error:
        return _refusal(file, error.message, error.remedy)
    parsed = parser(text, syntax_of_file, file.name, base)
    return parsed if parsed.quads or parsed.findings else _without_statements(file)


def _refuse_excess(text: bytes, rdf_format: RdfFormat) -> None:
    """Raise InputError for a text that would need too much memory to parse."""
    if rdf_format == RdfFormat.RDF_XML:
        file_limits.refuse_entities(text)
    elif rdf_format == RdfFormat.JSON_LD:
        file_limits.refuse_nested_json(text)
    else:
        file_limits.refuse_nested_triple_terms(text)


def _in_utf_8(text: bytes) -> bytes:
    """Return a text in UTF-8: XML declares another encoding at its beginning."""
    encoded = _ENCODED.match(text)
    if encoded is None or encoded[1].lower() in (b"utf-8", b"us-ascii"):
        return text
    start, end = encoded.span(1)
    return text[:start] + b"utf-8" + text[end:].decode(encoded[1].decode()).encode()


def _without_statements(file: RdfFile) -> Parsed:
    """Return the result for a file without statements, with a warning."""
    is_json = syntax(file.name) == RdfFormat.JSON_LD
    remedy = "JSON is RDF only with a @context." if is_json else "Leave it out."
    message = "The file holds no statement."
    warning = Finding("empty-file", message, remedy, Severity.WARNING, file.name)
    return Parsed((), {}, (warning,))


def _syntax_of(file: RdfFile, beginning: bytes) -> RdfFormat:
    """Return the syntax of a file: that of its name, unless it begins like another one."""
    syntax_by_name = syntax(file.name) or RdfFormat.TURTLE
    if _RDF_XML.match(beginning):
        return RdfFormat.RDF_XML
    if syntax_by_name == RdfFormat.RDF_XML and _TURTLE.match(beginning):
        return RdfFormat.TURTLE
    return (
        RdfFormat.JSON_LD
        if syntax_by_name == RdfFormat.RDF_XML and _JSON.match(beginning)
        else syntax_by_name
    )


def _refusal(file: RdfFile, message: str, remedy: str) -> Parsed:
    return Parsed((), {}, (Finding("no-rdf", message, remedy, path=file.name),))
