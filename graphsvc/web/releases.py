"""The releases, and the changes between any two of them.

/releases             the list
/releases/<id>        one release
/releases/<a>...<b>   the changes from a to b, in pages; ?view= sets the grouping

Each is a page, JSON, or RDF: by Accept, or by suffix.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.http import http_date

from graphsvc.changes import FACTS, DiffView, StatementKind
from graphsvc.changes.rdf import changesets, describe_release, release_iri
from graphsvc.formats import Content, Format, carrying
from graphsvc.phrases import Phrase
from graphsvc.release import current
from graphsvc.views import page_sizes
from graphsvc.web import lineage, problems
from graphsvc.web.history import history
from graphsvc.web.interface import Operation, for_programs_by
from graphsvc.web.languages import labels, of_reader
from graphsvc.web.negotiation import negotiate
from graphsvc.web.parameters import page_number
from graphsvc.web.problems import RequestProblem
from graphsvc.web.rdf import write_rdf
from graphsvc.web.releases_json import ServedReleases, comparison_json, release_json
from graphsvc.web.responses import answer
from graphsvc.web.site import etag, site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pyoxigraph import Triple
    from werkzeug.wrappers import Response as BaseResponse

    from graphsvc.changes import Count
    from graphsvc.release import Release
    from graphsvc.views.changes import Comparison

releases = Blueprint("releases", __name__)

(_JSON,) = carrying(Content.RECORDS)
FORMATS = (*carrying(Content.PAGE), _JSON, *carrying(Content.TRIPLES))

_BETWEEN = "..."
_VIEWS = {view.value: view for view in (DiffView.ENTITIES, DiffView.SENTENCES, DiffView.RECORDS)}


_LISTING = Operation(
    "releases",
    Phrase("List the releases that are kept."),
    Phrase("Releases"),
    FORMATS,
    failures=(404,),
)


@releases.before_request
def _refuse_where_there_are_none() -> None:
    """Refuse requests if the statements are in an engine: it has no releases."""
    if site().release.engine:
        raise RequestProblem(
            "not-found",
            "The statements lie in an engine, so there are no releases of them.",
            remedy="Ask for things, or ask the endpoint: the answers are current.",
        )


@releases.get("/releases")
@releases.get("/releases.<suffix>")
@for_programs_by(lambda served: () if served.release.engine else (_LISTING,))
def index(suffix: str | None = None) -> Response:
    """List the releases, each with its changes from the one before."""
    fmt = _format(suffix)
    kept_releases = history().releases()
    earlier = [*kept_releases[1:], None]
    rows = [
        _row(release, previous) for release, previous in zip(kept_releases, earlier, strict=True)
    ]
    newest = _current_id()

    def body() -> str | bytes:
        if fmt.name == "html":
            return render_template("releases.html", rows=rows, current=newest, facts=FACTS)
        if fmt is _JSON:
            records = [_record(*row, newest) for row in rows]
            return _as_json({"served": site().release.id, "current": newest, "releases": records})
        return _rdf([triple for row in rows for triple in _described(*row)], fmt)

    response = _listing_answer(fmt, ("releases", *(r.id for r in kept_releases), newest), body)
    return _linked(response, url_for("releases.index"), fmt)


@releases.get("/releases/compare")
def compare() -> BaseResponse:
    """Redirect from the form with two releases to the changes between them."""
    before, after = request.args.get("from", ""), request.args.get("to", "")
    return redirect(_address(history().find(before), history().find(after)), 303)


@releases.get("/releases/<path:name>")
def release(name: str) -> Response:
    """Answer with one release, or with the changes between two releases."""
    stem, fmt = _suffix_apart(name.rstrip("/"))
    problems.ask_for_rdf_errors(fmt)
    first, between, second = stem.partition(_BETWEEN)
    if between:
        return _comparison(history().find(first), history().find(second), _chosen(fmt))
    return _one(history().find(stem), _chosen(fmt))


def _one(release: Release, fmt: Format) -> Response:
    kept_releases = history().releases()
    ids = [each.id for each in kept_releases]
    at = ids.index(release.id)
    row = _row(release, kept_releases[at + 1] if at + 1 < len(kept_releases) else None)
    newest = _current_id()

    def body() -> str | bytes:
        if fmt.name == "html":
            return render_template(
                "release.html",
                counts=[
                    (_COUNTED.get(name, name), count)
                    for name, count in release.manifest.counts.items()
                ],
                row=row,
                current=newest,
                others=[each for each in kept_releases if each.id != release.id],
                later=kept_releases[at - 1] if at else None,
                facts=FACTS,
            )
        if fmt is _JSON:
            return _as_json(_record(*row, newest))
        return _rdf(_described(*row), fmt)

    response = _listing_answer(fmt, ("release", release.id, *ids, newest), body)
    response = _linked(response, f"{url_for('releases.index')}/{release.id}", fmt)
    response.headers.add("Link", f'<{release_iri(release, site().base).value}>; rel="cite-as"')
    response.headers.add("Link", f'<{url_for("releases.index")}>; rel="collection version-history"')
    if row[1] is not None:
        earlier = url_for("releases.release", name=row[1].id)
        response.headers.add("Link", f'<{earlier}>; rel="predecessor-version"')
    return response


def _comparison(before: Release, after: Release, fmt: Format) -> Response:
    view, number = _view(), page_number()
    languages = labels() if fmt.name == "html" else site().default_language
    with history().compared(before, after, languages) as comparison:

        def body() -> str | bytes:
            if fmt.name == "html" or fmt is _JSON:
                return _comparison_content(comparison, view, number, fmt)
            return _rdf(_changes_as_rdf(comparison, number), fmt)

        built = max(each.manifest.built for each in (before, after))
        modified = http_date(datetime.fromisoformat(built))
        names = (before.id, after.id, site().release.id, view.value, number)
        tag = etag(after, request.url_root, "changes", *names, fmt.name, *of_reader(fmt))
        response = answer(fmt, tag, modified, body)
    response = _linked(response, _address(before, after), fmt)
    for side in (before, after):
        target = url_for("releases.release", name=side.id)
        response.headers.add("Link", f'<{target}>; rel="item"')
    return response


def _comparison_content(
    comparison: Comparison, view: DiffView, number: int, fmt: Format
) -> str | bytes:
    page = comparison.report.page(view, number, page_sizes.CHANGES)
    if number > page.pages:
        raise _no_such_page(number, page.pages)
    if fmt is _JSON:
        return _as_json(comparison_json(comparison, page))
    return render_template(
        "changes.html",
        before=comparison.before,
        after=comparison.after,
        counts=comparison.diff.counts,
        touched={each: comparison.diff.subject_count(each) for each in _VIEWS.values()},
        page=page,
        views=DiffView,
        kinds=StatementKind,
        facts=FACTS,
        address=_address(comparison.before, comparison.after),
        formats=FORMATS,
    )


def _changes_as_rdf(comparison: Comparison, number: int) -> Iterable[Triple]:
    size = page_sizes.CHANGES_AS_RDF
    changes = comparison.diff.changes(DiffView.ALL, size + 1, (number - 1) * size)
    if not changes and number > 1:
        raise _no_such_page(number, 1)
    following = number + 1 if len(changes) > size else None
    dataset, base = site().dataset.iri, site().base
    yield from describe_release(comparison.before, None, dataset, base)
    yield from describe_release(comparison.after, None, dataset, base)
    yield from changesets(comparison.before, comparison.after, base, changes[:size], following)


def _row(
    release: Release, previous: Release | None
) -> tuple[Release, Release | None, Mapping[StatementKind, Count]]:
    """Return a release, the one before it, and the number of changed statements by kind."""
    return release, previous, {} if previous is None else history().counts(previous, release)


def _described(
    release: Release, previous: Release | None, changes: Mapping[StatementKind, Count]
) -> Sequence[Triple]:
    """Return the description of a release, then those of its parts and agents."""
    node = release_iri(release, site().base)
    triples = {*lineage.of_release(release, previous), *lineage.notes(release, changes)}
    return sorted(
        triples,
        key=lambda each: (
            each.subject != node,
            str(each.subject),
            str(each.predicate),
            str(each.object),
        ),
    )


def _address(before: Release, after: Release) -> str:
    return f"{url_for('releases.index')}/{before.id}{_BETWEEN}{after.id}"


def _current_id() -> str:
    """Return the id of the current release."""
    return current(history().folder).id if history().folder.exists() else site().release.id


def _view() -> DiffView:
    name = request.args.get("view", DiffView.ENTITIES.value)
    if name not in _VIEWS:
        raise RequestProblem(
            "bad-request",
            f"{name!r} is no view of changes.",
            remedy=f"The views are {', '.join(_VIEWS)}.",
        )
    return _VIEWS[name]


def _no_such_page(number: int, pages: int) -> RequestProblem:
    return RequestProblem(
        "not-found", f"There is no page {number}.", remedy=f"The last page is {pages}."
    )


def _suffix_apart(name: str) -> tuple[str, Format | None]:
    stem, _, suffix = name.rpartition(".")
    fmt = next((fmt for fmt in FORMATS if fmt.suffix == suffix), None)
    return (stem, fmt) if stem and fmt is not None else (name, None)


def _format(suffix: str | None) -> Format:
    fmt = next((fmt for fmt in FORMATS if fmt.suffix == suffix), None)
    if suffix is not None and fmt is None:
        raise RequestProblem(
            "not-found",
            f"There is no list of releases as {suffix!r}.",
            remedy=f"There is one as {', '.join(fmt.suffix for fmt in FORMATS)}.",
        )
    problems.ask_for_rdf_errors(fmt)
    return _chosen(fmt)


def _chosen(fmt: Format | None) -> Format:
    return fmt or negotiate(request.headers.get("Accept"), FORMATS)


def _record(
    release: Release, previous: Release | None, changes: Mapping[StatementKind, Count], newest: str
) -> object:
    served = ServedReleases(site().base, site().release.id, newest)
    return release_json(release, previous, changes, served)


def _as_json(content: object) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _rdf(triples: Iterable[Triple], fmt: Format) -> bytes:
    return write_rdf(list(triples), fmt, {**site().prefixes, **_PREFIXES})


#: The names of a manifest's counts.
_COUNTED = {
    "texts": Phrase("texts"),
    "passages": Phrase("passages"),
    "facts": Phrase("facts"),
    "entities": Phrase("entities"),
    "inferred": Phrase("inferred"),
    "queries": Phrase("queries"),
    "files": Phrase("files"),
    "graphs": Phrase("graphs"),
    "quads": Phrase("quads"),
}

_PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "cs": "http://purl.org/vocab/changeset/schema#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "spdx": "http://spdx.org/rdf/terms#",
    "void": "http://rdfs.org/ns/void#",
}


def _listing_answer(
    fmt: Format, key: Sequence[object], body: Callable[[], str | bytes]
) -> Response:
    """Return an answer that depends on the set of releases; it has the date of their folder."""
    tag = etag(site().release, request.url_root, *key, fmt.name, *of_reader(fmt))
    return answer(fmt, tag, http_date(history().changed()), body)


def _linked(response: Response, address: str, fmt: Format) -> Response:
    """Add links to the other formats."""
    arguments = request.query_string.decode("ascii", "replace")
    query = f"?{arguments}" if arguments else ""
    for other in FORMATS:
        link = f'<{address}.{other.suffix}{query}>; rel="alternate"; type="{other.media_type}"'
        response.headers.add("Link", link)
    response.headers["Content-Location"] = f"{address}.{fmt.suffix}{query}"
    return response
