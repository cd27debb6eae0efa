"""Builds: the content of a release, the atomic swap to it, and its name."""

from __future__ import annotations

import gzip
import json
import re
import resource
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph
import pytest
from projects import unchecked
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

from graphsvc import settings, sources
from graphsvc.build import Release, build, current, is_fresh
from graphsvc.canonical import canonical
from graphsvc.description import describe
from graphsvc.errors import InputError, ReleaseError, SettingsError
from graphsvc.findings import Finding, Severity
from graphsvc.formats import FORMATS, Content
from graphsvc.namespaces import RDF, RDFS, SH, VOID, XSD, Rebase
from graphsvc.queries import load_checks, load_queries, run
from graphsvc.store.base import content_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from graphsvc.queries import Query
    from graphsvc.settings import Settings
    from graphsvc.sources import Project

LIGHTS = "https://example.org/lights/"
LOCAL = "http://127.0.0.1:8080/"


def nothing_wrong(project: Project, inferred: Sequence[Quad]) -> list[Finding]:
    assert project.quads
    assert inferred
    return []


def nothing_more(quads: Sequence[Quad], base: str, queries: Path) -> Iterable[Quad]:
    assert quads
    assert base.endswith("/")
    assert queries.is_dir()
    return ()


@pytest.fixture
def options(lights_copy: Path, tmp_path: Path) -> Settings:
    return settings.load({"project": lights_copy, "releases": tmp_path / "releases"}, {})


def home(options: Settings) -> Path:
    """Return the project's folder."""
    assert options.project is not None
    return options.project


def quick(options: Settings) -> Release:
    """Build without checks and description: these tests concern the writing to disk."""
    return build(sources.load(home(options)), options, nothing_wrong, nothing_more)


def as_stored(quads: Iterable[Quad]) -> set[Quad]:
    """Return quads as the engine keeps them: it makes one xsd:integer of all kinds of integers."""
    store = pyoxigraph.Store()
    store.extend(quads)
    return set(store)


def listing(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# --- what a release holds ---


@pytest.mark.parametrize("name", ["lights", "mechanisms"])
def test_a_project_is_built_with_all_its_checks(name: str, request: pytest.FixtureRequest) -> None:
    project: Project = request.getfixturevalue(name)
    release: Release = request.getfixturevalue(f"{name}_release")
    stored = set(release.store.quads())
    named = {quad for quad in project.quads if not _has_blank_node(quad)}
    assert as_stored(named) <= stored
    counts = release.manifest.counts
    assert counts["quads"] == len(stored)
    assert counts["passages"] == len(project.passages)
    assert counts["queries"] == len(load_queries(release.queries))
    assert counts["facts"] > 0
    assert counts["inferred"] > 0
    assert 0 < counts["entities"] <= counts["facts"]


def test_a_release_is_a_folder_named_after_its_content(lights_release: Release) -> None:
    release = lights_release
    assert sorted(path.name for path in release.path.iterdir()) == [
        "documents.txt",
        "forms.sqlite",
        "manifest.json",
        "ontology-version.json",
        "pages.txt",
        "quads.jsonld.gz",
        "quads.nq.gz",
        "quads.trig.gz",
        "queries",
        "search.sqlite",
        "sources",
        "store",
        "triples.rdf.gz",
        "triples.ttl.gz",
    ]
    assert release.path.name == release.id == release.manifest.hash[:16]
    assert (release.base, release.manifest.canonical_base) == (LIGHTS, LIGHTS)
    assert release.prefixes["light"] == f"{LIGHTS}id/light/"
    assert current(release.path.parent).path == release.path


def test_the_dump_is_every_quad_once_in_order(lights_release: Release) -> None:
    lines = gzip.decompress(lights_release.dump.read_bytes()).decode().splitlines()
    assert lines == sorted(set(lines))
    assert len(lines) == lights_release.manifest.counts["quads"]
    in_dump = pyoxigraph.Dataset(as_stored(pyoxigraph.parse("\n".join(lines), RdfFormat.N_QUADS)))
    in_store = pyoxigraph.Dataset(lights_release.store.quads())
    for dataset in (in_dump, in_store):
        dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    assert in_dump == in_store


def test_texts_are_kept_byte_for_byte(lights_release: Release, lights: Project) -> None:
    assert lights_release.texts == {text.slug: text.content for text in lights.texts}


def test_queries_run_on_the_release(lights_release: Release) -> None:
    query = next(query for query in load_queries(lights_release.queries) if query.name == "keepers")
    table = run(lights_release.store, query)
    assert [str(row["words"]) for row in table] == ['"Its first keeper was Ada Quill."']
    assert [check.name for check in load_checks(lights_release.queries)] == ["light-without-name"]


def test_the_release_describes_itself(lights_release: Release) -> None:
    dataset = list(lights_release.store.quads(f"{LIGHTS}graph/dataset"))
    counted = {
        quad.predicate: int(quad.object.value)
        for quad in dataset
        if isinstance(quad.object, Literal)
        and quad.object.datatype == XSD.integer
        and quad.subject == NamedNode(f"{LIGHTS}dataset")
    }
    assert counted[VOID.triples] > counted[VOID.entities] > 0
    examples = list(lights_release.store.quads(f"{LIGHTS}graph/examples"))
    texts = [quad.object for quad in examples if quad.predicate == SH.select]
    assert len(texts) == 3
    for text in texts:
        assert isinstance(text, Literal)
        assert lights_release.store.select(text.value).variables
    labels = [quad.object for quad in examples if quad.predicate == RDFS.label]
    assert Literal("Who kept a light, and which sentence says so?", language="en") in labels


def _has_blank_node(quad: Quad) -> bool:
    return isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode)


_PLAIN = ("json", "tsv", "nt")


def _answer(release: Release, query: Query) -> str:
    """Return what a query answers with its examples, as text."""
    offers = {content: [f for f in FORMATS if f.name in _PLAIN] for content in Content}
    answer = release.store.answer(query.text, offers, bindings=query.bindings({}))
    return (content_of(answer) or b"").decode()


# --- findings stop a build ---


def test_an_error_stops_the_build_and_leaves_no_trace(options: Settings) -> None:
    served = quick(options)
    before = listing(options.releases)
    facts = home(options) / "data" / "ile-merrow" / "facts.trig"
    facts.write_text(facts.read_text("utf-8").replace("passage:5 {", "passage:5 {{"), "utf-8")
    with pytest.raises(InputError, match="1 error; nothing was built") as caught:
        build(sources.load(home(options)), options, nothing_wrong, nothing_more)
    assert [finding.check for finding in caught.value.findings] == ["syntax"]
    assert listing(options.releases) == before
    assert current(options.releases).id == served.id


def test_a_check_stops_the_build(options: Settings) -> None:
    warning = Finding("w", "A warning.", "", severity=Severity.WARNING, path="data/x.ttl", line=3)
    error = Finding("e", "An error.", "")
    project = sources.load(home(options))
    with pytest.raises(InputError) as caught:
        build(project, options, lambda *_: [warning, error], nothing_more)
    assert caught.value.findings == (warning, error)
    assert not options.releases.exists()
    release = build(project, options, lambda *_: [warning], nothing_more)
    assert release.manifest.warnings == ("data/x.ttl:3: A warning.",)


def test_a_failure_while_building_leaves_the_served_release(options: Settings) -> None:
    served = quick(options)
    before = listing(options.releases)

    def fail(quads: Sequence[Quad], base: str, queries: Path) -> Iterable[Quad]:
        raise InputError(f"{len(quads)} {base} {queries}", ())

    with pytest.raises(InputError):
        build(sources.load(home(options)), options, nothing_wrong, fail)
    assert listing(options.releases) == before
    assert current(options.releases).id == served.id


#: Builds the project named first into the folder named second, and is killed at the stage named
#: third: "describe" before anything is stored, else as soon as that file or folder appears.
KILLED = """
import os, signal, sys, threading
from pathlib import Path
from graphsvc import settings, sources
from graphsvc.build import build
from graphsvc.namespaces import RDFS
from pyoxigraph import Literal, NamedNode, Quad

project, releases, stage = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def wait():
    while not list(releases.glob(f".building-*/{stage}")):
        pass
    die()

def describe(quads, base, queries):
    if stage == "describe":
        die()
    threading.Thread(target=wait, daemon=True).start()
    graph = NamedNode(f"{base}graph/dataset")
    return [
        Quad(NamedNode(f"{base}id/{n}"), RDFS.label, Literal(str(n)), graph)
        for n in range(50_000)
    ]

options = settings.load({"project": project, "releases": releases}, {})
build(sources.load(project), options, lambda *_: [], describe)
"""


@pytest.mark.parametrize("stage", ["describe", "store", "store/CURRENT", "quads.nq.gz"])
def test_a_killed_build_leaves_the_served_release(options: Settings, stage: str) -> None:
    served = quick(options)
    before = listing(served.path)
    arguments = [sys.executable, "-c", KILLED, str(home(options)), str(options.releases), stage]
    killed = subprocess.run(arguments, check=False, timeout=120)
    assert killed.returncode == -signal.SIGKILL
    assert list(options.releases.glob(".building-*")), "the build was killed in the middle"
    assert current(options.releases).id == served.id
    assert listing(served.path) == before
    assert served.store.ask("ASK { ?light a lights:Light }")
    again = quick(options)
    assert again.id == served.id
    names = {path.name for path in options.releases.iterdir()}
    assert names == {".lock", served.id, "current", "ontology-versions"}


# --- the swap ---


def change(options: Settings, number: int) -> None:
    """Change the content: another label for one thing."""
    path = home(options) / "data" / "editorial.trig"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    changed = [
        f'    place:strait a lights:Place ; rdfs:label "The Strait {number}"@en .\n'
        if "place:strait a " in line
        else line
        for line in lines
    ]
    path.write_text("".join(changed), "utf-8")


def test_the_new_release_is_served_and_the_old_one_still_answers(options: Settings) -> None:
    first = quick(options)
    assert first.store.ask('ASK { ?place rdfs:label "The Strait"@en }')
    change(options, 2)
    second = quick(options)
    assert second.id != first.id
    assert current(options.releases).id == second.id
    assert first.store.ask('ASK { ?place rdfs:label "The Strait"@en }')
    assert not second.store.ask('ASK { ?place rdfs:label "The Strait"@en }')


def test_whoever_reads_during_builds_always_finds_a_whole_release(options: Settings) -> None:
    # All releases stay on disk: this tests the swap. Between reading the link and opening the store
    # a reader could be so slow that the release is the oldest by then, and removed.
    options = replace(options, keep_releases=10)
    ids = [quick(options).id]
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, options.releases],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert reader.stdout is not None
        assert reader.stdout.readline() == b"reading\n"
        for number in range(5):
            change(options, number)
            ids.append(quick(options).id)
    finally:
        out, complaint = reader.communicate(b"", timeout=60)
    assert reader.returncode == 0, complaint.decode()
    assert set(json.loads(out)) <= set(ids)
    assert len(set(ids)) == 6


#: Opens the current release again and again, and asks it, until its input is closed.
READER = """
import json, select, sys
from pathlib import Path
from graphsvc.build import current

seen = set()
print("reading", flush=True)
while not select.select([sys.stdin], [], [], 0)[0]:
    release = current(Path(sys.argv[1]))
    assert release.store.ask("ASK { ?light a lights:Light }")
    seen.add(release.id)
print(json.dumps(sorted(seen)))
"""


def test_only_the_newest_releases_are_kept(options: Settings, tmp_path: Path) -> None:
    options = settings.load(
        {"project": home(options), "releases": tmp_path / "releases", "keep_releases": 2}, {}
    )
    ids = []
    for number in range(4):
        change(options, number)
        ids.append(quick(options).id)
    release_ids = {manifest.parent.name for manifest in options.releases.glob("*/manifest.json")}
    assert release_ids - {"current"} == set(ids[-2:])


def test_whoever_is_slow_to_open_a_release_gets_the_next_one(options: Settings) -> None:
    release = quick(options)
    home = release.path
    # Reading this manifest takes long: most of the releases are deleted meanwhile.
    inputs = {f"data/{number}.ttl": "0" * 64 for number in range(20_000)}
    replace(release.manifest, inputs=inputs).write(home)
    swapper = subprocess.Popen([sys.executable, "-c", SWAPPER, home], stdin=subprocess.PIPE)
    try:
        for _ in range(30):
            assert current(options.releases).id == release.id
    finally:
        swapper.communicate(b"", timeout=60)
    assert swapper.returncode == 0


#: Serves a copy of a release and removes the one before, again and again, until its input ends.
SWAPPER = """
import select, shutil, sys
from itertools import count
from pathlib import Path
from graphsvc import release_repository

before = Path(sys.argv[1])
for number in count():
    if select.select([sys.stdin], [], [], 0)[0]:
        break
    after = before.with_name(f"copy-{number}")
    shutil.copytree(before, after)
    release_repository.make_current(after, before.parent)
    shutil.rmtree(before)
    before = after
"""


def test_the_served_release_is_kept_even_if_it_is_old(options: Settings) -> None:
    first = quick(options)
    change(options, 2)
    quick(options)
    link = options.releases / "current"
    link.unlink()
    link.symlink_to(first.id)
    change(options, 3)
    options = settings.load(
        {"project": home(options), "releases": options.releases, "keep_releases": 1}, {}
    )
    third = quick(options)
    assert current(options.releases).id == third.id
    release_ids = {manifest.parent.name for manifest in options.releases.glob("*/manifest.json")}
    assert release_ids - {"current"} == {third.id}


# --- the name of a release ---


def test_the_same_content_has_the_same_name(options: Settings, tmp_path: Path) -> None:
    first = quick(options)
    elsewhere = settings.load({"project": home(options), "releases": tmp_path / "elsewhere"}, {})
    second = quick(elsewhere)
    assert (second.id, second.manifest.hash) == (first.id, first.manifest.hash)
    assert second.dump.read_bytes() == first.dump.read_bytes()


def test_the_order_of_files_and_statements_does_not_change_the_name(options: Settings) -> None:
    first = quick(options)
    ontology = home(options) / "ontology"
    text = (ontology / "lights.ttl").read_text("utf-8")
    head = "".join(line for line in text.splitlines(keepends=True) if line.startswith("@prefix"))
    properties = text[text.index("# === Properties") :]
    classes = text[text.index("# === Classes") : text.index("# === Properties")]
    rest = text[: text.index("# === Classes")]
    (ontology / "aaa.ttl").write_text(f"{head}\n{properties}\n{classes}", "utf-8")
    (ontology / "lights.ttl").write_text(rest, "utf-8")
    again = quick(options)
    assert again.id == first.id
    assert "ontology/aaa.ttl" in again.manifest.inputs
    assert is_fresh(sources.current_inputs(home(options)), again)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("data/editorial.trig", "The Strait", "A Strait"),
        ("queries/lights.rq", "since when", "from when on"),
        ("queries/checks/light-without-name.rq", "has no name", "lacks a name"),
    ],
)
def test_other_content_has_another_name(options: Settings, path: str, old: str, new: str) -> None:
    first = quick(options)
    file = home(options) / path
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    assert quick(options).id != first.id


def test_a_list_is_named_the_same_whatever_its_blank_nodes_are_called() -> None:
    def nquads_of(label: str) -> bytes:
        ex = NamedNode("http://example.org/x")
        head, tail = BlankNode(f"{label}1"), BlankNode(f"a{label}")
        quads = [
            Quad(ex, ex, head, ex),
            Quad(head, RDF.first, ex, ex),
            Quad(head, RDF.rest, tail, ex),
            Quad(tail, RDF.first, Literal("x"), ex),
            Quad(tail, RDF.rest, RDF.nil, ex),
        ]
        assert canonical(quads).is_named
        return canonical(quads).nquads

    assert nquads_of("b") == nquads_of("c")


def test_blank_nodes_that_cannot_be_told_apart_do_not_keep_a_build_forever() -> None:
    ex = NamedNode("http://example.org/x")
    clique = [BlankNode() for _ in range(40)]
    quads = [Quad(one, ex, other, ex) for one in clique for other in clique if one != other]
    result = canonical(quads, seconds=1)
    assert not result.is_named
    assert result.nquads == canonical(quads, seconds=1).nquads
    assert len(set(parse(result.nquads, RdfFormat.N_QUADS))) == len(quads)


# --- freshness ---


def test_a_release_is_fresh_until_a_file_changes(options: Settings) -> None:
    release = quick(options)
    project = home(options)
    assert is_fresh(sources.current_inputs(project), release)
    (project / "ontology" / "README.md").write_text("For people.")
    assert is_fresh(sources.current_inputs(project), release)
    (project / "queries" / "new.rq").write_text("ASK {}")
    assert not is_fresh(sources.current_inputs(project), release)
    (project / "queries" / "new.rq").unlink()
    assert is_fresh(sources.current_inputs(project), release)
    (project / "ontology" / "shapes" / "lights.ttl").unlink()
    assert not is_fresh(sources.current_inputs(project), release)


def test_a_release_is_stale_under_another_base(options: Settings) -> None:
    release = quick(options)
    assert is_fresh(sources.current_inputs(home(options)), release, LIGHTS)
    assert not is_fresh(sources.current_inputs(home(options)), release, LOCAL)


def test_a_comment_gives_the_same_release_and_makes_it_fresh(options: Settings) -> None:
    first = quick(options)
    path = home(options) / "data" / "editorial.trig"
    path.write_text("# Another comment.\n" + path.read_text("utf-8"), "utf-8")
    assert not is_fresh(sources.current_inputs(home(options)), first)
    second = quick(options)
    assert second.id == first.id
    assert is_fresh(sources.current_inputs(home(options)), second)


# --- another base ---


@pytest.mark.parametrize("name", ["lights", "mechanisms"])
def test_a_rebased_release_is_the_other_one_moved(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    project: Project = request.getfixturevalue(name)

    def built(folder: str, base: str | None) -> Release:
        values = {"project": project.root, "releases": tmp_path / folder, "base_iri": base}
        return build(project, settings.load(values, {}), lambda *_: [], describe)

    canonical, moved = built("canonical", None), built("moved", LOCAL)
    assert moved.base == LOCAL
    assert moved.id != canonical.id
    dump = gzip.decompress(moved.dump.read_bytes()).decode()
    assert f"<{project.base}" not in dump
    rebase = Rebase(project.base, LOCAL)
    there_and_back = pyoxigraph.Dataset(rebase.reverse.quad(q) for q in moved.store.quads())
    as_it_was = pyoxigraph.Dataset(canonical.store.quads())
    for dataset in (there_and_back, as_it_was):
        dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    assert there_and_back == as_it_was
    before, after = load_queries(canonical.queries), load_queries(moved.queries)
    assert [rebase.query(query.text) for query in before] == [query.text for query in after]
    for old, new in zip(before, after, strict=True):
        rows = [_answer(release, query) for release, query in ((canonical, old), (moved, new))]
        assert sorted(rows[0].replace(project.base, LOCAL)) == sorted(rows[1])


def test_a_base_that_is_taken_is_refused(options: Settings) -> None:
    same_base = settings.load(
        {
            "project": home(options),
            "releases": options.releases,
            "base_iri": "http://www.w3.org/ns/",
        },
        {},
    )
    with pytest.raises(SettingsError, match=r"base_iri is http://www\.w3\.org/ns/") as caught:
        quick(same_base)
    assert ".ttl:" in caught.value.message
    assert not options.releases.exists()


# --- reading releases ---


def test_nothing_is_built_yet(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="There is no release") as caught:
        current(tmp_path)
    assert "graphsvc build" in caught.value.remedy


PARTS_OF_A_RELEASE = [
    *("store", "queries", "sources", "search.sqlite", "forms.sqlite", "pages.txt"),
    *("quads.nq.gz", "triples.ttl.gz", "manifest.json"),
]


@pytest.mark.parametrize("part", PARTS_OF_A_RELEASE)
def test_a_release_with_a_part_missing(options: Settings, part: str) -> None:
    release = quick(options)
    path = release.path / part
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    with pytest.raises(ReleaseError):
        Release.open(release.path)
    assert quick(options).id == release.id, "a build mends it"
    assert Release.open(release.path).texts


@pytest.mark.parametrize("part", ["store/*.sst", "search.sqlite", "pages.txt", "queries/*.rq"])
def test_a_release_with_a_changed_byte(options: Settings, part: str) -> None:
    release = quick(options)
    release.verify()
    path = min(release.path.glob(part))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ReleaseError, match="is damaged") as caught:
        Release.open(release.path).verify()
    assert path.relative_to(release.path).as_posix() in caught.value.message
    assert "graphsvc build" in caught.value.remedy
    quick(options).verify()
    Release.open(release.path).verify()


def test_every_file_of_a_release_has_a_checksum(mechanisms_release: Release) -> None:
    files = {path for path in mechanisms_release.path.rglob("*") if path.is_file()}
    listed = {mechanisms_release.path / name for name in mechanisms_release.manifest.files}
    assert files - listed == {mechanisms_release.path / "manifest.json"}


# SQLite, the engine and Python each fail in a way of their own.
@pytest.mark.parametrize("most", [100, 10_000, 50_000, 80_000])
def test_a_disk_that_is_full_is_told_and_nothing_is_lost(options: Settings, most: int) -> None:
    served = quick(options)
    change(options, 2)
    before = listing(options.releases)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, limits[1]))
    try:
        with pytest.raises(ReleaseError, match="cannot be written") as caught:
            quick(options)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "Make room" in caught.value.remedy
    assert listing(options.releases) == before
    assert current(options.releases).id == served.id
    assert quick(options).id != served.id


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-20],
        lambda text: text.replace('"quads": ', '"quads": 1'),
        lambda text: text.replace('"base"', '"basis"'),
        lambda text: re.sub('"format_version": [0-9]+', '"format_version": 0', text),
        lambda _: "[]",
    ],
)
def test_a_manifest_that_is_none(options: Settings, spoil: Callable[[str], str]) -> None:
    release = quick(options)
    path = release.path / "manifest.json"
    path.write_text(spoil(path.read_text("utf-8")), "utf-8")
    with pytest.raises(ReleaseError):
        current(options.releases)


# --- a second text ---


def test_adding_a_text_is_copying_a_folder(mechanisms_copy: Path, tmp_path: Path) -> None:
    shutil.copytree(
        Path(__file__).parents[1] / "second-text", mechanisms_copy / "data" / "second-text"
    )
    values = {"project": mechanisms_copy, "releases": tmp_path / "releases"}
    project = sources.load(mechanisms_copy)
    release = build(project, settings.load(values, {}), unchecked, describe)
    assert sorted(release.texts) == ["international-working-mechanisms", "second-text"]
    queries = {query.name: query for query in load_queries(release.queries)}
    answers = run(release.store, queries["offices-provided-by"])
    passages = [str(row["passage"]).strip("<>") for row in answers]
    documents = {project.passages[passage].document.rsplit("/", 1)[-1] for passage in passages}
    assert documents == {"international-working-mechanisms", "second-text"}
    shortcut = "ASK { GRAPH passage:second-text-3 { ?s ?p ?o } ?m iwm:secretariatProvidedBy ?who }"
    assert release.store.ask(shortcut, {"who": NamedNode(f"{project.base}id/organization/cccme")})
