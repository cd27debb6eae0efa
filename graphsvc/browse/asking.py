"""What the blocks of /browse and /compare show, as the SPARQL that gives just that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal

from graphsvc.browse.paths import as_text
from graphsvc.browse.patterns import fitting, link, values
from graphsvc.browse.state import State
from graphsvc.browse.vouching import Vouching
from graphsvc.entities.layout import Place
from graphsvc.entities.wording import Wording
from graphsvc.namespaces import GENERALISING, RDF, XSD

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphsvc.browse.browser import Browser
    from graphsvc.browse.lanes import Lane, Qualifier
    from graphsvc.store.base import Term

# What rules alone reach is left out if each way only says more generally what is said anyway.
_RESTATING = """
    FILTER NOT EXISTS {{
      ?step rdf:subject {subject} ; rdf:predicate {property} ; rdf:object {object} ;
        dcterms:conformsTo {rule} .
      FILTER NOT EXISTS {{
        ?other rdf:subject {subject} ; rdf:predicate {property} ; rdf:object {object} .
        FILTER NOT EXISTS {{ ?other dcterms:conformsTo {rule} }}
      }}
      FILTER NOT EXISTS {{ GRAPH ?source {{ {path} }} FILTER(?source != {inferred}) }}
    }}"""

# A class that rules alone give a thing is shown only if nobody states another.
_STATED = """
    FILTER(EXISTS {{ GRAPH ?source {{ {path} }} FILTER(?source != {inferred}) }}
      || NOT EXISTS {{ GRAPH ?source {{ {any} }} FILTER(?source != {inferred}) }})"""


class Asking:
    """Writes the queries behind the blocks of the pages of a graph.

    Terms are written short from the start: to find and shorten them in a whole query takes as long
    as to make the block, and a page has a dozen.
    """

    def __init__(self, browser: Browser, prefixes: Mapping[str, str]) -> None:
        self._browser = browser
        self._ontology = browser.catalogue.ontology
        self._wording = Wording(prefixes)
        self._vouched = Vouching(browser, self._term)

    def table(self, state: State, lanes: Iterable[Lane]) -> str:
        """Return the query for the values of a table, and which passage states each."""
        return self._values_of(fitting(state, self._ontology, self._term), lanes)

    def comparison(self, things: Iterable[Term], lanes: Iterable[Lane]) -> str:
        """Return the query for the values of things side by side."""
        return self._values_of(values("thing", things, self._term), lanes)

    def facet(self, state: State, place: Place) -> str:
        """Return the query for the values of a facet: each with how many things have it.

        Where nothing is chosen of the facet, the row without a value counts the things without one.
        """
        found = fitting(state.without(place), self._ontology, self._term)
        pattern = link(place, "value", self._term)
        if not state.on(place):
            pattern = f"OPTIONAL {{ {pattern} }}"
        return self._wording.declared(f"""SELECT ?value (COUNT(DISTINCT ?thing) AS ?things) WHERE {{
  {found}
  {pattern}
}}
GROUP BY ?value
ORDER BY DESC(?things) ?value""")

    def classes(self, state: State) -> str:
        """Return the query for how many things of each class fit all else that is asked."""
        bare = State(conditions=state.conditions)
        found = fitting(bare, self._ontology, self._term) if state.conditions else ""
        return self._wording.declared(f"""SELECT ?kind (COUNT(DISTINCT ?thing) AS ?things) WHERE {{
  {found}
  ?thing a ?kind . ?kind rdfs:isDefinedBy {self._term(self._ontology)} .
}}
GROUP BY ?kind
ORDER BY DESC(?things) ?kind""")

    def _values_of(self, found: str, lanes: Iterable[Lane]) -> str:
        """Return the query for the values of things that patterns find: a row for each passage."""
        lanes = list(lanes)
        has_details = any(lane.details for lane in lanes)
        told = " ?detail ?told ?toldIn" if has_details else ""
        columns = f"?thing ?label ?column ?value ?passage{told}"
        union = " UNION ".join(map(self._branch, lanes))
        return self._wording.declared(f"""SELECT DISTINCT {columns} WHERE {{
  {{ SELECT DISTINCT ?thing WHERE {{
  {found}
  }} }}
  OPTIONAL {{ ?thing rdfs:label ?label }}
  OPTIONAL {{ {union} }}
}}
ORDER BY ?label ?thing ?column ?value ?passage""")

    def _branch(self, lane: Lane) -> str:
        told = " UNION ".join(
            f"{{\n      BIND({self._term(Literal(inner.name))} AS ?detail) "
            f"{self._path(inner, '?value', '?told')} "
            f"{self._qualified(inner.qualifiers, '?told')}{self._vouched.detail(inner.path)} }}"
            for inner in lane.details
        )
        details = f"\n    OPTIONAL {{ {told} }}" if told else ""
        return (
            f"{{\n    BIND({self._term(Literal(lane.name))} AS ?column)"
            f"{self._values(lane)}{details}\n  }}"
        )

    def _values(self, lane: Lane) -> str:
        vouched = self._vouched.value(lane.path)
        if not lane.is_plain:
            qualified = self._qualified(lane.qualifiers, "?value")
            return f"\n    {self._path(lane, '?thing', '?value')} {qualified}{vouched}"
        place = lane.id
        inferred = self._term(self._browser.catalogue.inferred)
        pattern = link(place, "value", self._term)
        patterns = f"\n    {pattern}{vouched}"
        if place == Place(RDF.type):
            any_class = link(place, "any", self._term)
            return patterns + _STATED.format(path=pattern, any=any_class, inferred=inferred)
        if place.property not in self._browser.general:
            return patterns
        subject, value = ("?value", "?thing") if place.incoming else ("?thing", "?value")
        return patterns + _RESTATING.format(
            subject=subject,
            property=self._term(place.property),
            object=value,
            path=pattern,
            inferred=inferred,
            rule=GENERALISING,
        )

    def _path(self, lane: Lane, start: str, end: str) -> str:
        return f"{start} {as_text(lane.path, self._term)} {end} ."

    def _qualified(self, qualifiers: Sequence[Qualifier], variable: str) -> str:
        """Return the patterns of the values that have, or have not, what the qualifiers name."""
        found = []
        for one in qualifiers:
            way = ("^" if one.place.incoming else "") + self._term(one.place.property)
            pattern = f"{variable} {way} {self._term(one.value)}"
            found.append(f"FILTER NOT EXISTS {{ {pattern} }}" if one.negated else f"{pattern} .")
        return " ".join(found)

    def _term(self, term: Term) -> str:
        whole = self._wording.term(term)
        if not isinstance(term, Literal) or term.language or term.datatype == XSD.string:
            return whole
        return whole.removesuffix(str(term.datatype)) + self._wording.term(term.datatype)
