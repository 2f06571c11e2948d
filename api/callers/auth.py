"""Who is asking: a bearer token verified and turned into an actor of the trade (SPEC §8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from joserfc import errors, jwt
from joserfc.jwk import KeySet, OctKey
from pydantic import TypeAdapter, ValidationError

from api.answering.problems import Problem
from api.callers.issuer_keys import PublishedKeys, public_keys
from domain.actors import Actor, Role
from domain.messages import Identifier

SANDBOX_ALGORITHMS = ("HS256",)
ISSUER_ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "Ed25519", "EdDSA")
"""Signatures by a private key only: a public key can never be passed off as a shared secret."""
SHORTEST_SECRET = 32
"""Bytes; what HS256 asks for (RFC 7518 §3.2)."""
LEEWAY_SECONDS = 30
"""How far the issuer's clock may be off."""
ID_CLAIM = {Role.BUYER: "buyer_id", Role.SELLER: "seller_id"}
"""Which claim says who it is; for every other role ``sub`` does."""
THROUGH_HTTP = frozenset(Role) - {Role.SYSTEM}
"""The clock is no one who could ask."""
IDENTIFIER: TypeAdapter[str] = TypeAdapter(Identifier)


def unauthenticated(detail: str) -> Problem:
    """The refusal to a request whose sender is not known."""
    challenge = 'Bearer realm="directservice", error="invalid_token"'
    return Problem("unauthenticated", detail, headers={"WWW-Authenticate": challenge})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What a token must say to be believed: its claims ``iss`` and ``aud``."""

    issuer: str
    audience: str


class Kept:
    """Keys that stay as they are."""

    def __init__(self, keys: OctKey | KeySet) -> None:
        self._keys = keys

    def __call__(self) -> OctKey | KeySet:
        return self._keys

    def is_due(self) -> bool:
        return False

    def hurry(self) -> None:
        """There are no others."""

    def renew(self) -> None:
        """Nor will there be."""


class TokenVerifier:
    """Tells whom a bearer token speaks for."""

    def __init__(
        self, keys: Kept | PublishedKeys, algorithms: tuple[str, ...], trust: Trust, now: Callable[[], datetime]
    ) -> None:
        """``now`` is the wall clock, also in a sandbox whose own time is moved."""
        self.keys = keys
        """Whoever asks renews them first when that is due, which may take a while."""
        self._algorithms = algorithms
        self._trust = trust
        self._now = now

    @classmethod
    def of_sandbox(cls, secret: str, trust: Trust, now: Callable[[], datetime]) -> Self:
        """Believes tokens that ``tokens.issue`` signed with this secret. Raises ValueError for a short one."""
        return cls(Kept(shared_key(secret)), SANDBOX_ALGORITHMS, trust, now)

    @classmethod
    def of_issuer(cls, jwks: Mapping[str, Any], trust: Trust, now: Callable[[], datetime]) -> Self:
        """Believes tokens signed by one of the issuer's keys, given as a JWK set.

        Raises ValueError unless at least one can verify, and every key of the set is a public one.
        """
        return cls(Kept(public_keys(jwks)), ISSUER_ALGORITHMS, trust, now)

    @classmethod
    def of_publisher(cls, keys: PublishedKeys, trust: Trust, now: Callable[[], datetime]) -> Self:
        """Believes tokens signed by one of the keys that the issuer publishes at the time."""
        return cls(keys, ISSUER_ALGORITHMS, trust, now)

    def actor(self, authorization: str | None) -> Actor:
        """Whom the header ``Authorization`` speaks for. Raises Problem (401) saying precisely what is wrong."""
        claims = self._claims(_bearer(authorization))
        role = _role(claims)
        name = ID_CLAIM.get(role, "sub")
        try:
            return Actor(role=role, id=IDENTIFIER.validate_python(claims.get(name), strict=True))
        except ValidationError:
            raise unauthenticated(f"a {role}'s token names its holder in the claim {name!r}") from None

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            claims = jwt.decode(token, self.keys(), list(self._algorithms)).claims
            self._registry().validate(claims)
        except RecursionError:
            raise unauthenticated("the token's claims nest too deep") from None
        except errors.JoseError as error:
            if isinstance(error, errors.InvalidKeyIdError):
                self.keys.hurry()
            raise unauthenticated(self._sentence(error)) from error
        return claims

    def _registry(self) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(self._now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._trust.issuer},
            aud={"essential": True, "value": self._trust.audience},
            exp={"essential": True},
            sub={"essential": True},
            role={"essential": True},
        )

    def _sentence(self, error: errors.JoseError) -> str:
        if isinstance(
            error, errors.UnsupportedAlgorithmError | errors.ConflictAlgorithmError | errors.KeyParameterError
        ):
            return f"the token is not signed with one of {', '.join(self._algorithms)}"
        if isinstance(error, errors.InvalidClaimError) and error.claim in {"iss", "aud"}:
            expected = {"iss": self._trust.issuer, "aud": self._trust.audience}[error.claim]
            return f"the claim {error.claim!r} is not {expected!r}"
        say = SENTENCES.get(type(error))
        return say(error) if say else error.description or "the token is no signed JWT"


SENTENCES: dict[type[Exception], Callable[[Any], str]] = {
    errors.DecodeError: lambda _: "the token is no signed JWT",
    errors.BadSignatureError: lambda _: "the token's signature is not the issuer's",
    errors.InvalidKeyIdError: lambda _: "the token names a key that the issuer does not have",
    errors.ExpiredTokenError: lambda _: "the token has expired",
    errors.MissingClaimError: lambda error: f"the token lacks the claim {error.claim.split(',')[0]!r}",
    errors.InvalidPayloadError: lambda _: "the token's claims are no JSON object",
}


def shared_key(secret: str) -> OctKey:
    """The sandbox's key. Raises ValueError for a secret that is too short to be one."""
    if len(secret.encode()) < SHORTEST_SECRET:
        raise ValueError(f"a token secret has at least {SHORTEST_SECRET} bytes, not {len(secret.encode())}")
    return OctKey.import_key(secret)


def _bearer(authorization: str | None) -> str:
    if not authorization:
        raise unauthenticated("no bearer token: send the header 'Authorization: Bearer <token>'")
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthenticated("the header 'Authorization' holds no bearer token")
    return token.strip()


def _role(claims: Mapping[str, Any]) -> Role:
    role = claims["role"]
    if role not in list(THROUGH_HTTP):
        roles = ", ".join(sorted(THROUGH_HTTP))
        raise unauthenticated(f"the claim 'role' is none of {roles}")
    return Role(role)
