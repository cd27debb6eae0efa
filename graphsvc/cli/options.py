"""The options of commands, and the settings that they set."""

from __future__ import annotations

from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

import click

from graphsvc import settings as table
from graphsvc.settings import SETTINGS, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

P = ParamSpec("P")
R = TypeVar("R")

#: Settings that every command takes as options.
COMMON = ("project", "releases", "base_iri", "label_properties")

#: Settings of commands that read files, beside the common ones.
READING = ("profile", "checks", "lenient")

#: Settings of a service, besides these.
SERVING = (
    "translations",
    "contact",
    "image_hosts",
    "site_name",
    "site_logo",
    "site_colour",
    "site_footer",
    "public_url",
    "trusted_proxies",
    "host",
    "port",
    "unix_socket",
    "workers",
    "long_requests",
    "waiting_requests",
    "deadline",
    "request_timeout",
    "request_memory",
    "memory_quads",
    "access_log",
    "slow_queries",
    "rate_limit",
    "metrics_readers",
    "log_level",
)
#: Settings of commands that can ask an engine, beside the common ones.
OF_ENGINES = ("store", "engine")

#: The setting for the paths of a command: see `graphsvc.cli.inputs`.
_OF_PATHS = "files"

_METAVARS = {
    "project": "DIR",
    "releases": "DIR",
    "translations": "DIR",
    "unix_socket": "PATH",
    "base_iri": "IRI",
    "label_properties": "IRIS",
    "public_url": "URL",
    "trusted_proxies": "ADDRESSES",
    "metrics_readers": "ADDRESSES",
    "slow_queries": "SECONDS",
    "rate_limit": "RATES",
    "image_hosts": "HOSTS",
    "site_logo": "PATH",
    "site_colour": "COLOUR",
    "port": "NUMBER",
    "store": "URL",
    "engine": "NAME",
    "profile": "NAME",
    "checks": "CHECK=WEIGHT,…",
}


def with_settings(
    *names: str,
) -> Callable[[Callable[Concatenate[Settings, P], R]], Callable[P, R]]:
    """Give a command options for settings: the common ones and ``names``.

    The command gets the filled `Settings` as its first argument.
    """

    def decorate(command: Callable[Concatenate[Settings, P], R]) -> Callable[P, R]:
        @wraps(command)
        def with_filled_settings(
            overrides: Mapping[str, object], /, *args: P.args, **kwargs: P.kwargs
        ) -> R:
            return command(table.load(overrides), *args, **kwargs)

        return with_overrides(*names)(with_filled_settings)

    return decorate


def with_overrides(
    *names: str,
) -> Callable[[Callable[Concatenate[Mapping[str, object], P], R]], Callable[P, R]]:
    """Give a command the same options; its first argument has their values, not parsed yet."""
    return with_overrides_of(*COMMON, *names)


def with_overrides_of(
    *names: str,
) -> Callable[[Callable[Concatenate[Mapping[str, object], P], R]], Callable[P, R]]:
    """Give a command options for these settings alone, and as its first argument what they say."""

    def decorate(command: Callable[Concatenate[Mapping[str, object], P], R]) -> Callable[P, R]:
        @wraps(command)
        def with_values_of_options(*args: P.args, **kwargs: P.kwargs) -> R:
            overrides = {name: kwargs.pop(name, None) for name in (*names, _OF_PATHS)}
            return command(overrides, *args, **kwargs)

        decorated: Callable[P, R] = with_values_of_options
        for option in reversed(_options(names)):
            decorated = option(decorated)
        return decorated

    return decorate


def _options(names: Sequence[str]) -> list[Callable[[Callable[P, R]], Callable[P, R]]]:
    rows = {setting.name: setting for setting in SETTINGS}
    return [
        click.option(
            "--" + name.replace("_", "-"),
            name,
            metavar=_METAVARS.get(name, "VALUE"),
            type=click.Path(path_type=Path) if _METAVARS.get(name) in ("DIR", "PATH") else str,
            help=rows[name].help,
        )
        for name in names
    ]
