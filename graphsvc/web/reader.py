"""The source reader: the page of a text, as printed, with its facts beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template
from markupsafe import Markup, escape

from graphsvc.errors import UnknownEntity
from graphsvc.namespaces import SCHEMA
from graphsvc.views import page_sizes
from graphsvc.views.text import read_text
from graphsvc.views.text.words import Mention
from graphsvc.views.thing import thing
from graphsvc.web.languages import label_html, labels
from graphsvc.web.map_places import on_map
from graphsvc.web.parts import parts_of_pages
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphsvc.store.base import Term
    from graphsvc.views.mentions import Piece
    from graphsvc.views.model import Named
    from graphsvc.views.text import PassageSubject
    from graphsvc.views.thing import Head
    from graphsvc.views.thing.model import Thing


def reader_page(about: Head, page: int) -> str:
    """Return a page of a text for reading.

    Errors: UnknownEntity if the text has no such page.
    """
    served, iri = site(), about.iri
    if page_sizes.PASSAGES * (page - 1) >= len(served.graph.texts.passages.get(iri, ())):
        raise UnknownEntity(f"{iri}?page={page}", iri)
    entity = thing(served.graph, iri, labels())
    read = read_text(served.graph, iri, content_of(entity), (page, page_sizes.PASSAGES), labels())
    if read is None:
        raise UnknownEntity(f"{iri}?page={page}", iri)
    return render_template(
        "reader.html",
        entity=entity,
        about=about,
        place=on_map(iri),
        read=read,
        html=PassageHtml(),
    )


def content_of(text: Thing) -> str | None:
    """Return the exact words of a text, if they are available."""
    digests = (getattr(digest, "value", "") for digest in text.values(SCHEMA.sha256))
    return next(filter(None, map(site().texts_by_digest.get, digests)), None)


class PassageHtml:
    """Makes the HTML of passages and facts in Python: a page has hundreds, templates are slower.

    A fact links to the words that state it, by the end of the passage's IRI and a number.
    """

    def __init__(self) -> None:
        self._term = parts_of_pages().term
        self._named: dict[Term, str] = {}
        self._properties: dict[Term, str] = {}
        self._mentions: dict[Term, tuple[str, str]] = {}

    def words(self, pieces: Iterable[Piece], passage: str) -> Markup:
        """Return the words of a passage: the innermost name of a thing is a link."""
        return Markup("".join(self._pieces(pieces, escape(passage))))  # noqa: S704

    def facts(self, subjects: Iterable[PassageSubject], passage: str) -> Markup:
        """Return the facts of a passage by thing; each property links to its words."""
        at = escape(passage)
        ordered = sorted(subjects, key=lambda subject: str(subject.thing.term))
        return Markup("\n".join(self._subject(subject, at) for subject in ordered))  # noqa: S704

    def _pieces(self, pieces: Iterable[Piece], at: str) -> Iterator[str]:
        for piece in pieces:
            mention = piece.about
            if not isinstance(mention, Mention):
                yield escape(piece.words)
                continue
            address, title = self._mention(mention.thing)
            number = f' id="w-{at}-{mention.number}"' if mention.number else ""
            if piece.parts:
                inner = "".join(self._pieces(piece.parts, at))
                yield f'<span class="mention"{number}{title}>{inner}</span>'
            elif address:
                yield f'<a class="mention"{number}{address}{title}>{escape(piece.words)}</a>'
            else:
                yield escape(piece.words)

    def _mention(self, thing: Named) -> tuple[str, str]:
        """Return the attributes for the name of a thing: its address, if it has one, and title."""
        attributes = self._mentions.get(thing.term)
        if attributes is None:
            address = site().local_href(thing.iri)
            link = f' href="{escape(address)}"' if address else ""
            attributes = self._mentions[thing.term] = (link, f' title="{escape(thing.label)}"')
        return attributes

    def _subject(self, subject: PassageSubject, at: str) -> str:
        lines = "".join(
            f'<li><a class="property" href="#{_place(at, fact.number)}">'
            f"{self._property(fact.property)}</a> {self._name(fact.value)}</li>"
            for fact in subject.statements
        )
        return f"<li>{self._name(subject.thing)}\n<ul>{lines}</ul></li>"

    def _name(self, thing: Named) -> str:
        html = self._named.get(thing.term)
        if html is None:
            html = self._named[thing.term] = self._term(thing)
        return html

    def _property(self, prop: Named) -> str:
        html = self._properties.get(prop.term)
        if html is None:
            html = self._properties[prop.term] = escape(label_html(prop))
        return html


def _place(at: str, number: int) -> str:
    """Return the id of the words that state a fact, or of the whole passage."""
    return f"w-{at}-{number}" if number else f"p-{at}"
