"""The named queries that use a term."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from graphsvc import sparql
from graphsvc.views.vocabulary.model import Question

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphsvc.queries import Query
    from graphsvc.views.vocabulary.model import Questions


def questions_by_term(queries: Iterable[Query], prefixes: Mapping[str, str]) -> Questions:
    """Return the queries that contain an IRI, by IRI; ``prefixes`` need no declaration in them."""
    by_iri: dict[str, list[Question]] = defaultdict(list)
    for query in queries:
        for iri in sorted(sparql.named_iris(query.text, prefixes)):
            by_iri[iri].append(Question(query.name, query.summary))
    return {iri: tuple(questions) for iri, questions in by_iri.items()}
