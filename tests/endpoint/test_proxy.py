"""The service behind Debian's nginx, with TLS and a path: nothing leaves the public address.

nginx runs with deploy/nginx.conf, once as it stands there and once so that it takes the path off.
"""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import urldefrag, urljoin, urlsplit
from urllib.request import Request, urlopen

import pytest
from deploy.proxy import nginx, public_site
from rdflib import Graph
from rdflib.namespace import DCAT, VOID

from .crawling import crawl, merged, missing
from .transports import free_port, served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: There is one service, so that it has no name.
KEY = ("$graphsvc_replica$request_method", "$request_method")


def behind(folder: Path, port: int, upstream: str) -> str:
    """Return the configuration of nginx before one service; ``upstream`` is what it passes to."""
    return public_site(folder, port, ("http://$graphsvc_replica", upstream), KEY)


#: How the service knows its public address, and whether it is sent the path of that. Either way
#: each address is made by the same code, so that one way is crawled as data, the other as pages.
PROXY_SETTINGS = PASSED_ON, TAKEN_OFF = ("public_url, path passed on", "trusted_proxies, path off")


@pytest.fixture(scope="module", params=PROXY_SETTINGS)
def address(
    request: pytest.FixtureRequest, lights_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Serve the small graph behind nginx; return its public address."""
    folder = tmp_path_factory.mktemp("behind")
    port = free_port()
    public = f"https://127.0.0.1:{port}/kg/"
    if request.param == PASSED_ON:
        flags, end = ("--public-url", public), ""
    else:
        flags, end = ("--trusted-proxies", "127.0.0.1"), "/"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(folder / "cert.pem"))
        with (
            served(lights_folder, folder, *flags, base=public) as inner,
            nginx(folder, port, behind(folder, port, inner.removesuffix("/") + end)),
        ):
            yield public


@pytest.mark.parametrize("address", [PASSED_ON], indirect=True)
def test_a_crawler_comes_to_the_whole_graph(
    address: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    releases = max(
        tmp_path_factory.getbasetemp().glob("behind*/releases"),
        key=lambda each: each.stat().st_mtime,
    )
    crawled_graph, visited = crawl(address + "id/light/north-rock", address)
    assert len(visited) > 180
    assert missing(merged(releases, address), crawled_graph) == []
    described = Graph().parse(f"{address}.well-known/void", format="turtle")
    for predicate in (DCAT.downloadURL, DCAT.accessURL, DCAT.endpointURL, VOID.dataDump):
        named = {str(each) for each in described.objects(None, predicate)}
        assert named
        assert all(each.startswith(address) for each in named), predicate


LINK = re.compile(r'\b(?:href|src|action|data-(?:endpoint|things|suggest))="([^"]*)"')


def links(url: str) -> tuple[set[str], set[str]]:
    """Return where the page at an address leads to on this machine, and the ids on it."""
    with urlopen(Request(url, headers={"Accept": "text/html, */*;q=0.1"})) as answer:  # noqa: S310
        assert urlsplit(answer.url).netloc == urlsplit(url).netloc, f"{url} leads to {answer.url}"
        is_page = answer.headers.get_content_type() == "text/html"
        text = answer.read().decode("utf-8") if is_page else ""
    urls = {urljoin(answer.url, unescape(each)) for each in LINK.findall(text)}
    local = {link for link in urls if urlsplit(link).hostname == urlsplit(url).hostname}
    return local, set(map(unescape, re.findall(r'\bid="([^"]*)"', text)))


@pytest.mark.parametrize("address", [TAKEN_OFF], indirect=True)
def test_no_page_leads_out_of_the_prefix(address: str) -> None:
    """Every link that is not dead is followed; of those that differ in their query, one."""
    waiting, paths = [address], {urlsplit(address).path}
    anchors: dict[str, set[str]] = {}
    places: set[tuple[str, str]] = set()
    while waiting:
        here = waiting.pop()
        urls, anchors[here] = links(here)
        for link in sorted(urls):
            assert link.startswith(address), f"{here} leads to {link}"
            page, place = urldefrag(link)
            places.add((page, place))
            if (path := urlsplit(page).path) not in paths:
                paths.add(path)
                waiting.append(page)
    lost = {(page, place) for page, place in places if place and page in anchors}
    assert {(page, place) for page, place in lost if place not in anchors[page]} == set()
    assert {"/kg/browse", "/kg/sparql", "/kg/dump.nq.gz"} < paths
    assert len(paths) > 150


def test_the_manifest_of_openrefine_names_the_public_address(address: str) -> None:
    with urlopen(f"{address}reconcile") as answer:  # noqa: S310
        manifest = json.load(answer)
    named = re.findall(r'"(https?://[^"]*)"', json.dumps(manifest))
    assert manifest["view"]["url"].startswith(f"{address}reconcile/view")
    assert all(each.startswith(address) for each in named)


def test_what_is_not_under_the_prefix_is_not_ours(address: str) -> None:
    with pytest.raises(HTTPError) as caught:
        urlopen(urljoin(address, "/sparql"))  # noqa: S310
    assert caught.value.code == 404
    assert "graphsvc" not in caught.value.read().decode()


def test_a_client_cannot_name_the_address_itself(address: str) -> None:
    hostile = {
        "Forwarded": "proto=http;host=evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Port": "1",
        "X-Forwarded-Prefix": "/evil",
        "X-Forwarded-For": "127.0.0.1",
    }
    for path in ("sitemap.xml", "doc/dataset.ttl", "reconcile"):
        with urlopen(Request(address + path, headers=hostile)) as answer:  # noqa: S310
            text = answer.read().decode()
        assert address in text
        assert "evil" not in text
