"""The names of things: which properties give labels, the best first, and which other names.

The table has those of the vocabularies that people use; a graph may add properties of its own by
placing them under ``rdfs:label`` or ``skos:prefLabel``, and the setting ``label_properties`` adds
more, which go before all others. A build determines which of them the graph has, and stores them in
the release.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.namespaces import (
    DC,
    DCTERMS,
    FOAF,
    OA,
    RDFS,
    SCHEMA,
    SKOS,
    SKOSXL,
    Namespace,
    Prefixes,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pyoxigraph import Quad

    from graphsvc.store.base import Term

GN = Namespace("http://www.geonames.org/ontology#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
DOAP = Namespace("http://usefulinc.com/ns/doap#")
SCHEMA_HTTP = Namespace("http://schema.org/")

#: A graph may declare its own label properties as subproperties of these.
_ROOTS = (RDFS.label, SKOS.prefLabel)

#: Other properties of labels, the best first.
_OTHERS = (
    DCTERMS.title,
    DC.title,
    FOAF.name,
    SCHEMA.name,
    SCHEMA_HTTP.name,
    VCARD.fn,
    DOAP.name,
    GN.name,
    GN.officialName,
    NamedNode("http://www.loc.gov/mads/rdf/v1#authoritativeLabel"),
    NamedNode("https://www.w3.org/ns/activitystreams#name"),
    NamedNode("http://purl.org/goodrelations/v1#name"),
    NamedNode("http://rdfs.org/sioc/ns#name"),
    NamedNode("http://purl.org/rss/1.0/title"),
    NamedNode("http://ogp.me/ns#title"),
    NamedNode("http://www.w3.org/2001/vcard-rdf/3.0#FN"),
    SCHEMA.headline,
    SCHEMA_HTTP.headline,
    SCHEMA.legalName,
    SCHEMA_HTTP.legalName,
    SKOSXL.literalForm,
)

#: Labels that are resources (SKOS-XL): their text is their literal form.
FORMS = (SKOSXL.prefLabel,)
LITERAL_FORM = SKOSXL.literalForm

#: The label of a passage of a text: its own words.
WORDS = OA.exact

#: All properties of labels, the best first.
LABELS = (*_ROOTS, *FORMS, *_OTHERS, WORDS)

#: Other names that pages show; hidden labels and the like only help to find a thing.
_OTHER_NAMES = (
    SKOS.altLabel,
    SCHEMA.alternateName,
    SCHEMA_HTTP.alternateName,
    DCTERMS.alternative,
    FOAF.nick,
    VCARD.nickname,
    GN.alternateName,
)

#: The properties of other names.
NAMES = (
    *_OTHER_NAMES,
    SKOS.hiddenLabel,
    SKOSXL.altLabel,
    SKOSXL.hiddenLabel,
    GN.shortName,
)

#: The properties that pages list as other names of a thing with a label.
ALSO = (SCHEMA.name, SCHEMA_HTTP.name, FOAF.name, *_OTHER_NAMES)

#: The properties of names; so are those whose IRI says so, such as ``schema:name``.
_NAMING = frozenset((RDFS.label, SKOS.prefLabel, SKOS.altLabel, DCTERMS.title, DC.title, FOAF.nick))
_NAMES_BY_WORD = re.compile(
    r"(?:^|[_-])(?:name|nickname|surname|label|title|quote|quotation)$"
    r"|(?:Name|Label|Title|Quote|Quotation)$"
)


#: The properties of identifiers.
IDENTIFIERS = (
    SKOS.notation,
    DCTERMS.identifier,
    DC.identifier,
    SCHEMA.identifier,
    SCHEMA_HTTP.identifier,
)


@dataclass(frozen=True)
class Naming:
    """The properties of a graph's labels, the best first, and its prefixes."""

    labels: tuple[NamedNode, ...] = LABELS
    prefixes: Prefixes = field(default_factory=lambda: Prefixes().in_names)

    @cached_property
    def plain(self) -> tuple[NamedNode, ...]:
        """Return the properties whose values are the labels themselves: at least one."""
        return tuple(each for each in self.labels if each not in FORMS) or _ROOTS[:1]

    @cached_property
    def forms(self) -> tuple[NamedNode, ...]:
        """Return the properties whose values are labels as resources."""
        return tuple(each for each in self.labels if each in FORMS)

    @cached_property
    def ranks(self) -> Mapping[NamedNode, int]:
        """Return the rank of each property among all: the best has 1."""
        return {each: rank for rank, each in enumerate(self.labels, 1)}


def is_name(predicate: NamedNode) -> bool:
    """Tell whether a property gives names, according to its IRI."""
    local = re.split(r"[/#:]", predicate.value)[-1]
    return predicate in _NAMING or _NAMES_BY_WORD.search(local) is not None


def labels_in(quads: Sequence[Quad], first: Iterable[NamedNode] = ()) -> tuple[NamedNode, ...]:
    """Return the label properties of a graph, the best first; those of ``first`` have priority.

    There is always one, even for a graph without labels.
    """
    used = {quad.predicate for quad in quads}
    own = _subproperties(quads, {*NAMES, *IDENTIFIERS, *LABELS})
    ordered = dict.fromkeys([*first, *_ROOTS, *FORMS, *own, *_OTHERS, WORDS])
    return tuple(each for each in ordered if each in used) or _ROOTS[:1]


def _subproperties(quads: Iterable[Quad], properties: set[NamedNode]) -> Iterator[NamedNode]:
    """Yield the direct and indirect subproperties of those of labels."""
    below: dict[Term, set[NamedNode]] = defaultdict(set)
    under = RDFS.subPropertyOf
    for quad in quads:
        if quad.predicate == under and isinstance(quad.subject, NamedNode):
            below[quad.object].add(quad.subject)
    queue: list[NamedNode] = list(_ROOTS)
    while queue:
        below_it = sorted(below[queue.pop(0)] - properties, key=str)
        properties.update(below_it)
        queue += below_it
        yield from below_it


def resolved(names: str, prefixes: Prefixes) -> tuple[NamedNode, ...]:
    """Return the properties in a setting, which are IRIs or have prefixes."""
    return tuple(NamedNode(_iri(name, prefixes)) for name in names.replace(",", " ").split())


def _iri(name: str, prefixes: Prefixes) -> str:
    prefix, _, rest = name.partition(":")
    return name if rest.startswith("//") else prefixes.in_queries.get(prefix, f"{prefix}:") + rest
