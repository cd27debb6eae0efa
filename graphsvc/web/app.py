"""The application: a factory that serves one release.

It is a plain WSGI application. It only reads, so any number of processes can serve a release.
"""

from __future__ import annotations

from contextlib import nullcontext
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path
from typing import TYPE_CHECKING, Any

import flask
from flask import Flask, Response, abort, current_app, request

from graphsvc import __version__
from graphsvc.queries.groups import grouped
from graphsvc.survey.lookup import lookup_for
from graphsvc.web import (
    dates,
    documentation,
    head,
    languages,
    links,
    pages,
    parts,
    problems,
    script_texts,
)
from graphsvc.web.annotations import annotations_pages
from graphsvc.web.api import api
from graphsvc.web.branding import Branding
from graphsvc.web.browse import browsing
from graphsvc.web.cite import cite
from graphsvc.web.crawlers import crawlers
from graphsvc.web.delivery import DeliveryMiddleware
from graphsvc.web.documents import documents, redirect_to_document
from graphsvc.web.dumps import downloads
from graphsvc.web.endpoint import Endpoint
from graphsvc.web.examples import examples
from graphsvc.web.headers import ONLY_HERE, PREFLIGHT, RELEASE, SHARED, with_images_of
from graphsvc.web.history import History, history
from graphsvc.web.methods import refuse_where_nothing_is
from graphsvc.web.origin import ERROR, MountMiddleware, PublicAddress
from graphsvc.web.parameters import without_appended
from graphsvc.web.pictures import pictures
from graphsvc.web.pinned import Pins, address
from graphsvc.web.problems import RequestProblem
from graphsvc.web.protocol import LARGEST_BODY, LONGEST_ADDRESS, in_ascii
from graphsvc.web.queries import queries
from graphsvc.web.reconciliation import reconciliation
from graphsvc.web.releases import releases
from graphsvc.web.search import searching
from graphsvc.web.site import Site, site
from graphsvc.web.sparql import endpoint
from graphsvc.web.versions import versions
from graphsvc.web.well_known import well_known
from graphsvc.web.workbench import workbench

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from graphsvc.release import Release
    from graphsvc.settings import Settings
    from graphsvc.store.base import Store
    from graphsvc.views.graph import Reader

_STATIC = Path(__file__).with_name("static")

#: Seconds that a cache may keep the files of static/.
_STATIC_MAX_AGE = 86_400


class Request(flask.Request):
    """A request whose address may have any bytes."""

    def __init__(self, environ: WSGIEnvironment, **others: Any) -> None:
        super().__init__(environ, **others)
        self.query_string = without_appended(in_ascii(self.query_string))


def create_app(release: Release, settings: Settings, store: Store | None = None) -> Flask:
    """Return the application that serves a release.

    ``store`` answers its queries instead of the release's own store on disk.
    """
    app = Flask(__name__, static_folder=None)
    app.wsgi_app = MountMiddleware(app.wsgi_app, PublicAddress(settings))  # type: ignore[method-assign]
    app.request_class = Request
    # A slash at the end of an address makes no difference: some clients append one.
    app.url_map.strict_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY
    app.config["CONTACT"] = settings.contact
    # Only a service with a keeper has a status: see `server.serving`.
    app.config["STATUS"] = lambda: None
    app.config["IMAGE_HOSTS"] = _names(settings.image_hosts)
    app.config["BRANDING"] = branding = Branding.of(settings)
    app.logger.setLevel(settings.log_level)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    used_store = store or release.store
    served = Site(release, used_store, lookup_for(release, used_store))
    app.extensions["graphsvc"] = served
    app.extensions["graphsvc.endpoint"] = Endpoint(release, served.store)
    app.extensions["graphsvc.history"] = past = History(release.path.parent, release)
    app.extensions["graphsvc.pins"] = Pins(past.find)
    app.jinja_env.globals.update(
        program_version=__version__,
        pinned_to=address,
        branding=branding,
        **_serve_static(app, branding),
    )
    languages.register(app, settings.translations)
    dates.register(app.jinja_env)
    script_texts.register(app.jinja_env)
    pages.register(served, app.jinja_env)
    parts.register(served, app.jinja_env)
    head.register(app.jinja_env)
    documentation.register(app.jinja_env)
    links.register(app.jinja_env)
    problems.register(app)
    for blueprint in (
        endpoint,
        releases,
        versions,
        documents,
        pages.pages,
        documentation.documentation,
        downloads,
        well_known,
        crawlers,
        searching,
        reconciliation,
        queries,
        api,
        browsing,
        workbench,
        annotations_pages,
        cite,
        pictures,
    ):
        app.register_blueprint(blueprint)
    app.before_request(_raise_failure)
    app.before_request(_refuse_long_addresses)
    app.before_request(_refuse_what_is_no_host)
    app.before_request(refuse_where_nothing_is)
    app.after_request(_with_headers)
    # Functions that are registered later run first.
    app.after_request(redirect_to_document)
    app.wsgi_app = DeliveryMiddleware(app.wsgi_app)  # type: ignore[method-assign]
    return app


def warm_up(app: Flask, fast_reader: Reader | None = None) -> None:
    """Compile the templates, and read the data that every request to the release needs.

    ``fast_reader`` reads it instead of the store; data that it cannot read in its time are left
    out.
    """
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    with app.test_request_context():
        with site().graph.with_deadline(fast_reader) if fast_reader else nullcontext():
            site().warm_up()
        languages.warm_up()
        grouped((*site().queries, *site().view_queries))
        examples(site())
        history().ontology_versions()


def _raise_failure() -> None:
    # The endpoint reads the query first, so that the error page can show it.
    if request.endpoint != "sparql.answer":
        problems.raise_failure()


def _refuse_long_addresses() -> None:
    # Count bytes, since an address need not be UTF-8.
    path = request.path.encode("utf-8", "surrogatepass")
    if len(path) + len("?") + len(request.query_string) > LONGEST_ADDRESS:
        raise RequestProblem(
            "uri-too-long",
            f"The address is longer than {LONGEST_ADDRESS} bytes.",
            remedy="Send the query in the body of a POST request.",
        )


def _refuse_what_is_no_host() -> None:
    """Refuse an invalid Host field: the addresses in the answer would use it.

    https://www.rfc-editor.org/rfc/rfc9112#section-3.2
    """
    if ERROR in request.environ:
        raise request.environ[ERROR]
    if not request.host:
        raise RequestProblem(
            "bad-request",
            "The field Host names no host.",
            remedy="Send the host and the port of the service.",
        )


def _names(setting: str | None) -> frozenset[str]:
    return frozenset(filter(None, (setting or "").split(", ")))


def _with_headers(response: Response) -> Response:
    preflight = PREFLIGHT if request.method == "OPTIONS" else {}
    # A page for frames sets its own policy.
    security = with_images_of(sorted(current_app.config["IMAGE_HOSTS"]))
    own = {name: value for name, value in security.items() if name not in response.headers}
    policy = "Cross-Origin-Resource-Policy"
    is_shared = response.headers.get(policy) != ONLY_HERE[policy]
    response.headers.update(own | (SHARED | preflight if is_shared else {}))
    # An answer that is pinned to another release has this field already.
    response.headers.setdefault(RELEASE, site().release.id)
    return response


def _serve_static(app: Flask, branding: Branding) -> dict[str, object]:
    """Serve the files of static/ from memory; return variables for the templates.

    ``style`` changes with the files; it is in their addresses, so that caches may keep them.
    ``static_files`` are their names: the scripts may be missing. The style sheet is made from the
    files in css/, in the order of their names, and from the settings of the site.
    """
    files = {
        path.relative_to(_STATIC).as_posix(): path.read_bytes()
        for path in sorted(_STATIC.rglob("*"))
        if path.is_file()
    }
    sheets = [content for name, content in files.items() if name.startswith("css/")]
    files["style.css"] = b"\n".join([*sheets, branding.sheet])
    files |= branding.files
    style = sha256(b"".join(files.values())).hexdigest()[:12]

    def static(filename: str) -> Response:
        if filename not in files:
            abort(404)
        response = Response(files[filename], mimetype=guess_type(filename)[0])
        response.cache_control.public = True
        response.cache_control.max_age = _STATIC_MAX_AGE
        # The tag depends on the release, because the Release field of the answer does.
        response.set_etag(site().etag("static", filename, style))
        response.make_conditional(request)
        return response

    app.add_url_rule("/static/<path:filename>", "static", static)
    return {
        "style": style,
        "static_files": frozenset(files),
    }
