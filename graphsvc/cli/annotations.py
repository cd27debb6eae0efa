"""``graphsvc annotations``: imports annotations of a text from other tools, and exports them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from pyoxigraph import RdfFormat

from graphsvc import sources
from graphsvc.build import current, inferred
from graphsvc.cli.options import with_settings
from graphsvc.datatypes import is_absolute_iri
from graphsvc.errors import InputError, ParameterError
from graphsvc.findings import printable
from graphsvc.formats import Content, carrying
from graphsvc.parsing import parse_file
from graphsvc.survey.engine import store_of
from graphsvc.texts.annotations import files
from graphsvc.texts.annotations.facts import LabelMeanings, ProjectStatements, additions
from graphsvc.texts.annotations.writing import SUGGESTED, insert_additions
from graphsvc.texts.model import FACTS, PassageKind, TextLocation
from graphsvc.views.annotations import annotations_of
from graphsvc.views.annotations.writing import nif, web_annotations
from graphsvc.views.graph import Graph
from graphsvc.web.rdf import write_rdf

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphsvc.namespaces import Prefixes
    from graphsvc.settings import Settings
    from graphsvc.sources import Project
    from graphsvc.texts.annotations.facts import Additions
    from graphsvc.texts.model import Text


@click.group("annotations")
def annotating() -> None:
    """Take facts from annotations that other tools made, and give them those of a text."""


_SLUG = click.option("--text", "slug", required=True, metavar="SLUG", help="The text's folder.")


@annotating.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@_SLUG
@click.option(
    "--class",
    "classes",
    multiple=True,
    metavar="LABEL=CLASS",
    help="What a label of spans means: a class, with a prefix or as an IRI.",
)
@click.option(
    "--property",
    "properties",
    multiple=True,
    metavar="LABEL=PROPERTY",
    help="What a label of relations means.",
)
@with_settings()
def take(
    settings: Settings,
    file: Path,
    slug: str,
    classes: tuple[str, ...],
    properties: tuple[str, ...],
) -> None:
    """Put what another tool marked in a text into the blocks of its facts.trig.

    FILE is a UIMA CAS as INCEpTION exports it (XMI, .zip or JSON), doccano's JSONL, or Web
    Annotations in JSON-LD. A span with a label that means a class, or with a link, becomes a thing
    with its words as a name; other spans become suggestions, in comments. What is there already is
    not written twice.
    """
    project = sources.load(settings.project or Path())
    _refuse_broken(project)
    text = _text(project, slug)
    terms = LabelMeanings(
        _meanings(classes, project.prefixes), _meanings(properties, project.prefixes)
    )
    statements = ProjectStatements(project.base, project.quads, inferred(project).quads)
    result = additions(files.read(file, text.content), text, statements, terms)
    path = project.root / TextLocation(slug, project.base).path(FACTS)
    before = path.read_bytes().decode("utf-8")
    after = insert_additions(before, result, text.passages)
    _write(path, after)
    _tell(result, after.count(SUGGESTED) - before.count(SUGGESTED))


@annotating.command("export")
@_SLUG
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["jsonld", "nif"]),
    default="jsonld",
    help="Web Annotation in JSON-LD, or NIF in Turtle.",
)
@with_settings()
def give(settings: Settings, slug: str, format_name: str) -> None:
    """Write the annotations of a text, as the served release has them, to standard output."""
    release = current(settings.releases)
    content = release.texts.get(slug)
    if content is None:
        raise _no_text(slug, release.texts)
    graph = Graph.of(release, store_of(release, settings))
    iri = TextLocation(slug, release.base).document
    annotations = list(annotations_of(graph, iri, content))
    if format_name == "jsonld":
        click.echo(web_annotations(annotations, iri, f"{iri}#annotations"), nl=False)
        return
    (turtle,) = (fmt for fmt in carrying(Content.ANNOTATIONS) if fmt.name == "ttl")
    with click.open_file("-", "wb") as out:
        out.write(write_rdf([*nif(annotations, iri, content)], turtle, release.prefixes))


def _write(path: Path, facts: str) -> None:
    """Replace a file of facts, if the new one can be parsed. Errors: InputError."""
    parsed = parse_file(facts.encode("utf-8"), RdfFormat.TRIG, path.name)
    if parsed.findings:
        raise InputError(
            f"With the facts from the annotations {path} could not be read; it was left as it was.",
            parsed.findings,
            remedy="Correct the annotations by these findings, and import them again.",
        )
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(facts.encode("utf-8"))
    beside.replace(path)


def _refuse_broken(project: Project) -> None:
    """Raise InputError if the files of a project cannot be parsed."""
    broken = [finding for finding in project.findings if finding.check == "syntax"]
    if broken:
        raise InputError("The project has errors; nothing was taken.", broken)


def _text(project: Project, slug: str) -> Text:
    for text in project.texts:
        is_table = any(passage.kind is PassageKind.ROW for passage in text.passages)
        if text.slug == slug and not is_table:
            return text
    raise _no_text(slug, [text.slug for text in project.texts])


def _no_text(slug: str, slugs: Iterable[str]) -> ParameterError:
    return ParameterError(
        f"There is no text {slug!r}.", remedy="There are: " + (", ".join(sorted(slugs)) or "none.")
    )


def _meanings(pairs: Iterable[str], prefixes: Prefixes) -> dict[str, str]:
    """Return the IRIs by label. Errors: ParameterError."""
    meanings: dict[str, str] = {}
    for pair in pairs:
        label, _, term = pair.partition("=")
        prefix, colon, local = term.partition(":")
        namespace = prefixes.in_queries.get(prefix)
        iri = term if namespace is None else namespace + local
        is_known = namespace is not None or local.startswith("//")
        if not (label and colon and is_known and is_absolute_iri(iri)):
            raise ParameterError(
                f"“{pair}” does not say what a label means.",
                remedy="Write a label and a term of the project: --class PER=foaf:Person",
            )
        meanings[label] = iri
    return meanings


def _tell(result: Additions, suggestions: int) -> None:
    facts = sum(map(len, result.triples.values()))
    for each in result.misplacements:
        click.echo(f"Left out: “{printable(each.words)}”: {each.reason}.", err=True)
    click.echo(
        f"{facts} facts and {suggestions} suggestions written, {result.present} facts were there, "
        f"{len(result.misplacements)} left out."
    )
