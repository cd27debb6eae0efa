"""What the graph says about a thing, ready to be shown.

The ontology lays the answers out: labels, groups and order come from its annotations and shapes,
so that a new class or property needs no line of Python. Every query here is standard SPARQL 1.1,
its terms bound and never written into its text, so that any store answers alike.
"""

from graphsvc.entities.catalogue import Catalogue
from graphsvc.entities.describe import called, known
from graphsvc.entities.model import (
    ClassCount,
    Dataset,
    Derivation,
    Fact,
    Named,
    Note,
    Passage,
    Status,
    Text,
)
from graphsvc.entities.overview import dataset, leading, spoken, texts, written_in

__all__ = [
    "Catalogue",
    "ClassCount",
    "Dataset",
    "Derivation",
    "Fact",
    "Named",
    "Note",
    "Passage",
    "Status",
    "Text",
    "called",
    "dataset",
    "known",
    "leading",
    "spoken",
    "texts",
    "written_in",
]
