"""UIMA CAS, as INCEpTION exports it: XMI (in a .zip, or with its type system beside it) and JSON.

It reads layers whose spans have a value or a link to a knowledge base, such as "Named entity", and
relations between spans: https://inception-project.github.io/ (the user's guide, layers).
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from graphsvc.datatypes import is_absolute_iri
from graphsvc.errors import InputError
from graphsvc.texts.annotations.model import AnnotatedSpan, Annotations, SpanRelation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SUFFIXES = (".zip", ".xmi")

#: The ends of a relation.
_ENDS = ("Governor", "Dependent")
#: Features of every annotation, and the layers of documents, tokens and sentences.
_BUILT_IN = frozenset(("sofa", "begin", "end", *_ENDS))
_PASSED_OVER = ("uima.", ".segmentation.type.", ".api.metadata.type.", ".lexmorph.type.")


def is_cas(document: object) -> bool:
    """Tell whether a JSON document is a CAS."""
    return isinstance(document, dict) and "%FEATURE_STRUCTURES" in document


def read(path: Path, data: bytes) -> Annotations:
    """Return the annotations of a CAS in XMI. Errors: InputError, ValueError."""
    cassis = _library()
    if path.suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            types = next((name for name in names if name.endswith("TypeSystem.xml")), None)
            document = next((name for name in names if name.endswith(".xmi")), None)
            if document is None or types is None:
                raise ValueError("the archive has no .xmi with a TypeSystem.xml")
            data, schema = archive.read(document), archive.read(types)
    else:
        beside = path.with_name("TypeSystem.xml")
        if not beside.is_file():
            raise ValueError(f"there is no {beside}, without which XMI cannot be read")
        schema = beside.read_bytes()
    system = cassis.load_typesystem(io.BytesIO(schema))
    return _annotations(cassis.load_cas_from_xmi(io.BytesIO(data), typesystem=system))


def read_json(text: str) -> Annotations:
    """Return the annotations of a CAS in JSON. Errors: InputError, ValueError."""
    return _annotations(_library().load_cas_from_json(text))


def _library() -> Any:
    try:
        import cassis  # noqa: PLC0415 - an optional dependency
    except ImportError as error:
        raise InputError(
            "The annotations are a UIMA CAS, which takes a library to read.",
            (),
            remedy="Install it: pip install 'graphsvc[annotations]'",
        ) from error
    return cassis


def _annotations(cas: Any) -> Annotations:
    annotations = [each for each in cas.select_all_annotations() if _is_of_a_layer(each.type.name)]
    relations = [each for each in annotations if _is_relation(each)]
    spans = [
        each for each in annotations if not _is_relation(each) and (_label(each) or _link(each))
    ]
    return Annotations(
        spans=[
            AnnotatedSpan(
                key=_key(each),
                words=each.get_covered_text(),
                begin=each.begin,
                label=_label(each),
                iri=_link(each),
            )
            for each in spans
        ],
        # A relation goes from "Governor" to "Dependent".
        relations=[
            SpanRelation(
                _key(each.get("Governor")), _key(each.get("Dependent")), _label(each) or ""
            )
            for each in relations
            if all(each.get(end) is not None for end in _ENDS)
        ],
    )


def _key(annotation: Any) -> str:
    return str(annotation.xmiID)


def _is_of_a_layer(name: str) -> bool:
    return not any(part in name for part in _PASSED_OVER)


def _is_relation(annotation: Any) -> bool:
    return {*_ENDS} <= {feature.name for feature in annotation.type.all_features}


def _label(annotation: Any) -> str | None:
    return next((each for each in _texts(annotation) if not _is_link(each)), None)


def _link(annotation: Any) -> str | None:
    return next((each for each in _texts(annotation) if _is_link(each)), None)


def _is_link(text: str) -> bool:
    """Tell whether a text is an IRI of a thing: a label may have a colon too."""
    return "://" in text and is_absolute_iri(text)


def _texts(annotation: Any) -> Iterator[str]:
    """Yield the texts of the features that a layer has, in the order of the layer."""
    for feature in annotation.type.all_features:
        value = annotation.get(feature.name)
        if feature.name not in _BUILT_IN and isinstance(value, str) and value:
            yield value
