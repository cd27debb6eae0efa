"""Columns for a table: the values of properties of things, or the sentences that state them.

https://reconciliation-api.github.io/specs/0.2/#data-extension-service
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.namespaces import XSD
from graphsvc.views.labels import best
from graphsvc.views.names import Names
from graphsvc.views.queries import view_query
from graphsvc.views.reconciliation.values import node, nodes, number, values_of
from graphsvc.views.values import as_iri

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Named
    from graphsvc.views.reconciliation.reading import Extension, ExtensionColumn

#: The settings of a column.
PROPERTY_SETTINGS: tuple[dict[str, object], ...] = (
    {
        "name": "content",
        "label": "Content",
        "type": "select",
        "default": "value",
        "help_text": "The values themselves, or the sentences of the text that state them",
        "choices": [
            {"value": "value", "name": "Values"},
            {"value": "name", "name": "Values as plain text"},
            {"value": "sentence", "name": "Sentences that state them"},
        ],
    },
    {
        "name": "limit",
        "label": "Limit",
        "type": "number",
        "default": 0,
        "help_text": "How many values a cell may have at most; 0 for all",
    },
)

PROPERTIES = view_query("reconciliation/properties")
RANGES = view_query("reconciliation/ranges")
SENTENCES = view_query("reconciliation/sentences")


def extend(graph: Graph, extension: Extension, languages: str = "en") -> dict[str, object]:
    """Return the values of properties of things; an unknown thing has none."""
    columns = [column.property for column in extension.columns]
    values = values_of(graph, extension.ids, columns, languages)
    quoting = [column.property for column in extension.columns if _content(column) == "sentence"]
    sentences = _sentences(graph, extension.ids, quoting, languages)
    rows = {
        iri: {
            column.property: _cell(graph, column, values, sentences, iri)
            for column in extension.columns
        }
        for iri in extension.ids
    }
    return {"meta": _meta(graph, columns, languages), "rows": rows}


def propose_properties(graph: Graph, cls: str, languages: str = "en") -> list[dict[str, str]]:
    """Return the properties of the things of a class, the most frequent first."""
    rows = graph.rows(PROPERTIES.bind({"class": nodes([cls])}))
    iris = [prop.value for row in rows if isinstance(prop := row.get("property"), NamedNode)]
    return describe_terms(graph, iris, languages)


def describe_terms(graph: Graph, iris: Sequence[str], languages: str) -> list[dict[str, str]]:
    """Return classes or properties in the form of the API."""
    names = Names(graph, nodes(iris), languages)
    entries = []
    for term in nodes(iris):
        entry = {"id": term.value, "name": names[term].label}
        definition = graph.terms.definition(term, languages)
        entries.append({**entry, "description": definition} if definition else entry)
    return entries


def _content(column: ExtensionColumn) -> object:
    return column.settings.get("content")


def _cell(
    graph: Graph,
    column: ExtensionColumn,
    values: Mapping[tuple[str, str], list[Named]],
    sentences: Mapping[tuple[str, str], list[str]],
    iri: str,
) -> list[dict[str, object]]:
    place = (iri, column.property)
    cell: list[dict[str, object]]
    if _content(column) == "sentence":
        cell = [{"str": words} for words in sentences.get(place, ())]
    elif _content(column) == "name":
        cell = [{"str": named.label} for named in values.get(place, ())]
    else:
        cell = [_value(graph, named) for named in values.get(place, ())]
    return cell[: _limit(column.settings.get("limit")) or None]


def _limit(value: object) -> int:
    """Return the limit of a setting, which may be text; 0 for none."""
    text = str(value) if isinstance(value, int | str) else ""
    return int(text) if re.fullmatch("[0-9]{1,6}", text) else 0


def _sentences(
    graph: Graph, things: Sequence[str], properties: Sequence[str], languages: str
) -> Mapping[tuple[str, str], list[str]]:
    """Return the words of the sentences that state values, in the order of the text."""
    wordings: dict[tuple[str, str], dict[Term, list[Term]]] = defaultdict(dict)
    query = SENTENCES.bind({"thing": nodes(things), "property": nodes(properties)})
    for row in graph.rows(query):
        thing, prop = row["thing"], row["property"]
        if isinstance(thing, NamedNode) and isinstance(prop, NamedNode):
            passages = wordings[thing.value, prop.value]
            passages.setdefault(row["passage"], []).append(row["words"])
    return {
        place: [best(words, languages) for words in passages.values()]
        for place, passages in wordings.items()
    }


def _value(graph: Graph, named: Named) -> dict[str, object]:
    """Return a value in the form of the API: a thing of this graph, a number, a date, or text."""
    if named.iri is not None:
        is_known = named.iri.startswith(graph.base) or named.label != named.iri
        return {"id": named.iri, "name": named.label} if is_known else {"str": named.iri}
    value = number(named.term)
    if value is not None:
        return {"int": value} if isinstance(value, int) else {"float": value}
    date = _date(named)
    return {"str": named.label} if date is None else {"date": date}


def _date(named: Named) -> str | None:
    """Return a full date in the form of the API, with a time; None for a year alone."""
    if not isinstance(named.term, Literal):
        return None
    if named.term.datatype == XSD.date:
        day = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9:]{5})?", named.term.value)
        return f"{day[1]}T00:00:00{day[2] or 'Z'}" if day else None
    if named.term.datatype == XSD.dateTime:
        time = re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]+)?(Z|[+-][0-9:]{5})?",
                            named.term.value)  # fmt: skip
        return named.term.value if time else None
    return None


def _meta(graph: Graph, properties: Sequence[str], languages: str) -> list[dict[str, object]]:
    ranges = {
        row["property"]: row["range"]
        for row in graph.rows(RANGES.bind({"property": nodes(properties)}))
        if as_iri(row["range"]).startswith(graph.base) or row["range"] in graph.classes.counts
    }
    names = Names(graph, [*nodes(properties), *ranges.values()], languages)
    entries: list[dict[str, object]] = []
    for prop in properties:
        predicate = node(prop)
        meta: dict[str, object] = {"id": prop, "name": prop or "?"}
        if predicate is not None:
            meta["name"] = names[predicate].label
            if predicate in ranges:
                cls = ranges[predicate]
                meta["type"] = {"id": as_iri(cls), "name": names[cls].label}
        entries.append(meta)
    return entries
