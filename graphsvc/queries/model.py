"""The content of a query file: a question with its parameters, or a check."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.datatypes import DATATYPES, XSD, is_absolute_iri
from graphsvc.errors import ParameterError
from graphsvc.findings import Severity
from graphsvc.queries.binding import BoundQuery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsvc.store.base import Term

#: The beginning of each line of a header.
MARK = "#+"

#: The types a parameter can have, each with the datatype of its literal (None: an IRI).
PARAM_TYPES: dict[str, str | None] = {
    "iri": None,
    "string": XSD + "string",
    "integer": XSD + "integer",
    "decimal": XSD + "decimal",
    "boolean": XSD + "boolean",
    "date": XSD + "date",
    "datetime": XSD + "dateTime",
    "year": XSD + "gYear",
    "year-month": XSD + "gYearMonth",
}


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of a query: the variable ``name``, bound to a term of ``type``."""

    name: str
    type: str
    example: str
    about: str

    def term(self, text: str, prefixes: Mapping[str, str] | None = None) -> Term:
        """Return the term for a text; an IRI may have a known prefix.

        Raises ParameterError when the text is not of the parameter's type.
        """
        datatype = PARAM_TYPES[self.type]
        if datatype is None:
            return NamedNode(self._iri(text, prefixes or {}))
        if not DATATYPES[datatype].accepts(text):
            raise ParameterError(
                f"The parameter {self.name} takes a value of type {self.type}; “{text}” is none.",
                remedy=f"Write it like {DATATYPES[datatype].example}.",
            )
        return Literal(text, datatype=NamedNode(datatype))

    def _iri(self, text: str, prefixes: Mapping[str, str]) -> str:
        prefix, colon, local = text.partition(":")
        if colon and prefix in prefixes and not local.startswith("//"):
            return prefixes[prefix] + local
        if not is_absolute_iri(text):
            raise ParameterError(
                f"The parameter {self.name} takes an IRI; “{text}” is none.",
                remedy=f"Write a whole IRI, like {self.example}, or one with a known prefix.",
            )
        return text


@dataclass(frozen=True, slots=True)
class Query:
    """A named question: its description, and the SPARQL text (the whole file).

    ``group`` is explained in `graphsvc.queries.groups`.
    """

    name: str
    summary: str
    text: str
    path: str
    description: str = ""
    group: str = ""
    tags: tuple[str, ...] = ()
    params: Mapping[str, Param] = field(default_factory=dict)

    @property
    def body(self) -> str:
        """Return the text without its header, for an engine or for people to read."""
        return _body(self.text)

    def bind(self, terms: Mapping[str, Term | Iterable[Term]]) -> BoundQuery:
        """Return the query with one term or several for each parameter, written into its text.

        Errors: KeyError for a parameter that it does not have.
        """
        bindings = {
            name: tuple(term) if isinstance(term, Iterable) else (term,)
            for name, term in terms.items()
        }
        if unknown := bindings.keys() - self.params.keys():
            raise KeyError(f"{self.name} has no parameter {', '.join(sorted(unknown))}.")
        return BoundQuery(self, bindings)

    def bindings(
        self, arguments: Mapping[str, str], prefixes: Mapping[str, str] | None = None
    ) -> dict[str, Term]:
        """Return the term of every parameter: from the arguments, else from its example.

        Raises ParameterError for an argument that the query does not take or cannot use.
        """
        unknown = next((name for name in arguments if name not in self.params), None)
        if unknown is not None:
            raise ParameterError(
                f"The query {self.name} has no parameter “{unknown}”.",
                remedy=f"It takes: {', '.join(self.params) or 'none'}.",
            )
        return {
            name: param.term(arguments.get(name, param.example), prefixes)
            for name, param in self.params.items()
        }


@lru_cache(maxsize=512)
def _body(text: str) -> str:
    lines = text.splitlines()
    while lines and lines[0].startswith(MARK):
        lines.pop(0)
    return "\n".join(lines).strip() + "\n"


@dataclass(frozen=True, slots=True)
class Check:
    """A query whose rows are faults: ``?entity ?property ?value``.

    ``code`` is the name for exceptions: a term is excepted by an editorial note that begins with it
    (``skos:editorialNote "OOPS P11: why"@en``).
    """

    name: str
    problem: str
    remedy: str
    text: str
    path: str
    severity: Severity = Severity.ERROR
    code: str = ""
