"""The parts of a thing without a page of their own: fragments, and partitions of a dataset."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.namespaces import VOID
from graphsvc.views.thing.answers import PARTS
from graphsvc.views.thing.model import DatasetPart, Fragment, Partition
from graphsvc.views.values import as_int

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from graphsvc.store.base import Term
    from graphsvc.views.model import Fact, Named
    from graphsvc.views.names import Names
    from graphsvc.views.queries import Row
    from graphsvc.views.thing.answers import Answers
    from graphsvc.views.thing.model import Group

#: The property from a dataset to a part, to the part's class or property, and to its count.
_COUNTED: Mapping[Term, tuple[NamedNode, NamedNode]] = {
    VOID.classPartition: (VOID["class"], VOID.entities),
    VOID.propertyPartition: (VOID.property, VOID.triples),
}


def partition(
    prop: Term, facts: Sequence[Fact], parts: Mapping[Term, Sequence[Row]], names: Names
) -> Partition | None:
    """Return the partition that a property leads to, or None if it is none."""
    if prop not in _COUNTED:
        return None
    of, counting = _COUNTED[prop]
    entries = []
    for fact in facts:
        values = {row["property"]: row["value"] for row in parts.get(fact.other.term, ())}
        if of in values and counting in values:
            entries.append(DatasetPart(fact, names[values[of]], as_int(values[counting]) or 0))
    if len(entries) < len(facts):
        return None
    by_class = prop == VOID.classPartition
    return Partition(by_class, tuple(sorted(entries, key=lambda part: part.order)))


def fragments(
    answers: Answers, groups: Sequence[Group], named: Callable[[Term], Named]
) -> Iterator[Fragment]:
    """Yield the fragments of a document in its facts, and the fragments in their facts.

    The partitions of a dataset are left out: the page has them in tables.
    """
    start = f"{answers.thing.value}#"
    queue = [
        fact.other
        for group in groups
        for entry in group.properties
        if entry.partition is None
        for fact in entry.facts
    ]
    done: set[Term] = set()
    for thing in queue:
        rows = answers.parts.get(thing.term)
        if rows and isinstance(thing.term, NamedNode) and thing.term not in done:
            done.add(thing.term)
            if thing.term.value.startswith(start):
                properties = tuple(_properties(rows, named))
                queue.extend(value for _, values in properties for value in values)
                name = thing.term.value.removeprefix(start)
                yield Fragment(thing, name, properties, PARTS.bind({"part": thing.term}))


def _properties(
    rows: Sequence[Row], named: Callable[[Term], Named]
) -> Iterator[tuple[Named, tuple[Named, ...]]]:
    values: dict[Term, list[Term]] = defaultdict(list)
    for row in rows:
        values[row["property"]].append(row["value"])
    for prop in sorted(values, key=str):
        yield named(prop), tuple(named(value) for value in sorted(values[prop], key=str))
