"""Well-known prefixes: queries may use them without declaring them.

They are the prefixes that people use for only one namespace, according to prefix.cc and the RDFa
initial context (https://www.w3.org/2011/rdfa-context/rdfa-1.1). Declarations of a query or of the
graph have priority.
"""

from __future__ import annotations

#: One prefix for each namespace.
WELL_KNOWN = {
    "acl": "http://www.w3.org/ns/auth/acl#",
    "as": "https://www.w3.org/ns/activitystreams#",
    "bf": "http://id.loc.gov/ontologies/bibframe/",
    "bibo": "http://purl.org/ontology/bibo/",
    "brick": "https://brickschema.org/schema/Brick#",
    "cc": "http://creativecommons.org/ns#",
    "crm": "http://www.cidoc-crm.org/cidoc-crm/",
    "csvw": "http://www.w3.org/ns/csvw#",
    "dbo": "http://dbpedia.org/ontology/",
    "dbr": "http://dbpedia.org/resource/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcmitype": "http://purl.org/dc/dcmitype/",
    "dcterms": "http://purl.org/dc/terms/",
    "doap": "http://usefulinc.com/ns/doap#",
    "dqv": "http://www.w3.org/ns/dqv#",
    "edm": "http://www.europeana.eu/schemas/edm/",
    "fn": "http://www.w3.org/2005/xpath-functions#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "gn": "http://www.geonames.org/ontology#",
    "gr": "http://purl.org/goodrelations/v1#",
    "gsp": "http://www.opengis.net/ont/geosparql#",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "ldp": "http://www.w3.org/ns/ldp#",
    "locn": "http://www.w3.org/ns/locn#",
    "mads": "http://www.loc.gov/mads/rdf/v1#",
    "nif": "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#",
    "oa": "http://www.w3.org/ns/oa#",
    "obo": "http://purl.obolibrary.org/obo/",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "ontolex": "http://www.w3.org/ns/lemon/ontolex#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "pav": "http://purl.org/pav/",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "quantitykind": "http://qudt.org/vocab/quantitykind/",
    "qudt": "http://qudt.org/schema/qudt/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "rico": "https://www.ica.org/standards/RiC/ontology#",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": "http://www.w3.org/ns/shacl#",
    "sioc": "http://rdfs.org/sioc/ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "skosxl": "http://www.w3.org/2008/05/skos-xl#",
    "sosa": "http://www.w3.org/ns/sosa/",
    "ssn": "http://www.w3.org/ns/ssn/",
    "time": "http://www.w3.org/2006/time#",
    "unit": "http://qudt.org/vocab/unit/",
    "vann": "http://purl.org/vocab/vann/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "wd": "http://www.wikidata.org/entity/",
    "wdt": "http://www.wikidata.org/prop/direct/",
    "wgs84": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "wikibase": "http://wikiba.se/ontology#",
    "xkos": "http://rdf-vocabulary.ddialliance.org/xkos#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

#: Other prefixes of the same namespaces: queries may use them too.
ALIASES = {
    "bibframe": WELL_KNOWN["bf"],
    "dc11": WELL_KNOWN["dc"],
    "dct": WELL_KNOWN["dcterms"],
    "geosparql": WELL_KNOWN["gsp"],
    "sdo": WELL_KNOWN["schema"],
    "shacl": WELL_KNOWN["sh"],
    "wgs": WELL_KNOWN["wgs84"],
}

#: Prefixes that are in use for two namespaces: the graph decides by using one of them.
AMBIGUOUS = {
    "geo": (WELL_KNOWN["wgs84"], WELL_KNOWN["gsp"]),
    "schema": (WELL_KNOWN["schema"], "http://schema.org/"),
}
