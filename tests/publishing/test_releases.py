"""Releases in real engines: all of it, only what changed, undone, and nothing of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graphsvc.errors import PublishingError
from graphsvc.publishing.strategies import Strategy

from .conftest import BASE, NONE
from .reading import names, quads, quads_of, rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graphsvc.release import Release

    from .conftest import Publishing
    from .proxy import Proxy

INVENTORY = f"{BASE}graph/inventory"
FOREIGN = "https://another.example/graph"


@pytest.fixture(scope="session")
def changed_release(
    lights_folder: Path,
    copy_to: Callable[[Path, Path], Path],
    replace_in: Callable[[Path, str, str], None],
    build_in: Callable[[Path, Path], Release],
    tmp_path_factory: pytest.TempPathFactory,
) -> Release:
    """Return a release of the lights in which one sentence states something else."""
    folder = tmp_path_factory.mktemp("changed")
    project = copy_to(lights_folder, folder / "project")
    facts = project / "data" / "ile-merrow" / "facts.trig"
    replace_in(
        facts,
        'lights:statedName "South Spit Light"@en',
        'lights:statedName "South Spit Light"@en , "South Spit"@en',
    )
    return build_in(project, folder / "releases")


def graphs_of(release: Release) -> set[str]:
    return {row[0] for row in quads_of(release.dump)}


def test_the_whole_release_is_there(publishing: Publishing, lights_release: Release) -> None:
    outcome = publishing.publisher().publish(lights_release)
    expected = quads_of(lights_release.dump)
    assert quads(publishing.url, graphs_of(lights_release)) == expected
    assert outcome.quads == expected.total()
    assert set(outcome.verified) == graphs_of(lights_release)


def test_the_shipped_release_is_there(publishing: Publishing, mechanisms_release: Release) -> None:
    publishing.publisher(mechanisms_release.base).publish(mechanisms_release)
    expected = quads_of(mechanisms_release.dump)
    assert quads(publishing.url, graphs_of(mechanisms_release)) == expected


def test_the_inventory_names_the_release_and_its_graphs(
    publishing: Publishing, lights_release: Release
) -> None:
    publishing.publisher().publish(lights_release)
    inventory = rows(
        publishing.url,
        f"""PREFIX dcterms: <http://purl.org/dc/terms/>
        SELECT ?release ?graph WHERE {{ GRAPH <{INVENTORY}> {{
            ?inventory dcterms:identifier ?release ; dcterms:tableOfContents ?row }}
            BIND(REPLACE(STR(?row), "^[^ ]+ [^ ]+ ", "") AS ?graph) }}""",
    )
    assert {row["release"]["value"] for row in inventory} == {lights_release.id}
    assert {row["graph"]["value"] for row in inventory} == graphs_of(lights_release)


def test_only_graphs_that_differ_travel_and_undo_brings_them_back(
    behind_proxy: Publishing, proxy: Proxy, lights_release: Release, changed_release: Release
) -> None:
    behind_proxy.publisher().publish(lights_release)
    before = quads(behind_proxy.url, names(behind_proxy.url))
    proxy.writes.clear()
    outcome = behind_proxy.publisher().publish(changed_release)
    assert quads(behind_proxy.url, graphs_of(changed_release)) == quads_of(changed_release.dump)
    old, new = quads_of(lights_release.dump), quads_of(changed_release.dump)
    differ = {row[0] for row in (old - new) + (new - old)}
    assert 0 < outcome.replaced == len(differ) < len(graphs_of(changed_release))
    updates = "\n".join(proxy.writes)
    assert f"GRAPH <{BASE}passage/4>" in updates
    assert f"GRAPH <{BASE}passage/3>" not in updates
    behind_proxy.publisher().undo()
    after = quads(behind_proxy.url, names(behind_proxy.url))
    # Only the time of the inventory differs.
    assert {row for row in before if "modified" not in row[2]} == {
        row for row in after if "modified" not in row[2]
    }


def test_undoing_the_first_one_leaves_nothing_and_undoing_that_brings_it_back(
    publishing: Publishing, lights_release: Release
) -> None:
    publishing.publisher().publish(lights_release)
    assert publishing.publisher().undo().release is None
    ours = {graph for graph in names(publishing.url) if graph.startswith(BASE)}
    assert ours == set()
    assert publishing.publisher().undo().release == lights_release.id
    expected = quads_of(lights_release.dump)
    assert quads(publishing.url, graphs_of(lights_release)) == expected


def test_graphs_of_others_are_not_touched(
    publishing: Publishing, small: Callable[[str, str], Release]
) -> None:
    foreign = f"<{FOREIGN}> <{FOREIGN}> <{FOREIGN}>"
    engine = publishing.publisher().engine
    engine.update(f"INSERT DATA {{ GRAPH <{FOREIGN}> {{ {foreign} }} }}")
    first = small("first", f'<{BASE}a> <{BASE}p> "1" <{BASE}g1> .')
    second = small("second", f'<{BASE}a> <{BASE}p> "2" <{BASE}g2> .')
    publishing.publisher().publish(first)
    outcome = publishing.publisher().publish(second)
    assert outcome.removed == 1
    assert {f"{BASE}g1", f"{BASE}g2"} & names(publishing.url) == {f"{BASE}g2"}
    publishing.publisher().undo()
    assert quads(publishing.url, [FOREIGN]).total() == 1
    publishing.publisher().publish(small("none", f'<{BASE}a> <{BASE}p> "3" <{BASE}g3> .'))
    assert quads(publishing.url, [FOREIGN]).total() == 1


def test_a_graph_of_the_same_name_is_replaced_only_if_it_is_adopted(
    on_oxigraph: Publishing, small: Callable[[str, str], Release]
) -> None:
    publisher = on_oxigraph.publisher()
    publisher.engine.update(f'INSERT DATA {{ GRAPH <{BASE}g> {{ <{BASE}a> <{BASE}p> "theirs" }} }}')
    theirs = quads(on_oxigraph.url, [f"{BASE}g"])
    release = small("first", f'<{BASE}a> <{BASE}p> "ours" <{BASE}g> .')
    with pytest.raises(PublishingError, match="this program has not published it") as caught:
        publisher.publish(release)
    assert f"--adopt {BASE}g" in caught.value.remedy
    assert quads(on_oxigraph.url, [f"{BASE}g"]) == theirs
    publisher.publish(release, adopted=[BASE])
    assert quads(on_oxigraph.url, [f"{BASE}g"]) == quads_of(release.dump)
    publisher.undo()
    assert quads(on_oxigraph.url, [f"{BASE}g"]) == theirs


ONE_NODE_IN_TWO_GRAPHS = f"""
    <{BASE}a> <{BASE}p> _:c14n0 <{BASE}g1> .
    _:c14n0 <{BASE}q> "a _:c14n0 in words"  <{BASE}g2> .
    _:c14n0 <{BASE}q> _:c14n1 <{BASE}g2> .
    _:c14n1 <{BASE}q> <{BASE}b> <{BASE}g2> .
    <{BASE}c> <{BASE}p> "other" <{BASE}g1> .
    <{BASE}d> <{BASE}p> "other" <{BASE}g3> .
""".replace('"  <', '" <')
JOINED = f"""SELECT ?end WHERE {{ GRAPH <{BASE}g1> {{ <{BASE}a> <{BASE}p> ?x }}
    GRAPH <{BASE}g2> {{ ?x <{BASE}q> ?y . ?y <{BASE}q> ?end }} }}"""


def test_a_blank_node_of_two_graphs_stays_one_node(
    publishing: Publishing, small: Callable[[str, str], Release]
) -> None:
    first = small("first", ONE_NODE_IN_TWO_GRAPHS)
    # No two lines fit into one request.
    publisher = publishing.publisher(request_size=100)
    publisher.publish(first)
    assert len(rows(publishing.url, JOINED)) == 1
    # One of the two graphs differs: both are sent, or the node would be two.
    publisher.publish(small("second", ONE_NODE_IN_TWO_GRAPHS.replace('"a _:c14n0', '"the _:c14n0')))
    assert len(rows(publishing.url, JOINED)) == 1
    publisher.undo()
    assert len(rows(publishing.url, JOINED)) == 1
    assert quads(publishing.url, graphs_of(first)) == quads_of(first.dump)


def test_a_graph_that_somebody_changed_is_sent_again(
    on_oxigraph: Publishing, lights_release: Release
) -> None:
    publisher = on_oxigraph.publisher()
    publisher.publish(lights_release)
    publisher.engine.update(f"DROP GRAPH <{BASE}passage/3>")
    assert publisher.publish(lights_release).replaced == 1
    assert quads(on_oxigraph.url, graphs_of(lights_release)) == quads_of(lights_release.dump)


def test_other_contents_of_the_same_size_are_an_error(
    on_oxigraph: Publishing, lights_release: Release
) -> None:
    publisher = on_oxigraph.publisher()
    publisher.publish(lights_release)
    publisher.engine.update(
        f'WITH <{BASE}passage/1> DELETE {{ ?s ?p "Île Merrow"@en }} INSERT {{ ?s ?p "Île"@en }} '
        'WHERE { ?s ?p "Île Merrow"@en }'
    )
    with pytest.raises(PublishingError, match=r"Missing: .*Merrow.*Not sent: .*le") as caught:
        publisher.publish(lights_release)
    assert f"--adopt {BASE}passage/1" in caught.value.remedy
    publisher.publish(lights_release, adopted=[f"{BASE}passage/1"])
    assert quads(on_oxigraph.url, graphs_of(lights_release)) == quads_of(lights_release.dump)


def test_other_contents_of_a_large_graph_are_an_error(
    on_oxigraph: Publishing, small: Callable[[str, str], Release]
) -> None:
    lines = [f'<{BASE}{i % 40}> <{BASE}p> "{i}" <{BASE}g> .' for i in range(6000)]
    release = small("large", "\n".join(lines))
    publisher = on_oxigraph.publisher()
    assert publisher.publish(release).verified == [f"{BASE}g"]
    publisher.engine.update(
        f'WITH <{BASE}g> DELETE {{ ?s ?p "40" }} INSERT {{ ?s ?p "other" }} WHERE {{ ?s ?p "40" }}'
    )
    with pytest.raises(PublishingError, match=r'Missing: .* "40" .*Not sent: .* "other"'):
        publisher.publish(release)


def test_publishing_again_changes_nothing(
    behind_proxy: Publishing, proxy: Proxy, lights_release: Release
) -> None:
    behind_proxy.publisher().publish(lights_release)
    proxy.writes.clear()
    assert behind_proxy.publisher().publish(lights_release).replaced == 0
    assert proxy.writes == []
    # So the last publication is still the one that can be undone.
    assert behind_proxy.publisher().undo().release is None


def test_readers_by_name_see_the_old_release_until_the_switch(
    behind_proxy: Publishing, proxy: Proxy, lights_release: Release, changed_release: Release
) -> None:
    behind_proxy.publisher(request_size=2000).publish(lights_release)
    graphs = graphs_of(lights_release) | graphs_of(changed_release)
    states = [quads(proxy.url, graphs)]

    def look(_number: int) -> None:
        now = quads(proxy.url, graphs)
        if now != states[-1]:
            states.append(now)

    proxy.after = look
    behind_proxy.publisher(request_size=2000).publish(changed_release)
    assert behind_proxy.strategies[-1] is Strategy.STAGED
    assert states == [quads_of(lights_release.dump), quads_of(changed_release.dump)]
    assert not [graph for graph in names(proxy.url) if "/staged/" in graph]


def test_an_engine_that_takes_updates_only(
    on_oxigraph: Publishing, lights_release: Release
) -> None:
    on_oxigraph.publisher(request_size=5000, upload=NONE).publish(lights_release)
    assert quads(on_oxigraph.url, graphs_of(lights_release)) == quads_of(lights_release.dump)
