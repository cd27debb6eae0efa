"""How well a language suits a reader: told in one place, for labels and for what a search finds."""

from __future__ import annotations

from functools import cache, lru_cache


@lru_cache(maxsize=10_000)
def distance(tag: str | None, languages: str) -> int:
    """Return how far what is said in a language is from what a reader takes: the lower the better.

    ``languages`` is a language priority list (RFC 4647, section 2.3) such as ``"fi, en"``. For
    each of its languages the same tag is best, then a kindred one; after the last one comes no
    language at all, and then any other.
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
