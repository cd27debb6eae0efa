"""The page of the vocabulary: every term, the pictures of how they hang together, the index."""

from __future__ import annotations

from flask import render_template

from graphsvc.entities import describe
from graphsvc.vocabulary import network, tree
from graphsvc.web.languages import labels
from graphsvc.web.reader import kept_page
from graphsvc.web.site import site


def ontology_page() -> str:
    """Return the page about the ontology; it is made once for a release and a reader."""
    return kept_page(("ontology",), _made)


def _made() -> str:
    vocabulary = site().vocabulary_in(labels())
    ontology = site().catalogue.ontology
    return render_template(
        "ontology.html",
        vocabulary=vocabulary,
        ontology=site().called(ontology, labels()),
        entity=describe(site().catalogue, ontology.value, labels()),
        tree=tree(vocabulary),
        network=network(vocabulary),
    )
