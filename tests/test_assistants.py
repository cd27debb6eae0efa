"""The graph for assistants: the SDK's own client starts `graphsvc mcp` and asks it over stdio."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from anyio.from_thread import start_blocking_portal
from click.testing import CliRunner
from foreign import built
from mcp import Client, MCPError, StdioServerParameters, stdio_client
from pyoxigraph import NamedNode

from graphsvc.assistants.answerer import Answerer
from graphsvc.cli import main
from graphsvc.store.oxigraph import OxigraphStore
from graphsvc.views.citation.rows import CitedRows
from graphsvc.views.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from anyio.from_thread import BlockingPortal

    from graphsvc.release import Release

LIGHTS = "https://example.org/lights/"
ROCK = f"{LIGHTS}id/light/north-rock"
OSLO = "http://example.com/census/oslo"
SECOND = {
    "iri": f"{LIGHTS}passage/2",
    "words": "North Rock Light was lit in 1871 on the order of the Harbour Board.",
}
FIFTH = f"{LIGHTS}passage/5"
THIRD = {"iri": f"{LIGHTS}passage/3", "words": "Its first keeper was Ada Quill."}

ENDLESS = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?p ?q ?r }"
)
GREEDY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?l"


class Assistant:
    """A client of the SDK, for tests that wait for each answer."""

    def __init__(self, portal: BlockingPortal, client: Client) -> None:
        self.client = client
        self.wait = portal.call

    def ask(self, tool: str, **arguments: object) -> dict[str, Any]:
        """Return the answer of a tool, or under "error" why there is none."""
        result = self.wait(self.client.call_tool, tool, arguments)
        (content,) = result.content
        assert content.type == "text"
        if result.is_error:
            return {"error": content.text}
        answer: dict[str, Any] = json.loads(content.text)
        assert answer == result.structured_content
        return answer

    def read(self, iri: str) -> dict[str, Any]:
        """Return what a resource holds."""
        (content,) = self.wait(self.client.read_resource, iri).contents
        assert content.mime_type == "application/json"
        passage: dict[str, Any] = json.loads(getattr(content, "text", ""))
        return passage

    def resources(self) -> list[str]:
        """Return the IRIs of the resources that are listed."""
        return [each.uri for each in self.wait(self.client.list_resources).resources]


@contextmanager
def started(releases: Path, *options: str) -> Iterator[Assistant]:
    """Start the command as an assistant does."""
    command = ["-m", "graphsvc", "mcp", "--releases", str(releases), *options]
    parameters = StdioServerParameters(
        command=sys.executable,
        args=command,
        cwd=releases,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
    )
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Client(stdio_client(parameters))) as client,
    ):
        yield Assistant(portal, client)


@pytest.fixture(scope="module")
def assistant(lights_release: Release) -> Iterator[Assistant]:
    """Return an assistant that has a release of the tiny project."""
    with started(lights_release.path.parent) as assistant:
        yield assistant


def test_the_tools_only_read_and_say_what_they_take(assistant: Assistant) -> None:
    tools = assistant.wait(assistant.client.list_tools).tools
    names = ["search", "describe", "list_questions", "run_question", "sparql"]
    assert [tool.name for tool in tools] == names
    for tool in tools:
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
        assert tool.description
        assert all(each["description"] for each in tool.input_schema["properties"].values())


def test_a_search_finds_things_by_name_and_sentences_by_words(assistant: Assistant) -> None:
    best, *others = assistant.ask("search", text="north rock")["hits"]
    assert (best["iri"], best["kind"]) == (ROCK, "thing")
    assert best["passages"] == [SECOND]
    assert [SECOND] in [hit["passages"] for hit in others if hit["kind"] == "sentence"]
    only = assistant.ask("search", text="north rock", kinds=["sentence"], limit=1)
    assert [hit["kind"] for hit in only["hits"]] == ["sentence"]


def test_a_thing_is_described_with_the_sentence_of_each_fact(
    assistant: Assistant, lights_release: Release
) -> None:
    answer = assistant.ask("describe", iri="light:north-rock")
    facts = {
        (fact["property"]["iri"], fact["value"].get("iri") or fact["value"]["value"]): fact
        for fact in answer["facts"]
    }
    assert facts[f"{LIGHTS}ontology#litIn", "1871"]["passages"] == [SECOND]
    # No passage states where it is administered from: a rule makes it of two.
    derived = facts[f"{LIGHTS}ontology#administeredFrom", f"{LIGHTS}id/place/ile-merrow"]
    assert derived["status"] == "inferred"
    assert "passages" not in derived
    assert [each["iri"] for each in derived["follows_from"]] == [SECOND["iri"], FIFTH]
    query = f"SELECT DISTINCT ?p ?v {{ GRAPH ?g {{ <{ROCK}> ?p ?v }} }}"
    assert len(facts) == len(answer["facts"]) == len(lights_release.store.select(query).rows)
    assert answer["complete"]


def test_a_question_is_listed_and_its_rows_cite_sentences(assistant: Assistant) -> None:
    questions = {each["name"]: each for each in assistant.ask("list_questions")["questions"]}
    assert questions["keepers"]["parameters"]["light"]["type"] == "iri"
    parameters = {"light": "light:north-rock"}
    (row,) = assistant.ask("run_question", name="keepers", parameters=parameters)["rows"]
    assert row["values"]["keeper"]["label"] == "Ada Quill"
    assert row["passages"] == [THIRD]


def test_a_query_cites_what_states_its_rows(assistant: Assistant) -> None:
    (row,) = assistant.ask("sparql", query="SELECT ?year { ?light lights:litIn ?year }")["rows"]
    year = {"value": "1871", "datatype": "http://www.w3.org/2001/XMLSchema#integer"}
    assert row == {"values": {"year": year}, "passages": []}
    query = "SELECT ?light ?year { ?light lights:litIn ?year }"
    (row,) = assistant.ask("sparql", query=query)["rows"]
    assert row["passages"] == [SECOND]
    query = "SELECT ?passage { GRAPH ?passage { ?light lights:litIn ?year } }"
    (row,) = assistant.ask("sparql", query=query)["rows"]
    assert row["passages"] == [SECOND]


def test_a_row_that_names_a_property_cites_what_states_it_with_that_property() -> None:
    base, exact = "http://example.com/", "<http://www.w3.org/ns/oa#exact>"
    lines = [
        f"<{base}{thing}> <{base}{prop}> <{base}oslo> <{base}{passage}> .\n"
        f'<{base}{passage}> {exact} "{words}" <{base}texts> .\n'
        for thing, prop, passage, words in (
            ("ada", "livesIn", "p1", "Ada lives in Oslo."),
            ("ada", "bornIn", "p2", "Ada was born in Oslo."),
        )
    ]
    graph = Graph(OxigraphStore.load("".join(lines).encode(), {}, NamedNode(f"{base}apart")), base)
    ada, born, oslo = (NamedNode(base + name) for name in ("ada", "bornIn", "oslo"))
    cited = CitedRows(graph, [(ada, oslo), (ada, born, oslo), (oslo, born)], "en")
    assert [each.iri for each in cited.passages((ada, oslo))] == [f"{base}p1", f"{base}p2"]
    assert [each.iri for each in cited.passages((ada, born, oslo))] == [f"{base}p2"]
    assert cited.passages((oslo, born)) == []


def test_a_query_may_ask_for_a_graph_or_for_yes_or_no(assistant: Assistant) -> None:
    query = "CONSTRUCT { ?light lights:opposite ?other } WHERE { ?light lights:opposite ?other }"
    whole = assistant.ask("sparql", query=query)
    assert whole["columns"] == ["subject", "property", "value"]
    assert whole["complete"]
    part = assistant.ask("sparql", query=query, limit=1)
    assert part["rows"] == whole["rows"][:1]
    assert not part["complete"]
    assert assistant.ask("sparql", query="ASK { ?s lights:litIn 1871 }") == {"boolean": True}


def test_a_passage_is_a_resource_under_its_iri(assistant: Assistant) -> None:
    assert assistant.resources()[1:3] == [SECOND["iri"], THIRD["iri"]]
    listed = assistant.wait(assistant.client.list_resource_templates).resource_templates
    assert [each.uri_template for each in listed] == ["{+iri}"]
    passage = assistant.read(SECOND["iri"])
    assert passage["words"] == SECOND["words"]
    assert passage["source"]["iri"].startswith(LIGHTS)
    assert passage["next"] == THIRD["iri"]
    stated = [(fact["subject"]["label"], fact["value"].get("value")) for fact in passage["facts"]]
    assert ("North Rock Light", "1871") in stated


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("sparql", {"query": "SELECT ?a WHERE { ?a a ?b"}, ["Line 1, column", "^", "}"]),
        ("sparql", {"query": " "}, ["The query is empty."]),
        ("sparql", {"query": "SELECT * { SERVICE <http://a.example/> { ?s ?p ?o } }"}, ["SERVICE"]),
        ("run_question", {"name": "keeper"}, ["keepers"]),
        ("run_question", {"name": "keepers", "parameters": {"light": "?"}}, ["takes an IRI"]),
        ("describe", {"iri": f"{LIGHTS}id/light/none"}, ["Nothing in this graph"]),
        ("describe", {"iri": "no IRI"}, ["Nothing in this graph"]),
    ],
)
def test_an_error_says_what_is_wrong_and_where(
    assistant: Assistant, tool: str, arguments: dict[str, object], words: list[str]
) -> None:
    error = assistant.ask(tool, **arguments)["error"]
    assert all(each in error for each in words), error


@pytest.mark.parametrize("iri", [ROCK, f"{LIGHTS}passage/99", "file:///etc/../passwd"])
def test_what_is_no_passage_is_no_resource(assistant: Assistant, iri: str) -> None:
    with pytest.raises(MCPError, match="404"):
        assistant.read(iri)


@pytest.mark.parametrize(
    ("query", "options", "words"),
    [
        (ENDLESS, ("--deadline", "1"), "longer than 1 second"),
        (GREEDY, ("--request-memory", "64"), "more memory"),
    ],
    ids=["time", "memory"],
)
def test_a_query_is_ended_at_its_bound_and_the_next_one_answered(
    lights_release: Release, query: str, options: tuple[str, ...], words: str
) -> None:
    with started(lights_release.path.parent, *options) as assistant:
        assert words in assistant.ask("sparql", query=query)["error"]
        assert assistant.ask("sparql", query="ASK { }") == {"boolean": True}


def test_a_question_that_is_given_up_is_not_answered_to_the_next_one(
    lights_release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAPHSVC_RELEASES", str(lights_release.path.parent))

    async def talk() -> dict[str, Any]:
        answerer = Answerer(lights_release.path, deadline=60)
        async with answerer.running():
            await answerer.ask("list_questions")
            with anyio.move_on_after(0.05):
                await answerer.ask("sparql", query=ENDLESS, limit=1)
            return await answerer.ask("sparql", query="ASK { }", limit=1)

    assert anyio.run(talk) == {"boolean": True}


def test_a_graph_without_passages_says_whose_graphs_state_its_facts(tmp_path: Path) -> None:
    built(tmp_path, "graphs.trig")
    with started(tmp_path) as assistant:
        oslo = assistant.ask("describe", iri=OSLO)
        answer = assistant.ask("search", text="Oslo")
        questions = assistant.ask("list_questions")
        query = f"SELECT ?number {{ <{OSLO}> ?property ?number }} ORDER BY ?number"
        rows = assistant.ask("sparql", query=query)["rows"]
        resources = assistant.resources()
    facts = {fact["value"].get("value") or fact["value"]["label"]: fact for fact in oslo["facts"]}
    assert facts["227626"]["graphs"] == ["Census of 1900"]
    assert "passages" not in facts["227626"]
    assert facts["Oslo"]["graphs"] == ["Census of 1900", "Census of 2000"]
    (nameless,) = (fact for fact in oslo["facts"] if "parts" in fact)
    assert nameless["parts"][0]["value"] == {"value": "Per Ditlev-Simonsen"}
    assert answer["hits"][0]["iri"] == OSLO
    assert questions == {"questions": []}
    assert [row["passages"] for row in rows] == [[]] * len(rows)
    assert resources == []


def test_without_a_release_the_command_says_what_to_do(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["mcp", "--releases", str(tmp_path / "none")])
    assert result.exit_code == 1
    assert "graphsvc build" in result.output


def test_without_the_sdk_the_command_says_what_to_install(tmp_path: Path) -> None:
    program = "import sys; sys.modules['mcp'] = None; from graphsvc.cli import main; main(['mcp'])"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert result.returncode == 2
    assert "pip install 'graphsvc[mcp]'" in result.stderr
