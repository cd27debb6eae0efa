"""Bases: under which beginnings the IRIs of a graph stand that does not say so itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.known_prefixes import WELL_KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphsvc.store.base import Term

#: The relative IRIs of a file stand under this until the base is known; nothing else has it.
UNKNOWN_BASE = "https://relative.invalid/"

#: The part of the web addresses of a host that must stand under a base.
_NEARLY_ALL = 0.9

#: The base of a graph in which no subject is a web address.
NO_BASE = "http://localhost/"

#: More than which part of all subjects must stand at a host for it to have a base beside the first.
_OTHER_BASE = 0.1

#: What files describe of well-known vocabularies does not make these a part of the graph.
_VOCABULARIES = tuple(namespace.rpartition("/")[0] + "/" for namespace in WELL_KNOWN.values())


def bases_of(subjects: Iterable[Term]) -> tuple[str, ...]:
    """Return the longest beginnings, each up to a slash, of nearly all web addresses of a host.

    The first is that of the host at which most of the subjects are; those of others with many
    follow. What a host has elsewhere than most, as Wikidata has its items beside their many
    statements, is under the base too.
    """
    hosts: dict[str, Counter[str]] = defaultdict(Counter)
    for term in set(subjects):
        if isinstance(term, NamedNode) and term.value.startswith(("http://", "https://")):
            document = term.value.partition("#")[0].partition("?")[0]
            folder = document[: document.rfind("/") + 1]
            # A host alone, without a path, is below nothing.
            hosts[next(_beginnings(folder), "")][folder] += 1
    hosts.pop("", None)
    hosts.pop(UNKNOWN_BASE, None)
    total = sum(folders.total() for folders in hosts.values())
    bases: list[str] = []
    for _, folders in sorted(hosts.items(), key=lambda each: (-each[1].total(), each[0])):
        base = _longest(folders)
        # One subject elsewhere is no part of a graph.
        are_many = folders.total() > max(1, total * _OTHER_BASE)
        if not bases or (are_many and not base.startswith(_VOCABULARIES)):
            bases.append(base)
    return tuple(bases) or (NO_BASE,)


def _longest(folders: Counter[str]) -> str:
    """Return the longest beginning that nearly all have."""
    under: Counter[str] = Counter()
    for folder, count in folders.items():
        for beginning in _beginnings(folder):
            under[beginning] += count
    most = folders.total() * _NEARLY_ALL
    return max((each for each, count in under.items() if count >= most), key=len)


def _beginnings(folder: str) -> Iterator[str]:
    """Yield what an address begins with: its host, and each folder down to itself."""
    end = folder.find("/", folder.index("://") + 3)
    while end >= 0:
        yield folder[: end + 1]
        end = folder.find("/", end + 1)
