"""Examples of bodies and answers for the OpenAPI document, put together from one example a field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import NoneType
from typing import Any

from api.documenting.example_parts import made
from api.documenting.example_values import BY_FIELD, BY_FORMAT, BY_SHAPE, BY_TYPE
from api.documenting.operation import operations
from api.documenting.text_examples import texts
from api.requests.media_types import JSON

Schema = dict[str, Any]
NULL = {"type": "null"}
EXAMPLES = "#/components/examples/"
TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": NoneType,
}


def add_examples(document: dict[str, Any]) -> None:
    """Give every JSON body an example that holds what it needs, and every answer a whole one."""
    shapes = Shapes(document["components"]["schemas"])
    named = document["components"].setdefault("examples", {})
    for operation in operations(document):
        for shape, media in _shaped(operation.described.get("requestBody", {})):
            named.setdefault(shape, {"value": shapes.needed(shape)})
            media["examples"] = {shape: {"$ref": EXAMPLES + shape}}
        for response in operation.responses.values():
            for shape, media in _shaped(response):
                named[shape] = {"value": shapes.whole(shape)}
                media["examples"] = {shape: {"$ref": EXAMPLES + shape}}
            for text, media in texts(response.get("content", {}), shapes.whole):
                media["examples"] = {"text": {"value": text}}


def _shaped(part: Schema) -> Iterator[tuple[str, Schema]]:
    """The JSON content of a body or an answer that is a shape of ours, with its name."""
    media = part.get("content", {}).get(JSON, {})
    if "$ref" in media.get("schema", {}):
        yield _name(media["schema"]), media


class Shapes:
    """The document's shapes, and an example of each."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self._schemas = schemas

    def needed(self, shape: str) -> dict[str, Any]:
        """The shape with nothing but what it cannot do without."""
        schema = self._schemas[shape]
        return {name: self._field(shape, name, schema["properties"][name]) for name in schema.get("required", ())}

    def whole(self, shape: str) -> dict[str, Any]:
        """The shape with all that it has."""
        fields = self._schemas[shape].get("properties", {})
        return {name: self._field(shape, name, schema) for name, schema in fields.items()}

    def _field(self, shape: str, name: str, schema: Schema) -> Any:  # noqa: ANN401 -- any JSON
        for known in made().get(shape, {}), BY_SHAPE.get(shape, {}):
            if name in known:
                return known[name]
        if "examples" in schema:
            return schema["examples"][0]
        if name in BY_FIELD and self._fits(schema, BY_FIELD[name]):
            return BY_FIELD[name]
        return self._unknown(schema)

    def _unknown(self, schema: Schema) -> Any:  # noqa: ANN401 -- any JSON
        """A value for a field of which nothing is known but its schema: an object is made, what may be null is null."""
        kinds = schema.get("anyOf", [schema])
        told = next(kind for kind in kinds if kind != NULL)
        if self._is_object(told):
            return self.whole(_name(told))
        return None if NULL in kinds else self._plain(self._resolved(told))

    def _plain(self, schema: Schema) -> Any:  # noqa: ANN401 -- any JSON
        match schema:
            case {"enum": [value, *_]} | {"const": value}:
                return value
            case {"type": "array", "items": items}:
                return [self._unknown(items)] if self._is_object(items) else []
            case {"type": "object"}:
                return self._entries(schema)
            case _:
                return BY_FORMAT.get(schema.get("format", ""), BY_TYPE.get(schema.get("type", "")))

    def _is_object(self, schema: Schema) -> bool:
        return "properties" in self._resolved(schema)

    def _entries(self, schema: Schema) -> dict[str, Any]:
        """One entry for each name there is; none where names are free."""
        names = self._resolved(schema.get("propertyNames", {})).get("enum", ())
        return {name: self._unknown(schema["additionalProperties"]) for name in names}

    def _resolved(self, schema: Schema) -> Schema:
        return self._schemas[_name(schema)] if "$ref" in schema else schema

    def _fits(self, schema: Schema, value: Any) -> bool:  # noqa: ANN401 -- any JSON
        """Whether a value known by a field's name may be meant for this field; names are used more than once."""
        schema = self._resolved(schema)
        if "anyOf" in schema:
            return any(self._fits(kind, value) for kind in schema["anyOf"])
        if "enum" in schema or "const" in schema:
            return value in schema.get("enum", [schema.get("const")])
        kind = schema.get("type", "")
        if not isinstance(value, TYPES.get(kind, ())) or (kind != "boolean" and isinstance(value, bool)):
            return False
        match value:
            case list():
                return all(self._fits(schema["items"], item) for item in value)
            case dict():
                return set(value) <= set(schema.get("properties", value))
            case _:
                return re.search(schema.get("pattern", ""), str(value)) is not None


def _name(reference: Schema) -> str:
    name: str = reference["$ref"].rsplit("/", 1)[1]
    return name
