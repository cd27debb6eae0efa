"""Tables: rows of CSV and spreadsheets, each citable as a sentence of a text is, and their facts.

cells       the rows of a file, as they are written
mapping     the query that makes facts of a row, and what its header says of the columns
reading     a table of a project: its rows as passages of a text, the facts in their graphs

A row is seen by its mapping as CSVW's minimal mode has it
(https://www.w3.org/TR/csv2rdf/#dfn-minimal-mode): one triple a cell, whose predicate is named after
the column; an empty cell is none. Of what the facts are made a SPARQL CONSTRUCT says: the language
that the rest of a project is written in.
"""
