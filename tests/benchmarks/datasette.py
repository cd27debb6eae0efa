"""The server that our pages are compared with: Datasette, which publishes a table of the quads.

It makes each page at each request, as our server does at the first request. Its pages show less of
a thing: no labels, no sentences, no facts that point to it. https://docs.datasette.io/
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote

from .peers import HOST, SCRIPTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from .page_server import Command
    from .page_types import Paths

QUADS = "SELECT ?s ?p ?o ?g WHERE { GRAPH ?g { ?s ?p ?o } }"
"""What is put into the table."""

_COLUMNS = ("subject", "property", "value", "source")
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def write(file: Path, quads: Iterable[Sequence[str]]) -> None:
    """Write quads into a table that has an index of each column."""
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(f"CREATE TABLE facts ({', '.join(_COLUMNS)})")
        database.executemany("INSERT INTO facts VALUES (?, ?, ?, ?)", quads)
        for name in _COLUMNS:
            database.execute(f"CREATE INDEX by_{name} ON facts ({name})")


def command(file: Path) -> Command:
    """Return the command that serves a file, with Datasette's own settings."""
    words = (SCRIPTS / "datasette", "serve", "--immutable", file, "--host", HOST, "--port")
    return lambda port: (*words, str(port))


def pages(file: Path, things: Iterable[str], classes: Iterable[str]) -> Mapping[str, Paths]:
    """Return the pages to ask for: the facts of each thing, and the things of each class."""
    table = f"/{file.stem}/facts"
    of_class = f"{table}?property={quote(_TYPE, safe='')}&value="
    return {
        "Datasette, a thing": tuple(f"{table}?subject={quote(iri, safe='')}" for iri in things),
        "Datasette, a class with facets": tuple(
            f"{of_class}{quote(iri, safe='')}&_facet=source&_facet=subject" for iri in classes
        ),
    }
