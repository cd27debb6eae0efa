"""The head of a page for programs: typed links, and a description of its thing in schema.org.

The links are those of the Link header (RFC 8288, section 3); they stay in a page that is saved, or
behind a proxy that drops long headers. The data block is no script: nothing runs it.
https://html.spec.whatwg.org/multipage/scripting.html#data-block
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from markupsafe import Markup

from graphsvc.formats import Content, carrying
from graphsvc.views.structured import (
    PageSubject,
    Publication,
    dataset_as_json,
    subject_of,
    thing_as_json,
)
from graphsvc.web import signposts
from graphsvc.web.site import site

if TYPE_CHECKING:
    from jinja2 import Environment

    from graphsvc.views.thing import Head, Thing

(_PAGE,) = carrying(Content.PAGE)


def register(environment: Environment) -> None:
    """Register the functions for the head of a page in the templates."""
    environment.globals.update(
        signposts=_signposts,
        signposts_of_home=signposts.of_home,
        structured=_structured,
        structured_dataset=_structured_dataset,
    )


def _signposts(about: Head) -> list[signposts.TypedLink]:
    return signposts.links(about, _PAGE)


def _structured(entity: Thing | PageSubject) -> Markup:
    subject = entity if isinstance(entity, PageSubject) else subject_of(entity)
    publication = Publication(site().addresses.iri(subject.iri), site().dataset)
    return _data_block(thing_as_json(subject, site().alignments, publication))


def _structured_dataset() -> Markup:
    publication = Publication(site().base, site().dataset)
    return _data_block(dataset_as_json(site().graph, publication, site().built.isoformat()))


def _data_block(content: object) -> Markup:
    # A "<" could end the element: https://www.w3.org/TR/json-ld11/#restrictions-for-contents-of-json-ld-script-elements
    text = json.dumps(content, ensure_ascii=False).replace("<", "\\u003c")
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(text))  # noqa: S704
