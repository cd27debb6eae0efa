"""The common slips, each told by what stands where the grammar could not go on.

Each function looks at one kind of slip and returns advice, or None if it is another. The first
that knows its own is heard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc.diagnostics.brackets import BRACKET_SLIPS
from graphsvc.diagnostics.clauses import CLAUSE_SLIPS
from graphsvc.diagnostics.punctuation import SIGN_SLIPS
from graphsvc.diagnostics.triples import TRIPLE_SLIPS
from graphsvc.grammar import KEYWORDS
from graphsvc.nearness import near
from graphsvc.sparql import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from graphsvc.diagnostics.context import Advice, Scene

    Slip: TypeAlias = Callable[[Scene], Advice | None]

#: Shorter words are near to too many keywords.
_LONG = 4


def misspelt(scene: Scene) -> Advice | None:
    """Tell which of the keywords that could stand here is near to the word that does."""
    if not scene.word or scene.word in KEYWORDS:
        return None
    possible = near(scene.word, scene.failure.expected & KEYWORDS, most=2)
    only = [] if possible else _the_only_one(scene)
    return _did_you_mean(scene, possible or only)


def misspelt_elsewhere(scene: Scene) -> Advice | None:
    """Tell which keyword is near to the word, though it could not stand here either."""
    if len(scene.word) < _LONG or scene.word in KEYWORDS:
        return None
    return _did_you_mean(scene, near(scene.word, KEYWORDS, most=1))


def unknown_function(scene: Scene) -> Advice | None:
    """Tell that no function has the name."""
    if not (scene.word and scene.after and scene.after.text in ("(", "()")):
        return None
    if not scene.expects("BOUND"):
        return None
    return scene.advise(
        f"SPARQL has no function {scene.mark}.",
        "The functions of SPARQL are listed at https://www.w3.org/TR/sparql11-query/#SparqlOps.",
    )


def bare_word(scene: Scene) -> Advice | None:
    """Tell what a word without any mark might have been."""
    if not scene.word or not (scene.expects_term() or scene.expects("var")):
        return None
    meant = f"?{scene.mark} is a variable"
    if scene.expects("string"):
        meant += f', "{scene.mark}" a string'
    name = f", prefix:{scene.mark} a name" if scene.expects_term() else ""
    return scene.advise(f"{scene.mark} is not a keyword of SPARQL.", f"{meant}{name}.")


def _the_only_one(scene: Scene) -> list[str]:
    """Return the keyword that must stand here, if a word as short as it stands in its place."""
    needed = scene.failure.expected
    (only,) = needed if len(needed) == 1 else ("",)
    return [only] if only in KEYWORDS and abs(len(only) - len(scene.word)) <= 1 else []


def _did_you_mean(scene: Scene, words: Sequence[str]) -> Advice | None:
    if not words or not scene.token or scene.token.kind is not Kind.WORD:
        return None
    meant = " or ".join(words)
    return scene.advise(f"{scene.mark} is not a keyword of SPARQL.", f"Did you mean {meant}?")


SLIPS: tuple[Slip, ...] = (
    *SIGN_SLIPS,
    misspelt,
    *CLAUSE_SLIPS,
    *TRIPLE_SLIPS,
    *BRACKET_SLIPS,
    misspelt_elsewhere,
    unknown_function,
    bare_word,
)


def slip(scene: Scene) -> Advice | None:
    """Return advice on the slip, or None if it is none of the common ones."""
    return next((advice for look in SLIPS if (advice := look(scene))), None)
