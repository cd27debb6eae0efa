"""Which pages there are of each type: those that readers can come to, not a choice of them."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from .hub import HUB, HUB_IRI

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from .page_server import PageServer

Paths = tuple[str, ...]

MOST_OF_A_TYPE = 180
"""Of how many pages of a type the time is taken: of more than that, of some evenly among them."""


_BASE = "https://w3id.org/iwm/"
_ONTOLOGY = f"{_BASE}ontology"
_THING = f'?t a ?c . ?c rdfs:isDefinedBy <{_ONTOLOGY}> . FILTER(STRSTARTS(STR(?t), "{_BASE}id/"))'

_THINGS = f"SELECT DISTINCT ?t WHERE {{ {_THING} }} ORDER BY ?t"
_CLASSES = f"SELECT DISTINCT ?c WHERE {{ {_THING} }} ORDER BY ?c"
_PAIRS = f"""
SELECT (MIN(?t) AS ?first) (MAX(?t) AS ?last) WHERE {{ {_THING} }}
GROUP BY ?c HAVING (COUNT(DISTINCT ?t) > 1) ORDER BY ?c"""
_STEPS = "SELECT DISTINCT ?t WHERE { ?t a rdf:Statement . FILTER(ISIRI(?t)) } ORDER BY ?t"
_PASSAGES = f"SELECT DISTINCT ?p WHERE {{ ?p a <{_ONTOLOGY}#Passage> }} ORDER BY ?p"
_TERMS = f"SELECT DISTINCT ?t WHERE {{ ?t rdfs:isDefinedBy <{_ONTOLOGY}> }} ORDER BY ?t"
_LABELS = f"SELECT DISTINCT ?l WHERE {{ {_THING} ?t rdfs:label ?l }} ORDER BY ?l"

HUB_PAGES: Mapping[str, Paths] = {
    "page": (f"/doc/{HUB}",),
    "browse": (f"/browse?ex:memberOf={HUB_IRI}",),
    "browse, last page": (f"/browse?ex:memberOf={HUB_IRI}&page=4000",),
    "things": (f"/things?property=ex:memberOf&value={HUB_IRI}",),
    "Turtle": (f"/doc/{HUB}.ttl",),
    "Turtle, last page": (f"/doc/{HUB}.ttl?page=200",),
    "N-Quads": (f"/doc/{HUB}.nq",),
}


def things_and_classes(server: PageServer) -> tuple[list[str], list[str]]:
    """Return the IRIs of the things of the graph, and of their classes."""
    return _first(server, _THINGS), _first(server, _CLASSES)


def of_the_shipped_graph(
    server: PageServer, queries: Path, earlier: str, later: str
) -> Mapping[str, Paths]:
    """Return the pages of each type, as a server that is not timed tells them.

    ``queries`` is the folder of the named queries, ``earlier`` and ``later`` name two releases.
    """
    things, classes = things_and_classes(server)
    lists = [f"/browse?class={quote(kind, safe='')}" for kind in classes]
    links = [link for path in lists for link in _links(server.text(path))]
    words = [" ".join(label.split()[:2]) for label in _first(server, _LABELS)]
    types: dict[str, Iterable[str]] = {
        "nothing": ("/healthz",),
        "home": ("/",),
        "thing": map(_document, things),
        "step of an inference": map(_document, _first(server, _STEPS)),
        "passage": map(_document, _first(server, _PASSAGES)),
        "source text": ("/doc/source/international-working-mechanisms",),
        "ontology": ("/ontology",),
        "ontology term": map(_document, _first(server, _TERMS)),
        "browse, all": ("/browse",),
        "browse, a class": lists,
        "browse, facets and orders": (link for link in links if _narrows(link)),
        "compare two": (
            f"/compare?iri={quote(first)}&iri={quote(last)}"
            for first, last in server.select(_PAIRS)
        ),
        "compare all that are listed": (link for link in links if link.startswith("/compare?")),
        "search": (f"/search?q={quote_plus(word)}" for word in words),
        "search, a letter too few": (
            f"/search?q={quote_plus(word[:2] + word[3:])}" for word in words
        ),
        "time line": ("/timeline",),
        "map": ("/map",),
        "neighbourhood": (f"/neighbourhood?iri={quote(iri)}" for iri in things),
        "cite": (f"/cite?iri={quote(iri)}" for iri in things),
        "queries": ("/queries",),
        "query with its answer": (f"/queries/{file.stem}" for file in sorted(queries.glob("*.rq"))),
        "releases": ("/releases",),
        "release": (f"/releases/{later}", f"/releases/{earlier}"),
        "differences": (f"/releases/{earlier}...{later}",),
        "problems": ("/problems",),
        "workbench": ("/sparql",),
        "workbench with an answer": (
            f"/sparql?query={quote_plus(f'SELECT * WHERE {{ ?s a <{kind}> }}')}" for kind in classes
        ),
        "dataset": ("/doc/dataset",),
        "404": ("/doc/id/nothing/here", "/doc/id/nothing/there", "/nowhere"),
    }
    return {name: _evenly(tuple(dict.fromkeys(paths))) for name, paths in types.items()}


def _first(server: PageServer, query: str) -> list[str]:
    """Return the first column of the answer to a query."""
    return [row[0] for row in server.select(query)]


def _document(iri: str) -> str:
    return f"/doc/{quote(iri.removeprefix(_BASE))}"


def _links(page: str) -> list[str]:
    return [html.unescape(link) for link in re.findall(r'href="(/[^"#]*)', page)]


def _narrows(link: str) -> bool:
    """Tell whether a link leads to a list that is narrower, or in another order."""
    return link.startswith("/browse?class=") and "&" in link


def _evenly(paths: Paths) -> Paths:
    """Return as many of the pages as are timed, from the first to the last."""
    if len(paths) <= MOST_OF_A_TYPE:
        return paths
    return tuple(paths[at * len(paths) // MOST_OF_A_TYPE] for at in range(MOST_OF_A_TYPE))
