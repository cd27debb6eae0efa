"""The browser, for what is to be seen of watching and editing."""

from browser.conftest import browser

__all__ = ["browser"]
