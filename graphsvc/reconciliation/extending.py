"""Columns for a table: the values of properties of things, or the sentences that state them.

https://reconciliation-api.github.io/specs/0.2/#data-extension-service
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.entities.evidence import QUOTE_CLAUSE, passages
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import RDF, XSD
from graphsvc.reconciliation.values import node, number, values_of

if TYPE_CHECKING:
    from graphsvc.entities import Catalogue, Named
    from graphsvc.reconciliation.reading import Column, Extension

#: What can be set for a column.
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

_SENTENCES = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?entity ?property ?passage ?quote ?number WHERE {{
  GRAPH ?passage {{ ?entity ?property ?value }}
  {QUOTE_CLAUSE}
}}
"""
)

_RANGE = PROLOGUE + "SELECT DISTINCT ?property ?range WHERE { ?property rdfs:range ?range }"

_PROPERTIES = (
    PROLOGUE
    + """
SELECT ?class ?property (COUNT(DISTINCT ?thing) AS ?count) WHERE {
  ?thing a ?class ; ?property ?value
}
GROUP BY ?class ?property ORDER BY DESC(?count) ?property
"""
)


def extend(catalogue: Catalogue, asked: Extension, language: str = "en") -> dict[str, object]:
    """Return the values of the properties of the things; none for a thing that is not known."""
    rows = {}
    for iri in asked.ids:
        values = values_of(catalogue, iri, language)
        rows[iri] = {
            column.property: _cell(catalogue, iri, column, values.get(column.property, []))
            for column in asked.columns
        }
    meta = [_meta(catalogue, column.property, language) for column in asked.columns]
    return {"meta": meta, "rows": rows}


def proposed(catalogue: Catalogue, cls: str, language: str = "en") -> list[dict[str, str]]:
    """Return the properties that things of a class have, the most frequent first."""
    named = node(cls)
    if named is None:
        return []
    found = []
    for row in catalogue.store.select(_PROPERTIES, {"class": named}):
        prop = row.get("property")
        if isinstance(prop, NamedNode) and prop != RDF.type:
            found.append(described(catalogue, prop.value, language))
    return found


def described(catalogue: Catalogue, iri: str, language: str) -> dict[str, str]:
    """Return a class or a property as the API writes them."""
    term = NamedNode(iri)
    written = {"id": iri, "name": catalogue.term(term, language).label}
    definition = catalogue.definition(term, language)
    return {**written, "description": definition} if definition else written


def _cell(
    catalogue: Catalogue, iri: str, column: Column, values: list[Named]
) -> list[dict[str, object]]:
    content = column.settings.get("content")
    if content == "sentence":
        cell = _sentences(catalogue, iri, column.property) if values else []
    elif content == "name":
        cell = [{"str": named.label} for named in values]
    else:
        cell = [_value(catalogue, named) for named in values]
    return cell[: _limit(column.settings.get("limit")) or None]


def _limit(given: object) -> int:
    """Return the limit of a setting, which forms send as text as well; 0 for none."""
    text = str(given) if isinstance(given, int | str) else ""
    return int(text) if re.fullmatch("[0-9]{1,6}", text) else 0


def _sentences(catalogue: Catalogue, iri: str, prop: str) -> list[dict[str, object]]:
    bound = {"entity": NamedNode(iri), "property": NamedNode(prop)}
    found = passages(catalogue.store.select(_SENTENCES, bound)).values()
    return [{"str": passage.quote} for passage in sorted(found, key=lambda one: one.order)]


def _value(catalogue: Catalogue, named: Named) -> dict[str, object]:
    """Return a value as the API writes it: a thing of this graph, a number, a date, or text."""
    if named.iri is not None:
        is_ours = named.iri.startswith(catalogue.base)
        return {"id": named.iri, "name": named.label} if is_ours else {"str": named.iri}
    value = number(named.term)
    if value is not None:
        return {"int": value} if isinstance(value, int) else {"float": value}
    date = _date(named)
    return {"str": named.label} if date is None else {"date": date}


def _date(named: Named) -> str | None:
    """Return a whole date as the API wants it, with a time; a year alone is none."""
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


def _meta(catalogue: Catalogue, prop: str, language: str) -> dict[str, object]:
    predicate = node(prop)
    if predicate is None:
        return {"id": prop, "name": prop or "?"}
    meta: dict[str, object] = {"id": prop, "name": catalogue.term(predicate, language).label}
    for row in catalogue.store.select(_RANGE, {"property": predicate}):
        cls = row["range"]
        if isinstance(cls, NamedNode) and cls.value.startswith(catalogue.base):
            meta["type"] = {"id": cls.value, "name": catalogue.term(cls, language).label}
    return meta
