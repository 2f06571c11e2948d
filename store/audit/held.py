"""Roots that others hold: the one thing a verifier takes on trust, because it does not come from this house."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from store.audit.roots import Root
from store.audit.unfit import Unfit
from store.chain import GENESIS

ROOT: TypeAdapter[Root] = TypeAdapter(Root)


class NoRootError(ValueError):
    """What should tell a root tells none."""


def read_root(told: Any) -> Root:  # noqa: ANN401 -- any JSON, or a text of it
    """The root that was told. Raises NoRootError for what is none."""
    try:
        return ROOT.validate_json(told) if isinstance(told, str | bytes) else ROOT.validate_python(told)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise NoRootError(f"this is no root: {'.'.join(map(str, fault['loc']))} {fault['msg']}") from None


def read_held(lines: Iterable[str]) -> dict[int, Root]:
    """The roots of a file with one a line, by their numbers. Raises NoRootError naming the line."""
    held: dict[int, Root] = {}
    for number, line in enumerate(lines, start=1):
        try:
            told = read_root(line)
        except NoRootError as error:
            raise NoRootError(f"line {number}: {error}") from None
        held[told.number] = told
    return held


def check_root(root: Root, before: Root | None, held: Mapping[int, Root]) -> None:
    """Raises Unfit unless the root is whole, follows the one before where that is at hand, and is the one held."""
    if root.recomputed() != root.digest:
        raise Unfit.root(root, f"has the digest {root.recomputed()}, not {root.digest}")
    if before is not None and (root.previous != before.digest or root.position <= before.position):
        raise Unfit.root(root, f"does not follow root {before.number}")
    if root.number == 1 and root.previous != GENESIS:
        raise Unfit.root(root, "names a root before the first")
    if root.number in held and held[root.number].digest != root.digest:
        raise Unfit.root(root, f"is not the one that is held: {root.digest}, not {held[root.number].digest}")
