"""The application: a factory that serves one release.

It is plain WSGI. Nothing here changes anything, so any number of processes can serve a release.
"""

from __future__ import annotations

from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path
from typing import TYPE_CHECKING, Any

import flask
from flask import Flask, Response, abort, request

from graphsvc import __version__
from graphsvc.web import languages, pages, problems
from graphsvc.web.cite import cite
from graphsvc.web.documents import documents
from graphsvc.web.pictures import pictures
from graphsvc.web.problems import RequestProblem
from graphsvc.web.protocol import LARGEST_BODY, LONGEST_ADDRESS, in_ascii
from graphsvc.web.site import Site
from graphsvc.web.sparql import endpoint

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from graphsvc.release import Release
    from graphsvc.settings import Settings
    from graphsvc.store.base import Store

_STATIC = Path(__file__).with_name("static")

#: How many seconds a cache may keep the files of static/.
_STATIC_MAX_AGE = 86_400

# Nothing loads from another host, no script runs but the files of this one, no other site frames
# a page.
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

# Whoever may read the graph may read it from a page of another site.
# https://fetch.spec.whatwg.org/#http-cors-protocol
SHARED = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Location, ETag, Last-Modified, Link",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS, POST",
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-Modified-Since, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


class Request(flask.Request):
    """A request whose address is read whatever its bytes are."""

    def __init__(self, environ: WSGIEnvironment, **others: Any) -> None:
        super().__init__(environ, **others)
        self.query_string = in_ascii(self.query_string)


def create_app(release: Release, settings: Settings, store: Store | None = None) -> Flask:
    """Return the application that serves a release.

    ``store`` answers its queries, if the release's own is not to: the workers, for example.
    """
    app = Flask(__name__, static_folder=None)
    app.request_class = Request
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY
    app.logger.setLevel(settings.log_level)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    served = Site(release, store or release.store)
    app.extensions["graphsvc"] = served
    app.jinja_env.globals.update(version=__version__, style=_serve_static(app))
    languages.register(app)
    pages.register(served, app.jinja_env)
    problems.register(app)
    for blueprint in (endpoint, documents, pages.pages, cite, pictures):
        app.register_blueprint(blueprint)
    app.before_request(_refuse_long_addresses)
    app.after_request(_with_headers)
    return app


def _refuse_long_addresses() -> None:
    # In bytes, since an address need not be UTF-8.
    path = request.path.encode("utf-8", "surrogatepass")
    if len(path) + len("?") + len(request.query_string) > LONGEST_ADDRESS:
        raise RequestProblem(
            "uri-too-long",
            f"The address is longer than {LONGEST_ADDRESS} bytes.",
            remedy="Send the query in the body of a POST request.",
        )


def _with_headers(response: Response) -> Response:
    preflight = _PREFLIGHT if request.method == "OPTIONS" else {}
    response.headers.update(SECURITY | SHARED | preflight)
    return response


def _serve_static(app: Flask) -> str:
    """Serve the files of static/ from memory; return what changes when they do.

    Pages name it in the files' addresses, so that caches may keep them. The style sheet is made
    of the files in css/, in the order of their names.
    """
    files = {
        path.relative_to(_STATIC).as_posix(): path.read_bytes()
        for path in sorted(_STATIC.rglob("*"))
        if path.is_file()
    }
    sheets = [content for name, content in files.items() if name.startswith("css/")]
    files["style.css"] = b"\n".join(sheets)

    def static(filename: str) -> Response:
        if filename not in files:
            abort(404)
        response = Response(files[filename], mimetype=guess_type(filename)[0])
        response.cache_control.public = True
        response.cache_control.max_age = _STATIC_MAX_AGE
        response.add_etag()
        response.make_conditional(request)
        return response

    app.add_url_rule("/static/<path:filename>", "static", static)
    return sha256(b"".join(files.values())).hexdigest()[:12]
