"""Parses one RDF file: its quads, its prefixes, and a finding for each syntax error."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from graphsvc import progress
from graphsvc.findings import Finding, Severity
from graphsvc.namespaces import RDF

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyoxigraph import Quad

#: After so many errors the rest of a file is most likely the same mistake again.
MOST_ERRORS = 10

#: How many characters of a line are shown; one line may be a whole file.
_LONGEST = 500

#: How many quads are read at a time.
_CHUNK = 65_536

_PLACE = re.compile(r"^Parser error .*?: (?=[^\d])")
_IN_ITSELF = ("has not been declared", "No scheme found")
_UNDECLARED = re.compile(r"The prefix (\S*?): has not been declared")

#: The parser's messages, with remedies.
_REMEDIES = (
    ("dot is expected", "End the statement before it with a dot, or go on with ; or ,."),
    ("Unexpected end of file", "Close the string, bracket or statement that begins there."),
    ("No scheme found", "Write the whole IRI, or a prefixed name: relative IRIs are not used."),
    ("Invalid UTF-8", "Save the file as UTF-8."),
    ("Rules and variables", "Leave them out, or have them left out: --lenient on"),
)
#: The parser's messages, with better ones.
_EXPLANATIONS = (("variables are not allowed", "Rules and variables of N3 are no RDF"),)
#: The parser's message for a remote context: without it all statements would be wrong.
_NOT_FETCHED = "No LoadDocumentCallback"
_REMOTE_CONTEXT = re.compile(rb'"@context"\s*:\s*(?:\[[^\]]*?)?"(https?://[^"]+)"')
#: After so many successive errors without a position the parser is considered stuck.
_MOST_WITHOUT_PLACE = 1000


@dataclass(frozen=True, slots=True)
class Parsed:
    """The statements of a file; if it has errors, the statements around them."""

    quads: tuple[Quad, ...]
    prefixes: dict[str, str]
    findings: tuple[Finding, ...]


def parse_file(data: bytes, rdf_format: RdfFormat, path: str, base: str | None = None) -> Parsed:
    """Parse a file's bytes; relative IRIs are relative to ``base``, if there is one.

    The parser continues after an error if it can; after some errors the rest is not read.
    """
    parser = parse(data, rdf_format, base_iri=base, rename_blank_nodes=True)
    quads: list[Quad] = []
    errors: list[SyntaxError] = []
    while len(errors) < MOST_ERRORS:
        read = len(quads)
        progress.tell(f"Reading {path}", read)
        try:
            quads.extend(islice(parser, _CHUNK))
        except SyntaxError as error:
            if not errors or not _is_echo(error, errors[-1], rdf_format):
                errors.append(error)
        else:
            if len(quads) == read:
                break
    if any(_NOT_FETCHED in str(error) for error in errors):
        return _without_context(data, path)
    findings = [_finding(error, data, path) for error in errors]
    valid, more, _ = _without_lenient_errors(quads, data, rdf_format, path)
    return Parsed(valid, dict(parser.prefixes), (*findings, *more))


def parse_leniently(
    data: bytes, rdf_format: RdfFormat, path: str, base: str | None = None
) -> Parsed:
    """Parse a file's bytes as `parse_file` does, and skip what cannot be read.

    The findings are warnings: the first errors, and how many there are in all.
    """
    parser = parse(data, rdf_format, base_iri=base, rename_blank_nodes=True)
    quads: list[Quad] = []
    first: list[SyntaxError] = []
    errors, place, same = 0, None, 0
    while True:
        read = len(quads)
        progress.tell(f"Reading {path}", read)
        try:
            quads.extend(islice(parser, _CHUNK))
        except SyntaxError as error:
            same = same + 1 if place == (error.lineno, error.offset) else 0
            place = error.lineno, error.offset
            if same > (0 if error.lineno else _MOST_WITHOUT_PLACE):
                break  # the parser cannot continue after it
            errors += 1
            first += [error] if errors <= MOST_ERRORS else []
        else:
            if len(quads) == read:
                break
    if any(_NOT_FETCHED in str(error) for error in first):
        return _without_context(data, path)
    valid, more, untold = _without_lenient_errors(quads, data, rdf_format, path)
    errors_found = [*(_finding(error, data, path) for error in first), *more]
    findings = [replace(finding, severity=Severity.WARNING) for finding in errors_found]
    errors += untold
    if errors:
        message = f"{errors} statements that cannot be read were left out."
        remedy = "Mend them, if they matter."
        findings.append(Finding("skipped", message, remedy, Severity.WARNING, path))
    return Parsed(valid, dict(parser.prefixes), tuple(findings))


def _lacks_language(quad: Quad) -> bool:
    term = quad.object
    return isinstance(term, Literal) and term.language is None and term.datatype in _OF_A_LANGUAGE


def _has_no_iri(quad: Quad) -> bool:
    terms = (quad.subject, quad.predicate, quad.object, quad.graph_name)
    return any(isinstance(term, NamedNode) and not _is_iri(term.value) for term in terms)


def _is_iri(text: str) -> bool:
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


_OF_A_LANGUAGE = (RDF.langString, RDF.dirLangString)


@dataclass(frozen=True, slots=True)
class _LenientError:
    """An error that some parsers accept, but not the reader of the release's N-Quads.

    A file with it matches ``mark``, and contains one of the ``hints``, which are faster to search.
    The parsers of the syntaxes in ``untold`` do not report it.
    """

    message: str
    remedy: str
    hints: tuple[bytes, ...]
    mark: re.Pattern[bytes]
    untold: tuple[RdfFormat, ...]
    has: Callable[[Quad], bool]

    def may_be_in(self, data: bytes) -> bool:
        """Tell whether a file may have this error."""
        return any(hint in data for hint in self.hints) and self.mark.search(data) is not None


_LENIENT_ERRORS = (
    _LenientError(
        "Literals without a language tag must not be rdf:langString; {count} are.",
        "Give them a language tag, or take their datatype away.",
        (b"angString",),
        re.compile(rb"angString"),
        (RdfFormat.RDF_XML, RdfFormat.JSON_LD),
        _lacks_language,
    ),
    # Names with a prefix may have characters that IRIs may not: U+FFF0 to U+FFFD, the last two of
    # each plane, and the plane of tags. https://www.rfc-editor.org/rfc/rfc3987#section-2.2
    _LenientError(
        "IRIs must not have characters such as U+FFFD; those of {count} statements do.",
        "Mend the names; a wrong encoding may have spoilt them.",
        (b"\xef\xbf", b"\xf3\xa0", b"\xbf\xbe", b"\xbf\xbf"),
        re.compile(rb"\xef\xbf[\xb0-\xbd]|\xf3\xa0|[\xf0-\xf3][\x8f\x9f\xaf\xbf]\xbf[\xbe\xbf]"),
        (RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.N3),
        _has_no_iri,
    ),
)


def _without_lenient_errors(
    quads: Sequence[Quad], data: bytes, rdf_format: RdfFormat, path: str
) -> tuple[tuple[Quad, ...], list[Finding], int]:
    """Return the valid quads, with findings about unreported errors and their number."""
    valid, findings, untold = tuple(quads), list[Finding](), 0
    for lenient_error in _LENIENT_ERRORS:
        if lenient_error.may_be_in(data):
            before = len(valid)
            valid = tuple(quad for quad in valid if not lenient_error.has(quad))
            if (count := before - len(valid)) and rdf_format in lenient_error.untold:
                message = lenient_error.message.format(count=count)
                findings.append(Finding("syntax", message, lenient_error.remedy, path=path))
                untold += count
    return valid, findings, untold


def _is_echo(error: SyntaxError, before: SyntaxError, rdf_format: RdfFormat) -> bool:
    """Tell whether an error may be there only because of the one before it.

    The parser continues at the next dot. On the same line this is too early; in TriG it has lost
    its block. An error in a single word is never an echo.
    """
    in_itself = any(words in str(error) for words in _IN_ITSELF)
    return error.lineno == before.lineno or (rdf_format == RdfFormat.TRIG and not in_itself)


def _without_context(data: bytes, path: str) -> Parsed:
    """Return an error and no statements for a JSON-LD file with a remote context."""
    match = _REMOTE_CONTEXT.search(data)
    address = f": {match[1].decode('utf-8', 'replace')}" if match else ""
    message = f"The context is named by its address, and nothing is fetched{address}."
    remedy = (
        "Put the context itself in the place of its address, or expand the file where there is a "
        "network: jsonld expand FILE (npm's jsonld-cli)."
    )
    line = data.count(b"\n", 0, match.start()) + 1 if match else None
    return Parsed((), {}, (Finding("remote-context", message, remedy, path=path, line=line),))


def _finding(error: SyntaxError, data: bytes, path: str) -> Finding:
    message = _PLACE.sub("", error.msg or str(error)).rstrip(".")
    message = next(
        (explanation for words, explanation in _EXPLANATIONS if words in message), message
    )
    words = ""
    if error.lineno:
        lines = data.split(b"\n", error.lineno)
        words = lines[error.lineno - 1].decode("utf-8", "replace").strip()[:_LONGEST]
    return Finding(
        "syntax",
        f"{message}. The line reads: {words}" if words else f"{message}.",
        _remedy(message),
        path=path,
        line=error.lineno,
        column=error.offset,
    )


def _remedy(message: str) -> str:
    if undeclared := _UNDECLARED.search(message):
        prefix = undeclared.group(1)
        return f"Declare it at the top of the file (@prefix {prefix}: <…> .), or mend its spelling."
    return next(
        (remedy for words, remedy in _REMEDIES if words in message),
        "Mend the syntax at this place, or just before it.",
    )
