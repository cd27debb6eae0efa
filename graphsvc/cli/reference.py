"""The reference documents that are made from the code: docs/cli.md, docs/checks.md.

Of docs/endpoint.md only the tables of formats and of problems are made.

``python -m graphsvc.cli.reference`` in the project's folder writes them anew; a test fails when
they are stale.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING

import click

from graphsvc.cli import main
from graphsvc.formats import FORMATS, Content
from graphsvc.queries import load_checks
from graphsvc.validation import MODULES, common_checks
from graphsvc.web.problem_kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphsvc.queries import Check

_WIDTH = 90
_NOTICE = "<!-- Made by `python -m graphsvc.cli.reference`; changes here are lost. -->"


def documents(root: Path) -> dict[Path, str]:
    """Return the documents of a project, each path with the text that it should have."""
    return {
        root / "docs" / "cli.md": "\n".join(_cli()),
        root / "docs" / "checks.md": "\n".join(_checks(root)),
        root / "docs" / "endpoint.md": _endpoint(root / "docs" / "endpoint.md"),
    }


def _endpoint(path: Path) -> str:
    """Return the document with its tables made anew: each between two comments that name it."""
    text = path.read_text("utf-8")
    for name, table in (("formats", _formats()), ("problems", _problems())):
        start, end = f"<!-- {name}: made by graphsvc.cli.reference -->\n", f"<!-- {name} end -->"
        before, _, rest = text.partition(start)
        _, _, after = rest.partition(end)
        text = "".join((before, start, *(f"{line}\n" for line in table), end, after))
    return text


def _formats() -> Iterator[str]:
    yield "| `format=` | media type | other names that are understood | answers |"
    yield "|---|---|---|---|"
    for fmt in FORMATS:
        if fmt.engine is not None:
            aliases = ", ".join(f"`{alias}`" for alias in fmt.aliases)
            results = Content.SOLUTIONS in fmt.carries
            forms = "SELECT, ASK" if results else "CONSTRUCT, DESCRIBE"
            yield f"| `{fmt.name}` | `{fmt.media_type}` | {aliases} | {forms} |"


def _problems() -> Iterator[str]:
    yield "| status | `type` | what it means |"
    yield "|---|---|---|"
    for kind in KINDS:
        yield f"| {kind.status} | `/problems#{kind.name}` | {kind.title}. {kind.meaning} |"


def _cli() -> Iterator[str]:
    yield from ("# The command line", "", _NOTICE, "")
    yield from ("Exit codes: 0 all is well; 1 findings, or it failed; 2 called wrongly.", "")
    yield from _help(main, "graphsvc", None)
    yield from _commands(main, click.Context(main, info_name="graphsvc"))
    yield ""


def _commands(group: click.Group, context: click.Context) -> Iterator[str]:
    """Yield the help of each command of a group, and of the commands of one that is a group."""
    for name in group.list_commands(context):
        if command := group.get_command(context, name):
            yield from ("", f"## {context.command_path} {name}", "")
            yield from _help(command, name, context)
        if isinstance(command, click.Group):
            yield from _commands(command, click.Context(command, context, info_name=name))


def _help(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    context = click.Context(
        command, info_name=name, parent=parent, terminal_width=_WIDTH, max_content_width=_WIDTH
    )
    yield from ("```", *command.get_help(context).splitlines(), "```")


def _checks(root: Path) -> Iterator[str]:
    yield from ("# What `graphsvc check` looks for", "", _NOTICE, "")
    yield (
        "Each part says what its checks are called. What they weigh, the "
        "[profile](settings.md#the-profile) says; printed are the first ten findings of each "
        "check, with `--all` all of them. Nothing is read from the network."
    )
    for module in MODULES:
        title, _, body = (inspect.getdoc(module) or "").partition("\n")
        yield from ("", f"## {title.removesuffix('.')}", "", *body.strip().splitlines())
    yield from ("", "## Checks in SPARQL that come with the program", "")
    yield (
        "They concern any data, vocabulary or ontology. Where a code is given, a term is excepted "
        "by a `skos:editorialNote` that begins with it and a colon, and goes on with the reason. A "
        "check of the project with the same name stands for one of these."
    )
    yield from _table(common_checks())
    yield from ("", "## The checks of this project", "")
    yield "One file each, `queries/checks/<check>.rq`, in the same form."
    yield from _table(load_checks(root / "queries"))
    yield ""


def _table(checks: Iterable[Check]) -> Iterator[str]:
    yield from ("", "| check | code | problem | remedy |", "|---|---|---|---|")
    yield from map(_row, checks)


def _row(check: Check) -> str:
    cells = (
        f"`{check.name}`" + (f" ({check.severity})" if check.severity != "error" else ""),
        check.code,
        check.problem.removeprefix(f"{check.code}: "),
        check.remedy,
    )
    return "| " + " | ".join(_as_cell(cell) for cell in cells) + " |"


def _as_cell(text: str) -> str:
    """Return words as a cell of a table, in which no word is a tag; code is left as it is."""
    parts = text.replace("|", "\\|").split("`")
    return "`".join(
        [part.replace("<", "\\<"), part][number % 2] for number, part in enumerate(parts)
    )


if __name__ == "__main__":
    for _path, _text in documents(Path()).items():
        _path.write_text(_text, "utf-8")
