"""The browser, for the tests of the pages of watching and editing."""

from browser.conftest import browser

__all__ = ["browser"]
