"""The documents about the program, as pages for the service: Sphinx makes them of Markdown.

``python deploy/documentation.py`` writes them to graphsvc/web/documentation.json, or to the file
that it is given, by their names: the title, the sections and the body of each, as HTML. In a link
to another one of them, `HERE` stands for the address under which the service has them all. A link
that leads nowhere is an error.
"""

from __future__ import annotations

import json
import re
import sys
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

from docutils.nodes import SkipNode
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.console import nocolor
from sphinx.writers.html5 import HTML5Translator
from sphinxcontrib.serializinghtml import JSONHTMLBuilder

if TYPE_CHECKING:
    from docutils.nodes import Element, entry, table

ROOT = Path(__file__).parents[1]

#: Documents that stand elsewhere than in docs/, and their names.
_ELSEWHERE = {
    "CHANGELOG.md": "changelog",
    "CONTRIBUTING.md": "contributing",
    "SECURITY.md": "security",
    "ontology/CHANGELOG.md": "ontology-changelog",
}
HERE = "docs:"

_LINK = re.compile(r"\]\((?![a-z]+:|#)([^)\s#]+)")

_CONFIGURATION = {
    "extensions": ["myst_parser", "documentation"],
    "html_permalinks": False,
    # Words stay as they are written.
    "smartquotes": False,
    "html_copy_source": False,
    "html_use_index": False,
    # The names of sections in links are those that GitHub gives them.
    "myst_heading_anchors": 4,
    # The index is a document with links, as the others are.
    "suppress_warnings": ["toc.not_included"],
}


class Pages(JSONHTMLBuilder):
    """Writes the bodies of pages; where they are served is not known."""

    name = "pages"
    #: Its page of a search would take the place of the document of that name.
    search = False

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:  # noqa: ARG002
        """Return the link from one document to another."""
        return "" if from_ == to else f"{HERE}{'' if to == 'index' else to}"


class Body(HTML5Translator):
    """Writes tables and code so that they are scrolled by keyboard where a screen is narrow."""

    def visit_table(self, node: table) -> None:
        """Open the box of a table."""
        self.body.append('<div class="scroll" tabindex="0" role="group" aria-label="Table">')
        super().visit_table(node)

    def depart_table(self, node: table) -> None:
        """Close the box of a table."""
        super().depart_table(node)
        self.body.append("</div>")

    def visit_entry(self, node: entry) -> None:
        """Open a cell; that of a head says that it is the head of its column."""
        super().visit_entry(node)
        self.body[-1] = self.body[-1].replace("<th ", '<th scope="col" ')

    def visit_literal_block(self, node: Element) -> NoReturn:
        """Write code as the other pages have it."""
        code = self.encode(node.astext())
        self.body.append(f'<pre tabindex="0"><code>{code}</code></pre>\n')
        raise SkipNode


def make(target: Path) -> None:
    """Write the documents. Errors: ExtensionError, with what is wrong and where."""
    with TemporaryDirectory() as folder:
        sources, made = Path(folder, "sources"), Path(folder, "made")
        sources.mkdir()
        for path, name in _names().items():
            (sources / f"{name}.md").write_text(_with_links_of_names(path), "utf-8")
        _run(sources, made)
        pages = {name: _page(made / f"{name}.fjson") for name in sorted(_names().values())}
    target.write_text(json.dumps(pages, ensure_ascii=False, indent=0), "utf-8")


def _names() -> dict[Path, str]:
    own = {path: path.stem for path in (ROOT / "docs").glob("*.md")}
    return own | {ROOT / path: name for path, name in _ELSEWHERE.items()}


def _with_links_of_names(path: Path) -> str:
    """Return the text of a document, its links to others as if all were in one folder."""
    names = _names()

    def link(match: re.Match[str]) -> str:
        name = names.get((path.parent / match[1]).resolve())
        return f"]({name}.md" if name else match[0]

    return _LINK.sub(link, path.read_text("utf-8"))


def _run(sources: Path, made: Path) -> None:
    nocolor()
    warnings = StringIO()
    app = Sphinx(
        *(sources, None, made, made / ".doctrees", Pages.name, _CONFIGURATION),
        status=None,
        warning=warnings,
    )
    app.build(force_all=True)
    if warnings.getvalue():
        raise ExtensionError(warnings.getvalue().replace(f"{sources}/", ""))


def setup(app: Sphinx) -> None:
    """Give Sphinx, to which this is an extension, the way to write these pages."""
    app.add_builder(Pages)
    app.set_translator(Pages.name, Body)


def _page(file: Path) -> dict[str, str]:
    page = json.loads(file.read_text("utf-8"))
    return {part: page[part] for part in ("title", "toc", "body")}


if __name__ == "__main__":
    try:
        make(Path(*sys.argv[1:2] or (ROOT / "graphsvc" / "web" / "documentation.json",)))
    except ExtensionError as error:
        sys.exit(str(error))
