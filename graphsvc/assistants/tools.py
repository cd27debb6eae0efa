"""What an assistant can ask, as the SDK of the Model Context Protocol declares it.

Nothing is answered here: each tool and resource is a method of `library.Library`, which a process
of its own calls. https://modelcontextprotocol.io/specification/2025-11-25/server/tools
"""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver import MCPServer, ResourceSecurity
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp_types import Resource, ToolAnnotations
from pydantic import Field

from graphsvc import __version__
from graphsvc.assistants.answerer import Answerer, Refusal
from graphsvc.search import EntryKind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

_INSTRUCTIONS = """\
A knowledge graph in which facts cite the sentences that state them. Facts, rows and hits come with
`passages`: the IRI and the words of each sentence. Cite these. What has no passages is stated by
no text: `status` and `graphs` say who says so, and `follows_from` has the sentences of which a
rule makes it. Read a passage as a resource, by its IRI, for its source and all that it states.
Find IRIs with `search`, prefer a question of `list_questions` to a query of your own, and use
`sparql` for the rest."""

_READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
_JSON = "application/json"

_Words = Annotated[str, Field(description="Words of a name or of a sentence")]
_Kinds = Annotated[
    tuple[EntryKind, ...], Field(description="Kinds of hits; without any, all of them")
]
_Iri = Annotated[str, Field(description="The IRI of the thing, or a name with a known prefix")]
_Name = Annotated[str, Field(description="The name of the question, as list_questions has it")]
_Parameters = Annotated[
    dict[str, str] | None,
    Field(description="Values by name; what is left out has its example's value"),
]
_Query = Annotated[str, Field(description="A SPARQL 1.1 query; it may leave out known prefixes")]
_Hits = Annotated[int, Field(ge=1, le=100, description="How many hits at most")]
_Offset = Annotated[int, Field(ge=0, le=10_000, description="How many hits to leave out first")]
_Rows = Annotated[int, Field(ge=1, le=1000, description="How many rows at most")]


class _Server(MCPServer[None]):
    """The server, whose list of resources is that of the graph's passages."""

    def __init__(self, answerer: Answerer) -> None:
        @asynccontextmanager
        async def lifespan(_: MCPServer[None]) -> AsyncIterator[None]:
            async with answerer.running():
                yield

        super().__init__(
            "graphsvc",
            version=__version__,
            instructions=_INSTRUCTIONS,
            lifespan=lifespan,
            log_level="WARNING",
        )
        self._answerer = answerer

    async def list_resources(self) -> list[Resource]:
        """Return the first passages of the texts."""
        answer = await self._answerer.ask("passages")
        return [
            Resource(uri=each["iri"], name=each["iri"], description=each["words"], mime_type=_JSON)
            for each in answer["passages"]
        ]


def server(release: Path, deadline: float) -> MCPServer[None]:
    """Return what answers from the release in a folder, in ``deadline`` seconds at most."""
    answerer = Answerer(release, deadline)
    mcp_server = _Server(answerer)

    async def ask(method: str, /, **arguments: object) -> dict[str, Any]:
        try:
            return await answerer.ask(method, **arguments)
        except Refusal as refusal:
            raise ToolError(str(refusal)) from refusal

    @mcp_server.tool(annotations=_READS)
    async def search(
        text: _Words, kinds: _Kinds = (), limit: _Hits = 10, offset: _Offset = 0
    ) -> dict[str, Any]:
        """Find things by their names, and sentences by their words; the best hits come first."""
        return await ask("search", text=text, kinds=kinds, limit=limit, offset=offset)

    @mcp_server.tool(annotations=_READS)
    async def describe(iri: _Iri) -> dict[str, Any]:
        """Return every fact about a thing, each with the sentences that state it."""
        return await ask("describe", iri=iri)

    @mcp_server.tool(annotations=_READS)
    async def list_questions() -> dict[str, Any]:
        """List the named questions, with their parameters."""
        return await ask("list_questions")

    @mcp_server.tool(annotations=_READS)
    async def run_question(
        name: _Name, parameters: _Parameters = None, limit: _Rows = 50
    ) -> dict[str, Any]:
        """Answer a question of the list; each row comes with the sentences that state it."""
        return await ask("run_question", name=name, parameters=parameters or {}, limit=limit)

    @mcp_server.tool(annotations=_READS)
    async def sparql(query: _Query, limit: _Rows = 50) -> dict[str, Any]:
        """Answer a SPARQL query; each row comes with the sentences that state facts of its terms.

        A row with a passage (`GRAPH ?passage { … }`) cites that one. Time and memory are bounded.
        """
        return await ask("sparql", query=query, limit=limit)

    @mcp_server.resource(
        "{+iri}", mime_type=_JSON, security=ResourceSecurity(exempt_params=frozenset({"iri"}))
    )
    async def passage(iri: str) -> str:
        """Read a passage: its words, its source, the passages beside it, the facts it states."""
        try:
            answer = await answerer.ask("passage", iri=iri)
        except Refusal as refusal:
            raise ResourceNotFoundError(str(refusal)) from refusal
        return json.dumps(answer, ensure_ascii=False, indent=1)

    return mcp_server
