"""What the blocks of /browse and /compare show, as the SPARQL that gives just that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal

from graphsvc.browse.paths import as_text
from graphsvc.browse.patterns import fitting, link
from graphsvc.browse.state import State
from graphsvc.entities.layout import Place
from graphsvc.entities.wording import written
from graphsvc.namespaces import RDF

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphsvc.browse.browser import Browser
    from graphsvc.browse.lanes import Lane, Qualifier

_PROPERTY = """
    {path}
    OPTIONAL {{ GRAPH ?passage {{ {path} }} ?passage oa:exact ?words }}"""

# What rules alone reach is left out if each way only says more generally what is said anyway.
_RESTATING = """
    FILTER NOT EXISTS {{
      ?step rdf:subject {subject} ; rdf:predicate {property} ; rdf:object {object} ;
        dcterms:conformsTo <http://www.w3.org/TR/owl2-profiles/#prp-spo1> .
      FILTER NOT EXISTS {{
        ?other rdf:subject {subject} ; rdf:predicate {property} ; rdf:object {object} .
        FILTER NOT EXISTS {{
          ?other dcterms:conformsTo <http://www.w3.org/TR/owl2-profiles/#prp-spo1>
        }}
      }}
      FILTER NOT EXISTS {{ GRAPH ?source {{ {path} }} FILTER(?source != {inferred}) }}
    }}"""

# A class that rules alone give a thing is shown only if nobody states another.
_STATED = """
    FILTER(EXISTS {{ GRAPH ?source {{ {path} }} FILTER(?source != {inferred}) }}
      || NOT EXISTS {{ GRAPH ?source {{ {any} }} FILTER(?source != {inferred}) }})"""


def table_query(browser: Browser, found: str, lanes: Iterable[Lane]) -> str:
    """Return the query for the values of a table: a row for each, and which passage states it.

    ``found`` are the patterns that say of which things. What a path of several steps reaches
    rests on several facts, so that it names no passage.
    """
    lanes = list(lanes)
    columns = "?column ?value" + (" ?detail ?told" if any(lane.details for lane in lanes) else "")
    passage = " ?passage" if any(lane.is_plain for lane in lanes) else ""
    union = " UNION ".join(_branch(browser, lane) for lane in lanes)
    return f"""SELECT DISTINCT ?thing ?label {columns}{passage} WHERE {{
  {{ SELECT DISTINCT ?thing WHERE {{
  {found}
  }} }}
  OPTIONAL {{ ?thing rdfs:label ?label }}
  OPTIONAL {{ {union} }}
}}
ORDER BY ?label ?thing ?column ?value{passage}"""


def facet_query(browser: Browser, state: State, place: Place) -> str:
    """Return the query for the values of a facet: each with how many things have it.

    Where nothing is chosen of the facet, the row without a value counts the things without one.
    """
    found = fitting(state.without(place), browser.catalogue.ontology)
    pattern = link(place, "value")
    if not state.on(place):
        pattern = f"OPTIONAL {{ {pattern} }}"
    return f"""SELECT ?value (COUNT(DISTINCT ?thing) AS ?things) WHERE {{
  {found}
  {pattern}
}}
GROUP BY ?value
ORDER BY DESC(?things) ?value"""


def classes_query(browser: Browser, state: State) -> str:
    """Return the query for how many things of each class fit all else that is asked."""
    ontology = browser.catalogue.ontology
    found = fitting(State(conditions=state.conditions), ontology) if state.conditions else ""
    return f"""SELECT ?kind (COUNT(DISTINCT ?thing) AS ?things) WHERE {{
  {found}
  ?thing a ?kind . ?kind rdfs:isDefinedBy {written(ontology)} .
}}
GROUP BY ?kind
ORDER BY DESC(?things) ?kind"""


def _branch(browser: Browser, lane: Lane) -> str:
    told = " UNION ".join(
        f"{{\n      BIND({written(Literal(inner.name))} AS ?detail) "
        f"{_path(inner, '?value', '?told')} {_qualified(inner.qualifiers, '?told')} }}"
        for inner in lane.details
    )
    details = f"\n    OPTIONAL {{ {told} }}" if told else ""
    return (
        f"{{\n    BIND({written(Literal(lane.name))} AS ?column)"
        f"{_values(browser, lane)}{details}\n  }}"
    )


def _values(browser: Browser, lane: Lane) -> str:
    if not lane.is_plain:
        return f"\n    {_path(lane, '?thing', '?value')} {_qualified(lane.qualifiers, '?value')}"
    place = lane.id
    inferred = written(browser.catalogue.inferred)
    pattern = link(place, "value")
    patterns = _PROPERTY.format(path=pattern)
    if place == Place(RDF.type):
        return patterns + _STATED.format(path=pattern, any=link(place, "any"), inferred=inferred)
    if place.property not in browser.general:
        return patterns
    subject, value = ("?value", "?thing") if place.incoming else ("?thing", "?value")
    return patterns + _RESTATING.format(
        subject=subject,
        property=written(place.property),
        object=value,
        path=pattern,
        inferred=inferred,
    )


def _path(lane: Lane, start: str, end: str) -> str:
    return f"{start} {as_text(lane.path, written)} {end} ."


def _qualified(qualifiers: Sequence[Qualifier], variable: str) -> str:
    """Return the patterns of the values that have, or have not, what the qualifiers name."""
    found = []
    for one in qualifiers:
        way = ("^" if one.place.incoming else "") + written(one.place.property)
        pattern = f"{variable} {way} {written(one.value)}"
        found.append(f"FILTER NOT EXISTS {{ {pattern} }}" if one.negated else f"{pattern} .")
    return " ".join(found)
