"""axe-core on a page: what WCAG 2.2 AA forbids and a program can find.

https://github.com/dequelabs/axe-core/blob/develop/doc/API.md
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: What npm installs for tests alone: see tests/checkers/package.json.
CHECKERS = Path(__file__).parents[1] / "checkers" / "node_modules"

_AXE = CHECKERS / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
_RUN = """async rules => (
  await axe.run({ runOnly: rules, resultTypes: ["violations"] })
).violations.map(each => ({
  rule: each.id, help: each.help, at: each.nodes.map(node => node.target.flat().join(" ")),
}))"""


def violations(page: Page) -> list[dict[str, Any]]:
    """Return the rules that a page breaks as it stands: the rule, its help, and where."""
    assert _AXE.is_file(), "The tests need axe-core: make checkers"
    if not page.evaluate("'axe' in window"):
        # Evaluated by the debugger, it needs no leave of the page's policy.
        page.evaluate(_AXE.read_text("utf-8"))
    results: list[dict[str, Any]] = page.evaluate(_RUN, _RULES)
    return results
