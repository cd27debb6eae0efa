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
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import click

from graphsvc import release_repository, settings
from graphsvc.editing import registration as editing
from graphsvc.editing.state import EditingState
from graphsvc.errors import GraphsvcError, SettingsError, StoreError
from graphsvc.namespaces import DERIVATIONS, graph_iri
from graphsvc.release import Release
from graphsvc.server import bounds
from graphsvc.server.access_log import AccessLog
from graphsvc.server.application import Application, Waiting
from graphsvc.server.board import Board
from graphsvc.server.counters import Counters, Event
from graphsvc.server.keeper import REFUSED
from graphsvc.server.metrics import Metrics
from graphsvc.server.notice import read_status
from graphsvc.server.operations import Operations
from graphsvc.server.parent import Bounds, Parent
from graphsvc.server.rate_limit import RateLimit
from graphsvc.server.records import RequestJournal
from graphsvc.server.scheduler import WorkerPlan
from graphsvc.server.slow_log import SlowLog
from graphsvc.server.tracing import Tracer
from graphsvc.server.watching import watch
from graphsvc.server.worker import Limits
from graphsvc.store.oxigraph import OxigraphStore
from graphsvc.survey.engine import FastReader, open_engine, project_beside
from graphsvc.survey.placeholder import UnavailableStore
from graphsvc.survey.snapshot import take
from graphsvc.web.app import create_app, warm_up
from graphsvc.web.origin import Peers, PublicAddress

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphsvc.server.notice import ServiceStatus
    from graphsvc.server.records import RecordReader
    from graphsvc.settings import Settings
    from graphsvc.store.base import Store
    from graphsvc.views.graph import Reader as GraphReader
    from graphsvc.web.delivery import DeliveryMiddleware

logger = logging.getLogger(__name__)

_MEBIBYTE = 1 << 20

#: The part of the memory that is free at the start which workers may fill with copies of the
#: release, and the least that one needs for it.
_COPIED_PART = 0.5
_LEAST_COPIED = 64 * _MEBIBYTE


class ServiceContext(NamedTuple):
    """What a parent serves with: the settings, and what it has of the keeper.

    ``counters`` are those of all parents, ``spans`` is the socket for traces, ``board`` that of its
    workers, and ``status`` returns what the keeper says is served. ``state`` is what is told of
    builds while one edits.
    """

    values: Settings
    counters: Counters
    spans: int | None
    board: Board
    status: Callable[[], ServiceStatus | None]
    state: EditingState | None = None

    def application(
        self, release: Release, store: Store, fast_reader: GraphReader | None = None
    ) -> Application:
        """Return what answers from a store; ``hurried`` reads what the start needs of an engine."""
        flask = create_app(release, self.values, store)
        flask.config["STATUS"] = self.status
        if self.state is not None:
            editing.register(flask, self.state, self.values)
        warm_up(flask, fast_reader)
        pages = cast("DeliveryMiddleware", flask.wsgi_app)
        return Application(
            pages,
            flask.extensions["graphsvc.endpoint"],
            PublicAddress(self.values),
            self.values.deadline,
            self._operations(release),
        )

    def _operations(self, release: Release) -> Operations:
        """Return what those who run the service want to have of it."""
        values = self.values
        readers: list[RecordReader] = []
        journal = RequestJournal(self.counters, readers)
        if self.spans is not None:
            readers.append(Tracer(self.spans, release.id, lambda: journal.count(Event.SPAN_LOST)))
        if values.access_log:
            readers.append(AccessLog(release.id))
        if values.slow_queries:
            readers.append(SlowLog(release.id, values.slow_queries))
        return Operations(
            journal,
            RateLimit(values.rate_limit) if values.rate_limit else None,
            Metrics(self.counters, self.board, release.manifest),
            Peers(values.metrics_readers),
        )


def load(service: ServiceContext, release: Release) -> Application:
    """Return the application that all workers share: what a start reads is read here, once.

    A release that fits into memory is held there; of a larger one the files are open. The engine
    has threads for writing then. No fork copies them, and whoever only reads gives them no work.
    """
    if release.manifest.counts["quads"] > service.values.memory_quads:
        return service.application(release, release.store)
    # A thread allocates from an arena of its own. So the millions of small blocks of the graph lie
    # there, and what a request needs lies together elsewhere: queries are read twice as fast. The
    # thread has ended before any process is forked.
    with ThreadPoolExecutor(max_workers=1) as loader:
        store = loader.submit(_load, release).result()
    return service.application(release, store)


def _load(release: Release) -> OxigraphStore:
    with gzip.open(release.dump) as dump:
        apart = graph_iri(release.base, DERIVATIONS)
        return OxigraphStore.load(dump.read(), release.prefixes, apart)


_NOT_MERGED = (
    "What no graph is named for in a query is not looked for in the engine's named graphs, so that "
    "pages lack facts. Let its default graph be the union of all graphs: docs/engines.md says how."
)


def load_engine(service: ServiceContext, release: Release) -> tuple[Release, Application]:
    """Return what is known of an engine, and the application that answers from it.

    ``release`` is what was known before; it is read anew, but for the index. If the engine does not
    answer, the application tells that, and another parent is started once it does.

    Errors: GraphsvcError if the engine answers, and its answers are of no use.
    """
    values = service.values
    try:
        store = open_engine(values, release.prefixes)
        if not store.is_merged:
            logger.warning(_NOT_MERGED)
        release = take(store, values, project_beside(values))
        return release, _application_of_engine(service, release)
    except StoreError as error:
        logger.warning("%s %s", error.message, error.remedy)
        watch()
        application = service.application(release, UnavailableStore(error))
        return release, Waiting(application, error)


def _application_of_engine(service: ServiceContext, release: Release) -> Application:
    store = open_engine(service.values, release.prefixes)
    logger.info("The engine is %s.", store.recognise().label)
    fast_reader = FastReader(service.values, release.prefixes)
    application = service.application(release, store, fast_reader)
    application.prepare = store.open_connections_by_thread
    store.count_failures(application.journal.count_failure)
    return application


def plan(values: Settings) -> WorkerPlan:
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
    return WorkerPlan(
        most=most,
        quick=min(most, len(os.sched_getaffinity(0))),
        long=values.long_requests,
        deadline=values.deadline,
        limits=limits,
    )


@click.command()
@click.argument("release", type=click.Path(path_type=Path))
@click.argument("descriptors", type=int, nargs=-1)
@click.option("--spans", type=int, help="The socket for traces.")
@click.option("--watch", "edited", type=int, help="What is told of builds while one edits.")
def main(
    release: Path, descriptors: tuple[int, ...], spans: int | None, watch_descriptor: int | None
) -> None:
    """Serve a release.

    DESCRIPTORS are those of the pipe into which the name of the release is written once there are
    workers, of the file into which the keeper writes what is served, of the memory in which the
    processes of the service count, and of the listening sockets. The exit code is 65 if the release
    cannot be served.
    """
    ready, notice, counters, *listeners = descriptors
    bounds.end_with_parent()
    values = settings.load({})
    logging.basicConfig(level=values.log_level)
    _allow_descriptors()
    try:
        served = Release.open(release)
        release_repository.ReleaseLock(served.path)
        served.verify()
        intended = plan(values)
        board = Board(intended.most)
        status = partial(read_status, notice)
        state = None if watch_descriptor is None else EditingState(watch_descriptor)
        if state is not None:
            # It is reached directly, whatever address the published service has.
            values = replace(values, public_url=None, trusted_proxies=None)
        service = ServiceContext(values, Counters(counters), spans, board, status, state)
        if values.store:
            served, application = load_engine(service, served)
            release_repository.ReleaseLock(served.path)
        else:
            application = load(service, served)
    except SettingsError as error:
        raise SystemExit(f"Error: {error.message} {error.remedy}") from error
    except GraphsvcError as error:
        logger.error("%s %s", error.message, error.remedy)  # noqa: TRY400 - it says it all
        raise SystemExit(REFUSED) from error
    except Exception as error:
        # Files of a release that somebody has changed can be wrong in any way.
        logger.debug("The release cannot be loaded.", exc_info=True)
        logger.error("The release %s cannot be loaded: %s.", release.name, error)  # noqa: TRY400
        raise SystemExit(REFUSED) from error

    def tell_ready() -> None:
        os.write(ready, served.id.encode())
        os.close(ready)

    Parent(
        [socket.socket(fileno=descriptor) for descriptor in listeners],
        intended,
        Bounds(values.waiting_requests, values.request_timeout),
        application,
        board,
    ).run(tell_ready)


def _allow_descriptors() -> None:
    """Allow as many connections as the system lets this process have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    main()
