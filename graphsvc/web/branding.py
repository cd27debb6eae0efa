"""The branding of a site: its name, its logo, its colour and its footer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from graphsvc import colours
from graphsvc.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from graphsvc.settings import Settings

_LARGEST = 256 * 1024
_PNG = b"\x89PNG\r\n\x1a\n"
_MEDIA_TYPES = {".svg": "image/svg+xml", ".png": "image/png"}


@dataclass(frozen=True, slots=True)
class Logo:
    """The logo of a site: its file name under static/, its media type and its bytes."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class Branding:
    """The branding of a site; values that are empty or None mean the default."""

    name: str = ""
    footer: str = ""
    colour: str = ""
    logo: Logo | None = None

    @classmethod
    def of(cls, settings: Settings) -> Branding:
        """Return the branding from the settings. Errors: SettingsError."""
        path = settings.site_logo
        logo = None if path is None else read_logo(path)
        return cls(settings.site_name, settings.site_footer, settings.site_colour, logo)

    @property
    def files(self) -> dict[str, bytes]:
        """Return the additional files under static/."""
        return {} if self.logo is None else {self.logo.name: self.logo.data}

    @property
    def sheet(self) -> bytes:
        """Return the addition to the style sheet: the colour, readable in light and dark mode.

        Printed links stay black.
        """
        if not self.colour:
            return b""
        day, night = (
            f":root {{ --accent: {colour}; --link: {colour}; }}"
            for colour in (self.colour, colours.by_night(self.colour))
        )
        dark = "@media screen and (prefers-color-scheme: dark)"
        return f"@media screen {{ {day} }}\n{dark} {{ {night} }}\n".encode()

    @cached_property
    def digest(self) -> str:
        """Return a digest of the branding, for the entity tags of pages."""
        data = b"" if self.logo is None else self.logo.data
        parts = (self.name.encode(), self.footer.encode(), self.colour.encode(), data)
        return sha256(b"".join(sha256(part).digest() for part in parts)).hexdigest()


def read_logo(path: Path) -> Logo:
    """Read a logo from a file. Errors: SettingsError if it is no picture, or too large."""
    ending = path.suffix.lower()
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unusable(f"cannot be read: {error.strerror}") from error
    is_picture = data.startswith(_PNG) if ending == ".png" else b"<svg" in data
    if not is_picture:
        raise _unusable(f"is no {ending[1:].upper()}")
    if len(data) > _LARGEST:
        raise _unusable(f"has {len(data):,} bytes")
    return Logo(f"logo{ending}", _MEDIA_TYPES[ending], data)


def _unusable(fault: str) -> SettingsError:
    return SettingsError(
        f"The file that site_logo names {fault}.",
        remedy="Name an SVG or PNG file of 256 KiB at most, relative to the project's folder.",
    )
