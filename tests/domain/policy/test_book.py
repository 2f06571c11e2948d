"""All versions stay at hand: cases are pinned to theirs, new ones to the current (SPEC §6)."""

import pytest

from domain.policy import PolicyBook, PolicyError, UnknownPolicyError, standard_policies
from tests.trade import policy

FIRST = standard_policies().current
SECOND = policy(version=2, windows={"seller_answer": "24bh"})


def test_new_cases_take_the_current_version_and_old_ones_keep_theirs():
    book = PolicyBook([FIRST, SECOND], current="standard@2")
    assert book.current is SECOND
    assert book["standard@1"] is FIRST
    assert list(book) == [FIRST, SECOND]


@pytest.mark.parametrize("ref", ["standard@3", "other@1", "standard"])
def test_a_version_that_is_not_there_is_named_with_those_that_are(ref):
    with pytest.raises(UnknownPolicyError, match=f"policy {ref} is not among standard@1, standard@2"):
        PolicyBook([FIRST, SECOND], current="standard@1")[ref]


def test_the_current_version_is_one_of_them():
    with pytest.raises(UnknownPolicyError):
        PolicyBook([FIRST], current="standard@2")


def test_one_version_has_one_content():
    changed = policy(windows={"seller_answer": "24bh"})
    with pytest.raises(PolicyError, match="standard@1: two packs of this version differ"):
        PolicyBook([FIRST, changed], current="standard@1")
    assert list(PolicyBook([FIRST, FIRST], current="standard@1")) == [FIRST]
