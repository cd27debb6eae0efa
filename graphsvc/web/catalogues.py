"""The texts of the interface: one catalogue for each language, beside the English in the sources.

Templates, code and scripts have the English texts, marked for gettext; ``texts/texts.pot`` lists
them all. A translation is one file, ``<language tag>.po``. It is read when the service starts, from
``texts/`` and from the folder of the setting ``translations``, which has precedence.
https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html
"""

from __future__ import annotations

import logging
import re
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from graphsvc.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from babel.messages.catalog import Catalog, Message

#: The language of the texts in the sources.
SOURCE_LANGUAGE = "en"

FOLDER = Path(__file__).with_name("texts")

_TAG = re.compile(r"<[^<>]*>")
_PLACE = re.compile(r"%\((\w+)\)s")

_log = logging.getLogger(__name__)


class Catalogues:
    """The catalogues of the interface by language."""

    def __init__(self, translations: Mapping[str, NullTranslations]) -> None:
        self._translations = {SOURCE_LANGUAGE: NullTranslations(), **translations}

    @classmethod
    def read(cls, *folders: Path) -> Catalogues:
        """Read the translations in some folders; later folders have precedence.

        Errors: SettingsError if a file is no catalogue.
        """
        paths = chain.from_iterable(sorted(folder.glob("*.po")) for folder in folders)
        return cls({path.stem: _read(path) for path in paths})

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the tags of the languages (RFC 5646)."""
        return tuple(self._translations)

    def of(self, language: str) -> NullTranslations:
        """Return the texts in one of the languages."""
        return self._translations[language]


def _read(path: Path) -> GNUTranslations:
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, locale=path.stem.replace("-", "_"), abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise SettingsError(
            f"{path} is no catalogue of translations: {error}.",
            remedy="pybabel init makes one from texts.pot: see docs/languages.md.",
        ) from error
    for message in catalogue:
        if message.id and not is_sound(message):
            _log.warning("%s: not taken, since its places or marks differ: %r", path, message.id)
            message.string = ""
    return compile_catalogue(catalogue)


def is_sound(message: Message) -> bool:
    """Tell whether a translation can replace its English text, on a page and in attributes.

    Its placeholders are some of those of the English, its HTML elements are the same, and it has no
    straight quotes.
    """
    sources = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    translations = (
        (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    )
    places = dict.fromkeys(_PLACE.findall(" ".join(sources)), "")
    tags = [sorted(_TAG.findall(text)) for text in sources]
    for text in filter(None, translations):
        try:
            text % places
        except (KeyError, TypeError, ValueError):
            return False
        if sorted(_TAG.findall(text)) not in tags or re.search('["<>]', _TAG.sub("", text)):
            return False
    return True


def compile_catalogue(catalogue: Catalog) -> GNUTranslations:
    """Return a catalogue for gettext; missing texts are in the source language."""
    file = BytesIO()
    write_mo(file, catalogue)
    file.seek(0)
    return GNUTranslations(file)
