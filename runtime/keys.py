"""The secrets a process works with: those set from outside, else the sandbox's own, made once and kept."""

from __future__ import annotations

import os
import secrets
import tempfile
from base64 import b64decode, b64encode
from contextlib import suppress
from pathlib import Path

from runtime.settings import KEY_BYTES, Settings


def master_key(settings: Settings) -> bytes:
    """The 32 bytes that open every person's key."""
    if settings.master_key is not None:
        return b64decode(settings.master_key.get_secret_value())
    return b64decode(_kept(settings.data_folder / "master.key"))


def other_master_keys(settings: Settings) -> list[bytes]:
    """Those that are accepted besides, while one follows another."""
    return [b64decode(secret.get_secret_value()) for secret in settings.other_master_keys]


def token_secret(settings: Settings) -> str:
    """What signs and verifies the sandbox's local tokens."""
    if settings.token_secret is not None:
        return settings.token_secret.get_secret_value()
    return _kept(settings.data_folder / "token.secret")


def _kept(path: Path) -> str:
    """The secret in the file, readable by its owner alone; of several processes that make it at once one wins."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=f"{path.name}.") as made:
            made.write(b64encode(secrets.token_bytes(KEY_BYTES)))
            made.flush()
            os.fsync(made.fileno())
            with suppress(FileExistsError):
                os.link(made.name, path)
    return path.read_text()
