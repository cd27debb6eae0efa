"""Publishes a release into an engine, continues after an interruption, and undoes it.

The folder of an engine has the journals. A run may be interrupted at any step; the next one reads
from the journal what is left to do, and from the engine what has been done.
"""

from __future__ import annotations

import fcntl
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc import progress
from graphsvc.errors import PublishingError
from graphsvc.publishing import inventory
from graphsvc.publishing.contents import Contents
from graphsvc.publishing.engine import patiently
from graphsvc.publishing.inventory import inventory_iri
from graphsvc.publishing.journal import Journal
from graphsvc.publishing.plan import plan_release, plan_undo, write_journal
from graphsvc.publishing.sending import Sender
from graphsvc.publishing.strategies import Strategy, is_atomic
from graphsvc.publishing.verifying import compare, must_have

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from graphsvc.publishing.engine import WritableEngine
    from graphsvc.publishing.plan import PublicationPlan
    from graphsvc.release import Release

#: Notes of the journal: the aim (a release's id, or an undo), the strategy, and the progress.
_AIM, _STRATEGY, _STATE = "aim", "way", "state"
_UNDO = "undo"
_LOCK = ".lock"
_SENT_STATE, _DONE_STATE = "sent", "done"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result: the release in the engine, or None, and the numbers of changes.

    ``verified`` are the graphs whose contents were compared; counts are compared for all graphs.
    """

    release: str | None
    replaced: int
    removed: int
    quads: int
    verified: Sequence[str]


@dataclass(frozen=True, slots=True)
class Publisher:
    """Publishes the graphs of a base into an engine.

    ``folder`` has the journals; ``show_strategy`` is called with the strategy before anything
    changes. Errors of all methods: PublishingError.
    """

    engine: WritableEngine
    base: str
    folder: Path
    show_strategy: Callable[[Strategy], None]

    def publish(self, release: Release, adopted: Sequence[str] = ()) -> Outcome:
        """Put a release into the engine, or continue an interrupted run for the same release.

        Graphs whose IRIs begin with one of ``adopted`` are replaced even if others wrote them.
        """
        contents = Contents.of_file(release.dump)
        with self._locked_folder():
            journal = self._unfinished(release.id)
            if journal is None:
                _refuse_unfinished(Journal.newest(self.folder))
                plan = plan_release(self.engine, release.id, self.base, contents, adopted)
                if not plan.changed and plan.before.release == release.id:
                    return Outcome(release.id, 0, 0, 0, compare(self.engine, contents, ()))
                journal = self._new_journal(plan, release.id)
            with closing(journal):
                return self._carry_out(journal, contents)

    def undo(self) -> Outcome:
        """Restore the content before the last publication, whether it was completed or not.

        Continue an interrupted undo.
        """
        with self._locked_folder():
            journal = self._unfinished(_UNDO)
            if journal is not None:
                with closing(journal):
                    return self._carry_out(journal, Contents.read(journal.sent_lines))
            last = Journal.newest(self.folder)
            if last is None:
                raise PublishingError(
                    "Nothing was published from here to this engine, so there is nothing to undo.",
                    remedy="Give the --releases and the --to of the publication.",
                )
            with closing(last):
                plan = plan_undo(self.engine, self.base, last)
                with closing(self._new_journal(plan, _UNDO)) as journal:
                    return self._carry_out(journal, plan.contents)

    @contextmanager
    def _locked_folder(self) -> Iterator[None]:
        """Lock the folder until this process ends.

        Errors of the folder are raised as PublishingError.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / _LOCK).open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield
        except BlockingIOError as error:
            raise PublishingError(
                "Another process publishes to this engine.", remedy="Wait for its end."
            ) from error
        except (OSError, sqlite3.Error) as error:
            raise PublishingError(
                f"The journal in {self.folder} cannot be written: {error}.",
                remedy="Make room or give the right to write there; then run the command again. Or "
                "give another folder by --releases.",
            ) from error

    def _unfinished(self, aim: str) -> Journal | None:
        """Return the journal of an interrupted run for this aim; None if there is none.

        It is None too if another folder has published to the engine since. A release that was sent
        but not verified is planned again, to send the differences. An undo is not planned again,
        since that would undo the undo.
        """
        journal = Journal.newest(self.folder)
        if journal is None:
            return None
        last = _DONE_STATE if aim == _UNDO else _SENT_STATE
        if journal.note(_AIM) == aim and journal.note(_STATE) not in (last, _DONE_STATE):
            there = patiently(lambda: inventory.read(self.engine, self.base)).release
            if there in (None, journal.before.release, journal.after.release):
                return journal
        journal.close()
        return None

    def _new_journal(self, plan: PublicationPlan, aim: str) -> Journal:
        def write(journal: Journal) -> None:
            journal.write_note(_AIM, aim)
            write_journal(plan, self.engine, journal)

        return Journal.create(self.folder, write)

    def _carry_out(self, journal: Journal, contents: Contents) -> Outcome:
        strategy = self._strategy(journal)
        self.show_strategy(strategy)
        if journal.note(_STATE) is None:
            Sender(self.engine, journal, self.base).send(strategy)
            journal.write_note(_STATE, _SENT_STATE)
        changes = journal.changes()
        progress.tell("Verifying")
        must_have(
            self.engine,
            {change.graph: change.quads for change in changes},
            lambda graph: journal.lines([graph]),
        )
        compared = compare(self.engine, contents, [change.graph for change in changes])
        journal.write_note(_STATE, _DONE_STATE)
        replaced = [change.quads for change in changes if change.quads]
        return Outcome(
            journal.after.release,
            len(replaced),
            len(changes) - len(replaced),
            sum(replaced),
            compared,
        )

    def _strategy(self, journal: Journal) -> Strategy:
        """Return the strategy of a journal; without one, test the engine and choose it."""
        name = journal.note(_STRATEGY)
        if name is not None:
            return Strategy[name]
        if not is_atomic(self.engine, f"{inventory_iri(self.base)}/tried"):
            strategy = Strategy.IN_PLACE
        else:
            fits = journal.size() <= self.engine.request_size
            strategy = Strategy.ONE_REQUEST if fits else Strategy.STAGED
        journal.write_note(_STRATEGY, strategy.name)
        return strategy


def _refuse_unfinished(journal: Journal | None) -> None:
    """Refuse to begin after an interrupted run: the former content would be lost."""
    if journal is None:
        return
    with closing(journal):
        if journal.note(_STRATEGY) == Strategy.IN_PLACE.name and journal.note(_STATE) is None:
            aim = journal.note(_AIM)
            finish = "--undo" if aim == _UNDO else f"--release {aim}"
            raise PublishingError(
                "A run of this command was interrupted, and the engine has only a part of its "
                "release.",
                remedy=f"Finish it with {finish}, or bring back what was there with --undo.",
            )
