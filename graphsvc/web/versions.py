"""The versions of the ontology: ``/ontology/<version>`` for each that was ever released.

The version of the release that is served is the ontology's own document; earlier ones are kept
beside the releases. https://www.w3.org/TR/owl2-syntax/#Versioning_of_OWL_2_Ontologies
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
from graphsvc.web.lineage import Version, known_versions
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

#: An earlier version is had in whatever the document is, but for a list of its links.
FORMATS = tuple(fmt for fmt in DOCUMENT_FORMATS if Content.LINKS not in fmt.carries)


@dataclass(frozen=True, slots=True)
class Term:
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
    known = known_versions()
    found = next((each for each in known if each.edition.name == path), None)
    if found is None:
        listed = ", ".join(each.edition.name for each in known) or "none"
        raise RequestProblem(
            "not-found",
            f"There is no version {path!r} of the ontology.",
            remedy=f"The versions, the newest first: {listed}.",
        )
    if found.is_served:
        return ontology(None if fmt is None else fmt.name)
    if fmt is not None and fmt not in FORMATS:
        raise RequestProblem(
            "not-found",
            f"There is no {fmt.label} of an earlier version.",
            remedy=f"There is {', '.join(each.name for each in FORMATS)}.",
        )
    return _earlier(found, known, fmt)


def _earlier(found: Version, known: Sequence[Version], asked: Format | None) -> Response:
    quads = list(found.edition.quads(site().base))
    data = site().once(("formats", found.iri), lambda: formats_of(_document(found, quads)))
    offered = (*carrying(Content.PAGE), *data)
    fmt = asked or negotiate(request.headers.get("Accept"), offered)

    def body() -> str | bytes:
        if fmt.name == "html":
            return render_template(
                "ontology_version.html",
                version=found,
                versions=known,
                kinds=_terms(quads, labels()),
                formats=data,
            )
        return write_document(_document(found, quads), fmt)

    digest = sha256(found.edition.nquads.encode()).hexdigest()
    others = [each.edition.name for each in known]
    tag = etag(
        site().release, request.url_root, "version", digest, *others, fmt.name, *of_reader(fmt)
    )
    # It is of the time at which the served release was built: that says which version is the last.
    response = answer(fmt, tag, http_date(site().built), body)
    response.headers["Content-Location"] = f"{found.href}.{fmt.name}"
    built = datetime.fromisoformat(found.edition.built)
    response.headers["Memento-Datetime"] = http_date(built)
    for other in offered:
        link = f'<{found.href}.{other.name}>; rel="alternate"; type="{other.full_type}"'
        response.headers.add("Link", link)
    response.headers.add("Link", f'<{found.iri}>; rel="cite-as"')
    latest = site().local_doc(f"{site().base}ontology")
    response.headers.add("Link", f'<{latest}>; rel="original latest-version"')
    if found.prior is not None:
        prior = site().local_doc(found.prior)
        response.headers.add("Link", f'<{prior}>; rel="predecessor-version"')
    return response


def _document(found: Version, quads: Sequence[Quad]) -> Document:
    """Return what a version says, and which one it follows if it does not say so itself."""
    own: frozenset[Triple] = frozenset()
    says_so = any(quad.predicate == OWL.priorVersion for quad in quads)
    if found.prior is not None and not says_so:
        node = site().ontology
        own = frozenset((Triple(node, OWL.priorVersion, NamedNode(found.prior)),))
    built = datetime.fromisoformat(found.edition.built)
    imprint = Imprint(site().dataset, found.edition.release, built)
    return version_document(site().ontology.value, imprint, found.iri, (own, quads))


def _terms(quads: Sequence[Quad], languages: str) -> Mapping[str, list[Term]]:
    """Return the terms of a version's own namespace, by what they are."""
    own = f"{site().base}ontology#"
    said: dict[str, dict[NamedNode, list[Literal | NamedNode]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for quad in quads:
        iri, value = getattr(quad.subject, "value", ""), quad.object
        if iri.startswith(own) and isinstance(value, Literal | NamedNode):
            said[iri][quad.predicate].append(value)
    kinds: dict[str, list[Term]] = defaultdict(list)
    for iri, about in said.items():
        kind = kind_of(about[RDF.type])
        label = best(about[RDFS.label], languages) or site().graph.naming.prefixes.shorten(iri)
        definition = best(about[SKOS.definition] or about[RDFS.comment], languages)
        kinds[kind].append(Term(iri, label, definition, kind))
    return {
        kind: sorted(kinds[kind], key=lambda term: term.label.lower())
        for kind in KINDS
        if kind in kinds
    }
