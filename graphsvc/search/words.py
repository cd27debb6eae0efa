"""Words in their normalised form, without case, accents and points, and their places in a text.

In scripts without spaces each character is a word, so that any part of a name is found: the
characters of one run are searched as a phrase.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

#: Letters with a stroke, and ligatures: Unicode does not decompose them.
_PARTED = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ħ": "h",
        "\u0131": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ð": "d",
    }
)

# Kana, bopomofo, ideographs, and the scripts of South-East Asia.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3100-\u312f"
    "\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)

# Letters with a point after each are one word ("U.S.", "H.E."), and so is a run of letters.
_LETTER = rf"[^\W\d_{_UNSPACED}]"
_WORD = re.compile(rf"(?:{_LETTER}\.){{2,}}{_LETTER}?|[{_UNSPACED}]|[^\W_{_UNSPACED}]+")


class _Folds(dict[int, str]):
    """The normalised form of each character, computed at its first use."""

    def __missing__(self, code: int) -> str:
        parts = unicodedata.normalize("NFKD", chr(code)).casefold().translate(_PARTED)
        letters = unicodedata.normalize("NFKD", parts)
        self[code] = "".join(
            letter for letter in letters if not unicodedata.category(letter).startswith("M")
        )
        return self[code]


_FOLDS = _Folds()


@dataclass(frozen=True, slots=True)
class Word:
    """A normalised word, and its half-open range in the text, in code points."""

    text: str
    begin: int
    end: int

    @property
    def unspaced(self) -> bool:
        """Tell whether it is one character of a script that writes no spaces."""
        return is_unspaced(self.text)


def is_unspaced(word: str) -> bool:
    """Tell whether a word is one character of a script that writes no spaces."""
    return re.fullmatch(f"[{_UNSPACED}]", word) is not None


def fold(text: str) -> str:
    """Return a text without case, accents and compatibility differences."""
    return text.translate(_FOLDS)


def key(text: str) -> str:
    """Return the letters and digits of a name: equal names have the same key."""
    return "".join(letter for letter in fold(text) if letter.isalnum())


def split(text: str) -> list[str]:
    """Return the normalised words of a text."""
    return [word.replace(".", "") for word in _WORD.findall(fold(text))]


def words(text: str) -> list[Word]:
    """Return the normalised words of a text with their places."""
    folded = [letter.translate(_FOLDS) for letter in text]
    places = [at for at, letters in enumerate(folded) for _ in letters]
    return [
        Word(match[0].replace(".", ""), places[match.start()], places[match.end() - 1] + 1)
        for match in _WORD.finditer("".join(folded))
    ]


def grams(word: str) -> set[str]:
    """Return the runs of three letters in a word, its beginning and its end counting as letters."""
    padded = f"\x02{word}\x03"
    return {padded[at : at + 3] for at in range(len(padded) - 2)} or {padded}
