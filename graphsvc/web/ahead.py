"""What a web process does ahead of its readers: it answers already, and nobody waits for this.

A page of a new process takes several times as long as the next one of its kind: templates are
compiled, labels and sentences read that many pages show. So one of each kind is made before a
reader asks; the pages to which all others lead are kept as well, for readers begin with them.
"""

from __future__ import annotations

import gc
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import url_for
from werkzeug.test import create_environ, run_wsgi_app

from graphsvc.entities import classes, leading
from graphsvc.errors import StoreError
from graphsvc.web.site import local_name, site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from graphsvc.release import Release

#: The pages to which all others lead, beside the documents about the dataset and the texts.
_LEADING = ("/", "/ontology", "/browse", "/sparql", "/releases", "/timeline", "/map", "/queries")

#: Up to so many quads pages are made ahead: of more, they take more than a start should.
_SMALL = 200_000


_QUERY = "SELECT * WHERE { ?thing a ?class } LIMIT 1"
"""What is asked to have had an answer at the workbench."""


def read_ahead(flask: Flask, release: Release, address: str) -> None:
    """Compile the templates, and make pages of a small graph.

    ``address`` is where the service is found, since some pages show it.
    """
    for name in flask.jinja_env.list_templates():
        flask.jinja_env.get_template(name)
    if release.manifest.counts["quads"] <= _SMALL:
        for path in pages_ahead(flask):
            asked = create_environ(path, address, headers={"Accept": "text/html"})
            run_wsgi_app(flask, asked, buffered=True)
    # What has been read stays: the collector need not look at it again and again.
    gc.freeze()


def pages_ahead(flask: Flask) -> list[str]:
    """Return the addresses of the pages that are made, when all that they share has been read."""
    # Whoever asks when there is no worker is told so; there is nobody to be told here.
    with flask.test_request_context(), suppress(StoreError):
        site().read_ahead()
        return [*_LEADING, *map(site().local_doc, _documents()), *_one_of_each_kind()]
    return []


def _documents() -> Iterator[str]:
    yield from site().catalogue.texts
    yield from filter(None, [site().dataset.iri])


def _one_of_each_kind() -> Iterator[str]:
    """Yield a page of each kind of which there are many."""
    served = site()
    for passage in islice(served.catalogue.positions, 1):
        yield served.local_doc(passage)
    for query in served.queries[:1]:
        yield url_for("queries.query", address=query.name)
    for entry in classes(served.catalogue, served.default_language)[:1]:
        iri = entry.cls.iri or ""
        yield served.local_doc(iri)
        yield f"{url_for('browse.browse_page')}?class={quote(iri, safe='')}"
    things = [thing.iri or "" for thing in leading(served.catalogue, served.default_language)]
    yield url_for("browse.compare_page", iri=things[:2])
    for iri in things[:1]:
        yield served.local_doc(iri)
        yield url_for("pictures.neighbourhood", iri=iri)
        yield url_for("cite.citation", iri=iri)
        yield url_for("search.answer", q=local_name(iri))
    yield url_for("sparql.answer", query=_QUERY)
