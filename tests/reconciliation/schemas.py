"""JSON Schemas of valid requests to a reconciliation service and of its valid answers.

The rules are those of the published schemas of the specification, written again here, and those
rules of its text that a schema can express: names and identifiers are not empty, a limit is a
positive integer, the features of a candidate differ. https://reconciliation-api.github.io/specs/0.2/
"""

from __future__ import annotations

import re
from typing import Any

from jsonschema import Draft202012Validator

Schema = dict[str, Any]

ANY_TEXT: Schema = {"type": "string"}
TEXT: Schema = {"type": "string", "minLength": 1}
FLAG: Schema = {"type": "boolean"}
NUMBER: Schema = {"type": "number"}
SIZE: Schema = {"type": "integer", "minimum": 1}
ADDRESS: Schema = {"type": "string", "pattern": "^https?://"}


def record(required: str = "", **members: Schema) -> Schema:
    """Return the schema of an object: some members must be there, and each is of a kind."""
    return {"type": "object", "required": required.split(), "properties": members}


def closed(schema: Schema) -> Schema:
    """Return the schema of an object that has no other members."""
    return {**schema, "additionalProperties": False}


def listed(of: Schema, **more: object) -> Schema:
    return {"type": "array", "items": of, **more}


def keyed(of: Schema) -> Schema:
    """Return the schema of an object with members of any name, all with the same schema."""
    return {"type": "object", "additionalProperties": of}


def either(*schemas: Schema) -> Schema:
    return {"oneOf": list(schemas)}


def holding(place: str) -> Schema:
    """Return the schema of a text in which an identifier will be put in some place."""
    return {"type": "string", "pattern": re.escape(place)}


# --- what both sides speak of ---

NAMED = record("id name", id=TEXT, name=TEXT, description=ANY_TEXT)
CLASS: Schema = {
    "$defs": {
        "class": {
            **NAMED,
            "properties": {**NAMED["properties"], "broader": listed({"$ref": "#/$defs/class"})},
        }
    },
    "$ref": "#/$defs/class",
}
NAMED_OR_NOT = either(record("id", id=TEXT, name=TEXT), TEXT)

# --- what a client asks ---

_VALUE = either(ANY_TEXT, NUMBER, FLAG, record("id", id=ANY_TEXT, name=ANY_TEXT))
_CONDITION = record("pid v", pid=ANY_TEXT, v=either(_VALUE, listed(_VALUE)))
QUERY = closed(
    record(
        query=ANY_TEXT,
        type=either(ANY_TEXT, listed(ANY_TEXT)),
        limit=SIZE,
        properties=listed(_CONDITION),
        type_strict={"enum": ["any", "all", "should"]},
    )
) | {
    "anyOf": [
        {"required": ["query"]},
        {"required": ["properties"], "properties": {"properties": {"minItems": 1}}},
    ]
}
QUERIES = keyed(QUERY)
EXTENSION = record(
    "ids properties",
    ids=listed(ANY_TEXT),
    properties=listed(record("id", id=ANY_TEXT, settings={"type": "object"})),
)

# --- what the service answers ---

_CANDIDATE = record(
    "id name score",
    id=TEXT,
    name=TEXT,
    description=ANY_TEXT,
    score=NUMBER,
    match=FLAG,
    type=listed(NAMED_OR_NOT),
    features=listed(record("id value", id=TEXT, value=either(FLAG, NUMBER)), uniqueItems=True),
)
RESULT = record("result", result=listed(_CANDIDATE))
RESULTS = keyed(RESULT)

_ENTITY = {**NAMED, "properties": {**NAMED["properties"], "notable": listed(NAMED_OR_NOT)}}
SUGGESTED = {
    "entity": record("result", result=listed(_ENTITY)),
    "property": record("result", result=listed(NAMED)),
    "type": record("result", result=listed({"$ref": "#/$defs/class"})) | {"$defs": CLASS["$defs"]},
}
FLYOUT = record("id html", id=TEXT, html=TEXT)
PROPOSED = record("properties", properties=listed(NAMED), type=ANY_TEXT, limit=NUMBER)

_MOMENT: Schema = {
    "type": "string",
    "pattern": r"^-?[0-9]{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3])(:[0-5][0-9]){2}(\.[0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?$",
}
_CELL = listed(
    either(
        closed(record()),
        closed(record("id name", id=TEXT, name=TEXT, description=ANY_TEXT)),
        closed(record("str", str=ANY_TEXT)),
        closed(record("int", int={"type": "integer"})),
        closed(record("float", float=NUMBER)),
        closed(record("date", date=_MOMENT)),
    )
)
EXTENDED = record(
    "meta rows",
    meta=listed(
        record(
            "id name",
            id=ANY_TEXT,
            name=TEXT,
            service=ADDRESS,
            type=record("id", id=TEXT, name=TEXT),
        )
    ),
    rows=keyed(keyed(_CELL)),
)


def _setting(kind: str, default: Schema, required: str = "", **members: Schema) -> Schema:
    words = {"name": TEXT, "label": TEXT, "help_text": ANY_TEXT}
    common = {"type": {"const": kind}, "default": default, **words, **members}
    return record(f"type name label {required}", **common)


_SUGGEST = record(
    service_url=ADDRESS,
    service_path=ANY_TEXT,
    flyout_service_url=ADDRESS,
    flyout_service_path=holding("${id}"),
)
VIEW = record("url", url=holding("{{id}}"))
PREVIEW = record("url width height", url=holding("{{id}}"), width=SIZE, height=SIZE)
MANIFEST = record(
    "versions name identifierSpace schemaSpace",
    versions=listed(ANY_TEXT, contains={"const": "0.2"}),
    name=TEXT,
    identifierSpace=ADDRESS,
    schemaSpace=ADDRESS,
    documentation=ADDRESS,
    logo=ADDRESS,
    serviceVersion=TEXT,
    batchSize=SIZE,
    view=VIEW,
    feature_view=VIEW,
    preview=PREVIEW,
    defaultTypes=listed({"$ref": "#/$defs/class"}, uniqueItems=True),
    suggest=closed(record(entity=_SUGGEST, property=_SUGGEST, type=_SUGGEST)),
    extend=record(
        propose_properties=record("service_url", service_url=ADDRESS, service_path=ANY_TEXT),
        property_settings=listed(
            either(
                _setting("number", NUMBER),
                _setting("text", ANY_TEXT),
                _setting("checkbox", FLAG),
                _setting(
                    "select",
                    ANY_TEXT,
                    "choices",
                    choices=listed(record("value name", value=ANY_TEXT, name=TEXT)),
                ),
            )
        ),
    ),
) | {"$defs": CLASS["$defs"]}

SCHEMAS = {
    "class": CLASS,
    "queries": QUERIES,
    "extension": EXTENSION,
    "result": RESULT,
    "results": RESULTS,
    "suggested entities": SUGGESTED["entity"],
    "suggested properties": SUGGESTED["property"],
    "suggested types": SUGGESTED["type"],
    "flyout": FLYOUT,
    "proposed": PROPOSED,
    "extended": EXTENDED,
    "preview": PREVIEW,
    "manifest": MANIFEST,
}
"""Every schema by its name."""


def faults(schema: Schema, value: object) -> list[str]:
    """Return the errors of a value, each with its path."""
    errors = Draft202012Validator(schema).iter_errors(value)
    return [f"{error.json_path}: {error.message}" for error in errors]


def conforms(schema: Schema, value: object) -> None:
    """Fail if a value is not as a schema wants it."""
    assert faults(schema, value) == []
