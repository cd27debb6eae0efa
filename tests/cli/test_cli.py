"""The command line as it is called: exit codes, what is said where, and every format."""

from __future__ import annotations

import csv
import http.client
import io
import json
import os
import pty
import re
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
import rdflib
from click.testing import CliRunner, Result

from graphsvc import __version__
from graphsvc.build import current
from graphsvc.cli import COMMANDS, main
from graphsvc.cli.reference import documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("no_java")

PROGRAM = [sys.executable, "-c", "from graphsvc.cli import main; main(prog_name='graphsvc')"]
ROCK = "https://example.org/lights/id/light/north-rock"


@pytest.fixture(scope="session")
def releases(lights_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a release of the tiny project, built by the command."""
    folder = tmp_path_factory.mktemp("cli")
    result = CliRunner().invoke(
        main, ["build", "--project", str(lights_folder), "--releases", str(folder)]
    )
    assert result.exit_code == 0, result.output
    assert current(folder).id in result.output
    return folder


@pytest.fixture
def query(lights_folder: Path, releases: Path) -> Callable[..., Result]:
    """Return a function that calls `graphsvc query` on the tiny project."""

    def call(*arguments: str, stdin: str | None = None) -> Result:
        options = ["--project", str(lights_folder), "--releases", str(releases)]
        return CliRunner().invoke(main, ["query", *arguments, *options], input=stdin)

    return call


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(main, ["--version"]).output == f"graphsvc {__version__}\n"


def test_reference_documents_are_fresh() -> None:
    for path, text in documents(ROOT).items():
        assert path.read_text("utf-8") == text, "run: python -m graphsvc.cli.reference"


def test_check_of_a_sound_project(lights_folder: Path) -> None:
    result = CliRunner().invoke(main, ["check", "--project", str(lights_folder)])
    assert result.exit_code == 0, result.output


def test_check_as_json(lights_folder: Path) -> None:
    result = CliRunner().invoke(main, ["check", "--json", "--project", str(lights_folder)])
    report = json.loads(result.output)
    assert report["ok"] is True
    assert set(report["counts"]) == {"error", "warning", "note"}


def test_a_project_that_is_not_there(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["check", "--project", str(tmp_path / "nowhere")])
    assert result.exit_code == 1
    assert "There is no file or folder" in result.stderr
    assert "Mend the path" in result.stderr


def test_a_setting_that_cannot_be_used(lights_folder: Path) -> None:
    result = CliRunner().invoke(
        main, ["check", "--project", str(lights_folder), "--base-iri", "lights"]
    )
    assert result.exit_code == 2
    assert "base_iri" in result.stderr


def test_a_command_waits_for_nothing_that_it_does_not_need() -> None:
    script = (
        "import sys; from graphsvc.cli import main; main(['--version'], standalone_mode=False); "
        "print([name for name in ('flask', 'pyoxigraph', 'rdflib', 'rich') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert result.stdout.decode().splitlines() == [f"graphsvc {__version__}", "[]"]


def test_every_command_that_is_listed_is_there() -> None:
    context = click.Context(main)
    assert [main.get_command(context, name) is None for name in main.list_commands(context)] == (
        [False] * len(COMMANDS)
    )
    assert CliRunner().invoke(main, ["none"]).exit_code == 2


def test_an_option_that_does_not_exist() -> None:
    assert CliRunner().invoke(main, ["check", "--quick"]).exit_code == 2


def test_a_failing_build_leaves_the_served_release(
    edit: Callable[[str, str, str], Path], lights_copy: Path
) -> None:
    assert CliRunner().invoke(main, ["build", "--project", str(lights_copy)]).exit_code == 0
    served = current(lights_copy / ".graphsvc" / "releases").id
    edit("data/ile-merrow/facts.trig", "lights:orderedBy", "lights:orderdBy")
    result = CliRunner().invoke(main, ["build", "--project", str(lights_copy)])
    assert result.exit_code == 1
    assert "data/ile-merrow/facts.trig" in result.stderr
    assert "Did you mean lights:orderedBy?" in result.stderr
    assert current(lights_copy / ".graphsvc" / "releases").id == served


def test_build_under_another_base(lights_folder: Path, tmp_path: Path) -> None:
    options = ["--project", str(lights_folder), "--releases", str(tmp_path)]
    base = ["--base-iri", "http://127.0.0.1:8080/"]
    assert CliRunner().invoke(main, ["build", *options, *base]).exit_code == 0
    result = CliRunner().invoke(main, ["query", "lights", *options, *base])
    assert "<http://127.0.0.1:8080/id/light/north-rock>" in result.stdout
    assert "example.org" not in result.stdout


def test_queries_are_listed(query: Callable[..., Result]) -> None:
    result = query()
    assert result.exit_code == 0
    for name in ("keepers", "lights", "what-the-terms-are-used-for"):
        assert name in result.stdout


def test_a_named_query_into_a_pipe_is_tsv(query: Callable[..., Result]) -> None:
    lines = query("keepers").stdout.splitlines()
    assert lines[0] == "?light\t?keeper\t?words"
    assert lines[1].startswith(f"<{ROCK}>\t")


def test_a_parameter_is_set_by_iri_or_prefixed_name(query: Callable[..., Result]) -> None:
    spit = "https://example.org/lights/id/light/south-spit"
    assert ROCK not in query("keepers", "--param", f"light={spit}").stdout
    assert query("keepers", "-p", "light=light:north-rock").stdout == query("keepers").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["keeprs"], "Did you mean keepers?"),
        (["keepers", "--param", "keeper=x"], "no parameter “keeper”"),
        (["keepers", "--param", "light=north rock"], "takes an IRI"),
        (["keepers", "--param", "light"], "--param name=value"),
        (["keepers", "--format", "xlsx"], "xlsx"),
    ],
)
def test_a_wrong_call(query: Callable[..., Result], arguments: list[str], words: str) -> None:
    result = query(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""


def test_a_syntax_error_is_shown_with_a_caret(query: Callable[..., Result]) -> None:
    result = query("-", stdin="SELECT ?s\nWHERE { ?s a nothing:Light }\n")
    assert result.exit_code == 1
    assert "line 2, column 14:\nWHERE { ?s a nothing:Light }\n             ^\n" in result.stderr


def test_federation_is_refused(query: Callable[..., Result]) -> None:
    result = query("-", stdin="ASK { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }")
    assert result.exit_code == 1
    assert "SERVICE is refused" in result.stderr


def test_a_file_is_asked(query: Callable[..., Result], tmp_path: Path) -> None:
    file = tmp_path / "mine.rq"
    file.write_text("SELECT ?x WHERE { ?x a lights:Lighthouse } ORDER BY ?x", "utf-8")
    assert query(str(file)).stdout.splitlines()[1] == f"<{ROCK}>"


def test_a_file_with_a_wrong_header(query: Callable[..., Result], tmp_path: Path) -> None:
    file = tmp_path / "mine.rq"
    file.write_text("#+ sumary: Which?\nASK {}", "utf-8")
    result = query(str(file))
    assert result.exit_code == 1
    assert "“sumary” is no known key" in result.stderr


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv"])
def test_a_table_in_every_format(query: Callable[..., Result], name: str) -> None:
    result = query("lights", "--format", name)
    assert result.exit_code == 0
    read: dict[str, Callable[[str], int]] = {
        "json": lambda text: len(json.loads(text)["results"]["bindings"]),
        "xml": lambda text: text.count("<result>"),
        "csv": lambda text: len(list(csv.reader(io.StringIO(text)))) - 1,
        "tsv": lambda text: len(text.splitlines()) - 1,
    }
    assert read[name](result.stdout) == 3


@pytest.mark.filterwarnings(
    "ignore:(Dataset.default_context|ConjunctiveGraph) is deprecated:DeprecationWarning"
)
@pytest.mark.parametrize(
    ("name", "parser"),
    [
        ("ttl", "turtle"),
        ("nt", "nt"),
        ("rdf", "xml"),
        ("jsonld", "json-ld"),
        ("trig", "trig"),
        ("nq", "nquads"),
        ("n3", "n3"),
    ],
)
def test_a_graph_in_every_format(query: Callable[..., Result], name: str, parser: str) -> None:
    result = query("-", "--format", name, stdin=f"DESCRIBE <{ROCK}>")
    assert result.exit_code == 0
    read = rdflib.Dataset(default_union=True)
    read.parse(data=result.stdout, format=parser)
    assert (rdflib.URIRef(ROCK), None, None) in read


def test_a_format_that_cannot_carry_the_answer(query: Callable[..., Result]) -> None:
    result = query("lights", "--format", "ttl")
    assert result.exit_code == 1
    assert "text/csv" in result.stderr


def test_a_yes_or_no(query: Callable[..., Result]) -> None:
    assert query("-", stdin=f"ASK {{ <{ROCK}> ?p ?o }}").stdout.strip() == "true"


def test_without_a_release_the_remedy_is_told(lights_folder: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        main, ["query", "--project", str(lights_folder), "--releases", str(tmp_path)]
    )
    assert result.exit_code == 1
    assert "graphsvc build" in result.stderr


def test_changed_files_are_told(edit: Callable[[str, str, str], Path], lights_copy: Path) -> None:
    assert CliRunner().invoke(main, ["build", "--project", str(lights_copy)]).exit_code == 0
    edit("queries/lights.rq", "Which lights are there", "What lights are there")
    result = CliRunner().invoke(main, ["query", "lights", "--project", str(lights_copy)])
    assert result.exit_code == 0
    assert "changed since" in result.stderr


def test_a_terminal_gets_a_table(lights_folder: Path, releases: Path) -> None:
    ours, theirs = pty.openpty()
    options = ["--project", str(lights_folder), "--releases", str(releases)]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "200"}
    with os.fdopen(ours, "rb", buffering=0) as screen:
        with subprocess.Popen(
            [*PROGRAM, "query", "lights", *options], stdout=theirs, env=environment
        ) as child:
            os.close(theirs)
            screen_text = "".join(read_terminal(screen))
        assert child.returncode == 0
    plain = re.sub(r"\x1b\[[0-9;]*m", "", screen_text)
    assert "light:north-rock" in plain
    assert "North Rock Light" in plain
    assert "@en" not in plain
    assert "3 rows" in plain


def read_terminal(screen: io.FileIO | io.RawIOBase) -> Iterator[str]:
    # A terminal ends in an error, not in an end of file, when its last writer has gone.
    try:
        while chunk := screen.read(4096):
            yield chunk.decode("utf-8", "replace")
    except OSError:
        return


def test_serve_builds_and_answers(lights_copy: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [*PROGRAM, "serve", "--project", str(lights_copy), "--port", str(port)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        assert server.stdout is not None
        try:
            lines = list(until(server.stdout, "Serving "))
            assert any(line.startswith("Release ") for line in lines)
            assert any(f"http://127.0.0.1:{port}/" in line for line in lines)
            connection = connected(port, server)
            connection.request("GET", "/sparql?query=ASK%20%7B%7D", headers={"Accept": "text/csv"})
            response = connection.getresponse()
            assert (response.status, response.read().strip()) == (200, b"true")
            connection.close()
        finally:
            server.terminate()
            server.stdout.read()


def connected(port: int, server: subprocess.Popen[str]) -> http.client.HTTPConnection:
    """Connect as soon as the server listens; fail if it ends before it does."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for _ in range(300):
        try:
            connection.connect()
        except ConnectionRefusedError:
            with suppress(subprocess.TimeoutExpired):
                pytest.fail(f"the server ended with exit code {server.wait(timeout=0.1)}")
        else:
            return connection
    pytest.fail("the server does not listen")


def until(lines: Iterator[str] | io.TextIOBase, words: str) -> Iterator[str]:
    for line in lines:
        yield str(line)
        if words in line:
            return
    pytest.fail(f"the server ended without saying {words!r}")
