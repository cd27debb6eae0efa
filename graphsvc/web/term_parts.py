"""The small parts of the page of the vocabulary, made in Python: it has thousands.

A template takes ten times as long for each. Templates call them like macros.
"""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import url_for
from markupsafe import Markup, escape

from graphsvc.phrases import Phrase
from graphsvc.views.vocabulary.ontology import namespace_of
from graphsvc.views.vocabulary.writing import FACTS
from graphsvc.web.languages import gettext, label_html, ngettext, number, translate
from graphsvc.web.links import asking
from graphsvc.web.parts import Parts
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphsvc.views.model import Named
    from graphsvc.views.vocabulary.diagram import Drawing, TermBox
    from graphsvc.views.vocabulary.model import (
        Question,
        Relation,
        TermPlace,
        UsedTerm,
        Vocabulary,
        VocabularyTerm,
    )

# The unescaped characters of a fragment: https://www.rfc-editor.org/rfc/rfc3986#section-3.5
_IN_FRAGMENT = "/:@!$&'()*+,;=~-._?"

_EXAMPLE, _IN_NO_QUERY = Phrase("Example"), Phrase("in no query")


class TermParts:
    """The parts of one page of the vocabulary."""

    def __init__(self, page: Vocabulary) -> None:
        self._places = page.places
        self._root = url_for("documents.ontology")
        self._queries = url_for("queries.gallery")
        self._browse = url_for("browse.browse_page")
        self._compact = site().release.prefixes.compact
        self._term = Parts(site()).term
        self.address = cache(self._address)
        self.link = cache(self._link)
        self._translate = cache(lambda text: escape(translate(text)))
        self._number = cache(number)
        self._question = cache(self._ask)

    def _address(self, named: Named) -> Markup:
        """Return the address of a term: its place in a page of the vocabulary, if it has one."""
        place = self._places.get(named.term)
        if place is None:
            return escape(site().local_href(named.iri) or "#")
        return self._place(place)

    def _place(self, place: TermPlace) -> Markup:
        page = f"?page={place.page}" if place.page > 1 else ""
        return escape(f"{self._root}{page}#{quote(place.fragment, safe=_IN_FRAGMENT)}")

    def _link(self, named: Named) -> str:
        if named.term not in self._places:
            return self._term(named)
        language = f' lang="{escape(named.language)}"' if named.language else ""
        return Markup(  # noqa: S704
            f'<a href="{self.address(named)}"{language}>{escape(named.label)}</a>'
        )

    def items(self, terms: Iterable[Named]) -> Markup:
        """Return terms as items of a list, each a link."""
        return Markup(  # noqa: S704
            "".join(
                f'<li><a href="{self.address(each)}">{self._words(each)}</a></li>' for each in terms
            )
        )

    def outside(self, terms: Iterable[Named]) -> Markup:
        """Return terms of other vocabularies by their short names."""
        links = (
            f'<a rel="external" href="{escape(site().local_href(each.iri) or "#")}">'
            f"{escape(self._compact(each.iri or ''))}</a>"
            for each in terms
        )
        return Markup(", ".join(links))  # noqa: S704

    def in_use(self, entry: UsedTerm) -> Markup:
        """Return a term that the graph uses: its short name, and the number of uses."""
        place = self._places.get(entry.term)
        address = (
            escape(site().local_href(entry.term.value) or "#")
            if place is None
            else self._place(place)
        )
        short = self._compact(entry.term.value)
        if short.startswith("<"):
            # The page has its namespace above it.
            short = entry.term.value.removeprefix(namespace_of(entry.term)) or short
        parts = [f'<li><a href="{address}"><code>{escape(short)}</code></a> ']
        if entry.count and entry.is_class:
            words = ngettext(
                "%(count)s thing", "%(count)s things", entry.count, count=self._number(entry.count)
            )
            cls = self._compact(entry.term.value).strip("<>")
            browse = f"{self._browse}?class={quote(cls, safe=':/')}"
            parts.append(
                f'<a class="count" rel="nofollow" href="{escape(browse)}">{escape(words)}</a>'
            )
        elif entry.count:
            words = ngettext(
                "%(count)s fact", "%(count)s facts", entry.count, count=self._number(entry.count)
            )
            address_of_query = escape(asking(FACTS.bind({"property": entry.term})))
            parts.append(
                f'<a class="count" rel="nofollow" href="{address_of_query}">{escape(words)}</a>'
            )
        else:
            parts.append(f'<span class="count">{self._translate(Phrase("not used"))}</span>')
        if not entry.is_declared:
            parts.append(f' <span class="hint">{self._translate(Phrase("not declared"))}</span>')
        return Markup("".join([*parts, "</li>\n"]))  # noqa: S704

    def several(self, terms: Iterable[Named]) -> Markup:
        """Return terms side by side."""
        return Markup(", ".join(map(self.link, terms)))  # noqa: S704

    def article(self, entry: VocabularyTerm) -> Markup:
        """Return a term in full."""
        state = " deprecated" if entry.deprecated else ""
        marks = [
            f' <span class="mark">{self._translate(words)}</span>'
            for words in entry.characteristics
        ]
        if entry.deprecated:
            words = escape(gettext("deprecated"))
            marks.insert(0, f' <span class="mark editorial">{words}</span>')
        parts = [
            f'<article class="term{state}" id="{escape(entry.fragment)}">\n'
            f'<h3><a class="self" href="{self.address(entry.term)}">{self._words(entry.term)}</a> '
            f"<code>{escape(self._compact(entry.iri))}</code>{''.join(marks)}</h3>\n"
        ]
        if entry.definition:
            parts.append(f'<p class="definition">{escape(entry.definition)}</p>\n')
        tag = f'<span class="tag">{self._translate(_EXAMPLE)}</span>'
        parts += (f'<p class="example">{tag} {escape(text)}</p>\n' for text in entry.examples)
        if entry.relations:
            parts += ["<dl>\n", *map(self._relation, entry.relations), "</dl>\n"]
        unasked = "" if entry.questions else f" · {self._translate(_IN_NO_QUERY)}"
        parts.append(f'<p class="uses">{self._uses(entry)}{unasked}</p>\n')
        if entry.questions:
            parts.append(self._questions(entry))
        if entry.notes:
            parts.append(self._notes(entry))
        return Markup("".join([*parts, "</article>\n"]))  # noqa: S704

    def _words(self, named: Named) -> str:
        return escape(label_html(named))

    def _relation(self, relation: Relation) -> str:
        values = ", ".join("".join(map(self._part, value)) for value in relation.values)
        more = ""
        if relation.more:
            more = f" {escape(gettext('%(count)s more', count=number(relation.more)))}"
        return f"<dt>{self._translate(relation.label)}</dt>\n<dd>{values}{more}</dd>\n"

    def _part(self, part: str | Named) -> str:
        return self._translate(part) if isinstance(part, str) else self.link(part)

    def _uses(self, entry: VocabularyTerm) -> str:
        """Return the number of uses of a term, with a link to them; nothing if it is not known."""
        if entry.uses is None:
            return ""
        if not entry.uses:
            return self._translate(Phrase("not used in the data"))
        count, name = self._number(entry.uses), escape(entry.term.label)
        if not entry.is_class:
            words = ngettext("%(count)s fact", "%(count)s facts", entry.uses, count=count)
            return f'<a class="query-this" href="{escape(asking(entry.facts))}">{escape(words)}</a>'
        words = ngettext(
            '%(count)s thing<span class="unseen"> of the class %(thing)s</span>',
            '%(count)s things<span class="unseen"> of the class %(thing)s</span>',
            entry.uses,
            count=count,
            thing=name,
        )
        browse = f"{self._browse}?class={quote(self._compact(entry.iri), safe=':')}"
        return f'<a href="{escape(browse)}">{words}</a>'

    def _questions(self, entry: VocabularyTerm) -> str:
        count = len(entry.questions)
        words = ngettext(
            'In %(count)s query<span class="unseen"> with %(thing)s</span>',
            'In %(count)s queries<span class="unseen"> with %(thing)s</span>',
            count,
            count=count,
            thing=escape(entry.term.label),
        )
        items = "".join(map(self._question, entry.questions))
        return f"<details><summary>{words}</summary>\n<ul>{items}</ul></details>\n"

    def _ask(self, question: Question) -> str:
        address, words = f"{self._queries}/{question.name}", escape(question.summary)
        return f'<li><a href="{escape(address)}">{words}</a></li>'

    def _notes(self, entry: VocabularyTerm) -> str:
        words = gettext(
            'Notes<span class="unseen"> on %(thing)s</span>', thing=escape(entry.term.label)
        )
        rows = "".join(
            f"<dt>{escape(label)}</dt>" + "".join(f"<dd>{escape(each.text)}</dd>" for each in notes)
            for label, notes in groupby(entry.notes, key=lambda note: note.label)
        )
        return f"<details><summary>{words}</summary>\n<dl>{rows}</dl></details>\n"

    def drawing_html(self, picture: Drawing, arrow: str) -> Markup:
        """Return the lines and the boxes of a picture in SVG; ``arrow`` is the id of its marker."""
        end = f' marker-end="url(#{arrow})"'
        lines = (
            f'<path class="line" d="{line.path}"{end if line.has_arrow else ""}/>\n'
            for line in picture.lines
        )
        return Markup("".join([*lines, *map(self._box, picture.boxes)]))  # noqa: S704

    def _box(self, box: TermBox) -> str:
        terms = "".join(
            f'<a href="{self.address(term)}"><text x="{box.text_x}" '
            f'y="{box.baseline(line)}">{escape(term.label)}</text></a>'
            for line, term in enumerate(box.terms)
        )
        return (
            f'<g class="{"class" if box.is_class else "properties"}"><rect x="{box.x}" y="{box.y}" '
            f'width="{box.width}" height="{box.height}" rx="4"/>{terms}</g>\n'
        )
