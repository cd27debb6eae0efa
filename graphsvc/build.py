"""Building a release: infer, check, rebase, describe, store, and swap it in.

A build that fails or is killed leaves the served release as it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import Literal, NamedNode, Quad, Store

from graphsvc import (
    __version__,
    dumps,
    listing,
    ontology_versions,
    progress,
    release,
    release_repository,
    search,
)
from graphsvc.canonical import canonical
from graphsvc.errors import InputError, SettingsError
from graphsvc.findings import Finding, Severity
from graphsvc.inference import Inferred, materialise
from graphsvc.layout import Role
from graphsvc.namespaces import DCTERMS, DERIVATIONS, VOID, Rebase, graph_iri
from graphsvc.naming import Naming, labels_in, resolved
from graphsvc.release import Manifest, Release, current, is_fresh
from graphsvc.store import lexical_forms, union

if TYPE_CHECKING:
    from graphsvc.settings import Settings
    from graphsvc.sources import Project

__all__ = ["Describer", "Release", "Validator", "build", "current", "documents", "is_fresh"]

#: The validation: from the project and its inferred quads to findings.
Validator: TypeAlias = "Callable[[Project, Sequence[Quad]], Sequence[Finding]]"

#: The description of the graph: from its quads, its base and the folder of its queries to quads.
Describer: TypeAlias = Callable[[Sequence[Quad], str, Path], Iterable[Quad]]

#: The syntax of RDF 1.2 in canonical N-Quads. (A text with the same characters does no harm.)
_BEYOND_1_1 = (b"<<( ", b"--ltr <", b"--rtl <")

_NAMELESS = Finding(
    "blank-node-names",
    "Too many blank nodes are alike, or in one chain; they are numbered in the order of the files.",
    "Say something of each that is true of it alone, or give them IRIs.",
    severity=Severity.WARNING,
)


def build(project: Project, settings: Settings, check: Validator, describe: Describer) -> Release:
    """Build the project's release, make it the current one, and remove the oldest ones.

    InputError, with every finding, if one of them is an error by the profile; SettingsError if the
    base in the settings is that of other IRIs in the project. Then nothing on disk has changed. A
    release whose content exists already is not stored twice.
    """
    demands = settings.demands
    progress.tell("Inferring")
    follows = inferred(project)
    # Citations are checked if there are texts.
    is_checked = demands.asks_for_checks or bool(project.texts)
    checked = check(project, follows.quads) if is_checked else ()
    findings = demands.weigh((*project.findings, *checked))
    _stop_at_errors(findings)
    rebase = Rebase(project.base, settings.base_iri or project.base)
    _refuse_collisions(project, rebase)
    with release_repository.build_folder(settings.releases) as folder:
        progress.tell("Sorting")
        files = documents(project, rebase)
        _write(files, folder)
        quads = _rebase([*project.quads, *follows.quads], rebase)
        quads.extend(describe(quads, rebase.new, folder / release.QUERIES))
        prefixes = project.prefixes.rebased(rebase)
        labels = labels_in(quads, resolved(settings.label_properties, prefixes))
        nquads, is_named = canonical(quads)
        content = _Content(rebase.new, nquads, files, labels)
        if not is_named:
            findings = (*findings, _NAMELESS)
        manifest = _manifest(project, content, _counts(project, follows), findings)
        # The engine and the writer of the dumps release the interpreter's lock meanwhile.
        with ThreadPoolExecutor() as beside:
            stored = beside.submit(_store, content, folder)
            dump_files = beside.submit(dumps.write, nquads, manifest.prefixes, folder)
            progress.tell("Indexing")
            _index(content, folder)
            naming = Naming(labels, prefixes.in_names)
            search.write(quads, rebase.new, folder / release.SEARCH, naming)
            progress.tell("Writing dumps")
            complete = replace(
                manifest, dumps=dump_files.result(), label_properties=settings.label_properties
            )
            progress.tell("Storing")
            stored.result()
        ontology_versions.write(complete, nquads, folder)
        home = release_repository.put(folder, complete, settings.releases)
        ontology_versions.archive(Release.open(home), settings.releases)
        release_repository.make_current(home, settings.releases)
        release_repository.keep_newest(settings.releases, settings.keep_releases)
    return Release.open(home)


def inferred(project: Project) -> Inferred:
    """Return the inferred quads of a project; there are none for files without a layout."""
    return materialise(project.quads, project.base) if project.is_laid_out else Inferred((), (), ())


@dataclass(frozen=True, slots=True)
class _Content:
    """The content of a release: its canonical, sorted quads, and its documents by path.

    ``labels`` are the properties of labels.
    """

    base: str
    nquads: bytes
    documents: Mapping[str, bytes]
    labels: tuple[NamedNode, ...]

    def digest(self) -> str:
        """Return the SHA-256 of the content, in hexadecimal."""
        head = f"graphsvc {release.FORMAT_VERSION} {self.base} {' '.join(map(str, self.labels))}\n"
        digest = hashlib.sha256(head.encode())
        for path, data in sorted({**self.documents, release.DUMP: self.nquads}.items()):
            # The length separates the documents, so that two contents cannot have the same bytes.
            digest.update(f"{path} {len(data)}\n".encode())
            digest.update(data)
        return digest.hexdigest()


def _stop_at_errors(findings: Sequence[Finding]) -> None:
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    if errors:
        remedy = "Mend them and build again."
        if any(finding.check == "syntax" for finding in findings):
            remedy = "Mend them and build again. RDF files are read without them by --lenient on."
        raise InputError(
            f"The project has {errors} error{'s' * (errors > 1)}; nothing was built.",
            findings,
            remedy=remedy,
        )


def _refuse_collisions(project: Project, rebase: Rebase) -> None:
    """Refuse a new base that other IRIs already have: rebasing could not be reversed."""
    if rebase.old == rebase.new:
        return
    for quad in project.quads:
        for term in (quad.subject, quad.predicate, quad.object):
            if isinstance(term, NamedNode) and _collides(term.value, rebase):
                path, line = project.locate(term) or ("", 0)
                raise SettingsError(
                    f"base_iri is {rebase.new}, but {path}:{line} names {term}, which is there "
                    "already and means something else.",
                    remedy="Choose another base.",
                )


def _collides(iri: str, rebase: Rebase) -> bool:
    return iri.startswith(rebase.new) and not iri.startswith(rebase.old)


def _rebase(quads: list[Quad], rebase: Rebase) -> list[Quad]:
    return quads if rebase.old == rebase.new else [rebase.quad(quad) for quad in quads]


def documents(project: Project, rebase: Rebase) -> dict[str, bytes]:
    """Return the queries, rebased, and the texts, byte for byte, by their paths in a release."""
    files: dict[str, bytes] = {}
    for file in project.files:
        parts = file.path.split("/")
        if file.row.role is Role.QUERY:
            path = "/".join([release.QUERIES, *parts[1:]])
            files[path] = rebase.query(file.text).encode()
        elif file.row.role is Role.TEXT:
            files[f"{release.SOURCES}/{parts[1]}.txt"] = file.data
    for text in project.texts:  # Tables have no such file: they are texts too.
        files.setdefault(f"{release.SOURCES}/{text.slug}.txt", text.content.encode())
    return files


def _write(documents: Mapping[str, bytes], folder: Path) -> None:
    for name in (release.QUERIES, release.SOURCES):
        (folder / name).mkdir()
    for path, data in documents.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(data)


def _store(content: _Content, folder: Path) -> None:
    store = Store(str(folder / release.STORE))
    union.fill(store, content.nquads, graph_iri(content.base, DERIVATIONS))
    store.optimize()
    store.flush()


def _index(content: _Content, folder: Path) -> None:
    """Write the lists that are used without the store."""
    lexical_forms.write(content.nquads, folder / release.FORMS)
    (folder / release.PAGES).write_bytes(listing.pages(content.nquads, content.base))
    (folder / release.DOCUMENTS).write_bytes(listing.documents(content.nquads, content.base))


def _counts(project: Project, follows: Inferred) -> dict[str, int]:
    if not project.texts:
        return {
            "files": len(project.files),
            "graphs": len({quad.graph_name for file in project.files for quad in file.quads}),
            **({"inferred": _count_inferred(follows)} if project.is_laid_out else {}),
            "entities": len(
                {
                    quad.subject
                    for file in project.files
                    for quad in file.quads
                    if isinstance(quad.subject, NamedNode)
                }
            ),
        }
    editorial = project.graph("editorial").value
    facts = [quad for quad in project.quads if _graph(quad) in project.passages]
    statements = [*facts, *(quad for quad in project.quads if _graph(quad) == editorial)]
    things = f"{project.base}id/"
    entities = {
        quad.subject
        for quad in statements
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(things)
    }
    checks = f"{release.QUERIES}/checks/"
    return {
        "texts": len(project.texts),
        "passages": len(project.passages),
        "facts": len(facts),
        "entities": len(entities),
        "inferred": _count_inferred(follows),
        "queries": sum(
            file.row.role is Role.QUERY and not file.path.startswith(checks)
            for file in project.files
        ),
    }


def _count_inferred(follows: Inferred) -> int:
    return len(follows.shortcuts) + len(follows.triples)


def _graph(quad: Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""


def _manifest(
    project: Project, content: _Content, counts: Mapping[str, int], findings: Sequence[Finding]
) -> Manifest:
    digest = content.digest()
    rebase = Rebase(project.base, content.base)
    return Manifest(
        id=digest[: release.ID_LENGTH],
        hash=digest,
        format_version=release.FORMAT_VERSION,
        program=__version__,
        built=datetime.now(UTC).isoformat(timespec="microseconds"),
        base=content.base,
        canonical_base=project.base,
        prefixes=dict(project.prefixes.rebased(rebase)),
        labels=tuple(label.value for label in content.labels),
        label_properties="",
        derived=_derived(project, rebase),
        counts={**counts, "quads": content.nquads.count(b"\n")},
        inputs=project.inputs,
        warnings=tuple(_line(each) for each in findings if each.severity is not Severity.NOTE),
        dumps=(),
        needs_rdf_1_2=any(sign in content.nquads for sign in _BEYOND_1_1),
    )


def _derived(project: Project, rebase: Rebase) -> dict[str, list[str]]:
    """Return the derived metadata of the graph, by kind."""
    derived: dict[str, list[str]] = {}
    for what, prop in (("title", DCTERMS.title), ("base", VOID.uriSpace)):
        values = [quad.object for quad in project.derived if quad.predicate == prop]
        derived[what] = [rebase.iri(value.value) for value in values if isinstance(value, Literal)]
    return derived | {"language": list(project.languages)} if project.derived else {}


def _line(finding: Finding) -> str:
    return ": ".join(part for part in (finding.place(), finding.message) if part)
