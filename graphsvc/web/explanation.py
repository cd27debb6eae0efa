"""The explanation of an empty answer over HTTP: as JSON, as a page, as text.

Its address is ``/sparql?query=…&explain=empty``: see ``graphsvc.explain``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import render_template

from graphsvc.formats import Content, carrying
from graphsvc.web.faults import fault

if TYPE_CHECKING:
    from graphsvc.explain import Explanation
    from graphsvc.formats import Format

EXPLANATION_FORMATS = carrying(Content.EXPLANATION)
"""The formats of an explanation, the preferred one first."""


def write_explanation(explanation: Explanation, query: str, fmt: Format) -> str:
    """Return an explanation of a query's empty answer in one of ``EXPLANATION_FORMATS``.

    A page needs Flask's application context.
    """
    if fmt.name == "html":
        faults = [
            fault("warning", each.message, each.remedy, each.position, each.suggestions)
            for each in explanation.reasons
            if each.position is not None
        ]
        return render_template(
            "explanation.html", explanation=explanation, query=query, faults=faults
        )
    if fmt.name == "txt":
        return explanation.text()
    return json.dumps(explanation.members(), indent=2, ensure_ascii=False) + "\n"
