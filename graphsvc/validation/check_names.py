"""The checks of reading the files.

- ``syntax``, ``encoding``, ``no-rdf`` a file that cannot be read; ``skipped`` what was left out
- ``remote-context``       JSON-LD whose context would have to be fetched
- ``empty-file``           a file that holds no statement
- ``blank-node-names``     blank nodes that nothing tells apart, when a release is built
- ``base``                 the dataset says twice under which base its IRIs stand, or says nonsense
- ``missing-base``         the dataset does not say it, so that it is derived
- ``unknown-file``         a file that the program does not know what to do with
- ``file-outside-layout``  RDF that has no place in the layout of a project
- ``missing-file``         a text's folder lacks one of its files
- ``prefix-table``         a prefix that the table of prefixes has not, or has for something else
- ``wrong-graph``          a statement outside the graph that its file is for
- ``blank-node``           a node without an IRI, but where a W3C grammar has one
- ``document`` a text of which nothing is said
- ``passage-list``, ``passage-words``, ``passage-twice`` passages that are not those of the text
- ``passage-quote``, ``block-twice``, ``fact-graph-is-no-passage`` blocks of facts that are not each
                           under the words of one passage
- ``table``, ``table-mapping`` a table or its mapping that cannot be used: file, row and column
- ``row-without-facts``    a row of a table of which its mapping makes nothing (a warning)
- ``query-header``         a query or a check whose header cannot be read
- ``unknown-check``        the settings weigh a check that there is not
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graphsvc import spelling
from graphsvc.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

_NAME = re.compile(r"``([a-z0-9]+(?:-[a-z0-9]+)*)``")


def of_modules(modules: Iterable[ModuleType]) -> frozenset[str]:
    """Return the names of the checks in the docstrings of some modules."""
    texts = (module.__doc__ or "" for module in modules)
    return frozenset(name for text in texts for name in _NAME.findall(text))


def findings(weighed: Iterable[str], names: Iterable[str]) -> Iterator[Finding]:
    """Yield a finding for each check in the settings that does not exist."""
    names = sorted(names)
    for name in weighed:
        if name not in names:
            suggestions = spelling.similar_spellings(name, names, 1)
            yield Finding(
                "unknown-check",
                f"The settings weigh {name}, but no check has that name.",
                (f"Did you mean {suggestions[0]}? " if suggestions else "")
                + "docs/checks.md lists them.",
                severity=Severity.WARNING,
            )
