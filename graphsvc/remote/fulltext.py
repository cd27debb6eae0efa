"""Queries to the full-text index of an engine, in its own words.

Each returns ``?thing ?property ?label ?score``, the best first: the label contains all words, and
the last one may be the beginning of a longer word. The engine decides what a word is, so only
letters and digits are sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal

if TYPE_CHECKING:
    from collections.abc import Sequence


def of_virtuoso(words: Sequence[str], languages: Sequence[str], limit: int) -> str:
    """Ask by ``bif:contains``: https://docs.openlinksw.com/virtuoso/rdfpredicatessparql/."""
    # The beginning of a word needs four letters at least there.
    texts = [f"'{word}'" for word in map(_letters, words)]
    if texts and len(texts[-1]) >= len("'four'"):
        texts[-1] = f"{texts[-1][:-1]}*'"
    match = f"?label <bif:contains> {Literal(' AND '.join(texts))} OPTION (score ?rank)"
    # ?score is a keyword there.
    pattern = f"?thing ?property ?label . {match} BIND(?rank AS ?score)"
    return _query(pattern, languages, limit)


def of_stardog(words: Sequence[str], languages: Sequence[str], limit: int) -> str:
    """Ask by ``textMatch``: https://docs.stardog.com/query-stardog/full-text-search."""
    match = f"(?label ?score) <tag:stardog:api:property:textMatch> {_lucene(words)} ."
    return _query(f"{match} ?thing ?property ?label .", languages, limit)


def of_graphdb(words: Sequence[str], languages: Sequence[str], limit: int) -> str:
    """Ask the simple index: https://graphdb.ontotext.com/documentation/10.1/full-text-search.html.

    It has no scores.
    """
    match = f"?label <http://www.ontotext.com/fts> {_lucene(words)} ."
    return _query(f"{match} ?thing ?property ?label . BIND(1 AS ?score)", languages, limit)


def of_fuseki(words: Sequence[str], languages: Sequence[str], limit: int) -> str:
    """Ask by ``text:query``: https://jena.apache.org/documentation/query/text-query.html."""
    match = f"(?thing ?score ?label) <http://jena.apache.org/text#query> {_lucene(words)} ."
    return _query(f"{match} ?thing ?property ?label .", languages, limit)


def of_blazegraph(words: Sequence[str], languages: Sequence[str], limit: int) -> str:
    """Ask by ``bds:search``: https://github.com/blazegraph/database/wiki/FullTextSearch."""
    search = "http://www.bigdata.com/rdf/search#"
    match = (
        f"?label <{search}search> {_lucene(words)} ; "
        f'<{search}matchAllTerms> "true" ; <{search}relevance> ?score .'
    )
    return _query(f"{match} ?thing ?property ?label .", languages, limit)


def _query(pattern: str, languages: Sequence[str], limit: int) -> str:
    tags = ", ".join(str(Literal(language.lower())) for language in languages)
    language_filter = f" FILTER(LCASE(LANG(?label)) IN ({tags}))" if tags else ""
    return (
        f"SELECT DISTINCT ?thing ?property ?label ?score {{ {pattern}{language_filter} }} "
        f"ORDER BY DESC(?score) ?thing LIMIT {limit}"
    )


def _lucene(words: Sequence[str]) -> Literal:
    """Return a query in Lucene's syntax: all words, the last as a prefix."""
    texts = [*map(_letters, words)]
    return Literal(" AND ".join([*texts[:-1], f"{texts[-1]}*"])) if texts else Literal("")


def _letters(word: str) -> str:
    """Return the letters and digits of a word, without the operators of an index."""
    return "".join(letter for letter in word if letter.isalnum())
