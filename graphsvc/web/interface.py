"""What a view tells programs of itself: the description of the interface is made of that.

Paths, methods and the variables in paths are those of the routes, and formats those that the view
negotiates; so a view adds what nothing else says: a name, a sentence, its parameters, and how it
may fail::

    @searching.get("/search/suggest")
    @for_programs(Operation("suggest", Phrase("Suggest things."), Phrase("Search"), FORMATS))
    def suggest() -> Response: …
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from graphsvc.phrases import Phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from graphsvc.formats import Format
    from graphsvc.web.site import Site

V = TypeVar("V", bound="Callable[..., object]")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation, whose values are as a JSON Schema says."""

    name: str
    about: str
    required: bool = False
    example: object = None
    schema: tuple[tuple[str, object], ...] = (("type", "string"),)


@dataclass(frozen=True, slots=True)
class Operation:
    """What a view does for programs with one method of its address.

    ``form`` are the fields of a form that a POST brings; its ``bodies`` may be the first of them
    alone, in other media types. Without a form the method is GET. ``failures`` are the statuses of
    problems, beside those that every operation may have. ``fixed`` are values of variables in the
    path.
    """

    name: str
    summary: str
    tag: str
    formats: tuple[Format, ...]
    parameters: tuple[Parameter, ...] = ()
    failures: tuple[int, ...] = ()
    form: tuple[Parameter, ...] = ()
    bodies: tuple[str, ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()

    @property
    def method(self) -> str:
        """Return the method, in lower case as OpenAPI writes it."""
        return "post" if self.form else "get"


Operations: TypeAlias = "Callable[[Site], Iterable[Operation]]"

NUMBER = Parameter(
    "page",
    Phrase("Which page, counted from 1"),
    example=1,
    schema=(("type", "integer"), ("minimum", 1)),
)

_OPERATIONS: dict[Callable[..., object], Operations] = {}


def for_programs(*operations: Operation) -> Callable[[V], V]:
    """Say what a view does for programs."""
    return for_programs_by(lambda _: operations)


def for_programs_by(operations: Operations) -> Callable[[V], V]:
    """Say what a view does for programs, where that depends on what is served."""

    def describe(view: V) -> V:
        _OPERATIONS[view] = operations
        return view

    return describe


def operations_of(views: Mapping[str, Callable[..., object]]) -> Mapping[str, Operations]:
    """Return what the views of an application do for programs, by the names of their endpoints."""
    return {name: _OPERATIONS[view] for name, view in views.items() if view in _OPERATIONS}
