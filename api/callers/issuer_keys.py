"""The keys that a token issuer publishes: read from its address, kept for a while, read again when they change."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey

from api.answering.problems import Problem

LOG = logging.getLogger(__name__)
FRESH: Final = timedelta(minutes=10)
"""How long keys are used before they are read again."""
REST: Final = timedelta(seconds=30)
"""The least time between two readings, whoever asks with whatever key: nobody makes us ask the issuer in a row."""
LASTING: Final = timedelta(hours=24)
"""How long keys are believed while the issuer cannot be read; a key it has withdrawn works no longer than that."""


def public_keys(jwks: Mapping[str, Any]) -> KeySet:
    """The keys of a JWK set, those left out that are of no known kind, or not for signing.

    Raises ValueError unless at least one is left, and every key is a public one.
    """
    found = [key for entry in jwks["keys"] for key in _key(entry)]
    if any(key.key_type == OctKey.key_type or key.is_private for key in found):
        raise ValueError("the issuer's key set holds public keys only")
    if not found:
        raise ValueError("the issuer's key set holds no key that can verify a signature")
    return KeySet(found)


def _key(entry: Mapping[str, Any]) -> list[Any]:
    if entry.get("use", "sig") != "sig":
        return []
    try:
        return list(KeySet.import_key_set({"keys": [dict(entry)]}))
    except (JoseError, ValueError):
        return []


class PublishedKeys:
    """An issuer's keys. Any number of threads may ask; only ``renew`` waits for the network."""

    def __init__(self, fetch: Callable[[], Mapping[str, Any]], now: Callable[[], datetime]) -> None:
        """``fetch`` reads the JWK set, and raises OSError or ValueError; ``now`` is the wall clock."""
        self._fetch = fetch
        self._now = now
        self._reading = Lock()
        self._keys: KeySet | None = None
        self._read_at = self._tried_at = now() - LASTING
        self._next = now()

    def __call__(self) -> KeySet:
        """The keys as they were read last. Raises Problem (503) where none were, or long ago."""
        if self._keys is None or self._now() - self._read_at >= LASTING:
            raise Problem("unavailable", "the token issuer's keys cannot be read", headers={"Retry-After": "30"})
        return self._keys

    def is_due(self) -> bool:
        """Whether it is time to read them again."""
        return self._now() >= self._next

    def hurry(self) -> None:
        """A token names a key that is not among them: it may be new, so they are read again before their time."""
        self._next = min(self._next, self._tried_at + REST)

    def renew(self) -> None:
        """Read them again if it is time; what cannot be read is logged, and the keys there are stay."""
        with self._reading:
            if not self.is_due():
                return
            self._tried_at = self._now()
            self._next = self._tried_at + REST
            try:
                self._keys = public_keys(self._fetch())
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
                LOG.warning("the token issuer's keys cannot be read: %s", error)
                return
            self._read_at, self._next = self._now(), self._tried_at + FRESH
