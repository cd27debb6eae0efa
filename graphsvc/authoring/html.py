"""HTML as text: blocks with their kinds; Markdown and Word documents are converted to HTML first.

The reader does not guess: text outside the main content stays, and is furniture where the markup
says so. Scripts, styles and hidden elements are not text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree, html

from graphsvc.authoring.stretches import Extract, TextBlock, compose
from graphsvc.texts.model import PassageKind

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADING = re.compile(r"h([1-6])")
_ITEMS = frozenset(("li", "dt", "dd", "tr"))
_BLOCKS = _ITEMS | frozenset(
    (
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "button",
        "caption",
        "center",
        "details",
        "dialog",
        "div",
        "dl",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "main",
        "menu",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "search",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "ul",
    )
)
#: Elements without text. HEAD is not among them: the parser moves unknown elements there.
_UNREAD = frozenset(
    (
        "audio",
        "canvas",
        "datalist",
        "embed",
        "iframe",
        "map",
        "math",
        "meter",
        "noscript",
        "object",
        "picture",
        "progress",
        "script",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "video",
    )
)
_FURNITURE = frozenset(("nav", "form", "button", "menu", "search"))
_FURNITURE_ROLES = frozenset(("navigation", "banner", "contentinfo", "search"))
#: These belong to the page, unless they are inside a section of it
#: (https://www.w3.org/TR/html-aam-1.0/#el-header).
_OF_PAGE = frozenset(("header", "footer"))
_PARTS = frozenset(("article", "aside", "main", "nav", "section"))

_BREAK = "\x00"
"""Stands for a line break of the document while white space is normalised."""


def read(data: bytes | str) -> Extract:
    """Return the text of a page, its title and its declared language."""
    root = _parse(data)
    if root is None:
        return compose(())
    title = root.findtext(".//title") if isinstance(root.tag, str) else None
    language = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")
    return compose(_blocks(root), " ".join((title or "").split()) or None, language or None)


def _parse(data: bytes | str) -> etree._Element | None:
    parser = html.HTMLParser(remove_comments=True, remove_pis=True)
    if isinstance(data, bytes) and _is_utf_8(data):
        # The parser guesses a wrong encoding for a page that declares none.
        data = data.decode("utf-8-sig")
    if isinstance(data, str):
        data = data.encode()
        parser = html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        return html.document_fromstring(data, parser=parser)
    except etree.ParserError:
        # The document is empty.
        return None


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Context:
    """The kind of the text within an element; ``is_part`` is true within a section of the page."""

    kind: PassageKind
    level: int = 0
    is_part: bool = False
    is_unread: bool = False


def _blocks(root: etree._Element) -> Iterator[TextBlock]:
    stack = [_Context(PassageKind.SENTENCE)]
    pieces: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        is_block = element.tag in _BLOCKS
        if is_block:
            yield from _block(pieces, stack[-1])
            pieces = []
        if event == "start":
            stack.append(_within(element, stack[-1]))
            pieces += _inline(element, stack[-1])
        else:
            stack.pop()
            if not stack[-1].is_unread:
                pieces.append(element.tail or "")
    yield from _block(pieces, stack[-1])


def _inline(element: etree._Element, context: _Context) -> Iterator[str]:
    if context.is_unread:
        return
    if element.tag == "br":
        yield _BREAK
    elif element.tag in ("td", "th"):
        yield " "
    words = element.text or ""
    yield words.replace("\n", _BREAK) if element.tag == "pre" else words


def _within(element: etree._Element, outer: _Context) -> _Context:
    tag = str(element.tag)
    is_part = outer.is_part or tag in _PARTS
    is_unread = outer.is_unread or tag in _UNREAD or "hidden" in element.attrib
    heading = _HEADING.fullmatch(tag)
    if outer.kind is PassageKind.FURNITURE or _is_furniture(element, outer):
        return _Context(PassageKind.FURNITURE, 0, is_part, is_unread)
    if heading:
        return _Context(PassageKind.HEADING, int(heading[1]), is_part, is_unread)
    if tag in _ITEMS:
        return _Context(PassageKind.ITEM, 0, is_part, is_unread)
    return _Context(outer.kind, outer.level, is_part, is_unread)


def _is_furniture(element: etree._Element, outer: _Context) -> bool:
    tag = element.tag
    is_of_page = tag in _OF_PAGE and not outer.is_part
    return is_of_page or tag in _FURNITURE or element.get("role") in _FURNITURE_ROLES


def _block(pieces: list[str], context: _Context) -> Iterator[TextBlock]:
    lines = (" ".join(line.split()) for line in "".join(pieces).split(_BREAK))
    if words := "\n".join(line for line in lines if line):
        if context.kind is PassageKind.HEADING:
            words = " ".join(words.split())
        yield TextBlock(words, context.kind, context.level)
