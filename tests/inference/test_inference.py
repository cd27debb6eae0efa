"""What follows from the facts: every rule, the witnesses, and the closure that owlrl computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import owlrl  # type: ignore[import-untyped]
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, parse, serialize

from graphsvc.inference import Inferred, materialise
from graphsvc.inference.closure import MOST_WITNESSES
from graphsvc.namespaces import DCTERMS, NIF, OWL, PROV, RDF, RDFS, VANN, graph_iri

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphsvc.sources import Project

BASE = "http://example.org/"
RULES = "http://www.w3.org/TR/owl2-profiles/#"
HEAD = f"""
@prefix : <{BASE}ontology#> . @prefix id: <{BASE}id/> . @prefix p: <{BASE}passage/> .
@prefix g: <{BASE}graph/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix nif: <{NIF}> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
g:passages {{ p:1 nif:referenceContext id:text . p:2 nif:referenceContext id:text .
  p:3 nif:referenceContext id:text . p:4 nif:referenceContext id:text . }}
"""


def infer(axioms: str, facts: str) -> Inferred:
    text = f"{HEAD} g:ontology {{ {axioms} }} {facts}"
    return materialise(parse(text, RdfFormat.TRIG), BASE)


def followed(inferred: Inferred) -> set[str]:
    """Return the derived triples in a short form: ``x p y``, with types as ``x a C``."""
    return {_short(quad) for quad in (*inferred.shortcuts, *inferred.triples)}


def _short(quad: Quad | Triple) -> str:
    predicate = "a" if quad.predicate == RDF.type else _local(quad.predicate)
    return f"{_local(quad.subject)} {predicate} {_local(quad.object)}"


def _local(term: object) -> str:
    return str(term).strip("<>").rsplit("/", 1)[-1].rsplit("#", 1)[-1]


def derivations_of(inferred: Inferred) -> set[tuple[str, str, str, str]]:
    """Return each derivation as its triple, its graphs, its rule and its axiom's term."""
    by_node: dict[object, dict[NamedNode, list[object]]] = {}
    for quad in inferred.derivations:
        by_node.setdefault(quad.subject, {}).setdefault(quad.predicate, []).append(quad.object)
    derivations = set()
    for node in by_node.values():
        predicate = "a" if node[RDF.predicate] == [RDF.type] else _local(node[RDF.predicate][0])
        triple = f"{_local(node[RDF.subject][0])} {predicate} {_local(node[RDF.object][0])}"
        graphs = " ".join(sorted(map(_local, node[PROV.wasDerivedFrom])))
        derivations.add(
            (triple, graphs, _local(node[DCTERMS.conformsTo][0]), _local(node[RDFS.seeAlso][0]))
        )
    return derivations


@pytest.mark.parametrize(
    ("axioms", "facts", "result", "rule"),
    [
        (":A rdfs:subClassOf :B .", "id:x a :A .", "x a B", "cax-sco"),
        (":A owl:equivalentClass :B .", "id:x a :A .", "x a B", "cax-eqc1"),
        (":A owl:equivalentClass :B .", "id:x a :B .", "x a A", "cax-eqc2"),
        (":p rdfs:subPropertyOf :q .", "id:x :p id:y .", "x q y", "prp-spo1"),
        (":p owl:equivalentProperty :q .", "id:x :p id:y .", "x q y", "prp-eqp1"),
        (":p owl:equivalentProperty :q .", "id:x :q id:y .", "x p y", "prp-eqp2"),
        (":p owl:inverseOf :q .", "id:x :p id:y .", "y q x", "prp-inv1"),
        (":p owl:inverseOf :q .", "id:x :q id:y .", "y p x", "prp-inv2"),
        (":p a owl:SymmetricProperty .", "id:x :p id:y .", "y p x", "prp-symp"),
        (":p a owl:TransitiveProperty .", "id:x :p id:y . id:y :p id:z .", "x p z", "prp-trp"),
        (":p rdfs:domain :A .", "id:x :p id:y .", "x a A", "prp-dom"),
        (":p rdfs:range :A .", "id:x :p id:y .", "y a A", "prp-rng"),
        (
            ":c owl:propertyChainAxiom ( :p :q ) .",
            "id:x :p id:y . id:y :q id:z .",
            "x c z",
            "prp-spo2",
        ),
        (
            ":c owl:propertyChainAxiom ( :p :p :p :q ) .",
            "id:x :p id:y . id:y :p id:z . id:z :p id:u . id:u :q '5' .",
            'x c "5"',
            "prp-spo2",
        ),
    ],
)
def test_every_rule(axioms: str, facts: str, result: str, rule: str) -> None:
    inferred = infer(axioms, f"p:1 {{ {facts} }}")
    assert followed(inferred) == {result}
    assert {derivation[:3] for derivation in derivations_of(inferred)} == {(result, "1", rule)}


def test_rules_feed_each_other_and_name_the_last_step() -> None:
    inferred = infer(
        ":c owl:propertyChainAxiom ( :p :q ) . :c rdfs:subPropertyOf :d . :d rdfs:range :A . "
        ":A rdfs:subClassOf :B .",
        "p:1 { id:x :p id:y . } p:2 { id:y :q id:z . }",
    )
    assert derivations_of(inferred) == {
        ("x c z", "1 2", "prp-spo2", "c"),
        ("x d z", "1 2", "prp-spo1", "c"),
        ("z a A", "1 2", "prp-rng", "d"),
        ("z a B", "1 2", "cax-sco", "A"),
    }
    assert {quad.graph_name for quad in inferred.triples} == {graph_iri(BASE, "inferred")}
    assert inferred.shortcuts == ()


def test_a_chain_within_one_passage_is_stated_by_it() -> None:
    inferred = infer(
        ":c owl:propertyChainAxiom ( :p :q ) .",
        "p:1 { id:x :p id:y . id:y :q id:z . } p:2 { id:x :p id:y . } p:3 { id:y :q id:z . }",
    )
    (shortcut,) = inferred.shortcuts
    assert (_short(shortcut), _local(shortcut.graph_name)) == ("x c z", "1")
    assert inferred.triples == ()
    assert {derivation[1] for derivation in derivations_of(inferred)} == {"1", "2 3"}


@pytest.mark.parametrize(
    ("axioms", "facts", "result"),
    [
        (":p owl:inverseOf :q .", "p:1 { id:x :p id:y . }", "y q x"),
        (":p rdfs:subPropertyOf :q .", "p:1 { id:x :p id:y . }", "x q y"),
        (":p a owl:SymmetricProperty .", "p:1 { id:x :p id:y . }", "y p x"),
        # One after the other: the inverse of a wider property.
        (":p rdfs:subPropertyOf :q . :q owl:inverseOf :r .", "p:1 { id:x :p id:y . }", "y r x"),
    ],
)
def test_a_passage_says_its_own_facts_in_other_words(axioms: str, facts: str, result: str) -> None:
    inferred = infer(axioms, facts)
    passages = {_short(quad): _local(quad.graph_name) for quad in inferred.shortcuts}
    assert passages[result] == "1"
    assert result not in {_short(quad) for quad in inferred.triples}


@pytest.mark.parametrize(
    ("axioms", "facts", "result"),
    [
        # A fact about one thing holds for another thing: this is a conclusion.
        (
            ":in owl:propertyChainAxiom ( :during :in ) .",
            "p:1 { id:x :during id:y . id:y :in id:z . }",
            "x in z",
        ),
        # A shortcut over such a conclusion is one too.
        (
            ":in owl:propertyChainAxiom ( :during :in ) . :c owl:propertyChainAxiom ( :p :in ) .",
            "p:1 { id:w :p id:x . id:x :during id:y . id:y :in id:z . }",
            "w c z",
        ),
        # Classes come from statements about the thing, and not from domains and ranges.
        (":p rdfs:domain :A .", "p:1 { id:x :p id:y . }", "x a A"),
        # A name is stated only once, and a passage states nothing in other vocabularies.
        (":p rdfs:subPropertyOf :q .", "p:1 { id:x :p 'y'@en . }", "x q 'y'@en"),
        (":p rdfs:subPropertyOf rdfs:seeAlso .", "p:1 { id:x :p id:y . }", "x seeAlso y"),
        # Nor do the editors.
        (":p owl:inverseOf :q .", "g:editorial { id:x :p id:y . }", "y q x"),
    ],
)
def test_a_conclusion_is_not_said_by_the_passage(axioms: str, facts: str, result: str) -> None:
    inferred = infer(axioms, facts)
    assert len(inferred.triples) >= 1
    assert result not in {_short(quad) for quad in inferred.shortcuts}


def test_a_fact_that_many_passages_restate_is_in_all_of_them() -> None:
    numbers = [str(number) for number in range(MOST_WITNESSES + 3)]
    facts = " ".join(
        f"p:{number} {{ id:x :p id:y . }} g:passages {{ p:{number} nif:referenceContext id:text }}"
        for number in numbers
    )
    inferred = infer(":p owl:inverseOf :q .", facts)
    assert sorted(_local(quad.graph_name) for quad in inferred.shortcuts) == sorted(numbers)


def test_witnesses_are_minimal() -> None:
    inferred = infer(
        ":p a owl:TransitiveProperty .",
        "p:1 { id:a :p id:b . } p:2 { id:b :p id:c . } "
        "p:3 { id:c :p id:d . } p:4 { id:b :p id:d . }",
    )
    # The derivation of b p d from 2 and 3 is left out: passage 4 states b p d.
    assert {derivation[:2] for derivation in derivations_of(inferred)} == {
        ("a p c", "1 2"),
        ("a p d", "1 4"),
        ("a p d", "1 2 3"),
    }


def test_a_smaller_witness_takes_the_place_of_a_larger_one() -> None:
    inferred = infer(
        ":p rdfs:subPropertyOf :r . :c owl:propertyChainAxiom ( :r :q ) .",
        "p:1 { id:x :q id:z . id:x :p id:x . } p:2 { id:x :r id:x . }",
    )
    assert ("x c z", "1") in {derivation[:2] for derivation in derivations_of(inferred)}
    assert ("x c z", "1 2") not in {derivation[:2] for derivation in derivations_of(inferred)}


def test_editorial_statements_and_schemes_are_witnesses_too() -> None:
    inferred = infer(
        ":c owl:propertyChainAxiom ( :p :q ) .",
        "g:editorial { id:x :p id:y . } g:schemes { id:y :q id:z . }",
    )
    assert derivations_of(inferred) == {("x c z", "editorial schemes", "prp-spo2", "c")}
    assert [quad.graph_name for quad in inferred.triples] == [graph_iri(BASE, "inferred")]


def test_an_editorial_statement_does_not_hide_what_the_text_implies() -> None:
    inferred = infer(
        ":p rdfs:subPropertyOf :q .", "g:editorial { id:x :q id:y . } p:1 { id:x :p id:y . }"
    )
    assert derivations_of(inferred) == {("x q y", "1", "prp-spo1", "p")}


@pytest.mark.parametrize(
    ("axioms", "facts"),
    [
        (":A rdfs:subClassOf :B .", "p:1 { id:x a :A . id:x a :B . }"),
        (":A rdfs:subClassOf :B .", "p:1 { id:x a :A . } p:2 { id:x a :B . }"),
        (":A rdfs:subClassOf owl:Thing, rdfs:Resource .", "p:1 { id:x a :A . }"),
        (":p rdfs:domain owl:Thing ; rdfs:range xsd:string .", "p:1 { id:x :p 'y' . }"),
        (":p owl:inverseOf :q .", "p:1 { id:x :p 'y' . }"),
        (":p rdfs:range :A . :t a owl:Class .", "p:1 { id:x :p :t . }"),
        (":p rdfs:subPropertyOf :q .", "g:dataset { id:x :p id:y . }"),
        (":p rdfs:subPropertyOf :q .", "g:ontology { id:x :p id:y . }"),
        (":p rdfs:subPropertyOf :q .", "g:other { id:x :p id:y . }"),
        (":p rdfs:subPropertyOf :q .", "{ id:x :p id:y . }"),
        (":p rdfs:subPropertyOf :q .", "p:1 { id:x :p [] . [] :p id:x . }"),
        (":c owl:propertyChainAxiom () .", "p:1 { id:x :c id:y . }"),
    ],
)
def test_what_is_not_derived(axioms: str, facts: str) -> None:
    assert infer(axioms, facts).quads == ()


def test_a_derivation_is_told_in_full() -> None:
    inferred = infer(":A rdfs:subClassOf :B .", "p:1 { id:x a :A . }")
    (node,) = {quad.subject for quad in inferred.derivations}
    assert str(node).startswith(f"<{BASE}graph/derivations#")
    assert {quad.graph_name for quad in inferred.derivations} == {graph_iri(BASE, "derivations")}
    pairs = {(quad.predicate, quad.object) for quad in inferred.derivations}
    assert pairs == {
        (RDF.type, RDF.Statement),
        (RDF.type, PROV.Entity),
        (RDF.subject, NamedNode(f"{BASE}id/x")),
        (RDF.predicate, RDF.type),
        (RDF.object, NamedNode(f"{BASE}ontology#B")),
        (PROV.wasDerivedFrom, NamedNode(f"{BASE}passage/1")),
        (DCTERMS.conformsTo, NamedNode(f"{RULES}cax-sco")),
        (RDFS.seeAlso, NamedNode(f"{BASE}ontology#A")),
    }


def test_witnesses_that_grow_without_end_are_bounded() -> None:
    passages = " ".join(f"p:{n} nif:referenceContext id:text ." for n in range(60))
    steps = " ".join(
        f"p:{2 * n} {{ id:x{n} :p id:x{n + 1} . }} p:{2 * n + 1} {{ id:x{n} :p id:x{n + 1} . }}"
        for n in range(12)
    )
    inferred = infer(":p a owl:TransitiveProperty .", f"g:passages {{ {passages} }} {steps}")
    far = [derivation for derivation in derivations_of(inferred) if derivation[0] == "x0 p x12"]
    assert len(far) == MOST_WITNESSES


# --- the order of the quads, and the closure by another engine ---


@pytest.mark.parametrize("name", ["lights", "mechanisms"])
def test_the_order_of_the_quads_does_not_matter(name: str, request: pytest.FixtureRequest) -> None:
    project: Project = request.getfixturevalue(name)
    forwards = materialise(project.quads, project.base)
    assert forwards.triples
    assert forwards.shortcuts
    assert materialise(reversed(project.quads), project.base) == forwards


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lights", "mechanisms"])
def test_the_closure_is_that_of_owlrl(name: str, request: pytest.FixtureRequest) -> None:
    project: Project = request.getfixturevalue(name)
    inferred = materialise(project.quads, project.base)
    facts = [quad for quad in project.quads if _is_fact(quad, project)]
    axioms = [quad for quad in project.quads if quad.graph_name == project.graph("ontology")]
    ours = _comparable([*facts, *inferred.shortcuts, *inferred.triples], project)
    # owl:sameAs links to records elsewhere: facts are not repeated for those records. (They would
    # have to be if it linked two things of the graph.)
    identities = [quad for quad in facts if quad.predicate == OWL.sameAs]
    assert not [quad for quad in identities if project.base in str(quad.object)]
    others = [quad for quad in facts if quad.predicate != OWL.sameAs]
    theirs = _comparable(_owlrl([*others, *axioms]), project)
    assert ours - theirs == set(), "derived, and does not follow"
    assert theirs - ours == set(), "follows, and is not derived"


NODES = st.sampled_from([f"id:{letter}" for letter in "abcd"])
PREDICATES = st.sampled_from([f":{letter}" for letter in "pqr"])
CLASSES = st.sampled_from([":A", ":B", ":C"])
AXIOMS = st.one_of(
    st.builds("{} rdfs:subClassOf {} .".format, CLASSES, CLASSES),
    st.builds("{} owl:equivalentClass {} .".format, CLASSES, CLASSES),
    st.builds("{} rdfs:subPropertyOf {} .".format, PREDICATES, PREDICATES),
    st.builds("{} owl:equivalentProperty {} .".format, PREDICATES, PREDICATES),
    st.builds("{} owl:inverseOf {} .".format, PREDICATES, PREDICATES),
    st.builds("{} rdfs:domain {} .".format, PREDICATES, CLASSES),
    st.builds("{} rdfs:range {} .".format, PREDICATES, CLASSES),
    PREDICATES.map("{} a owl:SymmetricProperty .".format),
    PREDICATES.map("{} a owl:TransitiveProperty .".format),
    st.builds("{} owl:propertyChainAxiom ( {} {} ) .".format, PREDICATES, PREDICATES, PREDICATES),
    st.builds(
        "{} owl:propertyChainAxiom ( {} {} {} ) .".format,
        *(PREDICATES, PREDICATES, PREDICATES, PREDICATES),
    ),
)
FACTS = st.builds(
    "p:{} {{ {} {} {} }}".format, st.integers(1, 4), NODES, PREDICATES, NODES
) | st.builds("p:{} {{ {} a {} }}".format, st.integers(1, 4), NODES, CLASSES)


@pytest.mark.slow
@given(st.lists(AXIOMS, max_size=4), st.lists(FACTS, min_size=1, max_size=5))
def test_any_closure_is_that_of_owlrl(axioms: list[str], facts: list[str]) -> None:
    text = f"{HEAD} g:ontology {{ {' '.join(axioms)} }} {' '.join(facts)}"
    quads = list(parse(text, RdfFormat.TRIG))
    inferred = materialise(quads, BASE)
    ours = _triples([*quads, *inferred.shortcuts, *inferred.triples])
    theirs = _owlrl(quads)
    about_things = f"<{BASE}id/"

    def comparable(triples: Iterable[Triple]) -> set[str]:
        return {
            str(triple)
            for triple in triples
            if str(triple.subject).startswith(about_things)
            and f"{BASE}ontology#" in f"{triple.predicate} {triple.object}"
        }

    assert comparable(ours) == comparable(theirs)


@given(st.lists(AXIOMS, max_size=4), st.lists(FACTS, min_size=1, max_size=5))
def test_every_witness_suffices_and_nothing_within_it_does(
    axioms: list[str], facts: list[str]
) -> None:
    def follows(passages: set[str]) -> set[str]:
        chosen = [fact for fact in facts if fact[2] in passages]
        return followed(infer(" ".join(axioms), " ".join(chosen))) | {
            _short(quad) for quad in parse(f"{HEAD} {' '.join(chosen)}", RdfFormat.TRIG)
        }

    for triple, graphs, _, _ in derivations_of(infer(" ".join(axioms), " ".join(facts))):
        witness = set(graphs.split())
        assert triple in follows(witness)
        for left_out in witness:
            assert triple not in follows(witness - {left_out})


def _is_fact(quad: Quad, project: Project) -> bool:
    names = ("editorial", "schemes", "passages")
    graphs = {project.graph(name) for name in names}
    return quad.graph_name in graphs or str(quad.graph_name).strip("<>") in project.passages


def _owlrl(quads: Iterable[Quad]) -> list[Triple]:
    graph = rdflib.Graph()
    n_triples = serialize(_triples(quads), format=RdfFormat.N_TRIPLES) or b""
    graph.parse(data=n_triples, format="nt")
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    # rdflib makes no difference where N-Triples allows none: literals are never subjects there.
    lines = [
        f"{s.n3()} {p.n3()} {o.n3()} ."
        for s, p, o in graph
        if isinstance(s, rdflib.URIRef) and isinstance(o, rdflib.URIRef | rdflib.Literal)
    ]
    return _triples(parse("\n".join(lines), RdfFormat.TURTLE))


def _triples(quads: Iterable[Quad]) -> list[Triple]:
    return [Triple(quad.subject, quad.predicate, quad.object) for quad in quads]


def _comparable(statements: Iterable[Quad | Triple], project: Project) -> set[str]:
    """Return the triples about the project's things in the terms of its own ontology."""
    own = {
        quad.object.value
        for quad in project.quads
        if quad.predicate == VANN.preferredNamespaceUri and isinstance(quad.object, Literal)
    }
    assert own
    (namespace,) = own

    def is_own(term: object) -> bool:
        return isinstance(term, NamedNode) and term.value.startswith(namespace)

    return {
        f"{each.subject} {each.predicate} {each.object}"
        for each in statements
        if isinstance(each.subject, NamedNode)
        and each.subject.value.startswith(project.base)
        and not is_own(each.subject)
        and (is_own(each.predicate) or (each.predicate == RDF.type and is_own(each.object)))
    }
