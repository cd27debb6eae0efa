"""A cache for the few expensive pages, which show something of every class or property.

All other pages link to them. Such a page is the same for a release and a reader, so each process
makes it once: the vocabulary, the dataset with its parts, the list of all things.
"""

from __future__ import annotations

from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

from flask import request

from graphsvc.web.languages import reader
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Callable


#: A server with threads may ask for pages at the same time.
_LOCK = Lock()


def cached_page(key: tuple[object, ...], make: Callable[[], str]) -> str:
    """Return a page from the cache; it is made if it is missing. ``key`` identifies it.

    The statements of an engine may change, so their pages are not cached.
    """
    if site().release.engine:
        return make()
    cache = site().page_cache
    name = repr((key, reader(), request.url_root))
    with _LOCK:
        page = cache.get(name)
    if page is None:
        page = make().encode()
        # One that is larger than all that may be kept is made each time.
        with _LOCK, suppress(ValueError):
            cache[name] = page
    return page.decode()
