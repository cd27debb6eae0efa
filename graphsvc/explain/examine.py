"""The examination of one query, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc import grammar, sparql
from graphsvc.errors import GraphsvcError
from graphsvc.explain import causes, patterns
from graphsvc.explain.model import Explanation, OmissionNote, Reason, Unexamined
from graphsvc.explain.omissions import omissions
from graphsvc.explain.patterns import PatternReader
from graphsvc.explain.probes import OutOfProbesError, Probes
from graphsvc.explain.terms import iris, look_up
from graphsvc.namespaces import Prefixes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphsvc.explain.patterns import PatternPart
    from graphsvc.explain.terms import UnknownTerm
    from graphsvc.grammar import Node
    from graphsvc.store.base import GraphSelection, Store

#: CONSTRUCT WHERE has one pattern for template and condition; it asks what SELECT * would, and
#: the two are equally long, so that every place stays where it is.
_SHORT_FORM = ("CONSTRUCT", "SELECT * ")


def examine(
    store: Store, query: str, graphs: GraphSelection, prefixes: Mapping[str, str]
) -> Explanation:
    """Examine a query: see ``explain_empty``."""
    reading = _read(query)
    whole = None if reading is None else patterns.form(reading[1])
    text = query if reading is None else reading[0]
    reader = PatternReader(text)
    heads = [] if reading is None else reading[1].nodes("Query")[0].nodes("Prologue")
    probes = Probes(
        store,
        graphs,
        "".join(map(reader.text, heads)),
        " ".join(map(reader.text, whole.nodes("Dataset"))) if whole else "",
        Prefixes({**prefixes, **sparql.declared_prefixes(query)}),
    )
    has_answer = probes.has_answer(query)
    if whole is None:
        unread = Unexamined("The query uses syntax that this examination does not know.", None)
        return Explanation(not has_answer, unexamined=() if has_answer else (unread,))
    return _Examination(query, whole, reader, probes, prefixes).explanation(has_answer)


def _read(query: str) -> tuple[str, Node] | None:
    """Return the query and its tree, CONSTRUCT WHERE as the SELECT that it is."""
    reading = grammar.read(query)
    if reading.failure:
        return None
    whole = patterns.form(reading.root)
    if whole and whole.rule == "Construct" and not whole.nodes("Where"):
        start = next(whole.leaves()).start
        old, new = _SHORT_FORM
        # A dataset would stand between the two words: such a query is only examined as a whole.
        if not whole.nodes("Dataset"):
            return _read(query[:start] + new + query[start + len(old) :])
    return query, reading.root


class _Examination:
    """The examination of one query, with its results so far."""

    def __init__(
        self,
        query: str,
        whole: Node,
        reader: PatternReader,
        probes: Probes,
        prefixes: Mapping[str, str],
    ) -> None:
        self._query = query
        self._whole = whole
        self._reader = reader
        self._probes = probes
        self._prefixes = prefixes
        self._reasons: list[Reason] = []
        self._unexamined: list[Unexamined] = []

    def explanation(self, has_answer: bool) -> Explanation:  # noqa: FBT001 - a fact, no flag
        """Return the explanation, given whether the query has an answer."""
        group = patterns.where(self._whole)
        try:
            empty = not has_answer
            if has_answer and group is not None and self._folds():
                empty = not self._probes.matches(self._reader.text(group))
            if empty:
                self._examine(group)
            elif has_answer:
                return Explanation(empty=False, probes=self._probes.total)
        except OutOfProbesError as stop:
            self._unexamined.append(Unexamined(f"the rest of the query, because {stop}", None))
        return Explanation(
            empty=True,
            reasons=tuple(dict.fromkeys(self._reasons)),
            unexamined=tuple(self._unexamined),
            notes=self._notes(),
            probes=self._probes.total,
        )

    def _notes(self) -> tuple[OmissionNote, ...]:
        names = (iri for _, iri in iris(self._query, self._prefixes))
        return omissions(self._probes.store, names)

    def _folds(self) -> bool:
        """Tell whether the query makes one row of whatever there is."""
        clauses = self._whole.nodes("SelectClause")
        folds = any(node.rule == "Aggregate" for clause in clauses for node in clause.iter_nodes())
        modifiers = self._whole.nodes("Modifiers")
        return folds and not any(part.nodes("GroupBy") for part in modifiers)

    def _examine(self, group: Node | None) -> None:
        graphs = list(causes.unknown_graphs(self._query, self._whole, self._probes, self._prefixes))
        self._reasons += graphs
        positions = {reason.position for reason in graphs}
        unknown = [term for term in self._unknown_terms() if term.position not in positions]
        if group is not None:
            alone = [*self._without_match(group, "", "")]
            self._reasons += causes.with_unknown_terms(alone, unknown)
            if not alone:
                self._join(group, "", "")
        self._reasons += [causes.unknown_term(term) for term in unknown]
        if not self._reasons and group and self._probes.matches(self._reader.text(group)):
            self._reasons += causes.empty_modifiers(self._query, self._whole)

    def _unknown_terms(self) -> Iterator[UnknownTerm]:
        for token, iri in iris(self._query, self._prefixes):
            self._probes.count()
            try:
                term = look_up(self._probes.store, self._query, token, iri, self._prefixes)
            except GraphsvcError as error:
                raise OutOfProbesError(error.message) from error
            if term is not None:
                yield term

    def _without_match(
        self, group: Node, before: str, after: str
    ) -> Iterator[tuple[PatternPart, Reason]]:
        """Yield a reason for each pattern that must match and has no match by itself."""
        for part in self._reader.parts(group):
            if part.rule == "Graph":
                name = self._reader.text(part.node.nodes("VarOrIri")[0])
                inner = part.node.nodes("Group")[0]
                yield from self._without_match(inner, f"{before} GRAPH {name} {{", f"}} {after}")
            elif part.rule == "Union":
                yield from self._branches(part, before, after)
            elif part.rule == "SubSelect":
                inner = part.node.nodes("Where")[0].nodes("Group")[0]
                yield from self._without_match(inner, before, after)
            elif part.rule == "Triples" and not self._probes.matches(before + part.text + after):
                around = (before, after)
                yield part, causes.no_match(self._query, part, self._probes, around)

    def _branches(
        self, union: PatternPart, before: str, after: str
    ) -> Iterator[tuple[PatternPart, Reason]]:
        """Yield the reasons of a union: only if none of its branches has a solution."""
        branches = union.node.nodes("Group")
        texts = [before + self._reader.text(branch) + after for branch in branches]
        if len(branches) > 1 and any(map(self._probes.matches, texts)):
            return
        for branch in branches:
            yield from self._without_match(branch, before, after)

    def _join(self, group: Node, before: str, after: str) -> None:
        """Join the parts of a group one after the other, and report where no solution is left."""
        parts = self._reader.parts(group)
        # A filter holds for its whole group, wherever in it it stands.
        # https://www.w3.org/TR/sparql11-query/#scopeFilters
        ordered = [part for part in parts if part.rule != "Filter"]
        ordered += [part for part in parts if part.rule == "Filter"]
        joined: list[PatternPart] = []
        for part in ordered:
            text = " ".join(each.text for each in (*joined, part))
            if part.rule not in ("Optional", "Bind") and not self._probes.matches(
                before + text + after
            ):
                self._report_join(part, joined, before, after)
                return
            joined.append(part)

    def _report_join(
        self, part: PatternPart, joined: list[PatternPart], before: str, after: str
    ) -> None:
        inner = part.node.nodes("Group")
        if part.rule == "Filter":
            self._reasons += causes.empty_filter(
                self._query, part, joined, self._probes, (before, after)
            )
        elif part.rule == "Graph" and not self._probes.matches(before + part.text + after):
            name = self._reader.text(part.node.nodes("VarOrIri")[0])
            self._join(inner[0], f"{before} GRAPH {name} {{", f"}} {after}")
        elif (
            part.rule == "Union"
            and len(inner) == 1
            and not self._probes.matches(before + part.text + after)
        ):
            self._join(inner[0], before, after)
        else:
            self._reasons.append(causes.empty_join(self._query, part, joined))
