"""Markup that never ends is read in a time that grows with its length, and no faster."""

from __future__ import annotations

import pytest

from graphsvc.views.markup import text_of

from . import LONG, WITHOUT_END
from .growth import is_superlinear


@pytest.mark.parametrize("piece", WITHOUT_END)
@pytest.mark.parametrize("end", ["", ">", "-->", "]]>", "</style>", "'\">"])
def test_markup_without_end_is_read_in_linear_time(piece: str, end: str) -> None:
    assert not is_superlinear(text_of, lambda size: piece * (size // len(piece)) + end, LONG)


@pytest.mark.parametrize(
    "section", ["<![x[y]]>", "<![ CDATA [y]]>", "<![x", "<!DOCTYPE x [ <!y ]>"]
)
def test_a_section_of_an_unknown_kind_is_no_failure(section: str) -> None:
    assert text_of(f"before {section} after").startswith("before")
