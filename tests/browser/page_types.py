"""Every type of page that the service shows to people, and an address of each.

Whatever must hold of all pages, for all people and on all screens, is asked of this one list. A
route that answers with pages is in at least one row, every other route in ``NO_PAGES``; a test
compares both with the routes there are. The addresses are those of the repository's own project.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from .aged import DEPRECATED, FIRST, WITHDRAWN

IWM = "https://w3id.org/iwm/"


@dataclass(frozen=True, slots=True)
class PageType:
    """A type of page: the route that answers, an address with it, and the status of the answer.

    ``has_past`` says that the page is there only where a release before is kept. In its address
    ``{before}`` and ``{after}`` stand for the names of the two.
    """

    name: str
    route: str
    path: str
    status: int = 200
    has_past: bool = False

    def __str__(self) -> str:
        return self.name

    def address(self, before: str = "", after: str = "") -> str:
        """Return the address, with the names of two releases in their places."""
        return self.path.replace("{before}", before).replace("{after}", after)


def _query_address(query: str, **others: str) -> str:
    more = "".join(f"&{name}={value}" for name, value in others.items())
    return f"/sparql?query={quote(query)}{more}"


_ROWS = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 30"
_COUNTS = "SELECT ?class (COUNT(?s) AS ?n) WHERE { ?s a ?class } GROUP BY ?class ORDER BY ?class"
_LINKS = "CONSTRUCT { ?s iwm:partyOf ?o } WHERE { ?o iwm:linksParty ?s }"
_EMPTY = "SELECT ?who WHERE { ?which iwm:secretariatProvidedby ?who }"

PAGES = (
    PageType("home", "pages.home", "/"),
    PageType("mechanism", "documents.about", "/doc/id/mechanism/cica-business-council"),
    PageType("organization", "documents.about", "/doc/id/organization/cccme"),
    PageType("thing with readings", "documents.about", "/doc/id/mechanism/crccme"),
    PageType(
        "thing with omissions", "documents.about", "/doc/id/mechanism/china-us-joint-working-group"
    ),
    PageType("country", "documents.about", "/doc/id/country/china"),
    PageType("concept", "documents.about", "/doc/scheme/modality/nominated"),
    PageType("editorial note", "documents.about", "/doc/id/note/records-elsewhere"),
    PageType("graph", "documents.about", "/doc/graph/editorial"),
    PageType("dataset", "documents.about", "/doc/dataset"),
    PageType(
        "thing of another site",
        "documents.describe",
        "/describe?iri=http://www.wikidata.org/entity/Q148",
    ),
    PageType("question as a thing", "documents.about", "/doc/query/mechanisms-of-a-country"),
    PageType("passage", "documents.about", "/doc/passage/33"),
    PageType("source", "documents.about", "/doc/source/international-working-mechanisms"),
    PageType("deprecated thing", "documents.about", f"/doc/{DEPRECATED}", has_past=True),
    PageType("withdrawn thing", "documents.about", f"/doc/{WITHDRAWN}", 410, has_past=True),
    PageType("no such thing", "documents.about", "/doc/id/mechanism/none", 404),
    PageType("no such address", "documents.thing", "/no such address", 404),
    # The largest page, as a link to a term shows it.
    PageType("ontology", "documents.ontology", "/ontology#Mechanism"),
    PageType("ontology, version", "versions.version", f"/ontology/{FIRST}", has_past=True),
    PageType("browse", "browse.browse_page", "/browse"),
    PageType("browse, class", "browse.browse_page", "/browse?class=iwm:Passage"),
    PageType(
        "browse, facets",
        "browse.browse_page",
        "/browse?class=iwm:Secretariat&iwm:side=country:china",
    ),
    PageType(
        "browse, nothing",
        "browse.browse_page",
        "/browse?class=iwm:Event&iwm:hostedBy=country:china",
    ),
    PageType("browse, wrong", "browse.browse_page", "/browse?colour=red", 400),
    PageType("compare", "browse.compare_page", "/compare?class=iwm:Mechanism"),
    PageType(
        "compare, differences",
        "browse.compare_page",
        "/compare?iri=mechanism:crccme&iri=mechanism:bfic&highlight=differences",
    ),
    PageType(
        "compare, agreements",
        "browse.compare_page",
        "/compare?iri=mechanism:crccme&iri=mechanism:bfic&highlight=agreements",
    ),
    PageType("search", "search.answer", "/search"),
    PageType("search, found", "search.answer", "/search?q=china"),
    PageType("search, misspelt", "search.answer", "/search?q=huwei"),
    PageType("search, sentences", "search.answer", "/search?q=secretariat&kind=sentence"),
    PageType("search, nothing", "search.answer", "/search?q=zzzzzzzz"),
    PageType("data", "pages.data", "/data"),
    PageType("time line", "pictures.timeline", "/timeline"),
    PageType("time line, class", "pictures.timeline", f"/timeline?class={IWM}ontology%23Visit"),
    PageType("map", "pictures.map_page", "/map"),
    PageType(
        "neighbourhood", "pictures.neighbourhood", f"/neighbourhood?iri={IWM}id/mechanism/crccme"
    ),
    PageType("cite", "cite.citation", f"/cite?iri={IWM}id/mechanism/crccme"),
    PageType("queries", "queries.gallery", "/queries"),
    PageType("queries, filtered", "queries.gallery", "/queries?q=country+party"),
    PageType("query, form", "queries.query", "/queries/mechanisms-of-a-country"),
    PageType("query, plain", "queries.query", "/queries/secretariats"),
    PageType("query, graph", "queries.query", "/queries/describe-huawei"),
    PageType("query, yes or no", "queries.query", "/queries/is-there-a-russian-secretariat"),
    PageType("query, nothing", "queries.query", "/queries/names-that-contain?word=zzz"),
    PageType(
        "query, behind a page",
        "queries.query",
        "/queries/thing/facts?property=rdfs:label&property=rdf:type",
    ),
    PageType("query, wrong", "queries.query", "/queries/mechanisms-of-a-country?country=x y", 400),
    PageType("workbench", "sparql.answer", "/sparql"),
    PageType("answer", "sparql.answer", _query_address(_ROWS)),
    PageType("answer, counts", "sparql.answer", _query_address(_COUNTS)),
    PageType("answer, graph", "sparql.answer", _query_address(_LINKS)),
    PageType("answer, yes or no", "sparql.answer", _query_address("ASK { ?s ?p ?o }")),
    PageType("answer, nothing", "sparql.answer", _query_address(_EMPTY)),
    PageType("answer, why nothing", "sparql.answer", _query_address(_EMPTY, explain="empty")),
    PageType(
        "answer, wrong", "sparql.answer", _query_address("SELECT ?name WHERE { ?s ?p ?o"), 400
    ),
    PageType("answer, no such format", "sparql.answer", "/sparql?format=none", 406),
    PageType(
        "answer, pinned", "sparql.answer", _query_address(_ROWS, release="{before}"), has_past=True
    ),
    PageType("releases", "releases.index", "/releases", has_past=True),
    PageType("release", "releases.release", "/releases/{after}", has_past=True),
    PageType("differences", "releases.release", "/releases/{before}...{after}", has_past=True),
    PageType(
        "differences, sentences",
        "releases.release",
        "/releases/{before}...{after}?view=sentences",
        has_past=True,
    ),
    PageType(
        "differences, records",
        "releases.release",
        "/releases/{before}...{after}?view=records",
        has_past=True,
    ),
    PageType("problems", "pages.problems", "/problems"),
    PageType("documentation", "documentation.page", "/docs"),
    PageType("document", "documentation.page", "/docs/settings"),
    PageType("document, code", "documentation.page", "/docs/endpoint"),
    PageType("document, none", "documentation.page", "/docs/none", 404),
    PageType("programs", "api.page", "/api"),
    PageType("preview", "reconciliation.preview", f"/reconcile/preview?id={IWM}id/mechanism/bfic"),
)

#: The routes that answer people with nothing but data, a way to somewhere else, or a piece of page.
NO_PAGES = frozenset(
    {
        "annotations.of_text",
        *("api.as_json", "api.as_yaml", "crawlers.part", "crawlers.robots", "crawlers.sitemap"),
        *("browse.things", "documents.context", "dumps.dump", "dumps.dump_of_release"),
        *("pages.healthz", "pages.readyz"),
        *("reconciliation.flyout", "reconciliation.properties", "reconciliation.service"),
        *("reconciliation.suggest", "reconciliation.view", "releases.compare", "search.suggest"),
        *("static", "well_known.sparql_examples", "well_known.void"),
        *("workbench.answer", "workbench.as_notebook", "workbench.check", "workbench.code"),
        *("workbench.one_example", "workbench.vocabulary"),
    }
)
