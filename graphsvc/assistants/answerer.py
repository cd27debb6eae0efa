"""A process that answers, and is ended when a question takes more time or memory than it may.

The engine cannot be interrupted. So a question is answered by a `worker`, which the kernel holds to
its memory and which is killed at the deadline; the next question finds a new one.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio
from anyio.streams.buffered import BufferedByteReceiveStream

from graphsvc.server import bounds
from graphsvc.server.failures import Cause, cause_of, error_of
from graphsvc.web.problems import problem_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from anyio.abc import ByteSendStream, Process

_PROGRAM = (sys.executable, "-m", "graphsvc.assistants.worker")

#: No answer is longer, in bytes.
_LONGEST = 1 << 28

#: What a pipe raises whose other end has gone.
_ENDED = (anyio.EndOfStream, anyio.IncompleteRead, anyio.BrokenResourceError)


class Refusal(Exception):  # noqa: N818 - it is an answer
    """A question has no answer; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class _Worker:
    process: Process
    questions: ByteSendStream
    answers: BufferedByteReceiveStream

    @classmethod
    async def start(cls, release: Path) -> _Worker:
        """Return a worker; it says something once it has read the release."""
        # What it logs goes to where this process logs.
        environment = bounds.without_backtrace(os.environ)
        process = await anyio.open_process((*_PROGRAM, release), stderr=None, env=environment)
        if process.stdin is None or process.stdout is None:
            raise TypeError("The process has no pipes.")
        return cls(process, process.stdin, BufferedByteReceiveStream(process.stdout))

    async def read(self) -> dict[str, Any]:
        """Return what it says next."""
        message: dict[str, Any] = json.loads(await self.answers.receive_until(b"\n", _LONGEST))
        return message

    async def end(self) -> int:
        """End it, if it has not ended; return its exit code, or minus the signal that ended it."""
        with anyio.CancelScope(shield=True):
            if self.process.returncode is None:
                # Process.kill would take the exit status of one that has just ended.
                with suppress(ProcessLookupError):
                    os.kill(self.process.pid, signal.SIGKILL)
            code = await self.process.wait()
            await self.process.aclose()
        return code


class Answerer:
    """What answers questions from a release, one after the other; ``deadline`` is in seconds."""

    def __init__(self, release: Path, deadline: float) -> None:
        self._release = release
        self._deadline = deadline
        self._turn = anyio.Lock()
        self._worker: _Worker | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """End the worker at the end of what is done within."""
        try:
            yield
        finally:
            await self._end()

    async def ask(self, method: str, /, **arguments: object) -> dict[str, Any]:
        """Return what a method of the library answers. Errors: Refusal."""
        question = json.dumps({"method": method, "arguments": arguments}).encode() + b"\n"
        async with self._turn:
            message = await self._answer(question)
        if "problem" in message:
            raise Refusal(message["problem"])
        answer: dict[str, Any] = message["answer"]
        return answer

    async def _answer(self, question: bytes) -> dict[str, Any]:
        try:
            worker = await self._started()
            with anyio.fail_after(self._deadline):
                await worker.questions.send(question)
                return await worker.read()
        except TimeoutError as error:
            await self._end()
            raise self._refusal(Cause.DEADLINE) from error
        except _ENDED as error:
            raise self._refusal(_cause(await self._end())) from error
        except BaseException:
            # Its answer would be taken for that of the next question.
            await self._end()
            raise

    async def _started(self) -> _Worker:
        if self._worker is None:
            self._worker = await _Worker.start(self._release)
            await self._worker.read()
        return self._worker

    async def _end(self) -> int:
        """End the worker, if there is one, and return how it ended."""
        worker, self._worker = self._worker, None
        return 0 if worker is None else await worker.end()

    def _refusal(self, cause: Cause) -> Refusal:
        return Refusal(problem_of(error_of(cause, self._deadline)).as_text())


def _cause(code: int) -> Cause:
    return cause_of(-code if code < 0 else code << 8)
