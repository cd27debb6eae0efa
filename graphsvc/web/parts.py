"""The small parts of pages, made in Python: a page has hundreds, and templates are slower.

Templates call them like macros.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from babel.lists import format_list
from flask import current_app
from markupsafe import Markup, escape

from graphsvc.views.collection.ordering import is_date
from graphsvc.views.model import Status
from graphsvc.web import values
from graphsvc.web.dates import date_words, time_element
from graphsvc.web.languages import gettext, is_other, label_html, locale, number, translate

if TYPE_CHECKING:
    from collections.abc import Container

    from jinja2 import Environment

    from graphsvc.store.base import Term
    from graphsvc.views.collection.facets import Choice
    from graphsvc.views.model import Expression, Named, Passage
    from graphsvc.views.thing.lead import Lead
    from graphsvc.views.thing.model import PropertyFacts, Thing
    from graphsvc.web.site import Site

_LONGEST_LABEL, _LONGEST_CHOICE, _LONGEST_TITLE = 240, 80, 200
_LONGEST_QUOTE, _BEGINNING = 340, 300
_LONGEST_LEAD, _MOST_LISTED = 500, 3
"""The most characters of the sentence on a thing, and the most values that it lists."""

MOST_IN_A_CELL = 5_000
"""The most characters of a value in a cell of a table: a page has hundreds of cells."""


class Parts:
    """The parts of the pages of one site."""

    def __init__(self, served: Site) -> None:
        self._served = served
        self._shorten = served.graph.naming.prefixes.shorten

    def term(self, named: Named) -> Markup:
        """Return a term as HTML: a link for a thing or a web address, else its words."""
        return self._term(named, self._address(named))

    def _term(self, named: Named, address: str | None) -> Markup:
        if address is None:
            lines = f' class="{kind}"' if (kind := values.lines_of(named)) else ""
            words = values.apart(named.label, named.direction)
            return Markup(f"<span{_lang(named.language)}{lines}>{words}</span>")  # noqa: S704
        language = label_language(named.language)
        elsewhere = "" if self._is_here(named, address) else ' class="elsewhere" rel="external"'
        words = values.apart(shortened(named.label, _LONGEST_LABEL), named.direction)
        return Markup(f'<a href="{escape(address)}"{language}{elsewhere}>{words}</a>')  # noqa: S704

    def value(self, named: Named, predicate: Term | None = None) -> Markup:
        """Return a value as HTML: a picture is shown, and the reader can open a long text."""
        if is_date(named.term):
            return time_element(named.label)
        address = self._address(named)
        image = values.picture(named, predicate, address)
        if image is not None:
            return image
        words = self._term(named, address)
        if address is not None or len(named.label) <= values.LONGEST:
            return words
        beginning = self.term(replace(named, label=shortened(named.label, values.BEGINNING)))
        summary = opening(beginning, gettext("all of it"))
        return Markup(f'<details class="long">{summary}<div>{words}</div></details>')  # noqa: S704

    def lead(self, lead: Lead) -> Markup:
        """Return the sentence on a thing; a long one is cut."""
        pieces = (self._piece(piece) for piece in lead.pieces)
        words = values.apart(shortened("".join(pieces), _LONGEST_LEAD))
        return Markup(f'<p class="lead"{_lang(lead.language)}>{words}</p>')  # noqa: S704

    def _piece(self, piece: str | tuple[Named, ...]) -> str:
        if isinstance(piece, str):
            return piece
        names = [date_words(each.label) if is_date(each.term) else each.label for each in piece]
        more = len(names) - _MOST_LISTED
        if more > 1:
            names[_MOST_LISTED:] = [gettext("%(count)s more", count=number(more))]
        return format_list(names, locale=locale())

    def between(self, middle: Named, end: Named) -> Markup:
        """Return the thing between a thing and a value, without the words of the value.

        It is left out if the name of the value includes its name.
        """
        if middle.label.casefold() in end.label.casefold():
            return Markup()
        words = middle.label.removeprefix(end.label)
        mark = "" if words != middle.label and words.startswith(",") else " · "
        named = replace(middle, label=words if not mark else middle.label)
        return Markup(f'<span class="between">{mark}{self.term(named)}</span>')  # noqa: S704

    def folds(self, named: Named) -> bool:
        """Tell whether a value is a long text."""
        return len(named.label) > values.LONGEST and self._address(named) is None

    def title(self, named: Named | Thing) -> Markup:
        """Return the name of a thing as the heading of its page; the reader can open a long one."""
        language = label_language(named.language)
        words = values.apart(named.label, named.direction)
        if len(named.label) <= values.LONGEST_TITLE:
            return Markup(f"<h1{language}>{words}</h1>")  # noqa: S704
        cut = shortened(named.label, values.BEGINNING_OF_TITLE)
        beginning = f"<h1{language}>{values.apart(cut, named.direction)}</h1>"
        summary = opening(beginning, gettext("all of it"))
        return Markup(  # noqa: S704
            f'<details class="long title">{summary}<p{_lang(named.language)}>{words}</p></details>'
        )

    def _address(self, named: Named) -> str | None:
        """Return the address of the link of a term, if it has one.

        An address in a literal is a link within this service only if the page exists.
        """
        iri = named.iri
        if iri is None and (iri := values.address_in(named.term)) is not None:
            is_own = iri.startswith(self._served.base)
            if is_own and not self._served.addresses.has_page(iri):
                return None
        if iri is None:
            return None
        return self._served.local_href(iri) or (iri if values.is_linked(iri) else None)

    def _is_here(self, named: Named, address: str) -> bool:
        """Tell whether a link stays on this site, or is an address of mail or telephone."""
        iri = named.iri or named.label
        return self._served.is_here(iri) or address.startswith(("mailto:", "tel:"))

    def expression(self, words: Expression) -> Markup:
        """Return a value in words: its terms as links, and the words between them."""
        parts = (
            escape(translate(part)) if isinstance(part, str) else self.term(part) for part in words
        )
        return Markup(f'<span class="expression">{"".join(parts)}</span>')  # noqa: S704

    def property_name(self, entry: PropertyFacts, twins: Container[Term] = ()) -> Markup:
        """Return the name of a property; it is a link if this graph describes the property.

        ``twins`` are the properties that share their name with others: they are shown with their
        prefixed names.
        """
        predicate = entry.predicate
        name = self._property(predicate, entry.definition)
        if predicate.term not in twins:
            return name
        name_in_code = escape(self._shorten(predicate.iri or ""))
        return name + Markup(f' <code class="written">{name_in_code}</code>')  # noqa: S704

    def _property(self, predicate: Named, definition: str) -> Markup:
        iri = predicate.iri or ""
        title = f' title="{escape(definition)}"' if definition else ""
        words = escape(label_html(predicate))
        if self._served.is_here(iri):
            words = Markup(f'<a href="{escape(self._served.local_href(iri))}">{words}</a>')  # noqa: S704
        return Markup(f"<span{title}>{words}</span>")  # noqa: S704

    def number(self, passage: Passage) -> Markup:
        """Return the number of a passage, with a link to its place in the text."""
        return self._number(passage, "")

    def elsewhere(self, passage: Passage) -> Markup:
        """Return the number of a passage that another row quotes, with its words as a title."""
        quote = escape(shortened(passage.quote, _LONGEST_TITLE))
        return self._number(passage, f' title="{quote}"')

    def _number(self, passage: Passage, more: str) -> Markup:
        address = self._served.in_text(passage.iri)
        text = Markup(gettext('<span class="unseen">Passage </span>%(number)s'))  # noqa: S704
        words = text % {"number": passage.name}
        return Markup(f'<a class="number" href="{escape(address)}"{more}>{words}</a>')  # noqa: S704

    def sentence(self, passage: Passage) -> Markup:
        """Return a sentence with its number; the reader can open a long one."""
        language = _lang(passage.language)
        quote = f"<q{language}>{escape(passage.quote)}</q>"
        if len(passage.quote) > _LONGEST_QUOTE:
            beginning = escape(shortened(passage.quote, _BEGINNING))
            summary = opening(f"<q{language}>{beginning}</q>", gettext("whole sentence"))
            quote = f"<details>\n{summary}\n{quote}\n</details>"
        return Markup(f'<div class="sentence">\n{self.number(passage)}\n{quote}\n</div>')  # noqa: S704

    def choice(self, address: str, choice: Choice) -> Markup:
        """Return one value of a facet: a link to its things, and their number."""
        attributes = ' class="chosen" aria-current="true"' if choice.chosen else ""
        named = choice.label
        language = _lang(named.language if named else None)
        words = values.apart(shortened(named.label if named else "", _LONGEST_CHOICE))
        return Markup(  # noqa: S704
            f'<li><a rel="nofollow" href="{escape(address)}"{attributes}{language}>{words}</a> '
            f'<span class="count">{choice.count}</span></li>'
        )

    def source(self, passage: Passage) -> Markup:
        """Return the number of a passage in a table, with its words as a title."""
        address = self._served.local_href(passage.iri)
        quote = escape(shortened(passage.quote, _LONGEST_TITLE))
        text = Markup(gettext('<span class="unseen">passage </span>%(number)s'))  # noqa: S704
        words = text % {"number": passage.name}
        return Markup(  # noqa: S704
            f'<a class="source" href="{escape(address)}" title="{quote}">{words}</a>'
        )

    def status_mark(self, status: Status) -> Markup:
        """Return the mark of a status; nothing for facts that the text states."""
        if status is Status.RECORDED and not self._served.graph.texts.positions:
            return Markup()
        marks = {
            Status.EDITORIAL: gettext("editorial"),
            Status.INFERRED: gettext("inferred"),
            Status.RECORDED: gettext("on record"),
        }
        words = marks.get(status)
        if words is None:
            return Markup()
        return Markup(f'<span class="mark {status}">{escape(words)}</span>')  # noqa: S704


def register(served: Site, environment: Environment) -> None:
    """Register the parts in the templates."""
    environment.globals.update(
        parts=Parts(served), opening=opening, label_language=label_language, apart=values.apart
    )


def parts_of_pages() -> Parts:
    """Return the parts of the current application."""
    parts = current_app.jinja_env.globals["parts"]
    if not isinstance(parts, Parts):
        raise TypeError("The application was not made by create_app.")
    return parts


def opening(beginning: str, more: str) -> Markup:
    """Return the summary of an element that opens: its beginning, and words for opening it.

    ``beginning`` is HTML, ``more`` is text.
    """
    return Markup(  # noqa: S704
        f'<summary>{beginning} <span class="more">{escape(more)}</span>'
        f'<span class="less">{escape(gettext("shorter"))}</span></summary>'
    )


def shortened(text: str, length: int) -> str:
    """Return a text, cut between words if it is longer than ``length``."""
    if len(text) <= length:
        return text
    end = " …"
    return text[: length - len(end)].rsplit(" ", 1)[0] + end


def bounded(text: str) -> str:
    """Return a text for a cell of a table; a very long one is cut.

    The number of missing characters needs no translation. Downloads have the whole text.
    """
    if len(text) <= MOST_IN_A_CELL:
        return text
    return f"{text[:MOST_IN_A_CELL]} … [{MOST_IN_A_CELL:,} / {len(text):,}]"


def label_language(language: str | None) -> Markup:
    """Return the attributes of a label in a language; another one than the reader's is shown."""
    attribute = f' data-language="{escape(language)}"' if is_other(language) else ""
    return Markup(f"{_lang(language)}{attribute}")  # noqa: S704


def _lang(language: str | None) -> str:
    return f' lang="{escape(language)}"' if language else ""
