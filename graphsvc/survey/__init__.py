"""What a release has to know of a graph that lies in an engine: it is read by bounded queries.

A build looks at every quad of its files. Nobody can look at every quad of an engine: so what a
build derives from files is asked of the engine here, by queries that stand in files beside this
module and that read no more than so many rows. ``graphsvc serve --store`` does that at its start,
and ``graphsvc index --store`` reads the names and sentences as well, for the search.

    metadata     what the graph is as a whole: its base, its title, its prefixes, its labels
    listing      which things have pages, and which documents show their parts
    names        all names and sentences, page by page, for the index
    snapshot     all of it as a release, in the folder of releases
    lookup       the search of an engine without an index
    placeholder  what replaces an engine that has not answered yet

Open `snapshot` first.
"""
