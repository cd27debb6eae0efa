"""The notice of a service: who looks for services while one starts finds it, and deletes nothing.

`graphsvc reload` and the process that builds for `graphsvc watch` look in a folder again and again,
also at the moment in which a service writes its notice there.
"""

from __future__ import annotations

import multiprocessing
from contextlib import contextmanager
from typing import TYPE_CHECKING

from graphsvc.server.notice import Notice, ServiceStatus, services

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.synchronize import Event
    from pathlib import Path

STARTS = 1_500
"""So many that a notice that is deleted at its start is met in nearly every run."""


def look(folder: Path, start_time: Event) -> None:
    start_time.set()
    while True:
        services(folder)


@contextmanager
def watched(folder: Path) -> Iterator[None]:
    """Have another process look for services all the time; it must not have failed."""
    context = multiprocessing.get_context("spawn")
    start_time = context.Event()
    reader = context.Process(target=look, args=(folder, start_time), daemon=True)
    reader.start()
    assert start_time.wait(60)
    try:
        yield
        assert reader.exitcode is None
    finally:
        reader.kill()
        reader.join()


def test_a_service_that_starts_is_found_by_who_looks_all_the_time(tmp_path: Path) -> None:
    with watched(tmp_path):
        for number in range(STARTS):
            with Notice(tmp_path, ["http://127.0.0.1/"]) as notice:
                notice.write(ServiceStatus(str(number)))
                assert [each.status.release for each in services(tmp_path)] == [str(number)]


def test_a_notice_leaves_no_file(tmp_path: Path) -> None:
    with Notice(tmp_path, []) as notice:
        notice.write(ServiceStatus("one"))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_folder_has_no_services_but_is_served(tmp_path: Path) -> None:
    with Notice(tmp_path / "missing", []) as notice:
        notice.write(ServiceStatus("one"))
    assert services(tmp_path / "missing") == []
