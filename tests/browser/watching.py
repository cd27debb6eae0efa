"""Opening a page so that nothing it complains of, and nothing it asks elsewhere, goes unnoticed."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING, TypedDict
from urllib.parse import urlsplit

from werkzeug.serving import make_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request
    from typing_extensions import Unpack

#: What the emulated graphics card says of its own speed, and how a request ends whose page is left.
_CARD = "GL Driver Message"
_LEFT = "net::ERR_ABORTED"


#: A4 less its margins, upright and turned round, in CSS pixels of 1/96 inch.
PAPER, WIDE_PAPER = 680, 1032


class Unusual(TypedDict, total=False):
    """What few pages need: ``expected_message`` is a part of a message that the test expects.

    ``status`` is that of the answer. For any but 200 the test expects a message of the browser.
    A screen that is ``touched`` has no pointer that could hover. A page ``without_policy`` is shown
    as if it had no Content-Security-Policy.
    """

    locale: str
    scripts: bool
    expected_message: str
    status: int
    touched: bool
    without_policy: bool


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an application on a free port of this machine; give its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def opened(
    browser: Browser,
    url: str,
    width: int = 1280,
    scheme: str = "light",
    **unusual: Unpack[Unusual],
) -> Iterator[Page]:
    """Open a page and see to it that nothing fails and nothing comes from elsewhere."""
    status = unusual.get("status", 200)
    expected_message = unusual.get(
        "expected_message", "" if status == 200 else f"status of {status}"
    )
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=unusual.get("scripts", True),
        locale=unusual.get("locale"),
        has_touch=unusual.get("touched", False),
        bypass_csp=unusual.get("without_policy", False),
    )
    complaints: list[str] = []
    hosts: set[str] = set()

    def heard(message: ConsoleMessage) -> None:
        text = message.text
        if _CARD not in text and not (expected_message and expected_message in text):
            complaints.append(text)

    def failed(request: Request) -> None:
        if request.failure != _LEFT:
            complaints.append(f"{request.url}: {request.failure}")

    def interrupted(dialog: Dialog) -> None:
        complaints.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    page = context.new_page()
    page.on("console", heard)
    page.on("dialog", interrupted)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", failed)
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    answer = page.goto(url)
    assert answer is not None
    assert answer.status == status
    yield page
    context.close()
    assert complaints == []
    assert hosts == {urlsplit(url).netloc}


def printed(page: Page, width: int) -> Page:
    """Return the page as it is printed, by somebody whose screen is dark."""
    page.set_viewport_size({"width": width, "height": 1000})
    page.emulate_media(media="print", color_scheme="dark")
    return page


def pasted(page: Page, query: str) -> None:
    """Put a query in the place of the one in the editor, as who copies one does."""
    editor = page.locator(".cm-content")
    editor.click()
    page.keyboard.press("Control+a")
    editor.evaluate(_PASTE, query)


_PASTE = """(editor, words) => {
  const data = new DataTransfer();
  data.setData("text/plain", words);
  const kind = { clipboardData: data, bubbles: true, cancelable: true };
  editor.dispatchEvent(new ClipboardEvent("paste", kind));
}"""
