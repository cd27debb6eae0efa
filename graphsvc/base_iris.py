"""Derives the bases of a graph that does not declare one: the beginnings of most of its IRIs."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.known_prefixes import WELL_KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphsvc.store.base import Term

#: A temporary base for the relative IRIs of a file, until the base is known.
UNKNOWN_BASE = "https://relative.invalid/"

#: The share of the web addresses of a host that a base must contain.
_NEARLY_ALL = 0.9

#: The base of a graph in which no subject is a web address.
NO_BASE = "http://localhost/"

#: The share of all subjects from which another host has a base beside the first.
_OTHER_BASE = 0.1

#: Well-known vocabularies get no base, even if files describe their terms.
_VOCABULARIES = tuple(namespace.rpartition("/")[0] + "/" for namespace in WELL_KNOWN.values())


def bases_of(subjects: Iterable[Term]) -> tuple[str, ...]:
    """Return, for each host, the longest beginning up to a slash of nearly all its addresses.

    The host with most of the subjects is the first, other frequent ones follow. A base also
    contains smaller groups of addresses, such as Wikidata's items beside their many statements.
    """
    hosts: dict[str, Counter[str]] = defaultdict(Counter)
    for term in set(subjects):
        if isinstance(term, NamedNode) and term.value.startswith(("http://", "https://")):
            document = term.value.partition("#")[0].partition("?")[0]
            folder = document[: document.rfind("/") + 1]
            # An address without a path has no beginnings.
            hosts[next(_beginnings(folder), "")][folder] += 1
    hosts.pop("", None)
    hosts.pop(UNKNOWN_BASE, None)
    total = sum(folders.total() for folders in hosts.values())
    bases: list[str] = []
    for _, folders in sorted(hosts.items(), key=lambda each: (-each[1].total(), each[0])):
        base = _longest(folders)
        # A single subject at another host gets no base.
        are_many = folders.total() > max(1, total * _OTHER_BASE)
        if not bases or (are_many and not base.startswith(_VOCABULARIES)):
            bases.append(base)
    return tuple(bases) or (NO_BASE,)


def _longest(folders: Counter[str]) -> str:
    """Return the longest beginning of nearly all folders."""
    under: Counter[str] = Counter()
    for folder, count in folders.items():
        for beginning in _beginnings(folder):
            under[beginning] += count
    most = folders.total() * _NEARLY_ALL
    return max((each for each, count in under.items() if count >= most), key=len)


def _beginnings(folder: str) -> Iterator[str]:
    """Yield the beginnings of an address: its host, and each folder up to itself."""
    end = folder.find("/", folder.index("://") + 3)
    while end >= 0:
        yield folder[: end + 1]
        end = folder.find("/", end + 1)
