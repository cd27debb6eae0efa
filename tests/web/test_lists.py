"""Long lists of facts: their first values, the counts of a dataset, and equal names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.namespaces import RDF
from graphsvc.views.labels import alike
from graphsvc.views.model import Named

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from graphsvc.release import Release

RELEASE = "mechanisms_release"


def main(client: FlaskClient, address: str) -> str:
    page = client.get(address, headers={"Accept": "text/html"})
    assert page.status_code == 200
    return page.text.partition("<main")[2]


def test_different_things_of_one_name_are_told_apart() -> None:
    one, other, third = (
        Named(NamedNode(f"urn:x:{name}"), label)
        for name, label in (("a", "dataset"), ("b", "Dataset"), ("c", "text"))
    )
    words = Named(Literal("text"), "text")
    assert alike([one, other, third, words]) == {one.term, other.term}
    assert alike([one, one]) == set()


def test_equal_names_stand_with_what_they_are_written_by(client: FlaskClient) -> None:
    page = main(client, "/doc/dataset")
    for name in ("void:Dataset", "dcat:Dataset"):
        # Among the types above, in the row of the property, and among the classes that are counted.
        assert page.count(f'<code class="written">{name}</code>') == 3
    note = main(client, "/doc/id/note/records-elsewhere")
    assert '<code class="written">owl:sameAs</code>' in note
    assert '<code class="written">schema:sameAs</code>' in note
    assert (
        '<code class="written">'
        not in main(client, "/doc/passage/17").partition('<details class="rest"')[0]
    )


def test_a_dataset_counts_its_classes_and_properties(
    client: FlaskClient, mechanisms_release: Release
) -> None:
    classes, properties = main(client, "/doc/dataset").split('<table class="parts">')[1:3]
    release = mechanisms_release
    mechanism = NamedNode(f"{release.base}ontology#Mechanism")
    things = {
        quad.subject
        for quad in release.store.quads()
        if quad.predicate == RDF.type and quad.object == mechanism
    }
    row = re.search(
        r'<tr id="f[0-9a-f]+"><th scope="row"><span id="class-Mechanism">.*?</tr>',
        classes,
        re.DOTALL,
    )
    assert row is not None
    assert f'<a href="/browse?class=iwm:Mechanism">{len(things)}</a>' in row.group()
    counts = [
        int(each.replace(",", ""))
        for each in re.findall(r'<td class="count">([0-9,]+)', properties)
    ]
    assert len(counts) > 200
    assert counts == sorted(counts, reverse=True)
    # What their IRIs name in this document is there.
    assert 'id="property-linksParty"' in properties
    assert "242 properties</summary>" in classes


def test_a_long_list_shows_a_dozen_and_how_many_more(client: FlaskClient) -> None:
    page = main(client, "/doc/dataset")
    row = page[page.index(">has subset<") :]
    first_part, _, rest = row.partition('<details class="many"><summary>')
    count = int(rest.partition(" more</summary>")[0])
    assert first_part.count("<li id=") == 12
    assert rest.partition("</details>")[0].count("<li id=") == count
    # A list of fifteen is shown whole: a fold for three is not worth opening.
    note = main(client, "/doc/id/note/records-elsewhere")
    assert note.partition("</ul>")[0].count("<li id=") <= 15


def test_what_no_shape_places_has_one_heading(client: FlaskClient) -> None:
    page = main(client, "/doc/id/mechanism/crccme")
    assert page.count(">More<") == 1
    assert '<summary><h2 id="more">More</h2>' in page
    # If the page has nothing else, the list is neither called "more" nor folded.
    alone = main(client, "/doc/query/mechanisms-of-a-country")
    assert ">More<" not in alone
    assert '<h2 id="more">Facts' in alone
