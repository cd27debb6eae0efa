"""Hostile input, and the guard against each: a graph, files that are not data, and requests.

``graph/`` is valid RDF. Every text, name and address in it attacks its readers: it is built and
served here, and ``tests/browser/test_hostile_pages.py`` opens its pages in a browser.
``SECURITY.md`` lists the attacks, the guard against each, and the test of that guard.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from foreign import built
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, serialize

if TYPE_CHECKING:
    from graphsvc.release import Release

FOLDER = Path(__file__).parent

BASE = "http://hostile.example/"

#: How many characters the long values of the graph have: what a stranger may put into a literal.
LONG = 100_000

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")

#: Pieces of markup that take long to read when there are very many of them and none has an end.
WITHOUT_END = (
    *("<", "<a ", "<a b='", '<a b="', "<b>", "<!", "<!--", "<!-- >", "<![", "<![CDATA[", "<?"),
    *("<![CDATA[>", "</", "</a ", "<svg>", "<div>", "<script>", "<!x ", "&", "&#", "&amp", "< "),
)


def write_long_values(path: Path) -> None:
    """Write a graph with extremely long labels, names and values."""
    thing, says = NamedNode(f"{BASE}long"), NamedNode(f"{BASE}says")
    html = NamedNode(f"{_RDF}HTML")
    kind = (NamedNode(f"{_RDF}type"), NamedNode(f"{BASE}Thing"))
    quads = [
        Quad(thing, *kind),
        Quad(NamedNode(BASE + "n" * 5000), *kind),
        *(Quad(thing, _LABEL, Literal(piece * 1500)) for piece in ("a", "<b>", "\u202e")),
        *(Quad(thing, says, Literal(_repeated(piece))) for piece in ("word ", "x", "<", "\u0301")),
        *(Quad(thing, says, Literal(_repeated(piece), datatype=html)) for piece in WITHOUT_END),
    ]
    path.write_bytes(serialize(quads, format=RdfFormat.N_TRIPLES) or b"")


def _repeated(piece: str) -> str:
    return piece * (LONG // len(piece))


def built_in(releases: Path) -> Release:
    """Build the hostile graph, its long values included."""
    write_long_values(releases / "long.nt")
    return built(releases / "kept", *sorted((FOLDER / "graph").iterdir()), releases / "long.nt")
