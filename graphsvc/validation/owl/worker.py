"""The child process for the OWL API and HermiT: it reads a task and writes a verdict.

A JVM can be started only once in a process, and its failure ends the process: so it has a process
of its own. `graphsvc.validation.owl` runs this file as a script.

The task and the verdict are JSON. The task: ``jvm`` and ``jars`` (paths), ``ontology`` (for the
profiles), ``axioms`` and ``all`` (for the reasoner, without what it would refuse; null if it is
not to be asked), all in N-Triples; ``prefixes``. The verdict: ``profiles`` (for each profile its
violations), ``unsatisfiable`` (for each class the axioms that forbid it members),
``contradiction`` (axioms that cannot all be true; none if all can) and ``refusals`` (what the
tools would not do, and why). A violation and an axiom have a ``text`` and the ``entities`` that
they name.
"""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

import jpype  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Callable

#: How many unsatisfiable classes are explained; each costs the reasoner some runs.
_EXPLAINED = 10

#: A bound on one run of the reasoner while it explains a contradiction, in milliseconds.
_EXPLANATION_TIMEOUT = 10_000

# https://owlcs.github.io/owlapi/
_OWLAPI = "org.semanticweb.owlapi."
_EXPLANATION = "org.semanticweb.owl.explanation."
_MANCHESTER = _OWLAPI + "manchestersyntax.renderer.ManchesterOWLSyntax"


def main() -> None:
    """Read a task from standard input, write its verdict to standard output."""
    task = json.load(sys.stdin)
    jpype.startJVM(
        task["jvm"],
        "--enable-native-access=ALL-UNNAMED",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
        classpath=task["jars"],
    )
    json.dump(_judge(task), sys.stdout)


def _judge(task: dict[str, Any]) -> dict[str, Any]:
    api = _Api(task["prefixes"])
    verdict: dict[str, Any] = {
        "profiles": {},
        "unsatisfiable": [],
        "contradiction": [],
        "refusals": [],
    }
    steps: list[tuple[str, str | None, Callable[[Any], Any]]] = [
        ("profiles", task["ontology"], api.profiles),
        ("unsatisfiable", task["axioms"], api.unsatisfiable),
        ("contradiction", task["all"], api.contradiction),
    ]
    for name, triples, judge in steps:
        if triples is None:
            continue
        try:
            verdict[name] = judge(api.load(triples))
        except jpype.JException as refusal:
            # The first line says what; the others say where in the tool.
            words = str(refusal.message()).strip().partition("\n")[0]
            if words not in verdict["refusals"]:
                verdict["refusals"].append(words)
    return verdict


class _Api:
    """The few calls to the OWL API that are needed."""

    def __init__(self, prefixes: dict[str, str]) -> None:
        self._manager = jpype.JClass(_OWLAPI + "apibinding.OWLManager")
        self._factory = self._manager.getOWLDataFactory()
        self._reasoners = jpype.JClass("org.semanticweb.HermiT.ReasonerFactory")()
        names = jpype.JClass(_OWLAPI + "util.DefaultPrefixManager")()
        for prefix, namespace in prefixes.items():
            names.setPrefix(prefix + ":", namespace)
        self._renderer = jpype.JClass(_MANCHESTER + "OWLObjectRendererImpl")()
        self._renderer.setShortFormProvider(
            jpype.JClass(_MANCHESTER + "PrefixNameShortFormProvider")(names)
        )

    def load(self, triples: str) -> Any:
        source = jpype.JClass(_OWLAPI + "io.StringDocumentSource")(
            triples,
            jpype.JClass(_OWLAPI + "model.IRI").create("urn:graphsvc:check"),
            # N-Triples is Turtle; the reader of N-Triples alone needs a library that is not there.
            jpype.JClass(_OWLAPI + "formats.TurtleDocumentFormat")(),
            None,
        )
        return self._manager.createOWLOntologyManager().loadOntologyFromOntologyDocument(source)

    def profiles(self, ontology: Any) -> dict[str, list[dict[str, Any]]]:
        profiles = jpype.JClass(_OWLAPI + "profiles.Profiles")
        return {
            str(profile.getName()): [
                _violation(violation)
                for violation in profile.checkOntology(ontology).getViolations()
            ]
            for profile in (profiles.OWL2_DL, profiles.OWL2_RL)
        }

    def unsatisfiable(self, ontology: Any) -> list[dict[str, Any]]:
        reasoner = self._reasoners.createReasoner(ontology)
        if not reasoner.isConsistent():
            return []
        classes = sorted(reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom(), key=str)
        explainers = jpype.JClass(_EXPLANATION + "api.ExplanationManager")
        factory = explainers.createExplanationGeneratorFactory(self._reasoners)
        return [
            {
                "entity": str(cls.getIRI()),
                "axioms": self._explain(factory, ontology, cls) if number < _EXPLAINED else [],
            }
            for number, cls in enumerate(classes)
        ]

    def contradiction(self, ontology: Any) -> list[dict[str, Any]]:
        if self._reasoners.createReasoner(ontology).isConsistent():
            return []
        # In an inconsistent ontology not even Thing has members; this case has an explainer of its
        # own.
        factory = jpype.JClass(
            _EXPLANATION + "impl.blackbox.checker.InconsistentOntologyExplanationGeneratorFactory"
        )(self._reasoners, _EXPLANATION_TIMEOUT)
        return self._explain(factory, ontology, self._factory.getOWLThing())

    def _explain(self, factory: Any, ontology: Any, cls: Any) -> list[dict[str, Any]]:
        """Return a minimal set of axioms from which it follows that the class has no members."""
        empty = self._factory.getOWLSubClassOfAxiom(cls, self._factory.getOWLNothing())
        explanations = factory.createExplanationGenerator(ontology).getExplanations(empty, 1)
        axioms = (axiom for explanation in explanations for axiom in explanation.getAxioms())
        return sorted((self._axiom(axiom) for axiom in axioms), key=lambda item: item["text"])

    def _axiom(self, axiom: Any) -> dict[str, Any]:
        return {
            "text": " ".join(str(self._renderer.render(axiom)).split()),
            "entities": sorted(str(entity.getIRI()) for entity in axiom.getSignature()),
        }


def _violation(violation: Any) -> dict[str, Any]:
    # The API's text is "<what is wrong> [<axiom> in OntologyID(…)]".
    words, _, place = str(violation).partition(" [")
    axiom = place.rpartition(" in ")[0]
    # The words name an undeclared entity; else the axiom begins with its subject.
    about = words if "undeclared" in words or not axiom else axiom
    entities = re.findall(r"<([^<>]+)>", about)
    return {"text": words.removesuffix(" in annotation"), "axiom": axiom, "entities": entities}


if __name__ == "__main__":
    main()
