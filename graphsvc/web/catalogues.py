"""The texts of the interface: one catalogue a language, beside the English in the sources.

Templates and code hold the English texts, marked for gettext; ``texts/texts.pot`` lists them all.
A translation is one file, ``texts/<language tag>.po``, read when the service starts.
https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html
"""

from __future__ import annotations

from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from collections.abc import Mapping

    from babel.messages.catalog import Catalog

#: The language in which the texts are written where they stand.
SOURCE_LANGUAGE = "en"

FOLDER = Path(__file__).with_name("texts")


class Texts:
    """The interface in every language that it speaks."""

    def __init__(self, translations: Mapping[str, NullTranslations]) -> None:
        self._translations = {SOURCE_LANGUAGE: NullTranslations(), **translations}

    @classmethod
    def shipped(cls) -> Texts:
        """Return the texts with the translations that the package brings."""
        return cls({path.stem: _read(path) for path in sorted(FOLDER.glob("*.po"))})

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the tags of the languages (RFC 5646)."""
        return tuple(self._translations)

    def of(self, language: str) -> NullTranslations:
        """Return the texts in one of the languages."""
        return self._translations[language]


def _read(path: Path) -> GNUTranslations:
    with path.open("rb") as file:
        return compiled(read_po(file, locale=path.stem.replace("-", "_")))


def compiled(catalogue: Catalog) -> GNUTranslations:
    """Return a catalogue as gettext uses it: what it lacks is said in the source language."""
    file = BytesIO()
    write_mo(file, catalogue)
    file.seek(0)
    return GNUTranslations(file)
