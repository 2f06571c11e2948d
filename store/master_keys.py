"""The master keys: the first wraps persons' keys, every one of them unwraps, so that one can follow another."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
KEY_BYTES = 32


class WrongMasterKeyError(RuntimeError):
    """None of the master keys given is the one that a person's key was wrapped with."""


class MasterKeys:
    """What wraps and unwraps persons' keys, each bound to its person and id."""

    def __init__(self, first: bytes, *others: bytes) -> None:
        """Each is 32 bytes. Raises ValueError for another length."""
        for key in (first, *others):
            if len(key) != KEY_BYTES:
                raise ValueError(f"the master key has {KEY_BYTES} bytes, not {len(key)}")
        self._keys = [AESGCM(key) for key in (first, *others)]

    def wrap(self, person: str, key_id: str, key: bytes) -> bytes:
        """The person's key as it is kept."""
        nonce = os.urandom(NONCE)
        return nonce + self._keys[0].encrypt(nonce, key, _bound_to(person, key_id))

    def unwrap(self, person: str, key_id: str, wrapped: bytes) -> bytes:
        """The person's key. Raises WrongMasterKeyError."""
        key, _ = self._opened(person, key_id, wrapped)
        return key

    def wrapped_anew(self, person: str, key_id: str, wrapped: bytes) -> bytes | None:
        """The same key under the first master key; None where it is. Raises WrongMasterKeyError."""
        key, by = self._opened(person, key_id, wrapped)
        return None if by is self._keys[0] else self.wrap(person, key_id, key)

    def _opened(self, person: str, key_id: str, wrapped: bytes) -> tuple[bytes, AESGCM]:
        for master in self._keys:
            try:
                return master.decrypt(wrapped[:NONCE], wrapped[NONCE:], _bound_to(person, key_id)), master
            except InvalidTag:
                continue
        raise WrongMasterKeyError(f"the master key does not open the key of {person}")


def _bound_to(person: str, key_id: str) -> bytes:
    return f"{person}/{key_id}".encode()
