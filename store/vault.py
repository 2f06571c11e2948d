"""The vault: one key a person, wrapped with the master key; to destroy it is to erase the person (SPEC §9)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from threading import Lock
from uuid import UUID, uuid4

import sqlalchemy as sa
from cachetools import TTLCache
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from store.master_keys import KEY_BYTES, NONCE, MasterKeys
from store.session import Session

KEYS_KEPT = 20_000
SECONDS_KEPT = 30.0
"""How long a key is kept at hand: the bound on reading an erased person where the news did not arrive."""
NAMED_KEY = re.compile(rb'"key":\s?"([0-9a-f-]{36})"')

FORGOTTEN = "directservice_forgotten"
"""The channel on which processes tell each other which keys were destroyed."""

LIVE = "select key_id::text, person, wrapped_key from keys.person_key where person = %s and destroyed_at is null"
BY_ID = "select key_id::text, person, wrapped_key from keys.person_key where key_id = any(%s::uuid[])"
CREATE = """
    insert into keys.person_key (key_id, person, wrapped_key) values (%s, %s, %s)
    on conflict (person) where destroyed_at is null do nothing returning key_id::text, person, wrapped_key
"""
DESTROY = f"""
    with destroyed as (
        update keys.person_key set wrapped_key = null, destroyed_at = now()
        where person = %s and destroyed_at is null returning key_id::text
    )
    select key_id, pg_notify('{FORGOTTEN}', key_id) from destroyed
"""  # noqa: S608 -- made of constants


class UnknownKeyError(LookupError):
    """A cipher text names a key that was never kept here: the keys' backup does not belong to this log."""


class Keyring(dict[str, AESGCM | None]):
    """The keys that some stored events name, None for a destroyed one: to read these events with, not to keep."""

    def decrypt(self, key_id: str, cipher: bytes, aad: bytes) -> bytes | None:
        """As the vault does, without asking it for each text. Raises UnknownKeyError, InvalidTag."""
        key = self[key_id]
        return key.decrypt(cipher[:NONCE], cipher[NONCE:], aad) if key else None

    def __missing__(self, key_id: str) -> None:
        raise UnknownKeyError(f"no key {key_id} was ever kept here")


class Vault:
    """Encrypts for persons and decrypts what their keys still open. Safe to share between threads.

    A destroyed key opens and seals nothing in this process at once, in others as soon as they hear of it
    (``drop``), at the latest after ``SECONDS_KEPT``. What is sealed with it meanwhile is erased as well.
    Keys are read and made on a session of its own: no caller's transaction can undo a key that is in use, and
    no caller waits for the pool while holding a connection of it.
    """

    def __init__(self, engine: sa.Engine, master_key: bytes, *others: bytes) -> None:
        """``master_key`` wraps new keys; the ``others`` are accepted too. Raises ValueError unless each is 32 bytes."""
        self._session = Session(engine)
        self._masters = MasterKeys(master_key, *others)
        self._mutex = Lock()
        self._keys: TTLCache[str, AESGCM | None] = TTLCache(KEYS_KEPT, SECONDS_KEPT)
        self._live: TTLCache[str, str] = TTLCache(KEYS_KEPT, SECONDS_KEPT)

    def encrypt(self, person: str, plaintext: bytes, aad: bytes) -> tuple[str, bytes]:
        """The id of the person's key, and the cipher text; ``aad`` must be given again to decrypt it."""
        key_id, key = self._live_key(person)
        nonce = os.urandom(NONCE)
        return key_id, nonce + key.encrypt(nonce, plaintext, aad)

    def encrypt_again(self, key_id: str, plaintext: bytes, aad: bytes) -> tuple[str, bytes] | None:
        """As ``encrypt``, with the key under which the text was read; None where that was destroyed meanwhile."""
        key, nonce = self._ring({key_id})[key_id], os.urandom(NONCE)
        return (key_id, nonce + key.encrypt(nonce, plaintext, aad)) if key else None

    def decrypt(self, key_id: str, cipher: bytes, aad: bytes) -> bytes | None:
        """The plain text, or None once the key is destroyed. Raises InvalidTag for anything tampered with."""
        return self._ring({key_id}).decrypt(key_id, cipher, aad)

    def encrypt_bytes(self, person: str, content: bytes, aad: bytes) -> bytes:
        """Content sealed with the person's key, which it names in its first 16 bytes."""
        key_id, cipher = self.encrypt(person, content, aad)
        return UUID(key_id).bytes + cipher

    def decrypt_bytes(self, sealed: bytes, aad: bytes) -> bytes | None:
        """What ``encrypt_bytes`` sealed, or None once the key is destroyed."""
        return self.decrypt(str(UUID(bytes=sealed[:16])), sealed[16:], aad)

    def keyring(self, states: Iterable[bytes]) -> Keyring:
        """Every key that these stored events name; those that are not at hand are loaded in one query."""
        named = {found for state in states for found in NAMED_KEY.findall(state)}
        return self._ring({key_id.decode() for key_id in named})

    def forget(self, person: str) -> bool:
        """Destroy the person's key; False when there was none. Whoever acts again later gets a fresh one."""
        destroyed = [key_id for key_id, _ in self._session.execute(DESTROY, (person,))]
        for key_id in destroyed:
            self.drop(key_id)
        return bool(destroyed)

    def drop(self, key_id: str) -> None:
        """Another process destroyed this key: what arrives on the channel ``FORGOTTEN``."""
        with self._mutex:
            self._keys[key_id] = None

    def _live_key(self, person: str) -> tuple[str, AESGCM]:
        """The person's key, made if there is none. Of two who make one at once, one wins and both use it."""
        found = self._at_hand(person) or self._loaded(person)
        while found is None:
            found = self._created(person) or self._loaded(person)
        return found

    def _at_hand(self, person: str) -> tuple[str, AESGCM] | None:
        with self._mutex:
            key_id = self._live.get(person)
            key = self._keys.get(key_id) if key_id else None
        return (key_id, key) if key_id and key else None

    def _loaded(self, person: str) -> tuple[str, AESGCM] | None:
        return _one_of(self._load(LIVE, person))

    def _created(self, person: str) -> tuple[str, AESGCM] | None:
        """None where somebody else was first."""
        key_id, key = str(uuid4()), AESGCM.generate_key(bit_length=KEY_BYTES * 8)
        return _one_of(self._load(CREATE, key_id, person, self._masters.wrap(person, key_id, key)))

    def _ring(self, key_ids: AbstractSet[str]) -> Keyring:
        """These keys, as far as they were ever kept here."""
        ring = Keyring()
        with self._mutex:
            for key_id in key_ids:
                with suppress(KeyError):  # one may run out between a look and the next
                    ring[key_id] = self._keys[key_id]
        if missing := key_ids - ring.keys():
            ring |= self._load(BY_ID, list(missing))
        return ring

    def _load(self, query: str, *parameters: str | bytes | list[str]) -> dict[str, AESGCM | None]:
        """The keys found or made, None for a destroyed one; they are at hand from now on.

        One that was dropped while it was on its way stays dropped.
        """
        rows = self._session.execute(query, parameters)
        keys = {key_id: self._unwrapped(key_id, person, wrapped) for key_id, person, wrapped in rows}
        with self._mutex:
            keys |= {key_id: None for key_id in keys if self._keys.get(key_id, keys[key_id]) is None}
            self._keys.update(keys)
            self._live.update({person: key_id for key_id, person, wrapped in rows if wrapped is not None})
        return keys

    def _unwrapped(self, key_id: str, person: str, wrapped: bytes | None) -> AESGCM | None:
        return None if wrapped is None else AESGCM(self._masters.unwrap(person, key_id, wrapped))


def _one_of(keys: Mapping[str, AESGCM | None]) -> tuple[str, AESGCM] | None:
    return next(((key_id, key) for key_id, key in keys.items() if key), None)
