"""The contrast of colours, as defined by WCAG 2.2.

https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
"""

from __future__ import annotations

READABLE = 4.5
"""The least contrast of words: https://www.w3.org/TR/WCAG22/#contrast-minimum."""

LIGHT_PAPERS = ("#fcfcfa", "#f3f3ee")
DARK_PAPERS = ("#15181a", "#1e2225")
"""What words stand on by day and by night: --paper and --raised of the style sheet."""

_LARGEST = 255
_STEP = 0.02
_DARK = 0.04045


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours such as ``#1a5a4a``: from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def least_contrast(colour: str, papers: tuple[str, ...] = LIGHT_PAPERS) -> float:
    """Return the contrast of a colour with the background on which it is hardest to read."""
    return min(contrast(colour, paper) for paper in papers)


def by_night(colour: str) -> str:
    """Return a colour mixed with as much white as it needs to be readable on a dark background."""
    share = 0.0
    lightened = colour
    while least_contrast(lightened, DARK_PAPERS) < READABLE:
        share += _STEP
        lightened = _mixed_with_white(colour, min(share, 1.0))
    return lightened


def _channels(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def _luminance(colour: str) -> float:
    """Return the relative luminance: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    red, green, blue = (_linear(channel / _LARGEST) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return float(channel / 12.92 if channel <= _DARK else ((channel + 0.055) / 1.055) ** 2.4)


def _mixed_with_white(colour: str, share: float) -> str:
    mixed = (round(channel + (_LARGEST - channel) * share) for channel in _channels(colour))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)
