"""The mapping of a table: a header, and a CONSTRUCT query that makes facts of one row.

    #+ key: id
    #+ datatypes: {lit: integer}
    CONSTRUCT { ?light a lights:Light ; lights:litIn ?year }
    WHERE {
      ?row column:id ?id ; column:lit ?year .
      BIND (IRI(CONCAT("https://example.org/lights/id/light/", ?id)) AS ?light)
    }

``key`` is the column that names a row, so that the row keeps its IRI if the order changes;
``datatypes`` has the datatypes of columns; ``delimiter`` is the character between the cells of a
CSV file, ``sheet`` the name of a sheet of a workbook.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import pyoxigraph as ox
import yaml

from graphsvc import sparql, spelling, trig
from graphsvc.datatypes import DATATYPES, XSD
from graphsvc.errors import QueryError
from graphsvc.namespaces import Prefixes
from graphsvc.store.oxigraph import OxigraphStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphsvc.tables.cells import TableRow

#: The beginning of a line of the header, as in the files of questions.
_MARK = "#+"

_KEYS = ("key", "datatypes", "delimiter", "sheet")


@dataclass(frozen=True, slots=True)
class MappingHeader:
    """The header of a mapping; every field is optional."""

    key: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    datatypes: Mapping[str, str] = field(default_factory=dict)


class InvalidMappingError(ValueError):
    """A mapping cannot be used: the message, a ``remedy``, and the ``line`` of the error."""

    def __init__(self, message: str, remedy: str, line: int = 1) -> None:
        super().__init__(message)
        self.remedy = remedy
        self.line = line


def parse_header(text: str) -> MappingHeader:
    """Return the header of a mapping. Errors: InvalidMappingError."""
    lines = [line.removeprefix(_MARK)[1:] for line in text.splitlines() if line.startswith(_MARK)]
    try:
        fields = yaml.safe_load("\n".join(lines)) or {}
    except yaml.YAMLError as error:
        raise InvalidMappingError(f"The header is not YAML: {error}.", _USAGE) from error
    if not isinstance(fields, dict) or not {*fields} <= {*_KEYS}:
        raise InvalidMappingError("The header has an unknown key or a wrong value.", _USAGE)
    datatypes = fields.get("datatypes") or {}
    unknown = [each for each in datatypes.values() if XSD + str(each) not in DATATYPES]
    if unknown:
        raise InvalidMappingError(
            f"“{unknown[0]}” is no datatype.",
            "Write one of XML Schema without a prefix: integer, decimal, date, gYear, boolean …",
        )
    texts = {name: str(fields[name]) for name in ("key", "delimiter", "sheet") if fields.get(name)}
    return MappingHeader(
        **texts, datatypes={str(name): XSD + kind for name, kind in datatypes.items()}
    )


_USAGE = f"Write lines such as `{_MARK} key: id`; there are {', '.join(_KEYS)}."


class RowMapping:
    """Makes the facts of rows by the query of a mapping.

    The IRI of a column is the IRI of its table, ``#``, and its percent-encoded name, as in CSVW
    (https://www.w3.org/TR/csv2rdf/#table-level-annotations); ``column:`` is the prefix of these.
    """

    def __init__(
        self, text: str, table: str, prefixes: Mapping[str, str], datatypes: Mapping[str, str]
    ) -> None:
        """Take the query. Errors: InvalidMappingError."""
        self._text = text
        self._namespace = f"{table}#"
        self._prefixes = {**prefixes, "column": self._namespace}
        self._datatypes = {name: ox.NamedNode(iri) for name, iri in datatypes.items()}
        self._check()

    def _check(self) -> None:
        try:
            OxigraphStore(ox.Store(), Prefixes(self._prefixes)).read(self._text)
        except QueryError as error:
            line = error.position.line if error.position else 1
            raise InvalidMappingError(error.message, error.remedy, line) from error
        if sparql.form(self._text) != "CONSTRUCT":
            raise InvalidMappingError(
                "A mapping makes triples of a row.", "Write CONSTRUCT { … } WHERE { … }."
            )

    def unknown_columns(self, columns: Sequence[str]) -> Iterator[InvalidMappingError]:
        """Yield an error for each column in the query that the table does not have."""
        text = f"PREFIX column: <{self._namespace}> {self._text}"
        for iri, line in trig.mentions(text).items():
            name = unquote(iri.removeprefix(self._namespace))
            if iri.startswith(self._namespace) and name and name not in columns:
                similar = spelling.similar_spellings(name, columns, 1)
                guess = f"Did you mean {similar[0]}? " if similar else ""
                yield InvalidMappingError(
                    f"The table has no column “{name}”.",
                    f"{guess}It has {', '.join(columns)}.",
                    line,
                )

    def of(self, iri: str, row: TableRow) -> list[ox.Triple]:
        """Return the triples of a row, each once."""
        node = ox.NamedNode(iri)
        store = ox.Store()
        store.extend(
            ox.Quad(
                node, ox.NamedNode(self._namespace + quote(name, safe="")), self._value(name, cell)
            )
            for name, cell in row.cells.items()
        )
        # `_check` makes sure that it is a CONSTRUCT.
        triples: ox.QueryTriples = store.query(self._text, prefixes=self._prefixes)  # type: ignore[assignment]
        return [*dict.fromkeys(triples)]

    def wrong_cells(self, row: TableRow) -> Iterator[tuple[str, str]]:
        """Yield the columns whose cells are invalid, each with its datatype."""
        for name, datatype in self._datatypes.items():
            cell = row.cells.get(name)
            if cell is not None and not DATATYPES[datatype.value].accepts(cell):
                yield name, datatype.value

    def _value(self, name: str, cell: str) -> ox.Literal:
        datatype = self._datatypes.get(name)
        return ox.Literal(cell) if datatype is None else ox.Literal(cell, datatype=datatype)
