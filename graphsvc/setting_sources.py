"""The sources of settings: a project's graphsvc.toml, the environment, flags."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: The file in the project's folder, and the prefix of environment variables.
FILE_NAME = "graphsvc.toml"
ENVIRONMENT = "GRAPHSVC_"

#: The variables of the environment with the credentials for an engine: these are no settings, so
#: that no file, command line or list of settings has them.
STORE_USER = f"{ENVIRONMENT}STORE_USER"
STORE_PASSWORD = f"{ENVIRONMENT}STORE_PASSWORD"
STORE_TOKEN = f"{ENVIRONMENT}STORE_TOKEN"
_CREDENTIALS = frozenset((STORE_USER, STORE_PASSWORD, STORE_TOKEN))


@dataclass(frozen=True, slots=True)
class RawSetting:
    """The raw value of a setting, and its source."""

    value: object
    source: str


def of_command_line(overrides: Mapping[str, object]) -> dict[str, RawSetting]:
    """Return the settings of flags, without those that are None."""
    return {
        name: RawSetting(value, "on the command line")
        for name, value in overrides.items()
        if value is not None
    }


def of_environment(environment: Mapping[str, str]) -> dict[str, RawSetting]:
    """Return the settings of environment variables, without credentials."""
    return {
        name.removeprefix(ENVIRONMENT).lower(): RawSetting(value, f"in the environment, as {name}")
        for name, value in environment.items()
        if name.startswith(ENVIRONMENT) and name not in _CREDENTIALS
    }


def of_file(project: Path) -> dict[str, RawSetting]:
    """Return the settings of a project's file, nothing if there is none.

    Errors: SettingsError.
    """
    path = project / FILE_NAME
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path} is not TOML: {error}.", remedy="Write one setting a line: port = 8080"
        ) from error
    for name in ("project", "files"):
        if name in table:
            raise SettingsError(
                f"{path} sets {name}, but it is itself found in the project's folder.",
                remedy="Name folders and files on the command line.",
            )
    return {name: RawSetting(value, f"in {path}") for name, value in table.items()}
