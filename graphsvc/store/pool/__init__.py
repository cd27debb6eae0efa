"""Query workers: forked processes that share one release and can be ended at any moment.

The engine cannot be interrupted, has no deadline and no bound on its memory. So a query runs in a
process of its own kind: the `supervisor` loads the release once and forks `worker`s, which share
its memory, start in milliseconds, and are ended by the kernel (`bounds`) when they take too long,
take too much, or when the one who asked has gone. They answer in `frames` over a Unix socket, so
that an answer is whole or visibly not; a `client` says why, from the `register` of deaths.
"""

from __future__ import annotations

import os
from pathlib import Path

from graphsvc.errors import SettingsError

#: The environment variable in which a server's processes find the folder of the workers.
FOLDER = "QUERY_WORKERS_FOLDER"


def workers_folder() -> Path:
    """Return the folder where this service's workers are; SettingsError if there are none."""
    folder = os.environ.get(FOLDER)
    if not folder:
        raise SettingsError(
            f"{FOLDER} is not set: this process knows of no query workers.",
            remedy="Start the service with 'graphsvc serve'; graphsvc.web.wsgi does without them.",
        )
    return Path(folder)
