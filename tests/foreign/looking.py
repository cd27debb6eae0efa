"""Visits the pages of a served graph in a browser, and records what is wrong with them.

Nothing here knows the graph: SPARQL queries find its pages.
"""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urldefrag, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from playwright.sync_api import APIRequestContext, Browser, Page

#: How wide a phone and a desk are, in CSS pixels.
PHONE, DESK = 390, 1280

#: How much of a page a screenshot shows, in CSS pixels.
TALLEST = 2400

#: A page that takes longer is a finding, in seconds; so is an answer of the endpoint.
SLOW = 1.0

#: At most so many of the links on the pages of one data set are followed.
LINKS = 200

PATIENCE = 120

# A graph may give these prefixes another meaning.
_PREFIXES = """PREFIX dc: <http://purl.org/dc/elements/1.1/>
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX void: <http://rdfs.org/ns/void#>
"""
_LABELS = """VALUES ?naming {
  rdfs:label skos:prefLabel <http://schema.org/name> <https://schema.org/name> dcterms:title
  dc:title foaf:name <http://www.w3.org/2006/vcard/ns#fn>
}"""
_BASE = """SELECT ?base {
  ?dataset void:uriSpace ?base FILTER(STR(?dataset) = CONCAT(?base, "dataset"))
}"""
_COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
_NAMED = f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ {_LABELS} ?s ?naming ?label }}"
# What the program says of the graph itself has no links to what the files say.
_MOST_LINKED = """SELECT ?thing (COUNT(*) AS ?n) {
  ?other ?property ?thing . FILTER(ISIRI(?thing) && ISIRI(?other) && ?property != rdf:type)
  FILTER EXISTS { ?thing ?any ?value }
} GROUP BY ?thing ORDER BY DESC(?n) ?thing LIMIT 1"""
_CLASSES = """SELECT ?class (COUNT(DISTINCT ?thing) AS ?n) {
  ?thing a ?class . FILTER(ISIRI(?thing) && ISIRI(?class))
  FILTER(?class NOT IN (void:Dataset, dcat:Dataset))
} GROUP BY ?class ORDER BY DESC(?n) ?class LIMIT 2"""
_MEMBER = """SELECT DISTINCT ?thing { ?thing a <CLASS> FILTER(ISIRI(?thing)) }
ORDER BY ?thing LIMIT 1 OFFSET NUMBER"""
_LABEL = f"SELECT ?label {{ {_LABELS} <THING> ?naming ?label }} ORDER BY ?label"
_ANY_LABEL = f"""SELECT ?label {{ {_LABELS} ?s ?naming ?label
  FILTER(ISIRI(?s) && STRLEN(STR(?label)) > 5 && !CONTAINS(STR(?s), "/dataset")) }} LIMIT 1"""

_WORD = re.compile(r"[^\W\d_]{4,}")
# Names of blank nodes, as engines make them up, and as Turtle writes them.
_BLANK = re.compile(r"(?<!\w)_:\w+|\b(?=\d*[a-f])[0-9a-f]{31,32}\b")
_IRI = re.compile(r"https?://\S+")
# Links that are not followed each time: queries, dumps, other formats.
_SKIPPED = re.compile(r"^/(sparql\?|dump\.|static/|compare|cite|neighbourhood)|^/browse\.|rel=")
_HREFS = """() => [...document.querySelectorAll("a[href]")].map(
  one => [new URL(one.getAttribute("href"), location).href,
          one.textContent.trim(), !!one.closest("main") && !one.closest(".home")]
)"""
#: axe-core, if "make checkers" has installed it, and how to run it.
_AXE = Path(__file__).parents[1] / "checkers" / "node_modules" / "axe-core" / "axe.min.js"
_VIOLATIONS = """async () => (await axe.run({ resultTypes: ["violations"] })).violations.map(
  one => [one.id, one.nodes.map(node => String(node.target))]
)"""
_OVERFLOW = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide <= 0) return "";
  const right = document.documentElement.clientWidth + 1;
  const worst = [...document.querySelectorAll("main *")].filter(
    one => one.getBoundingClientRect().right > right && !one.closest(".scroll, pre")
  )[0];
  return `${wide} px: ` + (worst ? worst.outerHTML.slice(0, 90) : "");
}"""


@dataclass(slots=True)
class Site:
    """A served graph: its address and base, and what was found wrong so far."""

    name: str
    address: str
    browser: Browser
    client: APIRequestContext
    pictures: Path
    base: str = ""
    findings: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def find(self, page: str, what: str) -> None:
        line = f"{page}: {' '.join(what.split())[:300]}"
        if line not in self.findings:
            self.findings.append(line)

    def rows(self, query: str) -> list[dict[str, str]]:
        """Ask the endpoint."""
        answer = self.client.post(
            "/sparql",
            form={"query": _PREFIXES + query},
            headers={"Accept": "application/sparql-results+json"},
        )
        if not answer.ok:
            raise RuntimeError(f"{answer.status} for {query}: {answer.text()[:300]}")
        document: dict[str, Any] = answer.json()
        bindings = document["results"]["bindings"]
        return [{name: term["value"] for name, term in row.items()} for row in bindings]

    def status(self, target: str, accept: str = "text/html, */*;q=0.5") -> int:
        """Return the status of an address of the service, redirections followed."""
        return self.client.get(target, headers={"Accept": accept}).status

    def target(self, iri: str) -> str:
        """Return the address at which a thing must be."""
        if iri.startswith(self.base) and iri != self.base:
            path, hash_sign, fragment = iri.removeprefix(self.base).partition("#")
            return f"/doc/{quote(path, safe='/%')}{hash_sign}{quote(fragment)}"
        return f"/describe?iri={quote(iri, safe='')}"


def look(site: Site) -> None:
    """Visit every kind of page of a graph, and record what is wrong."""
    site.base = next((row["base"] for row in site.rows(_BASE)), "")
    site.count = int(site.rows(_COUNT)[0]["n"])
    _look_at_home(site)
    things = _things(site)
    for label, iri in things.items():
        _look_at_thing(site, label, iri)
    for number, row in enumerate(site.rows(_CLASSES), 1):
        with opened(
            site, f"class {number}", f"/browse?class={quote(row['class'], safe='')}"
        ) as page:
            if page and re.search(r"\b(no|0) things\b", page.inner_text("main"), re.IGNORECASE):
                site.find(f"class {number}", f"{row['class']} has {row['n']} things, none is shown")
    _search(site, [*things.values()])
    for name, target in (
        ("browse", "/browse"),
        ("vocabulary", "/ontology"),
        ("map", "/map"),
        ("time line", "/timeline"),
        ("dataset", "/doc/dataset"),
        ("queries", "/queries"),
    ):
        with opened(site, name, target):
            pass
    _follow(site)


def _look_at_home(site: Site) -> None:
    with opened(site, "home", "/") as page:
        if page:
            counts = page.locator("main .count").all_inner_texts()
            if not sum(int(re.sub(r"\D", "", text) or 0) for text in counts):
                site.find("home", "it shows no things")


def _things(site: Site) -> dict[str, str]:
    """Return some things: the one with most links, and one of each of the largest classes."""
    things: dict[str, str] = {}
    for row in site.rows(_MOST_LINKED):
        things["most linked"] = row["thing"]
    for number, row in enumerate(site.rows(_CLASSES), 1):
        query = _MEMBER.replace("CLASS", row["class"]).replace("NUMBER", str(int(row["n"]) // 2))
        things[f"thing {number}"] = site.rows(query)[0]["thing"]
    return things


def _look_at_thing(site: Site, name: str, iri: str) -> None:
    labels = [row["label"] for row in site.rows(_LABEL.replace("THING", iri))]
    target = site.target(iri)
    with opened(site, name, target) as page:
        if page is None:
            site.find(name, f"the page of {iri}")
            return
        # A document of many things is called after itself.
        heading = page.inner_text("main" if "#" in iri else "h1", timeout=5000)
        if labels and not any(_plain(label) in _plain(heading) for label in labels):
            site.find(name, f"{iri} is called «{heading[:80]}», not «{labels[0]}»")
    status = site.status(urldefrag(target).url, "text/turtle")
    if status != 200:
        site.find(name, f"as Turtle: status {status} of {target}")


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def _search(site: Site, things: Iterable[str]) -> None:
    """Search for a word of the label of some thing; the results must contain the label."""
    labels = [row["label"] for iri in things for row in site.rows(_LABEL.replace("THING", iri))]
    labels += [row["label"] for row in site.rows(_ANY_LABEL)]
    words = [(max(parts, key=len), label) for label in labels if (parts := _WORD.findall(label))]
    if not words:
        return
    word, label = words[0]
    with opened(site, "search", f"/search?q={quote(word)}") as page:
        results = page.locator("main a, main li").all_inner_texts() if page else [word]
        if _plain(word) not in _plain(" ".join(results)):
            site.find("search", f"«{word}» does not find «{label}»")


@contextmanager
def opened(site: Site, name: str, target: str) -> Iterator[Page | None]:
    """Open a page at both widths and record what is wrong; None if it cannot be opened."""
    context = site.browser.new_context(viewport={"width": DESK, "height": 900})
    page = context.new_page()
    page.on("console", lambda message: _check_console(site, name, message.text))
    page.on("pageerror", lambda error: site.find(name, f"script: {error}"))
    page.on("request", lambda request: _check_request(site, name, request.url))
    start = time.monotonic()
    try:
        answer = page.goto(site.address + target, timeout=PATIENCE * 1000)
        seconds = time.monotonic() - start
        if "#" in target:
            # A part that is on no page of its document has a page to which a script leads.
            page.wait_for_load_state("networkidle")
        status = answer.status if answer else 0
        if status != 200:
            site.find(name, f"status {status} of {target}")
            yield None
            return
        if seconds > SLOW:
            site.find(name, f"took {seconds:.1f} s: {target}")
        height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
        page.set_viewport_size({"width": DESK, "height": height})
        page.screenshot(path=site.pictures / f"{site.name}-{name}.png")
        _examine(site, name, page)
        page.set_viewport_size({"width": PHONE, "height": 844})
        overflow = page.evaluate(_OVERFLOW)
        if overflow:
            site.find(name, f"too wide for a phone by {overflow} ({target})")
        page.screenshot(path=site.pictures / f"{site.name}-{name}-phone.png")
        yield page
    finally:
        context.close()


def _check_console(site: Site, name: str, text: str) -> None:
    if "GL Driver Message" not in text and "status of" not in text:
        site.find(name, f"console: {text}")


def _check_request(site: Site, name: str, url: str) -> None:
    if urlsplit(url).netloc not in ("", urlsplit(site.address).netloc):
        site.find(name, f"asks {url}")


def _examine(site: Site, name: str, page: Page) -> None:
    """Look at the words and the links of a page."""
    text = page.inner_text("main", timeout=5000)
    for blank in list(dict.fromkeys(_BLANK.findall(text)))[:2]:
        site.find(name, f"names a blank node: {blank}")
    samples: dict[str, str] = {}
    for href, words, is_main in page.evaluate(_HREFS):
        if urlsplit(href).netloc == urlsplit(site.address).netloc:
            target = urldefrag(href.removeprefix(site.address)).url
            if target and not _SKIPPED.search(target):
                site.links.setdefault(target, name)
        if is_main and _IRI.fullmatch(words):
            samples[words] = words
    _examine_iris(site, name, list(samples)[:60])
    if _AXE.is_file():
        page.evaluate(_AXE.read_text("utf-8"))
        for rule, places in page.evaluate(_VIOLATIONS):
            site.find(name, f"axe: {rule} at {len(places)} places: {places[0]}")


def _examine_iris(site: Site, name: str, iris: list[str]) -> None:
    """Find IRIs that are shown as they are though the graph has a label for them."""
    terms = [f"<{iri}>" for iri in iris if re.fullmatch(r"[^<>\"{}|^`\\…]+", iri)]
    if terms:
        query = (
            f"SELECT ?s ?label {{ {_LABELS} VALUES ?s {{ {' '.join(terms)} }} ?s ?naming ?label }}"
        )
        rows = site.rows(query)
        # Some call a thing by its IRI.
        so_called = {row["s"] for row in rows if row["label"] == row["s"]}
        for row in [row for row in rows if row["s"] not in so_called][:2]:
            site.find(name, f"shows {row['s']}, which is «{row['label']}»")


def _follow(site: Site) -> None:
    """Request every address inside the service that the pages link to."""
    dead: dict[str, list[str]] = {}
    for target, page in [*site.links.items()][:LINKS]:
        status = site.status(target)
        if status >= 400:
            dead.setdefault(page, []).append(f"{status} {target}")
    for page, targets in dead.items():
        site.find(page, f"{len(targets)} dead links: {', '.join(targets[:3])}")
