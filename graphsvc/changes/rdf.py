"""The changes as RDF: a changeset for each thing, with its statements reified.

The Changeset vocabulary (http://purl.org/vocab/changeset/schema) says what was added to and removed
from the description of one resource; PROV-O, DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/#versioning)
and DCMI terms say which release follows which.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from graphsvc.changes.terms import term
from graphsvc.namespaces import DCTERMS, PROV, RDF, RDFS, VOID, XSD, Namespace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphsvc.changes.diff import Change
    from graphsvc.release import Release

CS = Namespace("http://purl.org/vocab/changeset/schema#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
_XHV = Namespace("http://www.w3.org/1999/xhtml/vocab#")


def release_iri(release: Release, base: str) -> NamedNode:
    """Return the IRI of a release: the address of its page, under the base that is served.

    This also holds for a release that was built with another base.
    """
    return NamedNode(f"{base}releases/{release.id}")


def comparison_iri(before: Release, after: Release, base: str) -> NamedNode:
    """Return the IRI of the document that compares two releases."""
    return NamedNode(f"{base}releases/{before.id}...{after.id}")


def describe_release(
    release: Release, previous: Release | None, dataset: str | None, base: str
) -> Iterator[Triple]:
    """Yield the description of a release: its date, its size, the release before it."""
    node, manifest = release_iri(release, base), release.manifest
    yield Triple(node, RDF.type, DCAT.Dataset)
    yield Triple(node, RDF.type, PROV.Entity)
    yield Triple(node, DCTERMS.identifier, Literal(release.id))
    yield Triple(node, DCAT.version, Literal(release.id))
    yield Triple(node, DCTERMS.issued, Literal(manifest.built, datatype=XSD.dateTime))
    yield Triple(node, VOID.triples, Literal(manifest.counts["quads"]))
    if dataset is not None:
        yield Triple(node, DCAT.isVersionOf, NamedNode(dataset))
        yield Triple(node, DCTERMS.isVersionOf, NamedNode(dataset))
    if previous is not None:
        before = release_iri(previous, base)
        for predicate in (DCAT.previousVersion, DCTERMS.replaces, PROV.wasRevisionOf):
            yield Triple(node, predicate, before)


def changesets(
    before: Release, after: Release, base: str, changes: Iterable[Change], next_page: int | None
) -> Iterator[Triple]:
    """Yield a changeset for each subject of some changes, which are in the order of subjects."""
    document = comparison_iri(before, after, base)
    yield Triple(document, RDF.type, PROV.Entity)
    yield Triple(document, PROV.wasDerivedFrom, release_iri(before, base))
    yield Triple(document, PROV.wasDerivedFrom, release_iri(after, base))
    if before.base != after.base:
        words = (
            f"The base changed from {before.base} to {after.base}. "
            "The statements are compared as if it had not."
        )
        yield Triple(document, RDFS.comment, Literal(words, language="en"))
    if next_page is not None:
        yield Triple(document, _XHV.next, NamedNode(f"{document.value}?page={next_page}"))
    created = Literal(after.manifest.built, datatype=XSD.dateTime)
    reason = Literal(f"From release {before.id} to release {after.id}.", language="en")
    subjects: set[str] = set()
    for change in changes:
        subject = change.statement.subject
        node = NamedNode(f"{document.value}#{_digest(subject)}")
        if subject not in subjects:
            subjects.add(subject)
            yield Triple(document, DCTERMS.hasPart, node)
            yield Triple(node, RDF.type, CS.ChangeSet)
            yield Triple(node, CS.subjectOfChange, term(subject))
            yield Triple(node, CS.createdDate, created)
            yield Triple(node, CS.changeReason, reason)
        yield from _statement(document, node, change)


def _statement(document: NamedNode, changeset: NamedNode, change: Change) -> Iterator[Triple]:
    """Yield a reified statement with its graph and the rule by which it follows."""
    each = change.statement
    name = _digest(each.subject, each.predicate, each.object, each.graph, str(change.sign))
    node = NamedNode(f"{document.value}#{name}")
    subject, predicate = term(each.subject), term(each.predicate)
    if not isinstance(subject, NamedNode | BlankNode) or not isinstance(predicate, NamedNode):
        raise TypeError("The subject and the predicate of a statement are nodes.")
    yield Triple(changeset, CS.addition if change.is_added else CS.removal, node)
    yield Triple(node, RDF.type, RDF.Statement)
    yield Triple(node, RDF.subject, subject)
    yield Triple(node, RDF.predicate, predicate)
    yield Triple(node, RDF.object, term(each.object))
    yield Triple(node, DCTERMS.isPartOf, term(each.graph))
    yield Triple(node, DCTERMS.type, Literal(change.kind.value))
    if change.rule is not None:
        yield Triple(node, DCTERMS.conformsTo, term(change.rule))


def _digest(*terms: str) -> str:
    return hashlib.sha256(" ".join(terms).encode()).hexdigest()[:16]


__all__ = ["changesets", "comparison_iri", "describe_release", "release_iri"]
