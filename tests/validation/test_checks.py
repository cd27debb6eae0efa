"""Each check in SPARQL finds the faults that it is for, and nothing else.

tests/invalid/checks/<check>.trig (for those of the program) and tests/invalid/own/<check>.trig (for
those of the shipped project) hold faulty data and correct data; the first line names what
the check must find.
"""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from graphsvc import sources, sparql
from graphsvc.queries import Check, load_checks
from graphsvc.validation import common_checks
from graphsvc.validation.lint import PROJECTION, lint_check

ROOT = Path(__file__).parents[2]
INVALID = Path(__file__).parents[1] / "invalid"
COMMON = common_checks()
OWN = load_checks(ROOT / "queries")
CHECKS = (*COMMON, *OWN)


def found_by(check: Check, case: str) -> set[str]:
    store = ox.Store()
    store.load(case.encode(), ox.RdfFormat.TRIG)
    rows = store.query(check.text, use_default_graph_as_union=True)
    assert isinstance(rows, ox.QuerySolutions)
    assert tuple(variable.value for variable in rows.variables) == PROJECTION
    return {row["entity"].value for row in rows}


def expected_in(case: str) -> set[str]:
    line, _, turtle = case.partition("\n")
    namespaces = sparql.declared_prefixes(turtle)
    named = line.removeprefix("# Found: ").split()
    assert named
    return {
        name[1:-1]
        if name.startswith("<")
        else namespaces[name.partition(":")[0]] + name.partition(":")[2]
        for name in named
    }


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_it_finds_what_is_wrong_and_nothing_else(check: Check) -> None:
    folder = INVALID / ("checks" if check in COMMON else "own")
    case = (folder / f"{check.name}.trig").read_text("utf-8")
    assert found_by(check, case) == expected_in(case)


def test_every_case_has_its_check() -> None:
    for folder, checks in (("checks", COMMON), ("own", OWN)):
        cases = {case.stem for case in (INVALID / folder).glob("*.trig")}
        assert cases == {check.name for check in checks}


def test_checks_keep_the_rules_of_queries() -> None:
    prefixes = sources.load(ROOT).prefixes
    assert [finding for check in CHECKS for finding in lint_check(check, prefixes)] == []


@pytest.mark.parametrize(
    "code",
    [f"OOPS P{number:02}" for number in (*range(3, 9), 10, 11, 13, *range(19, 23), *range(24, 27))]
    + [f"OOPS P{number}" for number in (28, 29, *range(32, 37), *range(38, 42))],
)
def test_every_pitfall_that_a_query_can_find_has_a_check(code: str) -> None:
    assert code in {check.code for check in CHECKS}


def test_common_checks_name_no_term_of_a_project() -> None:
    for check in COMMON:
        assert "iwm" not in check.text, check.name


def test_common_checks_declare_their_prefixes() -> None:
    for check in COMMON:
        assert set(sparql.used_prefixes(check.text)) <= set(sparql.declared_prefixes(check.text))
