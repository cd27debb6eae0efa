"""A hostile graph: no page runs its code, loads its addresses or lets it reorder other text.

Pages are opened without their Content-Security-Policy: it is the second guard, and must not hide
that the first one, which escapes, is not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hostile import BASE, built_in

from graphsvc import settings
from graphsvc.web.app import create_app

from .page_types import PAGES
from .watching import opened, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

SUBJECT = "javascript:alert('subject')"


def of(*names: str) -> str:
    """Return the parameters that name some things of the graph."""
    return "&".join(f"iri={quote(BASE + name)}" for name in names)


def query_address(query: str, **others: str) -> str:
    more = "".join(f"&{name}={value}" for name, value in others.items())
    return f"/sparql?query={quote(query)}{more}"


EVERYTHING = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 250"
SPOKEN = "<script>alert('query')</script>"

#: The addresses by the routes that answer them. The three routes of releases that were before this
#: one, and of versions of an ontology of a project, show nothing of this graph.
TARGETS = {
    "pages.home": ["/"],
    "documents.about": [
        *(f"/doc/{name}" for name in ("scripts", "links", "directions", "formulas", "interface")),
        *("/doc/long", "/doc/place", "/doc/shape", "/doc/concept", "/doc/graph", "/doc/dataset"),
        *("/doc/Thing", "/doc/says", "/doc/claim", "/doc/empty", "/doc/shapes"),
        "/doc/%3Cscript%3Ealert('class')%3C/script%3E",
    ],
    "documents.describe": [
        f"/describe?iri={quote(iri)}"
        for iri in (
            *(SUBJECT, "javascript:alert('class')", "javascript:alert('graph')"),
            f"{BASE}%0D%0ASet-Cookie:%20a=b",
            "data:text/html,%3Cscript%3Ealert('subject')%3C/script%3E",
        )
    ],
    "pages.data": ["/data"],
    "documents.ontology": ["/ontology"],
    "browse.browse_page": [
        *("/browse", f"/browse?class={quote(BASE)}Thing"),
        f"/browse?class={quote(BASE)}Thing&column=skos:altLabel&column=rdfs:label",
    ],
    "browse.compare_page": [f"/compare?{of('scripts', 'links', 'directions', 'long')}"],
    "search.answer": [
        "/search?q=script",
        f"/search?q={quote(SPOKEN)}",
        "/search?q=alert&kind=thing",
    ],
    "pictures.timeline": ["/timeline"],
    "pictures.map_page": ["/map"],
    "pictures.neighbourhood": [
        *(f"/neighbourhood?{of(name)}" for name in ("scripts", "directions")),
        f"/neighbourhood?iri={quote(SUBJECT)}",
    ],
    "cite.citation": [f"/cite?{of('scripts')}", f"/cite?iri={quote(SUBJECT)}"],
    "queries.gallery": ["/queries", f"/queries?q={quote(SPOKEN)}"],
    "queries.query": [f"/queries/thing/facts?thing={quote(SUBJECT)}"],
    "sparql.answer": [
        *("/sparql", query_address(EVERYTHING), query_address(f"DESCRIBE <{BASE}scripts>")),
        query_address("SELECT ?s WHERE { ?s a <javascript:alert('none')> }", explain="empty"),
    ],
    "releases.index": ["/releases"],
    "pages.problems": ["/problems"],
    "documentation.page": ["/docs"],
    "api.page": ["/api"],
    "reconciliation.preview": [f"/reconcile/preview?id={quote(BASE)}scripts"],
}

#: Addresses that are refused, and repeat in their page what was sent.
REFUSED = {
    f"/doc/{quote(SPOKEN)}": 404,
    f"/browse?{quote(SPOKEN)}=x": 400,
    f"/browse?class={quote(SPOKEN)}": 400,
    query_address(f"SELECT {SPOKEN}"): 400,
    f"/sparql?format={quote(SPOKEN)}": 406,
    f"/releases/{quote(SPOKEN)}": 404,
    f"/queries/{quote(SPOKEN)}": 404,
    f"/describe?iri={quote(SPOKEN)}": 400,
}

# Texts outside the names of things that do not run from the left to the right.
_TURNED = """() => {
  const turned = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    const isTurned = /[\u202a-\u202e\u2066-\u2069]/.test(node.data);
    const word = !isTurned && /[A-Za-z]{3,}/.exec(node.data);
    if (!word || node.parentElement.closest("bdi, [dir], svg, pre, textarea, .cm-editor")) continue;
    const place = at => {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      return range.getBoundingClientRect();
    };
    const [first, last] = [place(word.index), place(word.index + word[0].length - 1)];
    const isOneLine = first.width && last.width && Math.abs(first.top - last.top) < 2;
    if (isOneLine && first.left >= last.left) turned.push(node.data.trim().slice(0, 80));
  }
  return turned;
}"""

# Addresses on a page that are a program or a page themselves.
_RUNNING = """() => [...document.querySelectorAll("[href], [src], [action], [formaction]")]
  .flatMap(each => ["href", "src", "action", "formaction"].map(name => each.getAttribute(name)))
  .filter(each => /^[^\\w]*(javascript|vbscript|data|blob|file):/i.test(each ?? ""))"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    release = built_in(tmp_path_factory.mktemp("hostile"))
    with serving(create_app(release, settings.load({}, {}))) as address:
        yield address


def test_every_route_that_shows_the_graph_is_here() -> None:
    of_other_releases = {"versions.version", "releases.release", "documents.thing"}
    assert {page.route for page in PAGES} - TARGETS.keys() == of_other_releases


@pytest.mark.parametrize("target", [each for targets in TARGETS.values() for each in targets])
def test_nothing_of_the_graph_runs_or_loads(browser: Browser, hostile: str, target: str) -> None:
    with opened(browser, hostile + target, without_policy=True) as page:
        assert page.evaluate(_TURNED) == []
        assert page.evaluate(_RUNNING) == []
        assert not set(page.title()) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
        for field in page.locator("input, button, summary").all()[:5]:
            field.dispatch_event("focus")
            field.dispatch_event("mouseover")
        assert page.url == hostile + target


@pytest.mark.parametrize(("target", "status"), REFUSED.items())
def test_what_is_refused_is_repeated_as_text(
    browser: Browser, hostile: str, target: str, status: int
) -> None:
    with opened(browser, hostile + target, status=status, without_policy=True) as page:
        assert page.locator("main").inner_text()


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("/doc/scripts", "</script><script>alert('end of script')</script>"),
        ("/doc/scripts", "<img src=x onerror=alert('comment')>"),
        ("/doc/links", "javascript:alert('link')"),
        ("/doc/concept", "<script>alert('concept')</script>"),
        ("/doc/Thing", "</script><script>alert('comment of a class')</script>"),
        (query_address(EVERYTHING), "<script>alert('title')</script>"),
    ],
)
def test_it_is_shown_as_text(browser: Browser, hostile: str, target: str, text: str) -> None:
    with opened(browser, hostile + target) as page:
        assert text in page.locator("main").inner_text()
