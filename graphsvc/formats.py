"""The one table of formats: whatever reads, writes, negotiates or documents a format asks here.

A new output format is one row of ``FORMATS``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pyoxigraph import QueryResultsFormat, RdfFormat

from graphsvc.phrases import Phrase

_W3C_FORMATS = "http://www.w3.org/ns/formats/"


class Content(Enum):
    """What an answer is made of, and so which formats can carry it."""

    SOLUTIONS = "solutions"
    BOOLEAN = "boolean"
    TRIPLES = "triples"
    QUADS = "quads"
    PAGE = "page"
    PROBLEM = "problem"
    EXPLANATION = "explanation"
    RECORDS = "records"
    TABLE = "table"
    ROWS = "rows"
    DESCRIPTION = "description"
    CLAIMS = "claims"
    LINKS = "links"
    CITATION = "citation"
    ANNOTATIONS = "annotations"
    NOTEBOOK = "notebook"


#: What the answer to each form of query is made of.
CONTENT_OF_FORM = {
    "SELECT": Content.SOLUTIONS,
    "ASK": Content.BOOLEAN,
    "CONSTRUCT": Content.TRIPLES,
    "DESCRIBE": Content.TRIPLES,
}


# There is one object for each format, and what is chosen is looked up by it: that costs least by
# its identity.
@dataclass(frozen=True, slots=True, eq=False)
class Format:
    """One format: ``name`` is its value in ``format=``, and ``suffix`` how its files end.

    ``aliases`` are media types that clients send for the same thing; ``engine`` is the
    engine's writer for it, where the engine has one. ``version`` is that of RDF where the same
    media type carries several: https://www.w3.org/TR/rdf12-concepts/#section-version-announcement
    What is ``packed`` is an archive: to compress it again takes time and saves nothing.
    """

    name: str
    label: str
    media_type: str
    carries: frozenset[Content]
    engine: RdfFormat | QueryResultsFormat | None = None
    aliases: tuple[str, ...] = ()
    charset: bool = False
    version: str | None = None
    packed: bool = False
    ending: str = ""

    @property
    def suffix(self) -> str:
        """Return how an address or a file ends that has it: by its name, or by another word."""
        return self.ending or self.name

    @property
    def iri(self) -> str | None:
        """Return the IRI of the format among those of W3C: https://www.w3.org/ns/formats/."""
        # The engine writes that of JSON-LD with another path.
        return self.engine and _W3C_FORMATS + self.engine.iri.rpartition("/")[2]

    @property
    def full_type(self) -> str:
        """Return the media type, with the version of RDF where it matters."""
        return f"{self.media_type}; version={self.version}" if self.version else self.media_type

    @property
    def content_type(self) -> str:
        """Return the value of the Content-Type header."""
        return f"{self.full_type}; charset=utf-8" if self.charset else self.full_type


_ROWS = frozenset({Content.ROWS})
_RESULTS = frozenset({Content.SOLUTIONS, Content.BOOLEAN})
_TRIPLES = frozenset({Content.TRIPLES})
_QUADS = frozenset({Content.TRIPLES, Content.QUADS})
_CLAIMS = frozenset({Content.CLAIMS})
_CLAIM_QUADS = frozenset({Content.CLAIMS, Content.QUADS})
_CITATION = frozenset({Content.CITATION})

#: In order of preference: the first that a client takes wins a tie.
FORMATS: tuple[Format, ...] = (
    Format(
        "problem",
        "Problem details",
        "application/problem+json",
        frozenset({Content.PROBLEM}),
        aliases=("application/json", "text/json"),
    ),
    Format(
        "explanation",
        "JSON",
        "application/json",
        frozenset({Content.EXPLANATION, Content.RECORDS, Content.ROWS}),
        aliases=("text/json", "application/sparql-results+json"),
        ending="json",
    ),
    Format(
        "html",
        "HTML",
        "text/html",
        frozenset({Content.PAGE, Content.PROBLEM, Content.EXPLANATION, Content.CITATION}),
        charset=True,
    ),
    Format(
        "txt",
        Phrase("plain text"),
        "text/plain",
        frozenset({Content.PROBLEM, Content.EXPLANATION, Content.CITATION}),
        charset=True,
    ),
    Format(
        "bib",
        "BibTeX",
        "application/x-bibtex",
        _CITATION,
        aliases=("text/x-bibtex",),
        charset=True,
    ),
    Format(
        "csl",
        "CSL-JSON",
        "application/vnd.citationstyles.csl+json",
        _CITATION,
        aliases=("application/json",),
        ending="json",
    ),
    Format("ris", "RIS", "application/x-research-info-systems", _CITATION, charset=True),
    Format(
        "json",
        "SPARQL JSON",
        "application/sparql-results+json",
        _RESULTS,
        QueryResultsFormat.JSON,
        aliases=("application/json", "text/json"),
    ),
    Format(
        "xml",
        "SPARQL XML",
        "application/sparql-results+xml",
        _RESULTS,
        QueryResultsFormat.XML,
        aliases=("application/xml", "text/xml"),
    ),
    Format("csv", "CSV", "text/csv", _RESULTS | _ROWS, QueryResultsFormat.CSV, charset=True),
    Format(
        "tsv",
        "TSV",
        "text/tab-separated-values",
        _RESULTS,
        QueryResultsFormat.TSV,
        charset=True,
    ),
    Format(
        "xlsx",
        "Excel",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        frozenset({Content.TABLE, Content.ROWS}),
        packed=True,
    ),
    Format(
        "openapi",
        "OpenAPI",
        "application/openapi+json",
        frozenset({Content.DESCRIPTION}),
        aliases=("application/json",),
    ),
    Format(
        "yaml",
        "OpenAPI in YAML",
        "application/openapi+yaml",
        frozenset({Content.DESCRIPTION}),
        aliases=("application/yaml",),
    ),
    Format(
        "ttl",
        "Turtle",
        "text/turtle",
        _TRIPLES | {Content.ANNOTATIONS},
        RdfFormat.TURTLE,
        aliases=("application/turtle", "application/x-turtle"),
        charset=True,
    ),
    Format(
        "nt",
        "N-Triples",
        "application/n-triples",
        _TRIPLES,
        RdfFormat.N_TRIPLES,
        aliases=("text/plain",),
    ),
    Format("rdf", "RDF/XML", "application/rdf+xml", _TRIPLES, RdfFormat.RDF_XML),
    Format(
        "jsonld",
        "JSON-LD",
        "application/ld+json",
        _QUADS | {Content.ANNOTATIONS},
        RdfFormat.JSON_LD,
        aliases=("application/json",),
    ),
    Format("trig", "TriG", "application/trig", _QUADS, RdfFormat.TRIG),
    Format("nq", "N-Quads", "application/n-quads", _QUADS, RdfFormat.N_QUADS),
    Format("n3", "N3", "text/n3", _TRIPLES, RdfFormat.N3, charset=True),
    Format(
        "12.ttl",
        "Turtle 1.2",
        "text/turtle",
        _CLAIMS,
        RdfFormat.TURTLE,
        charset=True,
        version="1.2",
    ),
    Format(
        "12.nt",
        "N-Triples 1.2",
        "application/n-triples",
        _CLAIMS,
        RdfFormat.N_TRIPLES,
        version="1.2",
    ),
    Format("12.trig", "TriG 1.2", "application/trig", _CLAIM_QUADS, RdfFormat.TRIG, version="1.2"),
    Format(
        "12.nq",
        "N-Quads 1.2",
        "application/n-quads",
        _CLAIM_QUADS,
        RdfFormat.N_QUADS,
        version="1.2",
    ),
    Format("linkset", "Linkset", "application/linkset+json", frozenset({Content.LINKS})),
    Format("ipynb", "Notebook", "application/x-ipynb+json", frozenset({Content.NOTEBOOK})),
)


def named(name: str) -> Format | None:
    return next((fmt for fmt in FORMATS if fmt.name == name), None)


_ANSWERS = frozenset({Content.SOLUTIONS, Content.BOOLEAN, Content.TRIPLES})

#: The formats in which the engine writes answers to queries.
ANSWER_FORMATS: tuple[Format, ...] = tuple(
    fmt for fmt in FORMATS if fmt.engine is not None and fmt.carries & _ANSWERS
)


def carrying(content: Content) -> tuple[Format, ...]:
    """Return the formats that can carry ``content``, in order of preference."""
    return tuple(fmt for fmt in FORMATS if content in fmt.carries)
