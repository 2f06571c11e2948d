"""Tokens for development and the sandbox, signed with its shared secret."""

from __future__ import annotations

from datetime import datetime, timedelta

from joserfc import jwt

from api.callers.auth import ID_CLAIM, SANDBOX_ALGORITHMS, THROUGH_HTTP, Trust, shared_key
from domain.actors import Actor


def issue(actor: Actor, secret: str, trust: Trust, *, now: datetime, lifetime: timedelta) -> str:
    """A bearer token that speaks for ``actor`` until ``now`` + ``lifetime``.

    Raises ValueError for a role that never comes through HTTP.
    """
    if actor.role not in THROUGH_HTTP:
        raise ValueError(f"no token speaks for {actor.role}")
    claims = {
        "iss": trust.issuer,
        "aud": trust.audience,
        "sub": actor.id,
        "role": actor.role.value,
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
    }
    if actor.role in ID_CLAIM:
        claims[ID_CLAIM[actor.role]] = actor.id
    (algorithm,) = SANDBOX_ALGORITHMS
    return jwt.encode({"alg": algorithm}, claims, shared_key(secret), [algorithm])
