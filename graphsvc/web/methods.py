"""Unsupported methods: 404 if there is no resource at the address, 405 if there is one.

405 is for a method that "is known by the origin server but not supported by the target resource":
https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6. But a route with a variable part, such as the
route of things, also matches addresses without a resource. The answer to GET, which changes
nothing, tells whether there is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app, request
from werkzeug.exceptions import MethodNotAllowed

if TYPE_CHECKING:
    from flask import Response

_MISSING = frozenset({404, 410})


def refuse_where_nothing_is() -> Response | None:
    """Return the answer to GET for another method if there is no resource."""
    is_preflight = "Access-Control-Request-Method" in request.headers
    is_question = request.method == "OPTIONS" and not is_preflight
    # A browser needs the answer to its preflight request before it can get a 404.
    if not is_question and not isinstance(request.routing_exception, MethodNotAllowed):
        return None
    response = _response_to_get()
    if response.status_code in _MISSING:
        return response
    response.close()
    return None


def _response_to_get() -> Response:
    value: Any
    try:
        routes = current_app.url_map.bind_to_environ(request.environ)
        endpoint, arguments = routes.match(method="GET")
        value = current_app.view_functions[endpoint](**arguments)
    except Exception as error:  # noqa: BLE001 - Flask handles every exception of a view, too
        value = current_app.handle_user_exception(error)
    return current_app.make_response(value)
