"""Queries and the ontology fit together: queries use each term, and only declared terms.

- ``unused-term``        no query of queries/ uses a term of the ontology
- ``query-unknown-term`` a query uses a term of the project's namespace that is not declared
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc import sparql, spelling
from graphsvc.findings import Finding
from graphsvc.layout import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.files import SourceFile
    from graphsvc.validation.context import ValidationContext

_CHECKS = "queries/checks/"


def findings(context: ValidationContext) -> Iterator[Finding]:
    """Yield findings about unused terms, and about undeclared terms in queries and checks.

    The texts of the files are used, so that a query with an invalid header also counts.
    """
    files = [file for file in context.project.files if file.row.role is Role.QUERY]
    iris_by_path = {file.path: _named_iris(file, context) for file in files}
    used = {
        iri for path, iris in iris_by_path.items() if not path.startswith(_CHECKS) for iri in iris
    }
    for iri in context.own_terms:
        if iri not in used:
            yield context.finding(
                "unused-term",
                f"No query uses {context.prefixes.compact(iri)}.",
                "Add to queries/ a question that it answers, or remove the term.",
                about=iri,
            )
    for path, iris in iris_by_path.items():
        for iri, token in iris.items():
            if context.is_own(iri) and iri not in context.declared:
                yield _unknown(context, path, iri, token)


def _named_iris(file: SourceFile, context: ValidationContext) -> dict[str, sparql.Token]:
    """Return the IRIs that a query names, each with its first token."""
    namespaces = {**context.prefixes.in_queries, **sparql.declared_prefixes(file.text)}
    tokens: dict[str, sparql.Token] = {}
    for token in sparql.code(file.text):
        if token.kind is sparql.TokenKind.IRI:
            tokens.setdefault(sparql.iri_of(token), token)
        elif token.kind is sparql.TokenKind.NAME and sparql.prefix_of(token) in namespaces:
            namespace = namespaces[sparql.prefix_of(token)]
            tokens.setdefault(namespace + sparql.local_of(token), token)
    for namespace in namespaces.values():
        tokens.pop(namespace, None)
    return tokens


def _unknown(context: ValidationContext, path: str, iri: str, token: sparql.Token) -> Finding:
    similar = spelling.similar_texts(iri, context.own_terms, 0.8)
    guess = f"Did you mean {context.prefixes.compact(similar[0])}? " if similar else ""
    return Finding(
        "query-unknown-term",
        f"{context.prefixes.compact(iri)} is not declared in the ontology, so it finds nothing.",
        guess + "Correct its name, or declare it in ontology/.",
        path=path,
        line=token.line,
        column=token.column,
        entity=iri,
    )
