"""No regular expression of the package takes a time that grows faster than its text."""

from __future__ import annotations

import re

import pytest

from .growth import is_superlinear
from .patterns import Use, attacks, uses

#: What is longer reaches none of them: addresses and heads are bounded, and of a file its beginning
#: is looked at.
LONGEST = 16_384


def is_slow(use: Use) -> bool:
    return any(is_superlinear(use.run, attack, LONGEST) for attack in attacks(use.pattern))


@pytest.mark.parametrize(
    "pattern", [r"(a+)+$", r"(?:a|a)*b", r"[^/#]*$", r"\s*=\s*\s*=", r"(.*,)*x"]
)
def test_a_slow_pattern_is_seen(pattern: str) -> None:
    assert is_slow(Use("here", re.compile(pattern), "search"))


def test_every_pattern_of_the_package_is_tried() -> None:
    used = uses()
    files = {use.where for use in used}
    assert {
        "graphsvc/non_rdf_files.py",
        "graphsvc/web/origin.py",
        "graphsvc/sparql/tokens.py",
    } <= files
    assert len(used) > 150


@pytest.mark.parametrize("use", uses(), ids=str)
def test_no_pattern_is_slow(use: Use) -> None:
    assert not is_slow(use)
