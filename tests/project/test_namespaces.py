"""Names: terms of vocabularies, graphs, and the prefix table."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from graphsvc.namespaces import DCTERMS, NIF, RDF, Namespace, Prefixes, Rebase, graph_iri


def test_terms_are_attributes_and_items() -> None:
    assert NIF.beginIndex == NIF["beginIndex"] == NamedNode(f"{NIF}beginIndex")
    assert DCTERMS.title == NamedNode("http://purl.org/dc/terms/title")
    assert RDF.type in RDF
    assert RDF.type not in NIF
    assert "rdf:type" not in RDF


def test_a_namespace_can_be_copied() -> None:
    namespace = Namespace("http://example.org/")
    assert str(copy.deepcopy(namespace)) == str(pickle.loads(pickle.dumps(namespace)))  # noqa: S301


def test_graphs_have_iris_under_the_base() -> None:
    assert graph_iri("http://example.org/", "inferred").value == "http://example.org/graph/inferred"


PREFIXES = Prefixes({"ex": "http://example.org/", "id": "http://example.org/id/", "": "http://e/"})


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        ("http://example.org/id/a-b", "id:a-b"),
        ("http://example.org/x", "ex:x"),
        ("http://example.org/", "ex:"),
        ("http://example.org/x/y", "<http://example.org/x/y>"),
        ("http://example.org/x.", "<http://example.org/x.>"),
        ("http://example.org/id/-", "<http://example.org/id/->"),
        ("http://elsewhere.org/x", "<http://elsewhere.org/x>"),
        ("http://e/x", ":x"),
    ],
)
def test_compact_and_expand(iri: str, name: str) -> None:
    assert PREFIXES.compact(iri) == name
    assert PREFIXES.expand(name) == iri


@given(st.text())
def test_what_is_compacted_expands_to_itself(local: str) -> None:
    iri = f"http://example.org/id/{local}"
    assert PREFIXES.expand(PREFIXES.compact(iri)) == iri


def test_an_unknown_prefix_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        PREFIXES.expand("nowhere:x")


def test_the_table_is_a_mapping_in_order_and_can_be_rebased() -> None:
    assert list(PREFIXES) == ["", "ex", "id"]
    assert len(PREFIXES) == 3
    moved = PREFIXES.rebased(Rebase("http://example.org/", "http://new.org/"))
    assert dict(moved) == {"": "http://e/", "ex": "http://new.org/", "id": "http://new.org/id/"}
