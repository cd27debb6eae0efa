"""Makes the release of a graph in an engine, by bounded queries.

A build reads all quads of its files. An engine has too many quads for that: so the same facts are
queried here, by queries in files beside this module that read a limited number of rows. ``graphsvc
serve --store`` does that at its start, and ``graphsvc index --store`` reads the names and sentences
as well, for the search.

    metadata     what the graph is as a whole: its base, its title, its prefixes, its labels
    listing      which things have pages, and which documents show their parts
    names        all names and sentences, page by page, for the index
    snapshot     all of it as a release, in the folder of releases
    lookup       the search of an engine without an index
    placeholder  what replaces an engine that has not answered yet

Open `snapshot` first.
"""
