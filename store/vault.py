"""The vault: one key a person, wrapped with the master key; to destroy it is to erase the person (SPEC §9)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from threading import Lock
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from cachetools import TTLCache
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.dialects.postgresql import insert

from store.failures import translated
from store.tables import person_key

KEYS_KEPT = 20_000
SECONDS_KEPT = 30.0
"""How long another process may still read a person whose key was destroyed."""
NONCE = 12
KEY_BYTES = 32
NAMED_KEY = re.compile(rb'"key":\s?"([0-9a-f-]{36})"')

LIVE = sa.select(person_key).where(person_key.c.person == sa.bindparam("person"), person_key.c.destroyed_at.is_(None))
BY_ID = sa.select(person_key).where(person_key.c.key_id == sa.func.any(sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid))))
CREATE = insert(person_key).on_conflict_do_nothing()
DESTROY = (
    sa.update(person_key)
    .where(person_key.c.person == sa.bindparam("whose"), person_key.c.destroyed_at.is_(None))
    .values(wrapped_key=None, destroyed_at=sa.func.now())
    .returning(person_key.c.key_id)
)


class WrongMasterKeyError(RuntimeError):
    """The master key given is not the one the persons' keys were wrapped with."""


class Vault:
    """Encrypts for persons and decrypts what their keys still open. Safe to share between threads.

    A destroyed key opens nothing in this process at once, in others within ``SECONDS_KEPT``.
    """

    def __init__(self, engine: sa.Engine, master_key: bytes) -> None:
        """``master_key`` is 32 bytes. Raises ValueError for another length."""
        if len(master_key) != KEY_BYTES:
            raise ValueError(f"the master key has {KEY_BYTES} bytes, not {len(master_key)}")
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._master = AESGCM(master_key)
        self._mutex = Lock()
        self._keys: TTLCache[UUID, AESGCM | None] = TTLCache(KEYS_KEPT, SECONDS_KEPT)
        self._live: TTLCache[str, UUID] = TTLCache(KEYS_KEPT, SECONDS_KEPT)

    def encrypt(self, person: str, plaintext: bytes, aad: bytes) -> tuple[UUID, bytes]:
        """The id of the person's key, and the cipher text; ``aad`` must be given again to decrypt it."""
        key_id, key = self._live_key(person)
        nonce = os.urandom(NONCE)
        return key_id, nonce + key.encrypt(nonce, plaintext, aad)

    def decrypt(self, key_id: UUID, cipher: bytes, aad: bytes) -> bytes | None:
        """The plain text, or None once the key is destroyed. Raises InvalidTag for anything tampered with."""
        key = self._key(key_id)
        return key.decrypt(cipher[:NONCE], cipher[NONCE:], aad) if key else None

    def encrypt_bytes(self, person: str, content: bytes, aad: bytes) -> bytes:
        """Content sealed with the person's key, which it names in its first 16 bytes."""
        key_id, cipher = self.encrypt(person, content, aad)
        return key_id.bytes + cipher

    def decrypt_bytes(self, sealed: bytes, aad: bytes) -> bytes | None:
        """What ``encrypt_bytes`` sealed, or None once the key is destroyed."""
        return self.decrypt(UUID(bytes=sealed[:16]), sealed[16:], aad)

    def warm_for(self, states: Iterable[bytes], conn: sa.Connection | None = None) -> None:
        """Load every key that these stored events name and that is not at hand, in one query."""
        named = {UUID(found.decode()) for state in states for found in NAMED_KEY.findall(state)}
        with self._mutex:
            missing = [key_id for key_id in named if key_id not in self._keys]
        if missing:
            self._load(BY_ID, {"ids": missing}, conn)

    def forget(self, person: str) -> bool:
        """Destroy the person's key; False when there was none. Whoever acts again later gets a fresh one."""
        with translated(), self._engine.connect() as conn:
            destroyed = list(conn.execute(DESTROY, {"whose": person}).scalars())
        with self._mutex:
            self._live.pop(person, None)
            self._keys.update(dict.fromkeys(destroyed))
        return bool(destroyed)

    def _live_key(self, person: str) -> tuple[UUID, AESGCM]:
        for attempt in range(2):
            with self._mutex:
                key_id = self._live.get(person)
                key = self._keys.get(key_id) if key_id else None
            if key_id and key:
                return key_id, key
            if not self._load(LIVE, {"person": person}) and attempt == 0:
                self._create(person)
                self._load(LIVE, {"person": person})
        raise RuntimeError(f"no key can be kept for {person}")

    def _key(self, key_id: UUID) -> AESGCM | None:
        with self._mutex:
            if key_id in self._keys:
                return self._keys[key_id]
        self._load(BY_ID, {"ids": [key_id]})
        with self._mutex:
            return self._keys.get(key_id)

    def _load(self, statement: sa.Select[Any], parameters: dict[str, Any], conn: sa.Connection | None = None) -> bool:
        """Put the keys found into the cache; whether there was any."""
        with translated():
            if conn is not None:
                rows = conn.execute(statement, parameters).all()
            else:
                with self._engine.connect() as own:
                    rows = own.execute(statement, parameters).all()
        keys = {row.key_id: self._unwrapped(row) for row in rows}
        with self._mutex:
            self._keys.update(keys)
            self._live.update({row.person: row.key_id for row in rows if row.destroyed_at is None})
        return bool(rows)

    def _unwrapped(self, row: Any) -> AESGCM | None:  # noqa: ANN401 -- a row of person_key
        if row.wrapped_key is None:
            return None
        try:
            wrapped = row.wrapped_key
            return AESGCM(self._master.decrypt(wrapped[:NONCE], wrapped[NONCE:], _bound_to(row.person, row.key_id)))
        except InvalidTag as error:
            raise WrongMasterKeyError(f"the master key does not open the key of {row.person}") from error

    def _create(self, person: str) -> None:
        key_id, nonce = uuid4(), os.urandom(NONCE)
        key = AESGCM.generate_key(bit_length=KEY_BYTES * 8)
        wrapped = nonce + self._master.encrypt(nonce, key, _bound_to(person, key_id))
        with translated(), self._engine.connect() as conn:
            conn.execute(CREATE, {"key_id": key_id, "person": person, "wrapped_key": wrapped})


def _bound_to(person: str, key_id: UUID) -> bytes:
    return f"{person}/{key_id}".encode()
