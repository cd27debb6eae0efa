"""Values and names: literals must be valid for their datatype, IRIs follow the convention.

- ``invalid-literal``   a lexical form outside its datatype, e.g. "2017-13"^^xsd:gYearMonth
- ``invalid-language``  a language tag without the shape of one
- ``control-character`` a text with a character that XML cannot hold: a warning
- ``invalid-iri``       a thing of this dataset whose IRI is not made of ASCII slugs
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from graphsvc.datatypes import DATATYPES, is_language_tag
from graphsvc.findings import Finding, Severity
from graphsvc.store.xml import FORBIDDEN
from graphsvc.validation.context import first_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.files import SourceFile
    from graphsvc.validation.context import ValidationContext

#: The convention for IRIs of things: kinds and slugs in lower-case ASCII.
_SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_THING = re.compile(
    rf"(id/{_SLUG}/{_SLUG}|passage/{_SLUG}|scheme/{_SLUG}(/{_SLUG})?|source/{_SLUG}(/original)?)"
)
_FOLDER = re.compile(r"(id|passage|scheme|source)/.")


def findings(context: ValidationContext) -> Iterator[Finding]:
    """Yield a finding for each invalid value and IRI."""
    for file in context.project.files:
        for quad in file.quads:
            if isinstance(quad.object, ox.Literal):
                yield from _literal_findings(context, file, quad, quad.object)
        yield from _iri_findings(context, file)


def _literal_findings(
    context: ValidationContext, file: SourceFile, quad: ox.Quad, literal: ox.Literal
) -> Iterator[Finding]:
    control = FORBIDDEN.search(literal.value)
    if control is not None:
        yield replace(
            _finding(
                context,
                (file, quad),
                "control-character",
                f"the text holds the character U+{ord(control[0]):04X}, which XML cannot hold.",
                "Take it out: nothing that has it can be had as RDF/XML or in XML answers, and "
                "pages show U+FFFD.",
            ),
            severity=Severity.WARNING,
        )
    datatype = DATATYPES.get(literal.datatype.value)
    if literal.language is not None and not is_language_tag(literal.language):
        yield _finding(
            context,
            (file, quad),
            "invalid-language",
            f"“{literal.language}” is no language tag.",
            "Write one like en or en-GB (BCP 47).",
        )
    elif datatype is not None and not datatype.accepts(literal.value):
        yield _finding(
            context,
            (file, quad),
            "invalid-literal",
            f"“{literal.value}” is no {context.name(literal.datatype)}.",
            f"Write a value like “{datatype.example}”, or give it the datatype that it has.",
        )


def _finding(
    context: ValidationContext,
    where: tuple[SourceFile, ox.Quad],
    check: str,
    message: str,
    remedy: str,
) -> Finding:
    file, quad = where
    subject = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else None
    words = quad.object.value if isinstance(quad.object, ox.Literal) else ""
    return Finding(
        check,
        f"{context.name(quad.subject)} {context.name(quad.predicate)}: {message}",
        remedy,
        path=file.path,
        line=first_line(file, file.subjects.get(subject, 1) if subject else 1, words),
        entity=subject,
    )


def _iri_findings(context: ValidationContext, file: SourceFile) -> Iterator[Finding]:
    iris = {
        term.value
        for quad in file.quads
        for term in (quad.subject, quad.object)
        if isinstance(term, ox.NamedNode)
    }
    for iri in sorted(iris):
        address = iri.removeprefix(context.base)
        if address != iri and _FOLDER.match(address) and not _THING.fullmatch(address):
            yield Finding(
                "invalid-iri",
                f"<{iri}> is not made as the IRIs of things are.",
                f"Write it like {context.base}id/kind/lower-case-slug, in ASCII letters, digits "
                "and single hyphens.",
                path=file.path,
                line=file.mentions.get(iri),
                entity=iri,
            )
