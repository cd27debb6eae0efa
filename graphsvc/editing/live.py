"""The address at which pages ask whether there is another release, and whether a build failed."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, jsonify

from graphsvc.editing.state import State
from graphsvc.web.headers import ONLY_HERE
from graphsvc.web.site import site

if TYPE_CHECKING:
    from flask import Flask

live = Blueprint("watch", __name__)

_KEY = "graphsvc.watch"


def register(app: Flask, state: State) -> None:
    """Have every page of an application show what is wrong, and reload after a build."""
    app.extensions[_KEY] = state
    app.jinja_env.globals["is_watched"] = True
    app.register_blueprint(live)


def state_of_service() -> State:
    """Return what the process that builds tells."""
    state = current_app.extensions[_KEY]
    if not isinstance(state, State):
        raise TypeError("The application is not watched.")
    return state


@live.get("/watch.json")
def state() -> Response:
    """Return the release that is served, and what is wrong with the files since."""
    response = jsonify(release=site().release.id, **asdict(state_of_service().report))
    response.headers.update(ONLY_HERE)
    return response
