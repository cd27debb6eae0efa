"""``graphsvc new``: makes a project that can be built and served."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from graphsvc.authoring import starting
from graphsvc.authoring.starting import NewProject


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--title", help="What the dataset is called.")
@click.option("--base-iri", "base", metavar="IRI", help="The base of every IRI, ending in a slash.")
@click.option("--licence", metavar="IRI", help="The licence of the data, by its address.")
@click.option(
    "--languages", metavar="TAGS", help="The languages, such as en,de; the first is the title's."
)
def new(
    folder: Path, title: str | None, base: str | None, licence: str | None, languages: str | None
) -> None:
    """Lay out a new project in a folder that is empty or not there.

    It has an example: a text with its facts, a class, a shape and a question. What is not given as
    an option is asked at a terminal; elsewhere it is as this command's questions suggest.
    """
    starting.refuse_full(folder)
    beginning = NewProject(
        _answer("Title", title, folder.absolute().name.replace("-", " ").capitalize()),
        _answer("Base of all IRIs", base, starting.BASE),
        _answer("Licence", licence, starting.LICENCE),
        _tags(_answer("Languages", languages, starting.LANGUAGE)),
    )
    for path in starting.begin(folder, beginning):
        click.echo(f"  {path}")
    if beginning.base == starting.BASE:
        click.echo("The base is an example: take one of yours before you publish.")
    click.echo(f"Now run: cd {shlex.quote(str(folder))} && graphsvc serve")


def _tags(text: str) -> tuple[str, ...]:
    return tuple(tag.strip() for tag in text.split(",") if tag.strip())


def _answer(what: str, option: str | None, suggestion: str) -> str:
    if option is not None:
        return option
    return click.prompt(what, default=suggestion) if sys.stdin.isatty() else suggestion
