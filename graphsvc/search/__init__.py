"""The search for things by their names, and for sentences by their words.

A build writes the index of its graph into the release, and the service searches it. There is no
SPARQL here, and no vocabulary but the standard ones.
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
