"""The process that answers an assistant: ``python -m graphsvc.assistants.worker RELEASE``.

A question is a line of JSON on standard input, ``{"method": …, "arguments": {…}}``. Its answer is a
line on standard output: ``{"answer": …}``, or ``{"problem": …}`` with what is wrong in words. The
settings are in the environment. `answerer` starts it, and ends it if a question takes too long.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from graphsvc import settings
from graphsvc.assistants.library import Library
from graphsvc.errors import GraphsvcError
from graphsvc.release import Release
from graphsvc.remote.store import RemoteStore
from graphsvc.server import bounds
from graphsvc.server.worker import forbid_sockets
from graphsvc.survey.engine import store_of
from graphsvc.survey.lookup import lookup_for
from graphsvc.web.problems import RequestProblem, problem_of
from graphsvc.web.site import Site

if TYPE_CHECKING:
    from graphsvc.settings import Settings

_MEBIBYTE = 1 << 20


def main() -> None:
    """Answer questions from a release, whose folder is the argument, until there are no more."""
    bounds.end_with_parent()
    bounds.write_no_core()
    bounds.use_one_arena()
    # Nothing but answers must get to where they go.
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    values = settings.load({})
    library = _library(Release.open(Path(sys.argv[1])), values)
    bounds.limit_memory(values.request_memory * _MEBIBYTE)
    forbid_sockets()
    _write(answers, {"answer": "ready"})
    for line in sys.stdin.buffer:
        question = json.loads(line)
        try:
            _write(answers, answer(library, question["method"], question["arguments"]))
        except MemoryError:
            os.abort()  # as the engine does when it is refused memory


def answer(library: Library, method: str, arguments: dict[str, object]) -> dict[str, object]:
    """Return what a method of the library answers, or what is wrong with the question."""
    try:
        return {"answer": getattr(library, method)(**arguments)}
    except RequestProblem as error:
        return {"problem": error.problem.as_text()}
    except GraphsvcError as error:
        return {"problem": problem_of(error).as_text()}


def _library(release: Release, values: Settings) -> Library:
    store = store_of(release, values)
    site = Site(release, store, lookup_for(release, store))
    site.warm_up()
    if isinstance(store, RemoteStore):
        store.open_connections_by_thread()
    return Library(site)


def _write(out: BinaryIO, message: dict[str, object]) -> None:
    out.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")


if __name__ == "__main__":
    main()
