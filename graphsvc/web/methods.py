"""Methods that an address does not have: 404 where nothing is there, 405 where something is.

405 is for a method that "is known by the origin server but not supported by the target resource":
https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6. But a route with a variable part, such as the
route of things, also fits addresses at which nothing is. What GET answers tells the two apart, and
GET changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app, request
from werkzeug.exceptions import MethodNotAllowed

if TYPE_CHECKING:
    from flask import Response

_MISSING = frozenset({404, 410})


def refuse_where_nothing_is() -> Response | None:
    """Return the answer of GET to another method if that is that nothing is there."""
    is_preflight = "Access-Control-Request-Method" in request.headers
    is_question = request.method == "OPTIONS" and not is_preflight
    # A browser must hear that it may ask, before it can hear that nothing is there.
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
    except Exception as error:  # noqa: BLE001 - as Flask does with what a view raises
        value = current_app.handle_user_exception(error)
    return current_app.make_response(value)
