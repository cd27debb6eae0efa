"""The statements in the graphs of a nanopublication, or in the graph that a thing is."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode

from graphsvc.views.nested import Nested
from graphsvc.views.origins import CONTENT, MOST_CONTENT
from graphsvc.views.thing.answers import CONTENTS
from graphsvc.views.thing.model import Content, Statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphsvc.store.base import Term
    from graphsvc.views.names import Names
    from graphsvc.views.origins import Origins
    from graphsvc.views.queries import Row
    from graphsvc.views.thing.answers import Answers


def contents(answers: Answers, origins: Origins, names: Names) -> Iterator[Content]:
    """Yield the statements of each graph, those of a nanopublication in the order of reading."""
    roles = {row["value"]: row["property"] for row in answers.facts if row["property"] in CONTENTS}
    by_graph: dict[Term, list[Row]] = defaultdict(list)
    for row in answers.content:
        by_graph[row["graph"]].append(row)
    is_cut = len(answers.content) >= MOST_CONTENT

    def place(graph: Term) -> int:
        return CONTENTS.index(roles[graph]) if graph in roles else len(CONTENTS)

    for graph in sorted(by_graph, key=lambda each: (place(each), str(each))):
        yield Content(
            graph=origins.named(graph, names),
            role=names[roles[graph]] if graph in roles else None,
            statements=tuple(_statements(by_graph[graph], names)),
            is_cut=is_cut,
            query=CONTENT.bind({"graph": graph}),
        )


def _statements(rows: Sequence[Row], names: Names) -> Iterator[Statement]:
    """Yield the statements; those about a blank node are part of the statement with it as value."""
    nested = Nested(rows)
    leading = {row["value"] for row in rows}
    for row in rows:
        if not (isinstance(row["subject"], BlankNode) and row["subject"] in leading):
            subject, prop, value = (
                nested.named(row[name], names) for name in ("subject", "property", "value")
            )
            yield Statement(subject, prop, value)
