"""The dumps of a release as DCAT distributions: content, address and checksum.

https://www.w3.org/TR/vocab-dcat-3/#Class:Distribution
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request, url_for
from pyoxigraph import Literal, NamedNode, Triple

from graphsvc.formats import Content, named
from graphsvc.namespaces import DCAT, DCTERMS, RDF, XSD, Namespace
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from graphsvc.dumps import Dump
    from graphsvc.formats import Format
    from graphsvc.release import Release
    from graphsvc.store.base import Term

_SPDX = Namespace("http://spdx.org/rdf/terms#")
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"


def distributions(
    of: NamedNode,
    release: Release,
    address: Callable[[Dump], str],
    passed_on: Iterable[tuple[NamedNode, Term]],
) -> Iterator[Triple]:
    """Yield the distributions of a release, or of the served dataset.

    ``address`` returns the address of a dump; each distribution gets the properties ``passed_on``.
    """
    issued = Literal(release.manifest.built, datatype=XSD.dateTime)
    for dump in release.manifest.dumps:
        fmt = named(dump.format)
        if fmt is not None:
            node = NamedNode(f"{of.value}#dump-{dump.format}")
            yield Triple(of, DCAT.distribution, node)
            yield Triple(node, DCTERMS.issued, issued)
            yield Triple(node, DCAT.downloadURL, NamedNode(address(dump)))
            yield from _distribution(node, dump, fmt)
            yield from _checksum(node, NamedNode(f"{of.value}#checksum-{dump.format}"), dump)
            yield from (Triple(node, *each) for each in passed_on)


def address_of_served(dump: Dump) -> str:
    """Return the whole address of a dump of the served release, on this host."""
    return url_for("dumps.dump", name=dump.format, _external=True)


def _distribution(node: NamedNode, dump: Dump, fmt: Format) -> Iterator[Triple]:
    title = f"{site().dataset.title}, as {fmt.label}"
    yield Triple(node, RDF.type, DCAT.Distribution)
    yield Triple(node, DCTERMS.title, Literal(title, language="en"))
    yield Triple(node, DCTERMS.description, Literal(what_it_holds(fmt), language="en"))
    yield Triple(node, DCAT.accessURL, NamedNode(request.url_root))
    yield Triple(node, DCAT.mediaType, NamedNode(_MEDIA_TYPES + fmt.media_type))
    yield Triple(node, DCAT.compressFormat, NamedNode(f"{_MEDIA_TYPES}application/gzip"))
    yield Triple(node, DCAT.byteSize, Literal(str(dump.size), datatype=XSD.nonNegativeInteger))


def _checksum(node: NamedNode, checksum: NamedNode, dump: Dump) -> Iterator[Triple]:
    yield Triple(node, _SPDX.checksum, checksum)
    yield Triple(checksum, RDF.type, _SPDX.Checksum)
    yield Triple(checksum, _SPDX.algorithm, _SPDX.checksumAlgorithm_sha256)
    yield Triple(checksum, _SPDX.checksumValue, Literal(dump.sha256, datatype=XSD.hexBinary))


def what_it_holds(fmt: Format) -> str:
    """Return a description of a dump in a format."""
    if Content.QUADS in fmt.carries:
        return "Every statement, in the graphs that tell which sentence states it."
    return "Every statement once: the merge of all graphs, without who states it."
