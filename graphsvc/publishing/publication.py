"""Publishing a release into an engine, going on after an interruption, and undoing it.

The folder of an engine has the journals. Whatever ends a run, at any step, the next one finds in
the journal what is left to do, and in the engine what is there.
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
from graphsvc.publishing.verifying import compare, must_have
from graphsvc.publishing.ways import Way, is_atomic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from graphsvc.publishing.engine import Engine
    from graphsvc.publishing.plan import Plan
    from graphsvc.release import Release

#: What the journal notes: for what it is (a release's id, or to undo), in which way, how far.
_AIM, _WAY, _STATE = "aim", "way", "state"
_UNDO = "undo"
_LOCK = ".lock"
_SENT, _DONE = "sent", "done"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done: which release is in the engine now, or None, and what has changed for that.

    ``verified`` are the graphs whose contents were compared, beside the counts of all.
    """

    release: str | None
    replaced: int
    removed: int
    quads: int
    verified: Sequence[str]


@dataclass(frozen=True, slots=True)
class Publisher:
    """Publishes what has a base into an engine.

    ``folder`` has the journals; ``show_way`` is called with the way before anything changes. Errors
    of all methods: PublishingError.
    """

    engine: Engine
    base: str
    folder: Path
    show_way: Callable[[Way], None]

    def publish(self, release: Release, adopted: Sequence[str] = ()) -> Outcome:
        """Put a release into the engine; go on if a run for the same release was ended.

        Graphs whose IRIs begin with one of ``adopted`` are replaced whatever is there.
        """
        contents = Contents.of_file(release.dump)
        with self._alone():
            journal = self._unfinished(release.id)
            if journal is None:
                _refuse_halfway(Journal.newest(self.folder))
                plan = plan_release(self.engine, release.id, self.base, contents, adopted)
                if not plan.changed and plan.before.release == release.id:
                    return Outcome(release.id, 0, 0, 0, compare(self.engine, contents, ()))
                journal = self._new_journal(plan, release.id)
            with closing(journal):
                return self._carry_out(journal, contents)

    def undo(self) -> Outcome:
        """Bring back what was there before the last publication, whether it was ended or not.

        Go on if a run that undoes it was ended.
        """
        with self._alone():
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
    def _alone(self) -> Iterator[None]:
        """Keep other processes out of the folder; the lock goes with this process.

        What goes wrong with the folder is told as PublishingError.
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
        """Return the journal of a run for this aim that was ended; None if there is none.

        None too if somebody else has published to the engine since. A release that was sent and not
        verified is planned again, to send what differs. To plan an undo again would undo it.
        """
        journal = Journal.newest(self.folder)
        if journal is None:
            return None
        last = _DONE if aim == _UNDO else _SENT
        if journal.note(_AIM) == aim and journal.note(_STATE) not in (last, _DONE):
            there = patiently(lambda: inventory.read(self.engine, self.base)).release
            if there in (None, journal.before.release, journal.after.release):
                return journal
        journal.close()
        return None

    def _new_journal(self, plan: Plan, aim: str) -> Journal:
        def write(journal: Journal) -> None:
            journal.write_note(_AIM, aim)
            write_journal(plan, self.engine, journal)

        return Journal.written(self.folder, write)

    def _carry_out(self, journal: Journal, contents: Contents) -> Outcome:
        way = self._way(journal)
        self.show_way(way)
        if journal.note(_STATE) is None:
            Sender(self.engine, journal, self.base).send(way)
            journal.write_note(_STATE, _SENT)
        changes = journal.changes()
        progress.tell("Verifying")
        must_have(
            self.engine,
            {change.graph: change.quads for change in changes},
            lambda graph: journal.lines([graph]),
        )
        compared = compare(self.engine, contents, [change.graph for change in changes])
        journal.write_note(_STATE, _DONE)
        replaced = [change.quads for change in changes if change.quads]
        return Outcome(
            journal.after.release,
            len(replaced),
            len(changes) - len(replaced),
            sum(replaced),
            compared,
        )

    def _way(self, journal: Journal) -> Way:
        """Return the way of a journal; the first time the engine is tried."""
        chosen = journal.note(_WAY)
        if chosen is not None:
            return Way[chosen]
        if not is_atomic(self.engine, f"{inventory_iri(self.base)}/tried"):
            way = Way.IN_PLACE
        else:
            fits = journal.size() <= self.engine.request_size
            way = Way.ONE_REQUEST if fits else Way.STAGED
        journal.write_note(_WAY, way.name)
        return way


def _refuse_halfway(journal: Journal | None) -> None:
    """Refuse to begin while another release is there in part: what was there would be lost."""
    if journal is None:
        return
    with closing(journal):
        if journal.note(_WAY) == Way.IN_PLACE.name and journal.note(_STATE) is None:
            aim = journal.note(_AIM)
            finish = "--undo" if aim == _UNDO else f"--release {aim}"
            raise PublishingError(
                "A run of this command was ended, and the engine has a part of what it was to put "
                "there.",
                remedy=f"Finish it with {finish}, or bring back what was there with --undo.",
            )
