"""The plain text of literals: for HTML and XML their text, without anything that a browser runs.

https://www.w3.org/TR/rdf12-concepts/#section-html
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from graphsvc.namespaces import RDF

if TYPE_CHECKING:
    from pyoxigraph import Literal

_MARKUP = frozenset({RDF.HTML, RDF.XMLLiteral})

#: The datatypes of texts in markup languages, in the different forms that graphs use.
_MEDIA_TYPE = re.compile(r".*(?:text/|[#/])(?:markdown|html|xhtml\+xml|plain)$", re.IGNORECASE)

_MOST = 200_000
"""The most characters of markup that are read: nobody reads more in one value of a page."""

_BLOCKS = re.compile(
    r"address|article|aside|blockquote|body|br|caption|d[dlt]|details|div|fieldset|figcaption|figure|"
    r"footer|form|h[1-6r]|header|html|li|main|nav|ol|p|pre|section|summary|t(able|body|foot|head|r)|ul"
)
_HIDDEN = re.compile(r"head|iframe|math|noscript|object|script|style|svg|template|title")
_SPACE = re.compile(r"\s+")
_ODD_SECTION = re.compile(r"<!\[(?!CDATA\[)")


def words_of(literal: Literal) -> str:
    """Return the text of a literal: its lexical form, or the text in its markup."""
    if literal.datatype in _MARKUP or _is_html(literal.datatype.value):
        return text_of(literal.value)
    return literal.value


def is_prose(literal: Literal) -> bool:
    """Tell whether a literal is a text for readers, by its datatype or its language."""
    datatype = literal.datatype
    return (
        literal.language is not None
        or datatype in _MARKUP
        or _MEDIA_TYPE.fullmatch(datatype.value) is not None
    )


def _is_html(datatype: str) -> bool:
    return datatype.lower().endswith(("/text/html", "#html", "/application/xhtml+xml"))


def text_of(markup: str) -> str:
    """Return the text of HTML or XML, with one line for each paragraph."""
    reader = _Text()
    reader.feed(_close_markup(markup[:_MOST]))
    reader.close()
    cut = " …" if len(markup) > _MOST else ""
    return "\n".join(reader.lines()) + cut


def _close_markup(markup: str) -> str:
    """Return markup without open tags, comments or sections at its end, and without odd sections.

    HTMLParser searches for each missing end up to the end of the text: with many of them the time
    would grow with the square of their number. It fails at a section of an unknown kind.
    """
    complete, mark, rest = markup.rpartition(">")
    markup = complete + mark + rest.replace("<", "&lt;")
    complete, mark, rest = markup.rpartition("-->")
    markup = complete + mark + rest.replace("<!--", "&lt;!--")
    complete, mark, rest = markup.rpartition("]]>")
    # For browsers such a section is a comment up to the next ">".
    return _ODD_SECTION.sub("<!-[", complete) + mark + rest.replace("<![", "<!-[")


class _Text(HTMLParser):
    """Collects the text of markup in lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[list[str]] = [[]]
        self._hidden: list[str] = []

    def lines(self) -> list[str]:
        """Return the lines that have words."""
        joined = (_SPACE.sub(" ", "".join(line)).strip() for line in self._lines)
        return [line for line in joined if line and line != "•"]

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - as HTMLParser has it
        if _HIDDEN.fullmatch(tag):
            # The end tag of the first one also closes elements of the same name inside it.
            if tag not in self._hidden:
                self._hidden.append(tag)
        elif _BLOCKS.fullmatch(tag):
            self._lines.append(["• "] if tag == "li" else [])
        elif tag in ("td", "th"):
            self._lines[-1].append(" ")

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        # An empty element hides nothing.
        if not _HIDDEN.fullmatch(tag):
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            del self._hidden[self._hidden.index(tag) :]
        elif _BLOCKS.fullmatch(tag):
            self._lines.append([])

    def unknown_decl(self, data: str) -> None:
        # A CDATA section of XML.
        if data.startswith("CDATA["):
            self.handle_data(data.removeprefix("CDATA["))

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._lines[-1].append(data)
