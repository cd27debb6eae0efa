"""What pages and documents show: every block comes from a SPARQL query in a file.

A view is a folder with a module and its queries: ``.rq`` files in the format of ``queries/``
(`graphsvc.queries` reads both). The function of a view takes a `Graph` and the parameters of the
page, runs a few queries, and returns one frozen dataclass with all that the template needs.
Templates only format it: they use no store and call no view. Open `names` first, the smallest one.

**A query** has a header with a summary that is a question, and a description and an example for
each parameter. It fits on a screen and is standard SPARQL 1.1: it uses no ontology of ours, and
every engine gives the same answer. ``VALUES ?thing { }`` is the place of a parameter's terms:

    PREFIX oa: <http://www.w3.org/ns/oa#>

    SELECT ?passage ?words
    WHERE {
      VALUES ?passage { }
      ?passage oa:exact ?words .
    }
    ORDER BY ?passage

A module reads the query at import, binds one term or several, and runs it:

    SENTENCES = view_query("thing/sentences")
    query = SENTENCES.bind({"passage": passages})
    rows = graph.rows(query)

``query.text`` is exactly what the engine gets. A dataclass has the query beside its result, and the
template writes ``{{ query_this(query) }}``: "Query this" opens the query that ran. If its text is
too long for an address, "Query this" opens the page of the query, with the same terms. The
parameters ``limit`` and ``offset`` are the numbers after these keywords.

**Rules for a view:**

- The query binds the subject (or whatever is known) first, so that the engine uses its index. A
  pattern under ``GRAPH ?graph`` gives a triple once for each graph that states it; a pattern
  without it gives the triple once.
- Everything is bounded: a long list has a LIMIT, is counted, or is shown as "more than".
- A query is ordered at its end. If it returns only some of many rows, the LIMIT is in a subquery,
  since it takes time to order all rows.
- A query stays fast on a million quads. Engines evaluate an OPTIONAL in a branch of a UNION, and a
  subquery joined with a pattern of many matches, completely: use a separate row for the optional
  value, and write the pattern without the subquery. ``FILTER NOT EXISTS`` with a path runs for each
  row, ``MINUS`` with the VALUES once. If both ends of a fact are parameters, put the two VALUES
  into a subquery (see ``neighbours/ties.rq``): otherwise the engine reads all facts of the thing.
- Few queries: with a remote engine each one is a round trip. Collect the terms first and look up
  their names with one `Names` at the end; never run a query for each row.
- Data that is the same for every request of a release is read once, into `Graph` (see `terms`): by
  the parent process, so that all workers share it.
- A view uses evidence, shapes, notes and passages if they are there, and works without them.

The views share these modules: `graph` and `queries`, then `model` (names, passages, facts),
`labels`, `values`, `layout` (what shapes say about a page), `mentions` (names in a text).

**To add a block to a page:** write the query file, read its rows in the view into a new field of
the page's dataclass, and format the field in the template. ``tests/views/test_views.py`` runs
every query file on both projects; ``/queries`` lists it under "behind the pages" by itself.

This package may import the layers below it in ``tests/package/test_layers.py``, and nothing of
the web.
"""
