"""The parser of the headers of query files: each error is a finding with its line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from graphsvc.errors import ParameterError
from graphsvc.findings import Finding, Severity
from graphsvc.queries.model import MARK, PARAM_TYPES, Param

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@dataclass(slots=True)
class Header:
    """Reads one header; each ``None`` or empty value that it returns has a finding."""

    path: str
    findings: list[Finding] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Return the query's name: the file's, without folder and suffix."""
        return self.path.rpartition("/")[2].removesuffix(".rq")

    def decode(self, content: bytes) -> str:
        """Return the file's text; invalid UTF-8 is replaced, with a finding."""
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            self._refuse(line, "The file is not UTF-8.", "Save it as UTF-8.")
            return content.decode("utf-8", errors="replace")

    def fields(
        self, text: str, required: Sequence[str], optional: Sequence[str]
    ) -> dict[str, yaml.Node] | None:
        """Return the header's values by key, or None if there is no valid header."""
        root = self._compose(text)
        if root is None:
            return None
        fields = self._entries(root, (*required, *optional))
        for key in required:
            if key not in fields:
                self._refuse(
                    1,
                    f"The header has no “{key}”.",
                    f"Begin the file with `{MARK} {key}: …`.",
                )
        return fields

    def text(self, node: yaml.Node | None) -> str:
        """Return the text of a value, on one line; "" if there is none."""
        if node is None:
            return ""
        if isinstance(node, yaml.ScalarNode) and str(node.value).strip():
            return " ".join(str(node.value).split())
        self._refuse(_line(node), "The value has to be a text.", "Write one, in quotes if need be.")
        return ""

    def texts(self, node: yaml.Node | None) -> Iterator[str]:
        """Yield the texts of a list."""
        if isinstance(node, yaml.SequenceNode):
            yield from (self.text(item) for item in node.value)
        elif node is not None:
            self._refuse(_line(node), "The value has to be a list.", "Write it like [one, two].")

    def severity(self, node: yaml.Node | None) -> Severity:
        """Return the severity that a value names; without a value it is an error."""
        allowed = (Severity.ERROR, Severity.WARNING)
        if node is None:
            return Severity.ERROR
        word = self.text(node)
        if word in allowed:
            return Severity(word)
        self._refuse(_line(node), f"“{word}” is no severity.", "Write error or warning.")
        return Severity.ERROR

    def params(self, node: yaml.Node | None) -> Iterator[Param]:
        """Yield the valid parameters that a value describes."""
        if node is None:
            return
        for name, details in self._entries(node).items():
            keys = ("type", "example", "about")
            values = self._entries(details, keys)
            missing = [key for key in keys if key not in values]
            if missing:
                self._refuse(
                    _line(details),
                    f"The parameter {name} lacks {', '.join(missing)}.",
                    'Write it like {type: iri, example: "https://example.org/x", about: A side}.',
                )
                continue
            param = Param(name, **{key: self.text(values[key]) for key in keys})
            if self._is_sound(param, _line(details)):
                yield param

    def _is_sound(self, param: Param, line: int) -> bool:
        if param.type not in PARAM_TYPES:
            self._refuse(
                line,
                f"The parameter {param.name} has the unknown type “{param.type}”.",
                f"Use one of: {', '.join(PARAM_TYPES)}.",
            )
            return False
        try:
            param.term(param.example)
        except ParameterError as error:
            self._refuse(line, f"The example cannot be used: {error.message}", error.remedy)
            return False
        return True

    def _compose(self, text: str) -> yaml.Node | None:
        lines = list(_header_lines(text))
        self._refuse_strays(text, len(lines))
        try:
            # Every header line gives one line of YAML, so that YAML's line numbers are the file's.
            root = yaml.compose("\n".join(lines), Loader=yaml.BaseLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            self._refuse(
                line,
                f"The header is not YAML: {error.problem}.",
                "Put values that hold a colon, a # or a quote into quotes.",
            )
            return None
        if root is None:
            self._refuse(
                1,
                "The file has no header.",
                f"Begin it with lines like `{MARK} key: value`.",
            )
        return root

    def _refuse_strays(self, text: str, header_length: int) -> None:
        for number, line in enumerate(text.splitlines()[header_length:], start=header_length + 1):
            if line.startswith(MARK):
                self._refuse(
                    number,
                    "A header line stands below the header.",
                    "Move it up: the header is the file's first lines, without a gap.",
                )

    def _entries(self, node: yaml.Node, keys: Sequence[str] | None = None) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            self._refuse(_line(node), "Here `key: value` is expected.", "Write it like that.")
            return {}
        entries: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = str(key_node.value)
            if keys is not None and key not in keys:
                self._refuse(
                    _line(key_node), f"“{key}” is no known key.", f"Known are: {', '.join(keys)}."
                )
            elif key in entries:
                self._refuse(_line(key_node), f"“{key}” stands twice.", "Keep one of them.")
            else:
                entries[key] = value
        return entries

    def _refuse(self, line: int, message: str, remedy: str) -> None:
        self.findings.append(Finding("query-header", message, remedy, path=self.path, line=line))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _header_lines(text: str) -> Iterable[str]:
    for line in text.splitlines():
        if not line.startswith(MARK):
            return
        yield line.removeprefix(MARK).removeprefix(" ")
