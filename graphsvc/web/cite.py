"""How to cite a claim or a thing: a page, and the same for reference managers."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request, url_for
from markupsafe import Markup, escape
from pyoxigraph import NamedNode

from graphsvc.datatypes import is_absolute_iri
from graphsvc.formats import Content, Format, carrying, named
from graphsvc.phrases import Phrase
from graphsvc.views.citation import claim_to_cite, thing_to_cite
from graphsvc.views.dataset import makers
from graphsvc.views.model import Status
from graphsvc.views.thing import thing
from graphsvc.web import problems
from graphsvc.web.citations import WRITERS, Citation
from graphsvc.web.interface import Operation, Parameter, for_programs
from graphsvc.web.languages import gettext, labels
from graphsvc.web.links import coded
from graphsvc.web.negotiation import negotiate
from graphsvc.web.problems import RequestProblem
from graphsvc.web.responses import release_answer
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphsvc.views.citation import CitedResource
    from graphsvc.views.model import Fact, Named

cite = Blueprint("cite", __name__)

FORMATS = carrying(Content.CITATION)

_KEY = re.compile(r"[^A-Za-z0-9]+")


@cite.get("/cite")
@cite.get("/cite.<suffix>")
@for_programs(
    Operation(
        "cite",
        Phrase("Cite a thing or a claim."),
        Phrase("Citations"),
        FORMATS,
        (
            Parameter("iri", Phrase("The IRI of the thing")),
            Parameter("claim", Phrase("The IRI of the claim")),
        ),
        failures=(400, 404),
    )
)
def citation(suffix: str | None = None) -> Response:
    """Show how to cite a claim (``claim=``) or a thing (``iri=``), in a format.

    A claim in a graph that is no passage also needs the thing that it is about.
    """
    claim, iri = _iri("claim"), _iri("iri")
    if claim is None and iri is None:
        raise RequestProblem(
            "bad-request",
            "Nothing to cite is named.",
            remedy="Give the IRI of a claim as claim=, or that of a thing as iri=.",
        )
    fmt = _format(suffix)
    languages = labels()
    response = release_answer(
        fmt, ("cite", claim, iri, languages), lambda: _body(fmt, claim, iri, languages)
    )
    response.vary.add("Accept-Language")
    if fmt.name != "html":
        name = quote(_file(claim or iri or "", fmt))
        response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    for other in FORMATS:
        address = _address(other, claim, iri)
        response.headers.add("Link", f'<{address}>; rel="alternate"; type="{other.media_type}"')
    return response


def cite_fact(fact: Fact) -> Markup:
    """Return the link to the citation of a fact, or nothing if it cannot be cited.

    A page has many of them, so they are made without a template.
    """
    subject = fact.triple.subject
    if fact.derivations:
        # A restatement of a sentence is in another graph than the sentence.
        return _link({"iri": fact.derivations[0].iri}, fact)
    if fact.passages:
        return cite_claim(f"{fact.passages[0].iri}#{fact.anchor}", fact)
    if fact.status is Status.EDITORIAL and isinstance(subject, NamedNode):
        claim = f"{site().graph.editorial.value}#{fact.anchor}"
        return _link({"claim": claim, "iri": subject.value}, fact)
    return Markup()


def cite_claim(claim: str, fact: Fact) -> Markup:
    """Return the link to the citation of a claim of a fact."""
    return _link({"claim": claim}, fact)


def _link(parameters: dict[str, str], fact: Fact) -> Markup:
    label = gettext("this fact: %(value)s", value=fact.other.label[:80])
    query = escape("&".join(f"{name}={coded(iri)}" for name, iri in parameters.items()))
    return Markup(  # noqa: S704
        f' <a class="cite" href="{escape(request.script_root)}/cite?{query}">'
        f'{escape(gettext("cite"))}<span class="unseen"> {escape(label)}</span></a>'
    )


def _body(fmt: Format, claim: str | None, iri: str | None, languages: str) -> str:
    if claim is not None:
        cited = claim_to_cite(site().graph, claim, iri, languages)
    else:
        cited = thing_to_cite(site().graph, iri or "", languages)
    record = _citation(cited, languages)
    if fmt.name != "html":
        return WRITERS[fmt.name](record)
    entries = [
        (
            entry,
            WRITERS[entry.name](record),
            _address(entry, claim, iri),
            _file(claim or iri or "", entry),
        )
        for entry in FORMATS
        if entry.name != "html"
    ]
    # A claim or a derivation is one statement; a thing has many.
    facts = [] if cited.statement is not None else [*_facts_of(cited.iri, languages)]
    return render_template("cite.html", cited=cited, citation=record, entries=entries, facts=facts)


def _facts_of(iri: str, languages: str) -> Iterable[tuple[Named, Sequence[tuple[Fact, Markup]]]]:
    """Return the properties of a thing with the facts that can be cited, and their links.

    Properties with the same name are joined: the list has each name once.
    """
    by_label: dict[str, tuple[Named, list[tuple[Fact, Markup]]]] = {}
    for predicate, fact in thing(site().graph, iri, languages).facts:
        if link := cite_fact(fact):
            by_label.setdefault(predicate.label, (predicate, []))[1].append((fact, link))
    return by_label.values()


def _citation(cited: CitedResource, languages: str) -> Citation:
    dataset, is_changing = site().dataset_in(languages), bool(site().release.engine)
    return Citation(
        key=_key(cited.iri.removeprefix(site().base)),
        title=cited.title,
        dataset=dataset.title,
        makers=tuple(makers(site().graph, languages)),
        iri=cited.iri,
        release="" if is_changing else site().release.id,
        built=datetime.now(UTC) if is_changing else site().built,
        licence=dataset.licence,
        source=None if cited.source is None else cited.source.label,
        passages=cited.passages,
    )


def _address(fmt: Format, claim: str | None, iri: str | None) -> str:
    # Values that are None are left out of the address.
    return url_for("cite.citation", suffix=fmt.name, claim=claim, iri=iri)


def _format(suffix: str | None) -> Format:
    if suffix is None:
        return negotiate(request.headers.get("Accept"), FORMATS)
    fmt = named(suffix)
    if fmt not in FORMATS:
        raise RequestProblem(
            "not-found",
            f"There is no citation as {suffix!r}.",
            remedy="There are: " + ", ".join(entry.name for entry in FORMATS) + ".",
        )
    problems.ask_for_rdf_errors(fmt)
    return fmt


def _iri(name: str) -> str | None:
    text = request.args.get(name)
    if text is not None and not is_absolute_iri(text):
        raise RequestProblem("bad-request", f"{text!r} is not an IRI.", remedy="Give a whole IRI.")
    return text


def _file(iri: str, fmt: Format) -> str:
    """Return the file name for a citation."""
    return f"{_key(iri.removeprefix(site().base))}.{fmt.suffix}"


def _key(name: str) -> str:
    """Return a name that is valid as a BibTeX key and as a file name."""
    return _KEY.sub("-", name).strip("-") or "citation"
