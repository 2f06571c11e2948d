"""What a request's values are taken for: exactly what their schema says, with no conversion between types."""

from __future__ import annotations

import re
from collections.abc import Callable
from inspect import Parameter, signature
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel, BeforeValidator, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema, to_json

UUID_TEXT = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class StrictJson:
    """Marks a body: ``Annotated[Shape, StrictJson()]`` is read as strictly as JSON allows."""

    def __get_pydantic_core_schema__(self, shape: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401 -- pydantic's own signature
        def read(content: Any) -> Any:  # noqa: ANN401 -- whatever the body holds
            return content if isinstance(content, shape) else shape.model_validate_json(to_json(content), strict=True)

        return core_schema.no_info_before_validator_function(read, handler(shape))


EndpointT = TypeVar("EndpointT", bound=Callable[..., Any])


def with_body(endpoint: EndpointT, shape: type[BaseModel]) -> EndpointT:
    """The endpoint, its last parameter being a body of this shape, which may be left out where it asks for nothing."""
    whole = signature(endpoint, eval_str=True)
    *others, body = whole.parameters.values()
    needed = any(field.is_required() for field in shape.model_fields.values())
    default: Any = Parameter.empty if needed else shape()
    told = body.replace(annotation=Annotated[shape, StrictJson()], default=default)
    endpoint.__signature__ = whole.replace(parameters=[*others, told])  # type: ignore[attr-defined]
    return endpoint


def _flag(text: Any) -> Any:  # noqa: ANN401 -- whatever the query holds, or the default
    if isinstance(text, str) and text not in {"true", "false"}:
        raise ValueError("is neither true nor false")
    return text


def _uuid(text: Any) -> Any:  # noqa: ANN401 -- whatever the path or query holds
    if isinstance(text, str) and not UUID_TEXT.fullmatch(text):
        raise ValueError("is no UUID as RFC 9562 writes it")
    return text


Flag = Annotated[bool, BeforeValidator(_flag, json_schema_input_type=bool)]
"""Written true or false, and in no other of the ways that pydantic knows."""
Id = Annotated[UUID, BeforeValidator(_uuid, json_schema_input_type=UUID)]
"""A UUID with its hyphens."""
MatterId = Annotated[Id, Path(alias="id")]
