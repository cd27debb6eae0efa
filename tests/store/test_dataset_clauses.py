"""FROM and FROM NAMED mean the graphs that GRAPH finds by the same names."""

from __future__ import annotations

import re
from io import BytesIO
from itertools import product

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, serialize

from graphsvc.errors import QuerySyntaxError
from graphsvc.formats import Content, named
from graphsvc.store.iri_resolution import resolve
from graphsvc.store.oxigraph import OxigraphStore

HOME = "http://e.org/a/"
FORMATS = dict.fromkeys(Content, tuple(fmt for fmt in (named("tsv"),) if fmt))
PREFIXES = {"known": "http://e.org/"}
GRAPHS = [
    f"{start}{path}{end}"
    for start, path, end in product(
        ("http://e.org/", "http://f.org/", "tag:e.org,2026:"),
        ("", "a/", "a/a/", "b/", "a/b/"),
        ("", "a", "b", "?q", "#z", "b#z"),
    )
]
#: How names, prefixes and bases may be written, absolute and relative.
IRIS = st.sampled_from(
    [
        *("", "a", "b", "a/", "./b", "../", "../b", "/a/b", "//f.org/a/", "?q", "#z", "a/../b"),
        *("http://e.org/", "http://e.org/a/b#z", "http://f.org/b/?q", "tag:e.org,2026:a/"),
    ]
)
DECLARATIONS = st.one_of(
    IRIS.map("BASE <{}>".format),
    st.tuples(st.sampled_from(["p", "", "known"]), IRIS).map("PREFIX {0[0]}: <{0[1]}>".format),
    st.just("# PREFIX p: <http://nowhere.org/>\n"),
)
NAMES = st.one_of(
    IRIS.map("<{}>".format),
    st.sampled_from(["p:", "p:b", "p:a", ":", ":a", "known:", "known:b", "known:a"]),
)


@pytest.fixture(scope="module")
def store() -> OxigraphStore:
    """Return a store in which each graph says its name, and all of them the same."""
    quads = [
        Quad(NamedNode("x:s"), NamedNode("x:p"), value, NamedNode(graph))
        for graph in GRAPHS
        for value in (Literal(graph), Literal("all"))
    ]
    lines = serialize(quads, format=RdfFormat.N_QUADS)
    assert lines is not None
    return OxigraphStore.load(lines, PREFIXES)


@given(
    st.lists(DECLARATIONS, max_size=4),
    st.lists(NAMES, min_size=1, max_size=3),
    st.lists(NAMES, max_size=2),
    st.sampled_from(["FROM ", "from\n#c\n"]),
)
def test_from_reads_what_graph_reads(
    store: OxigraphStore, declared: list[str], default: list[str], named: list[str], word: str
) -> None:
    head = " ".join(declared)
    union = " UNION ".join(f"{{ GRAPH {name} {{ ?s ?p ?o }} }}" for name in default)
    graphs = " ".join(named)
    clauses = f"{word}{f' {word}'.join(default)} " + " ".join(f"{word} NAMED {n}" for n in named)
    pairs = [
        (
            f"SELECT ?o {clauses} {{ ?s ?p ?o }} ORDER BY ?o",
            f"SELECT DISTINCT ?o {{ {union} }} ORDER BY ?o",
        ),
        (
            f"SELECT ?g {clauses} {{ GRAPH ?g {{ ?s ?p 'all' }} }} ORDER BY ?g",
            f"SELECT DISTINCT ?g {{ VALUES ?g {{ {graphs} }} GRAPH ?g {{ ?s ?p 'all' }} }} "
            "ORDER BY ?g",
        ),
    ]
    try:
        answered(store, f"{head} ASK {{ VALUES ?all {{ {' '.join(default)} {graphs} }} }}")
    except QuerySyntaxError:
        # A prefix that is not declared, for example.
        event("refused")
        for query, _ in pairs:
            with pytest.raises(QuerySyntaxError):
                answered(store, f"{head} {query}")
        return
    for query, twin in pairs:
        rows = answered(store, f"{head} {twin}")
        event("rows" if rows else "no rows")
        assert answered(store, f"{head} {query}") == rows


def answered(store: OxigraphStore, query: str) -> list[str]:
    result = store.relative_to(HOME).answer(query, FORMATS)
    out = BytesIO()
    result.write(out)
    return out.getvalue().decode().splitlines()[1:]


# https://www.rfc-editor.org/rfc/rfc3986#section-5.4
EXAMPLES = re.split(
    r"\s+",
    """g:h g:h  g http://a/b/c/g  ./g http://a/b/c/g  g/ http://a/b/c/g/  /g http://a/g  //g http://g
?y http://a/b/c/d;p?y  g?y http://a/b/c/g?y  #s http://a/b/c/d;p?q#s  g#s http://a/b/c/g#s
g?y#s http://a/b/c/g?y#s  ;x http://a/b/c/;x  g;x http://a/b/c/g;x  g;x?y#s http://a/b/c/g;x?y#s
. http://a/b/c/  ./ http://a/b/c/  .. http://a/b/  ../ http://a/b/  ../g http://a/b/g
../.. http://a/  ../../ http://a/  ../../g http://a/g  ../../../g http://a/g
/./g http://a/g  /../g http://a/g  g. http://a/b/c/g.  .g http://a/b/c/.g  g.. http://a/b/c/g..
..g http://a/b/c/..g  ./../g http://a/b/g  ./g/. http://a/b/c/g/  g/./h http://a/b/c/g/h
g/../h http://a/b/c/h  g;x=1/./y http://a/b/c/g;x=1/y  g;x=1/../y http://a/b/c/y
g?y/./x http://a/b/c/g?y/./x  g?y/../x http://a/b/c/g?y/../x  g#s/./x http://a/b/c/g#s/./x""",
)


def test_relative_iris_are_resolved_as_rfc_3986_says() -> None:
    base, relative, absolute = "http://a/b/c/d;p?q", EXAMPLES[::2], EXAMPLES[1::2]
    names = [f"<{each}>" for each in (*relative, "")]
    for head, given_base in ((f"BASE <{base}>", None), ("", base)):
        iris = resolve(f"{head} ASK {{}}", names, {}, given_base)
        assert iris == [*absolute, base]


def test_a_relative_iri_without_a_base_is_refused_with_its_place(store: OxigraphStore) -> None:
    with pytest.raises(QuerySyntaxError, match="only a part of an IRI") as caught:
        store.select("SELECT *\nFROM <a> FROM <b> {}")
    assert caught.value.position is not None
    assert (caught.value.position.line, caught.value.position.column) == (2, 6)
