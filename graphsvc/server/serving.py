"""From settings and a release to a parent that serves it: ``python -m graphsvc.server.serving``.

The keeper starts this as a process of its own, with the settings in the environment, so that what
a build leaves in memory is not forked with each worker.
"""

from __future__ import annotations

import gzip
import logging
import os
import resource
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from graphsvc import depot, settings
from graphsvc.errors import GraphsvcError, StoreError
from graphsvc.release import Release
from graphsvc.server import bounds
from graphsvc.server.access_log import AccessLog
from graphsvc.server.application import Application, Waiting
from graphsvc.server.judge import Plan
from graphsvc.server.parent import Bounds, Parent
from graphsvc.server.watching import watch
from graphsvc.server.worker import Limits
from graphsvc.store.oxigraph import OxigraphStore
from graphsvc.survey.opening import HurriedReader, open_engine, project_beside
from graphsvc.survey.taking import take
from graphsvc.survey.unread import UnreadStore
from graphsvc.web.app import create_app, warm_up
from graphsvc.web.origin import PublicAddress

if TYPE_CHECKING:
    from graphsvc.settings import Settings
    from graphsvc.store.base import Store
    from graphsvc.views.graph import Reader
    from graphsvc.web.delivery import Delivering

_MEBIBYTE = 1 << 20

#: The part of the memory that is free at the start which workers may fill with copies of the
#: release, and the least that one needs for it.
_COPIED_PART = 0.5
_LEAST_COPIED = 64 * _MEBIBYTE


def load(values: Settings, release: Release) -> Application:
    """Return the application that all workers share: what a start reads is read here, once.

    A release that fits into memory is held there; of a larger one the files are open. The engine
    has threads for writing then. No fork copies them, and whoever only reads gives them no work.
    """
    if release.manifest.counts["quads"] > values.memory_quads:
        return _application(values, release, release.store)
    # A thread allocates from an arena of its own. So the millions of small blocks of the graph lie
    # there, and what a request needs lies together elsewhere: queries are read twice as fast. The
    # thread has ended before any process is forked.
    with ThreadPoolExecutor(max_workers=1) as loader:
        store = loader.submit(_load, release).result()
    return _application(values, release, store)


def _load(release: Release) -> OxigraphStore:
    with gzip.open(release.dump) as dump:
        return OxigraphStore.load(dump.read(), release.prefixes)


def _application(
    values: Settings, release: Release, store: Store, hurried: Reader | None = None
) -> Application:
    flask = create_app(release, values, store)
    warm_up(flask, hurried)
    pages = cast("Delivering", flask.wsgi_app)
    return Application(
        pages,
        flask.extensions["graphsvc.endpoint"],
        PublicAddress(values),
        values.deadline,
        log_of(values, release),
    )


def load_engine(values: Settings, release: Release) -> tuple[Release, Application]:
    """Return what is known of an engine, and the application that answers from it.

    ``release`` is what was known before; it is read anew, but for the index. If the engine does not
    answer, the application tells that, and another parent is started once it does.

    Errors: GraphsvcError if the engine answers, and its answers are of no use.
    """
    try:
        store = open_engine(values, release.prefixes)
        release = take(store, values, project_beside(values))
        return release, _application_of_engine(values, release)
    except StoreError as error:
        logging.getLogger(__name__).warning("%s %s", error.message, error.remedy)
        watch()
        application = _application(values, release, UnreadStore(error))
        return release, Waiting(application, error)


def _application_of_engine(values: Settings, release: Release) -> Application:
    store = open_engine(values, release.prefixes)
    hurried = HurriedReader(values, release.prefixes)
    application = _application(values, release, store, hurried)
    application.prepare = store.open_connections_by_thread
    return application


def log_of(values: Settings, release: Release) -> AccessLog | None:
    """Return the access log, if one is wanted."""
    return AccessLog(release.id) if values.access_log else None


def plan(values: Settings) -> Plan:
    """Return how many workers there may be, and what each may take.

    Whoever reads the release in memory also writes to it, since the engine counts its readers. So
    a worker ends up with a copy of its own of what it has read; it ends before that is too much.
    As long as there is memory enough it may have more than its part, for a new one copies anew.
    """
    copied = int(bounds.free_memory() * _COPIED_PART)
    most = max(1, min(values.workers, copied // _LEAST_COPIED))
    limits = Limits(
        memory=values.request_memory * _MEBIBYTE,
        copied=max(copied // most, _LEAST_COPIED),
        reserve=copied,
    )
    return Plan(
        most=most,
        quick=min(most, len(os.sched_getaffinity(0))),
        long=values.long_requests,
        deadline=values.deadline,
        limits=limits,
    )


@click.command()
@click.argument("release", type=click.Path(path_type=Path))
@click.argument("ready", type=int)
@click.argument("listeners", type=int, nargs=-1)
def main(release: Path, ready: int, listeners: tuple[int, ...]) -> None:
    """Serve a release on listening sockets, given by their descriptors.

    Once there are workers the name of the release is written into the descriptor READY.
    """
    bounds.end_with_parent()
    values = settings.load({})
    logging.basicConfig(level=values.log_level)
    _allow_descriptors()
    try:
        served = Release.open(release)
        if values.store:
            served, application = load_engine(values, served)
        else:
            application = load(values, served)
        depot.Hold(served.path)
    except GraphsvcError as error:
        raise SystemExit(f"Error: {error.message} {error.remedy}") from error
    except Exception as error:
        # Files of a release that somebody has changed can be wrong in any way.
        logging.getLogger(__name__).debug("The release cannot be loaded.", exc_info=True)
        raise SystemExit(f"Error: The release {release.name} cannot be loaded: {error}.") from error

    def tell_ready() -> None:
        os.write(ready, served.id.encode())
        os.close(ready)

    Parent(
        [socket.socket(fileno=descriptor) for descriptor in listeners],
        plan(values),
        Bounds(values.waiting_requests, values.request_timeout),
        application,
        log_of(values, served),
    ).run(tell_ready)


def _allow_descriptors() -> None:
    """Allow as many connections as the system lets this process have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    main()
