"""What pages and documents show: every block is a SPARQL query that stands in a file.

A view is a folder: a module, and beside it its queries as ``.rq`` files in the format of
``queries/`` (`graphsvc.queries` reads both). Its function takes a `Graph` and what the address of
the page says, asks a few queries, and returns one frozen dataclass with all that the template
needs. Templates only format it: they ask no store and call no view. Open `names` first, the
smallest one.

**A query** has a header with a summary that is a question, a description and an example for each
parameter, fits on a screen, and is standard SPARQL 1.1: it knows no ontology of ours, and every
engine answers alike. Where the terms of a parameter stand, its text says ``VALUES ?thing { }``:

    PREFIX oa: <http://www.w3.org/ns/oa#>

    SELECT ?passage ?words
    WHERE {
      VALUES ?passage { }
      ?passage oa:exact ?words .
    }
    ORDER BY ?passage

A module reads it when it is imported, binds one term or several, and asks:

    SENTENCES = view_query("thing/sentences")
    query = SENTENCES.bind({"passage": passages})
    rows = graph.rows(query)

``query.text`` is what the engine gets, to the letter. A dataclass carries the query beside what
came of it, and the template writes ``{{ query_this(query) }}``, so that "Query this" opens the very
query that ran; where its text is too long for an address, the page of the query is opened, with the
same terms. Parameters with the names ``limit`` and ``offset`` are the numbers after these words.

**What a view must keep:**

- The subject, or whatever is known, is bound first: the index answers then. A pattern under
  ``GRAPH ?graph`` gives a triple once for each graph that states it; one without gives it once.
- Everything is bounded: whatever can be long has a LIMIT, is counted, or is shown as "more than".
- A query is ordered at its end. Where only some of many rows are wanted, a subquery with the LIMIT
  stands inside, since to order all of them takes time.
- It stays fast on a million quads. An OPTIONAL in a branch of a UNION, and a subquery joined with a
  pattern that much fits, are read whole: give the optional value a row of its own, write the
  pattern flat. ``FILTER NOT EXISTS`` with a path runs for each row, ``MINUS`` with the VALUES once.
  Where both ends of a fact are parameters, the two VALUES stand in a subquery of their own (see
  ``neighbours/ties.rq``): else all facts of a thing that has very many are read.
- Few queries: with a remote engine each is a way there and back. Terms are gathered first and
  named by one `Names` at the end; no query is asked once per row.
- What is the same for every request of a release is read once, into `Graph` (see `terms`): the
  parent process does so, and all workers share it.
- Evidence, shapes, notes and passages are used where there are some, and nothing fails without.

Beside the views stands what they share: `graph` and `queries`, then `model` (names, passages,
facts), `labels`, `values`, `layout` (what shapes say of a page), `mentions` (names in a text).

**To add a block to a page:** write the query file, read its rows in the view into a new field of
the page's dataclass, and format the field in the template. ``tests/views/test_views.py`` runs
every query file on both projects; ``/queries`` lists it under "behind the pages" by itself.

This package may import what stands below it in ``tests/package/test_layers.py``, and nothing of
the web.
"""
