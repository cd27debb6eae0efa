"""Search over HTTP: a page, the same as JSON, and what to suggest while somebody types."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request, url_for
from pyoxigraph import Literal, NamedNode

from graphsvc.formats import Content, carrying
from graphsvc.language_priority import distance
from graphsvc.phrases import Phrase
from graphsvc.search import Kind, Search
from graphsvc.search.collect import DESCRIPTIONS
from graphsvc.web.languages import labels
from graphsvc.web.negotiation import negotiate
from graphsvc.web.parameters import page_number
from graphsvc.web.problems import RequestProblem
from graphsvc.web.responses import spoken_answer
from graphsvc.web.site import site

if TYPE_CHECKING:
    from graphsvc.entities import Named, Passage
    from graphsvc.search import Hit

searching = Blueprint("search", __name__)

(_HTML,) = carrying(Content.PAGE)
(_JSON,) = carrying(Content.RECORDS)

#: How many hits are on a page of one kind, how many of each kind where all kinds are, and how
#: many names are suggested.
PER_PAGE, OF_EACH, SUGGESTED = 20, 6, 8

#: The deepest page: nobody reads on where names hardly fit.
_LAST_PAGE = 500

#: What is longer is hardly the name of anything.
_LONGEST_SOUGHT = 60

#: What the kinds are called on pages.
TITLES = {
    Kind.THING: Phrase("Things"),
    Kind.SENTENCE: Phrase("Sentences"),
    Kind.TERM: Phrase("Vocabulary"),
    Kind.QUERY: Phrase("Queries"),
}


@searching.app_template_global()
def words_of(address: str) -> str:
    """Return the words of the last part of an address, to be searched for."""
    last = address.rstrip("/").rpartition("/")[2]
    return " ".join(re.findall(r"[^\W_]+", last))[:_LONGEST_SOUGHT]


@dataclass(frozen=True, slots=True)
class Question:
    """What the address asks: the text, the kind and the class that bound it, and the page."""

    text: str
    kind: Kind | None
    cls: str | None
    page: int

    @classmethod
    def read(cls) -> Question:
        """Read the address; RequestProblem if a part of it is not what it should be."""
        return cls(request.args.get("q", "").strip(), _kind(), _class(), page_number())

    def search(self) -> Search:
        """Return the search of what is asked."""
        classes = [self.cls] if self.cls else []
        kinds = [Kind.THING] if classes else [self.kind] if self.kind else []
        return Search(site().release.search, self.text, kinds, classes)


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind that a page shows, and how many there are."""

    kind: Kind
    title: str
    total: int
    hits: tuple[Hit, ...]


@searching.get("/search")
@searching.get("/search.<suffix>")
def answer(suffix: str | None = None) -> Response:
    """Answer what is asked in ``q``, as a page or as JSON."""
    formats = {fmt.media_type.partition("/")[2]: fmt for fmt in (_HTML, _JSON)}
    if suffix is not None and suffix not in formats:
        raise RequestProblem(
            "not-found", f"There is no search.{suffix}.", remedy="Ask for search.json."
        )
    question, languages = Question.read(), labels()
    accept = request.headers.get("Accept")
    fmt = formats[suffix] if suffix else negotiate(accept, tuple(formats.values()))
    if question.page > _LAST_PAGE:
        raise RequestProblem(
            "bad-request", f"There are no more than {_LAST_PAGE} pages.", remedy="Ask for less."
        )
    write = _page if fmt is _HTML else _records
    return spoken_answer(fmt, ("search", *_key(question)), lambda: write(question, languages))


@searching.get("/search/suggest")
def suggest() -> Response:
    """Suggest, as JSON, what somebody may mean who has typed ``prefix``; of one kind, if named."""
    text, languages, kind = request.args.get("prefix", "").strip(), labels(), _kind()

    def body() -> str:
        with site().release.search.in_time():
            asked = Search(site().release.search, text, [kind] if kind else [])
            hits = asked.hits(SUGGESTED, languages=languages)
            total = asked.total()
        suggested = [_suggestion(hit, languages) for hit in hits]
        return _written({"prefix": text, "total": total, "suggestions": suggested})

    return spoken_answer(_JSON, ("suggest", text, kind), body)


def named(iri: str, languages: str) -> Named:
    """Return a class or property under its label."""
    return site().catalogue.term(NamedNode(iri), languages)


def own_types(hit: Hit) -> tuple[str, ...]:
    """Return the stated classes of a hit that are this graph's own, if it has such."""
    own = tuple(iri for iri in hit.types if iri.startswith(site().base))
    return own or hit.types[:1]


def described(hit: Hit, languages: str) -> str:
    """Return what says in a sentence or two what a hit is, in the reader's languages."""
    found = (
        (distance(quad.object.language, languages), rank, quad.object.value)
        for rank, describing in enumerate(DESCRIPTIONS)
        for quad in site().catalogue.near.triples(NamedNode(hit.iri), describing)
        if isinstance(quad.object, Literal)
    )
    return min(found, default=(0, 0, hit.description))[-1]


def said_in(hit: Hit) -> Passage | None:
    """Return the first passage that says something of a hit."""
    return site().catalogue.passage(NamedNode(hit.said_in)) if hit.said_in else None


def known_as(hit: Hit, languages: str) -> Named | None:
    """Return the graph's own word for how a hit has the name that matched, if it has one."""
    prop = hit.matched_name.property
    return named(prop, languages) if prop.startswith(site().base) else None


def _kind() -> Kind | None:
    text = request.args.get("kind") or None
    if text is not None and text not in set(Kind):
        raise RequestProblem(
            "bad-request",
            f"{text!r} is not a kind of what can be found.",
            remedy=f"Ask for one of: {', '.join(Kind)}.",
        )
    return Kind(text) if text else None


def _class() -> str | None:
    text = request.args.get("class") or None
    try:
        return text and NamedNode(text).value
    except ValueError as error:
        raise RequestProblem(
            "bad-request", f"{text!r} is not the IRI of a class.", remedy="Give its whole IRI."
        ) from error


def _key(question: Question) -> tuple[object, ...]:
    return (question.text, question.kind, question.cls, question.page)


def _groups(question: Question, asked: Search, languages: str) -> list[Group]:
    """Return what a page shows: some hits of every kind, or a page of those of one."""
    if not question.kind and not question.cls:
        kinds = asked.kinds.items()
        groups = [
            Group(kind, TITLES[kind], total, asked.hits(OF_EACH, 0, languages, (kind,)))
            for kind, total in kinds
        ]
        # What is called just so comes first, of whatever kind it is.
        return sorted(groups, key=lambda group: not group.hits[:1] or not group.hits[0].exact)
    kind = Kind.THING if question.cls else question.kind or Kind.THING
    hits = asked.hits(PER_PAGE, (question.page - 1) * PER_PAGE, languages, (kind,))
    return [Group(kind, TITLES[kind], asked.total((kind,)), hits)]


def _page(question: Question, languages: str) -> str:
    with site().release.search.in_time():
        asked = question.search()
        groups = _groups(question, asked, languages)
        classes = [
            (named(iri, languages), count)
            for iri, count in asked.classes.items()
            if iri.startswith(site().base)
        ]
        kinds = Search(site().release.search, question.text).kinds
    return render_template(
        "search.html",
        question=question,
        asked=asked,
        groups=[group for group in groups if group.total],
        kinds=[(kind, TITLES[kind], count) for kind, count in kinds.items()],
        classes=classes,
        chosen=named(question.cls, languages) if question.cls else None,
        per_page=PER_PAGE,
        named=lambda iri: named(iri, languages),
        described=lambda hit: described(hit, languages),
        known_as=lambda hit: known_as(hit, languages),
        own_types=own_types,
        said_in=said_in,
    )


def _records(question: Question, languages: str) -> str:
    with site().release.search.in_time():
        asked = question.search()
        hits = asked.hits(PER_PAGE, (question.page - 1) * PER_PAGE, languages)
        total, kinds, classes = asked.total(), asked.kinds, asked.classes
        reading = asked.reading
    return _written(
        {
            "q": question.text,
            "total": total,
            "page": question.page,
            "pages": -(-total // PER_PAGE),
            "kinds": {kind.value: count for kind, count in kinds.items()},
            "classes": classes,
            "did_you_mean": reading.suggestion if reading else None,
            "some_words_only": reading.partial if reading else False,
            "hits": [_record(hit, languages) for hit in hits],
        }
    )


def _record(hit: Hit, languages: str) -> dict[str, object]:
    record: dict[str, object] = {
        "iri": hit.iri,
        "kind": hit.kind.value,
        "label": hit.label,
        "language": hit.language,
        "page": url_for("pages.home", _external=True).rstrip("/")
        + (site().local_href(hit.iri) or ""),
        "score": hit.score,
        "exact": hit.exact,
        "fuzzy": hit.fuzzy,
        "matched": {
            "text": hit.matched.text,
            "name": hit.matched_name.text,
            "property": hit.matched_name.property or None,
            "highlights": _highlights(hit),
        },
        "types": list(hit.types),
        "description": described(hit, languages) or None,
        "sentence": hit.sentence,
    }
    if hit.kind is Kind.SENTENCE:
        place = {"document": hit.document, "begin": hit.begin, "end": hit.end}
        record |= {"number": hit.number, **place}
    return record


def _highlights(hit: Hit) -> list[list[int]]:
    """Return where in the matched text the words are that match: code points, half open."""
    places, at = [], 0
    for piece, marked in hit.matched.pieces:
        if marked:
            places.append([at, at + len(piece)])
        at += len(piece)
    return places


def _suggestion(hit: Hit, languages: str) -> dict[str, object]:
    kinds = [named(iri, languages).label for iri in own_types(hit)[:1]]
    return {
        "iri": hit.iri,
        "name": site().release.prefixes.compact(hit.iri),
        "href": site().local_href(hit.iri),
        "label": hit.label,
        "kind": hit.kind.value,
        "type": kinds[0] if kinds else "",
        "matched": [[piece, marked] for piece, marked in hit.matched.pieces],
    }


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
