"""A store over HTTP: any engine that speaks SPARQL 1.1, by SPARQLWrapper.

Open ``store`` first: it answers queries. ``engines`` is the table of what engines do in their own
way, ``credentials`` says who asks, ``transport`` sends a request. It imports the store protocol and
what lies under it.
"""
