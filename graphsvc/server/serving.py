"""Starts a parent for a release: ``python -m graphsvc.server.serving``.

The keeper starts it as a separate process, with the settings in the environment, so that the memory
of a build is not copied to each worker.
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

#: The part of the free memory at the start that copies of the release in workers may fill, and the
#: least that one worker needs.
_COPIED_PART = 0.5
_LEAST_COPIED = 64 * _MEBIBYTE


class ServiceContext(NamedTuple):
    """The settings of a parent, and the objects that it gets from the keeper.

    ``counters`` are those of all parents, ``spans`` is the socket for traces, ``board`` that of its
    workers, and ``status`` returns the status that the keeper wrote. ``state`` has the build
    reports while one edits.
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
        """Return the application for a store; ``fast_reader`` reads the data for the start."""
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
        """Return the records, metrics and limits of the service."""
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
    """Return the application that all workers share; the data for the start is read here, once.

    A release that fits into memory is loaded; a larger one is read from its files. Then the engine
    has threads for writing: a fork does not copy them, and reading does not need them.
    """
    if release.manifest.counts["quads"] > service.values.memory_quads:
        return service.application(release, release.store)
    # A thread allocates from its own arena. So the millions of small blocks of the graph are there,
    # and the memory of a request is compact: queries are parsed twice as fast. The thread ends
    # before a process is forked.
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
    """Return the release of an engine, and the application that answers from it.

    ``release`` is the one known before; it is read again, except for its index. If the engine does
    not answer, the application sends errors, and another parent is started when it answers.

    Errors: GraphsvcError if the engine's answers cannot be used.
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
    """Return the number of workers, and the limits of each.

    Reading the release in memory also writes to it, since the engine counts references. So a worker
    gets its own copy of the data that it reads; it ends before the copy is too large. While there
    is enough memory it may have more than its share, because a new worker would copy again.
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
@click.option(
    "--watch", "watch_descriptor", type=int, help="What is told of builds while one edits."
)
def main(
    release: Path, descriptors: tuple[int, ...], spans: int | None, watch_descriptor: int | None
) -> None:
    """Serve a release.

    DESCRIPTORS are those of the pipe for the name of the release, which is written when there are
    workers, of the file with the status of the keeper, of the memory with the counters, and of the
    listening sockets. The exit code is 65 if the release cannot be served.
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
            # While one edits, clients connect directly, not by the public address.
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
        # Changed files of a release may cause any exception.
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
    """Raise the limit of open files to the most that the system allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    main()
