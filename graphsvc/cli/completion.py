"""``graphsvc completion``: what has a shell complete the words of the command line."""

from __future__ import annotations

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

_SHELLS = {"bash": BashComplete, "fish": FishComplete, "zsh": ZshComplete}
_PROGRAM = "graphsvc"
_VARIABLE = "_GRAPHSVC_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(tuple(_SHELLS)))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script by which a shell completes commands, options and names of questions.

    In ~/.bashrc: eval "$(graphsvc completion bash)"; in ~/.zshrc: eval "$(graphsvc completion
    zsh)". For fish, write the output to ~/.config/fish/completions/graphsvc.fish.
    """
    script = _SHELLS[shell](ctx.find_root().command, {}, _PROGRAM, _VARIABLE)
    click.echo(script.source())
