"""An answer that is written while it is read: the engine in a thread, a pipe between.

The engine writes an answer at one go and the web wants it in pieces. A pipe gives both: the
kernel holds the writer back while nobody reads, and breaks it off when the reader has gone.
"""

from __future__ import annotations

import os
from concurrent.futures import Future
from threading import Thread
from typing import IO, TYPE_CHECKING, Protocol

from graphsvc.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphsvc.formats import Format

#: How many bytes a chunk has at most.
CHUNK = 65_536


class Writer(Protocol):
    """Writes an answer to a binary file; its format is known before the first byte."""

    @property
    def format(self) -> Format:
        """Return the format of the answer."""
        ...

    def write(self, out: IO[bytes]) -> None:
        """Write the whole answer."""
        ...


class Chunks:
    """The bytes of an answer as they come; ``close`` ends the writing if it is not done."""

    def __init__(self, reading: int, done: Future[None]) -> None:
        self._pipe = os.fdopen(reading, "rb", buffering=0)
        self._done = done

    def __iter__(self) -> Chunks:
        return self

    def __next__(self) -> bytes:
        chunk = b"" if self._pipe.closed else self._pipe.read(CHUNK)
        if chunk:
            return chunk
        self.close()
        if error := self._done.exception():
            raise StoreError(f"The answer broke off: {error}.") from error
        raise StopIteration

    def close(self) -> None:
        """Stop reading; the writer ends at its next byte."""
        self._pipe.close()

    def __del__(self) -> None:
        self.close()


def stream(prepare: Callable[[], Writer]) -> tuple[Format, Chunks]:
    """Prepare an answer and write it in one thread; return its format and its bytes.

    What ``prepare`` raises is raised here. The engine's results belong to the thread that asked
    for them, so asking and writing are not parted.
    """
    chosen: Future[Format] = Future()
    done: Future[None] = Future()
    reading, writing = os.pipe()
    chunks = Chunks(reading, done)
    Thread(target=_work, args=(prepare, chosen, done, writing), daemon=True).start()
    return chosen.result(), chunks


def _work(
    prepare: Callable[[], Writer], chosen: Future[Format], done: Future[None], writing: int
) -> None:
    # Tracebacks stay here: their frames hold results, which no other thread may let go of.
    with os.fdopen(writing, "wb", buffering=0) as out:
        try:
            writer = prepare()
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            chosen.set_exception(error.with_traceback(None))
            return
        chosen.set_result(writer.format)
        try:
            writer.write(out)
        except BaseException as error:  # noqa: BLE001 - raised again by who reads to the end
            done.set_exception(error.with_traceback(None))
        else:
            done.set_result(None)
