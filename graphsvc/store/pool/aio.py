"""The client of the workers for the event loop of the endpoint.

A query has a place among the quick ones until it is done, or is no longer quick; then it goes on
beside them, and the next one in the queue gets its place. Whoever closes an answer ends its query.
"""

from __future__ import annotations

import asyncio
import os
import select
import socket
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from graphsvc.errors import Overloaded, StoreError
from graphsvc.store.pool import bounds, frames, requests
from graphsvc.store.pool.client import CAUSE_STEP, CAUSE_WAIT
from graphsvc.store.pool.frames import Frame, Kind
from graphsvc.store.pool.register import Cause, Register
from graphsvc.store.pool.supervisor import GRACE, QUICK, TICK, register_path, socket_path

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from pathlib import Path

#: How long a link waits for an answer before it lets the event loop go on, in seconds. Most point
#: lookups are answered by then, and a turn of the loop costs as much.
_AT_ONCE = 0.001

#: The first descriptor that select(2) cannot watch.
_FD_SETSIZE = 1024


class Pool:
    """The workers, as one event loop uses them."""

    def __init__(self, folder: Path, limits: requests.Limits) -> None:
        self._folder = folder
        self._limits = limits
        self._idle: list[_Link] = []
        self._lingering: set[_Link] = set()
        self._free = limits.quick
        self._queue: deque[asyncio.Future[None]] = deque()

    async def ask(
        self, request: bytes, client_gone: Callable[[], Coroutine[Any, Any, None]] | None = None
    ) -> Running:
        """Send a request; return the answer once its format is known.

        ``client_gone`` returns when nobody wants the answer any more: then the query is ended.
        The deadline counts from now, waiting for a place included.
        Errors: those of the query; StoreError and what is under it.
        """
        asked = asyncio.get_running_loop().time()
        if self._free:
            self._free -= 1
        else:
            await self._wait()
        try:
            link = await self._link(request)
        except BaseException:
            self.leave()
            raise
        running = Running(self, link, asked + self._limits.deadline)
        if not link.is_answered_at_once():
            running.watch(client_gone)
        try:
            await running.begin()
        except BaseException:
            running.close()
            raise
        return running

    async def _wait(self) -> None:
        if len(self._queue) >= self._limits.waiting:
            raise requests.crowded()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            await asyncio.wait_for(turn, self._limits.deadline)
        except TimeoutError:
            raise requests.crowded() from None
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave()
            raise
        finally:
            with suppress(ValueError):
                self._queue.remove(turn)

    def leave(self) -> None:
        """Give a place to the next in the queue."""
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def linger(self, link: _Link) -> None:
        """Close a link soon: first the asker is told, then the kernel frees the worker's memory."""
        self._lingering.add(link)
        asyncio.get_running_loop().call_later(GRACE, self._part_with, link)

    def _part_with(self, link: _Link) -> None:
        self._lingering.discard(link)
        link.close()

    def close(self) -> None:
        """Let the workers go that wait for queries, and those that are late."""
        for link in (*self._idle, *self._lingering):
            link.close()
        self._idle.clear()
        self._lingering.clear()

    def keep(self, link: _Link) -> None:
        """Keep a link for the next query."""
        self._idle.append(link)

    async def _link(self, request: bytes) -> _Link:
        while self._idle:
            link = self._idle.pop()
            if await link.send(request):
                return link
            link.close()
        link = await _connected(self._folder, self._limits.deadline)
        await link.send(request)
        return link

    async def failure(self, link: _Link, cause: Cause | None) -> StoreError:
        """Return why a worker has gone in the middle of an answer; ``cause`` if it is known."""
        for _ in range(int(CAUSE_WAIT / CAUSE_STEP)):
            if cause is not None:
                break
            cause = link.register.cause(link.pid)
            await asyncio.sleep(CAUSE_STEP)
        return requests.failure(cause, self._limits)


class _Place:
    """A place among the quick queries, left once: when the query is done or no longer quick."""

    __slots__ = ("_held", "_link", "_pool", "_timer")

    def __init__(self, pool: Pool, link: _Link) -> None:
        self._pool = pool
        self._link = link
        self._held = True
        self._timer: asyncio.TimerHandle | None = None

    def watch(self) -> None:
        """Look from time to time whether the query is still quick."""
        self._look_after(QUICK)

    def _look_after(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._look)

    def _look(self) -> None:
        if self._link.is_slow():
            self.leave()
        else:
            self._look_after(TICK)

    def leave(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._held:
            self._held = False
            self._pool.leave()


class Running:
    """An answer as it comes, after `begin`: its format, and its bytes."""

    def __init__(self, pool: Pool, link: _Link, expires: float) -> None:
        self._pool = pool
        self._link = link
        self._expires = expires
        self._place = _Place(pool, link)
        self._done = False
        self._late = False
        self._clock: asyncio.TimerHandle | None = None
        self._watcher: asyncio.Task[None] | None = None

    def watch(self, client_gone: Callable[[], Coroutine[Any, Any, None]] | None) -> None:
        """Keep an eye on the clock and the client of a query that is not answered at once."""
        self._place.watch()
        # The worker is ended on time, but the kernel is in no hurry to close its socket.
        loop = asyncio.get_running_loop()
        self._clock = loop.call_at(self._expires, self._time_over)
        if client_gone is not None:
            self._watcher = loop.create_task(self._end_after(client_gone))

    async def _end_after(self, client_gone: Callable[[], Coroutine[Any, Any, None]]) -> None:
        await client_gone()
        self._watcher = None
        self.close()

    def _time_over(self) -> None:
        self._late = True
        self._link.hang_up()

    async def begin(self) -> None:
        """Wait for the format; raise what the worker raises."""
        self.format = requests.format_of(await self._next())

    def is_whole(self) -> bool:
        """Tell whether all of the answer has come already."""
        return self._done or self._link.has_end()

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the bytes; StoreError if the answer breaks off."""
        while not self._done:
            frame = await self._next()
            if frame.kind is Kind.DATA:
                yield frame.payload
            else:
                self._finish(frame)

    async def _next(self) -> Frame:
        frame = await self._link.receive()
        if frame is None:
            self.close()
            raise await self._pool.failure(self._link, Cause.DEADLINE if self._late else None)
        if frame.kind is Kind.ERROR:
            self._finish(await self._link.receive())
            frames.raise_error(frame.payload)
        return frame

    def _finish(self, end: Frame | None) -> None:
        if self._done:
            return
        self._done = True
        if self._clock is not None:
            self._clock.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
        self._place.leave()
        if end is not None and end.kind is Kind.END and not end.payload:
            self._pool.keep(self._link)
        elif self._late:
            self._pool.linger(self._link)
        else:
            self._link.close()

    def close(self) -> None:
        """Give the answer up; its worker is ended if it is not done."""
        self._finish(None)


class _Link:
    """A connection to one worker. It is read only when somebody waits for what comes."""

    def __init__(
        self, connection: socket.socket, hello: Frame, leash: int, register: Register
    ) -> None:
        self.pid, self._slot = frames.who(hello)
        self.register = register
        self._connection = connection
        self._leash: int | None = leash
        self._reader = frames.FrameReader()
        self._frames: deque[Frame] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._gone = False

    async def send(self, request: bytes) -> bool:
        """Send a request; tell whether the worker is still there."""
        try:
            sent = self._connection.send(request)
            if sent < len(request):
                await asyncio.get_running_loop().sock_sendall(self._connection, request[sent:])
        except OSError:
            return False
        return True

    def is_answered_at_once(self) -> bool:
        """Wait for a moment; tell whether a whole answer has come."""
        descriptor = self._connection.fileno()
        if 0 <= descriptor < _FD_SETSIZE and select.select([descriptor], [], [], _AT_ONCE)[0]:
            self._read()
        return self.has_end()

    def has_end(self) -> bool:
        """Tell whether the last frame of an answer has come."""
        return bool(self._frames) and self._frames[-1].kind is Kind.END

    async def receive(self) -> Frame | None:
        """Return the next frame, or None if the worker has gone."""
        while not self._frames:
            if self._gone:
                return None
            if not self._read():
                await self._readable()
        return self._frames.popleft()

    def _read(self) -> bool:
        """Take what has come; tell whether anything has."""
        try:
            received = self._connection.recv(frames.CHUNK)
        except BlockingIOError:
            return False
        except OSError:
            received = b""
        self._gone = not received
        self._frames.extend(self._reader.feed(received))
        return True

    async def _readable(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        await _readable(self._connection, self._waiter)

    def is_slow(self) -> bool:
        """Tell whether the worker's query is no longer quick."""
        return self.register.is_slow(self._slot)

    def hang_up(self) -> None:
        """Expect nothing more of the worker."""
        self._gone = True
        self._frames.clear()
        if self._waiter is not None:
            _resolve(self._waiter)

    def close(self) -> None:
        """Let the worker go, and end what it is doing."""
        self.hang_up()
        if self._leash is not None:
            # Also to end, a process must be given a processor.
            if self.is_slow():
                bounds.regain_priority(self.pid)
            os.close(self._leash)
            self._leash = None
        self._connection.close()


async def _connected(folder: Path, timeout: float) -> _Link:
    """Return a link to a worker that has said hello."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(0)
    try:
        connection.connect(str(socket_path(folder)))
        hello = _readable(connection, asyncio.get_running_loop().create_future())
        await asyncio.wait_for(hello, timeout)
        received, leashes, _, _ = socket.recv_fds(connection, frames.CHUNK, 1)
        (leash,) = leashes
        (first,) = frames.FrameReader().feed(received)
        return _Link(connection, first, leash, Register(register_path(folder)))
    except BaseException as error:
        connection.close()
        if isinstance(error, TimeoutError):
            raise Overloaded("No worker became free.", remedy="Try again in a moment.") from None
        if isinstance(error, OSError | ValueError):
            raise StoreError(
                "No worker can be reached.", remedy="Ask the query again in a moment."
            ) from error
        raise


async def _readable(connection: socket.socket, ready: asyncio.Future[None]) -> None:
    """Wait until there is something to read, or somebody else makes ``ready``."""
    loop = asyncio.get_running_loop()
    descriptor = connection.fileno()
    loop.add_reader(descriptor, _resolve, ready)
    try:
        await ready
    finally:
        loop.remove_reader(descriptor)


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
