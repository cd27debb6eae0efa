"""Browsing: things narrowed by what is said of them, as facets, a table and a comparison.

Nothing here knows a class or a property of the graph: the layout comes from its shapes, the
facets from what the things have. What is asked for is a `State`, whose written form is the query
string of an address; it becomes SPARQL in one place, `graphsvc.browse.patterns`.
"""

from graphsvc.browse.state import Absent, Is, Present, Sort, Span, State
from graphsvc.browse.writing import read_state, write_state

__all__ = ["Absent", "Is", "Present", "Sort", "Span", "State", "read_state", "write_state"]
