"""Texts of the interface that are written below the layer that speaks to people."""

from __future__ import annotations

from typing import Self


class Phrase(str):
    """An English text of the interface, which is said in the reader's language where it is shown.

    It is the English text, its places filled. What the graph says is never a phrase, so that
    nothing of it is translated by chance. ``message`` is the text as catalogues list it: write
    it as a literal, since ``make texts`` collects the first argument.
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
