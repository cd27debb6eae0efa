"""``graphsvc publish``: puts a release into an engine, or undoes a publication."""

from __future__ import annotations

from functools import wraps
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

import click

from graphsvc import release_repository
from graphsvc.cli import progress
from graphsvc.cli.inputs import with_paths
from graphsvc.cli.options import with_settings
from graphsvc.cli.releases import release_named
from graphsvc.publishing.connecting import NONE, connect
from graphsvc.publishing.publication import Publisher
from graphsvc.release import CURRENT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graphsvc.publishing.engine import WritableEngine
    from graphsvc.publishing.publication import Outcome
    from graphsvc.publishing.strategies import Strategy
    from graphsvc.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")

_MIB = 1 << 20

#: The folder of the journals, in the folder of the releases.
_JOURNALS = ".published"

_ENGINE_OPTIONS = (
    click.option("--to", metavar="URL", required=True, help="The SPARQL endpoint of the engine."),
    click.option(
        "--update-url", metavar="URL", help="Where it takes updates, if that is not known."
    ),
    click.option(
        "--upload-url",
        metavar="URL",
        help=f"Where it takes N-Quads by POST, if that is not known; {NONE}: nowhere.",
    ),
    click.option(
        "--request-size",
        metavar="MIB",
        type=click.IntRange(1, 1024),
        default=16,
        show_default=True,
        help="How many MiB of quads go in one request at most.",
    ),
)


def _with_engine(command: Callable[P, R]) -> Callable[P, R]:
    """Give a command the options of an engine, and the `Engine` as the argument ``engine``."""

    @wraps(command)
    def with_connected_engine(*args: P.args, **kwargs: P.kwargs) -> R:
        options = cast("dict[str, Any]", kwargs)
        others = {what: options.pop(f"{what}_url") for what in ("update", "upload")}
        url, mebibytes = options.pop("to"), options.pop("request_size")
        options["engine"] = connect(url, others, mebibytes * _MIB)
        return command(*args, **kwargs)

    decorated: Callable[P, R] = with_connected_engine
    for option in reversed(_ENGINE_OPTIONS):
        decorated = option(decorated)
    return decorated


@click.command()
@with_paths
@with_settings()
@_with_engine
@click.option(
    "--release",
    "name",
    metavar="ID",
    default=CURRENT,
    help="The release, by its id or the beginning of it; by default the current one.",
)
@click.option(
    "--adopt",
    "adopted",
    metavar="IRI",
    multiple=True,
    help="Replace graphs whose IRIs begin so, whoever put there what is there.",
)
@click.option(
    "--undo",
    "task",
    flag_value="undo",
    help="Bring back what the engine had before the last publication.",
)
def publish(
    settings: Settings, engine: WritableEngine, name: str, adopted: Sequence[str], task: str | None
) -> None:
    """Put a release into a SPARQL 1.1 engine.

    Only graphs that differ from what the engine has are sent; graphs of others are not touched. If
    a run is ended, the same command goes on. Who writes, GRAPHSVC_STORE_USER and
    GRAPHSVC_STORE_PASSWORD say, or GRAPHSVC_STORE_TOKEN, or a netrc file.

    PATHS are those of `graphsvc build`.
    """
    release = release_named(settings.releases, name)
    folder = settings.releases / _JOURNALS / _folder_name(engine.addresses.query)
    publisher = Publisher(engine, release.base, folder, _show_strategy)
    with release_repository.ReleaseLock(release.path), progress.show_progress():
        outcome = publisher.undo() if task else publisher.publish(release, adopted)
    _show(outcome, engine.addresses.query)


def _folder_name(url: str) -> str:
    """Return the name of the folder of an engine's journals: its host, and a digest."""
    host = urlsplit(url).hostname or "engine"
    return f"{host}-{sha256(url.encode()).hexdigest()[:8]}"


def _show_strategy(strategy: Strategy) -> None:
    click.echo(strategy.value)


def _show(outcome: Outcome, url: str) -> None:
    click.echo(
        f"{outcome.replaced:,} graphs with {outcome.quads:,} quads were replaced, "
        f"{outcome.removed:,} removed."
    )
    click.echo(
        f"The counts of all of them are right; the contents of {len(outcome.verified):,} graphs "
        "were compared."
    )
    if outcome.release is None:
        click.echo(f"{url} has no release now.")
    else:
        click.echo(f"{url} has the release {outcome.release} now.")
