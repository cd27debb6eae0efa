"""``graphsvc query``: ask the graph by a named query, a file, or standard input."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem
from rich.console import Console

from graphsvc import queries, sparql
from graphsvc import settings as table
from graphsvc.build import current, is_fresh
from graphsvc.cli import tables
from graphsvc.cli.inputs import digests
from graphsvc.cli.options import OF_ENGINES, with_settings
from graphsvc.errors import GraphsvcError, ParameterError
from graphsvc.formats import ANSWER_FORMATS, Content, carrying
from graphsvc.survey.engine import open_engine, project_beside, store_of
from graphsvc.survey.snapshot import take

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphsvc.formats import Format
    from graphsvc.namespaces import Prefixes
    from graphsvc.queries import Query
    from graphsvc.release import Release
    from graphsvc.settings import Settings
    from graphsvc.store.base import Store

#: The default formats if the output is not a terminal.
_USUAL: Mapping[Content, str] = {
    Content.SOLUTIONS: "tsv",
    Content.BOOLEAN: "tsv",
    Content.TRIPLES: "ttl",
}
_NAMES = [fmt.name for fmt in ANSWER_FORMATS]


def _names(ctx: click.Context, _: click.Parameter, start: str) -> list[CompletionItem]:
    """Return the questions of the release that begin with some letters; else a file's path."""
    places = {name: ctx.params.get(name) for name in ("project", "releases")}
    questions: Sequence[Query] = ()
    with suppress(GraphsvcError):
        questions = queries.load_queries(current(table.load(places).releases).queries)
    named = [each for each in questions if each.name.startswith(start)]
    items = [CompletionItem(each.name, help=each.summary) for each in named]
    return items or [CompletionItem(start, type="file")]


@click.command()
@click.argument("query", required=False, metavar="[NAME|FILE|-]", shell_complete=_names)
@click.option(
    "--param", "-p", "params", multiple=True, metavar="NAME=VALUE", help="Set a parameter."
)
@click.option(
    "--format", "-f", "format_name", type=click.Choice(_NAMES), help="The format of the answer."
)
@with_settings(*OF_ENGINES)
def query(
    settings: Settings, query: str | None, params: Sequence[str], format_name: str | None
) -> None:
    """Ask the graph by the name of a query, by a file, or (-) by standard input.

    Without an argument the queries are listed. On a terminal the answer is a table or Turtle;
    into a pipe it goes as TSV or Turtle, unless --format says otherwise.
    """
    release = release_of(settings)
    if query is None:
        tables.show_queries(queries.load_queries(release.queries), Console())
        return
    store, named_query = store_of(release, settings), _find(release, query)
    _answer(store, release.prefixes, named_query, _arguments(params), format_name)


def release_of(settings: Settings) -> Release:
    """Return the release to query; for an engine, read its current state.

    Errors: ReleaseError, StoreError, SettingsError.
    """
    if settings.store:
        return take(open_engine(settings, {}), settings, project_beside(settings))
    release = current(settings.releases)
    properties = settings.label_properties
    if not is_fresh(digests(settings), release, settings.base_iri, properties):
        click.echo("Note: the files have changed since the release was built.", err=True)
    return release


def _find(release: Release, name: str) -> Query:
    """Return the query in the file with this path, or else the query with this name."""
    if name == "-":
        return queries.from_text(sys.stdin.read(), "standard input")
    path = Path(name)
    if path.is_file():
        return queries.from_text(path.read_text("utf-8"), name)
    return queries.query_named(queries.load_queries(release.queries), name)


def _arguments(params: Sequence[str]) -> dict[str, str]:
    arguments: dict[str, str] = {}
    for param in params:
        name, equals, value = param.partition("=")
        if not equals:
            raise ParameterError(
                f"“{param}” is no parameter.", remedy="Write it like --param name=value."
            )
        arguments[name] = value
    return arguments


def _answer(
    store: Store,
    prefixes: Prefixes,
    query: Query,
    arguments: Mapping[str, str],
    format_name: str | None,
) -> None:
    bindings = query.bindings(arguments, prefixes.in_queries)
    console = Console()
    if format_name is None and console.is_terminal and sparql.form(query.text) == "SELECT":
        tables.show_table(store.select(query.text, bindings), prefixes, console)
        return
    answer = queries.answer(store, query, _formats(format_name), bindings)
    with click.open_file("-", "wb") as out:
        answer.write(out)


def _formats(name: str | None) -> dict[Content, list[Format]]:
    """Return the format for each kind of answer: the requested one, or the default."""
    names = {content: name or usual for content, usual in _USUAL.items()}
    return {
        content: [fmt for fmt in carrying(content) if fmt.name == names[content]]
        for content in names
    }
