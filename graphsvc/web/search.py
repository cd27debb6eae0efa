"""Search over HTTP: a page, the same as JSON, and what to suggest while somebody types."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request, url_for
from pyoxigraph import NamedNode

from graphsvc.formats import Content, carrying
from graphsvc.phrases import Phrase
from graphsvc.search import Kind, Search
from graphsvc.views import page_sizes
from graphsvc.views.hits import described
from graphsvc.views.names import Names
from graphsvc.web.interface import NUMBER, Operation, Parameter, for_programs
from graphsvc.web.languages import labels
from graphsvc.web.negotiation import negotiate
from graphsvc.web.parameters import page_number
from graphsvc.web.problems import RequestProblem
from graphsvc.web.responses import spoken_answer
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphsvc.queries import BoundQuery
    from graphsvc.search import Hit, Index
    from graphsvc.views.hits import Described

searching = Blueprint("search", __name__)

(_HTML,) = carrying(Content.PAGE)
(_JSON,) = carrying(Content.RECORDS)

#: How many names are suggested.
SUGGESTED = 8

#: How many hits of a kind stand where all kinds are, and how many of any other kind.
_OF_KIND, _OF_OTHERS = {Kind.THING: 6, Kind.SENTENCE: 4}, 3

#: The deepest page: nobody reads on where names hardly fit.
_LAST_PAGE = 500

#: What is longer is hardly the name of anything.
_LONGEST_SOUGHT = 60

#: What the kinds are called on pages, in their order there.
TITLES = {
    Kind.THING: Phrase("Things"),
    Kind.SENTENCE: Phrase("Sentences"),
    Kind.QUERY: Phrase("Questions"),
    Kind.CONCEPT: Phrase("Concepts"),
    Kind.TERM: Phrase("Vocabulary"),
}

#: How well a hit must fit that stands beside the best of its kind, as a part of the score of that.
_GOOD = 0.6


@searching.app_template_global()
def words_of(address: str) -> str:
    """Return the words of the last part of an address, to be searched for."""
    last = address.rstrip("/").rpartition("/")[2]
    return " ".join(re.findall(r"[^\W_]+", last))[:_LONGEST_SOUGHT]


#: The kinds of what is told apart by classes.
_OF_CLASSES = (Kind.THING, Kind.CONCEPT)


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

    def search(self, index: Index) -> Search:
        """Return the search of what is asked."""
        classes = [self.cls] if self.cls else []
        kinds = [*_OF_CLASSES] if classes else [self.kind] if self.kind else []
        return Search(index, self.text, kinds, classes)


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind that a page shows, and how many there are."""

    kind: Kind
    title: str
    total: int
    hits: tuple[Described, ...]
    query: BoundQuery


@searching.get("/search")
@searching.get("/search.<suffix>")
@for_programs(
    Operation(
        "search",
        Phrase("Find things, sentences, terms and queries by their words."),
        Phrase("Search"),
        (_HTML, _JSON),
        (Parameter("q", Phrase("The words"), example="secretariat"), NUMBER),
        failures=(400, 404),
    )
)
def answer(suffix: str | None = None) -> Response:
    """Answer what is asked in ``q``, as a page or as JSON."""
    formats = {fmt.suffix: fmt for fmt in (_HTML, _JSON)}
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
@for_programs(
    Operation(
        "suggest",
        Phrase("Suggest things for the beginning of a name."),
        Phrase("Search"),
        (_JSON,),
        (
            Parameter("prefix", Phrase("The beginning"), example="sec"),
            Parameter("kind", Phrase("What alone is suggested: thing, sentence, term or query")),
        ),
        failures=(400,),
    )
)
def suggest() -> Response:
    """Suggest, as JSON, what somebody may mean who has typed ``prefix``; of one kind, if named."""
    text, languages, kind = request.args.get("prefix", "").strip(), labels(), _kind()

    def body() -> str:
        index = site().index_for(text)
        with index.in_time():
            asked = Search(index, text, [kind] if kind else [])
            hits = asked.hits(SUGGESTED, languages=languages)
            total = asked.total()
        suggested = [*map(_suggestion, described(site().graph, hits, languages).described)]
        return _written({"prefix": text, "total": total, "suggestions": suggested})

    return spoken_answer(_JSON, ("suggest", text, kind), body)


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
        groups = [
            _group(kind, total, _first(asked, kind, languages), languages)
            for kind, total in in_order(asked.kinds)
        ]
        # What is called just so comes first, if it is none of what only speaks of things.
        return sorted(groups, key=lambda group: not _is_meant(group))
    wanted = _OF_CLASSES if question.cls else (question.kind or Kind.THING,)
    kind = next((each for each in wanted if asked.total((each,))), wanted[0])
    hits = asked.hits(page_sizes.HITS, (question.page - 1) * page_sizes.HITS, languages, (kind,))
    return [_group(kind, asked.total((kind,)), hits, languages)]


def in_order(kinds: Mapping[Kind, int]) -> list[tuple[Kind, int]]:
    """Return kinds with their counts in the order of pages."""
    return [(kind, kinds[kind]) for kind in TITLES if kind in kinds]


def _first(asked: Search, kind: Kind, languages: str) -> Sequence[Hit]:
    """Return the first hits of a kind that fit about as well as the best of them."""
    hits = asked.hits(_OF_KIND.get(kind, _OF_OTHERS), 0, languages, (kind,))
    best = max((hit.score for hit in hits), default=0)
    return [hit for hit in hits if hit.score >= _GOOD * best]


def _is_meant(group: Group) -> bool:
    is_of_world = group.kind not in (Kind.TERM, Kind.QUERY)
    return is_of_world and bool(group.hits) and group.hits[0].hit.exact


def _group(kind: Kind, total: int, hits: Sequence[Hit], languages: str) -> Group:
    found = described(site().graph, hits, languages)
    return Group(kind, TITLES[kind], total, found.described, found.query)


def _page(question: Question, languages: str) -> str:
    index = site().index_for(question.text)
    with index.in_time():
        asked = question.search(index)
        groups = _groups(question, asked, languages)
        own = {iri: count for iri, count in asked.classes.items() if iri.startswith(site().base)}
        counted = {NamedNode(iri): count for iri, count in (own or asked.classes).items()}
        kinds = Search(index, question.text).kinds
    chosen = NamedNode(question.cls) if question.cls else None
    names = Names(site().graph, [*counted, *([chosen] if chosen else ())], languages)
    return render_template(
        "search.html",
        question=question,
        asked=asked,
        groups=[group for group in groups if group.total],
        kinds=[(kind, TITLES[kind], count) for kind, count in in_order(kinds)],
        classes=[(names[cls], counted[cls]) for cls in _telling(counted)],
        chosen=None if chosen is None else names[chosen],
        per_page=page_sizes.HITS,
    )


def _telling(counted: Mapping[NamedNode, int]) -> list[NamedNode]:
    """Return the classes that narrow: none above another that has as many hits, records last."""
    classes = site().graph.classes
    above = {
        upper
        for cls, count in counted.items()
        for upper in site().graph.terms.superclasses(cls)
        if isinstance(upper, NamedNode) and counted.get(upper) == count
    }
    return sorted((cls for cls in counted if cls not in above), key=classes.records.__contains__)


def _records(question: Question, languages: str) -> str:
    index = site().index_for(question.text)
    with index.in_time():
        asked = question.search(index)
        hits = asked.hits(page_sizes.HITS, (question.page - 1) * page_sizes.HITS, languages)
        total, kinds, classes = asked.total(), asked.kinds, asked.classes
        reading = asked.reading
    return _written(
        {
            "q": question.text,
            "total": total,
            "page": question.page,
            "pages": -(-total // page_sizes.HITS),
            "kinds": {kind.value: count for kind, count in kinds.items()},
            "classes": classes,
            "did_you_mean": reading.suggestion if reading else None,
            "some_words_only": reading.partial if reading else False,
            "hits": [_record(each) for each in described(site().graph, hits, languages).described],
        }
    )


def _record(found: Described) -> dict[str, object]:
    hit = found.hit
    record: dict[str, object] = {
        "iri": hit.iri,
        "kind": hit.kind.value,
        "label": hit.label,
        "language": hit.language,
        "page": _address(hit),
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
        "description": found.description or None,
        "sentence": hit.sentence,
    }
    if hit.kind is Kind.SENTENCE:
        place = {"document": hit.document, "begin": hit.begin, "end": hit.end}
        record |= {"number": hit.number, **place}
    return record


def _address(hit: Hit) -> str | None:
    """Return the address of the page of a hit; what has none here has it elsewhere."""
    href = site().local_href(hit.iri)
    if href is None or not href.startswith("/"):
        return href
    return url_for("pages.home", _external=True).rstrip("/") + href


def _highlights(hit: Hit) -> list[list[int]]:
    """Return where in the matched text the words are that match: code points, half open."""
    places, at = [], 0
    for piece, marked in hit.matched.pieces:
        if marked:
            places.append([at, at + len(piece)])
        at += len(piece)
    return places


def _suggestion(found: Described) -> dict[str, object]:
    hit = found.hit
    return {
        "iri": hit.iri,
        "name": site().release.prefixes.compact(hit.iri),
        "href": site().local_href(hit.iri),
        "label": hit.label,
        "kind": hit.kind.value,
        "type": ", ".join([*_number(hit), *(named.label for named in found.kinds[:1])]),
        "matched": [[piece, marked] for piece, marked in hit.matched.pieces],
    }


def _number(hit: Hit) -> list[str]:
    """Return the number of a passage, which tells it from a thing of the same name."""
    return [] if hit.number is None else [str(hit.number)]


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
