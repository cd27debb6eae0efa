"""Chooses the reader of an annotation file by its content, not by its name alone."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

from graphsvc.errors import InputError
from graphsvc.texts.annotations import doccano, inception, web

if TYPE_CHECKING:
    from pathlib import Path

    from graphsvc.texts.annotations.model import Annotations

#: The exceptions of readers for content that they do not expect.
_UNSOUND = (ValueError, KeyError, TypeError, AttributeError, SyntaxError, zipfile.BadZipFile)

_REMEDY = (
    "Give INCEpTION's export as UIMA CAS (a .zip, XMI or JSON), doccano's as JSONL, or Web "
    "Annotations in JSON-LD."
)


def read(path: Path, content: str) -> Annotations:
    """Return the annotations in a file; ``content`` is the text that they are of.

    Errors: InputError if the format is unknown or the file is broken.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", (), remedy=_REMEDY) from error
    try:
        if path.suffix in inception.SUFFIXES:
            return inception.read(path, data)
        return _read_json(data.decode("utf-8-sig"), content)
    except _UNSOUND as error:
        raise InputError(
            f"{path} holds no annotations that can be read: {error}.", (), remedy=_REMEDY
        ) from error


def _read_json(text: str, content: str) -> Annotations:
    try:
        document: Any = json.loads(text)
    except json.JSONDecodeError:  # One document a line is not one document.
        return doccano.read([json.loads(line) for line in text.splitlines() if line], content)
    if inception.is_cas(document):
        return inception.read_json(text)
    if web.is_annotations(document):
        return web.read(document)
    return doccano.read(document if isinstance(document, list) else [document], content)
