"""Somebody who has a keyboard and no mouse, and looks where the focus is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

# What the focused element is called, and whether it can be seen to have the focus.
_FOCUSED = """async () => {
  let one = document.activeElement;
  while (one.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  if (one === document.body) return null;
  const ring = at => {
    const { outlineStyle, outlineWidth } = getComputedStyle(at);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  };
  // An editor shows it around the whole of itself, some frames later.
  const whole = one.closest(".cm-editor") ?? one;
  for (let frames = 0; whole !== one && !ring(whole) && frames < 60; frames++) {
    await new Promise(requestAnimationFrame);
  }
  const [box] = one.getClientRects();
  const words = one.getAttribute("aria-label") ?? one.labels?.[0]?.textContent ?? one.textContent;
  return {
    words: words.replace(/\\s+/g, " ").trim(),
    address: one.getAttribute("href") ?? "",
    ringed: ring(whole),
    shown: one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && Boolean(box)
      && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""

#: No way from one link to the next that is worth taking has more steps than this.
_PATIENCE = 400


@dataclass(frozen=True, slots=True)
class Hands:
    """A keyboard on a page. Every place where the focus stops on the way has to be seen."""

    page: Page

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, words: str) -> None:
        """Write into what has the focus, in place of what is there."""
        self.press("Control+a")
        self.page.keyboard.type(words)

    def go_to(self, words: str, address: str = "", key: str = "Tab") -> None:
        """Press a key until what has the focus begins with these words, and leads to an address."""
        passed = []
        for _ in range(_PATIENCE):
            self.press(key)
            focused = self.page.evaluate(_FOCUSED)
            if focused is None:
                continue
            assert focused["ringed"], f"Nothing shows that {focused['words']!r} has the focus."
            assert focused["shown"], f"{focused['words']!r} has the focus and is not to be seen."
            if focused["words"].startswith(words) and address in focused["address"]:
                return
            passed.append(focused["words"])
        raise AssertionError(f"The {key} key does not lead to {words!r}, but to {passed[-20:]}.")

    def follow(self, words: str, address: str = "", key: str = "Tab") -> None:
        """Go to a link and follow it; wait for the page or the place that it leads to."""
        self.go_to(words, address, key)
        before = self.page.url
        self.press("Enter")
        self.page.wait_for_function("before => location.href !== before", arg=before)
        self.page.wait_for_load_state()
