"""The sequence of the releases, and of the versions of the ontology, in RDF.

The releases are the versions of the dataset, and the served one is current:
https://www.w3.org/TR/vocab-dcat-3/#dataset-versions. An ontology names its version and the one
before: https://www.w3.org/TR/owl2-syntax/#Versioning_of_OWL_2_Ontologies. Only documents have these
statements: a release cannot change when another one is built.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for
from pyoxigraph import Literal, NamedNode, Triple

from graphsvc.changes.rdf import describe_release, release_iri
from graphsvc.namespaces import DCAT, DCTERMS, FOAF, OWL, RDF, Namespace, Rebase
from graphsvc.web.distributions import distributions
from graphsvc.web.history import history
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphsvc.changes import Count, StatementKind
    from graphsvc.dumps import Dump
    from graphsvc.ontology_versions import OntologyVersion
    from graphsvc.release import Release
    from graphsvc.store.base import Term

_ADMS = Namespace("http://www.w3.org/ns/adms#")

#: Properties of the dataset that are repeated for its releases.
_PASSED_ON = (
    *(DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.creator),
    *(DCTERMS.license, DCTERMS.rights, DCTERMS.language),
)
_OF_DISTRIBUTIONS = (DCTERMS.license, DCTERMS.rights)


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the ontology: ``href`` is its address, ``prior`` the IRI of the one before."""

    ontology_version: OntologyVersion
    iri: str
    href: str
    prior: str | None
    is_served: bool


def released_versions() -> list[Version]:
    """Return the released versions of the ontology, the newest first."""
    served = history().served_version
    versions = history().ontology_versions()
    base = site().base
    earlier = [*(each.address(base) for each in versions), None][1:]
    return [
        Version(
            ontology_version=ontology_version,
            iri=ontology_version.address(base),
            href=site().local_doc(ontology_version.address(base)),
            prior=prior,
            is_served=served is not None and ontology_version.name == served.name,
        )
        for ontology_version, prior in zip(versions, earlier, strict=True)
    ]


def of_ontology() -> Iterator[Triple]:
    """Yield the versions of the ontology, and the one before the served one."""
    node = site().ontology
    for version in released_versions():
        iri = NamedNode(version.iri)
        yield Triple(node, DCTERMS.hasVersion, iri)
        if version.is_served and version.prior is not None:
            yield Triple(node, OWL.priorVersion, NamedNode(version.prior))


def of_dataset(dataset: NamedNode) -> Iterator[Triple]:
    """Yield the releases of the dataset, the current one, and a description of each."""
    if site().release.engine:
        return
    releases = history().releases()
    yield Triple(dataset, DCAT.hasCurrentVersion, _iri(site().release))
    for release, previous in zip(releases, [*releases[1:], None], strict=True):
        yield Triple(dataset, DCAT.hasVersion, _iri(release))
        yield from of_release(release, previous)


def of_release(release: Release, previous: Release | None) -> Iterator[Triple]:
    """Yield the description of a release: its dataset, the release before it, its dumps."""
    node = _iri(release)
    yield from describe_release(release, previous, site().dataset.iri, site().base)
    rebase = Rebase(release.base, site().base)
    description = history().description(release)
    properties = [
        (predicate, rebase.term(value))
        for predicate in _PASSED_ON
        for value in description.values(predicate)
    ]
    yield from (Triple(node, *each) for each in properties)
    yield from _agents(properties)
    yield Triple(node, DCAT.landingPage, NamedNode(_address(release)))

    def address(dump: Dump) -> str:
        return url_for(
            "dumps.dump_of_release", release=release.id, name=dump.format, _external=True
        )

    passed_on = [each for each in properties if each[0] in _OF_DISTRIBUTIONS]
    yield from distributions(node, release, address, passed_on)


def notes(release: Release, changes: Mapping[StatementKind, Count]) -> Iterator[Triple]:
    """Yield a note in words on the difference of a release from the one before it."""
    changed = [
        f"{kind.value} +{count.added} -{count.removed}" for kind, count in changes.items() if count
    ]
    if changed:
        words = f"Statements added and removed since the release before: {', '.join(changed)}."
        yield Triple(_iri(release), _ADMS.versionNotes, Literal(words, language="en"))


def _iri(release: Release) -> NamedNode:
    return release_iri(release, site().base)


def _address(release: Release) -> str:
    return url_for("releases.release", name=release.id, _external=True)


def _agents(properties: list[tuple[NamedNode, Term]]) -> Iterator[Triple]:
    """Yield the creators and publishers of a release, with their names in the served graph."""
    for predicate, agent in properties:
        if predicate in (DCTERMS.publisher, DCTERMS.creator) and isinstance(agent, NamedNode):
            name = site().named_term(agent, "en")
            yield Triple(agent, RDF.type, FOAF.Agent)
            yield Triple(agent, FOAF.name, Literal(name.label, language=name.language))
