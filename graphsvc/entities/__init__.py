"""What the graph says about a thing, ready to be shown.

The ontology lays the answers out: labels, groups and order come from its annotations and shapes,
so that a new class or property needs no line of Python. Every query here is standard SPARQL 1.1,
its terms bound and never written into its text, so that any store answers alike.
"""

from graphsvc.entities.catalogue import Catalogue
from graphsvc.entities.describe import called, describe, known
from graphsvc.entities.documents import (
    Document,
    Draft,
    Imprint,
    document_iri,
    draft,
    version_document,
)
from graphsvc.entities.incoming import incoming
from graphsvc.entities.model import (
    ClassCount,
    Dataset,
    Derivation,
    Entity,
    Fact,
    Group,
    Incoming,
    Line,
    Named,
    Note,
    Passage,
    PropertyFacts,
    Reading,
    Status,
    Text,
)
from graphsvc.entities.overview import classes, dataset, leading, spoken, texts, written_in
from graphsvc.entities.passages import reading, text_passages
from graphsvc.entities.standing import Standing, standing

__all__ = [
    "Catalogue",
    "ClassCount",
    "Dataset",
    "Derivation",
    "Document",
    "Draft",
    "Entity",
    "Fact",
    "Group",
    "Imprint",
    "Incoming",
    "Line",
    "Named",
    "Note",
    "Passage",
    "PropertyFacts",
    "Reading",
    "Standing",
    "Status",
    "Text",
    "called",
    "classes",
    "dataset",
    "describe",
    "document_iri",
    "draft",
    "incoming",
    "known",
    "leading",
    "reading",
    "spoken",
    "standing",
    "text_passages",
    "texts",
    "version_document",
    "written_in",
]
