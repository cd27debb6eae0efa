"""What the arguments of the command lines mean."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_SUFFIXES = {"k": 1_000, "M": 1_000_000}


def some_of(choices: Iterable[str]) -> Callable[[str], list[str]]:
    """Return what reads a list of names with commas; the order is that of ``known``."""

    def read(text: str) -> list[str]:
        names = text.split(",")
        if unknown := set(names) - set(choices):
            raise argparse.ArgumentTypeError(f"{unknown} is none of: {', '.join(choices)}")
        return [name for name in choices if name in names]

    return read


def size(text: str) -> int:
    """Read a number such as 100k or 1M."""
    return int(text.rstrip("kM")) * _SUFFIXES.get(text[-1], 1)


def numbers(text: str) -> list[int]:
    """Read numbers with commas."""
    return [int(number) for number in text.split(",")]


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Let the settings of the service be given."""
    parser.add_argument(
        "--set",
        type=_setting,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a setting of graphsvc serve; can be repeated",
    )


def _setting(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value
