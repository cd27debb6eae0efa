"""How well a language suits a reader, for labels and for the hits of a search."""

from __future__ import annotations

from functools import cache, lru_cache


@lru_cache(maxsize=10_000)
def distance(tag: str | None, languages: str) -> int:
    """Return the distance of a language from those that a reader accepts: the lower the better.

    ``languages`` is a language priority list (RFC 4647, section 2.3) such as ``"fi, en"``. For each
    of its languages the same tag is best, then one with the same primary language; after the last
    one comes text without a language, and then any other.
    """
    language = (tag or "").lower()
    ranges = _tags(languages)
    for place, (whole, primary) in enumerate(ranges):
        if language == whole:
            return 2 * place
        if language and language.split("-")[0] == primary:
            return 2 * place + 1
    return 2 * len(ranges) + bool(language)


@cache
def _tags(languages: str) -> tuple[tuple[str, str], ...]:
    """Return the tags of a priority list, each with its primary language."""
    tags = [tag.strip().lower() for tag in languages.split(",")]
    return tuple((tag, tag.split("-")[0]) for tag in tags)
