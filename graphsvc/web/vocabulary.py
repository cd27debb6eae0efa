"""The page of the vocabulary: every term, diagrams of their relations, and the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from graphsvc.namespaces import RDF
from graphsvc.views.structured import PageSubject
from graphsvc.views.vocabulary import vocabulary
from graphsvc.web.languages import labels
from graphsvc.web.lineage import released_versions
from graphsvc.web.page_cache import cached_page
from graphsvc.web.site import site
from graphsvc.web.term_parts import TermParts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.views.thing import Head
    from graphsvc.views.vocabulary.model import Vocabulary
    from graphsvc.web.lineage import Version


def ontology_page(about: Head | None, page: int) -> str:
    """Return the page about the vocabulary; it is cached by reader and versions.

    ``about`` is the head of the ontology, None if the graph has none.
    """
    versions = released_versions()
    key = ("ontology", page, *(each.ontology_version.name for each in versions))
    return cached_page(key, lambda: _vocabulary_page(about, page, versions))


def _vocabulary_page(about: Head | None, page: int, versions: Sequence[Version]) -> str:
    view = vocabulary(site().graph, site().questions, site().release.prefixes, labels(), page)
    return render_template(
        "ontology.html",
        vocabulary=view,
        subject=None if about is None else _subject(view),
        about=about,
        term_parts=TermParts(view),
        versions=versions,
    )


def _subject(view: Vocabulary) -> PageSubject | None:
    """Return the description of the ontology for search engines."""
    if view.ontology is None or view.ontology.iri is None:
        return None
    types = tuple(value.term for prop, value in view.metadata if prop == RDF.type)
    return PageSubject(view.ontology.iri, view.ontology.label, (), types, view.metadata)
