"""Every example of docs/endpoint.md is run, and does what its words say."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from graphsvc.store.syntax import MOST_NESTED
from graphsvc.web import protocol

from .transports import FORM_TYPE, Answer, OverHttp, Pairs

TEXT = (Path(__file__).parents[2] / "docs" / "endpoint.md").read_text("utf-8")
SHELL = re.findall(r"^```sh\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
EACH = re.compile(r"^(?=curl)", re.MULTILINE)
COMMANDS = [command for block in SHELL for command in EACH.split(block)[1:]]
PROGRAMS = re.findall(r"^```python\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)

#: What each command brings, in the order of the document.
EXPECTED = [
    (200, "mechanism\r\nhttp"),
    (200, "true"),
    (200, "statedName"),
    (200, "s,p,o\r\n"),
    (200, "sd:Service"),
    (200, "iwm:secretariatProvidedBy"),
    (200, "?name\n"),
    (400, "Did you mean"),
]


def here(text: str, address: str) -> str:
    """Return an example as it is for the server of this test, whose address is its base."""
    return text.replace("http://127.0.0.1:8080/", address).replace("https://w3id.org/iwm/", address)


def curl(command: str) -> Answer:
    """Do what curl does for the few options that the examples use."""
    words = iter(shlex.split(command.replace("\\\n", " "))[1:])
    address, as_get, headers, data = "", False, Pairs(), ""
    for word in words:
        if word == "-G":
            as_get = True
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers.append((name, value))
        elif word == "--data-urlencode":
            name, _, value = next(words).partition("=")
            data += ("&" if data else "") + urlencode({name: value})
        elif word == "--data-binary":
            data = next(words)
        else:
            assert word.startswith("http://"), f"{word} is not known here"
            address = word
    parts = urlsplit(address)
    client = OverHttp(f"{parts.scheme}://{parts.netloc}/")
    if as_get or not data:
        return client.send("GET", parts.path + (f"?{data}" if data else ""), headers)
    if "Content-Type" not in dict(headers):
        headers.append(("Content-Type", FORM_TYPE))
    return client.send("POST", parts.path, headers, data.encode())


@pytest.mark.parametrize("number", range(len(COMMANDS)))
def test_an_example_of_the_shell(server_with_deadline: str, number: int) -> None:
    answer = curl(here(COMMANDS[number], server_with_deadline))
    status, words = EXPECTED[number]
    assert answer.status == status, answer.text
    assert words in answer.text


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_an_example_in_python(server_with_deadline: str, number: int) -> None:
    command = [sys.executable, "-c", here(PROGRAMS[number], server_with_deadline)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert ("2007", "Xi Jinping")[number] in result.stdout


def test_the_limits_are_those_of_the_code() -> None:
    for limit in (protocol.LONGEST_ADDRESS, protocol.LARGEST_BODY, MOST_NESTED):
        assert f"{limit:,}" in TEXT


def test_every_parameter_and_version_is_described() -> None:
    for name in ("query", "default-graph-uri", "named-graph-uri", "format", "explain", "version"):
        assert f"| `{name}` |" in TEXT
    for version in protocol.VERSIONS:
        assert f"`{version}`" in TEXT
