"""Queries that are pinned to a release: ``/sparql?query=…&release=<id>``.

Such an answer is a memento of the query's address: the answer while that release was served
(https://www.rfc-editor.org/rfc/rfc7089#section-2.1.1). A field in the syntax of RFC 9651 tells
whether the served release answers differently::

    Current-Answer: different; release="0f3a…"; added=3; removed=1
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

from cachetools import LRUCache
from flask import current_app, g, request, url_for
from werkzeug.http import http_date

from graphsvc import release_repository
from graphsvc.changes.answer_diff import CHANGES, SAME, Verdict, compare
from graphsvc.web import responses
from graphsvc.web.history import history
from graphsvc.web.languages import of_reader
from graphsvc.web.problems import RequestProblem
from graphsvc.web.site import etag, site

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask import Response

    from graphsvc.formats import Format
    from graphsvc.release import Release
    from graphsvc.store.base import Answer, Store
    from graphsvc.web.protocol import Parameters, QueryRequest

_VERDICTS = 512
_OPEN = 2

#: The longest address in a Link field: servers and clients limit their headers.
_LONGEST_LINK = 2048


class _LockedReleases(LRUCache[str, "tuple[Release, release_repository.ReleaseLock]"]):
    """The releases that are open, each locked as long as it is here."""

    def popitem(self) -> tuple[str, tuple[Release, release_repository.ReleaseLock]]:
        """Remove the release that was used least recently, and unlock it."""
        name, (release, lock) = super().popitem()
        lock.close()
        return name, (release, lock)


class _Stores:
    """The stores of other releases; each process opens those that it needs."""

    def __init__(self, find: Callable[[str], Release]) -> None:
        self._find = find
        self._open = _LockedReleases(_OPEN)
        self._lock = Lock()

    def store(self, name: str) -> Store:
        """Return the store of a release, which cannot be removed while it is open here."""
        with self._lock:
            if name not in self._open:
                release = self._find(name)
                self._open[name] = release, release_repository.ReleaseLock(release.path)
            return self._open[name][0].store


class Pins:
    """The stores of an application's other releases, and a cache of verdicts."""

    def __init__(self, find: Callable[[str], Release]) -> None:
        self.stores = _Stores(find)
        self._verdicts = LRUCache[tuple[str, ...], "Verdict"](_VERDICTS)

    def verdict(self, pin: Pin, query_request: QueryRequest) -> Verdict:
        """Return whether the served release answers a pinned query differently."""
        if pin.is_served:
            return SAME
        if query_request.changes:
            return CHANGES
        key = (pin.release.id, *query_request.key)
        verdict = self._verdicts.get(key)
        if verdict is None:
            verdict = compare(pin.store, site().store, query_request.query, query_request.graphs)
            if verdict.state != "unknown":
                self._verdicts[key] = verdict
        return verdict


@dataclass(frozen=True, slots=True)
class Pin:
    """The release of a pinned query, and its store."""

    release: Release
    store: Store

    @property
    def is_served(self) -> bool:
        """Tell whether it is the served release."""
        return self.release.id == site().release.id

    @property
    def prefixes(self) -> Mapping[str, str]:
        """Return the prefixes that a query need not declare."""
        return self.release.prefixes.in_queries


def find(parameters: Parameters) -> Pin | None:
    """Return the release to which a request is pinned, or None.

    Errors: RequestProblem: 410 for a removed release, 404 for an unknown one, 400 for two.
    """
    names = parameters.all("release")
    if not names:
        return None
    if site().release.engine:
        raise RequestProblem(
            "bad-request",
            "The statements lie in an engine, which keeps none of its earlier ones.",
            remedy="Ask without the parameter release.",
        )
    if len(names) > 1:
        raise RequestProblem(
            "bad-request", "The request names two releases.", remedy="Name one release."
        )
    release = history().find(names[0])
    if release.id == site().release.id:
        return Pin(release, site().store)
    return Pin(release, _pins().stores.store(release.id))


def answer(
    pin: Pin, query_request: QueryRequest, fmt: Format, content: Callable[[], Answer | str]
) -> Response:
    """Return a pinned answer, which names its release and tells whether it is still current."""
    verdict = _pins().verdict(pin, query_request)
    g.pin, g.verdict = pin, verdict
    tag = etag(
        pin.release,
        request.url_root,
        site().release.id,
        *query_request.key,
        fmt.name,
        *of_reader(fmt),
    )
    response = responses.answer(fmt, tag, http_date(site().built), content)
    if query_request.changes or verdict.state == "unknown":
        response.headers["Cache-Control"] = "no-store"
    built = datetime.fromisoformat(pin.release.manifest.built)
    response.headers["Release"] = pin.release.id
    response.headers["Memento-Datetime"] = http_date(built)
    response.headers["Current-Answer"] = _field(verdict)
    response.headers.add("Link", f'<{url_for("releases.index")}>; rel="version-history"')
    unpinned = address(None)
    if request.method != "POST" and len(unpinned) <= _LONGEST_LINK:
        response.headers.add("Link", f'<{unpinned}>; rel="original latest-version"')
    return response


def address(release: str | None) -> str:
    """Return the address of the current query, pinned to a release or to none."""
    values = {name: texts for name, texts in request.values.lists() if name != "release"}
    if release is not None:
        values["release"] = [release]
    return url_for("sparql.answer", **values)  # type: ignore[arg-type]


def _field(verdict: Verdict) -> str:
    parts = [verdict.state, f'release="{site().release.id}"']
    if verdict.state == "different":
        parts += [f"added={verdict.added}", f"removed={verdict.removed}"]
    if verdict.reason:
        parts.append(f"reason={verdict.reason}")
    return "; ".join(parts)


def _pins() -> Pins:
    pins = current_app.extensions["graphsvc.pins"]
    if not isinstance(pins, Pins):
        raise TypeError("The application was not made by create_app.")
    return pins
