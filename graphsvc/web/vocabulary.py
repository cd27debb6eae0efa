"""The page of the vocabulary: every term, the pictures of how they hang together, the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from graphsvc.views.thing import thing
from graphsvc.vocabulary import TERM_KINDS, network, tree, upright_tree
from graphsvc.web.languages import labels
from graphsvc.web.lineage import known_versions
from graphsvc.web.reader import kept_page
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.views.thing import Head
    from graphsvc.web.lineage import Version


def ontology_page(about: Head) -> str:
    """Return the page about the ontology; it is made once for a reader, and anew for a version."""
    versions = known_versions()
    key = ("ontology", *(each.edition.name for each in versions))
    return kept_page(key, lambda: _made(about, versions))


def _made(about: Head, versions: Sequence[Version]) -> str:
    vocabulary = site().vocabulary_in(labels())
    ontology = site().catalogue.ontology
    return render_template(
        "ontology.html",
        vocabulary=vocabulary,
        ontology=site().called(ontology, labels()),
        entity=thing(site().graph, ontology.value, labels()),
        about=about,
        tree=tree(vocabulary),
        upright=upright_tree(vocabulary),
        kinds=TERM_KINDS,
        network=network(vocabulary),
        versions=versions,
    )
