"""One operation of the OpenAPI document, and what of its description tells how it may be answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from api.requests.media_types import JSON


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one path."""

    method: str
    path: str
    described: dict[str, Any]

    @property
    def responses(self) -> dict[str, Any]:
        """By status."""
        responses: dict[str, Any] = self.described["responses"]
        return responses

    @property
    def is_behind_the_door(self) -> bool:
        """Whether a token says who asks."""
        return bool(self.described.get("security"))

    @property
    def is_safe(self) -> bool:
        """Whether it only reads."""
        return self.method == "get"

    def takes(self, *parameters: str) -> bool:
        """Whether it has one of these parameters."""
        return any(each["name"] in parameters for each in self.described.get("parameters", ()))

    def answers_with(self, *shapes: str) -> bool:
        """Whether it answers with JSON of one of these shapes."""
        schema = self.responses.get("200", {}).get("content", {}).get(JSON, {}).get("schema", {})
        return schema.get("$ref", "").rsplit("/", 1)[-1] in shapes


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    """All of them."""
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            yield Operation(method, path, described)
