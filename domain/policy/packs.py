"""Packs: the files ``id.vN.toml`` in which policies are written, each fault in one named (SPEC §6)."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from domain.policy.policy import Policy

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

WORDS = {"extra_forbidden": "no such field", "missing": "missing"}
"""How faults are said that pydantic says in its own jargon."""


class PolicyError(ValueError):
    """Policies that do not hold; the message names pack, field and reason for every fault, a line for each pack."""


def read_policies(folder: Traversable | None = None) -> list[Policy]:
    """Every pack ``id.vN.toml`` of the folder, by default those that come with the project.

    Raises PolicyError for packs that do not hold, or are not named after their id and version; OSError.
    """
    packs = folder or files("domain") / "policies"
    names = sorted(pack.name for pack in packs.iterdir() if pack.name.endswith(".toml"))
    policies, faults = [], []
    for name in names:
        try:
            policies.append(read_pack(packs / name))
        except PolicyError as fault:
            faults.append(str(fault))
    if faults:
        raise PolicyError("\n".join(faults))
    return policies


def read_pack(pack: Traversable) -> Policy:
    """The policy of one file. Raises PolicyError as ``read_policies`` does; OSError."""
    try:
        toml = pack.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise PolicyError(f"{pack.name}: not UTF-8") from None
    policy = read_policy(pack.name, toml)
    own_name = f"{policy.id}.v{policy.version}.toml"
    if pack.name != own_name:
        raise PolicyError(f"{pack.name}: holds {policy.ref} and is therefore named {own_name}")
    return policy


def read_policy(name: str, toml: str) -> Policy:
    """The policy written there. Raises PolicyError naming ``name`` and every field at fault."""
    try:
        written = tomllib.loads(toml)
    except (ValueError, RecursionError) as error:
        raise PolicyError(f"{name}: not TOML: {error}") from error
    return checked_policy(name, written)


def checked_policy(name: str, written: dict[str, Any]) -> Policy:
    """The policy of these fields. Raises PolicyError as ``read_policy`` does."""
    try:
        return Policy.model_validate(written)
    except ValidationError as error:
        raise PolicyError(f"{name}: {'; '.join(map(_fault, error.errors()))}") from error


def _fault(details: ErrorDetails) -> str:
    where = ".".join(map(str, details["loc"]))
    what = WORDS.get(details["type"]) or details["msg"].removeprefix("Value error, ")
    return f"{where}: {what}" if where else what
