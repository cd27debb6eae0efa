"""The page of the vocabulary: every term, the pictures of how they hang together, the index."""

from __future__ import annotations

from flask import render_template, request

from graphsvc.entities import describe
from graphsvc.vocabulary import network, tree
from graphsvc.web.site import site


def ontology_page() -> str:
    """Return the page about the ontology; it is made once for a release."""
    return site().once(("ontology", request.script_root), _made)


def _made() -> str:
    vocabulary = site().vocabulary
    ontology = site().catalogue.ontology
    return render_template(
        "ontology.html",
        vocabulary=vocabulary,
        ontology=site().called(ontology),
        entity=describe(site().catalogue, ontology.value),
        tree=tree(vocabulary),
        network=network(vocabulary),
    )
