"""A policy that an earlier version of the program put in force is read for ever, and reads the same (SPEC §6)."""

import json
from pathlib import Path

import pytest

from domain.policy import Policy, standard_policies

KEPT = sorted((Path(__file__).parent / "policies").glob("*.json"))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_what_was_kept_reads_as_its_pack_does(path):
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert Policy.model_validate(kept) == standard_policies()[path.stem]


def test_each_pack_that_comes_with_the_program_is_recorded_as_it_is_kept():
    assert [path.stem for path in KEPT] == [policy.ref for policy in standard_policies()]
