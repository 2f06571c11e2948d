"""The audit of what is locked names what is known, and says where nobody could be asked; only a find fails."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ADVISORIES = Path(__file__).parents[2] / ".ci" / "advisories.py"
CLEAN = {"name": "alpha", "version": "1.0", "vulns": []}
FAULTY = {"name": "beta", "version": "2.0", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["2.1"]}]}
UNKNOWN = {"name": "gamma", "skip_reason": "Dependency not found on PyPI and could not be audited: gamma (3.0)"}


@pytest.fixture
def audit(tmp_path):
    """The audit's exit code and its words, where pip-audit prints this."""

    def audit(printed):
        asked = tmp_path / "uvx"
        asked.write_text(f"#!/bin/sh\ncat <<'END'\n{printed}\nEND\n")
        asked.chmod(0o755)
        return run({**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"})  # noqa: TID251 -- a program's own

    return audit


def run(environment):
    done = subprocess.run([sys.executable, ADVISORIES], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    return done.returncode, done.stdout


def test_what_is_known_of_nothing_is_said_to_be_clean(audit):
    code, said = audit(json.dumps({"dependencies": [CLEAN]}))
    assert (code, "1 packages audited, 0 vulnerabilities known" in said) == (0, True)


def test_a_vulnerability_is_named_with_what_mends_it_and_fails(audit):
    code, said = audit(json.dumps({"dependencies": [CLEAN, FAULTY]}))
    assert (code, "  beta 2.0: PYSEC-2026-1, mended in 2.1\n" in said) == (1, True)


def test_packages_that_nobody_could_be_asked_about_are_named_and_do_not_fail(audit):
    code, said = audit(json.dumps({"dependencies": [CLEAN, UNKNOWN]}))
    assert (code, "not audited, since the advisories could not be reached for them: gamma" in said) == (0, True)


def test_where_the_audit_cannot_be_made_it_says_so_and_does_not_fail(audit, tmp_path):
    for code, said in (audit("no network"), run({"PATH": str(tmp_path / "nowhere")})):
        assert (code, "pip-audit cannot be run or cannot reach the advisories" in said) == (0, True)
