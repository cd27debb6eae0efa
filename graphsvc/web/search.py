"""Search over HTTP: a page, the same as JSON, and suggestions for typed letters."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request, url_for
from pyoxigraph import NamedNode

from graphsvc.formats import Content, carrying
from graphsvc.phrases import Phrase
from graphsvc.search import EntryKind, Search
from graphsvc.views import page_sizes
from graphsvc.views.hits import describe_hits
from graphsvc.views.names import Names
from graphsvc.web.interface import NUMBER, Operation, Parameter, for_programs
from graphsvc.web.languages import labels
from graphsvc.web.negotiation import negotiate
from graphsvc.web.parameters import page_number
from graphsvc.web.problems import RequestProblem
from graphsvc.web.responses import localised_answer
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphsvc.queries import BoundQuery
    from graphsvc.search import Hit, Index
    from graphsvc.views.hits import DescribedHit

searching = Blueprint("search", __name__)

(_HTML,) = carrying(Content.PAGE)
(_JSON,) = carrying(Content.RECORDS)

#: The number of suggestions.
SUGGESTED = 8

#: The hits of some kinds on a page of all kinds, and those of any other kind.
_OF_KIND, _OF_OTHERS = {EntryKind.THING: 6, EntryKind.SENTENCE: 4}, 3

#: The last page: hits after it hardly match.
_LAST_PAGE = 500

#: A longer text is hardly the name of a thing.
_LONGEST_SOUGHT = 60

#: The names of the kinds on pages, in their order.
TITLES = {
    EntryKind.THING: Phrase("Things"),
    EntryKind.SENTENCE: Phrase("Sentences"),
    EntryKind.QUERY: Phrase("Questions"),
    EntryKind.CONCEPT: Phrase("Concepts"),
    EntryKind.TERM: Phrase("Vocabulary"),
}

#: The least score of a hit beside the best of its kind, as a part of that one's score.
_GOOD = 0.6


@searching.app_template_global()
def words_of(address: str) -> str:
    """Return the words of the last part of an address, as a search text."""
    last = address.rstrip("/").rpartition("/")[2]
    return " ".join(re.findall(r"[^\W_]+", last))[:_LONGEST_SOUGHT]


#: The kinds that have classes.
_OF_CLASSES = (EntryKind.THING, EntryKind.CONCEPT)


@dataclass(frozen=True, slots=True)
class SearchQuestion:
    """The search of an address: the text, the kind, the class, and the page."""

    text: str
    kind: EntryKind | None
    cls: str | None
    page: int

    @classmethod
    def read(cls) -> SearchQuestion:
        """Read the address. Errors: RequestProblem if a parameter is invalid."""
        return cls(request.args.get("q", "").strip(), _kind(), _class(), page_number())

    def search(self, index: Index) -> Search:
        classes = [self.cls] if self.cls else []
        kinds = [*_OF_CLASSES] if classes else [self.kind] if self.kind else []
        return Search(index, self.text, kinds, classes)


@dataclass(frozen=True, slots=True)
class HitGroup:
    """The hits of one kind on a page, and the number of all its hits."""

    kind: EntryKind
    title: str
    total: int
    hits: tuple[DescribedHit, ...]
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
    """Answer the search ``q``, as a page or as JSON."""
    formats = {fmt.suffix: fmt for fmt in (_HTML, _JSON)}
    if suffix is not None and suffix not in formats:
        raise RequestProblem(
            "not-found", f"There is no search.{suffix}.", remedy="Ask for search.json."
        )
    question, languages = SearchQuestion.read(), labels()
    accept = request.headers.get("Accept")
    fmt = formats[suffix] if suffix else negotiate(accept, tuple(formats.values()))
    if question.page > _LAST_PAGE:
        raise RequestProblem(
            "bad-request", f"There are no more than {_LAST_PAGE} pages.", remedy="Ask for less."
        )
    write = _page if fmt is _HTML else _records
    return localised_answer(fmt, ("search", *_key(question)), lambda: write(question, languages))


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
    """Return suggestions for the letters ``prefix`` as JSON, maybe of one kind only."""
    text, languages, kind = request.args.get("prefix", "").strip(), labels(), _kind()

    def body() -> str:
        index = site().index_for(text)
        with index.in_time():
            search = Search(index, text, [kind] if kind else [])
            hits = search.hits(SUGGESTED, languages=languages)
            total = search.total()
        suggested = [*map(_suggestion, describe_hits(site().graph, hits, languages).described)]
        return _to_json({"prefix": text, "total": total, "suggestions": suggested})

    return localised_answer(_JSON, ("suggest", text, kind), body)


def _kind() -> EntryKind | None:
    text = request.args.get("kind") or None
    if text is not None and text not in set(EntryKind):
        raise RequestProblem(
            "bad-request",
            f"{text!r} is not a kind of what can be found.",
            remedy=f"Ask for one of: {', '.join(EntryKind)}.",
        )
    return EntryKind(text) if text else None


def _class() -> str | None:
    text = request.args.get("class") or None
    try:
        return text and NamedNode(text).value
    except ValueError as error:
        raise RequestProblem(
            "bad-request", f"{text!r} is not the IRI of a class.", remedy="Give its whole IRI."
        ) from error


def _key(question: SearchQuestion) -> tuple[object, ...]:
    return (question.text, question.kind, question.cls, question.page)


def _groups(question: SearchQuestion, search: Search, languages: str) -> list[HitGroup]:
    """Return the groups of a page: some hits of every kind, or a page of the hits of one kind."""
    if not question.kind and not question.cls:
        groups = [
            _group(kind, total, _first(search, kind, languages), languages)
            for kind, total in in_order(search.kinds)
        ]
        # A group with an exact match of a name comes first.
        return sorted(groups, key=lambda group: not _is_meant(group))
    kinds = _OF_CLASSES if question.cls else (question.kind or EntryKind.THING,)
    kind = next((each for each in kinds if search.total((each,))), kinds[0])
    offset = (question.page - 1) * page_sizes.HITS
    hits = search.hits(page_sizes.HITS, offset, languages, (kind,))
    return [_group(kind, search.total((kind,)), hits, languages)]


def in_order(kinds: Mapping[EntryKind, int]) -> list[tuple[EntryKind, int]]:
    """Return kinds with their counts in the order of pages."""
    return [(kind, kinds[kind]) for kind in TITLES if kind in kinds]


def _first(search: Search, kind: EntryKind, languages: str) -> Sequence[Hit]:
    """Return the first hits of a kind whose scores are near to the best one."""
    hits = search.hits(_OF_KIND.get(kind, _OF_OTHERS), 0, languages, (kind,))
    best = max((hit.score for hit in hits), default=0)
    return [hit for hit in hits if hit.score >= _GOOD * best]


def _is_meant(group: HitGroup) -> bool:
    is_of_world = group.kind not in (EntryKind.TERM, EntryKind.QUERY)
    return is_of_world and bool(group.hits) and group.hits[0].hit.exact


def _group(kind: EntryKind, total: int, hits: Sequence[Hit], languages: str) -> HitGroup:
    page = describe_hits(site().graph, hits, languages)
    return HitGroup(kind, TITLES[kind], total, page.described, page.query)


def _page(question: SearchQuestion, languages: str) -> str:
    index = site().index_for(question.text)
    with index.in_time():
        search = question.search(index)
        groups = _groups(question, search, languages)
        own = {iri: count for iri, count in search.classes.items() if iri.startswith(site().base)}
        counted = {NamedNode(iri): count for iri, count in (own or search.classes).items()}
        kinds = Search(index, question.text).kinds
    selected = NamedNode(question.cls) if question.cls else None
    names = Names(site().graph, [*counted, *([selected] if selected else ())], languages)
    return render_template(
        "search.html",
        question=question,
        search=search,
        groups=[group for group in groups if group.total],
        kinds=[(kind, TITLES[kind], count) for kind, count in in_order(kinds)],
        classes=[(names[cls], counted[cls]) for cls in _telling(counted)],
        selected_class=None if selected is None else names[selected],
        per_page=page_sizes.HITS,
    )


def _telling(counted: Mapping[NamedNode, int]) -> list[NamedNode]:
    """Return useful classes: no superclass with the same hits as its subclass, records last."""
    classes = site().graph.classes
    above = {
        upper
        for cls, count in counted.items()
        for upper in site().graph.terms.superclasses(cls)
        if isinstance(upper, NamedNode) and counted.get(upper) == count
    }
    return sorted((cls for cls in counted if cls not in above), key=classes.records.__contains__)


def _records(question: SearchQuestion, languages: str) -> str:
    index = site().index_for(question.text)
    with index.in_time():
        search = question.search(index)
        hits = search.hits(page_sizes.HITS, (question.page - 1) * page_sizes.HITS, languages)
        total, kinds, classes = search.total(), search.kinds, search.classes
        reading = search.reading
    return _to_json(
        {
            "q": question.text,
            "total": total,
            "page": question.page,
            "pages": -(-total // page_sizes.HITS),
            "kinds": {kind.value: count for kind, count in kinds.items()},
            "classes": classes,
            "did_you_mean": reading.suggestion if reading else None,
            "some_words_only": reading.partial if reading else False,
            "hits": [
                _record(each) for each in describe_hits(site().graph, hits, languages).described
            ],
        }
    )


def _record(description: DescribedHit) -> dict[str, object]:
    hit = description.hit
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
        "description": description.description or None,
        "sentence": hit.sentence,
    }
    if hit.kind is EntryKind.SENTENCE:
        place = {"document": hit.document, "begin": hit.begin, "end": hit.end}
        record |= {"number": hit.number, **place}
    return record


def _address(hit: Hit) -> str | None:
    """Return the address of the page of a hit, which may be on another site."""
    href = site().local_href(hit.iri)
    if href is None or not href.startswith("/"):
        return href
    return url_for("pages.home", _external=True).rstrip("/") + href


def _highlights(hit: Hit) -> list[list[int]]:
    """Return the bounds of the matching words in the matched text: code points, half open."""
    places, at = [], 0
    for piece, marked in hit.matched.pieces:
        if marked:
            places.append([at, at + len(piece)])
        at += len(piece)
    return places


def _suggestion(description: DescribedHit) -> dict[str, object]:
    hit = description.hit
    return {
        "iri": hit.iri,
        "name": site().release.prefixes.compact(hit.iri),
        "href": site().local_href(hit.iri),
        "label": hit.label,
        "kind": hit.kind.value,
        "type": ", ".join([*_number(hit), *(named.label for named in description.kinds[:1])]),
        "matched": [[piece, marked] for piece, marked in hit.matched.pieces],
    }


def _number(hit: Hit) -> list[str]:
    """Return the number of a passage, which distinguishes it from a thing of the same name."""
    return [] if hit.number is None else [str(hit.number)]


def _to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
