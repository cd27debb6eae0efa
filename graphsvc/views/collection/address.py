"""The state of browsing as a query string, and back: short, readable, and strictly checked.

::

    class=iwm:Organization              things of a class; several: of any of them
    iwm:side=country:finland            things with this value
    iwm:side=country:china              the same property again: this value or that
    ~iwm:hostedBy=secretariat:bfic      the property read backwards: what points to the thing
    iwm:year=2012..2017                 a number or a date in a span; 2012.. and ..2017 too
    iwm:honorific="Mr."@en              a literal as Turtle writes it, but without escapes
    iwm:countValue=7                    an integer
    iwm:date=none  iwm:date=any         no value, any value
    sort=-iwm:year                      the order, a minus for the last first; sort=label: by name
    column=iwm:side                     a column of the table; several, in this order
    facet=iwm:side                      the facet whose values are all listed
    page=2

IRIs have a prefix of the graph, or are complete; a complete one that looks like a prefixed name has
angle brackets. Every other name, value or combination is an error.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.datatypes import is_absolute_iri, is_language_tag
from graphsvc.errors import ParameterError
from graphsvc.namespaces import XSD
from graphsvc.views.collection.state import BY_LABEL, Absent, Is, Present, Sort, Span, State
from graphsvc.views.layout import PropertyRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphsvc.namespaces import Prefixes
    from graphsvc.views.collection.state import Condition, ConditionValue

MOST_PARAMETERS = 64
"""The most parameters of an address: each one costs a join."""

_LAST_PAGE = 1_000_000
_ONCE = frozenset({"sort", "facet", "page"})
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_BOUND = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,9})?|[0-9]{4}-[0-9]{2}(-[0-9]{2})?", re.ASCII)
_LABEL = "label"


def write_state(state: State, prefixes: Prefixes) -> list[tuple[str, str]]:
    """Return the parameters of a state; `read_state` is the inverse."""
    return list(_parameters(state, prefixes))


def read_state(parameters: Iterable[tuple[str, str]], prefixes: Prefixes) -> State:
    """Return the state of some parameters.

    Errors: ParameterError, which names the parameter and says what is allowed.
    """
    pairs = list(parameters)
    if len(pairs) > MOST_PARAMETERS:
        raise ParameterError(
            f"The address has {len(pairs)} parameters.",
            remedy=f"At most {MOST_PARAMETERS} are read.",
        )
    reader = _StateReader(prefixes)
    for name, text in pairs:
        reader.add(name, text)
    return reader.state()


def write_ref(ref: PropertyRef, prefixes: Prefixes) -> str:
    """Return the name of a property in an address."""
    prop = ref.property
    if not isinstance(prop, NamedNode):
        raise TypeError(f"{prop} is no property.")
    return ("~" if ref.incoming else "") + write_iri(prop.value, prefixes)


def write_iri(iri: str, prefixes: Prefixes) -> str:
    """Return the shortest form of an IRI."""
    short = prefixes.compact(iri)
    if not short.startswith("<"):
        return short
    return short if iri.partition(":")[0] in prefixes else iri


def write_condition(condition: Condition, prefixes: Prefixes) -> str:
    """Return a condition as the value of a parameter."""
    if isinstance(condition, Span):
        return f"{condition.low}..{condition.high}"
    if isinstance(condition, Is):
        return _write_value(condition.value, prefixes)
    return "any" if isinstance(condition, Present) else "none"


def read_iri(text: str, prefixes: Prefixes) -> NamedNode:
    """Return the IRI of a prefixed name, or of a complete IRI with or without angle brackets.

    Errors: ParameterError.
    """
    prefix, colon, local = text.partition(":")
    if text.startswith("<") and text.endswith(">"):
        iri = text[1:-1]
    else:
        iri = prefixes[prefix] + local if colon and prefix in prefixes else text
    if is_absolute_iri(iri):
        try:
            return NamedNode(iri)
        except ValueError:
            pass
    raise ParameterError(
        f"{text!r} is not an IRI.",
        remedy="Give a whole IRI, or a name with one of the prefixes of this graph.",
    )


def _parameters(state: State, prefixes: Prefixes) -> Iterator[tuple[str, str]]:
    for cls in state.classes:
        yield "class", write_iri(cls.value, prefixes)
    for ref, conditions in state.conditions:
        name = write_ref(ref, prefixes)
        for condition in conditions:
            yield name, write_condition(condition, prefixes)
    for ref in state.columns:
        yield "column", write_ref(ref, prefixes)
    if state.sort is not None:
        yield "sort", write_sort(state.sort, prefixes)
    if state.facet is not None:
        yield "facet", write_ref(state.facet, prefixes)
    if state.page > 1:
        yield "page", str(state.page)


def write_sort(sort: Sort, prefixes: Prefixes) -> str:
    """Return a sort order as the value of a parameter."""
    name = _LABEL if sort.ref == BY_LABEL.ref else write_ref(sort.ref, prefixes)
    return ("-" if sort.descending else "") + name


def _write_value(value: ConditionValue, prefixes: Prefixes) -> str:
    if isinstance(value, NamedNode):
        return write_iri(value.value, prefixes)
    if value.language is not None:
        return f'"{value.value}"@{value.language}'
    if value.datatype == XSD.integer and _INTEGER.fullmatch(value.value):
        return value.value
    if value.datatype == XSD.string:
        return f'"{value.value}"'
    return f'"{value.value}"^^{write_iri(value.datatype.value, prefixes)}'


class _StateReader:
    """Collects parameters and makes the state of them."""

    def __init__(self, prefixes: Prefixes) -> None:
        self._prefixes = prefixes
        self._texts: dict[str, list[str]] = {}
        self._conditions: dict[PropertyRef, list[Condition]] = {}

    def add(self, name: str, text: str) -> None:
        if ":" in name:
            conditions = self._conditions.setdefault(self._ref(name), [])
            condition = self._condition(name, text)
            conditions += [] if condition in conditions else [condition]
        elif name in ("class", "column", *_ONCE):
            self._texts.setdefault(name, []).append(text)
        else:
            raise ParameterError(
                f"There is no parameter {name!r}.",
                remedy="There are class, column, sort, facet and page; every other name is that "
                "of a property, with a prefix or whole.",
            )

    def state(self) -> State:
        for name in sorted(_ONCE & self._texts.keys()):
            if len(self._texts[name]) > 1:
                raise ParameterError(
                    f"The parameter {name} is there twice.", remedy="Give it once."
                )
        return State(
            classes=tuple(dict.fromkeys(map(self._iri, self._texts.get("class", ())))),
            conditions=tuple((ref, tuple(own)) for ref, own in self._conditions.items()),
            sort=self._sort(),
            columns=tuple(dict.fromkeys(map(self._ref, self._texts.get("column", ())))),
            facet=next(map(self._ref, self._texts.get("facet", ())), None),
            page=self._page(),
        )

    def _iri(self, text: str) -> NamedNode:
        return read_iri(text, self._prefixes)

    def _ref(self, text: str) -> PropertyRef:
        return PropertyRef(self._iri(text.removeprefix("~")), incoming=text.startswith("~"))

    def _sort(self) -> Sort | None:
        if "sort" not in self._texts:
            return None
        (text,) = self._texts["sort"]
        name = text.removeprefix("-")
        ref = BY_LABEL.ref if name == _LABEL else self._ref(name)
        return Sort(ref, descending=text.startswith("-"))

    def _page(self) -> int:
        (text,) = self._texts.get("page", ["1"])
        if re.fullmatch("[1-9][0-9]{0,6}", text) and int(text) <= _LAST_PAGE:
            return int(text)
        raise ParameterError(f"{text!r} is not the number of a page.", remedy="Pages count from 1.")

    def _condition(self, name: str, text: str) -> Condition:
        if text in ("any", "none"):
            return Present() if text == "any" else Absent()
        if text.startswith('"'):
            return Is(self._literal(name, text))
        if _INTEGER.fullmatch(text):
            return Is(Literal(text, datatype=XSD.integer))
        if ".." in text and text[0] in "0123456789-.":
            return read_span(*text.split("..", 1))
        return Is(self._iri(text))

    def _literal(self, name: str, text: str) -> Literal:
        words, _, kind = text[1:].rpartition('"')
        if len(text) > 1 and not kind:
            return Literal(words)
        if kind.startswith("^^"):
            return Literal(words, datatype=self._iri(kind[2:]))
        if kind.startswith("@") and is_language_tag(kind[1:]):
            return Literal(words, language=kind[1:])
        raise ParameterError(
            f"The value of {name} is no literal: {text!r}.",
            remedy='Write "words", "words"@en or "2017-04"^^xsd:gYearMonth.',
        )


def read_span(low: str, high: str) -> Span:
    """Return the span between two bounds; one of them may be empty.

    Errors: ParameterError.
    """
    invalid = [bound for bound in (low, high) if bound and not _BOUND.fullmatch(bound)]
    if invalid or not (low or high):
        raise ParameterError(
            f"{low + '..' + high!r} is no span.",
            remedy="Write 2012..2017, 2012.. or ..2017, with numbers or with dates such as "
            "2017-04.",
        )
    return Span(low, high)
