"""Small documents of the same words in each format that a text can be taken from."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import docx
from fpdf import FPDF

if TYPE_CHECKING:
    from collections.abc import Callable

#: What every sample says: kind (with the level of a heading) and words.
PASSAGES = [
    ("heading 1", "The Ferries of Île Merrow"),
    ("sentence", "Dr. Jane Poole sailed on 3 May 1904 at 5 p.m. from Port Merrow."),
    ("sentence", "“The sea was calm,” she wrote, “and the fare was £2.50.”"),
    ("heading 2", "Boats"),
    ("item", "Seal, until 1911"),
    ("item", "Tern, with a crew of five"),
]

MARKDOWN = """\
---
layout: page
---
# The Ferries of Île *Merrow*

Dr. Jane Poole sailed on 3 May 1904 at 5 p.m. from [Port
Merrow](https://example.org/). “The sea was calm,” she wrote, “and the fare was £2.50.”

## Boats

- Seal, until 1911
- Tern, with a crew of five
"""

HTML = """\
<!doctype html><html lang="en-GB"><head><title>Ferries&nbsp;of
Merrow</title>
<style>p { color: red }</style></head><body>
<header><p>Merrow Museum</p><nav><ul><li><a href="/">Home</a></li></ul></nav></header>
<main><article><header><h1>The Ferries of <em>Île Merrow</em></h1></header>
<p>Dr. Jane Poole sailed on 3&nbsp;May 1904
at 5 p.m. from Port Merrow. “The sea was calm,” she wrote, “and the fare was £2.50.”</p>
<script>document.write("no text")</script><p hidden>Nobody sees this.</p>
<h2>Boats</h2><ul><li>Seal, until 1911<li><p>Tern, with a crew of five</p></ul></article></main>
<footer>© Merrow Museum</footer></body></html>
"""

PLAIN = """\
The Ferries of Île Merrow

Dr. Jane Poole sailed on 3 May 1904 at 5 p.m. from Port Merrow.
“The sea was calm,” she wrote, “and the fare was £2.50.”

Boats

- Seal, until 1911
- Tern, with a crew of five
"""


def word() -> bytes:
    """Return a document as Word writes it."""
    document = docx.Document()
    document.add_paragraph(PASSAGES[0][1], style="Title")
    document.add_paragraph(f"{PASSAGES[1][1]} {PASSAGES[2][1]}")
    document.add_heading("Boats", 2)
    for _, words in PASSAGES[4:]:
        document.add_paragraph(words, style="List Bullet")
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def pdf() -> bytes:
    """Return two pages, with a running head and numbers, a word divided at a line's end."""
    document = _Pages()
    document.set_font("Helvetica", size=11)
    document.add_page()
    _line(document, PASSAGES[0][1], 20)
    # The standard fonts of PDF have no curly quotation marks.
    _line(document, f"{PASSAGES[1][1]} She wrote that the fare was £2.50 and that the pas-", 11)
    _line(document, "sage was calm.", 11, gap=8)
    document.add_page()
    _line(document, "Boats", 15)
    for _, words in PASSAGES[4:]:
        _line(document, f"\u00b7 {words}", 11, gap=6)
    return bytes(document.output())


class _Pages(FPDF):
    def header(self) -> None:
        self.set_font("Helvetica", size=9)
        self.cell(text="Merrow Museum, leaflets")
        self.ln(25)

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("Helvetica", size=9)
        self.cell(text=f"Page {self.page_no()}")


def _line(document: FPDF, words: str, size: int, gap: int = 0) -> None:
    document.set_font("Helvetica", size=size)
    document.cell(text=words)
    document.ln(size * 0.45 + gap)


FILES: dict[str, Callable[[], bytes]] = {
    "ferries.md": MARKDOWN.encode,
    "ferries.html": HTML.encode,
    "ferries.txt": PLAIN.encode,
    "ferries.docx": word,
    "ferries.pdf": pdf,
}
