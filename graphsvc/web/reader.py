"""The source reader: the page of a text, as printed, with its facts beside it."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from flask import render_template, request
from pyoxigraph import Literal, NamedNode

from graphsvc.entities import called
from graphsvc.entities.reader import read_text
from graphsvc.errors import UnknownEntity
from graphsvc.views.thing import thing
from graphsvc.web.languages import labels, reader
from graphsvc.web.site import READER_SIZE, site
from graphsvc.web.ways import on_map

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graphsvc.views.thing import Head
    from graphsvc.web.site import Site

_DIGEST = """
PREFIX schema: <https://schema.org/>
SELECT DISTINCT ?text ?digest WHERE { ?text schema:sha256 ?digest }
"""


def kept_page(key: tuple[object, ...], make: Callable[[], str]) -> str:
    """Return a page to which many lead, the same each time for a release and a reader: made once.

    They cost most, so each process makes them once.
    """
    served = site()
    name = repr((key, reader(), request.url_root))
    kept = served.kept.get(name)
    if kept is None:
        kept = make().encode()
        served.kept.put(name, kept)
    return kept.decode()


def reader_page(about: Head, page: int) -> str:
    """Return the page on which a text is read.

    Errors: UnknownEntity if the text has no such page.
    """
    return kept_page(("reader", about.iri, page), lambda: _made(site(), about, page))


def _made(served: Site, about: Head, page: int) -> str:
    catalogue, iri = served.catalogue, about.iri
    document = called(catalogue, iri, labels())
    read = read_text(catalogue, document, _content(served, iri), (page, READER_SIZE), labels())
    if read is None:
        raise UnknownEntity(f"{iri}?page={page}", iri)
    entity = thing(served.graph, iri, labels())
    return render_template(
        "reader.html", entity=entity, about=about, place=on_map(entity), read=read
    )


def _content(served: Site, iri: str) -> str | None:
    """Return the text itself, found by the digest that its document states."""
    by_digest: Mapping[str, str] = {
        sha256(text.encode()).hexdigest(): text for text in served.release.texts.values()
    }
    rows = served.store.select(_DIGEST, {"text": NamedNode(iri)})
    digests = [row["digest"].value for row in rows if isinstance(row["digest"], Literal)]
    return next((by_digest[digest] for digest in digests if digest in by_digest), None)
