"""The reader's languages: the language of the interface, and the languages of labels.

``Accept-Language`` is a language priority list (RFC 4647, section 2.3). The interface has one
language, found by lookup (section 3.4) among its catalogues. Of the labels of a thing, the first
one in the order of the list is shown. Only this module decides both.
https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from gettext import NullTranslations
from typing import TYPE_CHECKING

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from flask import current_app, g, has_request_context, request
from markupsafe import Markup, escape

from graphsvc import vocabularies
from graphsvc.phrases import Phrase
from graphsvc.views.model import Named
from graphsvc.web.catalogues import FOLDER, SOURCE_LANGUAGE, Catalogues
from graphsvc.web.negotiation import elements
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from flask import Flask, Response

    from graphsvc.formats import Format
    from graphsvc.views.thing.model import ExpectedGroup, Group

# RFC 4647, section 2.1: a basic language range.
_RANGE = re.compile(r"\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*")

#: The media type of pages, which depend on the reader's languages.
_PAGES = "text/html"

_ANY_DAY = date(2000, 1, 1)

_MOST_RANGES = 20
"""The most ranges of one header that are used."""


@dataclass(frozen=True, slots=True)
class ReaderLanguages:
    """The languages of a reader: ``interface`` is a tag, ``labels`` a language priority list.

    ``labels`` has only languages of the graph, so that there are few different lists.
    """

    interface: str
    labels: str


def priority_list(accept_language: str | None) -> list[str]:
    """Return the language ranges of a header, in the order of their weights.

    Malformed ranges and those of weight 0 are left out.
    """
    named = [
        (weight, name)
        for name, weight in elements(accept_language or "")
        if weight > 0 and _RANGE.fullmatch(name)
    ]
    ordered = sorted(named[:_MOST_RANGES], key=lambda pair: -pair[0])
    return list(dict.fromkeys(name for _, name in ordered))


def lookup(ranges: Sequence[str], available: Iterable[str], default: str) -> str:
    """Return the available tag that matches the ranges best (RFC 4647, section 3.4).

    A range is shortened from its end until a tag is found; a single letter or digit goes with
    what follows it. The range ``*`` matches nothing by itself.
    """
    tags = {tag.lower(): tag for tag in available}
    for language_range in ranges:
        subtags = language_range.split("-")
        while subtags and subtags != ["*"]:
            tag = tags.get("-".join(subtags))
            if tag is not None:
                return tag
            subtags.pop()
            if subtags and len(subtags[-1]) == 1:
                subtags.pop()
    return default


def label_languages(ranges: Sequence[str], available: Iterable[str], default: str) -> str:
    """Return the priority list of the languages of the graph that the reader accepts.

    The default language follows them, and English is last.
    """
    tags = sorted(available)
    languages: dict[str, None] = {}
    for language_range in ranges:
        match = lookup([language_range], tags, "")
        variants = [tag for tag in tags if tag.lower().startswith(language_range + "-")]
        languages.update(dict.fromkeys(tag.lower() for tag in ([match] if match else variants)))
    languages.setdefault(default.lower())
    languages.setdefault(SOURCE_LANGUAGE)
    return ", ".join(languages)


def reader() -> ReaderLanguages:
    """Return the languages of the reader of the current request."""
    languages = g.get("reader")
    if languages is None:
        languages = g.reader = _reader(request.headers.get("Accept-Language"))
    if not isinstance(languages, ReaderLanguages):
        raise TypeError("g.reader is this module's own.")
    return languages


def labels() -> str:
    """Return the language priority list for labels."""
    return reader().labels


def of_reader(fmt: Format) -> tuple[ReaderLanguages, ...]:
    """Return the reader if the answer is a page, which depends on the languages; else nothing."""
    return (reader(),) if fmt.media_type == _PAGES else ()


def speaks(response: Response, fmt: Format) -> None:
    """Set Content-Language and Vary of an answer if it is a page.

    https://www.rfc-editor.org/rfc/rfc9110#section-8.5
    """
    if fmt.media_type == _PAGES:
        response.vary.add("Accept-Language")
        response.content_language.add(reader().interface)


def gettext(message: str, **values: object) -> str:
    """Return a text of the interface in the reader's language, with its values.

    Outside a request the text is not translated.
    """
    text = translations().gettext(message)
    return text % values if values else text


def ngettext(singular: str, plural: str, num: int, **values: object) -> str:
    """Return a text that depends on a number; ``%(num)s`` is its placeholder."""
    text = translations().ngettext(singular, plural, num)
    return text % {"num": num, **values}


def translate(text: str) -> str:
    """Return a text of the interface in the reader's language; other texts are not changed."""
    if not isinstance(text, Phrase):
        return text
    values = {
        name: translate(value) if isinstance(value, str) else value
        for name, value in text.values.items()
    }
    return gettext(text.message, **values)


def label_html(named: Named | Group | ExpectedGroup) -> str:
    """Return a label as HTML; it is marked if it is an IRI, or in another language than the page.

    https://www.w3.org/TR/WCAG22/#language-of-parts
    """
    if isinstance(named, Named) and named.is_unlabelled:
        return Markup('<span class="iri">{}</span>').format(named.label)
    tag = named.language
    if tag is None or tag.partition("-")[0].lower() == _interface().partition("-")[0].lower():
        return translate(named.label)
    return Markup('<span lang="{}">{}</span>').format(tag, named.label)


def locale() -> Locale:
    """Return the locale of the reader's language for numbers and dates."""
    return _locale(_interface())


def number(count: int) -> str:
    """Return a number with its digits grouped as in the reader's language."""
    return format_decimal(count, locale=locale())


def day(time: datetime) -> str:
    """Return a date in the form of the reader's language."""
    return format_date(time, "long", locale=locale())


def moment(time: datetime) -> str:
    """Return a date and a time of day in the form of the reader's language."""
    return f"{day(time)}, {format_time(time, 'HH:mm', locale=locale())}"


def warm_up() -> None:
    """Load the locale of each language of the interface, so that no reader waits for it."""
    for tag in _texts().languages:
        format_date(_ANY_DAY, "long", locale=_locale(tag))


def in_english() -> Markup:
    """Return the attribute of texts that are always in English: details of errors."""
    return Markup("") if _interface() == SOURCE_LANGUAGE else Markup(' lang="en"')


def register(app: Flask, more: Path) -> None:
    """Register the translations in the templates, and the title in the reader's language.

    ``more`` is a folder that may have more languages than the package.
    """
    app.extensions["graphsvc.texts"] = Catalogues.read(FOLDER, more)
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    environment.globals.update(in_english=in_english)
    environment.filters.update(
        translate=translate, label_html=label_html, number=number, day=day, moment=moment
    )
    app.context_processor(_context)


def _context() -> dict[str, object]:
    """Return the variables of a template for its language, which is determined once."""
    languages = reader()
    catalogue = translations()
    single = partial(_markup, catalogue)
    return {
        "_": single,
        "gettext": single,
        "ngettext": partial(_counted_markup, catalogue),
        "language": languages.interface,
        "dataset": site().dataset_in(languages.labels),
    }


def _markup(catalogue: NullTranslations, message: str, **values: object) -> Markup:
    """Return a text for a template, like jinja2; its values are escaped.

    The function of jinja2 takes ten times as long, and a page has hundreds of texts.
    """
    text = catalogue.gettext(message)
    return Markup(text % _escape_values(values) if "%" in text else text)  # noqa: S704


def _counted_markup(
    catalogue: NullTranslations, singular: str, plural: str, num: int, **values: object
) -> Markup:
    text = catalogue.ngettext(singular, plural, num)
    return Markup(text % _escape_values({"num": num, **values}))  # noqa: S704


def _escape_values(values: Mapping[str, object]) -> Mapping[str, str]:
    return {name: escape(value) for name, value in values.items()}


def _reader(accept_language: str | None) -> ReaderLanguages:
    ranges = priority_list(accept_language)
    served = site()
    # Vocabularies have more languages than the graph. Only the reader's first is added, so that
    # there are few different lists, since answers are cached by list.
    first = lookup(ranges[:1], vocabularies.languages() | served.languages, "")
    available = served.languages | ({_primary(first)} if first else frozenset())
    return ReaderLanguages(
        interface=lookup(ranges, _texts().languages, SOURCE_LANGUAGE),
        labels=label_languages(ranges, available, served.default_language),
    )


def is_other(tag: str | None) -> bool:
    """Tell whether a label is in another language than the reader's, if the graph has that one.

    Otherwise all labels are in other languages, and marks would be useless.
    """
    first = _primary(labels().partition(",")[0])
    return (
        tag is not None
        and _primary(tag) != first
        and any(_primary(each) == first for each in site().languages)
    )


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()


def _interface() -> str:
    return reader().interface if has_request_context() else SOURCE_LANGUAGE


@lru_cache(maxsize=256)
def _locale(tag: str) -> Locale:
    """Return the locale of a language: British for English and for an unknown language."""
    try:
        return Locale.parse("en-GB" if tag == SOURCE_LANGUAGE else tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")


def translations() -> NullTranslations:
    """Return the catalogue of the reader's language; outside a request the English one."""
    if not has_request_context():
        return NullTranslations()
    catalogue = g.get("translations")
    if catalogue is None:
        catalogue = g.translations = _texts().of(reader().interface)
    if not isinstance(catalogue, NullTranslations):
        raise TypeError("g.translations is this module's own.")
    return catalogue


def _texts() -> Catalogues:
    texts = current_app.extensions["graphsvc.texts"]
    if not isinstance(texts, Catalogues):
        raise TypeError("The application was not made by create_app.")
    return texts
