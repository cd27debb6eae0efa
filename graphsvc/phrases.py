"""Texts of the interface in modules below the web layer."""

from __future__ import annotations

from typing import Self


class Phrase(str):
    """An English text of the interface, which is translated where it is shown.

    Its value is the English text with its places filled. Texts of the graph are never phrases, so
    they are never translated by accident. ``message`` is the text as catalogues list it: write it
    as a literal, since ``make texts`` collects the first argument.
    https://www.gnu.org/software/gettext/manual/html_node/Special-cases.html
    """

    __slots__ = ("message", "values")

    message: str
    values: dict[str, object]

    def __new__(cls, message: str, **values: object) -> Self:
        """Return a phrase; ``values`` fill its places, such as ``%(name)s``."""
        phrase = super().__new__(cls, message % values if values else message)
        phrase.message = message
        phrase.values = values
        return phrase
