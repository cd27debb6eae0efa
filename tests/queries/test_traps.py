"""The traps in the wording of the page: the graph states what the page states, and no more.

One test for each row of the table of traps in docs/modelling.md. The tests query the release as it
is served, with all inferred facts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode

if TYPE_CHECKING:
    from graphsvc.release import Release

ALL_MECHANISMS = {
    "mechanism:bfic",
    "mechanism:china-california-joint-working-group",
    "mechanism:china-finland-committee",
    "mechanism:china-michigan-joint-working-group",
    "mechanism:china-us-joint-working-group",
    "mechanism:chinese-german-economic-advisory-committee",
    "mechanism:cica-business-council",
    "mechanism:crccme",
    "mechanism:innovative-cooperation-working-group",
}


class Graph:
    """A release that is queried with short names, and answers with short names."""

    def __init__(self, release: Release) -> None:
        self._store = release.store
        self._prefixes = release.prefixes
        self.release = release

    def says(self, pattern: str) -> bool:
        """Tell whether the pattern has a match."""
        return self._store.ask(f"ASK {{ {pattern} }}")

    def values(self, pattern: str) -> set[str]:
        """Return the values of ``?x`` in the pattern: prefixed names, or the words of literals."""
        table = self._store.select(f"SELECT DISTINCT ?x WHERE {{ {pattern} }} ORDER BY ?x")
        return {self._short(row["x"]) for row in table}

    def _short(self, term: object) -> str:
        if isinstance(term, NamedNode):
            return self._prefixes.compact(term.value)
        assert isinstance(term, Literal)
        return term.value


@pytest.fixture(scope="module")
def graph(mechanisms_release: Release) -> Graph:
    """Return the built release of the repository's project."""
    return Graph(mechanisms_release)


def test_the_mechanisms_are_those_that_the_page_names(graph: Graph) -> None:
    assert graph.values("?x a iwm:Mechanism") == ALL_MECHANISMS


def test_electronic_and_electric_are_two_stated_names_and_a_discrepancy(graph: Graph) -> None:
    name = "China Russia Chamber of Commerce for Machinery and {} Products"
    assert graph.values("GRAPH passage:14 { mechanism:crccme iwm:statedName ?x }") == {
        name.format("Electronic")
    }
    assert graph.values("GRAPH passage:15 { mechanism:crccme iwm:statedName ?x }") == {
        name.format("Electric")
    }
    note = "?note a iwm:Discrepancy ; oa:hasTarget mechanism:crccme ; "
    assert graph.values(note + "iwm:reading ?x") == {"Electronic Products", "Electric Products"}
    assert graph.values(note + "prov:wasDerivedFrom ?x") == {"passage:14", "passage:15"}


def test_the_china_us_group_has_three_names_each_where_it_stands(graph: Graph) -> None:
    group = "mechanism:china-us-joint-working-group"
    named = {
        "18": "China Provinces and US States Joint Working Group on Trade and Investment"
        " Cooperation",
        "19": "China-US Joint Working Group of Province-State Cooperation",
        "20": "China provinces and US States joint working group on trade and investment",
    }
    for passage, name in named.items():
        assert graph.values(f"GRAPH passage:{passage} {{ {group} iwm:statedName ?x }}") == {name}
    assert graph.values(f"{group} iwm:statedName ?x") == set(named.values())
    assert graph.says(
        f"?note a iwm:Discrepancy ; oa:hasTarget {group} ; iwm:onProperty iwm:statedName"
    )


def test_the_umbrella_is_not_one_of_the_groups_that_it_holds(graph: Graph) -> None:
    group = "mechanism:china-us-joint-working-group"
    assert graph.values("?x a iwm:JointWorkingGroup") == {
        "mechanism:china-california-joint-working-group",
        "mechanism:china-michigan-joint-working-group",
        "mechanism:innovative-cooperation-working-group",
    }
    assert not graph.says(f"{group} iwm:workingGroupOf ?whole")
    assert graph.says(f"?note a iwm:Ambiguity ; oa:hasTarget {group} ; iwm:reading ?reading")


def test_seven_groups_are_counted_and_two_are_named(graph: Graph) -> None:
    group = "mechanism:china-us-joint-working-group"
    count = f"?count a iwm:StatedCount ; iwm:countedIn {group} ; "
    kind = "iwm:countedKind counted:working-groups ; "
    assert graph.values(count + kind + "iwm:countValue ?x") == {"7"}
    assert graph.values(count + kind + "iwm:wording ?x") == {"seven working groups"}
    assert graph.values(f"{group} iwm:hasWorkingGroup ?x") == {
        "mechanism:china-california-joint-working-group",
        "mechanism:china-michigan-joint-working-group",
    }


def test_six_american_partners_are_linked_and_no_group_is_invented_for_them(graph: Graph) -> None:
    group = "mechanism:china-us-joint-working-group"
    states = {f"subdivision:{s}" for s in ("california", "iowa", "texas", "michigan", "washington")}
    linked = f"GRAPH passage:21 {{ {group} iwm:linksParty ?x }}"
    assert graph.values(linked + " ?x a iwm:Subdivision") == states
    assert graph.values(linked + " ?x a iwm:City") == {"city:chicago"}
    for partner in (*(states - {"subdivision:california", "subdivision:michigan"}), "city:chicago"):
        assert graph.values(f"?x iwm:linksParty {partner}") == {group}
    assert graph.values(
        f"?count iwm:countedIn {group} ; iwm:countedKind counted:provinces-and-municipalities ;"
        " iwm:countValue ?x"
    ) == {"25"}
    assert not graph.says("?part iwm:subdivisionOf country:china")


def test_brown_initiated_and_the_ministry_led_by_two_properties(graph: Graph) -> None:
    group = "mechanism:china-us-joint-working-group"
    assert graph.values(f"{group} iwm:initiatedBy ?x") == {"person:brown"}
    assert graph.values(f"{group} iwm:establishmentLedBy ?x") == {
        "organization:ministry-of-commerce"
    }
    assert graph.values(f"{group} iwm:establishmentLeadManner ?x") == {"manner:very-first-lead"}
    assert graph.values(f"GRAPH ?x {{ {group} iwm:initiatedBy ?a }}") == {"passage:19"}
    assert graph.values(f"GRAPH ?x {{ {group} iwm:establishmentLedBy ?a }}") == {"passage:20"}
    assert not graph.says(f"{group} iwm:foundingDate|iwm:foundingYear ?date")


def test_the_forum_has_the_names_of_both_orders(graph: Graph) -> None:
    assert graph.values("GRAPH passage:27 { mechanism:bfic iwm:statedName ?x }") == {
        "Business Forum of China-Italy"
    }
    assert graph.values("GRAPH passage:28 { mechanism:bfic iwm:statedName ?x }") == {
        "Business Forum Italy-China"
    }
    assert graph.values(
        "?note a iwm:Discrepancy ; oa:hasTarget mechanism:bfic ; iwm:reading ?x"
    ) == {"Business Forum of China-Italy", "Business Forum Italy-China"}


def test_the_year_of_the_forum_is_ambiguous_and_not_given_to_the_memorandum(graph: Graph) -> None:
    assert graph.values("mechanism:bfic iwm:foundingYear ?x") == {"2014"}
    assert not graph.says(
        'instrument:bfic-mou ?property ?value FILTER (CONTAINS(STR(?value), "2014"))'
    )
    note = "?note a iwm:Ambiguity ; oa:hasTarget mechanism:bfic, instrument:bfic-mou ; "
    assert len(graph.values(note + "iwm:reading ?x")) == 2


def test_three_board_companies_are_named_and_eleven_others_counted(graph: Graph) -> None:
    named = {"organization:genertec", "organization:cosco", "organization:huawei"}
    count = "count:bfic-other-board-companies"
    assert graph.values("mechanism:bfic iwm:boardCompany ?x") == named
    assert graph.values("GRAPH ?p { ?x a iwm:Company } ?p oa:exact ?words") == named
    # That those who chair are companies the editors say, and give a reason.
    assert graph.values("GRAPH graph:editorial { ?x a iwm:Company }") == {
        "organization:bank-of-china",
        "organization:pirelli",
    }
    assert graph.says("?note oa:hasTarget organization:pirelli ; iwm:onProperty rdf:type")
    assert graph.values(f"{count} iwm:countValue ?x") == {"11"}
    assert graph.values(f"{count} iwm:wording ?x") == {"other 11 companies"}
    assert graph.values(f"{count} iwm:countsBesides ?x") == named
    assert len(graph.values(f"?n a iwm:Ambiguity ; oa:hasTarget {count} ; iwm:reading ?x")) == 2
    assert not graph.says("?any iwm:countValue 14")


@pytest.mark.parametrize(
    ("claim", "modality"),
    [
        ("holding:zhang-yujing-chairman-of-cica-business-council", "nominated"),
        ("holding:bank-of-china-chairmanship", "appointed"),
        ("holding:pirelli-chairmanship", "appointed"),
        ("holding:huawei-board-membership", "appointed"),
        ("secretariat:china-finland-chinese", "prescribed"),
        ("secretariat:china-finland-finnish", "prescribed"),
        ("undertaking:cccme-bilateral-exchange", "intended"),
        ("undertaking:cccme-economic-relations", "ongoing"),
    ],
)
def test_a_claim_goes_as_far_as_its_words(graph: Graph, claim: str, modality: str) -> None:
    assert graph.values(f"{claim} iwm:modality ?x") == {f"modality:{modality}"}


def test_a_nomination_founds_and_chairs_nothing(graph: Graph) -> None:
    assert graph.values("person:zhang-yujing iwm:holdsRole ?x") == {
        "holding:zhang-yujing-president-of-cccme",
        "holding:zhang-yujing-chairman-of-cica-business-council",
    }
    assert graph.values("?x iwm:namedToChair person:zhang-yujing") == {
        "mechanism:cica-business-council"
    }
    # The only direct fact about the mechanism and the man is that he was named to chair it.
    assert graph.values("mechanism:cica-business-council ?x person:zhang-yujing") == {
        "iwm:namedToChair"
    }
    assert not graph.says("mechanism:cica-business-council iwm:foundingDate ?date")


def test_pirelli_was_appointed_later_and_not_in_the_ceremony(graph: Graph) -> None:
    assert graph.values("?x iwm:appointedDuring event:bfic-inaugurating-ceremony") == {
        "holding:bank-of-china-chairmanship"
    }
    assert graph.values("holding:pirelli-chairmanship iwm:manner ?x") == {"manner:later"}
    assert graph.says("?note a iwm:Ambiguity ; oa:hasTarget holding:pirelli-chairmanship")


def test_an_effort_is_not_a_result(graph: Graph) -> None:
    assert graph.values("?x iwm:undertakenBy organization:cccme") == {
        "undertaking:cccme-channels-and-dialogues",
        "undertaking:cccme-economic-relations",
        "undertaking:cccme-bilateral-exchange",
    }
    assert not graph.says("organization:cccme iwm:hasObjective ?objective")


def test_xi_holds_two_offices_at_two_times_without_contradiction(graph: Graph) -> None:
    offices = {
        "holding:xi-jinping-vice-president": ("role:vice-president", "2012-02", "passage:19"),
        "holding:xi-jinping-president": ("role:president", "2017-04", "passage:33"),
    }
    assert graph.values("person:xi-jinping iwm:holdsRole ?x") == set(offices)
    for holding, (role, date, passage) in offices.items():
        assert graph.values(f"{holding} iwm:role ?x") == {role}
        assert graph.values(f"{holding} iwm:attestedDuring/iwm:date ?x") == {date}
        assert graph.values(f"GRAPH ?x {{ {holding} iwm:holder person:xi-jinping }}") == {passage}
    assert not graph.says("?note a iwm:Discrepancy ; oa:hasTarget person:xi-jinping")
    # The text has "President Xi Jinping" without a country; the editors added the country.
    country = "holding:xi-jinping-president iwm:jurisdiction country:china"
    assert graph.values(f"GRAPH ?x {{ {country} }}") == {"graph:editorial"}


def test_cccme_and_its_long_name_are_one_by_a_recorded_decision(graph: Graph) -> None:
    body = "organization:cccme"
    long_name = (
        "China Chamber of Commerce for Import and Export of Machinery and Electronic Products"
    )
    assert graph.values(f"{body} iwm:statedName ?x") == {"CCCME", long_name}
    named = 'GRAPH ?x {{ organization:cccme iwm:statedName "{}"@en }}'
    in_passages = "?x oa:exact ?words"
    assert graph.values(f"{named.format(long_name)} {in_passages}") == {"passage:35"}
    # No passage has both, for the page never expands the letters.
    short = graph.values(f"{named.format('CCCME')} {in_passages}")
    assert short == {f"passage:{number}" for number in (12, 13, 17, 22, 25, 26, 31)}
    in_a_passage = f"GRAPH ?p {{ {body} iwm:abbreviation|iwm:expansion ?letters }} {in_passages}"
    assert not graph.says(in_a_passage.replace("?x", "?p"))
    assert graph.values(f"GRAPH graph:editorial {{ {body} iwm:expansion ?x }}") == {long_name}
    assert graph.values(f"?x a iwm:IdentityDecision ; oa:hasTarget {body}") == {
        "note:cccme-and-its-long-name"
    }
    assert graph.values("GRAPH ?x { note:cccme-and-its-long-name a iwm:IdentityDecision }") == {
        "graph:editorial"
    }


def test_the_chairmans_office_of_the_council_is_no_secretariat(graph: Graph) -> None:
    council = "mechanism:cica-business-council"
    office = "office:cica-business-council-chairman-office"
    assert graph.values(f"{council} iwm:hasOffice ?x") == {office}
    assert graph.says(f"{office} a iwm:ChairmanOffice, iwm:Office")
    assert not graph.says(f"{office} a iwm:Secretariat")
    assert not graph.says(f"{council} iwm:hasSecretariat|iwm:secretariatProvidedBy ?any")
    assert graph.values(f"{council} iwm:officeProvidedBy ?x") == {"organization:cccme"}


def test_nothing_about_cica_is_brought_in_from_outside(graph: Graph) -> None:
    assert graph.values("organization:cica iwm:statedName ?x") == {"CICA"}
    assert graph.values("organization:cica rdfs:label ?x") == {"CICA"}
    assert not graph.says("organization:cica owl:sameAs|schema:sameAs ?record")
    assert graph.values("?x iwm:groupDrawnFrom organization:cica") == {"group:cica-member-states"}
    assert not graph.says("mechanism:cica-business-council iwm:linksParty ?party")
    assert not graph.says("group:cica-member-states iwm:groupDrawnFrom+ ?x . ?x a iwm:Country")


def test_the_summit_has_a_number_and_a_place_and_no_year(graph: Graph) -> None:
    summit = "event:cica-4th-summit"
    assert graph.values(f"{summit} iwm:ordinal ?x") == {"4"}
    assert graph.values(f"{summit} iwm:takesPlaceIn ?x") == {"city:shanghai"}
    assert not graph.says(f"{summit} iwm:date|iwm:year ?date")
    assert graph.says(f"?note a iwm:Omission ; oa:hasTarget {summit} ; iwm:onProperty iwm:year")


def test_the_german_secretariat_is_that_of_one_working_group(graph: Graph) -> None:
    committee = "mechanism:chinese-german-economic-advisory-committee"
    group = "mechanism:innovative-cooperation-working-group"
    secretariat = "secretariat:innovative-cooperation-chinese"
    assert graph.values(f"{secretariat} iwm:secretariatOf ?x") == {group}
    assert graph.values(f"{group} iwm:hasSecretariat ?x") == {secretariat}
    assert not graph.says(f"{committee} iwm:hasOffice|iwm:hasSecretariat ?any")
    assert not graph.says(f"{committee} iwm:officeProvidedBy|iwm:secretariatProvidedBy ?any")
    assert not graph.says("?secretariat a iwm:Secretariat ; iwm:side country:germany")


def test_two_german_groups_are_counted_and_one_is_named(graph: Graph) -> None:
    committee = "mechanism:chinese-german-economic-advisory-committee"
    assert graph.values(f"?c iwm:countedIn {committee} ; iwm:countValue ?x") == {"2"}
    assert graph.values(f"{committee} iwm:hasWorkingGroup ?x") == {
        "mechanism:innovative-cooperation-working-group"
    }
    assert graph.values(f"?x iwm:proposedBy {committee}") == {
        "mechanism:innovative-cooperation-working-group"
    }


def test_a_side_can_have_two_hosts(graph: Graph) -> None:
    hosts = {
        "secretariat:bfic-italian": {"organization:ice", "organization:confindustria"},
        "secretariat:china-finland-finnish": {
            "organization:confederation-of-finnish-industries",
            "organization:business-finland",
        },
        "secretariat:bfic-chinese": {"organization:cccme"},
        "secretariat:china-finland-chinese": {"organization:cccme"},
    }
    for secretariat, providers in hosts.items():
        assert graph.values(f"{secretariat} iwm:hostedBy ?x") == providers
        assert graph.values(f"{secretariat} iwm:providedBy ?x") == providers


def test_serving_as_a_secretariat_is_not_housing_it(graph: Graph) -> None:
    served = {
        "secretariat:china-california-chinese",
        "secretariat:china-michigan-chinese",
        "secretariat:innovative-cooperation-chinese",
    }
    assert graph.values("?x iwm:servedBy organization:cccme") == served
    assert not served & graph.values("?x iwm:hostedBy organization:cccme")


def test_eleven_question_marks_stand_in_the_quotation_alone(graph: Graph) -> None:
    (text,) = graph.release.texts.values()
    assert text.count("?") == 11
    quoted = graph.values("?passage oa:exact ?x")
    assert sum(words.count("?") for words in quoted) == 11
    pattern = '?passage oa:exact ?words FILTER (CONTAINS(?words, "?"))'
    assert graph.values(pattern.replace("?passage", "?x")) == {"passage:33", "passage:34"}
    # The copies to read, every value that a passage states, and what the editors wrote.
    without = 'FILTER (isLiteral(?x) && CONTAINS(STR(?x), "?"))'
    assert graph.values(f"?passage iwm:readingText ?x {without}") == set()
    assert graph.values(f"GRAPH ?g {{ ?s ?p ?x }} ?g oa:exact ?words {without}") == set()
    for graph_name in ("graph:editorial", "graph:schemes"):
        assert graph.values(f"GRAPH {graph_name} {{ ?thing ?property ?x }} {without}") == set()
    assert graph.values("event:xi-jinping-visit-to-finland iwm:wording ?x") == {
        "President Xi Jinping\N{RIGHT SINGLE QUOTATION MARK}s visit in Finland in April 2017"
    }


def test_a_reading_copy_differs_by_the_lost_spaces_alone(graph: Graph) -> None:
    for passage in ("passage:33", "passage:34"):
        (printed,) = graph.values(f"{passage} oa:exact ?x")
        (reading,) = graph.values(f"{passage} iwm:readingText ?x")
        assert re.sub(r" ?\?", " ", printed) == reading


def test_lists_that_the_page_breaks_off_are_marked_open(graph: Graph) -> None:
    lists = {
        "list:crccme-major-sectors": ("mechanism:crccme", "iwm:majorSector", "etc.", 9),
        "list:bfic-fields": ("objective:bfic-trade-cooperation", "iwm:field", "and so on", 4),
    }
    assert graph.values("?x a iwm:OpenList") == set(lists)
    for name, (thing, values, words, count) in lists.items():
        assert graph.values(f"{name} iwm:listOf ?x") == {thing}
        assert graph.values(f"{name} iwm:onProperty ?x") == {values}
        assert graph.values(f"{name} iwm:wording ?x") == {words}
        assert len(graph.values(f"{thing} {values} ?x")) == count
    # The areas of the Finnish committee are listed to the end.
    assert not graph.says(
        "mechanism:china-finland-committee iwm:hasObjective/iwm:leadsTo* ?objective ."
        " ?list iwm:listOf ?objective"
    )


def test_a_governor_does_not_make_california_an_organization(graph: Graph) -> None:
    governor = "holding:brown-governor-of-california"
    assert graph.values(f"{governor} iwm:jurisdiction ?x") == {"subdivision:california"}
    assert not graph.says(f"{governor} iwm:heldIn|org:organization ?body")
    assert graph.values("subdivision:california a ?x") == {
        "iwm:Subdivision",
        "iwm:GeopoliticalEntity",
        "iwm:Actor",
        "prov:Agent",
    }


def test_focus_aim_and_commitment_stay_apart(graph: Graph) -> None:
    counts = {
        "iwm:hasFocus": {"mechanism:cica-business-council": 4},
        "iwm:hasCommitment": {"mechanism:crccme": 2},
        "iwm:hasAim": {
            "mechanism:cica-business-council": 3,
            "mechanism:china-us-joint-working-group": 1,
            "mechanism:chinese-german-economic-advisory-committee": 2,
            "mechanism:bfic": 1,
            "mechanism:china-finland-committee": 5,
        },
    }
    for kind, mechanisms in counts.items():
        assert graph.values(f"?x {kind} ?objective") == set(mechanisms)
        for mechanism, number in mechanisms.items():
            assert len(graph.values(f"{mechanism} {kind} ?x")) == number


# What people ask is one step away.

STATED = "GRAPH ?p {{ {} }} ?p oa:exact ?words"


@pytest.mark.parametrize(
    ("pattern", "values"),
    [
        ("mechanism:crccme iwm:hasSecretariat ?x", {"secretariat:crccme-chinese"}),
        (
            "mechanism:cica-business-council iwm:hasOffice ?x",
            {"office:cica-business-council-chairman-office"},
        ),
        ("secretariat:crccme-chinese iwm:providedBy ?x", {"organization:cccme"}),
        ("mechanism:bfic iwm:hasObjective ?x", {"objective:bfic-trade-cooperation"}),
        (
            "mechanism:chinese-german-economic-advisory-committee iwm:announcedIn ?x",
            {"event:announcement-of-chinese-german-committee"},
        ),
        ("holding:pirelli-chairmanship iwm:heldIn ?x", {"mechanism:bfic"}),
        ("mechanism:bfic iwm:linksParty ?x", {"country:china", "country:italy"}),
        ("mechanism:bfic iwm:begin ?x", {"2014"}),
    ],
)
def test_what_a_sentence_states_is_in_its_graph_as_people_ask_for_it(
    graph: Graph, pattern: str, values: set[str]
) -> None:
    assert graph.values(STATED.format(pattern)) == values


def test_records_of_how_facts_follow_are_asked_by_name(graph: Graph) -> None:
    record = "?x rdf:object organization:cccme"
    assert not graph.says(record)
    assert graph.says(f"GRAPH graph:derivations {{ {record} }}")


def test_who_is_nominated_is_no_member(graph: Graph) -> None:
    assert not graph.says("?x org:member person:zhang-yujing")
    assert not graph.says("holding:zhang-yujing-chairman-of-cica-business-council a org:Membership")
    assert graph.says("holding:cosco-board-membership a org:Membership")


@pytest.mark.parametrize(
    "event", ["event:brown-xi-meeting", "event:announcement-of-chinese-german-committee"]
)
def test_where_something_took_place_during_a_visit_is_concluded(graph: Graph, event: str) -> None:
    place = f"{event} iwm:takesPlaceIn ?x"
    assert graph.values(place)
    assert graph.values(STATED.format(place)) == set()


def test_the_six_are_told_from_their_working_groups(graph: Graph) -> None:
    six = graph.values("?x a iwm:InternationalWorkingMechanism")
    assert six == graph.values("?source schema:about ?x")
    groups = graph.values("?x a iwm:JointWorkingGroup")
    assert six | groups == ALL_MECHANISMS
    assert not six & groups
    lateral = "?x a iwm:InternationalWorkingMechanism ; iwm:cooperationKind cooperation:{}"
    assert graph.values(lateral.format("multilateral")) == {"mechanism:cica-business-council"}
    assert len(graph.values(lateral.format("bilateral"))) == 5


def test_both_beginnings_of_the_china_us_group_have_their_kind(graph: Graph) -> None:
    group = "mechanism:china-us-joint-working-group"
    kind = "{} iwm:begin ?date ; iwm:beginKind ?x FILTER(STR(?date) = '{}')"
    for date, beginning in (("2012-02", "initiated"), ("2012", "establishment-led-since")):
        assert graph.values(STATED.format(kind.format(group, date))) == {f"begin:{beginning}"}
    assert not graph.says("mechanism:cica-business-council iwm:begin ?date")


def test_a_wide_subject_finds_the_narrow_ones(graph: Graph) -> None:
    assert graph.values("?x iwm:dealsWith field:investment") == {
        "mechanism:bfic",
        "mechanism:china-us-joint-working-group",
        "mechanism:cica-business-council",
    }
    assert graph.values("?x iwm:dealsWith field:machinery") == {"mechanism:crccme"}


def test_a_wording_is_that_of_the_thing(graph: Graph) -> None:
    words = graph.values("organization:government-of-china iwm:wording ?x")
    assert "Chinese … government" in words
    assert not any("Italian" in each for each in words)
    assert graph.values("?thing iwm:shortName ?x") == {"Enterprise Committee"}


def test_the_effort_of_the_german_section_is_tied_to_its_mechanism(graph: Graph) -> None:
    effort = "undertaking:cccme-bilateral-exchange"
    assert graph.values(f"{effort} iwm:undertakenFor ?x") == {
        "mechanism:chinese-german-economic-advisory-committee"
    }
    assert graph.says(f"?note oa:hasTarget {effort} ; iwm:onProperty iwm:undertakenFor")


def test_sectors_have_their_printed_order(graph: Graph) -> None:
    rows = graph.release.store.select(
        "SELECT ?label { GRAPH ?p { mechanism:crccme iwm:majorSector ?s . ?s iwm:listPosition ?n } "
        "?s skos:prefLabel ?label } ORDER BY ?n"
    )
    printed = " ".join(graph.values("passage:16 oa:exact ?x"))
    labels = [row["label"] for row in rows]
    places = [printed.index(label.value) for label in labels if isinstance(label, Literal)]
    assert places == sorted(places)
    assert len(places) == 9
