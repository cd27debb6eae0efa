"""Numbers: the passage that states a number or a date contains its figures.

- ``number-not-in-passage`` (note) a number or a year that a passage states and does not print

Small numbers may be written in words in any language, so numbers up to 20 are not checked, nor any
in a passage without figures. Of dates only the year is checked; its last two figures are enough.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from graphsvc.findings import Severity
from graphsvc.namespaces import DATES, XSD
from graphsvc.texts.model import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.findings import Finding
    from graphsvc.validation.context import ValidationContext

_NUMBERS = frozenset(XSD[name] for name in ("integer", "decimal", "nonNegativeInteger", "int"))

#: Printed figures, with separators of thousands and decimals.
_PRINTED = re.compile(r"\d+(?:[.,'\u2019\u00a0\u202f ]\d+)*")
_PARTING = re.compile(r"[^\d]+")
_YEAR = re.compile(r"-?(\d{4,})")

#: Numbers up to this one may be written in words.
_IN_WORDS = 20


def findings(context: ValidationContext) -> Iterator[Finding]:
    """Yield a finding for each number that is not printed in the passage that states it."""
    passages = context.project.passages
    for file in context.project.files if passages else ():
        for quad in file.quads:
            graph, value = quad.graph_name, quad.object
            if not isinstance(graph, ox.NamedNode) or graph.value not in passages:
                continue
            passage = passages[graph.value]
            if isinstance(value, ox.Literal) and not _prints(passage.exact, value):
                names = " ".join(map(context.name, (quad.subject, quad.predicate, quad.object)))
                yield context.finding(
                    "number-not-in-passage",
                    f"{names} is not in the sentence that states it: {excerpt(passage.exact)}",
                    "Correct the number, or state it in the passage that prints it.",
                    about=(quad.subject, quad.predicate, quad.object),
                    severity=Severity.NOTE,
                    place=context.block_location(file.path, passage.iri, value.value),
                )


def _prints(text: str, value: ox.Literal) -> bool:
    """Tell whether a text contains the figures of a value, or need not contain them."""
    sought = _figures_of(value)
    figures = figures_in(text) if sought else frozenset()
    return not figures or bool(sought & figures)


def _figures_of(value: ox.Literal) -> frozenset[str]:
    """Return the possible figures of a value; none if it need not be printed in figures."""
    if value.datatype in DATES and (match := _YEAR.match(value.value)):
        return frozenset((match[1], match[1][-2:]))
    if value.datatype in _NUMBERS:
        figures = _PARTING.sub("", value.value)
        is_small = figures.isdecimal() and int(figures) <= _IN_WORDS
        return frozenset() if is_small else frozenset((figures,))
    return frozenset()


def figures_in(text: str) -> frozenset[str]:
    """Return the numbers in a text, each without separators, and its parts."""
    printed = _PRINTED.findall(text)
    parts = (part for each in printed for part in _PARTING.split(each))
    return frozenset((*(_PARTING.sub("", each) for each in printed), *parts))
