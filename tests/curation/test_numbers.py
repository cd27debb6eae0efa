"""The figures of a number or a date stand in the sentence that is said to state it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graphsvc import sources
from graphsvc.findings import Severity
from graphsvc.validation import numbers
from graphsvc.validation.context import ValidationContext

if TYPE_CHECKING:
    from pathlib import Path

FACTS = "data/ile-merrow/facts.trig"
SENTENCE = "North Rock Light was lit in 1871 on the order of the Harbour Board."
XSD = "http://www.w3.org/2001/XMLSchema#"


def messages(folder: Path, sentence: str, value: str) -> list[str]:
    """Return the messages about a value that the facts take from a sentence."""
    for path in ("text.txt", "passages.tsv", "facts.trig"):
        file = folder / "data" / "ile-merrow" / path
        file.write_text(file.read_text("utf-8").replace(SENTENCE, sentence), "utf-8")
    facts = folder / FACTS
    facts.write_text(facts.read_text("utf-8").replace("litIn 1871", f"litIn {value}"), "utf-8")
    project = sources.load(folder)
    assert project.findings == ()
    findings = list(numbers.findings(ValidationContext(project, project.quads)))
    assert {(each.path, each.severity) for each in findings} <= {(FACTS, Severity.NOTE)}
    return [each.message for each in findings]


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("It was lit in 1871.", "1871"),
        ("It cost 48,000 crowns.", "48000"),
        ("It cost 48.000 crowns.", "48000"),
        ("It cost 48\u202f000 crowns.", "48000"),
        ("It is 1.5 miles off.", "1.5"),
        ("It was lit on 3 May 1871.", f'"1871-05-03"^^<{XSD}date>'),
        ("It was lit in May \u201971.", f'"1871-05"^^<{XSD}gYearMonth>'),
        ("It was lit in 1871\u20131872.", f'"1872"^^<{XSD}gYear>'),
        # Words of numbers are those of a language, which nobody here knows.
        ("It has three lamps, of 1871.", "3"),
        ("It has seventy-two lamps.", "72"),
    ],
)
def test_figures_are_found_as_they_are_printed(
    lights_copy: Path, sentence: str, value: str
) -> None:
    assert messages(lights_copy, sentence, value) == []


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("It was lit in 1871.", "1872"),
        ("It was lit in 1871.", "187"),
        ("It cost 48,000 crowns.", "4800"),
        ("It was lit on 3 May 1871.", f'"1817-05-03"^^<{XSD}date>'),
    ],
)
def test_figures_that_are_not_there_are_told(lights_copy: Path, sentence: str, value: str) -> None:
    (message,) = messages(lights_copy, sentence, value)
    assert sentence in message
