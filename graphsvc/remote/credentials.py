"""Credentials for an engine, from the environment or a netrc file; they are never printed.

They never stand on a command line, which other users of the machine can read, nor in an address,
which ends up in logs. https://www.rfc-editor.org/rfc/rfc9110#section-4.2.4
"""

from __future__ import annotations

import base64
import netrc
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from graphsvc.errors import SettingsError
from graphsvc.setting_sources import STORE_PASSWORD, STORE_TOKEN, STORE_USER

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The variable that names a netrc file, as curl's documentation and others have it.
NETRC = "NETRC"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user with a password, or a bearer token; nothing by default.

    Its representation hides them.
    """

    user: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)

    @property
    def authorization(self) -> str | None:
        """Return the value of the field Authorization; None if there are no credentials.

        https://www.rfc-editor.org/rfc/rfc7617 and https://www.rfc-editor.org/rfc/rfc6750
        """
        if self.token is not None:
            return f"Bearer {self.token}"
        if self.user is None:
            return None
        pair = f"{self.user}:{self.password or ''}".encode()
        return f"Basic {base64.b64encode(pair).decode('ascii')}"


def credentials(url: str, environment: Mapping[str, str] | None = None) -> Credentials:
    """Return the credentials for the engine at an address.

    The environment goes before the netrc file, which is the one that ``NETRC`` names, or else
    ``~/.netrc``. Errors: SettingsError.
    """
    variables = os.environ if environment is None else environment
    user, password, token = (
        variables.get(name) or None for name in (STORE_USER, STORE_PASSWORD, STORE_TOKEN)
    )
    if token is not None and user is not None:
        raise SettingsError(
            f"{STORE_TOKEN} and {STORE_USER} are both set.",
            remedy="Set only one of them.",
        )
    if password is not None and user is None:
        raise SettingsError(
            f"{STORE_PASSWORD} is set without {STORE_USER}.", remedy=f"Set {STORE_USER} too."
        )
    if token is not None or user is not None:
        result = Credentials(user, password, token)
        _must_fit_a_header(result)
        return result
    return _of_netrc(urlsplit(url).hostname or "", variables)


def _must_fit_a_header(credentials: Credentials) -> None:
    """Refuse characters that a field of a request cannot have."""
    values = (credentials.user or "", credentials.password or "", credentials.token or "")
    if any(not character.isprintable() for value in values for character in value):
        raise SettingsError(
            "A credential for the engine holds a line break or another control character.",
            remedy=f"Look at {STORE_USER}, {STORE_PASSWORD} and {STORE_TOKEN} in the environment.",
        )


def _of_netrc(host: str, variables: Mapping[str, str]) -> Credentials:
    """Return the credentials of a netrc file for a host; its ``default`` entry is ignored."""
    name = variables.get(NETRC)
    path = Path(name) if name else Path(variables.get("HOME") or "/") / ".netrc"
    if not path.is_file():
        if name:
            raise SettingsError(
                f"There is no file {path}, which {NETRC} names.", remedy=f"Correct {NETRC}."
            )
        return Credentials()
    try:
        entry = netrc.netrc(str(path)).hosts.get(host)
    except (netrc.NetrcParseError, OSError, UnicodeDecodeError) as error:
        # The original error may quote the file.
        raise SettingsError(
            f"The netrc file {path} cannot be read.",
            remedy="Write one entry a line: machine HOST login USER password PASSWORD",
        ) from (error if isinstance(error, OSError) else None)
    if entry is None:
        return Credentials()
    result = Credentials(entry[0], entry[2])
    _must_fit_a_header(result)
    return result


def must_hold_no_credentials(url: str) -> None:
    """Raise SettingsError if an address has a user or a password in it."""
    parts = urlsplit(url)
    if "@" in parts.netloc:
        public_url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        raise SettingsError(
            f"The address of the engine {public_url} was given with a user or a password in it.",
            remedy=f"Leave them out, and set {STORE_USER} and {STORE_PASSWORD} in the "
            "environment, or write them into a netrc file.",
        )
