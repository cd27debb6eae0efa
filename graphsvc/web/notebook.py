"""A Jupyter notebook that asks a query and shows the answer: nbformat 4.5.

https://nbformat.readthedocs.io/en/latest/format_description.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from graphsvc.web import snippets


@dataclass(frozen=True, slots=True)
class NotebookSource:
    """The source of the answer in a notebook."""

    title: str
    address: str
    release: str
    licence: str | None


def notebook(query: str, source: NotebookSource) -> str:
    """Return the notebook of a query, as the text of its file."""
    package = snippets.package(query)
    cells = [
        _words("about", _about(source, package)),
        _code("answer", snippets.python(query, source.address).rstrip("\n")),
    ]
    if package == "pandas":
        cells.append(_code("table", "table"))
    members = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(members, indent=1, ensure_ascii=False) + "\n"


def _about(source: NotebookSource, package: str) -> str:
    lines = [
        f"# {source.title}",
        "",
        f"A query to the SPARQL endpoint <{source.address}>, written down when it served the "
        f"release `{source.release}`. Run all cells to ask it again.",
    ]
    if package:
        lines += ["", f"It needs {package}: `%pip install {package}`"]
    if source.licence:
        lines += ["", f"Licence of the data: <{source.licence}>"]
    return "\n".join(lines)


def _words(name: str, text: str) -> dict[str, object]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": _lines(text)}


def _code(name: str, text: str) -> dict[str, object]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {},
        "outputs": [],
        "source": _lines(text),
    }


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
