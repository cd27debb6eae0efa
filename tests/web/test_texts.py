"""The texts of the interface: every one comes from the catalogue, so a translation reaches it."""

from __future__ import annotations

import re
import shutil
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from babel import Locale
from jinja2 import Environment, nodes
from projects import unchecked
from pyoxigraph import Literal, NamedNode

from graphsvc import settings, sources
from graphsvc.build import build
from graphsvc.description import describe
from graphsvc.phrases import Phrase
from graphsvc.views.licences import licence_name
from graphsvc.views.thing.model import ExpectedGroup
from graphsvc.vocabularies import text_of
from graphsvc.web.app import create_app
from graphsvc.web.languages import label_html

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from graphsvc.release import Release
    from graphsvc.web.catalogues import Catalogues

WEB = Path(__file__).parents[2] / "graphsvc" / "web"
TEMPLATES, STYLES = WEB / "templates", WEB / "static" / "css"

#: Names that are the same in every language: formats, specifications, hash functions, units.
NAMES = frozenset(
    {
        *("SPARQL", "GRAPH", "GET", "HEAD", "IRI", "RFC", "UTC", "ms", "graphsvc", "SHA", "sha"),
        *(
            "JSON",
            "LD",
            "CSL",
            "Turtle",
            "Linkset",
            "Quads",
            "Triples",
            "XML",
            "CSV",
            "TSV",
            "XLSX",
            "YAML",
        ),
        *(
            "Excel",
            "curl",
            "pandas",
            "rdflib",
            "POST",
            "OpenAPI",
            "BibTeX",
            "RIS",
            "TriG",
            "RDF",
            "HTML",
            "Python",
            "SPARQLWrapper",
            "httr",
        ),
    }
)
#: Attributes that people read or hear.
LOUD = frozenset({"title", "aria-label", "aria-description", "placeholder", "alt", "label"})
#: What holds code, and words of the graph as it quotes them.
CODE = frozenset({"code", "pre", "script", "style", "kbd", "textarea"})
#: The separators between the parts of a list.
PARTS = re.compile("\1|, | · |: ")
#: Texts that follow rules: dates as Babel writes them, sizes, identifiers of releases.
MONTHS = "|".join(Locale("de").months["format"]["wide"].values())
RULED = re.compile(rf"\d+\. (?:{MONTHS}) \d+|[\d.]+ [kM]B|\b[0-9a-f]{{8,16}}\b")
WORDS = re.compile(r"[^\W\d_]{2,}")


def language_words(text: str) -> list[str]:
    """Return the words of a text that are of some language."""
    words = WORDS.findall(RULED.sub("", unescape(text)))
    return [word for word in words if word not in NAMES]


class Visible(HTMLParser):
    """Collects the texts of a page that are visible or read out, attributes included."""

    def __init__(self, passed_over: frozenset[str] = CODE) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._passed_over = passed_over
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if (
            tag in self._passed_over
            or (tag != "html" and "lang" in attributes)
            or (self._inside and self._inside[-1] == tag)
        ):
            self._inside.append(tag)
        if not self._inside:
            self.pieces += [value for name, value in attrs if value and name in LOUD]

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside and data.strip():
            self.pieces.append(data.strip())


def visible(page: str, passed_over: frozenset[str] = CODE) -> list[str]:
    reader = Visible(passed_over)
    reader.feed(page)
    reader.close()
    return reader.pieces


# --- what a style sheet says by itself ------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(STYLES.glob("*.css")), ids=lambda path: path.name)
def test_a_style_sheet_adds_signs_and_no_words(path: Path) -> None:
    added = re.findall(r"\bcontent:([^;}]*)", path.read_text("utf-8"))
    quoted = [text for value in added for text in re.findall(r"""(["'])(.*?)\1""", value)]
    assert [text for _, text in quoted if language_words(re.sub(r"\\[0-9a-f]+", "", text))] == []


# --- what a template says by itself ---------------------------------------------------------------


def environment() -> Environment:
    env = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    return env


def spoken(node: nodes.Node) -> Iterator[str]:
    """Yield the literal words that an expression of a template may put on the page."""
    match node:
        case nodes.Const(value=str() as value):
            yield value
        case nodes.CondExpr(expr1=one, expr2=other):
            yield from spoken(one)
            if other is not None:
                yield from spoken(other)
        case nodes.Or(left=one, right=other) | nodes.And(left=one, right=other):
            yield from spoken(one)
            yield from spoken(other)
        case nodes.Concat(nodes=parts):
            for part in parts:
                yield from spoken(part)
        case nodes.Filter(node=inner) if inner is not None:
            yield from spoken(inner)
        case nodes.Call(node=called, args=args, kwargs=named) if _is_macro(called):
            for arg in (*args, *(each.value for each in named)):
                yield from (words for words in spoken(arg) if _is_sentence(words))


def _is_macro(node: nodes.Node) -> bool:
    """Tell whether a call may write its arguments: macros do, functions of the program do not."""
    if isinstance(node, nodes.Getattr):
        return isinstance(node.node, nodes.Name) and len(node.node.name) == 1
    return isinstance(node, nodes.Name) and node.name not in {
        *("_", "gettext", "ngettext", "url_for", "href", "doc", "pieces", "query_about"),
    }


def _is_sentence(words: str) -> bool:
    """Tell a text for people from a name for the program and from a query."""
    return not re.search(r"[?<>{]", words) and (" " in words.strip() or words[:1].isupper())


def flattened(node: nodes.Node) -> Iterator[str]:
    """Yield a template's texts in their order, with the words of each expression."""
    match node:
        case nodes.TemplateData(data=data):
            yield data
        case nodes.Output(nodes=parts):
            for part in parts:
                if isinstance(part, nodes.TemplateData):
                    yield part.data
                else:
                    yield "\0"
                    yield " ".join(spoken(part))
        case nodes.Macro(defaults=defaults):
            for default in defaults:
                yield " ".join(words for words in spoken(default) if _is_sentence(words))
            yield from _children(node)
        case nodes.Assign(node=inner):
            yield " ".join(words for words in spoken(inner) if _is_sentence(words))
        case nodes.Expr():
            pass
        case _:
            yield from _children(node)


def _children(node: nodes.Node) -> Iterator[str]:
    for child in node.iter_child_nodes():
        yield from flattened(child)


def bare_words(template: str) -> list[str]:
    """Return the words that a template says without asking the catalogue."""
    page = "".join(flattened(environment().parse(template)))
    return [word for piece in visible(page) for word in language_words(piece)]


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_templates_say_nothing_past_the_catalogue(path: Path) -> None:
    assert bare_words(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ("<p>&Ouml;l{{ _('x') }}</p>", ["Öl"]),
        ('<p title="A tip">{{ _("x") }}</p>', ["tip"]),
        ('<input placeholder="{% if x %}Words{% endif %}">', ["Words"]),
        ("{{ 'Yes' if it else _('No') }}", ["Yes"]),
        ("{{ count }} thing{{ 's' if count != 1 else 'es' }}", ["thing", "es"]),
        ("{{ m.link(it, 'By thing') }}", ["By", "thing"]),
        ("{% macro it(label='Query this') %}{% endmacro %}", ["Query", "this"]),
        ("{% set words = 'All of it' %}", ["All", "of", "it"]),
        ("{% trans it %}All of {{ it }}{% endtrans %}", []),
        ("{{ ngettext('%(num)s thing', '%(num)s things', count) }}", []),
        ('<a class="{{ \'added\' if new }}" rel="next">{{ name }}</a><code>curl it</code>', []),
        ("{{ query_this('SELECT ?thing WHERE {}') }} · JSON-LD", []),
    ],
)
def test_a_bare_word_would_be_seen(template: str, words: list[str]) -> None:
    assert bare_words(template) == words


# --- what reaches a page --------------------------------------------------------------------------

#: A page of every type, as the tiny project has it.
PAGES = (
    "/",
    "/api",
    "/browse",
    "/browse?class=lights:Light",
    "/browse?class=lights:Light&class=lights:Station",
    "/cite?iri={base}id/light/north-rock",
    "/compare?iri={base}id/light/north-rock&iri={base}id/light/south-spit",
    "/compare?class=lights:Light&highlight=differences",
    "/compare?class=lights:Light&things=rows",
    "/doc/dataset",
    "/doc/id/light/north-rock",
    "/doc/passage/2",
    "/doc/source/ile-merrow",
    "/doc/nothing",
    "/docs/none",
    "/map",
    "/neighbourhood?iri={base}id/light/north-rock",
    "/ontology",
    "/problems",
    "/queries",
    "/queries?q=zzz",
    "/reconcile/preview?id={base}id/light/north-rock",
    "/releases",
    "/releases/{release}",
    "/releases/{earlier}...{release}",
    "/releases/{earlier}...{release}?view=sentences",
    "/releases/{earlier}...{release}?view=records",
    "/search",
    "/search?q=rock",
    "/search?q=rokc",
    "/search?q=rock&kind=sentence",
    "/search?q=zzzzzz",
    "/sparql",
    "/sparql?query=ASK{{}}",
    "/sparql?query=ASK{{<a:b> <a:c> <a:d>}}",
    "/sparql?query=SELECT * WHERE {{?s ?p ?o}} LIMIT 3",
    "/sparql?query=CONSTRUCT WHERE {{?s ?p ?o}} LIMIT 3",
    "/sparql?query=SELECT * WHERE {{?s a <a:b>}}&explain=empty",
    "/sparql?query=ASK{{}}&release={earlier}",
    "/sparql?query=SELEKT",
    "/timeline",
)


@pytest.fixture(scope="module")
def pages(
    lights_folder: Path, tmp_path_factory: pytest.TempPathFactory, bracketed: Catalogues
) -> tuple[Flask, str]:
    """Return the tiny project with a translation of every text, and its earlier release."""
    folder = tmp_path_factory.mktemp("texts")
    shutil.copytree(lights_folder, folder / "project")
    values = {"project": folder / "project", "releases": folder / "releases"}

    def built() -> Release:
        project = sources.load(folder / "project")
        return build(project, settings.load(values, {}), unchecked, describe)

    earlier = built()
    file = folder / "project" / "data" / "editorial.trig"
    words = file.read_text("utf-8").replace("North Rock Light", "North Rock Beacon")
    file.write_text(words, "utf-8")
    app = create_app(built(), settings.load({}, {}))
    app.extensions["graphsvc.texts"] = bracketed
    return app, earlier.id


def of_the_graph(release: Release) -> set[str]:
    """Return the texts of the graph itself, whole and in parts; they are not translated."""
    texts: set[str] = set()
    for quad in release.store.quads():
        for term in quad:
            if isinstance(term, Literal):
                texts.add(term.value)
            elif isinstance(term, NamedNode):
                iri = term.value
                texts |= {
                    iri,
                    iri.split("://")[-1].rstrip("/"),
                    release.naming.prefixes.shorten(iri),
                }
                texts |= {release.prefixes.compact(iri), re.split("[/#]", iri)[-1]}
                texts |= {label.value for label in text_of(iri).labels + text_of(iri).definitions}
                # The name of a licence is one in every language.
                texts.add(licence_name(iri) or iri)
    return {" ".join(part.split()) for text in texts for part in (text, *PARTS.split(text))}


def unmarked(page: str, graph: set[str]) -> list[str]:
    """Return what a page says that is neither translated nor the graph's."""
    page = re.sub(r'<(p|div) class="printed".*?</\1>', "", page, flags=re.DOTALL)
    # The lines of a drawn name are one name.
    page = re.sub(r'</tspan><tspan x="\d+" y="\d+">', "", page)
    whole = "\1".join(visible(page, CODE | {"q", "blockquote", "cite"}))
    # A translated text may hold marks of its own, and what the graph says.
    while re.search(r"⟦[^⟦⟧]*⟧", whole):
        whole = re.sub(r"⟦[^⟦⟧]*⟧", "", whole)
    return [
        piece
        for text in PARTS.split(whole)
        for piece in [" ".join(text.split())]
        if language_words(piece) and not is_said(piece, graph)
    ]


def is_said(piece: str, graph: set[str]) -> bool:
    """Tell whether the graph says this, whole or cut short."""
    start = piece.removesuffix("…").rstrip()
    return (
        piece in graph
        or piece[:1].lower() + piece[1:] in graph
        or any(text.startswith(start) for text in graph if len(start) > 20)
    )


def test_a_group_of_our_own_is_translated_and_one_of_the_graph_is_not(
    pages: tuple[Flask, str],
) -> None:
    app, _ = pages
    with app.test_request_context(headers={"Accept-Language": "de"}):
        assert label_html(ExpectedGroup(Phrase("Facts"), (), None)) == "⟦Facts⟧"
        assert label_html(ExpectedGroup("Facts", (), None)) == "Facts"


@pytest.mark.parametrize("path", PAGES)
def test_a_translation_reaches_every_text(pages: tuple[Flask, str], path: str) -> None:
    app, earlier = pages
    served = app.extensions["graphsvc"]
    address = path.format(base=served.base, release=served.release.id, earlier=earlier)
    answer = app.test_client().get(
        address, headers={"Accept": "text/html", "Accept-Language": "de"}
    )
    assert answer.content_type.startswith("text/html")
    assert '<html lang="de">' in answer.text
    assert answer.headers["Content-Language"] == "de"
    assert "Accept-Language" in answer.vary
    echoed = set(parse_qs(urlsplit(address).query).get("q", []))
    assert unmarked(answer.text, of_the_graph(served.release) | echoed) == []
    english = app.test_client().get(address, headers={"Accept": "text/html"})
    assert "⟦" not in english.text
    assert english.headers["Content-Language"] == "en"
