"""The coverage of each text by facts, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc.texts.model import PassageKind
from graphsvc.validation import citations, coverage, numbers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from graphsvc.findings import Finding
    from graphsvc.sources import Project
    from graphsvc.texts.model import Text
    from graphsvc.validation.context import ValidationContext


@dataclass(frozen=True, slots=True)
class Share:
    """The number of passages of a kind, and how many of them state a fact."""

    stating: int
    total: int


@dataclass(frozen=True, slots=True)
class TextCoverage:
    """The coverage of one text: its passages by kind, its facts and the things they name.

    ``things_in_one_passage`` are the IRIs of those that no other passage of any text names.
    """

    slug: str
    kinds: Mapping[PassageKind, Share]
    facts: int
    things: int
    things_in_one_passage: tuple[str, ...]

    def share(self, kinds: Collection[PassageKind]) -> Share:
        """Return the passages of several kinds together."""
        shares = [self.kinds[kind] for kind in kinds]
        return Share(sum(each.stating for each in shares), sum(each.total for each in shares))


def findings(context: ValidationContext) -> list[Finding]:
    """Return the findings about missing facts, duplicates and citations."""
    return [
        *citations.findings(context),
        *numbers.findings(context),
        *coverage.findings(context),
    ]


def of_texts(project: Project) -> list[TextCoverage]:
    facts = coverage.stating(project)
    places = coverage.passages_of_things(project)
    things: dict[str, list[str]] = {}
    for iri, passages in places.items():
        for passage in passages:
            things.setdefault(passage, []).append(iri)
    once = {iri for iri, passages in places.items() if len(passages) == 1}
    return [_of_text(text, facts, things, once) for text in project.texts]


def percent(texts: Iterable[TextCoverage]) -> float:
    """Return how many of all sentences and items state a fact, of 100; 100 if there are none."""
    shares = [text.share(coverage.STATING) for text in texts]
    total = sum(share.total for share in shares)
    return 100 * sum(share.stating for share in shares) / total if total else 100.0


def _of_text(
    text: Text,
    facts: Mapping[str, int],
    things_by_passage: Mapping[str, Sequence[str]],
    once: Collection[str],
) -> TextCoverage:
    by_kind = {kind: [each for each in text.passages if each.kind is kind] for kind in PassageKind}
    shares = {
        kind: Share(sum(each.iri in facts for each in passages), len(passages))
        for kind, passages in by_kind.items()
    }
    things = {iri for passage in text.passages for iri in things_by_passage.get(passage.iri, ())}
    return TextCoverage(
        slug=text.slug,
        kinds=shares,
        facts=sum(facts.get(passage.iri, 0) for passage in text.passages),
        things=len(things),
        things_in_one_passage=tuple(sorted(things & set(once))),
    )
