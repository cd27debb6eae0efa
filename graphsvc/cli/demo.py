"""``graphsvc demo``: the graph that the program ships with.

A wheel has the project in the package; a checkout is the project.
"""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import click
from platformdirs import user_cache_path

from graphsvc import settings
from graphsvc.cli.options import SERVING, with_overrides_of
from graphsvc.cli.serve import run
from graphsvc.setting_sources import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Mapping

_PACKAGE = Path(str(resources.files("graphsvc")))

#: Where a build of the wheel puts the project.
_SHIPPED = _PACKAGE / "demo"


@click.command()
@with_overrides_of("releases", "base_iri", *SERVING)
def demo(overrides: Mapping[str, object]) -> None:
    """Serve the graph that comes with the program.

    It is about six international working mechanisms. The release is built in the user's folder of
    caches (`$XDG_CACHE_HOME`, else `~/.cache`), unless --releases names another. Of a checkout it
    is the checkout's own project that is served, with its own releases.
    """
    run(settings.load({**overrides, **_places(overrides)}))


def _places(overrides: Mapping[str, object]) -> dict[str, object]:
    """Return where the project is, and where its releases are if nobody says where."""
    if not _SHIPPED.is_dir():
        return {"project": _PACKAGE.parent}
    if overrides["releases"] or f"{ENVIRONMENT}RELEASES" in os.environ:
        return {"project": _SHIPPED}
    releases = user_cache_path("graphsvc") / "demo"
    click.echo(f"Its releases are in {releases}.")
    return {"project": _SHIPPED, "releases": releases}
