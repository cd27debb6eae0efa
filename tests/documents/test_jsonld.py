"""JSON-LD: plain JSON for readers of JSON, and the same dataset for readers of RDF."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pyld import jsonld  # type: ignore[import-untyped]
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    parse,
)
from rdflib import Dataset as RdflibDataset

from graphsvc.namespaces import RDF, XSD
from graphsvc.views.context import Context, Name, Shape
from graphsvc.views.document import Document, Paging
from graphsvc.web.jsonld import write_jsonld

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from graphsvc.release import Release
    from graphsvc.store.base import Term

RELEASE = "mechanisms_release"

PATHS = ["/doc/id/mechanism/bfic", "/doc/passage/21"]
LONG_PATHS = ["/doc/graph/shapes", "/doc/dataset", "/ontology"]


@pytest.fixture(scope="module")
def bfic(client: FlaskClient) -> dict[str, Any]:
    document: dict[str, Any] = client.get(
        PATHS[0], headers={"Accept": "application/ld+json"}
    ).get_json()
    return document


def canonical(data: bytes, form: RdfFormat) -> set[Quad]:
    dataset = Dataset(parse(data, format=form))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


def read_by_pyoxigraph(data: bytes) -> set[Quad]:
    return canonical(data, RdfFormat.JSON_LD)


def read_by_rdflib(data: bytes) -> set[Quad]:
    dataset = RdflibDataset()
    dataset.parse(data=data, format="json-ld")
    return canonical(dataset.serialize(format="nquads", encoding="utf-8"), RdfFormat.N_QUADS)


def read_by_pyld(data: bytes) -> set[Quad]:
    # No loader of documents: whatever is not in the text fails.
    options = {"format": "application/n-quads", "documentLoader": None}
    return canonical(jsonld.to_rdf(json.loads(data), options).encode(), RdfFormat.N_QUADS)


READERS = [read_by_pyoxigraph, read_by_rdflib, read_by_pyld]


# rdflib's own reader of JSON-LD warns of what rdflib itself does.
@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib.*")
@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
@pytest.mark.parametrize("path", PATHS)
def test_it_is_the_dataset_of_the_other_formats(client: FlaskClient, path: str, read: Any) -> None:
    expected = canonical(client.get(f"{path}.nq").data, RdfFormat.N_QUADS)
    assert read(client.get(f"{path}.jsonld").data) == expected


@pytest.mark.parametrize("path", LONG_PATHS)
def test_long_documents_are_too(client: FlaskClient, path: str) -> None:
    expected = canonical(client.get(f"{path}.nq").data, RdfFormat.N_QUADS)
    assert read_by_pyoxigraph(client.get(f"{path}.jsonld").data) == expected


def test_it_reads_as_json(bfic: dict[str, Any], mechanisms_release: Release) -> None:
    base = mechanisms_release.base
    assert bfic["id"] == base + "id/mechanism/bfic"
    assert "Mechanism" in bfic["type"]
    assert bfic["label"] == {"en": "Business Forum of China-Italy"}
    assert bfic["foundingYear"] in (2014, "2014")
    assert bfic["document"]["inDataset"]["id"] == base + "dataset"


def test_each_fact_leads_to_its_sentence(bfic: dict[str, Any]) -> None:
    claims = [claim for claim in bfic["claims"] if isinstance(claim.get("hadPrimarySource"), dict)]
    assert "statedName" in [claim["predicate"] for claim in claims]
    # What a passage says goes before what follows from it.
    assert "hadPrimarySource" in bfic["claims"][0]
    assert "wasDerivedFrom" in bfic["claims"][-1]
    for claim in claims:
        assert "#f" in claim["id"]
        assert len(claim["hadPrimarySource"]["exact"]) > 10


def test_the_document_says_when_it_changed_in_a_word(bfic: dict[str, Any]) -> None:
    assert isinstance(bfic["document"]["modified"], str)


def test_neighbours_have_names(bfic: dict[str, Any]) -> None:
    neighbours = [value for value in bfic["hasSecretariat"] if isinstance(value, dict)]
    assert len(neighbours) == 2
    assert all(each["label"]["en"] for each in neighbours)


def test_the_context_in_a_document_is_that_of_the_graph(
    client: FlaskClient, bfic: dict[str, Any]
) -> None:
    answer = client.get("/context.jsonld")
    assert answer.content_type == "application/ld+json"
    published = answer.get_json()["@context"]
    assert bfic["@context"].items() <= published.items()
    assert len(bfic["@context"]) < len(published) / 2
    assert published["label"] == {"@id": "rdfs:label", "@container": "@language"}
    assert published["initiatedBy"] == {"@id": "iwm:initiatedBy", "@type": "@id"}
    assert published["Mechanism"] == "iwm:Mechanism"
    assert (
        client.get("/context.jsonld", headers={"If-None-Match": answer.headers["ETag"]}).status_code
        == 304
    )


def test_others_can_use_the_context(client: FlaskClient, mechanisms_release: Release) -> None:
    """A document of others that names the context gets the terms of this graph."""
    address = "http://127.0.0.1/context.jsonld"

    def load(url: str, _: object) -> dict[str, Any]:
        assert url == address
        content = client.get("/context.jsonld").get_json()
        return {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": url,
            "document": content,
        }

    base = mechanisms_release.base
    mine = {
        "@context": address,
        "id": base + "id/x",
        "initiatedBy": base + "id/y",
        "label": {"en": "X"},
    }
    n_quads = jsonld.to_rdf(mine, {"format": "application/n-quads", "documentLoader": load})
    assert f"<{base}id/x> <{base}ontology#initiatedBy> <{base}id/y> .\n" in n_quads
    assert f'<{base}id/x> <http://www.w3.org/2000/01/rdf-schema#label> "X"@en .\n' in n_quads


def test_whatever_a_property_holds_is_written_so_that_it_is_read_again() -> None:
    space = "http://terms.example/"
    shapes = {shape.name.lower(): shape for shape in Shape if shape is not Shape.NAME}
    names = [Name(name, space + name, shape) for name, shape in shapes.items()]
    names.append(Name("day", space + "day", Shape.PLAIN, XSD.date))
    names.append(Name("predicate", str(RDF) + "predicate", Shape.NAME))
    context = Context(
        names, {"Sort": space + "Sort"}, {"t": space, "xsd": str(XSD), "words": "http://w.example/"}
    )
    topic, graph = NamedNode("urn:x:topic"), NamedNode("urn:x:graph")
    values: list[Term] = [
        *(
            NamedNode("urn:x:other"),
            BlankNode("b"),
            Literal("plain"),
            Literal("colour", language="en-gb"),
        ),
        *(
            Literal(7),
            Literal("007", datatype=XSD.integer),
            Literal("true", datatype=XSD.boolean),
            Literal("1", datatype=XSD.boolean),
        ),
        *(Literal("2014-02-03", datatype=XSD.date), Literal("1.50", datatype=XSD.decimal)),
        *(Literal("1.5E0", datatype=XSD.double), Literal("9" * 40, datatype=XSD.integer)),
        *(Literal("x", datatype=NamedNode("urn:x:type")), Literal(""), Literal("\u2028</script>")),
        *(NamedNode(space + "day"), NamedNode(space + "Sort")),
    ]
    predicates = [
        *(name.iri for name in names),
        "urn:x:nameless",
        str(RDF) + "value",
        space + "more",
    ]
    quads = [Quad(topic, NamedNode(iri), value, graph) for iri in predicates for value in values]
    quads += [
        Quad(topic, RDF.type, NamedNode(iri), graph) for iri in (space + "Sort", "urn:x:Sort")
    ]
    quads += [
        Quad(BlankNode("b"), RDF.value, topic, graph),
        Quad(topic, NamedNode(space + "node"), topic, graph),
    ]
    document = Document(
        "urn:x:doc",
        topic.value,
        Paging("urn:x:doc", 1, 1),
        frozenset(),
        frozenset(quads),
        frozenset(),
    )
    json_ld = write_jsonld(document, context)
    expected = Dataset(document.quads())
    expected.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    for read in (read_by_pyoxigraph, read_by_pyld):
        assert read(json_ld) == set(expected), read.__name__
