"""Whether a thing is still to be used: deprecated, or withdrawn for good.

Two standard statements say so. ``owl:deprecated true``: the thing is there, but better not used
(https://www.w3.org/TR/owl2-syntax/#Annotation_Properties). ``prov:invalidatedAtTime``: it is no
more, and what is left of it is a tombstone (https://www.w3.org/TR/prov-o/#invalidatedAtTime).
``dcterms:isReplacedBy`` names what to use in its place, ``skos:changeNote`` says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.namespaces import DCTERMS, OWL, PROV, SKOS

if TYPE_CHECKING:
    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.store.base import Term

_AT, _REPLACED, _CHANGED = PROV.invalidatedAtTime, DCTERMS.isReplacedBy, SKOS.changeNote


@dataclass(frozen=True, slots=True)
class Standing:
    """``withdrawn`` is the time of the withdrawal as it is written, None for what is in use."""

    deprecated: bool = False
    withdrawn: str | None = None
    replacements: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


def standing(catalogue: Catalogue, iri: str) -> Standing:
    """Return whether a thing is still to be used; nothing said means that it is."""
    node = NamedNode(iri)

    def said(predicate: NamedNode) -> list[Term]:
        return sorted((quad.object for quad in catalogue.near.triples(node, predicate)), key=str)

    times = [term.value for term in said(_AT) if isinstance(term, Literal)]
    return Standing(
        deprecated=any(_true(term) for term in said(OWL.deprecated)),
        withdrawn=times[0] if times else None,
        replacements=tuple(term.value for term in said(_REPLACED) if isinstance(term, NamedNode)),
        reasons=tuple(term.value for term in said(_CHANGED) if isinstance(term, Literal)),
    )


def _true(term: Term) -> bool:
    return isinstance(term, Literal) and term.value in ("true", "1")
