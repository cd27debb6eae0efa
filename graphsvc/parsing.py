"""One RDF file, parsed: its quads, its prefixes, and a finding for every error of syntax."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyoxigraph import RdfFormat, parse

from graphsvc.findings import Finding, Severity

if TYPE_CHECKING:
    from pyoxigraph import Quad

#: After so many errors the rest of a file is most likely the same mistake again.
MOST_ERRORS = 10

_PLACE = re.compile(r"^Parser error .*?: (?=[^\d])")
_IN_ITSELF = ("has not been declared", "No scheme found")
_UNDECLARED = re.compile(r"The prefix (\S*?): has not been declared")

#: What the parser says, and what to do about it.
_REMEDIES = (
    ("dot is expected", "End the statement before it with a dot, or go on with ; or ,."),
    ("Unexpected end of file", "Close the string, bracket or statement that begins there."),
    ("No scheme found", "Write the whole IRI, or a prefixed name: relative IRIs are not used."),
    ("Invalid UTF-8", "Save the file as UTF-8."),
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file says. Of a file with errors these are the statements around them."""

    quads: tuple[Quad, ...]
    prefixes: dict[str, str]
    findings: tuple[Finding, ...]


def parse_file(data: bytes, rdf_format: RdfFormat, path: str, base: str | None = None) -> Parsed:
    """Parse a file's bytes; relative IRIs are relative to ``base``, if there is one.

    The parser goes on after an error where it can; after some errors the rest is not read.
    """
    parser = parse(data, rdf_format, base_iri=base, rename_blank_nodes=True)
    quads: list[Quad] = []
    errors: list[SyntaxError] = []
    while len(errors) < MOST_ERRORS:
        try:
            quads.append(next(parser))
        except StopIteration:
            break
        except SyntaxError as error:
            if not errors or not _is_echo(error, errors[-1], rdf_format):
                errors.append(error)
    findings = [_finding(error, data, path) for error in errors]
    return Parsed(tuple(quads), dict(parser.prefixes), tuple(findings))


def parse_leniently(
    data: bytes, rdf_format: RdfFormat, path: str, base: str | None = None
) -> Parsed:
    """Parse a file's bytes as `parse_file` does, and skip what cannot be read.

    The findings are warnings: the first errors, and how many there are in all.
    """
    parser = parse(data, rdf_format, base_iri=base, rename_blank_nodes=True)
    quads: list[Quad] = []
    first: list[SyntaxError] = []
    errors, place = 0, None
    while True:
        try:
            quads.append(next(parser))
        except StopIteration:
            break
        except SyntaxError as error:
            if place is not None and place == (error.lineno, error.offset):
                break  # the parser does not get over it
            place = error.lineno, error.offset
            errors += 1
            first += [error] if errors <= MOST_ERRORS else []
    findings = [replace(_finding(e, data, path), severity=Severity.WARNING) for e in first]
    if errors:
        message = f"{errors} statements that cannot be read were left out."
        remedy = "Mend them, if they matter."
        findings.append(Finding("skipped", message, remedy, Severity.WARNING, path))
    return Parsed(tuple(quads), dict(parser.prefixes), tuple(findings))


def _is_echo(error: SyntaxError, before: SyntaxError, rdf_format: RdfFormat) -> bool:
    """Tell whether an error may be there only because of the one before it.

    The parser goes on at the next dot. On the same line that is too early; in TriG it has lost
    its block. What a word alone makes wrong is wrong all the same.
    """
    in_itself = any(words in str(error) for words in _IN_ITSELF)
    return error.lineno == before.lineno or (rdf_format == RdfFormat.TRIG and not in_itself)


def _finding(error: SyntaxError, data: bytes, path: str) -> Finding:
    said = _PLACE.sub("", error.msg or str(error)).rstrip(".")
    lines = data.split(b"\n")
    number = error.lineno or 1
    words = lines[number - 1].decode("utf-8", "replace").strip() if number <= len(lines) else ""
    return Finding(
        "syntax",
        f"{said}. The line reads: {words}" if words else f"{said}.",
        _remedy(said),
        path=path,
        line=error.lineno,
        column=error.offset,
    )


def _remedy(said: str) -> str:
    if undeclared := _UNDECLARED.search(said):
        prefix = undeclared.group(1)
        return f"Declare it at the top of the file (@prefix {prefix}: <…> .), or mend its spelling."
    return next(
        (remedy for words, remedy in _REMEDIES if words in said),
        "Mend the syntax at this place, or just before it.",
    )
