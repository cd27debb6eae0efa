"""The dumps: two libraries read the same graph from each, and the manifest describes each."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import defaultdict
from typing import TYPE_CHECKING

import pyoxigraph
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Literal, NamedNode, Quad, RdfFormat
from rdflib.compare import to_isomorphic

from graphsvc import dumps
from graphsvc.formats import Content, Format

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from graphsvc.release import Release

WITH_GRAPHS = [fmt for fmt in dumps.FORMATS if Content.QUADS in fmt.carries]
WITHOUT = [fmt for fmt in dumps.FORMATS if fmt not in WITH_GRAPHS]
RDFLIB_NAMES = {"nq": "nquads", "trig": "trig", "jsonld": "json-ld", "ttl": "turtle", "rdf": "xml"}


@pytest.fixture(scope="module", params=["lights", "mechanisms"])
def release(request: pytest.FixtureRequest) -> Release:
    release: Release = request.getfixturevalue(f"{request.param}_release")
    return release


def canonical(quads: Iterable[Quad]) -> pyoxigraph.Dataset:
    dataset = pyoxigraph.Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def stated(release: Release) -> list[Quad]:
    """Return every quad of a release, from its N-Quads, which are made of the project's files."""
    data = gzip.decompress(release.dump.read_bytes())
    return list(pyoxigraph.parse(data, RdfFormat.N_QUADS))


def read(data: bytes, fmt: Format) -> pyoxigraph.Dataset:
    assert isinstance(fmt.engine, RdfFormat)
    return canonical(pyoxigraph.parse(data, fmt.engine))


def merge(quads: Iterable[Quad]) -> pyoxigraph.Dataset:
    return canonical(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)


def unpacked(folder: Path, fmt: Format) -> bytes:
    return gzip.decompress((folder / dumps.file_name(fmt)).read_bytes())


@pytest.mark.parametrize("fmt", WITH_GRAPHS, ids=lambda fmt: fmt.name)
def test_the_engine_reads_every_graph_again(release: Release, fmt: Format) -> None:
    whole = canonical(stated(release))
    assert len(whole) == release.manifest.counts["quads"] == len(set(release.store.quads()))
    assert any(isinstance(quad.object, BlankNode) for quad in whole), "a list is put to the test"
    assert read(unpacked(release.path, fmt), fmt) == whole


@pytest.mark.parametrize("fmt", WITHOUT, ids=lambda fmt: fmt.name)
def test_the_engine_reads_the_merge_again(release: Release, fmt: Format) -> None:
    assert read(unpacked(release.path, fmt), fmt) == merge(stated(release))


@pytest.fixture(scope="module")
def by_rdflib(release: Release) -> dict[rdflib.term.Node, rdflib.Graph]:
    """Return the graphs as rdflib reads their N-Triples, one by one."""
    triples: dict[str, list[str]] = defaultdict(list)
    for line in gzip.decompress(release.dump.read_bytes()).decode().splitlines():
        triple, _, name = line.rpartition(" <")
        triples[name.removesuffix("> .")].append(f"{triple} .\n")
    return {
        rdflib.URIRef(name): rdflib.Graph().parse(data="".join(lines), format="nt")
        for name, lines in triples.items()
    }


# rdflib's own reading of datasets uses what rdflib deprecates.
@pytest.mark.filterwarnings("ignore:(Dataset|ConjunctiveGraph):DeprecationWarning")
@pytest.mark.parametrize("fmt", WITH_GRAPHS, ids=lambda fmt: fmt.name)
def test_rdflib_reads_every_graph_again(
    release: Release, by_rdflib: dict[rdflib.term.Node, rdflib.Graph], fmt: Format
) -> None:
    dataset = rdflib.Dataset()
    dataset.parse(data=unpacked(release.path, fmt), format=RDFLIB_NAMES[fmt.name])
    by_name = {graph.identifier: graph for graph in dataset.graphs() if len(graph)}
    assert set(by_name) == set(by_rdflib)
    for name, graph in by_name.items():
        assert to_isomorphic(graph) == to_isomorphic(by_rdflib[name]), name


@pytest.mark.parametrize("fmt", WITHOUT, ids=lambda fmt: fmt.name)
def test_rdflib_reads_the_merge_again(
    release: Release, by_rdflib: dict[rdflib.term.Node, rdflib.Graph], fmt: Format
) -> None:
    merge = rdflib.Graph().parse(data=unpacked(release.path, fmt), format=RDFLIB_NAMES[fmt.name])
    whole = rdflib.Graph()
    for graph in by_rdflib.values():
        whole += graph
    assert to_isomorphic(merge) == to_isomorphic(whole)


def test_the_manifest_tells_what_each_is(release: Release) -> None:
    assert [dump.format for dump in release.manifest.dumps] == [fmt.name for fmt in dumps.FORMATS]
    for dump in release.manifest.dumps:
        data = (release.path / dump.file).read_bytes()
        assert dump.size == len(data)
        assert dump.unpacked == len(gzip.decompress(data))
        assert dump.sha256 == hashlib.sha256(data).hexdigest()
    stored = {path.name for path in release.path.glob("*.gz")}
    assert stored == {dump.file for dump in release.manifest.dumps}, "none is stored twice"


def test_json_ld_is_json(release: Release) -> None:
    graphs = json.loads(unpacked(release.path, RDF_JSON))
    assert len({graph["@id"] for graph in graphs}) == len(graphs), "each graph is one block"


(RDF_JSON,) = [fmt for fmt in dumps.FORMATS if fmt.name == "jsonld"]
(RDF_XML,) = [fmt for fmt in dumps.FORMATS if fmt.name == "rdf"]
(TURTLE,) = [fmt for fmt in dumps.FORMATS if fmt.name == "ttl"]

#: Enough of them that the engine does not list them in order by chance.
PREFIXES = {f"p{number}": f"http://example.org/{number}/" for number in range(40)}


def nquads(quads: Iterable[Quad]) -> bytes:
    content = pyoxigraph.serialize(quads, format=RdfFormat.N_QUADS)
    assert content is not None
    return b"".join(sorted(set(content.splitlines(keepends=True))))


def quad(predicate: str, value: str, graph: str = "g") -> Quad:
    node, stated, where = (
        NamedNode(f"http://example.org/{name}") for name in ("s", predicate, graph)
    )
    return Quad(node, stated, Literal(value), where)


def test_the_same_quads_are_the_same_bytes(tmp_path: Path) -> None:
    data = nquads(quad(f"{number}/name", "x") for number in PREFIXES)
    files = []
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
        files.append(dumps.write(data, PREFIXES, tmp_path / name))
    assert files[0] == files[1] == files[2]


def test_those_of_a_large_graph_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = nquads([*(quad(f"{number}/name", "x") for number in PREFIXES), quad("22", "\x01")])
    (tmp_path / "small").mkdir()
    small = dumps.write(data, PREFIXES, tmp_path / "small")
    monkeypatch.setattr(dumps, "_MANY_BYTES", len(data))
    assert dumps.write(data, PREFIXES, tmp_path) == small


def test_prefixes_are_used_in_order(tmp_path: Path) -> None:
    dumps.write(nquads([quad("7/name", "x")]), PREFIXES, tmp_path)
    lines = unpacked(tmp_path, TURTLE).decode().splitlines()
    declared = [line for line in lines if line.startswith("@prefix")]
    assert declared == sorted(declared)
    assert len(declared) == len(PREFIXES)
    assert lines[len(declared)].endswith('p7:name "x" .')


@pytest.mark.parametrize("bad", [quad("name", "\x01"), quad("22", "x"), quad("name", "\ufffe")])
def test_what_xml_cannot_hold_has_no_rdf_xml(tmp_path: Path, bad: Quad) -> None:
    files = dumps.write(nquads([bad]), {}, tmp_path)
    assert "rdf" not in [dump.format for dump in files]
    assert len(files) == len(dumps.FORMATS) - 1
    assert not (tmp_path / dumps.file_name(RDF_XML)).exists()


def test_a_carriage_return_comes_back_from_xml(tmp_path: Path) -> None:
    data = nquads([quad("name", "a\rb\r\nc")])
    dumps.write(data, {}, tmp_path)
    graph = rdflib.Graph().parse(data=unpacked(tmp_path, RDF_XML), format="xml")
    assert [str(value) for value in graph.objects()] == ["a\rb\r\nc"]


def test_no_quads_are_dumps_too(tmp_path: Path) -> None:
    files = dumps.write(b"", PREFIXES, tmp_path)
    assert [len(read(unpacked(tmp_path, fmt), fmt)) for fmt in dumps.FORMATS] == [0] * len(files)


names = st.from_regex(r"[a-zé0-9._~-]{1,4}", fullmatch=True)
nodes = names.map(lambda name: NamedNode(f"http://example.org/{name}"))
blanks = st.sampled_from([BlankNode("a"), BlankNode("b")])
literals = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6).map(Literal),
    st.sampled_from(["en", "zh-hans"]).map(lambda tag: Literal("x", language=tag)),
    nodes.map(lambda node: Literal("1", datatype=node)),
)
quads = st.builds(Quad, nodes | blanks, nodes, nodes | blanks | literals, nodes)


@given(st.lists(quads, max_size=12))
def test_whatever_is_dumped_comes_back(
    tmp_path_factory: pytest.TempPathFactory, given_quads: list[Quad]
) -> None:
    folder = tmp_path_factory.mktemp("dumps")
    formats = {dump.format for dump in dumps.write(nquads(given_quads), PREFIXES, folder)}
    assert {fmt.name for fmt in dumps.FORMATS} - formats <= {"rdf"}
    for fmt in dumps.FORMATS:
        if fmt.name in formats:
            expected = canonical(given_quads) if fmt in WITH_GRAPHS else merge(given_quads)
            assert read(unpacked(folder, fmt), fmt) == expected
