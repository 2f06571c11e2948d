"""The secrets a process works with: those set from outside, else the sandbox's own, made once and kept."""

from __future__ import annotations

import os
import secrets
import tempfile
from base64 import b64decode, b64encode
from contextlib import suppress
from pathlib import Path

from pydantic import SecretStr

from runtime.database import StartError
from runtime.settings import KEY_BYTES, Settings, as_key
from store.durable import keep_names


def master_key(settings: Settings) -> bytes:
    """The 32 bytes that open every person's key. Raises StartError for a file that holds something else."""
    if settings.master_key is not None:
        return b64decode(settings.master_key.get_secret_value())
    path = settings.data_folder / "master.key"
    try:
        return b64decode(as_key(SecretStr(_kept(path).strip())).get_secret_value())
    except ValueError as error:
        raise StartError(f"{path} holds no master key: it {error}") from None


def other_master_keys(settings: Settings) -> list[bytes]:
    """Those that are accepted besides, while one follows another."""
    return [b64decode(secret.get_secret_value()) for secret in settings.other_master_keys]


def token_secret(settings: Settings) -> str:
    """What signs and verifies the sandbox's local tokens. Raises StartError for a file with too short a one."""
    if settings.token_secret is not None:
        return settings.token_secret.get_secret_value()
    path = settings.data_folder / "token.secret"
    secret = _kept(path)
    if len(secret) < KEY_BYTES:
        raise StartError(f"{path} holds no secret of at least {KEY_BYTES} characters; remove it, and one is made")
    return secret


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
        keep_names(path.parent)  # what is sealed with it from now on cannot be read without it
    return path.read_text()
