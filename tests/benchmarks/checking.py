"""Measures what reading, inferring and checking cost, by the size of a project.

    python -m tests.benchmarks.checking            # 4,000 to 100,000 triples
    python -m tests.benchmarks.checking 1000000

Measures the processor time of this process only. The OWL tools are left out: they have a time limit
and are other people's programs.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from graphsvc import sources
from graphsvc.build import inferred
from graphsvc.validation import owl, validate

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

SIZES = (4_000, 8_000, 16_000, 100_000)
#: How many triples `thing` states.
PER_THING = 8

DATASET = """@prefix void: <http://rdfs.org/ns/void#> .
<https://example.org/g/dataset> a void:Dataset ; void:uriSpace "https://example.org/g/" .
"""
ONTOLOGY = """@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix o: <https://example.org/g/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix vann: <http://purl.org/vocab/vann/> .
<https://example.org/g/ontology> a owl:Ontology ;
    vann:preferredNamespaceUri "https://example.org/g/ontology#" .
o:Thing a owl:Class ; rdfs:subClassOf o:Being . o:Being a owl:Class .
o:next a owl:ObjectProperty ; rdfs:subPropertyOf o:near . o:near a owl:ObjectProperty .
"""
PREFIXES = """@prefix o: <https://example.org/g/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def thing(number: int) -> str:
    """Return the facts about a thing; one thing in ten has an invalid date."""
    date = "2001-02-03" if number % 10 else "soon"
    here = "https://example.org/g/id/thing/t"
    return (
        f"<{here}{number}> a o:Thing , skos:Concept ;\n"
        "  skos:inScheme <https://example.org/g/scheme/s> ;\n"
        f'  skos:prefLabel "label {number}"@en ;\n'
        f"  skos:broader <{here}{number // 10}> ;\n"
        f"  o:next <{here}{number + 1}> ;\n"
        f'  o:said "It is said of {number} that it is"@en ;\n'
        f'  o:size "{date}"^^xsd:date .\n'
    )


def write(folder: Path, triples: int) -> None:
    """Write a project of so many triples."""
    for name, text in {
        "data/dataset.ttl": DATASET,
        "ontology/o.ttl": ONTOLOGY,
        "data/schemes.ttl": PREFIXES + "".join(map(thing, range(1, triples // PER_THING + 1))),
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def timed(task: Callable[[], T]) -> tuple[T, float]:
    start = time.process_time()
    return task(), time.process_time() - start


def measure(triples: int) -> None:
    """Print one row: the size, and the seconds of each step."""
    with tempfile.TemporaryDirectory() as name:
        write(Path(name), triples)
        project, reading = timed(lambda: sources.load(Path(name)))
        follows, inferring = timed(lambda: inferred(project).quads)
        findings, checking = timed(lambda: validate(project, follows))
    steps = f"{reading:.2f} | {inferring:.2f} | {checking:.2f}"
    print(f"| {triples:,} | {steps} | {len(findings):,} |", flush=True)  # noqa: T201 - a report


def _no_toolkit() -> owl.Toolkit:
    raise owl.ToolkitMissing("a Java, as this measures without one,")


if __name__ == "__main__":
    owl.find_toolkit = _no_toolkit
    print("| triples | reading | inferring | checking | findings |\n|---|---|---|---|---|")  # noqa: T201
    for size in map(int, sys.argv[1:]) if sys.argv[1:] else SIZES:
        measure(size)
