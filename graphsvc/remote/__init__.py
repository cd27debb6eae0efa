"""A store over HTTP: any engine that speaks SPARQL 1.1, by SPARQLWrapper.

Open ``store`` first: it answers queries. ``engines`` is the table of what engines do in their own
way, ``credentials`` finds user and password, ``transport`` sends a request. It imports the store
protocol and the layers below.
"""
