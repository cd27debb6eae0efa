"""Concepts, schemes, collections, datasets and catalogues of graphs of other people."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode

from graphsvc.views.concepts.trees import MOST_PATHS, paths_to

from . import page, served

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

SKOS = "http://www.w3.org/2004/02/skos/core#"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


@pytest.fixture(scope="module")
def thesaurus(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return served(tmp_path_factory.mktemp("kept"), "thesaurus.ttl")


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return served(tmp_path_factory.mktemp("kept"), "catalogue.ttl")


def section(text: str, heading: str) -> str:
    start = text.index(f'<h2 id="{heading}"')
    return text[start : text.index("</section>", start)]


def plain(text: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", text)).split())


def rows(text: str) -> list[str]:
    return [plain(row) for row in re.findall(r"<tr>.*?</tr>", text, re.DOTALL)]


def test_all_labels_of_a_concept_stand_by_their_languages(thesaurus: FlaskClient) -> None:
    labels = section(page(thesaurus, "/doc/oats"), "labels")
    lines = rows(labels)
    assert "Language Preferred Alternative Hidden" in lines
    assert "en oats common oat oat" in lines
    assert "de Hafer Saathafer" in lines
    assert {"ar شوفان", "zh 燕麦", "la Avena"} <= set(lines)
    assert "A.1.2" in labels
    assert '<span lang="ar" dir="auto">' in labels


def test_labels_of_skos_xl_are_labels(thesaurus: FlaskClient) -> None:
    lines = rows(section(page(thesaurus, "/doc/horses"), "labels"))
    assert {"en horses nags", "de Pferde"} <= set(lines)


def test_the_tree_shows_every_way_from_the_top(thesaurus: FlaskClient) -> None:
    tree = section(page(thesaurus, "/doc/oats"), "tree")
    words = plain(tree[tree.index('<div class="tree">') :])
    assert words == "animals fodder hay oats plants cereals barley oats fodder hay oats"
    assert "In: Farming" in plain(tree)
    assert "In the collections: in the stable" in plain(tree)
    assert "<strong>oats</strong>" in tree


def test_what_is_under_a_concept_is_found_by_either_property(thesaurus: FlaskClient) -> None:
    tree = section(page(thesaurus, "/doc/fodder"), "tree")
    below = tree[tree.index("<strong>fodder</strong>") :]
    below = plain(below[: below.index("</ul>")])
    assert below.split() == ["fodder", "hay", "oats"]


def test_a_circle_of_concepts_is_cut(thesaurus: FlaskClient) -> None:
    tree = plain(section(page(thesaurus, "/doc/chicken"), "tree"))
    assert "egg is under itself; the circle is cut here chicken egg" in tree


def test_mappings_lead_out_and_name_the_scheme_of_the_target(thesaurus: FlaskClient) -> None:
    mappings = section(page(thesaurus, "/doc/oats"), "mappings")
    assert 'href="http://aims.fao.org/aos/agrovoc/c_5224"' in mappings
    assert "aims.fao.org" in plain(mappings)
    assert "www.wikidata.org" in plain(mappings)
    assert "Avena sativa Names of species" in plain(mappings)
    assert plain(mappings).index("exact match") < plain(mappings).index("close match")


def test_a_scheme_opens_its_top_concepts_without_a_script(thesaurus: FlaskClient) -> None:
    tree = section(page(thesaurus, "/doc/scheme"), "tree")
    words = plain(tree)
    assert "animals 2 narrower concepts of animals fodder horses" in words
    assert "plants 2 narrower concepts of plants cereals fodder" in words
    assert "All 10 concepts" in words
    assert tree.count("<details>") == 2
    address = re.search(r'href="(/browse[^"]+)"', tree)
    assert address
    assert 'role="status">10 things' in page(thesaurus, html.unescape(address.group(1)))
    assert "Avena sativa" in section(page(thesaurus, "/doc/latin"), "tree")


def test_a_collection_lists_its_members_an_ordered_one_in_its_order(
    thesaurus: FlaskClient,
) -> None:
    unordered = section(page(thesaurus, "/doc/stable"), "members")
    assert plain(unordered).endswith("hay horses oats")
    ordered = section(page(thesaurus, "/doc/sowing"), "members")
    assert plain(ordered).endswith("oats barley hay")
    assert "<ol>" in ordered


def test_a_concept_with_thousands_under_it_shows_the_first_and_says_how_many_there_are(
    tmp_path: Path,
) -> None:
    base = "https://wide.example/"
    lines = [f"<{base}top> {TYPE} <{SKOS}Concept> ."]
    for number in range(3000):
        lines.append(f"<{base}c{number}> {TYPE} <{SKOS}Concept> .")
        lines.append(f"<{base}c{number}> <{SKOS}broader> <{base}top> .")
    (tmp_path / "wide.nt").write_text("\n".join(lines), "utf-8")
    client = served(tmp_path / "kept", tmp_path / "wide.nt")
    tree = section(page(client, "/doc/top"), "tree")
    assert "2,940 more" in plain(tree)
    address = re.search(r'href="(/browse[^"]+)"', tree)
    assert address
    assert 'role="status">3,000 things' in page(client, html.unescape(address.group(1)))
    # With so many values no name is shown.
    beside = section(page(client, "/doc/c7"), "tree")
    assert beside.count("<li>") == 2
    # There is no scheme: the first page begins with the concepts that have no broader one.
    assert "Top concepts 1 https://wide.example/top" in plain(
        section(page(client, "/"), "concepts")
    )


def test_however_many_ways_lead_to_a_concept_some_are_shown() -> None:
    terms = [NamedNode(f"urn:c:{number}") for number in range(60)]
    uppers = {term: terms[:number] for number, term in enumerate(terms)}
    paths, left_out = paths_to(terms[-1], uppers)  # type: ignore[arg-type]
    assert len(paths) == MOST_PATHS
    assert left_out
    assert all(way[-1] == terms[-1] and way[0] == terms[0] for way in paths if len(way) < 30)


def test_a_dataset_lists_its_distributions(catalogue: FlaskClient) -> None:
    text = page(catalogue, "/doc/trees")
    lines = rows(section(text, "distributions"))
    table = next(row for row in lines if row.startswith("Trees as a table"))
    assert "csv" in table
    assert "1.0 MB" in table
    assert "Creative Commons Attribution 4.0" in table
    assert any(row.startswith("Trees as GeoJSON") for row in lines)
    assert 'href="https://data.example/files/trees.csv"' in text
    assert 'href="https://data.example/portal/trees"' in text


def test_a_catalogue_lists_its_datasets(catalogue: FlaskClient) -> None:
    lines = rows(section(page(catalogue, "/doc/catalogue"), "datasets"))
    assert "Trees The Town nature 2" in lines
    assert "Noise The Town 0" in lines
