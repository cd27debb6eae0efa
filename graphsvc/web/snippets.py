"""Code that asks a query from other programs: for the shell, Python and R."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from graphsvc import sparql

_CURL = """\
curl {address} \\
  -H 'Accept: {media_type}' \\
  --data-urlencode query={query}
"""

_WRAPPER_TABLE = """\
from SPARQLWrapper import JSON, POST, SPARQLWrapper

service = SPARQLWrapper({address}, returnFormat=JSON)
service.setMethod(POST)
service.setQuery({query})
answer = service.queryAndConvert()
for row in answer["results"]["bindings"]:
    print({{name: term["value"] for name, term in row.items()}})
"""

_WRAPPER_ASK = """\
from SPARQLWrapper import JSON, POST, SPARQLWrapper

service = SPARQLWrapper({address}, returnFormat=JSON)
service.setMethod(POST)
service.setQuery({query})
print(service.queryAndConvert()["boolean"])
"""

_WRAPPER_GRAPH = """\
from SPARQLWrapper import POST, TURTLE, SPARQLWrapper

service = SPARQLWrapper({address}, returnFormat=TURTLE)
service.setMethod(POST)
service.setQuery({query})
print(service.queryAndConvert().decode("utf-8"))
"""

_PANDAS = """\
import io
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pandas

query = {query}
request = Request({address}, urlencode({{"query": query}}).encode(), {{"Accept": "text/csv"}})
with urlopen(request) as answer:
    table = pandas.read_csv(io.BytesIO(answer.read()))
print(table)
"""

_ASK = """\
import json
from urllib.parse import urlencode
from urllib.request import Request, urlopen

query = {query}
accept = {{"Accept": "application/sparql-results+json"}}
with urlopen(Request({address}, urlencode({{"query": query}}).encode(), accept)) as answer:
    print(json.load(answer)["boolean"])
"""

_RDFLIB = """\
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import rdflib

query = {query}
accept = {{"Accept": "application/n-triples"}}
with urlopen(Request({address}, urlencode({{"query": query}}).encode(), accept)) as answer:
    graph = rdflib.Graph().parse(data=answer.read().decode("utf-8"), format="nt")
print(graph.serialize(format="turtle"))
"""

_R_TABLE = """\
library(httr)

query <- {query}
answer <- POST({address}, body = list(query = query), encode = "form", accept("text/csv"))
stop_for_status(answer)
table <- read.csv(text = content(answer, "text", encoding = "UTF-8"))
print(table)
"""

_R_TEXT = """\
library(httr)

query <- {query}
answer <- POST({address}, body = list(query = query), encode = "form", accept({media_type}))
stop_for_status(answer)
cat(content(answer, "text", encoding = "UTF-8"))
"""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of code that asks a query: its language, its requirements, its text."""

    name: str
    label: str
    needs: str
    code: str


@dataclass(frozen=True, slots=True)
class _AnswerKind:
    """The code for answers of one kind: their media type, and the templates that read them."""

    media_type: str
    wrapper: str
    python: str
    package: str
    r: str


_TABLE = _AnswerKind("text/csv", _WRAPPER_TABLE, _PANDAS, "pandas", _R_TABLE)
_YES_OR_NO = _AnswerKind("application/sparql-results+json", _WRAPPER_ASK, _ASK, "", _R_TEXT)
_GRAPH = _AnswerKind("text/turtle", _WRAPPER_GRAPH, _RDFLIB, "rdflib", _R_TEXT)
_KINDS = {"ASK": _YES_OR_NO, "CONSTRUCT": _GRAPH, "DESCRIBE": _GRAPH}


def snippets(query: str, address: str) -> tuple[Snippet, ...]:
    """Return complete pieces of code that ask a query at the address of an endpoint."""
    kind = _kind(query)
    curl = _CURL.format(
        address=shlex.quote(address), media_type=kind.media_type, query=shlex.quote(query)
    )
    in_r = kind.r.format(
        query=r_string(query), address=r_string(address), media_type=r_string(kind.media_type)
    )
    return (
        Snippet("curl", "curl", "", curl),
        Snippet(
            "python",
            f"Python, {kind.package}" if kind.package else "Python",
            f"pip install {kind.package}" if kind.package else "",
            python(query, address),
        ),
        Snippet(
            "sparqlwrapper",
            "Python, SPARQLWrapper",
            "pip install sparqlwrapper",
            _in_python(kind.wrapper, query, address),
        ),
        Snippet("r", "R, httr", 'install.packages("httr")', in_r),
    )


def python(query: str, address: str) -> str:
    """Return Python that asks a query: its answer is ``table`` (pandas) or ``graph`` (rdflib)."""
    return _in_python(_kind(query).python, query, address)


def package(query: str) -> str:
    """Return the package that the code of ``python`` needs, or nothing."""
    return _kind(query).package


def python_string(text: str) -> str:
    """Return a text as a literal of Python; it keeps its lines, so that people can read it."""
    # A literal in triple quotes cannot contain triple quotes, nor a quote at its end.
    printable = text.replace("\n", "").replace("\t", "").isprintable()
    if "\n" not in text or not printable or '"""' in text or text.endswith('"'):
        return repr(text)
    escaped = text.replace("\\", "\\\\")
    return f'"""{escaped}"""'


def r_string(text: str) -> str:
    """Return a text as a literal of R, which keeps its line breaks.

    https://cran.r-project.org/doc/manuals/r-release/R-lang.html#Literal-constants
    """
    return f'"{"".join(_r_sign(sign) for sign in text)}"'


def _r_sign(sign: str) -> str:
    if sign in '\\"':
        return f"\\{sign}"
    return sign if sign in "\n\t" or sign.isprintable() else f"\\U{ord(sign):08x}"


def _in_python(template: str, query: str, address: str) -> str:
    return template.format(query=python_string(query), address=python_string(address))


def _kind(query: str) -> _AnswerKind:
    return _KINDS.get(sparql.form(query) or "", _TABLE)
