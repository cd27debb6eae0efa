"""The answer to a query as a page, for whoever asks by browser."""

from __future__ import annotations

from io import BufferedReader, RawIOBase
from itertools import islice
from typing import TYPE_CHECKING

from flask import render_template, request
from pyoxigraph import QueryBoolean, QuerySolutions, parse_query_results

from graphsvc.entities.labels import spelled
from graphsvc.formats import Content, carrying

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import QueryResultsFormat
    from typing_extensions import Buffer

    from graphsvc.store.base import Answer, GraphSelection, Store

_SHOWN_ROWS = 500
_SHOWN_BYTES = 200_000


def results_page(store: Store, query: str, graphs: GraphSelection) -> str:
    """Return the page of an answer: a table, a yes or no, or a graph in Turtle.

    A long answer shows its beginning, and says so; its downloads are whole.
    """
    answer = store.answer(query, {content: carrying(content) for content in Content}, graphs)
    is_graph = Content.TRIPLES in answer.format.carries
    shown = _text(answer) if is_graph else _table(answer)
    content = Content.TRIPLES if is_graph else Content.SOLUTIONS
    return render_template(
        "results.html",
        query=query,
        downloads=[(fmt, _address(query, fmt.name)) for fmt in carrying(content)],
        **shown,
    )


def _address(query: str, name: str) -> dict[str, list[str]]:
    others = ("default-graph-uri", "named-graph-uri", "release")
    values = {key: request.values.getlist(key) for key in others}
    return {"query": [query], "format": [name], **{k: v for k, v in values.items() if v}}


def _table(answer: Answer) -> dict[str, object]:
    engine: QueryResultsFormat = answer.format.engine  # type: ignore[assignment]
    found = parse_query_results(BufferedReader(_Chunks(answer.chunks)), format=engine)
    if isinstance(found, QueryBoolean):
        return {"boolean": bool(found)}
    if not isinstance(found, QuerySolutions):
        raise TypeError("Query results are solutions or a boolean.")
    names = [variable.value for variable in found.variables]
    rows = [
        [None if (term := solution[name]) is None else spelled(term) for name in names]
        for solution in islice(found, _SHOWN_ROWS + 1)
    ]
    return {
        "variables": names,
        "rows": rows[:_SHOWN_ROWS],
        "more": len(rows) > _SHOWN_ROWS,
    }


def _text(answer: Answer) -> dict[str, object]:
    written = BufferedReader(_Chunks(answer.chunks)).read(_SHOWN_BYTES + 1)
    return {
        "graph": written[:_SHOWN_BYTES].decode("utf-8", "ignore"),
        "more": len(written) > _SHOWN_BYTES,
    }


class _Chunks(RawIOBase):
    """The chunks of an answer as a file to read from."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        super().__init__()
        self._chunks = iter(chunks)
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer)
        self._held = self._held or next((chunk for chunk in self._chunks if chunk), b"")
        taken, self._held = self._held[: len(view)], self._held[len(view) :]
        view[: len(taken)] = taken
        return len(taken)
