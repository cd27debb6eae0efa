"""Each layer imports only lower layers. The table is the rule; the code is parsed, not run."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "graphsvc"

#: From the top down. A module may import modules of lower layers, and those of its own layer
#: that stand to the right of it; a package counts as one, with all that is in it.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("__main__",),
    ("cli",),
    ("doctor",),
    ("assistants",),
    ("server",),
    ("editing",),
    ("web",),
    ("views",),
    ("survey", "publishing"),
    ("changes", "validation", "explain", "description", "datasets", "authoring"),
    ("queries",),
    (
        "build",
        "canonical",
        "release_repository",
        "ontology_versions",
        "release",
        "checksums",
        "dumps",
        "document_addresses",
        "listing",
    ),
    ("rdf_project",),
    (
        "inference",
        "sources",
        "files",
        "tables",
        "layout",
        "base_iris",
        "rdf_files",
        "parsing",
        "file_limits",
        "texts",
        "trig",
        "search",
    ),
    ("statistics",),
    ("remote",),
    ("store",),
    ("vocabularies", "naming"),
    ("namespaces",),
    ("diagnostics", "grammar"),
    ("pictures",),
    (
        "formats",
        "datatypes",
        "phrases",
        "language_priority",
        "known_prefixes",
        "settings",
        "setting_sources",
        "setting_values",
        "hosts",
        "colours",
        "profiles",
        "progress",
        "sparql",
        "errors",
        "findings",
        "non_rdf_files",
        "spelling",
    ),
)
#: The layers that may import these libraries: Flask serves HTTP; click and rich, the command line.
CONFINED = {
    "flask": {"web", "editing"},
    "werkzeug": {"web"},
    "jinja2": {"web", "editing"},
    "click": {"cli", "server"},
    "rich": {"cli", "validation"},
    "mcp": {"assistants"},
}

ORDER = {name: number for number, name in enumerate(name for layer in LAYERS for name in layer)}
MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Return the modules that a file imports, those for type checking alone left out."""
    tree = ast.parse(path.read_text("utf-8"))
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    modules: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} has a relative import"
            modules.update(f"{node.module}.{alias.name}" for alias in node.names)
    return modules


def part(path: Path) -> str:
    """Return the part of the package that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def ours(module: str) -> str | None:
    """Return the part of graphsvc that an import names, or None if it is another package."""
    names = module.split(".")
    if names[0] != "graphsvc":
        return None
    return names[1] if len(names) > 1 and names[1] in ORDER else "__init__"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_is_under_it(path: Path) -> None:
    here = part(path)
    if here == "__init__":
        assert not [module for module in imported(path) if ours(module)]
        return
    assert here in ORDER, f"graphsvc/{here} has no place in the table of layers"
    for module in sorted(imported(path)):
        there = ours(module)
        if there not in (None, here, "__init__"):
            assert ORDER[here] < ORDER[there], f"{path.name} imports {module}, which is above it"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_libraries_of_one_place_stay_there(path: Path) -> None:
    for module in imported(path):
        homes = CONFINED.get(module.split(".")[0], {part(path)})
        assert part(path) in homes, f"{path.name} imports {module}"


def test_the_table_names_what_is_there() -> None:
    assert set(ORDER) == {part(path) for path in MODULES} - {"__init__"}


def test_imports_are_found_where_they_are(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text(
        "from typing import TYPE_CHECKING\nimport graphsvc.web\n"
        "if TYPE_CHECKING:\n    from graphsvc import cli\n"
        "def late():\n    from graphsvc.cli.build import build\n"
    )
    modules = imported(file)
    assert {ours(module) for module in modules} == {None, "web", "cli"}
    assert "graphsvc.cli" not in modules


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_can_be_read_at_one_sitting(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400
