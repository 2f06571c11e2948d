"""The sandbox's own secrets: made once, kept, readable by their owner alone."""

import base64
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from runtime.database import StartError
from runtime.keys import master_key, token_secret
from runtime.settings import Settings

BOTH = pytest.mark.parametrize(("secret", "file"), [(master_key, "master.key"), (token_secret, "token.secret")])


@BOTH
def test_an_unset_secret_is_made_once(tmp_path, secret, file):
    made = [secret(Settings(data_folder=tmp_path / "new")) for _ in range(2)]
    assert made[0] == made[1]
    assert len(made[0]) >= 32
    assert [path.name for path in (tmp_path / "new").iterdir()] == [file]


@BOTH
def test_only_its_owner_may_read_it(tmp_path, secret, file):
    secret(Settings(data_folder=tmp_path))
    assert (tmp_path / file).stat().st_mode & 0o777 == 0o600


@BOTH
def test_its_name_is_on_the_disk_before_it_is_used(tmp_path, monkeypatch, secret, file):
    settled, fsync = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (settled.append(os.fstat(handle).st_ino), fsync(handle)))
    secret(Settings(data_folder=tmp_path))
    assert settled == [path.stat().st_ino for path in (tmp_path / file, tmp_path)]


@BOTH
def test_processes_that_make_it_at_once_agree(tmp_path, secret, file):
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(secret, [Settings(data_folder=tmp_path)] * 64))) == 1


@BOTH
@pytest.mark.parametrize("content", ["", "cut off"])
def test_a_file_that_holds_something_else_is_said(tmp_path, secret, file, content):
    (tmp_path / file).write_text(content)
    with pytest.raises(StartError, match=f"{file} holds no"):
        secret(Settings(data_folder=tmp_path))


def test_a_master_key_that_was_put_there_by_hand_may_end_with_a_line(tmp_path):
    (tmp_path / "master.key").write_text(base64.b64encode(bytes(range(32))).decode() + "\n")
    assert master_key(Settings(data_folder=tmp_path)) == bytes(range(32))


def test_two_sandboxes_have_different_secrets(tmp_path):
    assert master_key(Settings(data_folder=tmp_path / "a")) != master_key(Settings(data_folder=tmp_path / "b"))


def test_a_secret_that_is_set_is_used_and_nothing_is_kept(tmp_path):
    key = base64.b64encode(bytes(range(32))).decode()
    settings = Settings(data_folder=tmp_path, master_key=key, token_secret="local" * 8)
    assert (master_key(settings), token_secret(settings)) == (bytes(range(32)), "local" * 8)
    assert list(tmp_path.iterdir()) == []
