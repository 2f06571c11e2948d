"""Preconditions: entity tags made of versions, ``If-Match`` and ``If-None-Match`` (RFC 9110 §13)."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Header

from api.answering.problems import Problem

ENTITY_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
VERSION = re.compile(r"[1-9][0-9]{0,9}")
HIGHEST_VERSION = 2**31 - 1

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description='The `ETag` that was decided on; another version is refused. `"3"` or `*`'),
]
IfNoneMatch = Annotated[
    str | None,
    Header(alias="If-None-Match", description="`ETag`s already known; answered 304 when one is the newest"),
]


def etag(version: int) -> str:
    """A version as an entity tag."""
    return f'"{version}"'


def expected_version(if_match: str | None) -> int | None:
    """The version that ``If-Match`` insists on; None where any will do.

    Raises Problem: 400 for what is not one strong entity tag or ``*``, 412 for a tag that no version has.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    tag = ENTITY_TAG.fullmatch(if_match.strip())
    if tag is None or tag[1]:
        raise Problem("malformed", f"header If-Match: one strong entity tag or *, not {if_match}")
    if not VERSION.fullmatch(tag[2]):
        raise Problem("stale_version", f"no version has the entity tag {if_match}")
    return int(tag[2])


def is_known(if_none_match: str | None, tag: str) -> bool:
    """Whether the caller has the representation of this tag already (weak comparison)."""
    if if_none_match is None:
        return False
    known = [match[0].removeprefix("W/") for match in ENTITY_TAG.finditer(if_none_match)]
    return if_none_match.strip() == "*" or tag.removeprefix("W/") in known
