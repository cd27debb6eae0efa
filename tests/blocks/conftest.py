"""Clients of the two projects, without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graphsvc import settings
from graphsvc.web.app import create_app

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from graphsvc.release import Release


@pytest.fixture(scope="module")
def client(mechanisms_release: Release) -> FlaskClient:
    return create_app(mechanisms_release, settings.load({}, {})).test_client()


@pytest.fixture(scope="module")
def lights(lights_release: Release) -> FlaskClient:
    return create_app(lights_release, settings.load({}, {})).test_client()
