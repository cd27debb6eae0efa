"""Which passages vouch for a value, as patterns of the queries that people are to read on.

A value rests on every fact of a way that leads to it. A fact rests on the passages that state it;
one that only rules reach rests on those from which it follows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from graphsvc.browse.paths import Sequence, as_text, steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.browse.browser import Browser
    from graphsvc.browse.paths import Path, Step
    from graphsvc.browse.patterns import Write
    from graphsvc.entities.layout import Place

_PASSAGE = """
    OPTIONAL {{
      {facts}
      {passage} oa:exact ?words{mark}
    }}"""

_STATED = "GRAPH {passage} {{ {fact} }}"

_FOLLOWS = """?derivation{mark} rdf:subject {subject} ; rdf:predicate {property} ;
          rdf:object {value} ; prov:wasDerivedFrom {passage} .
        FILTER NOT EXISTS {{
          GRAPH ?stating{mark} {{ {fact} }} FILTER(?stating{mark} != {inferred})
        }}"""


class _Names(NamedTuple):
    """The variables of a value: from what a path leads to it, and what vouches for it."""

    start: str
    end: str
    passage: str
    mark: str
    """What sets the variables along the way apart from those of other values."""


_VALUE = _Names("?thing", "?value", "?passage", "")
_DETAIL = _Names("?value", "?told", "?toldIn", "There")


class Vouching:
    """Writes the patterns of the passages."""

    def __init__(self, browser: Browser, write: Write) -> None:
        self._browser = browser
        self._write = write

    def value(self, path: Path) -> str:
        """Return the pattern for the passages of the values of things: one may have none."""
        return self._optional(path, _VALUE)

    def detail(self, path: Path) -> str:
        """Return the pattern for the passages of what is told of a value."""
        return self._optional(path, _DETAIL)

    def _optional(self, path: Path, names: _Names) -> str:
        facts = [f"{{ {way} }}" for step in steps(path) for way in self._ways(step, names)]
        union = "\n      UNION ".join(facts)
        return _PASSAGE.format(facts=union, passage=names.passage, mark=names.mark)

    def _ways(self, step: Step, names: _Names) -> Iterator[str]:
        """Yield the patterns for the passages of one step, each with the way to it and from it."""
        start = f"?from{names.mark}" if step.before else names.start
        end = f"?to{names.mark}" if step.after else names.end
        before = self._path(step.before, names.start, start)
        after = self._path(step.after, end, names.end)
        for fact in self._fact(step.place, start, end, names):
            yield " ".join(filter(None, (before, fact, after)))

    def _path(self, parts: tuple[Path, ...], start: str, end: str) -> str:
        if not parts:
            return ""
        path = parts[0] if len(parts) == 1 else Sequence(parts)
        return f"{start} {as_text(path, self._write)} {end} ."

    def _fact(self, place: Place, start: str, end: str, names: _Names) -> Iterator[str]:
        """Yield the pattern of what states a fact, and that of what it follows from, if any may."""
        subject, value = (end, start) if place.incoming else (start, end)
        prop = self._write(place.property)
        fact = f"{subject} {prop} {value}"
        yield _STATED.format(passage=names.passage, fact=fact)
        if place.property in self._browser.derived:
            yield _FOLLOWS.format(
                subject=subject,
                property=prop,
                value=value,
                fact=fact,
                passage=names.passage,
                mark=names.mark,
                inferred=self._write(self._browser.catalogue.inferred),
            )
