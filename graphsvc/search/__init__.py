"""Finding things by what they are called, and sentences by their words.

A build writes the index of its graph into the release; what serves the release asks it. Nothing
here speaks SPARQL, and nothing knows a vocabulary but the standard ones.
"""

from graphsvc.search.collect import DESCRIPTIONS
from graphsvc.search.index import Index
from graphsvc.search.index_writer import in_memory, write
from graphsvc.search.matching import LONGEST_TEXT, Search, search
from graphsvc.search.model import Entry, EntryKind, Hit, MarkedText, Name, NameRole, SearchResult

__all__ = [
    "DESCRIPTIONS",
    "LONGEST_TEXT",
    "Entry",
    "EntryKind",
    "Hit",
    "Index",
    "MarkedText",
    "Name",
    "NameRole",
    "Search",
    "SearchResult",
    "in_memory",
    "search",
    "write",
]
