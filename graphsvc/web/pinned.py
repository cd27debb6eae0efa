"""Queries that are pinned to a release: ``/sparql?query=…&release=<id>``.

Such an answer is what the query's address gave while that release was served: a memento of it
(https://www.rfc-editor.org/rfc/rfc7089#section-2.1.1). It says whether the release that is served
now answers differently, in a field of RFC 9651's syntax::

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

from graphsvc import depot
from graphsvc.changes.answers import CHANGES, SAME, Verdict, compare
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
    from graphsvc.web.protocol import Asked, Parameters

_VERDICTS = 512
_OPEN = 2

#: A longer address is not repeated in a Link field: servers and clients bound their headers.
_LONGEST_LINK = 2048


class _Held(LRUCache[str, "tuple[Release, depot.Hold]"]):
    """Releases that are held until they are let go."""

    def popitem(self) -> tuple[str, tuple[Release, depot.Hold]]:
        """Let the release go that was not asked for longest."""
        name, (release, hold) = super().popitem()
        hold.close()
        return name, (release, hold)


class _Stores:
    """The stores of other releases, opened by the process that needs them."""

    def __init__(self, find: Callable[[str], Release]) -> None:
        self._find = find
        self._open = _Held(_OPEN)
        self._lock = Lock()

    def store(self, name: str) -> Store:
        """Return the store of a release, which is held while it is open here."""
        with self._lock:
            if name not in self._open:
                release = self._find(name)
                self._open[name] = release, depot.Hold(release.path)
            return self._open[name][0].store


class Pins:
    """The stores of an application's other releases, and the verdicts that it has come to."""

    def __init__(self, find: Callable[[str], Release]) -> None:
        self.stores = _Stores(find)
        self._verdicts = LRUCache[tuple[str, ...], "Verdict"](_VERDICTS)

    def verdict(self, pin: Pin, asked: Asked) -> Verdict:
        """Return whether the release that is served answers a pinned query differently."""
        if pin.is_served:
            return SAME
        if asked.changes:
            return CHANGES
        key = (pin.release.id, *asked.key)
        known = self._verdicts.get(key)
        if known is None:
            known = compare(pin.store, site().store, asked.query, asked.graphs)
            if known.state != "unknown":
                self._verdicts[key] = known
        return known


@dataclass(frozen=True, slots=True)
class Pin:
    """The release that a query is pinned to, and its store."""

    release: Release
    store: Store

    @property
    def is_served(self) -> bool:
        """Tell whether it is the release that is served."""
        return self.release.id == site().release.id

    @property
    def prefixes(self) -> Mapping[str, str]:
        """Return the prefixes that a query may leave out."""
        return self.release.prefixes.in_queries


def find(given: Parameters) -> Pin | None:
    """Return the release that a request is pinned to, if it is.

    Errors: RequestProblem: 410 if it has been removed, 404 if it never was, 400 if two are named.
    """
    names = given.all("release")
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


def answer(pin: Pin, asked: Asked, fmt: Format, content: Callable[[], Answer | str]) -> Response:
    """Return a pinned answer, which names its release and tells whether it still holds."""
    verdict = _pins().verdict(pin, asked)
    g.pin, g.verdict = pin, verdict
    tag = etag(
        pin.release, request.url_root, site().release.id, *asked.key, fmt.name, *of_reader(fmt)
    )
    response = responses.answer(fmt, tag, http_date(site().built), content)
    if asked.changes or verdict.state == "unknown":
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
    """Return the address of the query that was asked, pinned to a release or to none."""
    values = {name: found for name, found in request.values.lists() if name != "release"}
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
    found = current_app.extensions["graphsvc.pins"]
    if not isinstance(found, Pins):
        raise TypeError("The application was not made by create_app.")
    return found
