"""The address at which pages ask for a new release or a failed build."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, jsonify

from graphsvc.editing.state import EditingState
from graphsvc.web.headers import ONLY_HERE
from graphsvc.web.site import site

if TYPE_CHECKING:
    from flask import Flask

live = Blueprint("watch", __name__)

_KEY = "graphsvc.watch"


def register(app: Flask, state: EditingState) -> None:
    """Make every page of an application show faults, and reload after a build."""
    app.extensions[_KEY] = state
    app.jinja_env.globals["is_watched"] = True
    app.register_blueprint(live)


def state_of_service() -> EditingState:
    """Return the memory that is shared with the building process."""
    state = current_app.extensions[_KEY]
    if not isinstance(state, EditingState):
        raise TypeError("The application is not watched.")
    return state


@live.get("/watch.json")
def state() -> Response:
    """Return the served release, and the faults of the last build."""
    response = jsonify(release=site().release.id, **asdict(state_of_service().report))
    response.headers.update(ONLY_HERE)
    return response
