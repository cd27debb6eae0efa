"""The page of the vocabulary: every term, the pictures of how they hang together, the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from graphsvc.entities import describe
from graphsvc.views.vocabulary import vocabulary
from graphsvc.web.languages import labels
from graphsvc.web.lineage import known_versions
from graphsvc.web.reader import kept_page
from graphsvc.web.site import site
from graphsvc.web.term_parts import TermParts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.web.lineage import Version


def ontology_page(page: int) -> str:
    """Return the page about the ontology; it is made once for a reader, and anew for a version."""
    versions = known_versions()
    key = ("ontology", page, *(each.edition.name for each in versions))
    return kept_page(key, lambda: _made(versions, page))


def _made(versions: Sequence[Version], page: int) -> str:
    found = vocabulary(site().graph, site().questions, site().release.prefixes, labels(), page)
    own = None if found.ontology is None else found.ontology.iri
    is_here = own is not None and own.startswith(site().base)
    return render_template(
        "ontology.html",
        vocabulary=found,
        entity=describe(site().catalogue, own, labels()) if own is not None and is_here else None,
        made=TermParts(found),
        versions=versions,
    )
