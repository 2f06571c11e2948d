"""What can be set of the policies: where the marketplace's own are, and which one new cases are pinned to (SPEC §6)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError
from pydantic_settings import BaseSettings

from domain.policy import STANDARD, PolicyRef


def _reference(text: str) -> str:
    try:
        return TypeAdapter[str](PolicyRef).validate_python(text)
    except ValidationError:
        raise ValueError(f"should be a policy and its version, such as {STANDARD}") from None


class PolicySettings(BaseSettings):
    """The numbers and choices of the trade, as packs."""

    policy_folder: Path | None = Field(
        None,
        description="A folder with the marketplace's own policies, `id.vN.toml` each, beside those that come with the"
        " program.",
    )
    policy: Annotated[str, AfterValidator(_reference)] = Field(
        STANDARD,
        description="The policy in force, to which new cases and cancellations are pinned. Those that are open keep"
        " theirs.",
    )
