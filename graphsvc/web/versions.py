"""The versions of the ontology: ``/ontology/<version>`` for each released version.

The version of the served release is the document of the ontology; earlier ones are stored beside
the releases. https://www.w3.org/TR/owl2-syntax/#Versioning_of_OWL_2_Ontologies
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request
from pyoxigraph import Literal, NamedNode, Quad, Triple
from werkzeug.http import http_date

from graphsvc.formats import Content, carrying
from graphsvc.namespaces import OWL, RDF, RDFS, SKOS
from graphsvc.views.document import Imprint, version_document
from graphsvc.views.labels import best
from graphsvc.views.vocabulary.ontology import KINDS, kind_of
from graphsvc.web import problems
from graphsvc.web.documents import DOCUMENT_FORMATS, ontology, split_suffix, write_document
from graphsvc.web.languages import labels, of_reader
from graphsvc.web.lineage import Version, released_versions
from graphsvc.web.negotiation import negotiate
from graphsvc.web.offers import formats_of
from graphsvc.web.problems import RequestProblem
from graphsvc.web.responses import answer
from graphsvc.web.site import etag, site

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphsvc.formats import Format
    from graphsvc.views.document import Document

versions = Blueprint("versions", __name__)

#: The formats of an earlier version: those of a document, except its links.
FORMATS = tuple(fmt for fmt in DOCUMENT_FORMATS if Content.LINKS not in fmt.carries)


@dataclass(frozen=True, slots=True)
class VersionTerm:
    """A term of a version: its IRI, its label, its definition, and the words for its kind."""

    iri: str
    label: str
    definition: str
    kind: str


@versions.get("/ontology/<path:name>")
def version(name: str) -> Response:
    """Answer with one version of the ontology, in the format of its suffix or as negotiated."""
    path, fmt = split_suffix(name.rstrip("/"))
    problems.ask_for_rdf_errors(fmt)
    every_version = released_versions()
    entry = next((each for each in every_version if each.ontology_version.name == path), None)
    if entry is None:
        listed = ", ".join(each.ontology_version.name for each in every_version) or "none"
        raise RequestProblem(
            "not-found",
            f"There is no version {path!r} of the ontology.",
            remedy=f"The versions, the newest first: {listed}.",
        )
    if entry.is_served:
        return ontology(None if fmt is None else fmt.name)
    if fmt is not None and fmt not in FORMATS:
        raise RequestProblem(
            "not-found",
            f"There is no {fmt.label} of an earlier version.",
            remedy=f"There is {', '.join(each.name for each in FORMATS)}.",
        )
    return _earlier(entry, every_version, fmt)


def _earlier(entry: Version, versions: Sequence[Version], requested: Format | None) -> Response:
    quads = list(entry.ontology_version.quads(site().base))
    data = site().once(("formats", entry.iri), lambda: formats_of(_document(entry, quads)))
    offered = (*carrying(Content.PAGE), *data)
    fmt = requested or negotiate(request.headers.get("Accept"), offered)

    def body() -> str | bytes:
        if fmt.name == "html":
            return render_template(
                "ontology_version.html",
                version=entry,
                versions=versions,
                kinds=_terms(quads, labels()),
                formats=data,
            )
        return write_document(_document(entry, quads), fmt)

    digest = sha256(entry.ontology_version.nquads.encode()).hexdigest()
    others = [each.ontology_version.name for each in versions]
    tag = etag(
        site().release, request.url_root, "version", digest, *others, fmt.name, *of_reader(fmt)
    )
    # The date is that of the served release, which decides the latest version.
    response = answer(fmt, tag, http_date(site().built), body)
    response.headers["Content-Location"] = f"{entry.href}.{fmt.name}"
    built = datetime.fromisoformat(entry.ontology_version.built)
    response.headers["Memento-Datetime"] = http_date(built)
    for other in offered:
        link = f'<{entry.href}.{other.name}>; rel="alternate"; type="{other.full_type}"'
        response.headers.add("Link", link)
    response.headers.add("Link", f'<{entry.iri}>; rel="cite-as"')
    latest = site().local_doc(f"{site().base}ontology")
    response.headers.add("Link", f'<{latest}>; rel="original latest-version"')
    if entry.prior is not None:
        prior = site().local_doc(entry.prior)
        response.headers.add("Link", f'<{prior}>; rel="predecessor-version"')
    return response


def _document(entry: Version, quads: Sequence[Quad]) -> Document:
    """Return the document of a version; the version before it is added if it is not stated."""
    own: frozenset[Triple] = frozenset()
    says_so = any(quad.predicate == OWL.priorVersion for quad in quads)
    if entry.prior is not None and not says_so:
        node = site().ontology
        own = frozenset((Triple(node, OWL.priorVersion, NamedNode(entry.prior)),))
    built = datetime.fromisoformat(entry.ontology_version.built)
    imprint = Imprint(site().dataset, entry.ontology_version.release, built)
    return version_document(site().ontology.value, imprint, entry.iri, (own, quads))


def _terms(quads: Sequence[Quad], languages: str) -> Mapping[str, list[VersionTerm]]:
    """Return the terms of a version's own namespace, by kind."""
    own = f"{site().base}ontology#"
    descriptions: dict[str, dict[NamedNode, list[Literal | NamedNode]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for quad in quads:
        iri, value = getattr(quad.subject, "value", ""), quad.object
        if iri.startswith(own) and isinstance(value, Literal | NamedNode):
            descriptions[iri][quad.predicate].append(value)
    kinds: dict[str, list[VersionTerm]] = defaultdict(list)
    for iri, about in descriptions.items():
        kind = kind_of(about[RDF.type])
        label = best(about[RDFS.label], languages) or site().graph.naming.prefixes.shorten(iri)
        definition = best(about[SKOS.definition] or about[RDFS.comment], languages)
        kinds[kind].append(VersionTerm(iri, label, definition, kind))
    return {
        kind: sorted(kinds[kind], key=lambda term: term.label.lower())
        for kind in KINDS
        if kind in kinds
    }
