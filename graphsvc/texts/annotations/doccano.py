"""doccano's export: a line of JSON for each document, with spans and perhaps relations.

https://doccano.github.io/doccano/tutorial/ (sequence labelling, relation extraction)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphsvc.texts.annotations.model import AnnotatedSpan, Annotations, SpanRelation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: The keys of the spans in different versions; a span is a list of begin, end and label.
_LISTS = ("label", "labels")


def read(documents: Iterable[Mapping[str, Any]], content: str) -> Annotations:
    """Return the annotations of the documents; each is ``content`` or a part of it.

    Errors: ValueError, KeyError or TypeError if they are none.
    """
    spans: list[AnnotatedSpan] = []
    relations: list[SpanRelation] = []
    for number, document in enumerate(documents):
        text = str(document["text"])
        # If the document is not a part of the text, spans are found by their words.
        start = content.find(text)
        for key, begin, end, label in _spans(document):
            spans.append(
                AnnotatedSpan(
                    key=f"{number}:{key}",
                    words=text[begin:end],
                    begin=start + begin if start >= 0 else -1,
                    before=text[max(0, begin - 32) : begin],
                    after=text[end : end + 32],
                    label=label,
                )
            )
        relations += [
            SpanRelation(
                f"{number}:{each['from_id']}", f"{number}:{each['to_id']}", str(each["type"])
            )
            for each in document.get("relations", ())
        ]
    return Annotations(spans, relations)


def _spans(document: Mapping[str, Any]) -> Iterator[tuple[str, int, int, str]]:
    for entity in document.get("entities", ()):
        begin, end = int(entity["start_offset"]), int(entity["end_offset"])
        yield str(entity["id"]), begin, end, str(entity["label"])
    for name in _LISTS:
        for place, (begin, end, label) in enumerate(document.get(name, ())):
            yield f"{name}-{place}", int(begin), int(end), str(label)
