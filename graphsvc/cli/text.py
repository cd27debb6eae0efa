"""``graphsvc text``: adds a text to a project, and updates its files after a change."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.text import Text

from graphsvc.authoring import adding, updating
from graphsvc.cli.failures import Failing
from graphsvc.findings import printable
from graphsvc.texts.model import FACTS, REGISTER, excerpt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from graphsvc.authoring.adding import AddedText
    from graphsvc.authoring.updating import Update
    from graphsvc.texts.model import PassageEntry

_in_project = click.option(
    "--project",
    "project",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=Path(),
    help="The project's folder, by default the current one.",
)


@click.group(cls=Failing)
def text() -> None:
    """Add a source text to a project, or update one that was changed."""


@text.command()
@click.argument("file", type=click.Path(path_type=Path))
@_in_project
@click.option("--name", metavar="SLUG", help="The name of the text's folder under data/.")
@click.option("--title", help="The title, by default the document's own.")
@click.option("--language", metavar="TAG", help="The language, such as en, de or zh-Hant.")
def add(
    file: Path, project: Path, name: str | None, title: str | None, language: str | None
) -> None:
    """Take a text into a project, with its passages and a block for the facts of each.

    FILE is plain text, Markdown, HTML, PDF or a Word document (.docx). Its words become text.txt
    in a new folder under data/, the file is kept beside it.
    """
    _show_added(adding.add(project, file, adding.TextOptions(name, title, language)))


@text.command()
@click.argument("slug")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@_in_project
@click.option("--dry-run", "is_trial", is_flag=True, help="Only tell what would change.")
def update(slug: str, file: Path | None, project: Path, *, is_trial: bool) -> None:
    """Bring the passages and the facts of a text in line with its changed words.

    SLUG is the name of the text's folder. With FILE, a new version of the document, the words are
    taken from it; without, they are those of text.txt as it is now. What is still there keeps its
    name and its facts; facts of what is gone stay at the end of facts.trig, as comments.
    """
    result = updating.update(project, slug, file)
    if not is_trial:
        result.write(project)
    _show_update(result, "would change" if is_trial else "written")


def _show_added(added: AddedText) -> None:
    console = Console(highlight=False)
    kinds = Counter(entry.kind.value for entry in added.entries)
    counts = ", ".join(f"{count:,} {kind}{'s' * (count != 1)}" for kind, count in kinds.items())
    first, last = added.entries[0].name, added.entries[-1].name
    _say(console, f"data/{added.place.slug}: passages {first} to {last}: {_plain(counts)}.")
    if added.suggestions:
        count = len(added.suggestions)
        _say(console, f"{count:,} of them name things that the project knows.")
    _say(console, f"Now write the facts of each sentence into {added.place.path(FACTS)}.")
    _say(
        console,
        f"What is no part of the text itself, mark as furniture in {added.place.path(REGISTER)}.",
    )


def _plain(counts: str) -> str:
    return counts.replace("furnitures", "furniture")


def _show_update(result: Update, done: str) -> None:
    console = Console(highlight=False)
    _list(console, "moved", result.moved, _entry)
    _list(
        console,
        "changed",
        result.changed,
        lambda each: f"{_entry(each.after)}\n    before: {excerpt(each.before.words)}",
    )
    _list(console, "new", result.new, _entry)
    _list(console, "returned, with name and facts", result.returned, _entry)
    _list(console, "gone", result.removed, lambda each: _entry(each) + _where_named(result, each))
    if result.changed:
        _say(console, "See whether the facts of what has changed are still what it says.")
    for name in result.files:
        _say(console, f"{done}: {result.place.path(name)}")
    if not result.files:
        _say(console, f"data/{result.place.slug} is as its text is; nothing changes.")


def _list(console: Console, what: str, entries: Iterable[object], line: Callable[..., str]) -> None:
    lines = [line(entry) for entry in entries]
    if lines:
        _say(console, f"{len(lines):,} {what}")
    for each in lines:
        _say(console, f"  {each}")


def _entry(entry: PassageEntry) -> str:
    return f"{entry.name} ({entry.kind.value}) {excerpt(entry.words)}"


def _where_named(result: Update, entry: PassageEntry) -> str:
    places = result.mentions.get(entry.name, ())
    return f"\n    still named in {', '.join(places)}" if places else ""


def _say(console: Console, line: str) -> None:
    console.print(Text(printable(line)), soft_wrap=True)
