"""The tutorial is done as it is written: files, commands, and what they are said to print."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import pytest
from endpoint.transports import free_port, running

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"

#: A block of the page: its language, after it the name of the file that it is saved as, its lines.
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SERVE = "graphsvc serve"


@dataclass
class Reader:
    """Somebody who does what the page says, in a folder; ``output`` is what came last."""

    folder: Path
    output: str = ""
    served: list[Path] = field(default_factory=list)

    def do(self, language: str, name: str, lines: str) -> None:
        if name:
            (self.folder / name).write_text(lines, "utf-8")
        elif language == "sh":
            self.output = "".join(map(self._run, lines.splitlines()))
        elif language == "output":
            missing = [line for line in lines.splitlines() if line not in self.output]
            assert not missing, self.output

    def _run(self, command: str) -> str:
        if command.startswith("cd "):
            self.folder /= command.removeprefix("cd ")
            return ""
        if command == _SERVE:
            self.served.append(self.folder)
            return self._serve()
        programs = str(Path(sys.executable).parent)
        result = subprocess.run(
            shlex.split(command),
            cwd=self.folder,
            env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        assert result.returncode == 0, f"{command}\n{result.stdout}"
        return result.stdout

    def _serve(self) -> str:
        """Look at the two pages that the tutorial speaks of."""
        address = f"http://127.0.0.1:{free_port()}/"
        releases = self.folder / ".graphsvc"
        with running(address, releases, "--project", self.folder):
            for page in re.findall(r"`(/doc/[^`]+)`", TUTORIAL.read_text("utf-8")):
                with urlopen(address + page.lstrip("/")) as answer:  # noqa: S310 - of this test
                    assert "Søndervig" in answer.read().decode()
        return ""


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """Return somebody who has done all that the tutorial says."""
    reader = Reader(tmp_path_factory.mktemp("tutorial"))
    for language, name, lines in _BLOCK.findall(TUTORIAL.read_text("utf-8")):
        reader.do(language, name, lines)
    return reader


def test_the_tutorial_is_done_as_it_is_written(reader: Reader) -> None:
    assert len(reader.served) == 1
    facts = (reader.folder / "data/library/facts.trig").read_text("utf-8")
    assert "#> The house cost 52,000 kroner." in facts
    # What is gone is kept.
    assert re.search(r'^# +library:soendervig schema:priceRange "150', facts, re.MULTILINE)


def test_what_it_links_to_is_there() -> None:
    linked = re.findall(r"\]\((\w+\.md)", TUTORIAL.read_text("utf-8"))
    assert linked
    assert [name for name in linked if not TUTORIAL.with_name(name).is_file()] == []
