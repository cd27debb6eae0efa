"""What the page of a thing begins with, and that it says nothing twice."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from graphsvc.namespaces import DASH, OA, OWL, RDF, RDFS, SH, SKOS, XSD, Prefixes
from graphsvc.naming import Naming
from graphsvc.store.oxigraph import OxigraphStore
from graphsvc.store.union import store_of
from graphsvc.views.graph import Graph
from graphsvc.views.model import Status, claim_name
from graphsvc.views.thing import thing

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from pyoxigraph import BlankNode

    from graphsvc.release import Release
    from graphsvc.views.thing import Thing
    from graphsvc.views.thing.model import PropertyFacts

RELEASE = "mechanisms_release"

MECHANISMS = "https://w3id.org/iwm/id/"


def node(name: str) -> NamedNode:
    return NamedNode(f"urn:x:{name}")


def graph_of(*quads: Quad) -> Graph:
    naming = Naming(prefixes=Prefixes({"x": "urn:x:"}))
    return Graph(OxigraphStore(store_of(quads), {}), "urn:x:", naming)


def sentence(name: str, *facts: tuple[NamedNode, NamedNode, NamedNode | Literal]) -> list[Quad]:
    """Return facts that one sentence states, and its words."""
    words = Quad(node(name), OA.exact, Literal(f"Sentence {name}."), node("words"))
    return [words, *(Quad(*fact, node(name)) for fact in facts)]


def shape(template: str, *keys: NamedNode | BlankNode) -> list[Quad]:
    """Return a shape of the class x:C with a template, and with properties that lead."""
    form, of = node("shape"), node("shapes")
    quads = [
        Quad(form, SH.targetClass, node("C"), of),
        Quad(form, SH.labelTemplate, Literal(template, language="en"), of),
    ]
    for number, path in enumerate(keys):
        lead = node(f"key{number}")
        quads += [
            Quad(form, SH.property, lead, of),
            Quad(lead, SH.path, path, of),
            Quad(lead, SH.order, Literal(number), of),
            Quad(lead, DASH.propertyRole, DASH.KeyInfoRole, of),
        ]
    return quads


def lead_of(view: Thing) -> str | None:
    """Return the sentence with which a page begins, lists with commas."""
    if view.lead is None:
        return None
    return "".join(
        piece if isinstance(piece, str) else ", ".join(each.label for each in piece)
        for piece in view.lead.pieces
    )


def keys_of(view: Thing) -> dict[str, PropertyFacts]:
    assert view.key is not None
    return {entry.predicate.label: entry for entry in view.key.properties}


@pytest.fixture(scope="module")
def mechanisms(mechanisms_release: Release) -> Graph:
    release = mechanisms_release
    return Graph(release.store, release.base, release.naming)


def page(client: FlaskClient, path: str) -> str:
    return client.get(f"/doc/id/{path}", headers={"Accept": "text/html"}).text


@pytest.mark.parametrize(
    ("path", "begins"),
    [
        ("mechanism/bfic", "bilateral working mechanism of China, Italy, founded 2014; "),
        ("person/zhang-yujing", "President of CCCME, nominated as Chairman of CICA Business"),
        ("organization/cccme", "association; provides CICA Business Council Chairman Office, "),
        ("organization/huawei", "company; board company of BFIC."),
    ],
)
def test_a_page_begins_with_a_sentence_made_of_facts(
    mechanisms: Graph, path: str, begins: str
) -> None:
    lead = lead_of(thing(mechanisms, MECHANISMS + path, "en"))
    assert lead is not None
    assert lead.startswith(begins)


@pytest.mark.parametrize(
    ("path", "parties"),
    [
        ("mechanism/china-us-joint-working-group", "of China, United States, initiated"),
        ("mechanism/china-california-joint-working-group", "of China and California, "),
    ],
)
def test_a_sentence_names_what_its_template_names(
    mechanisms: Graph, path: str, parties: str
) -> None:
    """The rows of the page say it too, and with another property."""
    assert parties in (lead_of(thing(mechanisms, MECHANISMS + path, "en")) or "")


def test_a_sentence_says_once_what_two_of_its_properties_say(mechanisms: Graph) -> None:
    # A secretariat is an office: both are in the template.
    assert (lead_of(thing(mechanisms, MECHANISMS + "mechanism/bfic", "en")) or "").count("ICE") == 1


def test_what_began_and_when_stay_together(mechanisms: Graph) -> None:
    lead = lead_of(thing(mechanisms, MECHANISMS + "mechanism/china-us-joint-working-group", "en"))
    assert lead is not None
    assert ", initiated 2012-02, establishment led since 2012, on the initiative of Brown" in lead


def test_an_organization_leads_with_its_part_in_all_mechanisms(mechanisms: Graph) -> None:
    keys = keys_of(thing(mechanisms, MECHANISMS + "organization/cccme", "en"))
    provided = keys["Provides"].facts
    assert [[each.number for each in fact.passages] for fact in provided] == [
        *([13], [17], [22], [22], [25], [31], [35])
    ]
    assert {fact.status for fact in provided} == {Status.STATED}
    of = {
        fact.other.label: [each.label for each in keys["Provides"].between[fact.other.term]]
        for fact in provided
    }
    assert (
        "Chinese German Economic Advisory Committee"
        in of["Chinese Secretariat of the innovative cooperation working group"]
    )
    assert [fact.other.label for fact in keys["People and roles"].facts] == [
        "ZHANG Yujing, President of CCCME"
    ]
    assert len(keys["Undertakes"].facts) == 3


def test_a_shortcut_has_what_stands_between_beside_it(mechanisms: Graph) -> None:
    view = thing(mechanisms, MECHANISMS + "mechanism/bfic", "en")
    providers = keys_of(view)["Secretariats provided by"]
    between = {
        fact.other.label: [each.label for each in providers.between[fact.other.term]]
        for fact in providers.facts
    }
    assert between == {
        "CCCME": ["BFIC Chinese Secretariat"],
        "CONFINDUSTRIA": ["BFIC Italian Secretariat"],
        "ICE": ["BFIC Italian Secretariat"],
    }
    labels = [entry.predicate.label for group in view.groups for entry in group.properties]
    assert "Secretariats" not in labels
    assert "Offices provided by" not in labels


@pytest.mark.parametrize("path", ["mechanism/bfic", "mechanism/crccme", "person/xi-jinping"])
def test_every_fact_keeps_the_place_that_citations_lead_to(
    client: FlaskClient, mechanisms_release: Release, path: str
) -> None:
    ids = set(re.findall(r' id="(f[0-9a-f]+)"', page(client, path)))
    answer = mechanisms_release.store.select_trusted(
        f"SELECT ?p ?o WHERE {{ <{MECHANISMS}{path}> ?p ?o }}"
    )
    subject = NamedNode(MECHANISMS + path)
    facts = [
        Quad(subject, prop, value)
        for prop, value in answer.rows
        if isinstance(prop, NamedNode) and value is not None and prop != RDFS.label
    ]
    assert {claim_name(fact) for fact in facts} <= ids


@pytest.mark.parametrize(
    "path", ["mechanism/bfic", "organization/cccme", "mechanism/china-finland-committee"]
)
def test_a_sentence_is_quoted_once(client: FlaskClient, path: str) -> None:
    tables = "".join(re.findall(r"<table.*?</table>", page(client, path), flags=re.DOTALL))
    quoted = re.findall(r"<q[^>]*>([^<]*)</q>", tables)
    whole = [words for words in quoted if not words.endswith("…")]
    assert whole
    assert len(whole) == len(set(whole))


def test_no_page_of_a_thing_is_full_of_links_to_queries_and_citations(client: FlaskClient) -> None:
    text = page(client, "mechanism/bfic")
    assert text.count(">Query this</a>") < 12
    assert 'class="cite"' not in text
    assert text.count("<a ") < 200


def test_lost_spaces_are_explained_once_where_they_are_quoted(client: FlaskClient) -> None:
    text = page(client, "mechanism/china-finland-committee")
    assert text.count("where a space was lost") == 1
    assert "where a space was lost" not in page(client, "mechanism/bfic")


def test_what_is_not_said_is_told_where_it_is_looked_for(client: FlaskClient) -> None:
    text = unescape(re.sub(r"<[^>]*>", " ", page(client, "mechanism/china-us-joint-working-group")))
    words = " ".join(text.split())
    lacking = "No secretariat of the China-US group as a whole"
    assert f"Secretariats provided by not stated in the text {lacking} The page names" in words
    lacking = "Five China-US working groups are not named"
    assert re.search(rf"Working groups .* not stated in the text {lacking} Seven groups", words)


A, B, C = node("a"), node("b"), node("C")
IS_C = (A, RDF.type, C)


@pytest.mark.parametrize(
    ("template", "lead"),
    [
        ("{a}[ by {x:maker}][ in {x:place}].", "x:C by x:m1, x:m2."),
        ("{a} in {x:place}.", None),
        ("[in {x:place}, ]{a}.", "x:C."),
        ("{a}[ in {x:place}][, by {<urn:x:maker>}].", "x:C, by x:m1, x:m2."),
        ("{a}[ of {^x:part}].", "x:C of x:b."),
        ("[{x:maker}][, {x:done} {x:when}].", "x:m1, x:m2, begun 1, ended 2."),
        ("{a}{nothing:here}.", None),
    ],
)
def test_a_part_of_a_sentence_falls_away_without_a_value(template: str, lead: str | None) -> None:
    first: list[tuple[NamedNode, NamedNode, NamedNode | Literal]] = [
        *(IS_C, (A, node("maker"), node("m1")), (B, node("part"), A)),
        *((A, node("done"), Literal("begun")), (A, node("when"), Literal("1"))),
    ]
    second: list[tuple[NamedNode, NamedNode, NamedNode | Literal]] = [
        *((A, node("maker"), node("m2")), (A, node("done"), Literal("ended"))),
        (A, node("when"), Literal("2")),
    ]
    graph = graph_of(*shape(template), *sentence("s1", *first), *sentence("s2", *second))
    assert lead_of(thing(graph, A.value, "en")) == lead


def test_without_a_template_a_page_begins_with_the_definition_or_with_nothing() -> None:
    described = sentence(
        "s",
        (A, RDFS.comment, Literal("A remark.", language="en")),
        (A, SKOS.definition, Literal("What a is.", language="en")),
    )
    view = thing(graph_of(*described), A.value, "en")
    assert lead_of(view) == "What a is."
    assert view.key is None
    assert lead_of(thing(graph_of(*sentence("s", (A, node("p"), B))), A.value, "en")) is None


def test_the_shapes_say_what_leads_in_which_order() -> None:
    facts = sentence("s", IS_C, (A, node("p"), B), (A, node("q"), B), (A, node("r"), B))
    view = thing(graph_of(*shape("{a}.", node("q"), node("p")), *facts), A.value, "en")
    assert list(keys_of(view)) == ["x:q", "x:p"]
    (rest,) = view.others
    assert {entry.predicate.label for entry in rest.properties} == {"x:r", "type"}


def test_what_a_more_special_property_says_needs_no_row() -> None:
    facts = sentence("s", IS_C, (A, node("general"), B), (A, node("special"), B))
    under = Quad(node("special"), RDFS.subPropertyOf, node("general"), node("terms"))
    (group,) = thing(graph_of(under, *facts), A.value, "en").groups
    labels = [entry.predicate.label for entry in group.properties]
    assert "x:special" in labels
    assert "x:general" not in labels
    # The leading property has the row, even if it is the more general one.
    view = thing(graph_of(under, *shape("{a}.", node("general")), *facts), A.value, "en")
    assert list(keys_of(view)) == ["x:general"]
    assert [named.label for named, _ in view.facts].count("x:special") == 1, "it can be cited"


def test_a_year_beside_its_date_needs_no_row() -> None:
    date, year = Literal("2014-05", datatype=XSD.gYearMonth), Literal(2014)
    facts = sentence("s", IS_C, (A, node("begun"), date), (A, node("year"), year))
    others = sentence("t", (A, node("size"), Literal(2014)))
    (group,) = thing(graph_of(*facts, *others), A.value, "en").groups
    labels = {entry.predicate.label for entry in group.properties}
    assert labels == {"type", "x:begun", "x:size"}, "another sentence has another number"


def test_what_another_thing_says_the_other_way_round_is_not_listed_again() -> None:
    inverse = Quad(node("has"), OWL.inverseOf, node("of"), node("terms"))
    facts = sentence("s", (A, node("has"), B), (B, node("of"), A))
    assert thing(graph_of(*facts), A.value, "en").incoming
    assert not thing(graph_of(inverse, *facts), A.value, "en").incoming
