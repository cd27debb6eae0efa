"""The plain text of a document; the ending of the file's name decides which reader is used."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc.authoring import html, plain
from graphsvc.errors import TextError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graphsvc.authoring.stretches import Extract

#: The metadata at the top of some Markdown files.
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n---[ \t]*\n", re.DOTALL)
#: Word's own style for the title of a document, which is a heading too.
_STYLES = "p[style-name='Title'] => h1:fresh"


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A file from which a text is extracted: its bytes, the ending of its name, and the text."""

    data: bytes
    ending: str
    extract: Extract


def read(path: Path) -> SourceDocument:
    """Return the text of a file. Errors: TextError for an unknown, broken or empty file."""
    ending = path.suffix.lower()
    if ending not in _READERS:
        raise TextError(
            f"{path} has a format that cannot be read.",
            remedy=f"Its name must end with one of {', '.join(_READERS)}.",
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TextError(
            f"{path} cannot be read: {error.strerror}.", remedy="Name a file that is there."
        ) from error
    try:
        extract = _READERS[ending](data)
    except TextError as error:
        raise TextError(f"{path}: {error.message}", remedy=error.remedy) from error
    # The libraries do not document what they raise for a broken file.
    except Exception as error:
        raise TextError(
            f"{path} cannot be read as {ending[1:].upper()}: {error}",
            remedy="Open it in the program that made it, and save it again or as plain text.",
        ) from error
    if not extract.content.strip():
        raise TextError(
            f"{path} has no words.",
            remedy="If it is a picture of a text, have the text recognised first.",
        )
    return SourceDocument(data, ending, extract)


def decode(data: bytes) -> str:
    r"""Return the characters of a text file, its lines ended by ``\n``. Errors: TextError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TextError(
            f"The byte {data[error.start]:#04x} at offset {error.start} is not UTF-8.",
            remedy="Save the file as UTF-8.",
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _text(data: bytes) -> Extract:
    return plain.read(decode(data))


def _markdown(data: bytes) -> Extract:
    # Each of these libraries reads one format and loads slowly.
    from markdown_it import MarkdownIt  # noqa: PLC0415

    text = _FRONT_MATTER.sub("", decode(data))
    return html.read(MarkdownIt("commonmark").enable("table").render(text))


def _word(data: bytes) -> Extract:
    import mammoth  # noqa: PLC0415

    return html.read(mammoth.convert_to_html(io.BytesIO(data), style_map=_STYLES).value)


def _pdf(data: bytes) -> Extract:
    from graphsvc.authoring import pdf  # noqa: PLC0415

    return pdf.read(data)


_READERS: dict[str, Callable[[bytes], Extract]] = {
    ".txt": _text,
    ".md": _markdown,
    ".markdown": _markdown,
    ".html": html.read,
    ".htm": html.read,
    ".xhtml": html.read,
    ".pdf": _pdf,
    ".docx": _word,
}
