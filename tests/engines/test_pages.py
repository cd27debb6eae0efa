"""Pages, documents, search and reconciliation say the same in front of each store."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import pytest
from browser.page_types import PAGES, PageType

from .asking import PAGE, TRIPLES, get, triples, words
from .conftest import QUICK, SLOW

if TYPE_CHECKING:
    from pyoxigraph import Dataset
    from server.processes import Service
    from server.wire import Answer

    from .conftest import Served

IWM = "https://w3id.org/iwm/"

DOCUMENTS = (
    "id/mechanism/crccme",
    "id/mechanism/china-us-joint-working-group",
    "id/organization/cccme",
    "id/country/china",
    "id/event/xi-jinping-visit-to-finland",
    "scheme/modality/nominated",
    "passage/33",
    "shape/Mechanism",
    "source/international-working-mechanisms",
)

OF_THE_DOCUMENT = (b"<http://purl.org/dc/terms/modified>", b"owl#versionInfo>")

#: Pages with parts that tell of a release and its files, which a graph in an engine is not.
OF_RELEASES = {"home", "data", "dataset", "ontology", "cite", "programs"}
#: Pages of answers in which a union that is no set repeats rows, or a graph has any order.
OF_THE_ENGINE = {"answer", "answer, counts", "answer, graph", "query, graph"}
#: What other pages say of a release, and how long an answer took.
PASSING = re.compile(r"Lasting link to this answer|[0-9a-f]{16}|(· )?[0-9.,]+ m?s( · release)?")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_the_same_graph(served: Served, embedded: Service, name: str) -> None:
    answer, expected = (get(each, f"/doc/{name}", TRIPLES) for each in (served.service, embedded))
    assert answer.status == expected.status == 200
    assert _of_the_thing(answer) == _of_the_thing(expected)


def _of_the_thing(document: Answer) -> Dataset:
    """Return a document but for its date and version, which are those of a release."""
    lines = document.content.splitlines(keepends=True)
    remaining = [line for line in lines if not any(name in line for name in OF_THE_DOCUMENT)]
    assert len(lines) - len(remaining) <= len(OF_THE_DOCUMENT)
    return triples(b"".join(remaining))


#: What a slow engine is asked for: a thing, a class, a sentence, a name that is not there.
FEW = {"mechanism", "browse, class", "passage", "no such thing", "query, plain", "answer, wrong"}


@pytest.mark.parametrize("served", QUICK, indirect=True)
@pytest.mark.parametrize("page", [page for page in PAGES if not page.has_past], ids=str)
def test_a_page_says_the_same(served: Served, embedded: Service, page: PageType) -> None:
    target = quote(page.path.partition("#")[0], safe="/?=&:%+.")
    answer, expected = (get(each, target, PAGE) for each in (served.service, embedded))
    assert answer.status == page.status
    if page.name not in OF_RELEASES | OF_THE_ENGINE:
        assert _of_the_graph(answer) == _of_the_graph(expected)


def _of_the_graph(page: Answer) -> list[str]:
    return [text for text in words(page.content) if not PASSING.fullmatch(text)]


@pytest.mark.parametrize("served", [SLOW], indirect=True)
@pytest.mark.parametrize("page", [page for page in PAGES if page.name in FEW], ids=str)
def test_a_page_of_a_slow_engine_is_there(served: Served, page: PageType) -> None:
    answer = get(served.service, page.path, PAGE)
    assert answer.status == page.status
    assert words(answer.content)


@pytest.mark.parametrize("served", QUICK, indirect=True)
@pytest.mark.parametrize("text", ["china", "huwei", "business forum", "北京"])
def test_a_search_finds_the_same(served: Served, embedded: Service, text: str) -> None:
    target = f"/search?{urlencode({'q': text})}"
    answer, expected = (
        get(each, target, "application/json") for each in (served.service, embedded)
    )
    assert answer.status == expected.status == 200
    assert json.loads(answer.content) == json.loads(expected.content)


@pytest.mark.parametrize("served", QUICK, indirect=True)
def test_names_are_reconciled_alike(served: Served, embedded: Service) -> None:
    queries = {
        "q0": {"query": "Huawei"},
        "q1": {"query": "China", "type": f"{IWM}ontology#Country"},
        "q2": {"query": "nothing of this name"},
    }
    target = f"/reconcile?{urlencode({'queries': json.dumps(queries)})}"

    def results(service: Service) -> Any:
        answer = get(service, target, "application/json")
        assert answer.status == 200
        return json.loads(answer.content)

    assert results(served.service) == results(embedded)
