"""Queries and ontology belong together: each term answers a question, each question has its terms.

- ``unused-term``        no query of queries/ uses a term of the ontology
- ``query-unknown-term`` a query uses a term of the project's namespace that is not declared
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc import nearness, sparql
from graphsvc.findings import Finding
from graphsvc.layout import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.files import SourceFile
    from graphsvc.validation.evidence import Evidence

_CHECKS = "queries/checks/"


def findings(evidence: Evidence) -> Iterator[Finding]:
    """Yield the terms that no query uses, and those of queries and checks that nobody declares.

    The files are looked at as texts, so that a query whose header is wrong uses its terms too.
    """
    files = [file for file in evidence.project.files if file.row.role is Role.QUERY]
    named = {file.path: _named(file, evidence) for file in files}
    used = {iri for path, iris in named.items() if not path.startswith(_CHECKS) for iri in iris}
    for iri in evidence.own_terms:
        if iri not in used:
            yield evidence.finding(
                "unused-term",
                f"No query uses {evidence.prefixes.compact(iri)}.",
                "Add to queries/ a question that it answers, or remove the term.",
                about=iri,
            )
    for path, iris in named.items():
        for iri, token in iris.items():
            if evidence.is_own(iri) and iri not in evidence.declared:
                yield _unknown(evidence, path, iri, token)


def _named(file: SourceFile, evidence: Evidence) -> dict[str, sparql.Token]:
    """Return the IRIs that a query names, each with its first token."""
    namespaces = {**evidence.prefixes.in_queries, **sparql.declared_prefixes(file.text)}
    named: dict[str, sparql.Token] = {}
    for token in sparql.code(file.text):
        if token.kind is sparql.Kind.IRI:
            named.setdefault(sparql.iri_of(token), token)
        elif token.kind is sparql.Kind.NAME and sparql.prefix_of(token) in namespaces:
            namespace = namespaces[sparql.prefix_of(token)]
            named.setdefault(namespace + sparql.local_of(token), token)
    for namespace in namespaces.values():
        named.pop(namespace, None)
    return named


def _unknown(evidence: Evidence, path: str, iri: str, token: sparql.Token) -> Finding:
    near = nearness.alike(iri, evidence.own_terms, 0.8)
    guess = f"Did you mean {evidence.prefixes.compact(near[0])}? " if near else ""
    return Finding(
        "query-unknown-term",
        f"{evidence.prefixes.compact(iri)} is not declared in the ontology, so it finds nothing.",
        guess + "Correct its name, or declare it in ontology/.",
        path=path,
        line=token.line,
        column=token.column,
        entity=iri,
    )
