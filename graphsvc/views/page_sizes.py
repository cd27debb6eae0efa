"""How much stands on one page: the one table. What does not fit is on the pages after it."""

from __future__ import annotations

THINGS = 25
"""How many things stand on a page of a list."""

HITS = 20
"""How many things and sentences stand on a page of a search."""

PASSAGES = 100
"""How many passages of a text stand on a page of the source reader."""

TERMS, TERMS_OF_SEVERAL = 200, 50
"""How many terms a vocabulary has at most on one page, and how many are on each of several."""

PARTS_LISTED = 1000
"""How many things whose IRIs are within that of a document are listed on one page."""

FACTS = 500
"""How many facts of a long list stand in one document; the next one has more.

What each subject is called is looked up beside them: twice as many take 300 ms for the first page.
"""

PARTS = 100
"""How many things with IRIs that are fragments of a thing's own stand in one document."""

CHANGES, CHANGES_AS_RDF = 200, 10_000
"""How many changes between two releases stand on a page, and how many in one of RDF."""

ROWS_OF_QUESTION, ROWS_OF_WORKBENCH = 250, 500
"""How many rows the page of a question shows, and how many that of a query of the reader's own."""

SUGGESTIONS = 15
"""How many names one answer of the suggest services has."""
