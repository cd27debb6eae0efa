"""The command line: ``graphsvc build``, ``check``, ``query``, ``serve`` and other commands.

Each command is a module. Errors in the user's files, queries or settings are raised as
GraphsvcError, and printed on standard error: what is wrong, where, and what to do. Exit codes:
0 success; 1 findings, or a failure; 2 a usage error.
"""

from __future__ import annotations

import click

from graphsvc import __version__
from graphsvc.cli.annotations import annotating
from graphsvc.cli.assets import assets
from graphsvc.cli.build import build
from graphsvc.cli.check import check
from graphsvc.cli.coverage import coverage
from graphsvc.cli.doctor import doctor
from graphsvc.cli.failures import Failing
from graphsvc.cli.index import index
from graphsvc.cli.new import new
from graphsvc.cli.publish import publish
from graphsvc.cli.query import query
from graphsvc.cli.releases import diff, releases
from graphsvc.cli.serve import reload, serve
from graphsvc.cli.text import text
from graphsvc.cli.watch import edit, watch


@click.group("graphsvc", cls=Failing)
@click.version_option(__version__, prog_name="graphsvc", message="%(prog)s %(version)s")
def main() -> None:
    """Publish a knowledge graph in which every fact cites the sentence that states it."""


for _command in (
    annotating,
    assets,
    build,
    check,
    coverage,
    diff,
    doctor,
    edit,
    index,
    new,
    publish,
    query,
    releases,
    reload,
    serve,
    text,
    watch,
):
    main.add_command(_command)
