"""In which numbers two policies differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from domain.policy.policy import Policy

NAMES = {"id", "version"}
"""What a policy is called is no number of it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that reads differently, as packs write it; ``none`` where it is left out."""

    field: str
    one: str
    other: str


def differences(one: Policy, other: Policy) -> list[Difference]:
    """Every field in which they differ, in the order in which packs are written."""
    ones, others = (dict(_fields(policy.model_dump(mode="json", exclude=NAMES))) for policy in (one, other))
    pairs = {field: (ones.get(field, "none"), others.get(field, "none")) for field in [*ones, *others]}
    return [Difference(field, *pair) for field, pair in pairs.items() if pair[0] != pair[1]]


def _fields(part: dict[str, Any], room: str = "") -> Iterator[tuple[str, str]]:
    for name, value in part.items():
        if isinstance(value, dict):
            yield from _fields(value, f"{room}{name}.")
        else:
            yield f"{room}{name}", _written(value)


def _written(value: Any) -> str:  # noqa: ANN401 -- any JSON
    match value:
        case None | []:
            return "none"
        case bool():
            return str(value).lower()
        case list():
            return ", ".join(map(str, value))
        case _:
            return str(value)
