"""Tables: rows of CSV files and spreadsheets, which can be cited like sentences, and their facts.

cells       the rows of a file
mapping     the query that makes facts of a row, and its header about the columns
reading     a table of a project: its rows as passages of a text, the facts in their graphs

The mapping of a table is a SPARQL CONSTRUCT query over each row. The row has the form of CSVW's
minimal mode (https://www.w3.org/TR/csv2rdf/#dfn-minimal-mode): one triple for each cell that is not
empty, whose predicate is named after the column.
"""
